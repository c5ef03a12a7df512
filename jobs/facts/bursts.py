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
# Infections, poisoning, injuries, dust in the lungs: one cause brings many.
OUTBREAK: Final = "^(A|B|J0|J1|J2|J6[0-5]|S|T)"


def bursts(stay_fact: DataFrame) -> DataFrame:
    """gold.burst_fact. A day sees the stays that gold.institution_day_fact sees.

    `usual` is what the house admitted a day in the rest of the month; `of_employer` and
    `of_contact` are the most people of the day who share one.
    """
    admitted = seen_on(stay_fact, "admitted_on")
    stay = admitted.withColumn(MONTH, month_label(number_of_day("day")))
    day = _days(stay).withColumn("number", F.unix_date("day"))
    near = Window.partitionBy(*HOUSE).orderBy("number").rangeBetween(-NEAR, NEAR)
    others = F.sum("admissions").over(Window.partitionBy(*HOUSE)) - F.sum("admissions").over(near)
    top_share = _most("illnesses") / F.greatest(F.size("illnesses"), F.lit(1))
    return (
        day.withColumn("usual", (others / OTHER_DAYS).cast("decimal(16,2)"))
        .where(F.col("admissions") >= LEAST)
        .withColumns({
            "top_diag_share": top_share.cast("double"),
            "of_employer": _most("employers"),
            "of_contact": F.greatest(_most("contacts"), _most("phones")),
        })
        .drop("number", "illnesses", "employers", "contacts", "phones")
    )  # fmt: skip


def _days(stay: DataFrame) -> DataFrame:
    def share(is_so: Column) -> Column:
        return F.count_if(F.coalesce(is_so, F.lit(False))) / F.count("*")

    return stay.groupBy(*HOUSE, "day").agg(
        F.min("area").alias("area"),
        F.count("*").cast("int").alias("admissions"),
        F.size(F.collect_set("chfpdr_code")).alias("doctors"),  # few: a distinct doubles the rows
        share(F.col("oprn_count") > 0).alias("operated_share"),
        share(F.col("adm_way").isin("1", "3")).alias("urgent_share"),
        share(F.col("main_diag").rlike(OUTBREAK)).alias("outbreak_share"),
        F.collect_list(F.left("main_diag", F.lit(3))).alias("illnesses"),
        F.collect_list("emp_no").alias("employers"),
        F.collect_list("coner_key").alias("contacts"),
        F.collect_list("tel_key").alias("phones"),
        F.max("discharged_on").alias("last_on"),
        F.sum("fund_fen").alias("fund_fen"),
        F.array_sort(F.flatten(F.collect_list("setl_ids"))).alias("setl_ids"),
        F.array_sort(F.collect_set("person_key")).alias("person_keys"),
    )


def _most(values: str) -> Column:
    """How many of the values are the most frequent one [count]."""

    def alike(one: Column) -> Column:
        return F.size(F.filter(values, lambda other: other == one))

    return F.coalesce(F.array_max(F.transform(F.array_distinct(values), alike)), F.lit(0))
