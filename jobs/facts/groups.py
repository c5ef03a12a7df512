"""gold.group_fact: stays paid by group that look like stays of a lighter group."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from fundwatch.tables.gold import GROUP_FACT
from jobs.facts.group_care import HOUSES, TREATED, by_care
from jobs.facts.months import VIEW, month_label, seen_by
from jobs.facts.parts import with_parts
from jobs.pinned import pinned

BACK: Final = 11  # months before its own from which a month knows what groups cost
HEAVIER: Final = 1.05  # times the lightest group of the family
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
    house that codes too high cannot move it. Where few houses bill a group, its weight tells. On
    the ground of cost are told stays whose cost is nearer to the usual cost of a lighter group of
    the family than to that of the group billed. A third of honest stays are: such a stay alone says
    nothing, a house that has far more of them than others may. What was done, and hours of
    ventilation, are grounds of their own (`by_care`).
    """
    stay = _weighed(stay_fact, payment_group)
    seen = seen_by(stay, months, back=BACK)
    usual = pinned(_usual(seen))
    common = usual.where(F.col("houses") >= HOUSES)
    told = (
        _by_cost(seen, F.broadcast(_with_rare(usual)))
        .unionByName(
            by_care(stay, charge_fact, common, months=months, back=BACK), allowMissingColumns=True
        )
        .join(F.broadcast(_heavy(seen)), on=[VIEW, "fixmedins_code"], how="left")
        .fillna(0, subset=["house_heavy"])
        .withColumn("heavy_expected", F.coalesce("heavy_expected", F.lit(0)))
        .withColumn("unmarked", F.coalesce("unmarked", F.array().cast("array<string>")))
        .withColumn("excess_share", _excess_share())
    )
    own = charge_fact.where(F.col(MONTH).isin(*months))
    return with_parts(told.where("excess_share > 0"), own, "excess_share")


def _weighed(stay_fact: DataFrame, payment_group: DataFrame) -> DataFrame:
    """Stays paid by group with the weight and rate that are valid on the day of discharge."""
    by_group = F.col("hi_paymtd").isin(DRG, DIP) & (F.col("medfee_fen") > 0)
    wanted = [name for name in GROUP_FACT.names if name in stay_fact.columns]
    stay = stay_fact.where(by_group).select("hi_paymtd", "dscg_way", "stay_days", *wanted)
    known = payment_group.select(*GROUP, "begndate", "enddate", "weight", "rate", "dise_name")
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
    """Group → its usual cost [fen], as the `houses` that treat it have it."""
    by_house = seen.groupBy(VIEW, *GROUP, "family", "fixmedins_code").agg(
        F.percentile("medfee_fen", 0.5).alias("cost"),
        *(F.max(name).alias(name) for name in ("weight", "dise_name")),
    )
    return by_house.groupBy(VIEW, *GROUP, "family").agg(
        F.round(F.percentile("cost", 0.5)).cast("bigint").alias("usual_fen"),
        F.count("*").cast("int").alias("houses"),
        *(F.max(name).alias(name) for name in ("weight", "dise_name")),
    )


def _with_rare(usual: DataFrame) -> DataFrame:
    """Usual costs of HOUSES houses or more; of rarer groups what their weight would bring.

    Weights stand for costs: of a group that few houses bill, or one alone, the usual cost is its
    weight times what a unit of weight costs in the family's other groups (the median). Where the
    family has none that HOUSES houses treat, nothing is known of it.
    """
    is_known = F.col("houses") >= HOUSES
    family = Window.partitionBy(VIEW, "hi_paymtd", "family")
    unit = F.percentile(F.when(is_known, F.col("usual_fen") / F.col("weight")), 0.5).over(family)
    by_weight = F.round(unit * F.col("weight")).cast("bigint")
    return usual.withColumn(
        "usual_fen", F.when(is_known, F.col("usual_fen")).otherwise(by_weight)
    ).where("usual_fen IS NOT NULL")


