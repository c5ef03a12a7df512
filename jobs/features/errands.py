"""gold.shared_purchase: who keeps buying watched drugs with whom, within minutes."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, seen_by

BACK: Final = 5  # months before its own that a month looks over: six together
AT_LEAST: Final = 2  # shared days
APART_SECONDS: Final = 600  # between two settlements that are one errand
# A queue is no errand: as if all came in two hours of the days on which the place sold such drugs.
BUSY_SECONDS: Final = 7200
HOLDERS: Final = {"addr_key": 50, "tel_key": 3, "coner_key": 3}  # people behind one, at most
PAIR: Final = ["person_a", "person_b", VIEW]
SIDE: Final = ("person_key", "setl_id", "mdtrt_id", "month", "watched_fen", "village")


def shared_purchases(visit_fact: DataFrame, *, months: tuple[str, ...]) -> DataFrame:
    """gold.shared_purchase of pairs of whom one at least bought with somebody in the month.

    `expected` is Σ over places h of days_a(h) × days_b(h) × chance(h), the chance that two
    purchases there on any of its D(h) days fall into one errand by themselves. Quadratic in the
    people of one terminal and twenty minutes.
    """
    bought = visit_fact.where("watched_fen > 0")
    met = seen_by(_met(bought.where("term_no IS NOT NULL")), months, back=BACK)
    pair = _pairs(met.where(f"{VIEW} <= first_number + {BACK}"))
    seen = seen_by(bought, months, back=BACK)
    day = seen.select(VIEW, "person_key", "fixmedins_code", _day().alias("day")).distinct()
    return (
        pair.join(_totals(day, "a"), on=["person_a", VIEW], how="inner")
        .join(_totals(day, "b"), on=["person_b", VIEW], how="inner")
        .join(_expected(pair, day), on=PAIR, how="inner")
        .join(_households(pair, seen_by(visit_fact, months, back=BACK)), on=PAIR, how="left")
        .withColumn("is_household", F.coalesce("is_household", F.lit(False)))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _day() -> Column:
    return F.to_date("setl_time")


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
        F.to_date("setl_time_a").alias("day"),
        F.greatest("month_a", "month_b").alias("month"),
        F.least(*numbers).alias("first_number"),
        F.array("mdtrt_id_a", "mdtrt_id_b").alias("mdtrt_ids"),
        F.array("setl_id_a", "setl_id_b").alias("setl_ids"),
        (F.col("watched_fen_a") + F.col("watched_fen_b")).alias("watched_fen"),
        F.coalesce(F.col("village_a") == F.col("village_b"), F.lit(False)).alias("is_near"),
    )


def _pairs(met: DataFrame) -> DataFrame:
    """Pairs by month with enough shared days, one of the two at least with news of that month."""
    pair = met.groupBy(*PAIR).agg(
        F.size(F.collect_set("day")).alias("times"),
        F.max("is_near").alias("is_neighbour"),
        F.array_sort(F.collect_set("fixmedins_code")).alias("fixmedins_codes"),
        *(
            F.array_sort(F.array_distinct(F.flatten(F.collect_list(name)))).alias(name)
            for name in ("mdtrt_ids", "setl_ids")
        ),
        F.sum("watched_fen").alias("watched_fen"),
        F.min("day").alias("first_on"),
        F.max("day").alias("last_on"),
    )
    news = met.where(month_number() == F.col(VIEW))
    person = news.select(
        VIEW, F.explode(F.array("person_a", "person_b")).alias("person")
    ).distinct()
    a, b = (
        person.withColumnRenamed("person", f"person_{side}").withColumn(
            f"again_{side}", F.lit(True)
        )
        for side in ("a", "b")
    )
    return (
        pair.where(F.col("times") >= AT_LEAST)
        .join(a, on=["person_a", VIEW], how="left")
        .join(b, on=["person_b", VIEW], how="left")
        .where("again_a OR again_b")
    )


def _totals(day: DataFrame, side: str) -> DataFrame:
    each = day.select(VIEW, "person_key", "day").distinct()
    return each.groupBy(F.col("person_key").alias(f"person_{side}"), VIEW).agg(
        F.count("*").cast("int").alias(f"visits_{side}")
    )


def _expected(pair: DataFrame, day: DataFrame) -> DataFrame:
    """Shared days by chance of each pair, over every place where both bought."""
    open_days = day.select(VIEW, "fixmedins_code", "day").distinct()
    house = open_days.groupBy(VIEW, "fixmedins_code").agg(F.count("*").alias("days"))
    count = day.groupBy(VIEW, "person_key", "fixmedins_code").count()
    a, b = (
        count.select(
            VIEW,
            F.col("person_key").alias(f"person_{side}"),
            "fixmedins_code",
            F.col("count").alias(f"here_{side}"),
        )
        for side in ("a", "b")
    )
    # Decimal: a sum of doubles would depend on the order of the places.
    both = (F.col("here_a") * F.col("here_b") * 2 * APART_SECONDS).cast("decimal(18,0)")
    chance = both / (F.col("days") * BUSY_SECONDS).cast("decimal(18,0)")
    return (
        pair.select(*PAIR)
        .join(a, on=["person_a", VIEW], how="inner")
        .join(b, on=["person_b", VIEW, "fixmedins_code"], how="inner")
        .join(house, on=[VIEW, "fixmedins_code"], how="inner")
        .groupBy(*PAIR)
        .agg(F.sum(chance.cast("decimal(28,12)")).cast("double").alias("expected"))
    )


def _households(pair: DataFrame, seen: DataFrame) -> DataFrame:
    """Pairs by month that share, on any visit, an address, phone or contact few others have."""
    ties = F.array(*(F.struct(F.lit(t).alias("tie"), F.col(t).alias("key")) for t in HOLDERS))
    held = (
        seen.select("person_key", VIEW, F.explode(ties).alias("held"))
        .select("person_key", VIEW, "held.tie", "held.key")
        .where("key IS NOT NULL")
        .distinct()
    )
    most = F.element_at(
        F.create_map(*(F.lit(x) for kv in HOLDERS.items() for x in kv)), F.col("tie")
    )
    few = held.groupBy(VIEW, "tie", "key").count().where(F.col("count").between(2, most))
    shared = held.join(few.drop("count"), on=[VIEW, "tie", "key"], how="inner")
    a, b = (shared.withColumnRenamed("person_key", f"person_{side}") for side in ("a", "b"))
    return (
        pair.select(*PAIR)
        .join(a, on=["person_a", VIEW], how="inner")
        .join(b, on=["person_b", VIEW, "tie", "key"], how="inner")
        .groupBy(*PAIR)
        .agg(F.lit(True).alias("is_household"))
    )
