"""What a case is called: a name given once, and carried forward while the case lives."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.clue import FIELD, ID_LENGTH


def named(case: DataFrame, previous: DataFrame | None) -> DataFrame:
    """Cases with `clue_id`, one to a case.

    A case that shares settlements with a clue of before, or its parties and period, keeps that
    clue's id: the one it would get anew if that is among them, else that of the largest overlap;
    of several cases the one with the largest overlap gets it. Others are named by scheme and
    anchor.
    """
    fresh = case.withColumn("fresh", _id("scheme", "anchor"))
    if previous is None:
        known = fresh.withColumn("kept", F.lit(None).cast("string"))
    else:
        known = fresh.join(_kept(fresh, previous), on="case", how="left")
    proposed = F.coalesce("kept", "fresh")
    claimants = Window.partitionBy(proposed).orderBy(F.col("kept").isNull(), "kind", "case")
    first = F.row_number().over(claimants) == 1
    return known.withColumn(
        "clue_id", F.when(first, proposed).otherwise(_id("scheme", "anchor", "case"))
    ).drop("fresh", "kept")


def _id(*parts: str) -> Column:
    return F.substring(F.sha2(F.concat_ws(FIELD, *parts), 256), 1, ID_LENGTH)


def _kept(case: DataFrame, previous: DataFrame) -> DataFrame:
    """(case, kept): the earlier id, where case and clue are each other's first choice."""
    pair = _shared(case, previous).join(case.select("case", "fresh"), on="case", how="inner")
    natural = F.col("clue_id") != F.col("fresh")
    by_case = Window.partitionBy("case").orderBy(natural, F.desc("overlap"), "clue_id")
    by_clue = Window.partitionBy("clue_id").orderBy(F.desc("overlap"), natural, "case")
    return (
        pair.withColumn("of_case", F.row_number().over(by_case))
        .withColumn("of_clue", F.row_number().over(by_clue))
        .where("of_case = 1 and of_clue = 1")
        .select("case", F.col("clue_id").alias("kept"))
    )


def _shared(case: DataFrame, previous: DataFrame) -> DataFrame:
    """(case, clue_id, overlap): settlements in common, 0 where only parties and period are."""
    now = case.select("case", "scheme", F.explode("setl_ids").alias("setl_id"))
    before = previous.select("clue_id", "scheme", F.explode("setl_ids").alias("setl_id"))
    settlements = now.join(before, on=["scheme", "setl_id"], how="inner").select(
        "case", "clue_id", F.lit(1).alias("n")
    )
    kinds = ["scheme", "subject_type", "subject_ids", "is_statistical"]
    statistical = F.col("grade") > "B"
    party_now = case.withColumn("is_statistical", statistical).select(
        "case", *kinds, "period_begn", "period_end"
    )
    party_before = previous.withColumn("is_statistical", statistical).select(
        "clue_id", *kinds, F.col("period_begn").alias("begn"), F.col("period_end").alias("end")
    )
    parties = (
        party_now.join(party_before, on=kinds, how="inner")
        .where("period_begn <= end and begn <= period_end")
        .select("case", "clue_id", F.lit(0).alias("n"))
    )
    every = settlements.unionByName(parties)
    return every.groupBy("case", "clue_id").agg(F.sum("n").alias("overlap"))
