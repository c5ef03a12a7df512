"""gold.shared_admission: who keeps being admitted with whom, and how often chance would do it."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, seen_by

BACK: Final = 11  # months before its own that a month looks over: twelve together
AT_LEAST: Final = 2  # shared days
# So many people may stand behind one address, phone or contact and still be a family or a home.
# More behind one address are a village; more behind one phone may be a broker's cards.
HOLDERS: Final = {"addr_key": 50, "tel_key": 3, "coner_key": 3}
NEIGHBOURS: Final = ("village", "emp_no")
PAIR: Final = ["person_a", "person_b", VIEW]
IDS: Final = ("mdtrt_ids", "setl_ids")


def shared_admissions(stay_fact: DataFrame, *, months: tuple[str, ...]) -> DataFrame:
    """gold.shared_admission of pairs of whom one at least met somebody in the month itself.

    The pair's own last meeting may be older: a group whose members take turns is told whole.

    `expected` is Σ over institutions h of stays_a(h) × stays_b(h) / D(h): were the stays of each
    spread evenly over the D(h) days of the twelve months on which h admitted anybody, so many days
    would be shared by chance. Quadratic in the repeatedly admitted of one institution and day.
    """
    stay = stay_fact.select(
        "person_key", "fixmedins_code", "admitted_on", "month", "mdtrt_id", "setl_ids",
        *HOLDERS, *NEIGHBOURS,
    )  # fmt: skip
    regular = _regulars(stay)
    met = seen_by(_met(regular), months, back=BACK).where(f"{VIEW} <= first_number + {BACK}")
    pair = _pairs(met)
    seen = seen_by(stay, months, back=BACK)
    count = seen.groupBy(VIEW, "person_key", "fixmedins_code").count()
    return (
        pair.join(_totals(count, "a"), on=["person_a", VIEW], how="inner")
        .join(_totals(count, "b"), on=["person_b", VIEW], how="inner")
        .join(_expected(pair, count, seen), on=PAIR, how="inner")
        .join(_households(met, seen_by(regular, months, back=BACK)), on=PAIR, how="left")
        .withColumn("is_household", F.coalesce("is_household", F.lit(False)))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _regulars(stay: DataFrame) -> DataFrame:
    """Stays of people who have several; all others can share no two days with anybody."""
    several = stay.groupBy("person_key").count().where(F.col("count") >= AT_LEAST)
    return stay.join(several.drop("count"), on="person_key", how="inner")


def _met(regular: DataFrame) -> DataFrame:
    """Two people admitted to one institution on one day; the month is that of the later closing."""
    a = regular.select([F.col(name).alias(f"{name}_a") for name in regular.columns])
    b = regular.select([F.col(name).alias(f"{name}_b") for name in regular.columns])
    same = [F.col(f"{n}_a") == F.col(f"{n}_b") for n in ("fixmedins_code", "admitted_on")]
    joined = a.join(b, on=[*same, F.col("person_key_a") < F.col("person_key_b")], how="inner")
    numbers = (month_number("month_a"), month_number("month_b"))
    return joined.select(
        F.col("person_key_a").alias("person_a"),
        F.col("person_key_b").alias("person_b"),
        F.col("fixmedins_code_a").alias("fixmedins_code"),
        F.col("admitted_on_a").alias("admitted_on"),
        F.greatest("month_a", "month_b").alias("month"),
        F.least(*numbers).alias("first_number"),
        F.array("mdtrt_id_a", "mdtrt_id_b").alias("mdtrt_ids"),
        F.concat("setl_ids_a", "setl_ids_b").alias("setl_ids"),
        *(F.when(_alike(name), F.col(f"{name}_a")).alias(name) for name in HOLDERS),
        F.greatest(*(_alike(name).cast("int") for name in NEIGHBOURS)).alias("is_near"),
    )


def _alike(name: str) -> Column:
    return F.coalesce(F.col(f"{name}_a") == F.col(f"{name}_b"), F.lit(False))


def _pairs(met: DataFrame) -> DataFrame:
    """Pairs by month with enough shared days, one of the two at least with news of that month."""
    pair = met.groupBy(*PAIR).agg(
        F.size(F.collect_set("admitted_on")).alias("times"),
        F.max("is_near").cast("boolean").alias("is_neighbour"),
        F.array_sort(F.collect_set("fixmedins_code")).alias("fixmedins_codes"),
        *(
            F.array_sort(F.array_distinct(F.flatten(F.collect_list(name)))).alias(name)
            for name in IDS
        ),
        F.min("admitted_on").alias("first_on"),
        F.max("admitted_on").alias("last_on"),
    )
    a, b = _seen_again(met, "a"), _seen_again(met, "b")
    return (
        pair.where(F.col("times") >= AT_LEAST)
        .join(a, on=["person_a", VIEW], how="left")
        .join(b, on=["person_b", VIEW], how="left")
        .where("again_a OR again_b")
    )


def _seen_again(met: DataFrame, side: str) -> DataFrame:
    """People by month who met somebody in a stay settled in it."""
    news = met.where(month_number() == F.col(VIEW))
    people = news.select(VIEW, F.explode(F.array("person_a", "person_b")).alias(f"person_{side}"))
    return people.distinct().withColumn(f"again_{side}", F.lit(True))


def _totals(count: DataFrame, side: str) -> DataFrame:
    return count.groupBy(F.col("person_key").alias(f"person_{side}"), VIEW).agg(
        F.sum("count").cast("int").alias(f"stays_{side}")
    )


def _expected(pair: DataFrame, count: DataFrame, seen: DataFrame) -> DataFrame:
    """Shared days by chance of each pair, over every institution where both lay."""
    open_days = seen.groupBy(VIEW, "fixmedins_code", "admitted_on").count()
    house = open_days.groupBy(VIEW, "fixmedins_code").agg(F.count("*").alias("days"))
    a, b = (
        count.select(
            VIEW,
            F.col("person_key").alias(f"person_{side}"),
            "fixmedins_code",
            F.col("count").alias(f"here_{side}"),
        )
        for side in ("a", "b")
    )
    # Decimal: a sum of doubles would depend on the order of the institutions.
    chance = (F.col("here_a") * F.col("here_b")).cast("decimal(10,0)") / F.col("days").cast(
        "decimal(10,0)"
    )
    return (
        pair.select(*PAIR)
        .join(a, on=["person_a", VIEW], how="inner")
        .join(b, on=["person_b", VIEW, "fixmedins_code"], how="inner")
        .join(house, on=[VIEW, "fixmedins_code"], how="inner")
        .groupBy(*PAIR)
        .agg(F.sum(chance.cast("decimal(28,12)")).cast("double").alias("expected"))
    )


def _households(met: DataFrame, regular: DataFrame) -> DataFrame:
    """Pairs by month that share an address, phone or contact which few others have."""
    keys = _keys(regular, "person_key").distinct()
    few = keys.groupBy(VIEW, "tie", "key").count().where(_is_few())
    return (
        _keys(met, "person_a", "person_b")
        .join(few, on=[VIEW, "tie", "key"], how="inner")
        .groupBy(*PAIR)
        .agg(F.lit(True).alias("is_household"))
    )


def _keys(rows: DataFrame, *who: str) -> DataFrame:
    """Rows unpivoted over the ties they have: tie is the kind, key its pseudonym."""
    ties = F.array(*(F.struct(F.lit(t).alias("tie"), F.col(t).alias("key")) for t in HOLDERS))
    return (
        rows.select(*who, VIEW, F.explode(ties).alias("held"))
        .select(*who, VIEW, "held.tie", "held.key")
        .where("key IS NOT NULL")
    )


def _is_few() -> Column:
    limits = (
        (F.col("tie") == tie) & (F.col("count") <= holders) for tie, holders in HOLDERS.items()
    )
    first, *others = limits
    for other in others:
        first = first | other
    return first
