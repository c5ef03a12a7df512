"""Where an institution uses far more of a high-cost item than its peers and than it did before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.knowledge import DetectorEntry
from fundwatch.schema import MONTH
from fundwatch.tables.gold import ITEM_ANOMALY
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.peers import against_peers, institution_groups, with_institution

USE: Final = ["fixmedins_code", "ingredient"]
BACK: Final = 2  # months before its own that a month counts use over: a quarter
PAST: Final = 8  # from here to the quarter is an institution's own past: six months


@dataclass(frozen=True)
class Limits:
    """Parameters of the entry in conf/anomalies.yml, where they are explained; units in names."""

    far_spreads: float
    level_times: float
    growth_times: float
    margin_times: float
    own_history_months: int
    least_peers: int
    least_patients: int
    least_excess_fund_yuan: float


def item_anomalies(
    charge: DataFrame,
    institution: DataFrame,
    *,
    anomalies: tuple[DetectorEntry, ...],
    months: tuple[str, ...],
) -> DataFrame:
    """gold.item_anomaly: each institution's use of each high-cost drug or consumable in a quarter.

    `charge` reaches eight months back. A month tells of the three that end with it, if the item was
    used in it: few houses use such an item often enough for a month to be compared. The rate is the
    charge for the item per patient and month, so that a larger house is not an odd one. Drugs that
    are only watched, because they tend to be resold, are a matter of who takes how much
    (gold.supply_fact). Without an entry: no rows.
    """
    if not anomalies:
        return charge.sparkSession.createDataFrame([], ITEM_ANOMALY.ddl)
    (entry,) = anomalies
    limits = Limits(**entry.parameters)  # type: ignore[arg-type]
    grouped = with_institution(
        _rated(charge, months, limits), institution, F.col("fixmedins_code")
    ).withColumn("groups", institution_groups())
    placed = against_peers(grouped, among=["ingredient", MONTH], of="fixmedins_code", value="rate")
    judged = _judged(placed.where("month_fen > 0"), limits)
    excess = _excess_lines(charge, judged.where("is_anomaly"))
    lines = F.coalesce("excess_lines", F.array().cast(ITEM_ANOMALY["excess_lines"].type))
    return (
        judged.join(excess, on=[*USE, MONTH], how="left")
        .withColumn("excess_lines", lines)
        .select(*ITEM_ANOMALY.names)
    )


def _is_dear() -> Column:
    goods = F.col("list_type").isin("101", "102", "103", "104", "301")
    return goods & F.col("is_high_value")


def _ingredient() -> Column:
    """What an item is compared by; its code where the catalogue does not say."""
    return F.coalesce("ingredient", "hilist_code")


def _rated(charge: DataFrame, months: tuple[str, ...], limits: Limits) -> DataFrame:
    """One row an institution, item and quarter with use, named by its last month.

    With the rate of the quarter and of the past; `month_fen` is what the last month used.
    """
    summed = _summed(charge)
    base = (
        summed.select("fixmedins_code", MONTH, "person_key")
        .distinct()
        .groupBy("fixmedins_code", MONTH)
        .agg(F.count("*").alias("base"))
    )
    used = summed.where("ingredient IS NOT NULL AND inscp_fen > 0")
    now = _quarter(used, base, months)
    return (
        now.join(_own_past(used, base, months, limits), on=[*USE, VIEW], how="left")
        .withColumn("growth", F.try_divide("rate", "own_past"))
        .withColumn(MONTH, month_label(F.col(VIEW)))
        .drop(VIEW)
    )


def _summed(charge: DataFrame) -> DataFrame:
    """Money by institution, month, person and item, all other items being one; from one pass.

    From that, far smaller, table come both the patients of the item and those of the institution.
    """
    paid = F.try_divide("setl_fund_fen", "setl_inscp_fen")
    share = F.round(F.col("inscp_fen") * F.coalesce(paid, F.lit(0.0))).cast("bigint")
    return (
        charge.select(
            "fixmedins_code",
            "area",
            MONTH,
            "person_key",
            F.when(_is_dear(), _ingredient()).alias("ingredient"),
            F.when(_is_dear(), F.col("list_type")).alias("list_type"),
            "inscp_fen",
            share.alias("fund_fen"),
        )
        .groupBy("fixmedins_code", MONTH, "area", "person_key", "ingredient", "list_type")
        .agg(*_sums())
    )


def _quarter(used: DataFrame, base: DataFrame, months: tuple[str, ...]) -> DataFrame:
    of_house = seen_by(base, months, back=BACK).groupBy("fixmedins_code", VIEW)
    of_month = F.when(month_number() == F.col(VIEW), F.col("inscp_fen")).otherwise(0)
    of_person = (
        seen_by(used, months, back=BACK)
        .groupBy(*USE, VIEW, "person_key")
        .agg(
            *_sums(),
            F.sum(of_month).alias("month_fen"),
            F.min("area").alias("area"),
            F.min("list_type").alias("list_type"),
        )
    )
    return (
        of_person.groupBy(*USE, VIEW)
        .agg(
            F.count("*").cast("int").alias("patients"),
            *_sums(),
            F.sum("month_fen").alias("month_fen"),
            F.min("area").alias("area"),
            F.min("list_type").alias("list_type"),
        )
        .join(
            of_house.agg(F.sum("base").cast("int").alias("base")),
            on=["fixmedins_code", VIEW],
            how="inner",
        )
        .withColumn("rate", F.col("inscp_fen").cast("double") / F.col("base"))
    )


def _own_past(
    used: DataFrame, base: DataFrame, months: tuple[str, ...], limits: Limits
) -> DataFrame:
    """(USE, view, own_past): the rate of the months before the quarter, 0 where it was not used.

    No row for an item never used before, nor where too few months of the institution are known.
    """
    is_before = F.col(VIEW) - month_number() > BACK
    before = seen_by(used, months, back=PAST).where(is_before)
    house = seen_by(base, months, back=PAST).where(is_before).groupBy("fixmedins_code", VIEW)
    known = house.agg(F.sum("base").alias("past_base"), F.count("*").alias("past_months"))
    return (
        before.groupBy(*USE, VIEW)
        .agg(F.sum("inscp_fen").alias("past_fen"))
        .join(known, on=["fixmedins_code", VIEW], how="inner")
        .where(F.col("past_months") >= limits.own_history_months)
        .select(
            *USE, VIEW, (F.col("past_fen").cast("double") / F.col("past_base")).alias("own_past")
        )
    )


def _sums() -> tuple[Column, Column]:
    return F.sum("inscp_fen").alias("inscp_fen"), F.sum("fund_fen").alias("fund_fen")


def _judged(placed: DataFrame, limits: Limits) -> DataFrame:
    """With the excess above peers and own past, and whether it is an anomaly."""
    usual = limits.margin_times * F.greatest("median", F.coalesce("own_past", F.lit(0.0)))
    excess = F.greatest(1 - F.try_divide(usual, "rate"), F.lit(0.0))
    leapt = F.coalesce(F.col("growth") >= limits.growth_times, F.lit(False))
    towers = F.col("rate") >= limits.level_times * F.col("median")
    fund_in_excess = F.col("fund_fen") * F.col("excess_share")
    return placed.withColumn("excess_share", excess).withColumns(
        {
            "peer_median": F.col("median"),
            "peer_distance": F.col("distance"),
            "is_anomaly": (F.col("peers") >= limits.least_peers)
            & (F.col("patients") >= limits.least_patients)
            & (F.col("distance") >= limits.far_spreads)
            & (leapt | towers)
            & (fund_in_excess >= limits.least_excess_fund_yuan * 100),
        }
    )


def _excess_lines(charge: DataFrame, anomaly: DataFrame) -> DataFrame:
    """The fewest lines of the month, strongest first, that add up to the excess of the month.

    Of the month alone: quarters overlap, and each would claim other lines. The last is cut to fit.
    """
    wanted = anomaly.select(
        *USE,
        MONTH,
        F.round(F.col("month_fen") * F.col("excess_share")).cast("bigint").alias("wanted"),
    )
    line = (
        charge.where(_is_dear() & (F.col("inscp_fen") > 0))
        .select(
            "fixmedins_code",
            _ingredient().alias("ingredient"),
            MONTH,
            "bkkp_sn",
            "setl_id",
            "inscp_fen",
        )
        .join(F.broadcast(wanted), on=[*USE, MONTH], how="inner")
    )
    strongest = Window.partitionBy(*USE, MONTH).orderBy(F.desc("inscp_fen"), "bkkp_sn")
    above = strongest.rowsBetween(Window.unboundedPreceding, -1)
    left = F.col("wanted") - F.coalesce(F.sum("inscp_fen").over(above), F.lit(0))
    taken = F.least("inscp_fen", "left").alias("inscp_fen")
    return (
        line.withColumn("left", left)
        .where("left > 0")
        .groupBy(*USE, MONTH)
        .agg(
            F.array_sort(F.collect_list(F.struct("bkkp_sn", "setl_id", taken))).alias(
                "excess_lines"
            )
        )
    )
