"""gold.burst_fact: days on which a house admits many more than it is used to."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import BURST_FACT, STAY_FACT
from jobs.conform import conform
from jobs.facts.bursts import bursts
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
# Five came on the 15th, one the day before, one at the end of the month; one settled in February.
STAYS: Final = """
    mdtrt_id | setl_ids | person_key | month   | fixmedins_code | admitted_on | discharged_on | main_diag | oprn_count | adm_way | chfpdr_code | fund_fen | emp_no | coner_key | tel_key
    m1       | s1       | ann        | 2024-01 | H1             | 2024-01-15  | 2024-01-20    | I10.x00   | 0          | 2       | D1          | 100      | E1     | c1        | t1
    m2       | s2       | bob        | 2024-01 | H1             | 2024-01-15  | 2024-01-21    | I10.x00   | 0          | 2       | D1          | 100      | E1     | c2        | t1
    m3       | s3       | cat        | 2024-01 | H1             | 2024-01-15  | 2024-01-20    | J69.000   | 0          | 1       | D1          | 100      | E1     | c2        | t1
    m4       | s4       | dan        | 2024-02 | H1             | 2024-01-15  | 2024-02-01    | J18.900   | 1          |         | D1          | 100      |        |           |
    m5       | s5       | eve        | 2024-01 | H1             | 2024-01-14  | 2024-01-20    | K29.500   | 0          | 2       | D1          | 100      | E1     | c2        | t1
    m6       | s6       | fay        | 2024-01 | H1             | 2024-01-29  | 2024-01-31    | K29.500   | 0          | 2       | D1          | 100      | E1     | c2        | t1
"""


def found(spark: SparkSession, last: str = "9") -> DataFrame:
    return conform(bursts(rows(spark, STAY_FACT, STAYS).where(f"month <= '{last}'")), BURST_FACT)


def test_a_day_is_told_beside_the_rest_of_its_month(spark: SparkSession) -> None:
    assert_rows(
        found(spark),
        BURST_FACT,
        """
        fixmedins_code | day        | month   | admissions | usual | top_diag_share | operated_share | urgent_share | outbreak_share | of_employer | of_contact | last_on    | fund_fen | setl_ids    | person_keys
        H1             | 2024-01-15 | 2024-01 | 4          | 0.04  | 0.5            | 0.25           | 0.25         | 0.25           | 3           | 3          | 2024-02-01 | 400      | s1 s2 s3 s4 | ann bob cat dan
        """,
    )


def test_a_day_waits_for_those_who_settle_later(spark: SparkSession) -> None:
    assert found(spark, last="2024-01").count() == 0
