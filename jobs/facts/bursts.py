"""gold.burst_fact: days on which a house admits many more than it is used to."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.institution_days import seen_on
from jobs.facts.months import month_label, number_of_day

LEAST: Final = 4  # admissions of a day; fewer are no burst
NEAR: Final = 2  # days before and after that may belong to the same burst
OTHER_DAYS: Final = 25  # of a month, without those
HOUSE: Final = ["fixmedins_code", MONTH]


def bursts(stay_fact: DataFrame) -> DataFrame:
    """gold.burst_fact. A day sees the stays that gold.institution_day_fact sees.

    `usual` is what the house admitted a day in the rest of the month.
    """
    admitted = seen_on(stay_fact, "admitted_on")
    stay = admitted.withColumn(MONTH, month_label(number_of_day("day")))
    day = _days(stay).withColumn("number", F.unix_date("day"))
    near = Window.partitionBy(*HOUSE).orderBy("number").rangeBetween(-NEAR, NEAR)
    others = F.sum("admissions").over(Window.partitionBy(*HOUSE)) - F.sum("admissions").over(near)
    return (
        day.withColumn("usual", (others / OTHER_DAYS).cast("decimal(16,2)"))
        .where(F.col("admissions") >= LEAST)
        .join(_top_diagnosis(stay), on=[*HOUSE, "day"], how="left")
        .fillna({"top_diag_share": 0.0})
        .drop("number")
    )


def _days(stay: DataFrame) -> DataFrame:
    def share(is_so: Column) -> Column:
        return F.count_if(F.coalesce(is_so, F.lit(False))) / F.count("*")

    return stay.groupBy(*HOUSE, "day").agg(
        F.min("area").alias("area"),
        F.count("*").cast("int").alias("admissions"),
        F.size(F.collect_set("chfpdr_code")).alias("doctors"),  # few: a distinct doubles the rows
        share(F.col("oprn_count") > 0).alias("operated_share"),
        share(F.col("adm_way").isin("1", "3")).alias("urgent_share"),
        F.max("discharged_on").alias("last_on"),
        F.sum("fund_fen").alias("fund_fen"),
        F.array_sort(F.flatten(F.collect_list("setl_ids"))).alias("setl_ids"),
        F.array_sort(F.collect_set("person_key")).alias("person_keys"),
    )


def _top_diagnosis(stay: DataFrame) -> DataFrame:
    """Greatest share of the day's admissions with one diagnosis (three characters)."""
    ill = stay.where("main_diag IS NOT NULL").groupBy(
        *HOUSE, "day", F.left("main_diag", F.lit(3)).alias("illness")
    )
    counted = ill.agg(F.count("*").alias("with_it")).groupBy(*HOUSE, "day")
    return counted.agg((F.max("with_it") / F.sum("with_it")).alias("top_diag_share"))
