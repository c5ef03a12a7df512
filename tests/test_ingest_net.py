"""Reversals are netted with their originals, whatever form an area gives them."""

from __future__ import annotations

from pyspark.sql import SparkSession

from fundwatch.tables.silver import SETTLEMENT, SETTLEMENT_NET
from jobs.ingest.net import settlements_net
from tests.rows import assert_rows, rows

HEAD = "setl_id | init_setl_id | medfee_sumamt_fen | fund_pay_sumamt_fen | setl_time | month"
TOLD = "setl_id | medfee_sumamt_fen | fund_pay_sumamt_fen | month | reversals | is_void"


def test_every_kind_of_reversal(spark: SparkSession) -> None:
    settlement = rows(
        spark,
        SETTLEMENT,
        f"""
        {HEAD} | vali_flag | refd_setl_flag
        plain  |      | 1000 | 700 | 2024-01-05 | 2024-01 | 1 | 0
        full   |      | 1000 | 700 | 2024-01-05 | 2024-01 | 1 | 0
        full-r | full | -1000 | -700 | 2024-01-06 | 2024-01 | 1 | 1
        part   |      | 1000 | 700 | 2024-01-05 | 2024-01 | 1 | 0
        part-r | part | -200 | -140 | 2024-03-06 | 2024-03 | 1 | 1
        auto   |      | 500 | 300 | 2024-01-05T10:00:00 | 2024-01 | 1 | 0
        auto-r | auto | -500 | -300 | 2024-01-05T10:03:00 | 2024-01 | 1 | 1
        again  |      | 500 | 300 | 2024-01-05T10:05:00 | 2024-01 | 1 | 0
        flag   |      | 400 | 200 | 2024-01-05 | 2024-01 | 0 | 0
        flag-r | flag | -400 | -200 | 2024-02-05 | 2024-02 | 1 | 1
        voided |      | 400 | 200 | 2024-01-05 | 2024-01 | 0 | 0
        lost-r | lost | -300 | -100 | 2024-02-07 | 2024-02 | 1 | 1
        taken  |      | 600 | 500 | 2024-01-05 | 2024-01 | 1 | 0
        taken-r | taken | -600 | -500 | 2024-01-06 | 2024-01 | 1 | 1
        back   | taken-r | 600 | 500 | 2024-01-07 | 2024-01 | 1 | 0
        alone  |      | -50 | -20 | 2024-01-05 | 2024-01 | 1 | 1
        nil    |      | 0 | 0 | 2024-01-05 | 2024-01 | 1 | 0
        """,
    )
    assert_rows(
        settlements_net(settlement),
        SETTLEMENT_NET,
        f"""
        {TOLD}
        plain  | 1000 | 700 | 2024-01 | 0 | false
        full   | 0 | 0 | 2024-01 | 1 | true
        part   | 800 | 560 | 2024-01 | 1 | false
        auto   | 0 | 0 | 2024-01 | 1 | true
        again  | 500 | 300 | 2024-01 | 0 | false
        flag   | 0 | 0 | 2024-01 | 1 | true
        voided | 400 | 200 | 2024-01 | 0 | true
        lost   | -300 | -100 | 2024-02 | 1 | true
        taken  | 600 | 500 | 2024-01 | 2 | false
        alone  | -50 | -20 | 2024-01 | 0 | true
        nil    | 0 | 0 | 2024-01 | 0 | true
        """,
    )


def test_a_net_names_its_settlements_and_the_time_of_the_last_reversal(spark: SparkSession) -> None:
    settlement = rows(
        spark,
        SETTLEMENT,
        f"""
        {HEAD}
        b | a | -100 | -100 | 2024-03-01 | 2024-03
        a |   |  900 |  900 | 2024-01-01 | 2024-01
        c | a | -200 | -200 | 2024-02-01 | 2024-02
        """,
    )
    assert_rows(
        settlements_net(settlement),
        SETTLEMENT_NET,
        "setl_id | setl_ids | reversed_at | setl_time\na | a b c | 2024-03-01 | 2024-01-01",
    )
