"""Size only: who got most fund money at one institution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from models.base import View
from models.league.base import Claim
from models.league.pairs import SETTLED, pairs


@dataclass(frozen=True)
class SizeOnly:
    """Pairs of person and institution by fund money: what every score must beat."""

    title: ClassVar[str] = "size only"
    reads: ClassVar[tuple[View, ...]] = (SETTLED,)

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a pair."""
        (settlement,) = frames
        for row in pairs(settlement).itertuples():
            yield Claim("", row.fixmedins_code, row.setl_ids, float(row.fund_fen))
