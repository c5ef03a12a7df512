"""Which lakes this release works on: those whose tables are as it declares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fundwatch.errors import LakeError

SCHEMA_VERSION = 2  # raised by a release whose tables differ from those of the release before
BEGUN: Final = ", begun"  # after the release in ops.schema: an upgrade that has not ended


def check_schema(root: str, recorded: Sequence[tuple[int, str]]) -> None:
    """Raises LakeError unless the lake is of this release's schema version, as a whole.

    `recorded` are (version, release) of ops.schema in the order of writing; none: a new lake.
    """
    version = max((version for version, _ in recorded), default=SCHEMA_VERSION)
    refuse_newer(root, version)
    advice = f"run: fundwatch migrate --lake {root}"
    if version < SCHEMA_VERSION:
        raise LakeError(
            f"{root} has schema {version}, this release needs {SCHEMA_VERSION}; {advice}"
        )
    if is_cut_short(recorded):
        raise LakeError(f"the upgrade of {root} was cut short; {advice}")


def is_cut_short(recorded: Sequence[tuple[int, str]]) -> bool:
    """Whether an upgrade was begun and has not ended."""
    return bool(recorded) and recorded[-1][1].endswith(BEGUN)


def refuse_newer(root: str, version: int) -> None:
    """Raises LakeError for a lake of a later schema version."""
    if version > SCHEMA_VERSION:
        raise LakeError(
            f"{root} was written by a newer release: it has schema {version}, this release knows "
            f"{SCHEMA_VERSION}; use the newer release"
        )
