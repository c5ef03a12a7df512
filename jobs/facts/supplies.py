"""gold.supply_fact: what one person got of a drug that tends to be resold, and over six months."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.catalogue import with_dose_days
from jobs.facts.months import VIEW, first_day, month_label, month_number, seen_by

BACK: Final = 5  # months before its own that a month counts: six together
PURCHASE: Final = [
    "person_key", "ingredient", "month", "fixmedins_code", "area", "setl_id", "bilg_dr_code",
]  # fmt: skip
MONEY: Final = ("inscp", "fund", "acct")
SUPPLY: Final = ["person_key", "ingredient", VIEW]


def supplies(
    charge_fact: DataFrame, catalogue_item: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.supply_fact, of months with a line. What is used up inside a stay is no supply.

    Days of supply are quantity / defined daily dose; where either is not known, prd_days. The sums
    over six months leave out lines of which neither is known.
    """
    purchase = seen_by(_purchases(charge_fact, catalogue_item), months, back=BACK)
    supply = _supplies(purchase).where("now_lines > 0")
    return supply.join(_main_place(purchase), on=SUPPLY, how="inner").withColumn(
        "month", month_label(F.col(VIEW))
    )


def _purchases(charge_fact: DataFrame, catalogue_item: DataFrame) -> DataFrame:
    """One row per settlement, ordering doctor and ingredient; from here on all is small."""
    line = charge_fact.where(
        "is_watched AND care <> 'inpatient' AND ingredient IS NOT NULL AND cnt > 0"
    )
    days = F.coalesce("dose_days", F.col("supply_days").cast("decimal(20,6)"))
    return (
        with_dose_days(line, catalogue_item)
        .withColumn("days", days)
        .groupBy(*PURCHASE)
        .agg(
            F.sum("days").alias("days"),
            # Of several lines of one visit the longest: two strengths of a drug last side by side.
            F.max("supply_days").cast("decimal(20,6)").alias("refill_days"),
            F.count("*").alias("lines"),
            F.min("charged_on").alias("first_on"),
            F.sum("inscp_fen").alias("inscp_fen"),
            *(F.first(f"setl_{name}_fen").alias(f"setl_{name}_fen") for name in MONEY),
        )
        .withColumns({f"{name}_fen": _share(f"setl_{name}_fen") for name in ("fund", "acct")})
    )


def _share(paid: str) -> Column:
    """The lines' part of what a settlement paid, half up to the fen."""
    inscp, whole = (F.col(n).cast("decimal(19,0)") for n in ("inscp_fen", paid))
    part = F.try_divide(inscp * whole, F.col("setl_inscp_fen").cast("decimal(19,0)"))
    return F.coalesce(F.round(part, 0).cast("bigint"), F.lit(0))


def _supplies(purchase: DataFrame) -> DataFrame:
    is_now = F.col(VIEW) == month_number()
    next_month = first_day(F.col(VIEW) + 1)
    return (
        purchase.groupBy(*SUPPLY)
        .agg(
            F.sum(F.when(is_now, F.col("lines")).otherwise(0)).alias("now_lines"),
            F.sum(F.when(is_now, F.col("days"))).cast("double").alias("supply_days"),
            F.sum("days").cast("double").alias("supply_days_6m"),
            F.sum("refill_days").cast("double").alias("refill_days_6m"),
            F.size(F.collect_set("month")).alias("months_6m"),
            F.size(F.collect_set("fixmedins_code")).alias("places_6m"),
            F.size(F.collect_set("bilg_dr_code")).alias("doctors_6m"),
            F.sum("lines").cast("int").alias("charges_6m"),
            F.min("first_on").alias("first_on"),
            *(
                F.sum(F.when(is_now, F.col(name)).otherwise(0)).alias(name)
                for name in ("inscp_fen", "fund_fen", "acct_fen")
            ),
            F.sum("fund_fen").alias("fund_6m_fen"),
            F.array_sort(F.collect_set(F.when(is_now, F.col("setl_id")))).alias("setl_ids"),
            F.array_sort(F.collect_set("setl_id")).alias("setl_ids_6m"),
            F.array_sort(F.collect_set("fixmedins_code")).alias("fixmedins_codes"),
        )
        .withColumn("span_days_6m", F.date_diff(next_month, "first_on"))
    )


def _main_place(purchase: DataFrame) -> DataFrame:
    """Where most of the month's fund money for it went; of equals the first code."""
    here = purchase.where(F.col(VIEW) == month_number())
    place = here.groupBy(*SUPPLY, "fixmedins_code").agg(
        F.sum("fund_fen").alias("fund_fen"), F.min("area").alias("area")
    )
    order = F.min(F.struct(-F.col("fund_fen"), "fixmedins_code", "area"))
    return place.groupBy(*SUPPLY).agg(
        order.getField("fixmedins_code").alias("fixmedins_code"),
        order.getField("area").alias("area"),
    )
