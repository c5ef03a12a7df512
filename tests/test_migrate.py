"""A lake of an older release is upgraded, whatever cuts it short; one of a newer is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql import SparkSession
from typer.testing import CliRunner

import fundwatch
from console.cli import app
from fundwatch import release
from fundwatch.errors import LakeError
from fundwatch.flow import FLOW
from fundwatch.lake import Lake
from fundwatch.reader import LakeReader
from fundwatch.schema import Column, Table
from fundwatch.tables import TABLES
from fundwatch.tables.bronze import DELIVERY, QUARANTINE
from fundwatch.tables.gold import CHARGE_FACT, CLUE, RULE_FINDING
from fundwatch.tables.ops import INTAKE, REPAIR, SCHEMA
from fundwatch.tables.silver import FEE_LINE, INSTITUTION, PERSON
from jobs import migrate as migration
from jobs.clues.verify import verify
from jobs.found import is_kept
from jobs.ingest.result import Counts, recorded_versions
from jobs.migrate import migrate
from jobs.runlog import RunLog
from jobs.runner import Runner
from jobs.workplace import workplace
from tests.delivery import Bureau
from tests.released import LAKES, STEPS, offered, unpack
from tests.rows import rows

NOTE = Column("note", "string", "New.", null=True)
RELEASED = sorted(LAKES.glob("*.tar.gz"))


def renamed(column: Column) -> Column:
    if column.name == "legrep_key":
        return replace(column, name="owner_key", was="legrep_key")
    return replace(column, type="bigint") if column.name == "approved_beds" else column


# The tables as a later release might declare them.
LATER: dict[str, Table] = {
    INSTITUTION.name: replace(INSTITUTION, columns=tuple(map(renamed, INSTITUTION.columns))),
    PERSON.name: replace(PERSON, columns=(*PERSON.columns, replace(NOTE, among=("a", "b")))),
    CHARGE_FACT.name: replace(CHARGE_FACT, columns=(*CHARGE_FACT.columns, NOTE)),
    CLUE.name: replace(CLUE, columns=(*CLUE.columns, NOTE)),
    RULE_FINDING.name: RULE_FINDING,  # as it is now: it has columns that 0.1.0 did not know
}


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    unpack(RELEASED[0], tmp_path / "lake")
    return tmp_path / "lake"


@pytest.fixture
def lake(root: Path, spark: SparkSession) -> Lake:
    return Lake(str(root), spark)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """This release is the next one."""
    monkeypatch.setattr(release, "SCHEMA_VERSION", release.SCHEMA_VERSION + 1)
    monkeypatch.setattr(migration, "OPS", {})
    monkeypatch.setattr(migration, "TABLES", LATER)


def state(lake: Lake) -> dict[str, Any]:
    """Columns, checks and rows of every table that differs."""
    found = {}
    for name, table in LATER.items():
        rows_ = lake.spark.read.format("delta").load(lake.path(table))
        (detail,) = lake.spark.sql(f"DESCRIBE DETAIL delta.`{lake.path(table)}`").collect()
        found[name] = (rows_.schema, detail["properties"], sorted(map(str, rows_.collect())))
    return found


def dies_at(moment: int) -> Callable[[], None]:
    """Raises when it is called for the so-manieth time, counted from 0."""
    left = [moment]

    def changed() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    return changed


def append(root: Path, table: Table, **values: Any) -> None:
    """One row by delta-rs, in the shape that lies there."""
    path = LakeReader(str(root)).path(table.name)
    shape = LakeReader(str(root)).arrow(table.name).schema
    row = {name: values.get(name) for name in shape.names}
    write_deltalake(path, pa.Table.from_pylist([row], shape), mode="append")


def of_version(root: Path, version: int, told: str = "test") -> None:
    append(root, SCHEMA, version=version, release=told, at=datetime(2100, 1, 1))


@pytest.mark.usefixtures("later")
def test_an_older_lake_gets_the_declared_columns_and_keeps_its_rows(lake: Lake) -> None:
    clues = [row["clue_id"] for row in lake.read(CLUE).orderBy("rank").collect()]
    told: list[str] = []
    assert migrate(lake, told.append) == len(told)
    assert sorted(told) == [
        "gold.charge_fact: emptied, to be computed anew",
        "gold.clue: note added, empty",
        "gold.rule_finding: emptied, to be computed anew",
        "silver.institution: written anew",
        "silver.person: check note_among added",
        "silver.person: note added, empty",
    ]
    institution = lake.read(LATER[INSTITUTION.name])
    assert [f.name for f in institution.schema] == list(LATER[INSTITUTION.name].names)
    assert institution.schema["approved_beds"].dataType.simpleString() == "bigint"
    assert not institution.schema["fixmedins_name"].nullable
    assert institution.count() == 2
    assert [row["clue_id"] for row in lake.read(CLUE).orderBy("rank").collect()] == clues
    assert recorded_versions(lake)[INSTITUTION.name] == lake.version(INSTITUTION)
    assert migrate(lake, told.append) == 0


@pytest.mark.usefixtures("later")
def test_what_was_emptied_is_computed_again_and_old_clues_verify(lake: Lake) -> None:
    names = ["bkkp_sn", "month", "person_key", "setl_fund_fen"]  # of columns code moves on
    before = sorted(lake.read(CHARGE_FACT).select(names).collect())
    migrate(lake, print)
    assert lake.read(CHARGE_FACT).isEmpty()
    told = [d for verdict in verify(lake, offered(), None) for d in verdict.differences]
    assert not [d for d in told if not d.startswith("rule changed")]  # knowledge moves on
    records = Runner(lake, offered(), RunLog(lake, "again"), print, steps=STEPS).run()
    assert "charges" in [record["step"] for record in records]
    assert sorted(lake.read(CHARGE_FACT).select(names).collect()) == before


@pytest.mark.usefixtures("later")
def test_an_upgrade_killed_at_every_commit_ends_the_same(lake: Lake, tmp_path: Path) -> None:
    shutil.copytree(lake.root, tmp_path / "whole")
    whole = Lake(str(tmp_path / "whole"), lake.spark)
    migrate(whole, print)
    for moment in (0, *[1] * 20):  # each time a commit further
        lake.forget()
        try:
            migrate(lake, print, changed=dies_at(moment))
        except Killed:
            with pytest.raises(LakeError, match="cut short"):
                fundwatch.open_lake(lake.root)
            continue
        break
    assert state(lake) == state(whole)
    assert fundwatch.open_lake(lake.root).tables()


@pytest.mark.usefixtures("later")
def test_rows_outlive_a_kill_between_emptying_and_filling(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migration, "_fill", lambda *given: dies_at(0)())
        with pytest.raises(Killed):
            migrate(lake, print)
    lake.forget()
    assert lake.read(INSTITUTION).isEmpty()
    migrate(lake, print)
    assert lake.read(INSTITUTION).count() == 2


@pytest.mark.usefixtures("later")
def test_silver_is_not_rewritten_under_an_ingest_that_was_cut_short(lake: Lake) -> None:
    lake.append(DELIVERY, rows(lake.spark, DELIVERY, "table\nsetl_d"))
    with pytest.raises(LakeError, match="finish it with the release that began it"):
        migrate(lake, print)
    assert lake.read(INSTITUTION).count() == 2


def before(table: Table, name: str, **was: Any) -> Table:
    """A table with one column as an earlier release declared it."""
    columns = (replace(c, **was) if c.name == name else c for c in table.columns)
    return replace(table, columns=tuple(columns))


def test_a_lake_of_the_first_release_takes_in_repaired_and_corrected_files(
    lake: Lake, tmp_path: Path
) -> None:
    lake.ensure(before(INTAKE, "quarantined", least=0))
    lake.ensure(before(QUARANTINE, "reason", among=("missing", "unreadable")))
    told: list[str] = []
    migrate(lake, told.append)
    assert "ops.intake: check quarantined_least dropped" in told
    assert "bronze.quarantine: check reason_among added" in told
    bureau = Bureau(tmp_path / "landing", lake)
    bureau.gives_required("fee_list_d")
    head = "bkkp_sn | hilist_code | cnt\n"
    bureau.gives("fee_list_d", head + "new | 1.1E+12 | １")
    bureau.ingests()
    bureau.gives("fee_list_d", head + "new | 11 | １")
    assert bureau.ingests().tables["fee_list_d"] == Counts(2, 1, 1, 0)
    assert bureau.rows(QUARANTINE, "reason") == [("mangled",)]
    assert bureau.rows(REPAIR, "rule", "column", "rows") == [("full_width", "cnt", 1)]


COMMANDS = (
    "clues --lake {lake}",
    "clue x --lake {lake}",
    "status --lake {lake}",
    "quarantine --lake {lake}",
    "verify --all --lake {lake}",
    "run --lake {lake}",
    "maintain --lake {lake}",
    "migrate --lake {lake}",
    "export --lake {lake} --out {lake}/out",
    "ingest {lake} --lake {lake}",
    "screen {lake} --lake {lake} --out {lake}/out",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("spark")
def test_a_newer_lake_is_refused_in_one_sentence(root: Path, command: str) -> None:
    of_version(root, 99)
    ended = CliRunner().invoke(app, command.format(lake=root).split())
    assert isinstance(ended.exception, LakeError), ended.output
    assert str(ended.exception) == (
        f"{root} was written by a newer release: it has schema 99, this release knows "
        f"{release.SCHEMA_VERSION}; use the newer release"
    )


@pytest.mark.usefixtures("later", "spark")
def test_an_older_lake_is_refused_with_what_to_do(root: Path) -> None:
    advice = f"run: fundwatch migrate --lake {root}"
    with pytest.raises(LakeError, match=advice):
        fundwatch.open_lake(root)
    with pytest.raises(LakeError, match=advice), workplace(str(root)):
        raise AssertionError("opened")


def test_every_step_that_asks_for_its_rows_of_before_keeps_them() -> None:
    import inspect

    asking = [s for s in FLOW if "previous" in inspect.signature(s.load()).parameters]
    assert [step.writes for step in asking if not is_kept(step.writes)] == []


@pytest.mark.parametrize("archive", RELEASED, ids=lambda path: path.name)
def test_a_lake_of_each_release_is_upgraded_run_and_verified(
    archive: Path, spark: SparkSession, tmp_path: Path
) -> None:
    unpack(archive, tmp_path / "lake")
    with workplace(str(tmp_path / "lake"), any_schema=True) as place:
        migrate(place.lake, print)
        lake = place.lake
    for table in (t for t in TABLES.values() if lake.exists(t)):
        assert set(table.names) <= set(spark.read.format("delta").load(lake.path(table)).columns)
    Runner(lake, offered(), RunLog(lake, "upgraded"), print, steps=STEPS).run()
    verdicts = verify(lake, offered(), None)
    assert [(v.is_identical, v.differences) for v in verdicts] == [(True, ())] * 2
    reader = fundwatch.open_lake(tmp_path / "lake")
    assert len(reader.pandas(CLUE.name)) == 2
    assert len(reader.pandas(FEE_LINE.name)) == 2
