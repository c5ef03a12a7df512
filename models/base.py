"""What a detector promises. tests/test_detectors.py holds every one of them to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import pandas as pd

from fundwatch.schema import Table


@dataclass(frozen=True)
class Finding:
    """One thing a detector says of one subject. All tuples are sorted."""

    anchor: str  # key of the group or row it speaks of, stable under row order
    subject_type: str  # institution, doctor, person, group …
    subject_ids: tuple[str, ...]  # the accused: institutions, practitioners, persons
    score: float  # 0 innocent … 1 certain
    says: str  # the claim in Chinese, with its figures and what is normal
    setl_ids: tuple[str, ...]  # settlements said to be wrong
    evidence: tuple[tuple[str, str], ...]  # (silver table, key) of the rows that prove it
    period_begn: dt.date
    period_end: dt.date
    fixmedins_codes: tuple[str, ...]
    person_keys: tuple[str, ...]
    area: str
    fixmedins_code: str = ""  # the institution the case is kept under; empty: a group over many


class Detector(Protocol):
    """Parameters, with their units, are the fields of the frozen dataclass that implements it.

    `id` is its entry in conf/detectors.yml. A trained detector also has `scorer`, a plain
    scikit-learn Pipeline (or None: then it says nothing), and `model`, its MLflow name.
    """

    id: ClassVar[str]
    reads: ClassVar[tuple[Table, ...]]

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """Findings of one month, sorted by anchor; frames hold that month's rows of `reads`."""
        ...


def sorted_tuple(values: Any) -> tuple[str, ...]:
    """Distinct values, sorted: how every tuple of a Finding is made."""
    return tuple(sorted(set(values)))
