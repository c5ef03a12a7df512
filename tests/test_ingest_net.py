"""Reversals are netted with their originals, whatever form an area gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fundwatch.lake import Lake
from fundwatch.tables.silver import SETTLEMENT, SETTLEMENT_NET, WAITING_REVERSAL
from jobs.ingest.net import settlements_net, waiting_reversals
from jobs.ingest.reconcile import reconcile_ingest
from tests.delivery import Bureau
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
        taken  | 600 | 500 | 2024-01 | 2 | false
        alone  | -50 | -20 | 2024-01 | 0 | true
        nil    | 0 | 0 | 2024-01 | 0 | true
        """,
    )
    assert_rows(
        waiting_reversals(settlement),
        WAITING_REVERSAL,
        """
        setl_id | original_id | medfee_sumamt_fen | fund_pay_sumamt_fen | month
        lost-r  | lost        | -300              | -100                | 2024-02
        """,
    )


def test_reversals_at_once_after_the_original_are_the_systems_own(spark: SparkSession) -> None:
    settlement = rows(
        spark,
        SETTLEMENT,
        f"""
        {HEAD}
        a  |   |  500 |  300 | 2024-01-05T10:00:00 | 2024-01
        a1 | a | -100 | -100 | 2024-01-05T10:09:59 | 2024-01
        a2 | a | -400 | -200 | 2024-01-05T10:10:00 | 2024-01
        b  |   |  500 |  300 | 2024-01-05T10:00:00 | 2024-01
        """,
    )
    assert_rows(
        settlements_net(settlement),
        SETTLEMENT_NET,
        "setl_id | reversals | automatic_reversals\na | 2 | 1\nb | 0 | 0",
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


DELIVERED = "setl_id | init_setl_id | medfee_sumamt | fund_pay_sumamt | setl_time | updt_time\n"
ORIGINAL = DELIVERED + "s | | 10 | 7 | 2024-01-05 | 2024-01-06"
REVERSAL = DELIVERED + "r | s | -10 | -7 | 2024-02-05 | 2024-02-06"
WAITS = ("r", "s", -1000, -700, "2024-02")
NET = ("s", ["r", "s"], 0, 1, True, "2024-01")


class Told:
    """A lake into which reversals and originals come."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.bureau = Bureau(root / "landing", Lake(str(root / "lake"), spark))
        self.bureau.gives_required()

    def gives(self, batch: str, literal: str) -> None:
        self.bureau.gives("setl_d", literal, batch=batch)
        self.bureau.ingests()

    @property
    def waiting(self) -> list[tuple[object, ...]]:
        money = ("medfee_sumamt_fen", "fund_pay_sumamt_fen")
        return self.bureau.rows(WAITING_REVERSAL, "setl_id", "original_id", *money, "month")

    @property
    def nets(self) -> list[tuple[object, ...]]:
        names = ("setl_id", "setl_ids", "medfee_sumamt_fen", "reversals", "is_void", "month")
        return [row for row in self.bureau.rows(SETTLEMENT_NET, *names) if row[0] != "harmless"]

    def reconciles(self) -> bool:
        return all(row["holds"] for row in reconcile_ingest(self.bureau.lake, "r"))


@pytest.fixture
def told(spark: SparkSession, tmp_path: Path) -> Told:
    return Told(tmp_path, spark)


def test_a_reversal_waits_until_its_original_comes_and_is_netted_then(told: Told) -> None:
    told.gives("b1", REVERSAL)
    assert (told.waiting, told.nets) == ([WAITS], [])
    found = {
        row["identity"]: row for row in reconcile_ingest(told.bureau.lake, "r") if row["month"]
    }
    assert found["net medfee_sumamt_fen"]["quarantined"] == -1000
    told.gives("b2", DELIVERED + "other | | 1 | 1 | 2024-03-01 | 2024-03-01")
    assert told.waiting == [WAITS]
    told.gives("b3", ORIGINAL)
    assert told.waiting == []
    assert told.nets == [("other", ["other"], 100, 0, False, "2024-03"), NET]
    assert told.reconciles()


def test_a_waiting_reversal_that_is_corrected_to_another_original_leaves_nothing(
    told: Told,
) -> None:
    told.gives("b1", REVERSAL)
    told.gives("b2", REVERSAL.replace("r | s ", "r | t ").replace("2024-02-06", "2024-02-09"))
    assert told.waiting == [("r", "t", -1000, -700, "2024-02")]
    told.gives("b3", ORIGINAL)
    assert told.nets == [("s", ["s"], 1000, 0, False, "2024-01")]
    assert told.reconciles()


def test_an_original_that_is_taken_back_leaves_its_reversal_waiting(told: Told) -> None:
    told.gives("b1", ORIGINAL)
    told.gives("b2", REVERSAL)
    assert told.nets == [NET]
    told.gives("b1", DELIVERED + "u | | 1 | 1 | 2024-03-01 | 2024-03-01")
    assert told.waiting == [WAITS]
    assert told.nets == [("u", ["u"], 100, 0, False, "2024-03")]
    assert told.reconciles()
