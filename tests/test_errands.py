"""gold.shared_purchase: cards that buy watched drugs together."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import SHARED_PURCHASE, VISIT_FACT
from jobs.features.errands import shared_purchases
from tests.rows import assert_rows, rows

MONTHS = tuple(f"2024-{n:02}" for n in range(1, 9))
ALONE = ("2024-02", "2024-03", "2024-04")  # months in which something is told, and one of silence
BOUGHT = """
    setl_id | mdtrt_id | month   | person_key | fixmedins_code | term_no | setl_time           | watched_fen | tel_key | addr_key | village
    a1      | va1      | 2024-01 | ann        | P1             | T1      | 2024-01-05 09:00:00 | 100         |         |          | v1
    b1      | vb1      | 2024-01 | bob        | P1             | T1      | 2024-01-05 09:09:00 | 100         |         |          | v1
    c1      | vc1      | 2024-01 | cyd        | P1             | T1      | 2024-01-05 09:11:00 | 100         | t1      |          | v2
    d1      | vd1      | 2024-01 | dan        | P1             | T2      | 2024-01-05 09:00:30 | 100         |         |          | v1
    e1      | ve1      | 2024-01 | eve        | P1             | T1      | 2024-01-05 09:00:30 | 0           |         |          | v1
    a2      | va2      | 2024-02 | ann        | P2             | T3      | 2024-02-05 09:00:00 | 100         |         |          | v1
    b2      | vb2      | 2024-02 | bob        | P2             | T3      | 2024-02-05 08:55:00 | 100         |         |          | v1
    c2      | vc2      | 2024-03 | cyd        | P1             | T1      | 2024-03-05 09:00:00 | 100         |         |          | v2
    b3      | vb3      | 2024-03 | bob        | P1             | T1      | 2024-03-05 09:01:00 | 100         | t1      |          | v1
"""


def bought(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "") -> DataFrame:
    visit = rows(spark, VISIT_FACT, BOUGHT)
    return shared_purchases(visit.where(f"month <= '{last}'") if last else visit, months=months)


def test_a_pair_buys_at_one_terminal_within_minutes_on_two_days(spark: SparkSession) -> None:
    assert_rows(
        bought(spark),
        SHARED_PURCHASE,
        # P1 sold on two days, P2 on one; each pair of purchases meets with chance 1/6 of a day.
        """
        month   | person_a | person_b | times | visits_a | visits_b | expected       | is_household | is_neighbour | fixmedins_codes | setl_ids    | watched_fen
        2024-02 | ann      | bob      | 2     | 2        | 2        | 0.333333333334 | false        | true         | P1 P2           | a1 a2 b1 b2 | 400
        2024-03 | ann      | bob      | 2     | 2        | 3        | 0.333333333334 | false        | true         | P1 P2           | a1 a2 b1 b2 | 400
        2024-03 | bob      | cyd      | 2     | 3        | 2        | 0.333333333333 | true         | false        | P1              | b1 b3 c1 c2 | 400
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    told = bought(spark).collect()
    assert {row["month"] for row in told} < set(ALONE)
    alone = [repr(row) for m in ALONE for row in bought(spark, (m,), last=m).collect()]
    assert sorted(alone) == sorted(map(repr, told))
