"""Pseudonyms keep equality and nothing else, and the key stays where it belongs."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest

from fundwatch.errors import SetupError
from fundwatch.pseudonym import PseudonymKey

KEY = PseudonymKey(b"k" * 32)


def test_a_pseudonym_is_the_keyed_digest_of_domain_and_value() -> None:
    expected = hmac.new(b"k" * 32, b"psn\x1f123", hashlib.sha256).hexdigest()[:32]
    assert KEY.pseudonym("psn", " 123 ") == expected


def test_two_domains_never_share_a_pseudonym() -> None:
    assert KEY.pseudonym("psn", "1") != KEY.pseudonym("cert", "1")


def test_the_check_digit_of_a_certificate_may_be_small() -> None:
    assert KEY.pseudonym("cert", "11010519491231002x") == KEY.pseudonym(
        "cert", "11010519491231002X"
    )


def test_the_key_shows_in_no_repr() -> None:
    assert "kkk" not in repr(KEY)


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "lake" / ".key"
    first = PseudonymKey.load("NO_SUCH_KEY", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert PseudonymKey.load("NO_SUCH_KEY", file) == first


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".key"
    PseudonymKey.load("NO_SUCH_KEY", file)
    file.chmod(0o644)
    with pytest.raises(SetupError, match="has mode 644"):
        PseudonymKey.load("NO_SUCH_KEY", file)


def test_the_environment_wins_and_a_short_key_is_refused_without_telling_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_KEY", "ab" * 32)
    assert PseudonymKey.load("A_KEY", tmp_path / "none") == PseudonymKey(b"\xab" * 32)
    monkeypatch.setenv("A_KEY", "too short")
    with pytest.raises(SetupError) as refused:
        PseudonymKey.load("A_KEY", tmp_path / "none")
    assert "too short" not in str(refused.value)
