"""Findings that another one explains better: what they see is a trace of somebody else's wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import CONTEXT
from fundwatch.knowledge import Rule
from jobs.clues.fuse import FINDING

SETTLEMENT: Final = "silver.settlement"


def explained(finding: DataFrame, rules: Iterable[Rule]) -> DataFrame:
    """Findings; of those that a rule's `explains` names, the explained ones only shed light.

    One is explained where findings of the rule claim at least half of the settlements that it
    claims or rests on. It keeps what it claims, as context, and says what explains it.
    """
    pairs = [(finder, rule.id, rule.title) for rule in rules for finder in rule.explains]
    if not pairs:
        return finding
    pair = finding.sparkSession.createDataFrame(pairs, "finder string, by string, title string")
    better = (
        finding.select(F.col("finder").alias("by"), F.explode("setl_ids").alias("setl_id"))
        .distinct()
        .join(F.broadcast(pair), on="by", how="inner")
    )
    named = (
        finding.join(F.broadcast(pair.select("finder").distinct()), on="finder", how="left_semi")
        .withColumn("named", _named())
        .select(*FINDING, F.size("named").alias("all"), F.explode("named").alias("setl_id"))
    )
    title = (
        named.join(better, on=["finder", "setl_id"], how="inner")
        .groupBy(*FINDING, "all", "title")
        .agg(F.count("*").alias("seen"))
        .where(F.col("seen") * 2 >= F.col("all"))
        .groupBy(*FINDING)
        .agg(F.min("title").alias("title"))
    )
    told = F.concat("says", F.format_string(";“%s”更能解释此情形, 宜先查该线索", "title"))
    is_explained = F.col("title").isNotNull()
    return (
        finding.join(title, on=FINDING, how="left")
        .withColumns(
            {
                "grade": F.when(is_explained, F.lit(CONTEXT)).otherwise(F.col("grade")),
                "says": F.when(is_explained, told).otherwise(F.col("says")),
            }
        )
        .select(*finding.columns)
    )


def _named() -> Column:
    """Settlements of the claim and of the evidence."""
    cited = F.filter("evidence", lambda row: row["table"] == SETTLEMENT)
    return F.array_union("setl_ids", F.transform(cited, lambda row: row["key"]))
