"""gold.shared_purchase: who keeps buying watched drugs with whom, within minutes."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_number, seen_by
from jobs.features.pairs import Meetings, pairs, with_totals

BACK: Final = 5  # months before its own that a month looks over: six together
APART_SECONDS: Final = 600  # between two settlements that are one errand
# A queue is no errand: as if all came in two hours of the days on which the place sold such drugs.
BUSY_SECONDS: Final = 7200
CHANCE: Final = Fraction(2 * APART_SECONDS, BUSY_SECONDS)
SIDE: Final = ("person_key", "setl_id", "mdtrt_id", "month", "watched_fen", "village")


def shared_purchases(visit_fact: DataFrame, *, months: tuple[str, ...]) -> DataFrame:
    """gold.shared_purchase of pairs of whom one at least bought with somebody in the month.

    Days are those on which watched drugs were bought; CHANCE that two purchases at one place on one
    day fall into one errand. Quadratic in the people of one terminal and twenty minutes.
    """
    bought = visit_fact.where("watched_fen > 0")
    day = bought.select(
        "person_key", "fixmedins_code", F.to_date("setl_time").alias("day"), "month"
    ).distinct()
    meetings = Meetings(
        met=_met(bought.where("term_no IS NOT NULL")),
        present=day,
        known=visit_fact,
        back=BACK,
        chance=CHANCE,
        sums=("watched_fen",),
    )
    days = seen_by(day, months, back=BACK).groupBy("person_key", VIEW)
    total = days.agg(F.count_distinct("day").alias("total"))
    return with_totals(pairs(meetings, months=months), total, "visits")


def _met(bought: DataFrame) -> DataFrame:
    """Two people at one terminal within minutes; the month is that of the later settlement."""
    slot = F.floor(F.unix_seconds(F.col("setl_time").cast("timestamp")) / APART_SECONDS)
    timed = bought.select(*SIDE, "fixmedins_code", "term_no", "setl_time", slot.alias("slot"))
    a = timed.select(*(F.col(name).alias(f"{name}_a") for name in timed.columns))
    near = F.explode(F.sequence(F.col("slot") - 1, F.col("slot") + 1)).alias("slot_b")
    b = timed.select(*(F.col(n).alias(f"{n}_b") for n in timed.columns if n != "slot"), near)
    same = [F.col(f"{n}_a") == F.col(f"{n}_b") for n in ("fixmedins_code", "term_no", "slot")]
    apart = F.timestamp_diff("SECOND", "setl_time_a", "setl_time_b")
    joined = a.join(b, on=[*same, F.col("person_key_a") < F.col("person_key_b")], how="inner")
    numbers = (month_number("month_a"), month_number("month_b"))
    return joined.where(F.abs(apart) <= APART_SECONDS).select(
        F.col("person_key_a").alias("person_a"),
        F.col("person_key_b").alias("person_b"),
        F.col("fixmedins_code_a").alias("fixmedins_code"),
        F.to_date("setl_time_a").alias("day_a"),
        F.to_date("setl_time_b").alias("day_b"),
        F.greatest("month_a", "month_b").alias("month"),
        F.least(*numbers).alias("first_number"),
        F.array("mdtrt_id_a", "mdtrt_id_b").alias("mdtrt_ids"),
        F.array("setl_id_a", "setl_id_b").alias("setl_ids"),
        (F.col("watched_fen_a") + F.col("watched_fen_b")).alias("watched_fen"),
        F.coalesce(F.col("village_a") == F.col("village_b"), F.lit(False)).alias("is_near"),
    )
