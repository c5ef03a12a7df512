"""Where an institution uses far more of a high-cost item than its peers and than it did before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.knowledge import DetectorEntry
from fundwatch.schema import MONTH
from fundwatch.tables.gold import ITEM_ANOMALY
from jobs.facts.months import month_number
from jobs.peers import against_peers, institution_groups, with_institution

USE: Final = ["fixmedins_code", "ingredient", MONTH]
PLACE_MONTH: Final = ["fixmedins_code", MONTH]
PAST: Final = (-6, -1)  # the months that are an institution's own past, relative to its month


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
    """gold.item_anomaly: each institution's use of each high-cost or watched drug or consumable.

    `charge` reaches six months back. The rate is the charge for the item per patient of the
    institution, so that a larger house is not an odd one. Without an entry: no rows.
    """
    if not anomalies:
        return charge.sparkSession.createDataFrame([], ITEM_ANOMALY.ddl)
    (entry,) = anomalies
    limits = Limits(**entry.parameters)  # type: ignore[arg-type]
    use = _use(charge)
    rated = _with_own_past(use, limits).where(F.col(MONTH).isin(*months))
    grouped = with_institution(rated, institution, F.col("fixmedins_code")).withColumn(
        "groups", institution_groups()
    )
    placed = against_peers(grouped, among=["ingredient", MONTH], of="fixmedins_code", value="rate")
    judged = _judged(placed, limits)
    excess = _excess_lines(charge, judged.where("is_anomaly"))
    lines = F.coalesce("excess_lines", F.array().cast(ITEM_ANOMALY["excess_lines"].type))
    return (
        judged.join(excess, on=USE, how="left")
        .withColumn("excess_lines", lines)
        .select(*ITEM_ANOMALY.names)
    )


def _is_dear() -> Column:
    goods = F.col("list_type").isin("101", "102", "103", "104", "301")
    return goods & (F.col("is_high_value") | F.col("is_watched"))


def _ingredient() -> Column:
    """What an item is compared by; its code where the catalogue does not say."""
    return F.coalesce("ingredient", "hilist_code")


def _use(charge: DataFrame) -> DataFrame:
    """One row a USE: patients, base, money and rate, from one pass over the lines.

    The lines are summed to institution, month, person and item, all cheap items being one; from
    that, far smaller, table come both the patients of the item and those of the institution.
    """
    paid = F.try_divide("setl_fund_fen", "setl_inscp_fen")
    share = F.round(F.col("inscp_fen") * F.coalesce(paid, F.lit(0.0))).cast("bigint")
    summed = (
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
        .groupBy(*PLACE_MONTH, "area", "person_key", "ingredient", "list_type")
        .agg(F.sum("inscp_fen").alias("inscp_fen"), F.sum("fund_fen").alias("fund_fen"))
    )
    base = summed.select(*PLACE_MONTH, "person_key").distinct().groupBy(PLACE_MONTH)
    of_person = summed.where("ingredient IS NOT NULL").groupBy(*USE, "person_key")
    used = of_person.agg(*_sums(), F.min("area").alias("area"), F.min("list_type").alias("list"))
    return (
        used.groupBy(USE)
        .agg(
            F.count("*").cast("int").alias("patients"),
            *_sums(),
            F.min("area").alias("area"),
            F.min("list").alias("list_type"),
        )
        .join(base.agg(F.count("*").cast("int").alias("base")), on=PLACE_MONTH, how="inner")
        .withColumn("rate", F.col("inscp_fen").cast("double") / F.col("base"))
        .where("inscp_fen > 0")
    )


def _sums() -> tuple[Column, Column]:
    return F.sum("inscp_fen").alias("inscp_fen"), F.sum("fund_fen").alias("fund_fen")


def _with_own_past(use: DataFrame, limits: Limits) -> DataFrame:
    """With own_median of the six months before; null where the item was used in too few."""
    past = (
        Window.partitionBy("fixmedins_code", "ingredient")
        .orderBy(month_number())
        .rangeBetween(*PAST)
    )
    enough = F.count("*").over(past) >= limits.own_history_months
    own = F.when(enough, F.percentile("rate", F.lit(0.5)).over(past))
    return use.withColumn("own_median", own).withColumn(
        "growth", F.try_divide("rate", "own_median")
    )


def _judged(placed: DataFrame, limits: Limits) -> DataFrame:
    """With the excess above the greater median, and whether it is an anomaly."""
    usual = limits.margin_times * F.greatest("median", F.coalesce("own_median", F.lit(0.0)))
    excess = F.greatest(1 - usual / F.col("rate"), F.lit(0.0))
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
    """The fewest lines, strongest first, that add up to the excess; the last is cut to fit."""
    wanted = anomaly.select(
        *USE, F.round(F.col("inscp_fen") * F.col("excess_share")).cast("bigint").alias("wanted")
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
        .join(F.broadcast(wanted), on=USE, how="inner")
    )
    strongest = Window.partitionBy(USE).orderBy(F.desc("inscp_fen"), "bkkp_sn")
    above = strongest.rowsBetween(Window.unboundedPreceding, -1)
    left = F.col("wanted") - F.coalesce(F.sum("inscp_fen").over(above), F.lit(0))
    taken = F.least("inscp_fen", "left").alias("inscp_fen")
    return (
        line.withColumn("left", left)
        .where("left > 0")
        .groupBy(USE)
        .agg(
            F.array_sort(F.collect_list(F.struct("bkkp_sn", "setl_id", taken))).alias(
                "excess_lines"
            )
        )
    )
