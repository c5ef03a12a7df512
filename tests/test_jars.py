"""The seven Delta jars: sound ones pass, a damaged or missing one is named."""

from pathlib import Path

import certifi
import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from fundwatch import jars, network
from fundwatch.errors import SetupError


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder of our own with the seven jars."""
    jars.adopt(jars.delta_jars()[0].parent, tmp_path / "jars")
    return tmp_path / "jars"


def test_seven_sound_jars_pass(copied: Path) -> None:
    jars.verify(copied)
    assert len(list(copied.iterdir())) == 7


def test_one_flipped_byte_is_noticed_and_named(copied: Path) -> None:
    jar = copied / "io.delta_delta-storage-4.4.0.jar"
    content = bytearray(jar.read_bytes())
    content[1000] ^= 1
    jar.write_bytes(content)
    with pytest.raises(SetupError, match=f"{jar.name} is not what was released"):
        jars.verify(copied)


def test_every_missing_jar_is_named_at_once(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDWATCH_JARS_DIR", str(copied))
    for name in list(jars.SHA256)[:2]:
        (copied / name).unlink()
    with pytest.raises(SetupError) as refused:
        jars.delta_jars()
    assert [name in str(refused.value) for name in jars.SHA256] == [True] * 2 + [False] * 5


def test_jars_that_are_not_sound_are_not_adopted(copied: Path, tmp_path: Path) -> None:
    (copied / next(iter(jars.SHA256))).write_bytes(b"")
    with pytest.raises(SetupError):
        jars.adopt(copied, tmp_path / "cache" / "delta")
    assert not (tmp_path / "cache").exists()


def test_a_second_process_that_adopts_at_the_same_time_is_content(copied: Path) -> None:
    jars.adopt(copied, copied)
    jars.verify(copied)


def test_the_machines_proxy_reaches_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    options = network.java_options(tmp_path)
    assert {"-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=9"} <= set(options)


def test_the_certificates_that_pip_trusts_reach_java(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    public = Path(certifi.where()).read_text(encoding="utf-8").split("-----END CERTIFICATE-----")
    (tmp_path / "office.pem").write_text(public[0] + "-----END CERTIFICATE-----\n", "utf-8")
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "office.pem"))
    assert f"-Djavax.net.ssl.trustStore={tmp_path}/trust.p12" in network.java_options(tmp_path)
    store = pkcs12.load_pkcs12((tmp_path / "trust.p12").read_bytes(), b"changeit")
    assert len(store.additional_certs) == 1
