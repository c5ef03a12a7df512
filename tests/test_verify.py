"""A clue comes out of its own evidence again, or verify names what has changed."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from fundwatch.errors import UsageError
from fundwatch.flow import step_named
from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.settings import Settings
from fundwatch.tables.gold import CLUE
from fundwatch.tables.silver import (
    FEE_LINE,
    INSTITUTION,
    PERSON,
    SETTLEMENT,
    SETTLEMENT_NET,
    VISIT,
)
from jobs.clues.verify import verify
from jobs.offered import Offered
from jobs.runlog import RunLog
from jobs.runner import Runner
from tests.facts import AREA
from tests.rows import rows

CONF = Path(__file__).parents[1] / "conf"
RULE = "price_above_cap_service"
SILVER: dict[Table, str] = {
    SETTLEMENT: f"""
        setl_id | psn_key | insu_admdvs | mdtrt_id | fund_pay_sumamt_fen
        s1      | ann     | {AREA}      | m1       | 10000
        s2      | bob     | {AREA}      | m2       | 10000
    """,
    SETTLEMENT_NET: f"""
        setl_id | psn_key | insu_admdvs | mdtrt_id | fixmedins_code | fix_blng_admdvs | med_type | setl_ids | fund_pay_sumamt_fen | inscp_amt_fen | acct_pay_fen
        s1      | ann     | {AREA}      | m1       | H1             | {AREA}          | 11       | s1       | 10000               | 20000         | 0
        s2      | bob     | {AREA}      | m2       | H2             | {AREA}          | 11       | s2       | 10000               | 20000         | 0
    """,
    VISIT: f"""
        mdtrt_id | psn_key | insu_admdvs | fixmedins_code | med_type
        m1       | ann     | {AREA}      | H1             | 11
        m2       | bob     | {AREA}      | H2             | 11
    """,
    FEE_LINE: """
        bkkp_sn | setl_id | mdtrt_id | fixmedins_code | list_type | pric | pric_uplmt_amt | cnt | inscp_amt_fen | det_item_fee_sumamt_fen
        l1      | s1      | m1       | H1             | 201       | 100  | 80             | 2   | 20000         | 20000
        l2      | s2      | m2       | H2             | 201       | 100  | 60             | 2   | 20000         | 20000
    """,
    PERSON: f"""
        insu_admdvs | psn_key | person_key
        {AREA}      | ann     | ANN
        {AREA}      | bob     | BOB
    """,
    INSTITUTION: f"""
        fixmedins_code | fixmedins_name | fixmedins_type | fix_blng_admdvs
        H1             | 第一医院       | 1              | {AREA}
        H2             | 第二医院       | 1              | {AREA}
    """,
}


def offered(conf: Path = CONF) -> Offered:
    return Offered(conf, Settings(), None)


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with two clues of one rule, one at each institution."""
    root = tmp_path_factory.mktemp("verify") / "lake"
    lake = Lake(str(root), spark)
    for table, literal in SILVER.items():
        lake.replace(table, rows(spark, table, literal))
    log = RunLog(lake, "run")
    taken_in = {
        "step": "ingest",
        "outcome": "done",
        "touched": {table.name: ["2024-01"] for table in SILVER},
        "versions_out": {table.name: lake.version(table) for table in SILVER},
        "started_at": datetime(2024, 2, 1),
    }
    log.write(taken_in, 0.0)
    steps = tuple(step_named(name) for name in ("charges", "rules", "clues"))
    Runner(lake, offered(), log, lambda text: None, steps=steps).run()
    return root


@pytest.fixture
def lake(built: Path, spark: SparkSession, tmp_path: Path) -> Lake:
    """The same lake, for one test to spoil."""
    shutil.copytree(built, tmp_path / "lake")
    return Lake(str(tmp_path / "lake"), spark)


def ids(lake: Lake) -> dict[str, str]:
    """Institution → clue_id."""
    return {row["fixmedins_codes"][0]: row["clue_id"] for row in lake.read(CLUE).collect()}


def put(lake: Lake, table: Table, literal: str) -> None:
    """Other rows at the very version that clues cite, as if the files had been changed."""
    shutil.rmtree(lake.path(table))
    lake.forget()
    lake.replace(table, rows(lake.spark, table, literal))


def test_untouched_clues_are_identical(lake: Lake) -> None:
    verdicts = verify(lake, offered(), None)
    assert [(v.is_identical, v.differences) for v in verdicts] == [(True, ())] * 2


def test_a_stored_amount_that_was_altered_is_named(lake: Lake) -> None:
    altered = F.when(F.col("fixmedins_codes")[0] == "H1", 99).otherwise(F.col("amount"))
    lake.replace(CLUE, lake.read(CLUE).withColumn("amount", altered.cast("decimal(18,2)")))
    found = {v.clue_id: v.differences for v in verify(lake, offered(), None)}
    assert found[ids(lake)["H1"]] == ("amount: recorded 99.00, recomputed 20.00",)
    assert found[ids(lake)["H2"]] == ()


def test_a_silver_row_that_was_altered_is_named_and_so_is_what_follows(lake: Lake) -> None:
    put(lake, FEE_LINE, SILVER[FEE_LINE].replace("| 80 ", "| 90 "))
    found = {v.clue_id: v.differences for v in verify(lake, offered(), None)}
    differences = found[ids(lake)["H1"]]
    assert "silver.fee_line l1 has changed" in differences
    assert "amount: recorded 20.00, recomputed 10.00" in differences
    assert found[ids(lake)["H2"]] == ()


def test_a_silver_row_that_is_gone_is_named(lake: Lake) -> None:
    without = "\n".join(text for text in SILVER[FEE_LINE].splitlines() if " l1 " not in text)
    put(lake, FEE_LINE, without)
    (verdict,) = verify(lake, offered(), [ids(lake)["H1"]])
    assert "silver.fee_line l1 is missing" in verdict.differences
    assert f"no claim comes out: {RULE} say nothing of it" in verdict.differences


def test_a_rule_that_was_changed_is_named(lake: Lake, tmp_path: Path) -> None:
    conf = tmp_path / "conf"
    shutil.copytree(CONF, conf)
    file = conf / "rules" / "price.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("限价目录未更新", "限价目录尚未更新", 1), encoding="utf-8")
    (verdict,) = verify(lake, offered(conf), [ids(lake)["H1"]])
    assert f"rule changed: {RULE}" in verdict.differences


def test_a_later_version_of_silver_does_not_move_a_clue(lake: Lake) -> None:
    later = SILVER[FEE_LINE].replace("| 80 ", "| 90 ")
    lake.replace(FEE_LINE, rows(lake.spark, FEE_LINE, later))
    (verdict,) = verify(lake, offered(), [ids(lake)["H1"]])
    assert verdict.is_identical


def test_an_id_that_is_no_clue_is_refused(lake: Lake) -> None:
    with pytest.raises(UsageError, match="no such clue: nothing"):
        verify(lake, offered(), ["nothing"])
