"""What knowledge says of each finder and scheme, as small frames to join with findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.knowledge import DetectorEntry, Rule, Scheme

# Uncalibrated: what a confirmed case was likely to look like before any verdict was known.
PRIOR: Final = {"certain": 0.9, "likely": 0.7, "lead": 0.4}
# Part of a finder's money that a check keeps at least [percent], by how sure the finder is.
SURE: Final = {"certain": 100, "likely": 70, "lead": 40}
SURE_OF_GRADE: Final = {"A": 100, "B": 70, "C": 50, "D": 0}

FINDER_DDL: Final = (
    "finder string, prior double, sure int, finder_title string, finder_innocent array<string>,"
    " finder_cleared_if string, finder_check array<string>, finder_basis array<string>"
)
SCHEME_DDL: Final = (
    "scheme string, scheme_title string, scheme_is_whole boolean, scheme_beyond int,"
    " scheme_innocent array<string>,"
    " scheme_cleared_if string, scheme_check array<string>, legal_basis array<string>,"
    " route_to array<string>, tier string"
)


def finder_cards(
    spark: SparkSession, rules: Iterable[Rule], entries: Iterable[DetectorEntry]
) -> DataFrame:
    """One row a rule or detector. `prior` is null where the finder scores each finding itself."""
    rows = [
        *(_card(r, PRIOR[r.severity], SURE[r.severity], [r.source]) for r in rules),
        *(_card(e, None, SURE_OF_GRADE[e.grade], []) for e in entries),
    ]
    return spark.createDataFrame(rows, FINDER_DDL)


def scheme_cards(spark: SparkSession, schemes: Iterable[Scheme]) -> DataFrame:
    """One row a scheme."""
    rows = [
        (
            *(s.id, s.title, s.is_whole, s.beyond, list(s.innocent), s.cleared_if),
            *(list(s.check), list(s.legal_basis), list(s.route_to), s.tier),
        )
        for s in schemes
    ]
    return spark.createDataFrame(rows, SCHEME_DDL)


def _card(
    entry: Rule | DetectorEntry, prior: float | None, sure: int, basis: list[str]
) -> tuple[Any, ...]:
    told = (entry.title, [entry.innocent], entry.cleared_if, list(entry.check), basis)
    return (entry.id, prior, sure, *told)
