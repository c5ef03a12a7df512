"""Set-up: what the lock promises, whom the script refuses, and what the archives hold."""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from fundwatch.cache import write_whole
from fundwatch.errors import SetupError
from scripts.bundle import lock_of, sha256
from scripts.code_zip import write_code_zip

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_every_locked_package_is_exact_and_has_a_hash() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) > 200
    bad = [
        e for e in entries if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+.*--hash=sha256:", e, re.S)
    ]
    assert bad == []


def test_the_lock_names_no_host_and_no_path() -> None:
    assert re.findall(r"https?:|//|file:|--index|--find-links|@ ", LOCK) == []


@pytest.mark.parametrize(
    "pin", ["pyspark==4.2.0", "delta-spark==4.4.0", "apache-airflow==3.3.2", "mlflow==3.17.2"]
)
def test_the_versions_that_only_work_together_are_the_locked_ones(pin: str) -> None:
    assert re.search(rf"^{re.escape(pin)} ", LOCK, re.M)


def test_pandas_3_and_the_second_copy_of_pyspark_stay_out() -> None:
    assert re.search(r"^pandas==2\.", LOCK, re.M)
    assert "\npyspark-client==" not in LOCK


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what set-up reads, and no .venv."""
    for name in ("setup.py", "requirements.lock", "scripts/setup.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run_setup(folder: Path, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Set-up in `folder`, with these variables and without those of the run around us."""
    kept = {k: v for k, v in os.environ.items() if k not in ("BUNDLE", "PYTHON")}
    return subprocess.run(
        ["sh", "scripts/setup.sh"],
        cwd=folder,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def stand_in_python(folder: Path, version: str, *, old: bool = False, without: str = "-") -> str:
    """A program that tells `version`, and fails where a module named in `without` is imported."""
    body = f"""case "$2" in
  *print*) echo {version} ;;
  *version_info*) exit {int(old)} ;;
  *"{without}"*) exit 1 ;;
esac"""
    text = f"#!/bin/sh\n{body}\n"
    return str(write_whole(folder / "python-stand-in", text, mode=0o755))


def test_an_older_python_is_refused_in_one_sentence(checkout: Path) -> None:
    ended = run_setup(checkout, {"PYTHON": stand_in_python(checkout, "3.9", old=True)})
    assert ended.returncode == SetupError.exit_code
    assert len(ended.stderr.splitlines()) == 1
    assert "3.11 or later is needed, but 3.9 was found" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv_is_refused_in_one_sentence(checkout: Path) -> None:
    python = stand_in_python(checkout, "3.12", without="ensurepip")
    ended = run_setup(checkout, {"PYTHON": python})
    assert ended.returncode == SetupError.exit_code
    assert ended.stderr.count("\n") == 1
    assert "apt install python3.12-venv" in ended.stderr


def test_a_bundle_that_is_none_is_refused_in_one_sentence(checkout: Path) -> None:
    missing = run_setup(checkout, {"BUNDLE": "no-such.tar.gz"})
    assert (missing.returncode, missing.stderr.count("\n")) == (SetupError.exit_code, 1)
    (checkout / "text.tar.gz").write_text("not an archive", encoding="utf-8")
    damaged = run_setup(checkout, {"BUNDLE": "text.tar.gz"})
    assert damaged.returncode == SetupError.exit_code
    assert "copy it again" in damaged.stderr.splitlines()[-1]


def test_set_up_again_is_quick_and_silent() -> None:
    if not (ROOT / ".venv" / "setup.stamp").is_file():
        pytest.skip("this checkout was not set up by `make setup`")
    started = time.monotonic()
    ended = run_setup(ROOT, {})
    seconds = time.monotonic() - started
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert seconds < 2


def test_the_code_zip_is_importable_and_the_same_each_time(tmp_path: Path) -> None:
    one, two = write_code_zip(tmp_path / "1.zip"), write_code_zip(tmp_path / "2.zip")
    assert one.read_bytes() == two.read_bytes()
    names = zipfile.ZipFile(one).namelist()
    assert "fundwatch/session.py" in names
    assert not [name for name in names if "__pycache__" in name]
    told = subprocess.run(
        [sys.executable, "-c", "import fundwatch.errors as e; print(e.__file__)"],
        env={**os.environ, "PYTHONPATH": str(one)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(str(one))


def test_the_lock_of_a_bundle_holds_the_sums_of_its_own_wheels(tmp_path: Path) -> None:
    wheel = tmp_path / "made_up-1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    assert lock_of(tmp_path) == f"made-up==1.0 --hash=sha256:{sha256(wheel)}\n"
