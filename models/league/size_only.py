"""Size only: who got most fund money at one institution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from models.base import View
from models.league.base import Claim
from models.league.pairs import SETTLED, claimed, pairs


@dataclass(frozen=True)
class SizeOnly:
    """Pairs of person and institution by fund money: what every score must beat."""

    title: ClassVar[str] = "size only"
    reads: ClassVar[tuple[View, ...]] = (SETTLED,)

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a pair."""
        (settlement,) = frames
        found = pairs(settlement)
        yield from claimed(found, found["fund_fen"])
