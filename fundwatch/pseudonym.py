"""Keyed pseudonyms: equal persons stay equal, and nobody without the key learns who they are."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fundwatch.errors import SetupError

LENGTH: Final = 32  # hex digits kept of the 64 of SHA-256: 128 bits, no collision to be met
LEAST: Final = 32  # characters a key must have
SEPARATOR: Final = b"\x1f"
UPPER: Final = frozenset({"cert"})  # the check digit x of an identity number may be small


@dataclass(frozen=True)
class PseudonymKey:
    """The secret behind every pseudonym of a lake; it never shows in repr or messages."""

    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, env: str, file: str | Path) -> PseudonymKey:
        """The key in the environment variable `env`, else in `file`, made there on first use.

        Raises SetupError if the key is too short, or the file readable by others.
        """
        if text := os.environ.get(env, ""):
            return cls(_secret(text, f"the key in {env}"))
        path = Path(file)
        if "://" in str(file):
            raise SetupError(f"a lake on shared storage keeps no key beside it; set {env}")
        if not path.exists():
            _make(path)
        if (mode := stat.S_IMODE(path.stat().st_mode)) != 0o600:
            raise SetupError(f"{path} has mode {mode:o}; a key file must have 600: chmod 600 it")
        return cls(_secret(path.read_text(encoding="ascii").strip(), f"the key in {path}"))

    @property
    def id(self) -> str:
        """Eight hex digits that tell keys apart and give none away."""
        return hmac.digest(self.secret, b"which key", "sha256").hex()[:8]

    def pseudonym(self, domain: str, value: str) -> str:
        """HMAC-SHA-256 of the stripped value within its domain, 32 hex digits.

        Values of two domains never share a pseudonym.
        """
        stripped = value.strip()
        message = (stripped.upper() if domain in UPPER else stripped).encode()
        digest = hmac.digest(self.secret, domain.encode() + SEPARATOR + message, "sha256")
        return digest.hex()[:LENGTH]


def unlinked_person_key(insu_admdvs: str, psn_key: str) -> str:
    """The person behind a registration number whose certificate no table knows."""
    return hashlib.sha256(f"{insu_admdvs}|{psn_key}".encode()).hexdigest()[:LENGTH]


def _secret(text: str, where: str) -> bytes:
    if len(text) < LEAST:
        raise SetupError(f"{where} has {len(text)} characters; it must have at least {LEAST}")
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
