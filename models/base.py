"""What a detector promises. tests/test_detectors.py holds every one of them to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

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
    scheme: str = ""  # empty: that of the detector's entry
    grade: str = ""  # empty: that of the detector's entry


@dataclass(frozen=True)
class View:
    """What of a table a detector looks at: columns, and a Spark SQL predicate on its rows."""

    table: Table
    columns: tuple[str, ...]
    where: str = "true"


class Scorer(Protocol):
    """What a scikit-learn Pipeline that ends in an isolation forest offers."""

    def score_samples(self, X: pd.DataFrame) -> Any:
        """One score a row; lower is odder."""
        ...


@dataclass(frozen=True)
class Scored:
    """A registered model as it is used: a plain scikit-learn Pipeline and what came with it."""

    name: str
    version: str
    digest: str  # of what the model answers, not of its file: equal trainings agree
    scorer: Scorer
    features: tuple[str, ...]  # columns in the order of the training
    quantiles: tuple[float, ...]  # of −score over the training rows, equally spaced from 0 to 1


class Detector(Protocol):
    """Parameters, with their units, are the fields of the frozen dataclass that implements it.

    `id` is its entry in conf/detectors.yml. A trained detector also has `scored`, a model by the
    MLflow name `model` (or None: then it says nothing).
    """

    id: ClassVar[str]
    reads: ClassVar[tuple[View, ...]]

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """Findings of one month, sorted by anchor; frames hold that month's rows of `reads`."""
        ...

    def refuses(self, *frames: pd.DataFrame) -> str:
        """Why these rows cannot be judged by it; empty: they can. Never 'clean'."""
        ...


AREA_DIGITS: Final = slice(1, 7)  # H or P, then the 区划: the national code of institutions


def area_in(fixmedins_code: str) -> str:
    """The 区划 written in a national institution code; empty where a code has another shape."""
    area = fixmedins_code[AREA_DIGITS]
    is_national = fixmedins_code[:1] in ("H", "P") and len(area) == 6 and area.isdigit()
    return area if is_national else ""


def is_pharmacy(fixmedins_code: str) -> bool:
    """Whether a national institution code is a pharmacy's."""
    return fixmedins_code.startswith("P")


def sorted_tuple(values: Iterable[str]) -> tuple[str, ...]:
    """Distinct values, sorted: how every tuple of a Finding is made."""
    return tuple(sorted(set(values)))


def pairs(evidence: Any) -> set[tuple[str, str]]:
    """(table, key) of an evidence cell, whether its structs arrive as mappings or as rows."""
    return {(str(item["table"]), str(item["key"])) for item in evidence}
