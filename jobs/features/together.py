"""gold.shared_admission: who keeps being admitted with whom, and how often chance would do it."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_number, seen_by
from jobs.features.pairs import AT_LEAST, HOLDERS, Meetings, pairs, with_totals

BACK: Final = 11  # months before its own that a month looks over: twelve together
APART: Final = 1  # days between two admissions that are one coming together
CHANCE: Final = Fraction(2 * APART + 1)
COURSE: Final = "^Z(49|51)"  # dialysis, chemotherapy, radiation: planned long before
NEIGHBOURS: Final = ("village", "emp_no")


def shared_admissions(stay_fact: DataFrame, *, months: tuple[str, ...]) -> DataFrame:
    """gold.shared_admission of pairs of whom one at least met somebody in the month itself.

    Two meet who are admitted to one institution within a day of each other. Were the stays of each
    spread evenly over the days on which it could have admitted somebody, they would meet `expected`
    times by chance. Stays for an operation or a COURSE count for nobody: the list of the surgeon or
    the clinic brings their people together, again and again. Quadratic in the repeatedly admitted
    of one institution and three days.
    """
    is_course = F.coalesce(F.col("main_diag").rlike(COURSE), F.lit(False))
    stay = stay_fact.where((F.col("oprn_count") == 0) & ~is_course).select(
        "person_key", "fixmedins_code", F.col("admitted_on").alias("day"), "month", "mdtrt_id",
        "setl_ids", *HOLDERS, *NEIGHBOURS,
    )  # fmt: skip
    regular = _regulars(stay)
    meetings = Meetings(met=_met(regular), present=stay, known=regular, back=BACK, chance=CHANCE)
    seen = seen_by(stay, months, back=BACK).groupBy("person_key", VIEW)
    total = seen.agg(F.count("*").alias("total"))
    return with_totals(pairs(meetings, months=months), total, "stays")


def _regulars(stay: DataFrame) -> DataFrame:
    """Stays of people who have several; all others can share no two days with anybody."""
    several = stay.groupBy("person_key").count().where(F.col("count") >= AT_LEAST)
    return stay.join(several.drop("count"), on="person_key", how="inner")


def _met(regular: DataFrame) -> DataFrame:
    """Two people admitted to one place within a day; the month is that of the later closing."""
    a = regular.select([F.col(name).alias(f"{name}_a") for name in regular.columns])
    near = F.explode(F.sequence(F.date_sub("day", APART), F.date_add("day", APART))).alias("near_b")
    b = regular.select(*(F.col(name).alias(f"{name}_b") for name in regular.columns), near)
    same = [
        F.col("fixmedins_code_a") == F.col("fixmedins_code_b"),
        F.col("day_a") == F.col("near_b"),
    ]
    joined = a.join(b, on=[*same, F.col("person_key_a") < F.col("person_key_b")], how="inner")
    numbers = (month_number("month_a"), month_number("month_b"))
    return joined.select(
        F.col("person_key_a").alias("person_a"),
        F.col("person_key_b").alias("person_b"),
        F.col("fixmedins_code_a").alias("fixmedins_code"),
        "day_a",
        "day_b",
        F.greatest("month_a", "month_b").alias("month"),
        F.least(*numbers).alias("first_number"),
        F.array("mdtrt_id_a", "mdtrt_id_b").alias("mdtrt_ids"),
        F.concat("setl_ids_a", "setl_ids_b").alias("setl_ids"),
        F.greatest(*(_alike(name) for name in NEIGHBOURS)).alias("is_near"),
    )


def _alike(name: str) -> Column:
    return F.coalesce(F.col(f"{name}_a") == F.col(f"{name}_b"), F.lit(False))
