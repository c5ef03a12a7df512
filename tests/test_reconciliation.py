"""No row and no fen is lost or doubled between the files, silver and gold, or the run fails."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from typer.testing import CliRunner

from console.cli import app
from fundwatch.errors import ReconciliationError
from fundwatch.lake import Lake
from fundwatch.tables.gold import CHARGE_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import DIFFERENCE, RECONCILIATION
from fundwatch.tables.silver import FEE_LINE, SETTLEMENT_NET
from jobs.ingest.counting import count, digests
from jobs.ingest.landing import find
from jobs.ingest.reading import bronze_rows, one_file_a_task
from jobs.ingest.reconcile import reconcile_gold, reconcile_ingest, reconcile_lake, refuse_broken
from jobs.ingest.recount import lines_of_cases
from jobs.ingest.settle import latest
from jobs.ingest.typed import money_sums
from tests.delivery import CONTRACT, Bureau, cells, csv_text
from tests.rows import rows

TABLE = LANDING["fund_d"]  # small, with money, a key of three columns and an integer
CELL = {
    "insu_admdvs": st.sampled_from(["a", "b", ""]),
    "insutype": st.sampled_from(["310", "0390", '3"9,0']),
    "month": st.sampled_from(["2024-01", "2024-02"]),
    "incm_amt": st.sampled_from(
        '|1.10|-2|1.234|x|1,0|3.500|99999999999999999|２．２０|="3.3"|\u00a04.40\u200b|\'5|1\x06'.split(
            "|"
        )
    ),
    "insu_psn_cnt": st.sampled_from(["", "5", "5.0", "five"]),
    "updt_time": st.sampled_from(["2024-01-01", "2024-01-02 03:04:05", "2024-02-30", "soon", ""]),
}
ROW = st.fixed_dictionaries(CELL)
BROKEN = st.sampled_from(
    [
        "only one",
        "a,b",
        "  ",
        "\t",
        ",,,,,,,,,,,,",
        "a,310,2024-01,7.70,5,2024-01-01, ,",
        '"a",b,"c"",\n",,,,',
    ]
)
FILE = st.tuples(st.lists(ROW, max_size=12), st.lists(BROKEN, max_size=2), st.booleans())


def test_a_lost_row_fails_the_run_and_is_named(spark: SparkSession, tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))
    bureau.gives_required("setl_d")
    bureau.gives("setl_d", "setl_id | medfee_sumamt\ns1 | 1\ns2 | 2\ns2 | 2")
    bureau.ingests()
    assert all(row["holds"] for row in reconcile_ingest(bureau.lake, "good"))
    silver = bureau.silver("setl_d")
    spark.sql(f"DELETE FROM delta.`{bureau.lake.path(silver)}` WHERE setl_id = 's1'")
    bureau.lake.forget()
    with pytest.raises(ReconciliationError, match=r"setl_d .*: delivered"):
        reconcile_ingest(bureau.lake, "bad")
    broken = bureau.lake.read(RECONCILIATION).where("run_id = 'bad' and not holds")
    assert ("rows", 3, 1, 1) in [
        tuple(r) for r in broken.select("identity", "delivered", "current", "superseded").collect()
    ]


def gold(lake: Lake, *, short: int = 0) -> None:
    """A visit; a stay with a mid settlement, closed, and settled once more; an open one; a void."""
    spark = lake.spark
    lake.replace(
        SETTLEMENT_NET,
        rows(
            spark,
            SETTLEMENT_NET,
            f"""
            setl_id | mdtrt_id | setl_ids | month | mid_setl_flag | is_void | medfee_sumamt_fen | {ZERO_HEAD}
            visit | m1 | visit | 2024-01 | 0 | false | 100 | {ZEROS}
            mid   | m2 | mid   | 2024-01 | 1 | false | 200 | {ZEROS}
            last  | m2 | last  | 2024-02 | 0 | false | 300 | {ZEROS}
            again | m2 | again | 2024-03 | 0 | false | 50  | {ZEROS}
            open  | m3 | open  | 2024-02 | 1 | false | 400 | {ZEROS}
            void  | m4 | void  | 2024-02 | 0 | true  | 0   | {ZEROS}
            """,
        ),
    )
    money = " | ".join(["inscp_fen", "fund_fen", "acct_fen", "cash_fen"])
    visit = f"setl_id | month | medfee_fen | {money}\nvisit | 2024-01 | 100 | 0 | 0 | 0 | 0"
    lake.replace(VISIT_FACT, rows(spark, VISIT_FACT, visit))
    stay = f"mdtrt_id | setl_ids | month | medfee_fen | {money}"
    stay += f"\nm2 | last mid | 2024-02 | {500 - short} | 0 | 0 | 0 | 0"
    lake.replace(STAY_FACT, rows(spark, STAY_FACT, stay))
    lines = """
        bkkp_sn | setl_id | mdtrt_id | month   | det_item_fee_sumamt_fen | inscp_amt_fen
        l1      | visit   | m1       | 2023-12 | 7                       | 7
        l2      | void    | m4       | 2024-01 | 9                       | 9
        l3      |         | m1       | 2024-01 | 5                       | 5
        other   | visit   | m9       | 2024-01 | 11                      | 11
        old     | visit   | m1       | 2022-12 | 13                      | 13
    """
    lake.replace(FEE_LINE, rows(spark, FEE_LINE, lines))
    charge = "bkkp_sn | month | det_fen | inscp_fen\nl1 | 2024-01 | 7 | 7"
    lake.replace(CHARGE_FACT, rows(spark, CHARGE_FACT, charge))


ZERO_HEAD = "inscp_amt_fen | fund_pay_sumamt_fen | acct_pay_fen | cash_payamt_fen"
ZEROS = "0 | 0 | 0 | 0"


def test_gold_holds_every_fen_that_does_not_wait_outside_for_a_named_reason(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(str(tmp_path), spark)
    gold(lake)
    found = {
        (row["table"], row["identity"], row["month"]): (row["gold"], row["superseded"])
        for row in reconcile_gold(lake, "r")
    }
    assert found["setl_d", "gold medfee_sumamt_fen", "2024-01"] == (100, 0)
    assert found["setl_d", "gold medfee_sumamt_fen", "2024-02"] == (500, 400)
    assert found["setl_d", "gold medfee_sumamt_fen", "2024-03"] == (0, 50)
    assert found["fee_list_d", "gold det_item_fee_sumamt_fen", "2024-01"] == (7, 24)


def test_a_fen_lost_on_the_way_to_gold_is_named(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), spark)
    gold(lake, short=1)
    with pytest.raises(ReconciliationError, match="setl_d gold medfee_sumamt_fen 2024-02"):
        reconcile_gold(lake, "r")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.lists(FILE, min_size=1, max_size=3), seed=st.integers(0, 99))
def test_rows_in_are_rows_standing_superseded_and_quarantined(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, files: Any, seed: int
) -> None:
    root = tmp_path_factory.mktemp("random")
    bureau = Bureau(root, Lake(str(root / "lake"), spark))
    bureau.gives_required()
    for number, (told, broken, chinese) in enumerate(files):
        bureau.writes(
            "fund_d",
            _text(told, broken, seed),
            batch=f"b{number}",
            encoding="gb18030" if chinese else "utf-8",
        )
    landing = find(root, CONTRACT)
    chosen = [file for file in landing.files if file.table == TABLE.name]
    counted = count(landing.storage, digests(landing.storage, chosen), CONTRACT)
    taken = bronze_rows(
        spark,
        TABLE,
        counted,
        storage=landing.storage,
        source=CONTRACT,
        received_at=dt.datetime(2024, 1, 1),
    )
    assert taken is not None
    with one_file_a_task(spark):
        found = taken.localCheckpoint()
    good = found.where("faults is null")
    standing = latest(good, TABLE)
    keys = {(row["insu_admdvs"], row["insutype"].zfill(3), row["month"]) for row in good.collect()}
    refused = found.where("faults is not null").count()
    assert found.count() == sum(file.rows for file in counted)
    assert standing.rows.count() == standing.keys == len(keys)
    assert sum(file.rows for file in counted) == good.count() + refused
    assert found.select("batch", "file", "line").distinct().count() == found.count()
    money = (
        found.where("torn is null").select(F.expr(money_sums(TABLE, "true")["incm_amt"])).first()
    )
    assert money is not None
    assert money[0] == sum(file.money["incm_amt"] for file in counted)


def _text(told: list[dict[str, str]], broken: list[str], seed: int) -> str:
    rows_told = [cells("fund_d", "insu_admdvs\nx")[0] | row for row in told]
    lines = csv_text(
        [dict.fromkeys(CELL, "") | {k: r[k] for k in CELL} for r in rows_told]
        or [dict.fromkeys(CELL, "")]
    )
    head, *records = lines.splitlines()
    records = [*(records if told else []), *broken]
    random.Random(seed).shuffle(records)
    return "\n".join(["编码," + head, *("甲," + record for record in records)]) + "\n"


@pytest.fixture
def bureau(spark: SparkSession, tmp_path: Path) -> Bureau:
    """Two batches of settlements in two months, with a row overtaken and one refused."""
    given = Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))
    given.gives_required("setl_d")
    head = "setl_id | setl_time | updt_time | medfee_sumamt\n"
    given.gives(
        "setl_d",
        head + "s1 | 2024-01-05 | 2024-01-06 | 1\ns2 | 2024-02-05 | 2024-02-06 | 2.5",
        batch="b1",
    )
    given.gives(
        "setl_d",
        head + "s1 | 2024-01-05 | 2024-03-01 | 3\ns3 | 2024-02-05 | soon | 4",
        batch="b2",
    )
    given.ingests()
    return given


def edited(lake: Lake, table: str, statement: str) -> None:
    """The table as somebody changed it behind our back."""
    lake.spark.sql(statement.format(f"delta.`{lake.path(LANDING[table].silver)}`"))
    lake.forget()


def test_rows_and_money_are_told_by_batch_and_month(bureau: Bureau) -> None:
    sides = ("delivered", "current", "superseded", "quarantined")
    reconcile_lake(bureau.lake, "r")
    kept = bureau.lake.read(RECONCILIATION).where("run_id = 'r' and `table` = 'setl_d'").collect()
    told = {(r["identity"], r["batch"], r["month"]): tuple(r[n] for n in sides) for r in kept}
    assert told["batch rows", "b1", ""] == (2, 1, 1, 0)
    assert told["batch rows", "b2", ""] == (2, 1, 0, 1)
    assert told["recount rows", "b1", "2024-01"] == (1, 0, 1, 0)
    assert told["recount medfee_sumamt", "b1", "2024-01"] == (100, 0, 100, 0)
    assert told["recount medfee_sumamt", "b2", "2024-01"] == (300, 300, 0, 0)
    assert told["recount medfee_sumamt", "b2", "2024-02"] == (400, 0, 0, 400)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("INSERT INTO {0} SELECT * FROM {0} WHERE setl_id = 's2'", "setl_d rows"),
        ("UPDATE {0} SET medfee_sumamt_fen = 251 WHERE setl_id = 's2'", "setl_d medfee_sumamt"),
        ("UPDATE {0} SET batch = 'b2', line = 9 WHERE setl_id = 's2'", "setl_d batch rows b2"),
        ("UPDATE {0} SET line = 9 WHERE setl_id = 's2'", "setl_d recount rows b1 none"),
        ("UPDATE {0} SET month = '2024-03' WHERE setl_id = 's2'", "setl_d recount rows b1 2024-02"),
    ],
)
def test_what_was_changed_behind_our_back_is_named(
    bureau: Bureau, statement: str, broken: str
) -> None:
    edited(bureau.lake, "setl_d", statement)
    with pytest.raises(ReconciliationError, match=broken):
        reconcile_lake(bureau.lake, "r")


def test_fee_lines_sum_to_their_settlement_or_the_difference_is_listed(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(str(tmp_path), spark)
    nets = """
        setl_id | setl_ids | month | is_void | medfee_sumamt_fen | fixmedins_code
        right   | back right | 2024-01 | false | 70 | H1
        short   | short | 2024-01 | false | 100 | H2
        bare    | bare  | 2024-02 | false | 5 | H2
        void    | void  | 2024-02 | true  | 0 | H2
    """
    lines = """
        bkkp_sn | setl_id | det_item_fee_sumamt_fen
        l1 | right | 100
        l2 | back  | -30
        l3 | short | 60
        l4 | short | 39
        l5 |       | 8
    """
    lake.replace(SETTLEMENT_NET, rows(spark, SETTLEMENT_NET, nets))
    lake.replace(FEE_LINE, rows(spark, FEE_LINE, lines))
    found = lines_of_cases(lake, "r")
    told = [(row["month"], row["delivered"], row["current"], row["superseded"]) for row in found]
    assert told == [("2024-01", 170, 70, 100), ("2024-02", 5, 0, 5)]
    listed = lake.read(DIFFERENCE).select("setl_id", "medfee_fen", "lines_fen", "lines").collect()
    assert sorted(map(tuple, listed)) == [("bare", 5, 0, 0), ("short", 100, 99, 2)]


def test_nothing_is_computed_from_silver_that_does_not_reconcile(bureau: Bureau) -> None:
    """By the command line: the exit code is that of reconciliation, until the lake is right."""
    root, run = bureau.lake.root, CliRunner()
    edited(bureau.lake, "setl_d", "DELETE FROM {0} WHERE setl_id = 's2'")
    found = run.invoke(app, ["doctor", "--lake", root])
    assert found.exit_code == ReconciliationError.exit_code
    assert "setl_d rows: delivered 4, but 1 current" in found.output
    refused = run.invoke(app, ["run", "--lake", root])
    assert isinstance(refused.exception, ReconciliationError)
    assert "nothing is computed" in str(refused.exception)
    version = bureau.lake.version(LANDING["setl_d"].silver)
    edited(bureau.lake, "setl_d", f"RESTORE TABLE {{0}} TO VERSION AS OF {version - 1}")
    assert run.invoke(app, ["doctor", "--lake", root]).exit_code == 0
    bureau.lake.forget()
    refuse_broken(bureau.lake)
