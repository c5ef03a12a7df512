"""gold.session_fact: the same treatment on many days of a month."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.tables.gold import SESSION_FACT, VISIT_FACT
from jobs.facts.sessions import sessions
from tests.rows import assert_rows, rows

TURNS = ("tom", "una", "val")
TWO = (("H3", 4), ("H4", 3))


def visited(spark: SparkSession) -> DataFrame:
    # Who, how often, what each visit cost, of it drugs and cash, and where; all under D1 but bob's.
    courses = (
        ("ann", 12, 500, 0, 0, "H1", "outpatient"),
        ("ann", 3, 900, 0, 0, "H1", "outpatient"),
        ("bob", 11, 500, 0, 0, "H1", "outpatient"),
        ("pays", 15, 500, 0, 20, "H1", "outpatient"),
        ("short", 9, 500, 0, 0, "H1", "outpatient"),
        ("pills", 12, 500, 100, 0, "H1", "outpatient"),
        ("shop", 12, 500, 0, 0, "P1", "chronic"),
        ("ill", 12, 500, 0, 0, "H1", "emergency"),
        # Three people in turn at two houses.
        *((who, days, 700, 0, 0, at, "outpatient") for who in TURNS for at, days in TWO),
    )
    lines = [
        f"{who}-{fee}-{n:02}{at if at in ('H3', 'H4') else ''} | 2024-01 | {care} | {at} | 140100 | {who} | 2024-01-{n:02} | D{1 + (who == 'bob' and n > 1)} | {fee} | {drug} | {cash} | 400 | 0"
        for who, days, fee, drug, cash, at, care in courses
        for n in range(1, days + 1)
    ]
    names = "setl_id | month | care | fixmedins_code | area | person_key | visited_on | chfpdr_code | medfee_fen | drug_fen | cash_fen | fund_fen | acct_fen"
    return rows(spark, VISIT_FACT, "\n".join((names, *lines)))


def test_long_courses_of_one_treatment_are_told_beside_others_of_the_house(
    spark: SparkSession,
) -> None:
    assert_rows(
        sessions(visited(spark)).where("fixmedins_code = 'H1'"),
        SESSION_FACT,
        """
        fixmedins_code | person_key | month   | staff_code | charge_fen | days | people | cash_fen | fund_fen | first_on   | last_on
        H1             | ann        | 2024-01 | D1         | 500        | 12   | 1      | 0        | 4800     | 2024-01-01 | 2024-01-12
        H1             | bob        | 2024-01 |            | 500        | 11   | 2      | 0        | 4400     | 2024-01-01 | 2024-01-11
        H1             | pays       | 2024-01 | D1         | 500        | 15   | 1      | 300      | 6000     | 2024-01-01 | 2024-01-15
        """,
    )


def test_people_treated_in_turn_at_two_houses_are_told_at_both(spark: SparkSession) -> None:
    assert_rows(
        sessions(visited(spark)).where("other_people >= 3"),
        SESSION_FACT,
        """
        fixmedins_code | person_key | days | other_code | other_people
        H3             | tom        | 4    | H4         | 3
        H3             | una        | 4    | H4         | 3
        H3             | val        | 4    | H4         | 3
        H4             | tom        | 3    | H3         | 3
        H4             | una        | 3    | H3         | 3
        H4             | val        | 3    | H3         | 3
        """,
    )


def test_who_goes_on_elsewhere_when_done_is_not_treated_in_turn(spark: SparkSession) -> None:
    visits = visited(spark)
    later = visits.where("fixmedins_code = 'H4'").withColumns(
        {"visited_on": F.date_add("visited_on", 5)}
    )
    moved = visits.where("fixmedins_code <> 'H4'").unionByName(later)
    assert sessions(moved).where("other_people >= 3").isEmpty()


def test_visits_of_another_charge_are_not_claimed(spark: SparkSession) -> None:
    (row,) = sessions(visited(spark)).where("person_key = 'ann'").collect()
    assert row["setl_ids"] == [f"ann-500-{n:02}" for n in range(1, 13)]
