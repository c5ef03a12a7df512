"""gold.supply_fact: supply in one month and over six."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, SUPPLY_FACT
from fundwatch.tables.silver import CATALOGUE_ITEM
from jobs.facts.supplies import supplies
from tests.rows import assert_rows, rows

CATALOGUE = """
    hilist_code | begndate   | ddd
    X1          | 2020-01-01 | 2
    X2          | 2020-01-01 |
"""
CHARGED = """
    bkkp_sn | setl_id | month   | care       | person_key | ingredient | is_watched | hilist_code | charged_on | fixmedins_code | area   | bilg_dr_code | cnt | base_cnt | supply_days | inscp_fen | setl_inscp_fen | setl_fund_fen | setl_acct_fen
    a       | s1      | 2024-01 | outpatient | ann        | drug       | true       | X1          | 2024-01-11 | H1             | 140100 | D1           | 1   | 20       | 99          | 100       | 300            | 100           | 10
    b       | s1      | 2024-01 | outpatient | ann        | drug       | true       | X1          | 2024-01-11 | H1             | 140100 | D1           | 1   | 20       | 99          | 100       | 300            | 100           | 10
    c       | s2      | 2024-06 | pharmacy   | ann        | drug       | true       | X1          | 2024-06-10 | P1             | 140200 |              | 1   | 30       |             | 50        | 50             | 25            | 0
    d       | s3      | 2024-06 | outpatient | ann        | drug       | true       | X2          | 2024-06-12 | H1             | 140100 | D2           | 1   | 30       | 7           | 50        | 50             | 25            | 0
    e       | s4      | 2024-06 | inpatient  | ann        | drug       | true       | X1          | 2024-06-12 | H1             | 140100 | D2           | 1   | 30       | 7           | 50        | 50             | 25            | 0
    f       | s5      | 2024-06 | outpatient | ann        | drug       | false      | X1          | 2024-06-12 | H1             | 140100 | D2           | 1   | 30       | 7           | 50        | 50             | 25            | 0
    g       | s6      | 2024-07 | outpatient | ann        | drug       | true       | X3          | 2024-07-02 | H1             | 140100 | D2           | 1   |          |             | 0         | 0              | 25            | 0
"""
MONTHS = tuple(f"2024-{n:02}" for n in range(1, 8))


def supplied(spark: SparkSession, charged: str, months: tuple[str, ...] = MONTHS) -> DataFrame:
    charge, item = rows(spark, CHARGE_FACT, charged), rows(spark, CATALOGUE_ITEM, CATALOGUE)
    return supplies(charge, item, months=months)


def test_supply_is_counted_in_days_of_the_defined_dose(spark: SparkSession) -> None:
    assert_rows(
        supplied(spark, CHARGED),
        SUPPLY_FACT,
        """
        month   | fixmedins_code | area   | supply_days | supply_days_6m | months_6m | places_6m | doctors_6m | charges_6m | span_days_6m
        2024-01 | H1             | 140100 | 20          | 20             | 1         | 1         | 1          | 2          | 21
        2024-06 | H1             | 140100 | 22          | 42             | 2         | 2         | 2          | 4          | 172
        2024-07 | H1             | 140100 |             | 22             | 2         | 2         | 1          | 3          | 52
        """,
    )


def test_a_line_bears_its_share_of_the_money(spark: SparkSession) -> None:
    assert_rows(
        supplied(spark, CHARGED),
        SUPPLY_FACT,
        """
        month   | inscp_fen | fund_fen | acct_fen | fund_6m_fen | setl_ids | setl_ids_6m | fixmedins_codes
        2024-01 | 200       | 67       | 7        | 67          | s1       | s1          | H1
        2024-06 | 100       | 50       | 0        | 117         | s2 s3    | s1 s2 s3    | H1 P1
        2024-07 | 0         | 0        | 0        | 50          | s6       | s2 s3 s6    | H1 P1
        """,
    )


def test_months_one_by_one_and_row_order_do_not_matter(spark: SparkSession) -> None:
    heads, *lines = CHARGED.strip().splitlines()
    alone = []
    for n, month in enumerate(MONTHS):
        read = MONTHS[max(0, n - 5) : n + 1]
        seen = [line for line in lines if line.split("|")[2].strip() in read]
        if seen:
            turned = "\n".join([heads, *reversed(seen)])
            alone += supplied(spark, turned, (month,)).collect()
    assert sorted(map(repr, alone)) == sorted(map(repr, supplied(spark, CHARGED).collect()))
