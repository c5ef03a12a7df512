"""Our clues, as the supervisor reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from fundwatch.tables import gold
from models.base import View
from models.league.base import Claim


@dataclass(frozen=True)
class OurClues:
    """The clue table in its own order; corrections of data errors are no accusations."""

    title: ClassVar[str] = "our clues"
    reads: ClassVar[tuple[View, ...]] = (
        View(
            gold.CLUE,
            ("rank", "scheme", "fixmedins_codes", "setl_ids"),
            where="scheme <> 'data_error'",
        ),
    )

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a clue."""
        (clue,) = frames
        told = (clue[name] for name in ("rank", "scheme", "fixmedins_codes", "setl_ids"))
        for rank, scheme, codes, setl_ids in zip(*told, strict=True):
            yield Claim(scheme, next(iter(codes), ""), tuple(setl_ids), -float(rank))
