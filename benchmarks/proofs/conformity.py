"""Every cell keeps the landing contract and all tables agree, on three sizes and five seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.conformity import faults
from benchmarks.proofs.worlds import SEEDS, TOWN, made

NAME = "conformity of the province to the landing contract: three sizes, five seeds"
PEER = "none"
MODULES = "province benchmarks/conformity.py benchmarks/identities.py fundwatch/tables/landing"
_SIZES: Final = (
    {"persons": 300, "institutions": 24, "months": 2},
    {"persons": 4_000, "institutions": 60, "months": 4},
    TOWN,
)


def prove(room: Path) -> str:
    """All faults of fifteen provinces; tells how many there were: none."""
    for size in _SIZES:
        for province in made(room, **size):
            if found := faults(province):
                raise AssertionError(f"{size}: {'; '.join(found[:5])}")
    return f"{len(_SIZES) * len(SEEDS)} provinces, no fault"
