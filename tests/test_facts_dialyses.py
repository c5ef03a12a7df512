"""gold.dialysis_fact: dialysis charged on more days of a week than a patient comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from pyspark.sql import DataFrame, Row, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, DIALYSIS_FACT
from jobs.conform import conform
from jobs.facts.dialyses import dialyses
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02", "2024-03")
MONDAY: Final = dt.date(2024, 1, 1)
HEAD: Final = (
    "bkkp_sn | setl_id | person_key | fixmedins_code | month | charged_on | care | list_type"
    " | hilist_code | cnt | inscp_fen"
)
Session = tuple[str, str, dt.date, str]  # person, house, day, care


def days(weeks: int, weekdays: Iterable[int] = (0, 2, 4)) -> set[dt.date]:
    """Those days of so many weeks; 0 is Monday."""
    return {MONDAY + dt.timedelta(7 * week + day) for week in range(weeks) for day in weekdays}


def on(*iso: str) -> set[dt.date]:
    return {dt.date.fromisoformat(day) for day in iso}


def comes(
    person: str, when: Iterable[dt.date], house: str = "H1", care: str = "chronic"
) -> list[Session]:
    return [(person, house, day, care) for day in sorted(when)]


def found(
    spark: SparkSession, *courses: list[Session], months: tuple[str, ...] = MONTHS, last: str = "9"
) -> DataFrame:
    lines = []
    for person, house, day, care in (session for course in courses for session in course):
        case = f"{person}{day:%m%d}"
        who = f"{case} | {person} | {house} | {day:%Y-%m} | {day} | {care}"
        lines.append(f"hd{house}{case} | {who} | 201 | 003110000060000 | 1 | 400")
        lines.append(f"kit{house}{case} | {who} | 301 | C1010 | 1 | 100")
        lines.append(f"drug{house}{case} | {who} | 101 | XB03X | 1 | 70")
    charge = rows(spark, CHARGE_FACT, "\n".join([HEAD, *lines])).where(f"month <= '{last}'")
    return conform(dialyses(charge, months=months), DIALYSIS_FACT, months)


def test_a_session_between_the_usual_ones_that_nothing_makes_up_for_is_told(
    spark: SparkSession,
) -> None:
    """Thursday 11 January is above; bob at another house comes three times a week."""
    ann = comes("ann", days(9) | on("2024-01-11"))
    assert_rows(
        found(spark, ann, comes("bob", days(9), "H2")),
        DIALYSIS_FACT,
        """
        fixmedins_code | person_key | month   | sessions | surplus | allowed | days       | house_weeks | house_surplus | house_expected | first_on   | inscp_fen
        H1             | ann        | 2024-01 | 15       | 1       | 3       | 2024-01-11 | 5           | 1             | 0.00           | 2024-01-11 | 500
        """,
    )


def test_the_lines_are_those_of_dialysis_and_its_consumables(spark: SparkSession) -> None:
    (one,) = found(spark, comes("ann", days(9) | on("2024-01-11"))).collect()
    assert [tuple(line) for line in one.excess_lines] == [
        ("hdH1ann0111", "ann0111", 400),
        ("kitH1ann0111", "ann0111", 100),
    ]


def test_a_session_at_another_house_counts_in_the_week(spark: SparkSession) -> None:
    ann = comes("ann", days(9)) + comes("ann", on("2024-01-11"), "H2")
    (one,) = found(spark, ann).collect()
    assert (one.fixmedins_code, one.days, one.sessions) == ("H2", ["2024-01-11"], 1)


def test_a_session_that_was_moved_is_none_too_many(spark: SparkSession) -> None:
    """Monday 15 January was taken on Sunday the 14th."""
    moved = days(9) - on("2024-01-15") | on("2024-01-14")
    assert found(spark, comes("ann", moved)).count() == 0


def test_who_comes_four_times_week_after_week_comes_as_ordered(spark: SparkSession) -> None:
    assert found(spark, comes("ann", days(9, (0, 1, 3, 5)))).count() == 0


def test_a_week_with_dialysis_in_a_stay_is_an_emergency(spark: SparkSession) -> None:
    """Tuesday 9 January was one more, and on Saturday the person lay in hospital."""
    ann = comes("ann", days(9) | on("2024-01-09"))
    assert found(spark, ann).count() == 1
    assert found(spark, ann, comes("ann", on("2024-01-13"), care="inpatient")).count() == 0


def test_a_shift_that_the_whole_house_moved_is_none_too_many(spark: SparkSession) -> None:
    """On Sunday the 14th all three came before a holiday; later one comes alone."""
    shift = [comes(name, days(9) | on("2024-01-14")) for name in ("ann", "bob", "cat")]
    assert found(spark, *shift).count() == 0
    (one,) = found(spark, *shift, comes("ann", on("2024-01-25"))).collect()
    assert one.days == ["2024-01-25"]


def test_the_last_week_of_a_month_waits_for_the_next(spark: SparkSession) -> None:
    ann = comes("ann", days(9) | on("2024-02-01"))
    (one,) = found(spark, ann).collect()
    assert (one.month, one.days) == ("2024-02", ["2024-02-01"])
    assert found(spark, ann, last="2024-01").count() == 0


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    extra = on("2024-01-11", "2024-02-06", "2024-02-15", "2024-03-07")
    ann = comes("ann", days(13) | extra)

    def told(months: tuple[str, ...]) -> list[Row]:
        return found(spark, ann, comes("bob", days(13), "H2"), months=months).collect()

    every = sorted(told(MONTHS))
    assert sorted(row for month in MONTHS for row in told((month,))) == every
    assert [(row.surplus, row.house_surplus) for row in every] == [(1, 1), (2, 3), (1, 4)]
