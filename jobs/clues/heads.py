"""One row a case: who speaks, of whom and when, and what its settlements add up to."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.clues.amount import MONEY
from jobs.clues.usual import weakened

REASONS_OF_A_FINDER: Final = 4
REASONS: Final = 10
PARTIES: Final = ("subject_ids", "fixmedins_codes", "staff_codes", "person_keys")
# Of findings, the strongest sorts first; the last three make the order total.
STRENGTH: Final = ("grade", "doubt", "weakness", "smallness", MONTH, "finder", "anchor")


def weighed(finding: DataFrame) -> DataFrame:
    """Findings with `chance` [0 to 1], and what makes the strongest sort first."""
    excess = F.aggregate("lines", F.lit(0).cast("bigint"), lambda sum_, x: sum_ + x["inscp_fen"])
    return finding.withColumn("chance", F.coalesce("prior", "score")).withColumns(
        {"doubt": -F.col("chance"), "weakness": -F.col("score"), "smallness": -excess}
    )


def spoken(finding: DataFrame, usual: DataFrame) -> DataFrame:
    """One row a case, from what its findings say; only claimed ones name parties and dates.

    `usual` tells how usual the findings of a finder are: what all houses do says little of one.
    """
    claimed = F.col("is_claimed")
    of_finder = finding.groupBy("case", "finder").agg(
        F.max(F.when(claimed, F.col("scheme"))).alias("scheme"),
        F.max(F.when(claimed, F.col("kind"))).alias("kind"),
        F.max(F.when(claimed, F.col("owner"))).alias("owner"),
        F.min(F.when(claimed, F.struct(*STRENGTH, "subject_type", "area"))).alias("first"),
        F.min(F.when(claimed, F.col("period_begn"))).alias("period_begn"),
        F.max(F.when(claimed, F.col("period_end"))).alias("period_end"),
        F.max(F.when(claimed, F.col("chance"))).alias("chance"),
        F.max("definition").alias("definition"),
        F.count("*").alias("said"),
        *(_union(F.when(claimed, F.col(name))).alias(name) for name in PARTIES),
    )
    definition = F.concat_ws("=", "finder", "definition")
    compared = of_finder.join(usual, on=["finder", "owner"], how="left").withColumn(
        "chance", weakened(F.col("chance"))
    )
    return compared.groupBy("case").agg(
        F.max("scheme").alias("scheme"),
        F.max("kind").alias("kind"),
        F.max("owner").alias("owner"),
        F.min("first").alias("first"),
        F.min("period_begn").alias("period_begn"),
        F.max("period_end").alias("period_end"),
        F.array_sort(F.collect_list("finder")).alias("finders"),
        F.array_sort(F.collect_list("chance")).alias("chances"),
        F.array_sort(F.collect_list(definition)).alias("definitions"),
        F.max("definition").alias("definition"),
        F.sum("said").alias("said"),
        F.max_by("comparison", F.struct(F.col("chance"), "finder")).alias("comparison"),
        *(_union(F.col(name)).alias(name) for name in PARTIES),
    )


def reasons(finding: DataFrame) -> DataFrame:
    """(case, reasons): the strongest few of every finder, strongest first, none twice."""
    text = F.when(F.col("is_claimed"), F.col("says")).otherwise(F.concat(F.lit("旁证:"), "says"))
    told = (
        finding.withColumn("text", text)
        .groupBy("case", "finder", "text")
        .agg(F.min(F.struct(~F.col("is_claimed"), *STRENGTH)).alias("best"))
    )
    of_finder = Window.partitionBy("case", "finder").orderBy("best")
    few = told.withColumn("nth", F.row_number().over(of_finder)).where(
        F.col("nth") <= REASONS_OF_A_FINDER
    )
    listed = F.array_sort(F.collect_list(F.struct("best", "text")))
    return few.groupBy("case").agg(
        F.slice(F.array_distinct(listed["text"]), 1, REASONS).alias("reasons")
    )


def summed(share: DataFrame, person: DataFrame, institution: DataFrame) -> DataFrame:
    """One row a case, from its settlements: money, ids, parties, the area with most fund money."""
    whose = share.join(
        person.select("insu_admdvs", "psn_key", "person_key"),
        on=["insu_admdvs", "psn_key"],
        how="left",
    ).join(
        F.broadcast(institution.select("fixmedins_code", F.col("fix_blng_admdvs").alias("seat"))),
        on="fixmedins_code",
        how="left",
    )
    placed = whose.withColumn("place", F.coalesce("fix_blng_admdvs", "seat", F.lit("")))
    of_place = placed.groupBy("case", "place").agg(
        *(F.sum(name).alias(name) for name in MONEY),
        F.collect_list("setl_id").alias("setl_ids"),
        F.collect_set("person_key").alias("payers"),
        F.collect_set("fixmedins_code").alias("payees"),
        F.min(F.struct("setl_time", "setl_id")).alias("earliest"),
        F.count_if(F.col("hi_paymtd").isin("3", "4") & ~F.col("is_whole")).alias("by_group"),
    )
    return of_place.groupBy("case").agg(
        *(F.sum(name).alias(name) for name in MONEY),
        _union(F.col("setl_ids")).alias("setl_ids"),
        _union(F.col("payers")).alias("payers"),
        _union(F.col("payees")).alias("payees"),
        F.min("earliest").alias("earliest"),
        F.max(F.struct("amount_fen", "place")).alias("top"),
        F.sum("by_group").alias("by_group"),
    )


def _union(arrays: Column) -> Column:
    return F.array_sort(F.array_distinct(F.flatten(F.collect_list(arrays))))
