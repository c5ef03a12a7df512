"""gold.recurrence_fact: people whom one house sees again and again in one odd way."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.recurrence_ways import BACK, MARKS, cases, is_quick, is_visit
from jobs.pinned import pinned

OFTEN: Final = 3  # days on which a card comes in a stack, or at night, to be one that keeps coming
TOGETHER: Final = 3  # of them that a stack must hold to count
STEADY_DAYS: Final = 21  # who comes for one illness and no oftener fetches a month's medicine
FEWEST: Final = 3  # cases that are told of
FRESH: Final = 2  # months before its own in which there must be a case; bridges silent months
STACK, NIGHT = "stack", "night"
GROUP: Final = [VIEW, "way", "fixmedins_code", "ward_code"]
HOUSE: Final = [VIEW, "basis", "ward_code"]
# What a way is counted against: the visits of the house, all that it settled outside stays, or the
# stays of the one where they lay.
COUNTED_BY: Final = (
    "CASE WHEN way IN ('stack', 'torn', 'away') THEN 'visit'"
    " WHEN way = 'night' THEN 'settled' ELSE 'stay' END"
)
STAFF_BY: Final = (
    "CASE WHEN way = 'returns' THEN 'stay' WHEN way = 'night' THEN 'settled' ELSE 'visit' END"
)


def recurrences(
    visit_fact: DataFrame, stay_fact: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.recurrence_fact, of months with a case in them or FRESH before, by six months each.

    `expected` is what the house would have of such cases at the rate of all other houses together.
    """
    known = seen_by(cases(visit_fact, stay_fact), months, back=BACK)
    case = known.where(F.col("first_number") >= F.col(VIEW) - BACK)
    kept = _kept(case.where(F.col("way") == STACK))
    again = _often(case.where(F.col("way") == NIGHT))
    others = case.where(~F.col("way").isin(STACK, NIGHT))
    group = pinned(_groups(pinned(kept.unionByName(again).unionByName(others))))
    staff = seen_by(pinned(_counts(visit_fact, stay_fact)), months, back=BACK)
    house = staff.groupBy(*HOUSE).agg(F.sum("n").alias("n"), F.sum("quick").alias("quick"))
    told = (
        group.withColumn("basis", F.expr(COUNTED_BY))
        .join(house, on=HOUSE, how="inner")
        .join(_all(group, house), on=[VIEW, "way", "basis"], how="inner")
        .withColumn("basis", F.expr(STAFF_BY))
        .join(_of_staff(staff), on=[*HOUSE, "staff_code"], how="left")
        .withColumns(_compared())
        .withColumn("month", month_label(F.col(VIEW)))
    )
    is_told = (F.col("cases") >= FEWEST) & (F.col("cases") > F.col("expected"))
    return told.where(is_told & F.col("news"))


def _kept(stack: DataFrame) -> DataFrame:
    """Of the cases in stacks, those of people who keep coming in them, where several come."""
    run = Window.partitionBy(VIEW, "fixmedins_code", "run")
    several = _often(stack.where(F.col("run").isNotNull())).withColumn(
        "members", F.size(F.collect_set("person_key").over(run))
    )
    return several.where(F.col("members") >= TOGETHER).drop("members")


def _often(case: DataFrame) -> DataFrame:
    """Of the cases those of people who have them at the house on OFTEN days."""
    own = Window.partitionBy(VIEW, "fixmedins_code", "person_key")
    times = F.size(F.collect_set("day").over(own))
    return case.withColumn("times", times).where(F.col("times") >= OFTEN).drop("times")


def _groups(case: DataFrame) -> DataFrame:
    """Who they are, how often and how they came, and who of the staff saw most of them."""
    person = case.groupBy(*GROUP, "person_key").agg(
        F.min("area").alias("area"),
        F.count("*").alias("n"),
        F.collect_set("day").alias("days"),
        F.max("is_offsite").alias("is_offsite"),
        F.min("tel_key").alias("tel_key"),
        (_different("illness") <= 1).alias("is_one_illness"),
        *(F.count_if(f"is_{name}").alias(name) for name in MARKS),
        F.sum("fund_fen").alias("fund_fen"),
        F.sum("acct_fen").alias("acct_fen"),
        F.flatten(F.collect_list("setl_ids")).alias("setl_ids"),
        F.collect_set("lay_at").alias("wards"),
        F.max(month_number() >= F.col(VIEW) - FRESH).alias("news"),
    )
    of_staff = case.groupBy(*GROUP, "staff_code").agg(F.count("*").alias("staff_cases"))
    first = F.struct(-F.col("staff_cases"), F.coalesce("staff_code", F.lit("")))
    top = of_staff.groupBy(*GROUP).agg(
        *(F.min_by(name, first).alias(name) for name in ("staff_code", "staff_cases"))
    )
    return person.groupBy(*GROUP).agg(*_measures()).join(top, on=GROUP, how="inner")


