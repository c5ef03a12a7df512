"""gold.person_day_fact and gold.institution_day_fact."""

from __future__ import annotations

from pyspark.sql import SparkSession

from fundwatch.tables.gold import INSTITUTION_DAY_FACT, PERSON_DAY_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.silver import INSTITUTION
from jobs.facts.institution_days import institution_days
from jobs.facts.person_days import person_days
from tests.rows import assert_rows, rows

VISITED = """
    setl_id | month   | person_key | visited_at          | visited_on | fixmedins_code | care       | area   | fund_fen | acct_fen | watched_fen
    s1      | 2024-02 | ann        | 2024-02-05 08:00:00 | 2024-02-05 | H2             | outpatient | 140100 | 50       | 0        | 0
    s2      | 2024-02 | ann        | 2024-02-05 09:30:00 | 2024-02-05 | P1             | pharmacy   | 140200 | 30       | 7        | 9
    s3      | 2024-02 | ann        | 2024-02-05 10:00:00 | 2024-02-05 | P1             | pharmacy   | 140200 | 20       | 0        | 0
    s4      | 2024-02 | ann        | 2024-02-06 10:00:00 | 2024-02-06 | H2             | outpatient | 140100 | 1        | 0        | 0
    s5      | 2024-03 | ann        | 2024-02-06 11:00:00 | 2024-02-06 | H2             | outpatient | 140100 | 2        | 0        | 0
"""
STAYED = """
    mdtrt_id | month   | person_key | fixmedins_code | admitted_on | discharged_on
    m1       | 2024-02 | ann        | H1             | 2024-02-05  | 2024-02-07
    m2       | 2024-03 | ann        | H3             | 2024-02-01  | 2024-03-07
    m3       | 2024-02 | bob        | H1             | 2024-02-01  | 2024-02-28
"""


def test_a_person_day_gathers_the_settlements_of_its_month(spark: SparkSession) -> None:
    assert_rows(
        person_days(rows(spark, VISIT_FACT, VISITED), rows(spark, STAY_FACT, STAYED)),
        PERSON_DAY_FACT,
        """
        person_key | day        | month   | fixmedins_code | area   | visits | places | pharmacies | fund_fen | acct_fen | watched_fen | span_minutes | setl_ids | fixmedins_codes
        ann        | 2024-02-05 | 2024-02 | H2             | 140100 | 3      | 2      | 1          | 100      | 7        | 9           | 120          | s1 s2 s3 | H2 P1
        ann        | 2024-02-06 | 2024-02 | H2             | 140100 | 1      | 1      | 0          | 1        | 0        | 0           | 0            | s4       | H2
        ann        | 2024-02-06 | 2024-03 | H2             | 140100 | 1      | 1      | 0          | 2        | 0        | 0           | 0            | s5       | H2
        """,
    )


def test_a_stay_covers_the_days_between_its_first_and_last(spark: SparkSession) -> None:
    assert_rows(
        person_days(rows(spark, VISIT_FACT, VISITED), rows(spark, STAY_FACT, STAYED)),
        PERSON_DAY_FACT,
        """
        day        | month   | inside_mdtrt_id | inside_fixmedins_code
        2024-02-05 | 2024-02 |                 |
        2024-02-06 | 2024-02 | m1              | H1
        2024-02-06 | 2024-03 | m1              | H1
        """,
    )


HOUSE = """
    mdtrt_id | month   | fixmedins_code | med_type | admitted_at         | admitted_on | discharged_on | village | setl_id | setl_ids | area   | hosp_lv
    m1       | 2024-02 | H1             | 21       | 2024-01-31 08:00:00 | 2024-01-31  | 2024-02-02    | v1      | s1      | s1       | 140100 | 05
    m2       | 2024-02 | H1             | 21       | 2024-02-01 08:30:00 | 2024-02-01  | 2024-02-03    | v1      | s2      | s0 s2    | 140100 | 05
    m3       | 2024-02 | H1             | 2107     | 2024-02-01 09:30:00 | 2024-02-01  | 2024-02-02    | v1      | s3      | s3       | 140100 | 05
    m4       | 2024-02 | H1             | 28       | 2024-02-01 00:00:00 | 2024-02-01  | 2024-02-01    |         | s4      | s4       | 140100 | 05
    m5       | 2024-02 | H1             | 71       | 2024-02-01 09:30:00 | 2024-02-01  | 2024-02-03    | v1      | s5      | s5       | 140100 | 05
    m6       | 2024-06 | H1             | 21       | 2024-02-01 09:30:00 | 2024-02-01  | 2024-04-02    | v1      | s6      | s6       | 140100 | 05
"""
BEDS = """
    fixmedins_code | approved_beds
    H1             | 2
"""


def test_a_stay_fills_a_bed_from_admission_to_the_night_before_discharge(
    spark: SparkSession,
) -> None:
    found = institution_days(rows(spark, STAY_FACT, HOUSE), rows(spark, INSTITUTION, BEDS))
    assert_rows(
        found.where("day <= '2024-02-02'"),
        INSTITUTION_DAY_FACT,
        """
        fixmedins_code | day        | month   | area   | hosp_lv | approved_beds | census | admissions | discharges | excess_setl_ids
        H1             | 2024-01-31 | 2024-01 | 140100 | 05      | 2             | 1      | 1          | 0          |
        H1             | 2024-02-01 | 2024-02 | 140100 | 05      | 2             | 4      | 3          | 1          | s3 s0 s2
        H1             | 2024-02-02 | 2024-02 | 140100 | 05      | 2             | 1      | 0          | 2          |
        """,
    )


def test_a_day_sees_what_is_settled_two_months_on_and_no_later(spark: SparkSession) -> None:
    found = institution_days(rows(spark, STAY_FACT, HOUSE), rows(spark, INSTITUTION, BEDS))
    assert sorted(str(row["day"]) for row in found.where("day > '2024-02-02'").collect())[0] == (
        "2024-04-01"
    )


def test_shares_leave_out_what_is_not_known(spark: SparkSession) -> None:
    found = institution_days(rows(spark, STAY_FACT, HOUSE), rows(spark, INSTITUTION, BEDS))
    (row,) = found.where("day = '2024-02-01'").collect()
    assert (row["top_village_share"], row["top_hour_share"]) == (2 / 3, 1 / 3)


def test_a_house_without_approved_beds_is_never_too_full(spark: SparkSession) -> None:
    found = institution_days(rows(spark, STAY_FACT, HOUSE), rows(spark, INSTITUTION))
    assert {tuple(row["excess_setl_ids"]) for row in found.collect()} == {()}


def test_days_of_one_month_need_no_stay_settled_before_it(spark: SparkSession) -> None:
    stay, bed = rows(spark, STAY_FACT, HOUSE), rows(spark, INSTITUTION, BEDS)
    whole = institution_days(stay, bed).where("month = '2024-02'").collect()
    alone = institution_days(stay.where("month BETWEEN '2024-02' AND '2024-04'"), bed)
    assert sorted(alone.where("month = '2024-02'").collect()) == sorted(whole)