def _by_cost(seen: DataFrame, usual: DataFrame) -> DataFrame:
    """Stays of the months themselves that cost what a lighter group of their family costs."""
    compared = _compared(seen, usual)
    return (
        compared.where(F.col("is_lighter") & (F.col(MONTH) == month_label(F.col(VIEW))))
        .join(F.broadcast(_houses(compared)), on=[VIEW, "fixmedins_code"], how="inner")
        .withColumn("ground", F.lit("cost"))
        .drop("is_lighter")
    )


def _compared(seen: DataFrame, usual: DataFrame) -> DataFrame:
    """Stays that have a lighter group in their family, each with the group its cost is nearest to.

    `is_lighter` where that is a lighter one.
    """
    other = usual.select(
        *(VIEW, "hi_paymtd", "family"),
        F.col("dise_no").alias("right_no"),
        F.col("dise_name").alias("right_name"),
        F.col("weight").alias("right_weight"),
        F.col("usual_fen").alias("right_fen"),
    )
    of_stay = Window.partitionBy("mdtrt_id", VIEW)
    apart = F.abs(F.log(F.col("medfee_fen") / F.col("right_fen")))
    is_lighter = (F.col("right_weight") < F.col("weight")) & (
        F.col("right_fen") < F.col("usual_fen")
    )
    return (
        seen.join(usual.drop("weight", "family", "dise_name"), on=[VIEW, *GROUP], how="inner")
        .join(other, on=[VIEW, "hi_paymtd", "family"], how="inner")
        .withColumn("apart", F.round(apart, 6))
        .withColumn("is_lighter", is_lighter)
        .withColumn("nth", F.row_number().over(of_stay.orderBy("apart", "right_no")))
        .withColumn("has_lighter", F.max("is_lighter").over(of_stay))
        .where("nth = 1 AND has_lighter")
        .drop("nth", "apart", "has_lighter")
    )


def _heavy(seen: DataFrame) -> DataFrame:
    """House → stays billed above the lightest group of their family, and how many others would.

    Family by family, as the other houses bill it; families that others hardly treat do not count.
    """
    family = ["hi_paymtd", "family", VIEW]
    lightest = F.min("weight").over(Window.partitionBy(*family))
    billed = (
        seen.withColumn("is_heavy", F.col("weight") >= HEAVIER * lightest)
        .groupBy(*family, "fixmedins_code")
        .agg(F.count("*").alias("stays"), F.count_if("is_heavy").alias("heavy"))
    )
    everybody = Window.partitionBy(*family)
    others = F.sum("stays").over(everybody) - F.col("stays")
    share = (F.sum("heavy").over(everybody) - F.col("heavy")) / F.nullif(others, F.lit(0))
    usual = F.when(others >= TREATED, (F.col("stays") * share).cast("decimal(20,6)"))
    return (
        billed.withColumn("usual", usual)
        .where("usual > 0")
        .groupBy(VIEW, "fixmedins_code")
        .agg(
            F.sum("heavy").cast("int").alias("house_heavy"),
            F.sum("usual").cast("decimal(16,2)").alias("heavy_expected"),
        )
    )


def _houses(compared: DataFrame) -> DataFrame:
    """House → its stays, those that cost what a lighter group costs, and how many would be usual.

    Usual is the median over houses of the share of such stays.
    """
    house = compared.groupBy(VIEW, "fixmedins_code").agg(
        F.count("*").cast("int").alias("house_stays"),
        F.count_if("is_lighter").cast("int").alias("house_lighter"),
    )
    share = F.percentile(F.col("house_lighter") / F.col("house_stays"), 0.5).alias("usual_share")
    usual = F.broadcast(house.groupBy(VIEW).agg(share))
    expected = F.round(F.col("usual_share") * F.col("house_stays"), 2).cast("decimal(16,2)")
    return (
        house.join(usual, on=VIEW, how="inner")
        .withColumn("house_expected", expected)
        .drop("usual_share")
    )


def _excess_share() -> Column:
    """Share of the stay's fund money that the lighter group would not have cost [0 to 1]."""
    too_much = (F.col("weight") - F.col("right_weight")) * F.col("rate") * 100
    share = too_much.cast("double") / F.col("medfee_fen")
    return F.coalesce(F.least(F.round(share, 6), F.lit(1.0)), F.lit(0.0))
