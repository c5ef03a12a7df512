"""Upkeep makes many small files few, and takes nothing that a clue needs to be proven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql import SparkSession

from fundwatch.flow import step_named
from fundwatch.lake import Lake
from fundwatch.reader import LakeReader
from fundwatch.schema import Table
from fundwatch.tables import TABLES
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.gold import CHARGE_FACT, CLUE
from fundwatch.tables.ops import INTAKE
from fundwatch.tables.silver import FEE_LINE
from jobs import maintain as maintenance
from jobs.clues.verify import verify
from jobs.ingest.result import result_of
from jobs.maintain import SILENT, SMALL_FILES, maintain
from jobs.runlog import RunLog
from jobs.runner import Runner
from tests.aging import age
from tests.released import SILVER, offered
from tests.rows import frame, rows

BATCHES = 60
HORIZON = 30  # days
KEPT_UP = (FEE_LINE, CHARGE_FACT, CLUE, INTAKE)
STEPS = tuple(step_named(name) for name in ("charges", "rules", "clues"))


@dataclass(frozen=True)
class Kept:
    """A lake kept up twice, forty days apart, and what was so before and after the first time."""

    lake: Lake
    uncited: frozenset[Path]  # files of silver.fee_line before a clue was made
    cited: frozenset[Path]  # those of the version that clues cite
    content: dict[str, int]  # content version by table
    first: dict[str, dict[str, Any]]  # what upkeep told, by table


@pytest.fixture(scope="module")
def kept(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    root = tmp_path_factory.mktemp("maintain") / "lake"
    lake = Lake(str(root), spark)
    for table, literal in SILVER.items():
        lake.replace(table, rows(spark, table, literal))
    uncited = files(lake, FEE_LINE)
    lake.replace(FEE_LINE, rows(spark, FEE_LINE, SILVER[FEE_LINE]))
    age(spark, root, 200)
    small_batches(lake)
    Runner(lake, offered(), RunLog(lake, "run"), print, steps=STEPS).run()
    lake = Lake(str(root), spark, HORIZON)
    cited, content = files(lake, FEE_LINE) - uncited, contents(lake)
    first = upkeep(lake, *KEPT_UP)
    age(spark, root, 40)
    upkeep(lake, FEE_LINE)
    return Kept(lake, uncited, cited, content, first)


def upkeep(lake: Lake, *tables: Table) -> dict[str, dict[str, Any]]:
    """maintain of these tables only, for each costs a second or two: what it told, by table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maintenance, "TABLES", {table.name: table for table in tables})
        return {row["table"]: row for row in maintain(lake, datetime.now())}


def small_batches(lake: Lake) -> None:
    """Sixty small files into silver.fee_line and the account of intakes, and the log of that."""
    for n in range(BATCHES):
        line = f"bkkp_sn | setl_id | mdtrt_id\nmore{n} | none{n} | none{n}"
        append(lake, FEE_LINE, line)
        if n <= SMALL_FILES:
            append(lake, INTAKE, "table\nsetl_d")
    lake.append(DELIVERY, rows(lake.spark, DELIVERY, "table\nsetl_d"))
    lake.forget()
    record = {
        "step": "ingest",
        "outcome": "done",
        "touched": {table.name: ["2024-01"] for table in SILVER},
        "versions_out": {table.name: lake.version(table) for table in (*SILVER, INTAKE)},
        "started_at": datetime(2024, 2, 1),
    }
    RunLog(lake, "run").write(record, 0.0)


def append(lake: Lake, table: Table, literal: str) -> None:
    """By delta-rs: sixty commits through Spark would take a minute."""
    lake.ensure(table)
    schema = LakeReader(lake.root).arrow(table.name).schema
    write_deltalake(
        lake.path(table), pa.Table.from_pandas(frame(table, literal), schema), mode="append"
    )


def files(lake: Lake, table: Table) -> frozenset[Path]:
    return frozenset(
        p for p in Path(lake.path(table)).rglob("*.parquet") if "_delta_log" not in p.parts
    )


def contents(lake: Lake) -> dict[str, int]:
    return {name: lake.content_version(t) for name, t in TABLES.items() if lake.exists(t)}


def properties(lake: Lake, table: Table) -> set[str]:
    """How long its files and its log are kept."""
    (detail,) = lake.spark.sql(f"DESCRIBE DETAIL delta.`{lake.path(table)}`").collect()
    told: dict[str, str] = detail["properties"]
    return {value for name, value in told.items() if name.endswith("RetentionDuration")}


def test_many_small_files_become_few(kept: Kept) -> None:
    told = kept.first[FEE_LINE.name]
    assert told["before"] > BATCHES
    assert told["after"] == 1
    assert kept.lake.read(FEE_LINE).count() == BATCHES + 2


def test_every_clue_is_still_verified(kept: Kept) -> None:
    verdicts = verify(kept.lake, offered(), None)
    assert [(v.is_identical, v.differences) for v in verdicts] == [(True, ())] * 2


def test_old_files_that_no_clue_cites_are_gone(kept: Kept) -> None:
    assert kept.uncited
    assert not [path for path in kept.uncited if path.exists()]


def test_cited_files_outlive_the_horizon(kept: Kept) -> None:
    assert len(kept.cited) > BATCHES
    assert all(path.exists() for path in kept.cited)
    assert properties(kept.lake, FEE_LINE) == {
        f"interval {kept.first[FEE_LINE.name]['kept_days']} days"
    }


def test_what_nobody_cites_is_kept_as_long_as_the_horizon_says(kept: Kept) -> None:
    assert properties(kept.lake, CHARGE_FACT) == {f"interval {HORIZON} days"}


def test_upkeep_changes_no_content_and_makes_nothing_stale(kept: Kept) -> None:
    assert kept.lake.version(FEE_LINE) > kept.content[FEE_LINE.name]
    assert contents(kept.lake) == kept.content
    log = RunLog(kept.lake, "again")
    assert Runner(kept.lake, offered(), log, print, steps=STEPS).run() == []
    assert result_of(kept.lake).versions_out == {}


def test_every_table_ends_with_a_checkpoint_of_its_newest_version(kept: Kept) -> None:
    for table in KEPT_UP:
        log = Path(kept.lake.path(table)) / "_delta_log"
        assert (log / f"{kept.lake.version(table):020d}.checkpoint.parquet").is_file()


def test_a_lake_that_was_kept_up_is_read_without_a_jvm(kept: Kept) -> None:
    reader = LakeReader(kept.lake.root)
    assert len(reader.pandas(CLUE.name)) == 2
    assert len(reader.pandas(FEE_LINE.name)) == BATCHES + 2


def test_the_session_is_as_it_was(kept: Kept) -> None:
    assert kept.lake.spark.conf.get(SILENT, None) is None
