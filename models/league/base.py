"""What a method of the league promises: clues in the contract's least shape, best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import pandas as pd

from models.base import View
from models.judged import SCHEME, Truth
from models.matching import agreements

LONGEST: Final = 200  # clues of a method that are judged in one world: what gets read [count]


@dataclass(frozen=True)
class Claim:
    """One clue of a method."""

    scheme: str  # empty: the method cannot tell one scheme from another
    fixmedins_code: str
    setl_ids: tuple[str, ...]  # sorted
    score: float  # greater is checked first; comparable within one method only


class Method(Protocol):
    """Parameters, with their units, are the fields of the frozen dataclass that implements it."""

    title: ClassVar[str]  # a few words for the table
    reads: ClassVar[tuple[View, ...]]

    def claims(self, *frames: pd.DataFrame) -> Iterable[Claim]:
        """Claims on a whole lake, in any order; frames hold the rows of `reads`, in any order."""
        ...


def listed(claims: Iterable[Claim]) -> pd.DataFrame:
    """The LONGEST strongest claims as the judge reads them; a total order by what is claimed."""
    order = sorted(claims, key=lambda c: (-c.score, c.setl_ids, c.scheme, c.fixmedins_code))
    rows = [(n, c.scheme, list(c.setl_ids)) for n, c in enumerate(order[:LONGEST], start=1)]
    return pd.DataFrame(rows, columns=["rank", "scheme", "setl_ids"])


def favoured(clues: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """The clues with the scheme told by the truth where a method names none.

    Such a method is judged by settlements alone: the judge's rules stay the same for all, and what
    is uncertain in the comparison favours the method that is not ours.
    """
    kinds = truth.instance.set_index("instance_id")[["scheme", "kind"]].to_dict("index")
    told = [
        scheme or next((kinds[f.instance_id]["scheme"] for f in found
                        if kinds[f.instance_id]["kind"] == SCHEME), "")
        for scheme, found in zip(
            clues["scheme"], agreements(list(clues["setl_ids"]), truth), strict=True
        )
    ]  # fmt: skip
    return clues.assign(scheme=told)
