"""People who keep meeting: how often, how often chance would do it, and whether they are kin."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, seen_by

AT_LEAST: Final = 2  # shared days
# So many people may stand behind one address, phone or contact and still be a family or a home.
# More behind one address are a village; more behind one phone may be a broker's cards.
HOLDERS: Final = {"addr_key": 50, "tel_key": 3, "coner_key": 3}
PAIR: Final = ["person_a", "person_b", VIEW]


@dataclass(frozen=True)
class Meetings:
    """What makes two people a pair.

    `met`: one row a meeting, with person_a < person_b, fixmedins_code, day_a and day_b, month (of
    the later of the two records), first_number (month number of the earlier), mdtrt_ids, setl_ids,
    is_near and what `sums` names. `present`: what could have become a meeting (person_key,
    fixmedins_code, day, month), a row each. `known`: the rows whose HOLDERS tell households. A
    month looks `back` months over all three. `chance`: days that count as one meeting, or the
    chance that two who are at one place on one day meet there.
    """

    met: DataFrame
    present: DataFrame
    known: DataFrame
    back: int
    chance: Fraction = Fraction(1)
    sums: tuple[str, ...] = ()


def pairs(meetings: Meetings, *, months: tuple[str, ...]) -> DataFrame:
    """Pairs by month with `times`, `expected`, `is_household` and the union of what they share.

    One of the two at least met somebody in the month itself; the pair's own last meeting may be
    older: a group whose members take turns is told whole. `expected` is Σ over places h of
    days_a(h) × days_b(h) × chance / D(h), D(h) being the days on which anybody could have been
    present there (_open_days).
    """
    back = meetings.back
    met = seen_by(meetings.met, months, back=back).where(f"{VIEW} <= first_number + {back}")
    pair = _pairs(met, meetings.sums)
    present = seen_by(meetings.present, months, back=back)
    known = seen_by(meetings.known, months, back=back)
    return (
        pair.join(_expected(pair, present, meetings.chance, back), on=PAIR, how="inner")
        .join(_households(pair, known), on=PAIR, how="left")
        .withColumn("is_household", F.coalesce("is_household", F.lit(False)))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def with_totals(pair: DataFrame, total: DataFrame, name: str) -> DataFrame:
    """`pair` with `name`_a and `name`_b, from (person_key, VIEW, total)."""
    for side in ("a", "b"):
        own = total.select(
            F.col("person_key").alias(f"person_{side}"),
            VIEW,
            F.col("total").cast("int").alias(f"{name}_{side}"),
        )
        pair = pair.join(own, on=[f"person_{side}", VIEW], how="inner")
    return pair


def _pairs(met: DataFrame, sums: tuple[str, ...]) -> DataFrame:
    """Pairs by month with enough shared days, one of the two at least with news of that month."""
    pair = met.groupBy(*PAIR).agg(
        F.least(*(F.size(F.collect_set(day)) for day in ("day_a", "day_b"))).alias("times"),
        F.max("is_near").alias("is_neighbour"),
        F.array_sort(F.collect_set("fixmedins_code")).alias("fixmedins_codes"),
        *(
            F.array_sort(F.array_distinct(F.flatten(F.collect_list(name)))).alias(name)
            for name in ("mdtrt_ids", "setl_ids")
        ),
        F.min(F.least("day_a", "day_b")).alias("first_on"),
        F.max(F.greatest("day_a", "day_b")).alias("last_on"),
        *(F.sum(name).alias(name) for name in sums),
    )
    return (
        pair.where(F.col("times") >= AT_LEAST)
        .join(_seen_again(met, "a"), on=["person_a", VIEW], how="left")
        .join(_seen_again(met, "b"), on=["person_b", VIEW], how="left")
        .where("again_a OR again_b")
    )


def _seen_again(met: DataFrame, side: str) -> DataFrame:
    """People by month who met somebody in it."""
    news = met.where(month_number() == F.col(VIEW))
    people = news.select(VIEW, F.explode(F.array("person_a", "person_b")).alias(f"person_{side}"))
    return people.distinct().withColumn(f"again_{side}", F.lit(True))


def _open_days() -> Column:
    """Days on which a place could have seen somebody, of which it did on `seen_days` [days].

    Chao's estimate: days that saw one record (`lone_days`) and two (`double_days`) tell how many
    saw none. A small house is open on more days than it is used, and crowds do not move it: whoever
    brings twenty people on one day must not make their meeting look likely.
    """
    unseen = F.col("lone_days") * (F.col("lone_days") - 1) / (2 * (F.col("double_days") + 1))
    return F.col("seen_days") + F.round(unseen).cast("bigint")


def _expected(pair: DataFrame, present: DataFrame, chance: Fraction, back: int) -> DataFrame:
    """Shared days by chance of each pair, over every place where both were."""
    by_day = present.groupBy(VIEW, "fixmedins_code", "day").agg(F.count("*").alias("on_day"))
    used = by_day.groupBy(VIEW, "fixmedins_code").agg(
        F.count("*").alias("seen_days"),
        F.count_if(F.col("on_day") == 1).alias("lone_days"),
        F.count_if(F.col("on_day") == 2).alias("double_days"),
    )
    calendar = F.lit(30 * (back + 1))  # days in a month and those before it, roughly
    days = F.greatest(F.least(_open_days(), calendar), "seen_days").alias("days")
    house = used.select(VIEW, "fixmedins_code", days)
    count = present.groupBy(VIEW, "person_key", "fixmedins_code").count()
    a, b = (
        count.select(
            VIEW,
            F.col("person_key").alias(f"person_{side}"),
            "fixmedins_code",
            F.col("count").alias(f"here_{side}"),
        )
        for side in ("a", "b")
    )
    return (
        pair.select(*PAIR)
        .join(a, on=["person_a", VIEW], how="inner")
        .join(b, on=["person_b", VIEW, "fixmedins_code"], how="inner")
        .join(house, on=[VIEW, "fixmedins_code"], how="inner")
        .groupBy(*PAIR)
        .agg(F.sum(_by_chance(chance)).cast("double").alias("expected"))
    )


def _by_chance(chance: Fraction) -> Column:
    """Decimal: a sum of doubles would depend on the order of the places."""
    both = F.col("here_a") * F.col("here_b") * chance.numerator
    days = F.col("days") * chance.denominator
    return (both.cast("decimal(18,0)") / days.cast("decimal(18,0)")).cast("decimal(28,12)")


def _households(pair: DataFrame, known: DataFrame) -> DataFrame:
    """Pairs by month that share, anywhere, an address, phone or contact few others have."""
    ties = F.array(*(F.struct(F.lit(t).alias("tie"), F.col(t).alias("key")) for t in HOLDERS))
    held = (
        known.select("person_key", VIEW, F.explode(ties).alias("held"))
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
