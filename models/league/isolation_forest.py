"""Isolation forest: pairs of person and institution that differ from all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest

from models.base import View
from models.league.base import Claim
from models.league.pairs import SETTLED, claimed, pairs

AMOUNTS: Final = [
    "visits", "visit_days", "stay_days", "span_days", "fund_fen", "largest_fen", "medfee_fen",
]  # fmt: skip


@dataclass(frozen=True)
class OddPairs:
    """Liu, Ting, Zhou (ICDM 2008) over counts, days and money of a pair, as logarithms."""

    title: ClassVar[str] = "isolation forest"
    reads: ClassVar[tuple[View, ...]] = (SETTLED,)

    trees: int = 200
    sample: int = 256  # rows a tree sees at most [rows]
    seed: int = 1

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a pair, by oddness."""
        (settlement,) = frames
        found = pairs(settlement)
        if found.empty:
            return
        seen = _features(found)
        forest = IsolationForest(
            n_estimators=self.trees,
            max_samples=min(self.sample, len(seen)),
            random_state=self.seed,
        ).fit(seen)
        yield from claimed(found, np.round(-forest.score_samples(seen), 10))


def _features(found: pd.DataFrame) -> pd.DataFrame:
    seen = found[AMOUNTS].clip(lower=0).astype(float).apply(np.log1p)
    return seen.assign(
        fund_share=found["fund_fen"] / found["medfee_fen"].clip(lower=1),
        a_day=found["visits"] / found["visit_days"],
    )
