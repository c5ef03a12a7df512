"""gold.shift_fact: tests of a stay that are charged to outpatient visits."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, SHIFT_FACT, STAY_FACT, VISIT_FACT
from jobs.conform import conform
from jobs.facts.shifts import shifts
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02", "2024-03")
STAYS: Final = """
    mdtrt_id | month   | fixmedins_code | person_key | hi_paymtd | adm_way | admitted_on | discharged_on
    before   | 2024-02 | H1             | ann        | 4         | 2       | 2024-02-01  | 2024-02-08
    during   | 2024-02 | H1             | bob        | 3         |         | 2024-02-01  | 2024-02-08
    earlier  | 2024-02 | H1             | cat        | 4         | 2       | 2024-02-05  | 2024-02-08
    away     | 2024-02 | H1             | dan        | 4         | 2       | 2024-02-01  | 2024-02-08
    urgent   | 2024-02 | H1             | eve        | 4         | 1       | 2024-02-01  | 2024-02-08
    by_item  | 2024-02 | H1             | fay        | 1         | 2       | 2024-02-01  | 2024-02-08
    again    | 2024-03 | H1             | ann        | 4         | 2       | 2024-03-05  | 2024-03-08
    other    | 2024-02 | H2             | gus        | 4         | 2       | 2024-02-01  | 2024-02-08
"""
VISITS: Final = """
    setl_id | month   | fixmedins_code | person_key | care       | visited_on | test_fen | medfee_fen | fund_fen
    v1      | 2024-01 | H1             | ann        | outpatient | 2024-01-29 | 500      | 600        | 400
    v2      | 2024-02 | H1             | bob        | outpatient | 2024-02-08 | 300      | 600        | 200
    v3      | 2024-02 | H1             | cat        | outpatient | 2024-02-01 | 500      | 600        | 400
    v4      | 2024-02 | H9             | dan        | outpatient | 2024-02-01 | 500      | 600        | 400
    v5      | 2024-02 | H1             | eve        | outpatient | 2024-02-01 | 500      | 600        | 400
    v6      | 2024-02 | H1             | fay        | outpatient | 2024-02-01 | 500      | 600        | 400
    v7      | 2024-02 | H1             | dan        | outpatient | 2024-02-01 | 200      | 600        | 400
    v8      | 2024-02 | H1             | dan        | emergency  | 2024-02-01 | 500      | 600        | 400
    v9      | 2024-03 | H1             | ann        | outpatient | 2024-03-04 | 500      | 500        | 100
"""


LINES: Final = """
    bkkp_sn | setl_id | month   | care       | charge_type | charged_on | inscp_fen
    l1      | v1      | 2024-01 | outpatient | 03          | 2024-01-29 | 500
    l1b     | v1      | 2024-01 | outpatient | 02          | 2024-01-29 | 100
    l2      | v2      | 2024-02 | outpatient | 04          | 2024-02-08 | 200
    l2b     | v2      | 2024-02 | outpatient | 03          | 2024-02-08 | 100
    l3      | v3      | 2024-02 | outpatient | 03          | 2024-02-01 | 500
    l9      | v9      | 2024-03 | outpatient | 03          | 2024-03-04 | 500
"""


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS) -> DataFrame:
    facts = (
        rows(spark, table, text).where(f"month <= '{months[-1]}'")
        for table, text in ((VISIT_FACT, VISITS), (STAY_FACT, STAYS), (CHARGE_FACT, LINES))
    )
    return conform(shifts(*facts, months=months), SHIFT_FACT, months)


def test_a_visit_of_tests_beside_a_stay_paid_by_group_is_shifted(spark: SparkSession) -> None:
    """Not four days before, elsewhere, before an emergency, with few tests, nor paid by item."""
    assert_rows(
        found(spark),
        SHIFT_FACT,
        """
        fixmedins_code | month   | stays | shifted | expected | visits | first_on   | last_on    | mdtrt_ids           | person_keys | inscp_fen
        H1             | 2024-02 | 4     | 2       | 3.00     | 2      | 2024-01-29 | 2024-02-08 | before during       | ann bob     | 800
        H1             | 2024-03 | 5     | 3       | 3.75     | 3      | 2024-01-29 | 2024-03-04 | again before during | ann bob     | 1300
        """,
    )
    last = max(found(spark).collect(), key=lambda row: row["month"])
    assert [line["bkkp_sn"] for line in last["excess_lines"]] == ["l1", "l2", "l2b", "l9"]


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [row for month in MONTHS for row in found(spark, (month,)).collect()]
    assert sorted(alone) == sorted(found(spark).collect())