def _measures() -> tuple[Column, ...]:
    """Of the people of a group, each with his cases."""
    days = F.array_distinct(F.flatten(F.collect_list("days")))
    span = F.date_diff(F.array_max("days"), F.array_min("days"))
    is_steady = F.col("is_one_illness") & (span >= STEADY_DAYS * (F.size("days") - 1))
    return (
        F.min("area").alias("area"),
        F.count("*").alias("persons"),
        F.sum("n").alias("cases"),
        F.size(days).alias("days"),
        F.max("n").alias("most"),
        F.size(F.array_distinct(F.flatten(F.collect_list("wards")))).alias("wards"),
        F.count_if("is_offsite").alias("offsite_persons"),
        F.count_if(is_steady).alias("steady_persons"),
        F.count("tel_key").alias("phoned_persons"),
        F.size(F.collect_set("tel_key")).alias("phones"),
        *(F.sum(name).alias(f"{name}_cases") for name in MARKS),
        F.sum("fund_fen").alias("fund_fen"),
        F.sum("acct_fen").alias("acct_fen"),
        F.array_min(days).alias("first_on"),
        F.array_max(days).alias("last_on"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("setl_ids")))).alias("setl_ids"),
        F.array_sort(F.collect_list("person_key")).alias("person_keys"),
        F.max("news").alias("news"),
    )


def _counts(visit_fact: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """House and staff by month: visits by operator and stays by doctor, and quick ones of them."""
    basis = F.array(F.lit("settled"), F.when(is_visit(), F.lit("visit")))
    visit = visit_fact.select(
        "month", F.explode(F.array_compact(basis)).alias("basis"),
        F.col("fixmedins_code").alias("ward_code"), F.col("opter_id").alias("staff_code"),
        is_quick().alias("is_quick"),
    )  # fmt: skip
    stay = stay_fact.select(
        "month", F.lit("stay").alias("basis"), F.col("fixmedins_code").alias("ward_code"),
        F.col("chfpdr_code").alias("staff_code"), F.lit(False).alias("is_quick"),
    )  # fmt: skip
    return (
        visit.unionByName(stay)
        .groupBy("month", "basis", "ward_code", "staff_code")
        .agg(F.count("*").alias("n"), F.count_if("is_quick").alias("quick"))
    )


def _all(group: DataFrame, house: DataFrame) -> DataFrame:
    """Way → cases in groups, and visits or stays, of all houses."""
    found = group.groupBy(VIEW, "way").agg(F.sum("cases").alias("all_cases"))
    everywhere = house.groupBy(VIEW, "basis").agg(F.sum("n").alias("all_n"))
    return F.broadcast(
        found.withColumn("basis", F.expr(COUNTED_BY)).join(everywhere, [VIEW, "basis"], "inner")
    )


def _of_staff(staff: DataFrame) -> DataFrame:
    """Share of each of the staff in what the house does [0 to 1]."""
    own = staff.groupBy(*HOUSE, "staff_code").agg(F.sum("n").alias("own"))
    share = F.col("own") / F.sum("own").over(Window.partitionBy(*HOUSE))
    return own.where("staff_code IS NOT NULL").select(
        *HOUSE, "staff_code", F.round(share, 4).cast("decimal(5,4)").alias("staff_share")
    )


def _compared() -> dict[str, Column]:
    """What others' rates would bring, and how many of the house's other visits are quick."""
    own = F.sum("cases").over(Window.partitionBy(VIEW, "way", "ward_code"))
    rate = F.try_divide(F.col("all_cases") - own, F.col("all_n") - F.col("n"))
    others = F.try_divide(F.col("quick") - F.col("quick_cases"), F.col("n") - F.col("cases"))
    share = F.greatest(F.round(others, 4), F.lit(0))
    return {
        "house_cases": F.col("n"),
        "expected": F.round(F.coalesce(rate, F.lit(0)) * F.col("n"), 2).cast("decimal(16,2)"),
        "quick_share": F.when(F.col("way") == STACK, share).cast("decimal(5,4)"),
    }


def _different(column: str) -> Column:
    """How many different values; a few of one person, so no distinct that doubles the rows."""
    return F.size(F.collect_set(column))
