"""gold.stock_fact: billed to the insurance and never on the shelf."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, STOCK_FACT
from fundwatch.tables.silver import STOCK_MOVEMENT
from jobs.facts.stocks import stocks
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02", "2024-03")
# P1 took stock on 1 January; P2 never did. `benid` is short, `amlod` was moved in, `old` opened.
BILLED = """
    bkkp_sn | setl_id | month   | fixmedins_code | hilist_code | list_type | charged_on | charged_at          | cnt | base_cnt | is_split | inscp_fen
    a1      | s1      | 2024-01 | P1             | benid       | 101       | 2024-01-05 | 2024-01-05 09:00:00 | 2   | 20       | false    | 2000
    a2      | s2      | 2024-02 | P1             | benid       | 101       | 2024-02-05 | 2024-02-05 09:00:00 | 3   | 30       | false    | 3000
    a3      | s3      | 2024-02 | P1             | benid       | 101       | 2024-02-06 | 2024-02-06 09:00:00 | 10  | 10       | true     | 1000
    b1      | s1      | 2024-01 | P1             | amlod       | 101       | 2024-01-05 | 2024-01-05 09:00:00 | 2   | 20       | false    | 2000
    c1      | s1      | 2024-03 | P1             | old         | 101       | 2024-03-05 | 2024-03-05 09:00:00 | 2   | 20       | false    | 2000
    d1      | s9      | 2024-02 | P2             | benid       | 101       | 2024-02-05 | 2024-02-05 09:00:00 | 9   | 90       | false    | 9000
"""
MOVED = """
    txn_id | month   | fixmedins_code | hilist_code | txn_type | qty | txn_time
    t1     | 2024-01 | P1             | old         | 101      | 60  | 2024-01-01 08:00:00
    t2     | 2024-01 | P1             | benid       | 102      | 40  | 2024-01-03 08:00:00
    t3     | 2024-01 | P1             | benid       | 104      | -20 | 2024-01-05 08:00:00
    t4     | 2024-02 | P1             | benid       | 105      | -5  | 2024-02-03 08:00:00
    t5     | 2024-01 | P1             | amlod       | 111      | 20  | 2024-01-03 08:00:00
    t6     | 2023-12 | P1             | benid       | 102      | 500 | 2023-12-03 08:00:00
    t7     | 2024-02 | P2             | benid       | 102      | 10  | 2024-02-03 08:00:00
"""


def stocked(
    spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9", billed: str = BILLED
) -> DataFrame:
    charge = rows(spark, CHARGE_FACT, billed).where(f"month <= '{last}'")
    return stocks(
        charge, rows(spark, STOCK_MOVEMENT, MOVED).where(f"month <= '{last}'"), months=months
    )


def test_the_excess_is_told_in_its_month_on_its_last_lines(spark: SparkSession) -> None:
    (short,) = stocked(spark).collect()
    assert [tuple(line) for line in short["excess_lines"]] == [
        ("a2", "s2", 1500),
        ("a3", "s3", 1000),
    ]
    assert_rows(
        stocked(spark),
        STOCK_FACT,
        # 60 billed, 40 bought, 5 of them sold for cash: 25 short, the last line and half of a2.
        """
        fixmedins_code | hilist_code | month   | counted_on | had_cnt | cash_cnt | billed_cnt | short_cnt | excess_cnt | pack_size | inscp_fen | txn_ids
        P1             | benid       | 2024-02 | 2024-01-01 | 40.0000 | 5.0000   | 60.0000    | 25.0000   | 25.0000    | 10.0000   | 2500      | t2 t3 t4
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in stocked(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, stocked(spark).collect()))


def test_how_many_items_of_the_house_are_clearly_short_stands_beside_each(
    spark: SparkSession,
) -> None:
    """By then: what comes short later is not counted, nor what may be a slip of two packs."""
    more = BILLED + "".join(
        f"    x{n} | s1 | 2024-0{month} | P1 | more{n} | 101 | 2024-0{month}-09 | 2024-0{month}-09 09:00:00"
        f" | {packs} | {packs}0 | false | 100\n"
        for n, month, packs in ((1, 1, 3), (2, 2, 9), (3, 2, 2), (4, 3, 5))
    )
    told = {row["hilist_code"]: row["short_items"] for row in stocked(spark, billed=more).collect()}
    assert told == {"more1": 1, "benid": 2, "more2": 2, "more3": 2, "more4": 3}
