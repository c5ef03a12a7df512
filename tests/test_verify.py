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
from fundwatch.tables.silver import FEE_LINE
from jobs.clues.asked import asked_of
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


def changed_rule(conf: Path) -> Path:
    """Knowledge in which RULE reads otherwise."""
    shutil.copytree(CONF, conf)
    file = conf / "rules" / "price.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("限价目录未更新", "限价目录尚未更新", 1), encoding="utf-8")
    return conf


def told(lake: Lake, conf: Path = CONF) -> dict[str, tuple[str, ...]]:
    """Institution → what verify says of its clue."""
    found = {v.clue_id: v.differences for v in verify(lake, offered(conf), None)}
    return {house: found[clue_id] for house, clue_id in ids(lake).items()}


def test_clues_are_identical_whatever_comes_into_silver_later(lake: Lake) -> None:
    later = SILVER[FEE_LINE].replace("| 80 ", "| 90 ")
    lake.replace(FEE_LINE, rows(lake.spark, FEE_LINE, later))
    assert told(lake) == {"H1": (), "H2": ()}


def test_an_altered_row_and_an_altered_amount_are_named_and_so_is_what_follows(lake: Lake) -> None:
    altered = F.when(F.col("fixmedins_codes")[0] == "H2", 99).otherwise(F.col("amount"))
    lake.replace(CLUE, lake.read(CLUE).withColumn("amount", altered.cast("decimal(18,2)")))
    put(lake, FEE_LINE, SILVER[FEE_LINE].replace("| 80 ", "| 90 "))
    found = told(lake)
    assert "silver.fee_line l1 has changed" in found["H1"]
    assert "amount: recorded 20.00, recomputed 10.00" in found["H1"]
    assert found["H2"] == ("amount: recorded 99.00, recomputed 40.00",)


def test_a_row_that_is_gone_and_a_changed_rule_are_named(lake: Lake, tmp_path: Path) -> None:
    without = "\n".join(text for text in SILVER[FEE_LINE].splitlines() if " l1 " not in text)
    put(lake, FEE_LINE, without)
    found = told(lake, changed_rule(tmp_path / "conf"))
    assert "silver.fee_line l1 is missing" in found["H1"]
    assert f"no claim comes out: {RULE} say nothing of it" in found["H1"]
    assert f"rule changed: {RULE}" in found["H2"]
    assert not [difference for difference in found["H2"] if "fee_line" in difference]


def test_a_rule_that_speaks_of_another_scheme_now_is_named(lake: Lake, tmp_path: Path) -> None:
    conf = changed_rule(tmp_path / "conf")
    file = conf / "rules" / "price.yml"
    moved = "scheme: overcharge"
    told_by = file.read_text(encoding="utf-8").replace("scheme: price_invoice_fraud", moved, 1)
    file.write_text(told_by, encoding="utf-8")
    assert set(told(lake, conf).values()) == {(f"rule changed: {RULE} speaks of overcharge",)}


def test_one_clue_is_verified_alone(lake: Lake) -> None:
    (verdict,) = verify(lake, offered(), [ids(lake)["H1"]])
    assert (verdict.clue_id, verdict.is_identical) == (ids(lake)["H1"], True)


def test_an_id_that_is_no_clue_is_refused(lake: Lake) -> None:
    with pytest.raises(UsageError, match="no such clue: nothing"):
        verify(lake, offered(), ["nothing"])


def test_rules_that_share_a_list_are_asked_together(lake: Lake) -> None:
    """Of a claim that both speak of, only the first tells; alone the second would tell it too."""
    clue = {
        "scheme": "price_invoice_fraud",
        "finders": ["invoice_taken_back"],
        "person_keys": ["ann"],
        "fixmedins_codes": ["H9"],
    }
    asked = set(asked_of(lake, offered(), [clue]))
    assert {"invoice_claimed_again", "invoice_taken_back"} <= asked
    assert "invoice_never_issued_offsite" not in asked


@pytest.mark.parametrize(
    ("scheme", "finder"),
    [("impersonation", "recurring_cards_of_inpatients"), ("data_error", "error_pack_unit")],
)
def test_who_explained_a_claim_or_took_it_is_asked_too_where_it_spoke_of_its_parties(
    lake: Lake, scheme: str, finder: str
) -> None:
    others = {"scheme": F.lit(scheme), "finders": F.array(F.lit(finder))}
    lake.replace(CLUE, lake.read(CLUE).withColumns(others))
    ghost = {"scheme": "ghost_inpatient", "finders": ["ghost_inpatients"], "person_keys": []}
    met, strange = (
        set(asked_of(lake, offered(), [ghost | {"fixmedins_codes": [house]}]))
        for house in ("H1", "H9")
    )
    assert met - strange == {finder}
