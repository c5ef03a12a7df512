"""gold.practitioner_day_fact: what is credited to one pair of hands on one day."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, PRACTITIONER_DAY_FACT
from fundwatch.tables.silver import PRACTITIONER
from jobs.facts.practitioner_days import practitioner_days
from tests.rows import assert_rows, rows

REGISTER = """
    staff_code | fixmedins_code
    T1         | H1
    T1         | H2
"""
CHARGED = """
    bkkp_sn | setl_id | month   | fixmedins_code | acord_dr_code | hilist_code     | charged_on | charged_at          | person_key | minutes | cnt | inscp_fen
    a       | s1      | 2024-01 | H1             | T1            | 003402000200000 | 2024-01-05 | 2024-01-05 09:00:00 | ann        | 45      | 10  | 5000
    b       | s2      | 2024-02 | H1             | T1            | 004300000010000 | 2024-01-05 | 2024-01-05 10:00:00 | bob        | 30      | 12  | 1200
    c       | s3      | 2024-03 | H1             | T1            | 004300000010000 | 2024-01-05 | 2024-01-05 11:00:00 | bob        | 25      | 2   | 300
    late    | s4      | 2024-04 | H1             | T1            | 004300000010000 | 2024-01-05 | 2024-01-05 11:00:00 | bob        | 25      | 2   | 300
    other   | s5      | 2024-01 | H2             | T1            | 004300000010000 | 2024-01-05 | 2024-01-05 11:00:00 | bob        | 25      | 2   | 300
    nobody  | s6      | 2024-01 | H1             | 000           | 004300000010000 | 2024-01-05 | 2024-01-05 11:00:00 | bob        | 25      | 99  | 300
    machine | s7      | 2024-01 | H1             | T1            | 003110000060000 | 2024-01-05 | 2024-01-05 11:00:00 | bob        | 240     | 9   | 300
"""


def hands(spark: SparkSession, charged: str = CHARGED) -> DataFrame:
    return practitioner_days(rows(spark, CHARGE_FACT, charged), rows(spark, PRACTITIONER, REGISTER))


def test_what_is_above_a_full_day_is_told_by_its_lines(spark: SparkSession) -> None:
    # 450 + 360 + 50 minutes: of the second line 90 of 360 are above twelve hours, of the third all.
    (over,) = hands(spark).where("inscp_fen > 0").collect()
    assert [tuple(line) for line in over["excess_lines"]] == [("b", "s2", 300), ("c", "s3", 300)]
    assert_rows(
        hands(spark),
        PRACTITIONER_DAY_FACT,
        """
        fixmedins_code | staff_code | day        | month   | minutes  | persons | line_count | inscp_fen
        H1             | T1         | 2024-01-05 | 2024-01 | 860.0000 | 2       | 3          | 600
        H2             | T1         | 2024-01-05 | 2024-01 | 50.0000  | 1       | 1          | 0
        """,
    )


def test_a_day_alone_is_as_with_others(spark: SparkSession) -> None:
    charge = rows(spark, CHARGE_FACT, CHARGED)
    seen = charge.where("month BETWEEN '2024-01' AND '2024-03'")  # what FLOW reads for January
    alone = practitioner_days(seen, rows(spark, PRACTITIONER, REGISTER)).where("month = '2024-01'")
    together = hands(spark).where("month = '2024-01'")
    assert sorted(map(repr, alone.collect())) == sorted(map(repr, together.collect()))


def test_row_order_does_not_matter(spark: SparkSession) -> None:
    heads, *lines = CHARGED.strip().splitlines()
    turned = hands(spark, "\n".join([heads, *reversed(lines)])).collect()
    assert sorted(map(repr, turned)) == sorted(map(repr, hands(spark).collect()))
