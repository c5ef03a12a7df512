"""Findings that another one explains better: what they see is a trace of somebody else's wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import CONTEXT
from fundwatch.knowledge import DetectorEntry, Rule, Scheme
from jobs.clues.fuse import FINDING

SETTLEMENT: Final = "silver.settlement"


class Explanation(NamedTuple):
    """A finder, by which other one what it sees is explained, and that one's title."""

    finder: str
    by: str
    title: str


def explanations(
    rules: Iterable[Rule], detectors: Iterable[DetectorEntry], schemes: Iterable[Scheme]
) -> list[Explanation]:
    """What `explains` names; of every trace whoever claims settlements whole by another scheme."""
    known = tuple(rules)
    whole = {scheme.id for scheme in schemes if scheme.is_whole}
    named = [Explanation(finder, rule.id, rule.title) for rule in known for finder in rule.explains]
    wrongs: tuple[Rule | DetectorEntry, ...] = (
        *(rule for rule in known if not rule.is_trace),
        *detectors,
    )
    return named + [
        Explanation(trace.id, other.id, other.title)
        for trace in known
        for other in wrongs
        if trace.is_trace and other.scheme in whole - {trace.scheme}
    ]


def explained(finding: DataFrame, told: list[Explanation]) -> DataFrame:
    """Findings; of those that an explanation names, the explained ones only shed light.

    One is explained where findings of the other, context left aside, claim at least half of the
    settlements that it claims or rests on. It keeps what it claims, as context, and says what
    explains it.
    """
    if not told:
        return finding
    pair = finding.sparkSession.createDataFrame(told, "finder string, by string, title string")
    says = F.concat("says", F.format_string(";“%s”更能解释此情形, 宜先查该线索", "title"))
    is_explained = F.col("title").isNotNull()
    return (
        finding.join(_titles(finding, pair), on=FINDING, how="left")
        .withColumns(
            {
                "grade": F.when(is_explained, F.lit(CONTEXT)).otherwise(F.col("grade")),
                "says": F.when(is_explained, says).otherwise(F.col("says")),
            }
        )
        .select(*finding.columns)
    )


def _titles(finding: DataFrame, pair: DataFrame) -> DataFrame:
    """Explained findings, and the title that explains each (of several the first by letters)."""
    better = (
        finding.where(F.col("grade") != CONTEXT)
        .select(F.col("finder").alias("by"), F.explode("setl_ids").alias("setl_id"))
        .distinct()
        .join(F.broadcast(pair), on="by", how="inner")
    )
    named = (
        finding.join(F.broadcast(pair.select("finder").distinct()), on="finder", how="left_semi")
        .withColumn("named", _named())
        .select(*FINDING, F.size("named").alias("all"), F.explode("named").alias("setl_id"))
    )
    return (
        named.join(better, on=["finder", "setl_id"], how="inner")
        .groupBy(*FINDING, "all", "title")
        .agg(F.count("*").alias("seen"))
        .where(F.col("seen") * 2 >= F.col("all"))
        .groupBy(*FINDING)
        .agg(F.min("title").alias("title"))
    )


def _named() -> Column:
    """Settlements of the claim and of the evidence."""
    cited = F.filter("evidence", lambda row: row["table"] == SETTLEMENT)
    return F.array_union("setl_ids", F.transform(cited, lambda row: row["key"]))
