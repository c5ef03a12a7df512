"""gold.group_fact: stays paid by group that cost what a lighter group of their family costs."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.tables.gold import GROUP_FACT
from jobs.facts.months import VIEW, month_label, seen_by
from jobs.facts.parts import with_parts

BACK: Final = 11  # months before its own from which a month knows what groups cost
HOUSES: Final = 3  # fewest from whose stays the usual cost of a group is drawn
DRG, DIP = "4", "3"  # hi_paymtd
ADRG: Final = 3  # characters that groups of one family share; the last tells severity
GROUP: Final = ["hi_paymtd", "dise_no"]


def groups(
    stay_fact: DataFrame,
    charge_fact: DataFrame,
    payment_group: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.group_fact.

    A group's usual cost is the median over houses of each house's median of twelve months: one
    house that codes too high cannot move it. Told are stays whose cost is nearer to the usual cost
    of a lighter group of the family than to that of the group billed; such a stay alone says
    little, a house with many of them much.
    """
    stay = _weighed(stay_fact, payment_group)
    seen = seen_by(stay, months, back=BACK)
    usual = F.broadcast(_usual(seen))
    own = seen.where(F.col("month") == month_label(F.col(VIEW)))
    billed = own.join(usual.drop("weight", "family"), on=[VIEW, *GROUP], how="inner")
    told = _nearer(billed, usual).withColumn("excess_share", _excess_share())
    kept = [name for name in GROUP_FACT.names if name in told.columns]
    row = told.where("excess_share > 0").select(*kept, "excess_share")
    return with_parts(row, charge_fact, "excess_share")


def _weighed(stay_fact: DataFrame, payment_group: DataFrame) -> DataFrame:
    """Stays paid by group with the weight and rate that are valid on the day of discharge."""
    stay = stay_fact.where(F.col("hi_paymtd").isin(DRG, DIP) & (F.col("medfee_fen") > 0))
    known = payment_group.select(*GROUP, "begndate", "enddate", "weight", "rate")
    on_day = (F.col("begndate") <= F.col("discharged_on")) & (
        F.col("enddate").isNull() | (F.col("enddate") >= F.col("discharged_on"))
    )
    newest = Window.partitionBy("mdtrt_id").orderBy(F.desc("begndate"))
    return (
        stay.join(F.broadcast(known), on=GROUP, how="inner")
        .where(on_day & (F.col("weight") > 0))
        .withColumn("nth", F.row_number().over(newest))
        .where("nth = 1")
        .withColumn("family", _family())
        .drop("nth", "begndate", "enddate")
    )


def _family() -> Column:
    """Groups that differ in severity, or in how one diagnosis was treated."""
    by_diagnosis = F.split(F.col("dise_no"), ":")[0]
    return F.when(F.col("hi_paymtd") == DRG, F.left("dise_no", F.lit(ADRG))).otherwise(by_diagnosis)


def _usual(seen: DataFrame) -> DataFrame:
    """Group → its usual cost [fen], of HOUSES houses at least."""
    by_house = seen.groupBy(VIEW, *GROUP, "family", "fixmedins_code").agg(
        F.percentile("medfee_fen", 0.5).alias("cost"), F.max("weight").alias("weight")
    )
    return (
        by_house.groupBy(VIEW, *GROUP, "family")
        .agg(
            F.round(F.percentile("cost", 0.5)).cast("bigint").alias("usual_fen"),
            F.count("*").cast("int").alias("houses"),
            F.max("weight").alias("weight"),
        )
        .where(F.col("houses") >= HOUSES)
    )


def _nearer(billed: DataFrame, usual: DataFrame) -> DataFrame:
    """Stays whose cost is nearest to that of a lighter group of their family, with that group."""
    other = usual.select(
        *(VIEW, "hi_paymtd", "family"),
        F.col("dise_no").alias("right_no"),
        F.col("weight").alias("right_weight"),
        F.col("usual_fen").alias("right_fen"),
    )
    apart = F.abs(F.log(F.col("medfee_fen") / F.col("right_fen")))
    nearest = Window.partitionBy("mdtrt_id", VIEW).orderBy("apart", "right_no")
    return (
        billed.join(other, on=[VIEW, "hi_paymtd", "family"], how="inner")
        .withColumn("apart", F.round(apart, 6))
        .withColumn("nth", F.row_number().over(nearest))
        .where("nth = 1 AND right_weight < weight AND right_fen < usual_fen")
        .drop("nth", "apart")
    )


def _excess_share() -> Column:
    """Share of the stay's fund money that the lighter group would not have cost [0 to 1]."""
    too_much = (F.col("weight") - F.col("right_weight")) * F.col("rate") * 100
    share = too_much.cast("double") / F.col("medfee_fen")
    return F.coalesce(F.least(F.round(share, 6), F.lit(1.0)), F.lit(0.0))
