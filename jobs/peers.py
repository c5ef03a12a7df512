"""Where each value stands among its peers: those of the same kind, level and ownership."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.knowledge import Indicator
from fundwatch.schema import MONTH
from fundwatch.tables.gold import PEER_SCORE
from jobs.levels import level, level_name

ENOUGH: Final = 8  # peers with a value, below which a wider group is asked [count]
LEAST_SPREAD: Final = 0.05  # of |median|: closer than that, peers are alike [0 to 1]
MAD_TO_SIGMA: Final = 1.4826  # of a normal distribution
# Where more than half of the peers are equal, the median deviation is 0 and the mean one serves.
MEAN_TO_SIGMA: Final = 1.253314  # Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993)
ALL: Final = "全部"


def scores(
    indicator_value: DataFrame, institution: DataFrame, *, indicators: tuple[Indicator, ...]
) -> DataFrame:
    """gold.peer_score: a row for each value.

    Institutions are compared within kind, level and ownership, wards with the same ward code and
    level, doctors with those of institutions of their level, persons with all; each in the
    narrowest group of at least ENOUGH values, else in the widest.
    """
    high = [indicator.id for indicator in indicators if indicator.worse == "high"]
    known = [indicator.id for indicator in indicators]
    valued = indicator_value.where(
        F.col("value").isNotNull() & F.col("indicator_id").isin(*known)
    ).withColumn("is_high", F.col("indicator_id").isin(*high))
    worse = F.when(F.col("is_high"), F.col("value")).otherwise(-F.col("value"))
    grouped = with_institution(valued, institution, _home()).withColumn("groups", _groups())
    placed = against_peers(
        grouped.withColumn("worse", worse),
        among=["indicator_id", "entity_type", MONTH],
        of="entity",
        value="worse",
    )
    # Medians were taken towards the worse side; they are told in the indicator's own direction.
    own = F.when(F.col("is_high"), F.col("median")).otherwise(-F.col("median"))
    return (
        placed.withColumn("median", own)
        .withColumn("excess", F.abs(F.col("value") - F.col("median")) * F.col("denominator"))
        .withColumn("excess", F.when(F.col("distance") > 0, F.col("excess")).otherwise(0.0))
        .select(*PEER_SCORE.names)
    )


def against_peers(rows: DataFrame, *, among: list[str], of: str, value: str) -> DataFrame:
    """Rows with peer_group, peers, median, spread, distance and percentile of `value`.

    `rows` has one row for each `of` in `among`, and `groups`: labels of its peers from narrow to
    wide. distance is (value − median) / spread; 0 where all peers are equal.
    """
    group = [*among, "peer_group"]
    peers = Window.partitionBy(*group)
    in_order = peers.orderBy(value)
    # Ordered, so that the sum of doubles does not depend on how rows came.
    whole = in_order.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    off = F.abs(F.col(value) - F.col("median"))
    every = (
        rows.select("*", F.posexplode("groups").alias("width", "peer_group"))
        .withColumn("peers", F.count("*").over(peers).cast("int"))
        .withColumn("median", F.percentile(value, F.lit(0.5)).over(peers))
        .withColumn("mad", F.percentile(off, F.lit(0.5)).over(peers))
        .withColumn("mean_off", F.avg(off).over(whole))
        .withColumn("percentile", F.cume_dist().over(in_order))
    )
    # The narrowest with enough peers first, then the widest.
    choice = F.when(F.col("peers") >= ENOUGH, F.col("width")).otherwise(100 - F.col("width"))
    best = Window.partitionBy(*among, of).orderBy(choice)
    chosen = every.withColumn("choice", F.row_number().over(best)).where("choice = 1")
    return chosen.withColumn("spread", _spread()).withColumn(
        "distance",
        F.when(F.col("spread") > 0, (F.col(value) - F.col("median")) / F.col("spread")).otherwise(
            0.0
        ),
    )


def with_institution(rows: DataFrame, institution: DataFrame, code: Column) -> DataFrame:
    """Rows with kind, own_level and ownership of the institution `code`, null if unknown."""
    register = institution.select(
        F.col("fixmedins_code").alias("home_code"),
        F.when(F.col("fixmedins_type") == "2", "药店")
        .otherwise(F.coalesce("medins_type", F.lit("医疗机构")))
        .alias("kind"),
        (F.col("fixmedins_type") == "2").alias("is_pharmacy"),
        level("hosp_lv").alias("own_level"),
        F.col("medins_natu").alias("ownership"),
    )
    return (
        rows.withColumn("home", code)
        .join(F.broadcast(register), on=F.col("home") == F.col("home_code"), how="left")
        .drop("home_code")
    )


def institution_groups() -> Column:
    """Labels of an institution's peers: kind·level·ownership, kind of house·level, kind of house.

    Needs the columns of with_institution. An institution outside the register has peers outside
    the register, else all.
    """
    house = (
        F.when(F.col("is_pharmacy").isNull(), "未登记")
        .when(F.col("is_pharmacy"), "药店")
        .otherwise("医疗机构")
    )
    kind = F.coalesce("kind", F.lit("未登记"))
    owner = (
        F.when(F.col("ownership") == "1", "公立")
        .when(F.col("ownership") == "2", "民营")
        .otherwise("性质不明")
    )
    at = level_name(F.col("own_level"))
    return F.array(F.concat_ws("·", kind, at, owner), F.concat_ws("·", house, at), house)


def _home() -> Column:
    """Code of the institution that an entity is or belongs to."""
    return F.when(F.col("entity_type") == "institution", F.col("entity")).when(
        F.col("entity_type") == "department", F.split_part("entity", F.lit("|"), F.lit(1))
    )


def _groups() -> Column:
    ward = F.split_part("entity", F.lit("|"), F.lit(2))
    at = level_name(F.coalesce("own_level", "level"))
    wards = F.array(
        F.concat_ws("·", F.lit("科室"), ward, at), F.concat_ws("·", F.lit("科室"), at), F.lit(ALL)
    )
    return (
        F.when(F.col("entity_type") == "institution", institution_groups())
        .when(F.col("entity_type") == "department", wards)
        .when(
            F.col("entity_type") == "doctor",
            F.array(F.concat_ws("·", F.lit("医师"), at), F.lit(ALL)),
        )
        .otherwise(F.array(F.lit(ALL)))
    )


def _spread() -> Column:
    """1.4826 × MAD, at least LEAST_SPREAD of |median|; where both are 0 the mean deviation."""
    robust = F.greatest(MAD_TO_SIGMA * F.col("mad"), LEAST_SPREAD * F.abs("median"))
    return F.when(robust > 0, robust).otherwise(MEAN_TO_SIGMA * F.col("mean_off"))
