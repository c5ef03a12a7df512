"""Random: pairs of person and institution by lot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from models.base import View
from models.league.base import Claim
from models.league.pairs import SETTLED, claimed, pairs


@dataclass(frozen=True)
class AtRandom:
    """The lot is a hash of seed and first settlement: it knows neither row order nor pseudonym."""

    title: ClassVar[str] = "random"
    reads: ClassVar[tuple[View, ...]] = (SETTLED,)

    seed: int = 1

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a pair."""
        (settlement,) = frames
        found = pairs(settlement)
        yield from claimed(found, [self._lot(setl_ids[0]) for setl_ids in found["setl_ids"]])

    def _lot(self, setl_id: str) -> float:
        word = hashlib.sha256(f"{self.seed} {setl_id}".encode()).digest()
        return int.from_bytes(word[:6], "big") / 2**48
