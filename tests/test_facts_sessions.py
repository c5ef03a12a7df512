"""gold.session_fact: the same treatment on many days of a month."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import SESSION_FACT, VISIT_FACT
from jobs.facts.sessions import sessions
from tests.rows import assert_rows, rows


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
    )
    lines = [
        f"{who}-{fee}-{n:02} | 2024-01 | {care} | {at} | 140100 | {who} | 2024-01-{n:02} | D{1 + (who == 'bob' and n > 1)} | {fee} | {drug} | {cash} | 400 | 0"
        for who, days, fee, drug, cash, at, care in courses
        for n in range(1, days + 1)
    ]
    names = "setl_id | month | care | fixmedins_code | area | person_key | visited_on | chfpdr_code | medfee_fen | drug_fen | cash_fen | fund_fen | acct_fen"
    return rows(spark, VISIT_FACT, "\n".join((names, *lines)))


def test_long_courses_of_one_treatment_are_told_beside_others_of_the_house(
    spark: SparkSession,
) -> None:
    assert_rows(
        sessions(visited(spark)),
        SESSION_FACT,
        """
        fixmedins_code | person_key | month   | staff_code | charge_fen | days | people | cash_fen | fund_fen | first_on   | last_on
        H1             | ann        | 2024-01 | D1         | 500        | 12   | 1      | 0        | 4800     | 2024-01-01 | 2024-01-12
        H1             | bob        | 2024-01 |            | 500        | 11   | 2      | 0        | 4400     | 2024-01-01 | 2024-01-11
        H1             | pays       | 2024-01 | D1         | 500        | 15   | 1      | 300      | 6000     | 2024-01-01 | 2024-01-15
        """,
    )


def test_visits_of_another_charge_are_not_claimed(spark: SparkSession) -> None:
    (row,) = sessions(visited(spark)).where("person_key = 'ann'").collect()
    assert row["setl_ids"] == [f"ann-500-{n:02}" for n in range(1, 13)]
