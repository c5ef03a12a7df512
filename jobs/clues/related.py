"""Earlier cases and other clues on the same parties."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

MOST: Final = 20


def related(clue: DataFrame, verified_case: DataFrame) -> DataFrame:
    """(clue_id, related): case_no and clue_id on a party of the clue, newest first, at most MOST.

    Only what began no later than the clue ended is earlier.
    """
    party = clue.select("clue_id", "period_end", F.explode("subject_ids").alias("party"))
    other_case = verified_case.select(
        F.col("subject_id").alias("party"),
        F.col("case_no").alias("other"),
        F.col("decided_on").alias("on"),
        F.lit(None).cast("date").alias("begn"),
    )
    other_clue = clue.select(
        F.explode("subject_ids").alias("party"),
        F.col("clue_id").alias("other"),
        F.col("period_end").alias("on"),
        F.col("period_begn").alias("begn"),
    )
    pair = (
        party.join(other_case.unionByName(other_clue), on="party", how="inner")
        .where("other != clue_id and (begn is null or begn <= period_end)")
        .groupBy("clue_id", "other")
        .agg(F.max("on").alias("on"))
    )
    # Dates as numbers of days, negated: newest first, and among equals by name.
    newest = F.struct((-F.unix_date("on")).alias("age"), "other")
    ordered = F.array_sort(F.collect_list(newest))
    return pair.groupBy("clue_id").agg(F.slice(ordered["other"], 1, MOST).alias("related"))
