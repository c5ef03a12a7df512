"""gold.person_day_fact: what one person did on one day outside hospital."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.facts.care import is_pharmacy
from jobs.facts.months import month_number

BACK: Final = 1  # months before its own in which a covering stay may have been settled
SUMS: Final = ("fund_fen", "acct_fen", "inscp_fen", "watched_fen")


def person_days(visit_fact: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """gold.person_day_fact. Everything hangs on the person: one shuffle of the visits."""
    visit = visit_fact.select(
        "person_key",
        F.col("visited_on").alias("day"),
        "month",
        "fixmedins_code",
        "area",
        "visited_at",
        "setl_id",
        ((F.col("care") == "pharmacy") | is_pharmacy("fixmedins_code")).alias("is_pharmacy"),
        *SUMS,
    )
    return _inside(_days(_places(visit.repartition("person_key"))), stay_fact)


def _places(visit: DataFrame) -> DataFrame:
    return visit.groupBy("person_key", "day", "month", "fixmedins_code").agg(
        F.min("area").alias("area"),
        F.count("*").alias("visits"),
        F.max(F.col("is_pharmacy").cast("int")).alias("is_pharmacy"),
        *(F.sum(name).alias(name) for name in SUMS),
        F.min("visited_at").alias("first_at"),
        F.max("visited_at").alias("last_at"),
        F.collect_list("setl_id").alias("setl_ids"),
    )


def _days(place: DataFrame) -> DataFrame:
    # Most fund money first; of equals the first code, so the order does not decide.
    order = F.struct(-F.col("fund_fen"), "fixmedins_code", "area")
    return (
        place.groupBy("person_key", "day", "month")
        .agg(
            F.min(order).alias("main"),
            F.sum("visits").cast("int").alias("visits"),
            F.count("*").cast("int").alias("places"),
            F.sum("is_pharmacy").cast("int").alias("pharmacies"),
            *(F.sum(name).alias(name) for name in SUMS),
            F.timestamp_diff("MINUTE", F.min("first_at"), F.max("last_at")).alias("span_minutes"),
            F.array_sort(F.flatten(F.collect_list("setl_ids"))).alias("setl_ids"),
            F.array_sort(F.collect_list("fixmedins_code")).alias("fixmedins_codes"),
        )
        .withColumns({name: F.col(f"main.{name}") for name in ("fixmedins_code", "area")})
        .drop("main")
    )


def _inside(day: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """Days with the stay that covers them, if any; of several the first by its key."""
    stay = stay_fact.select(
        "person_key",
        "admitted_on",
        "discharged_on",
        month_number().alias("stay_number"),
        F.struct("mdtrt_id", "fixmedins_code").alias("stay"),
    )
    covers = (F.col("admitted_on") < F.col("day")) & (F.col("day") < F.col("discharged_on"))
    seen = F.col("stay_number").between(month_number() - BACK, month_number())
    covered = (
        day.select("person_key", "day", "month")
        .join(stay, on="person_key", how="inner")
        .where(covers & seen)
        .groupBy("person_key", "day", "month")
        .agg(F.min("stay").alias("stay"))
    )
    return day.join(covered, on=["person_key", "day", "month"], how="left").select(
        *day.columns,
        F.col("stay.mdtrt_id").alias("inside_mdtrt_id"),
        F.col("stay.fixmedins_code").alias("inside_fixmedins_code"),
    )
