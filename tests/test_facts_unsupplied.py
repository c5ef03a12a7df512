"""gold.unsupplied_fact: cases whose drugs were mostly beyond what the house ever had."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import STAY_FACT, STOCK_FACT, UNSUPPLIED_FACT, VISIT_FACT
from jobs.conform import conform
from jobs.facts.unsupplied import unsupplied
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
VISITS: Final = """
    setl_id | month   | fixmedins_code | area   | person_key | visited_on | mdtrt_cert_type | drug_fen | fund_fen | acct_fen
    v1      | 2024-01 | H1             | 410105 | ann        | 2024-01-05 | 03              | 1000     | 600      | 10
    v2      | 2024-01 | H1             | 410105 | bob        | 2024-01-06 | 01              | 1000     | 500      | 20
    half    | 2024-01 | H1             | 410105 | cat        | 2024-01-07 | 03              | 2100     | 900      | 0
    one     | 2024-01 | H1             | 410105 | dan        | 2024-01-08 | 03              | 500      | 300      | 0
    plain   | 2024-01 | H1             | 410105 | eve        | 2024-01-09 | 03              | 500      | 300      | 0
    sale    | 2024-02 | P1             | 410105 | ann        | 2024-02-05 | 03              | 1000     | 0        | 900
"""
STAYS: Final = """
    mdtrt_id | month   | fixmedins_code | area   | person_key | admitted_on | setl_ids | drug_fen | fund_fen | acct_fen
    m1       | 2024-02 | H1             | 410105 | ann        | 2024-01-20  | s1 s2    | 4000     | 9000     | 0
"""


def stock(
    month: str, code: str, *lines: tuple[str, int], house: str = "H1", kind: str = "101"
) -> str:
    told = ", ".join(
        f'{{"bkkp_sn": "{setl}{code}", "setl_id": "{setl}", "inscp_fen": {fen}}}'
        for setl, fen in lines
    )
    return f"{house} | {code} | {month} | {kind} | drug {code} | [{told}]"


STOCK: Final = "\n".join(
    [
        "fixmedins_code | hilist_code | month | list_type | item_name | excess_lines",
        stock("2024-01", "A", ("v1", 500), ("v2", 300), ("half", 500), ("one", 500), ("s1", 1000)),
        stock("2024-01", "B", ("v1", 400), ("v2", 300), ("half", 500)),
        stock("2024-01", "C", ("plain", 250), kind="301"),
        stock("2024-01", "D", ("plain", 250)),
        stock("2024-02", "B", ("s2", 1000)),
        stock("2024-02", "A", ("sale", 300), house="P1"),
        stock("2024-02", "B", ("sale", 300), house="P1"),
    ]
)


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS) -> DataFrame:
    known = (rows(spark, STOCK_FACT, STOCK), rows(spark, VISIT_FACT, VISITS))
    return conform(
        unsupplied(*known, rows(spark, STAY_FACT, STAYS), months=months), UNSUPPLIED_FACT, months
    )


def test_two_drugs_and_half_of_the_money_beyond_the_stock_make_a_case(spark: SparkSession) -> None:
    """Not less than half, not one drug alone, not a consumable; a stay with all its settlements."""
    assert_rows(
        found(spark),
        UNSUPPLIED_FACT,
        """
        fixmedins_code | kind  | month   | persons | cases | card_cases | short_fen | fund_fen | acct_fen | first_on   | last_on    | setl_ids | bkkp_sns            | person_keys
        H1             | visit | 2024-01 | 2       | 2     | 1          | 1500      | 1100     | 30       | 2024-01-05 | 2024-01-06 | v1 v2    | v1A v1B v2A v2B     | ann bob
        H1             | stay  | 2024-02 | 1       | 1     | 0          | 2000      | 9000     | 0        | 2024-01-20 | 2024-01-20 | s1 s2    | s1A s2B             | ann
        P1             | sale  | 2024-02 | 1       | 1     | 1          | 600       | 0        | 900      | 2024-02-05 | 2024-02-05 | sale     | saleA saleB         | ann
        """,
    )
    (visits,) = found(spark).where("kind = 'visit'").collect()
    assert visits["items"] == ["drug A", "drug B"]


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [row for month in MONTHS for row in found(spark, (month,)).collect()]
    assert sorted(alone) == sorted(found(spark).collect())
