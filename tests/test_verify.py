"""A clue comes out of its own evidence again, or verify names what has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from fundwatch.errors import UsageError
from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.gold import CLUE
from fundwatch.tables.silver import (
    FEE_LINE,
)
from jobs.clues.verify import verify
from tests.released import CONF, SILVER, build, offered
from tests.rows import rows

RULE = "price_above_cap_service"


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with two clues of one rule, one at each institution."""
    root = tmp_path_factory.mktemp("verify") / "lake"
    build(spark, root)
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
