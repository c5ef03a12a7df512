"""The main job as its users run it: a province in, clues out, proven, and quiet when repeated.

The production operators of the DAG do the work, without a scheduler; `fundwatch screen`, which is
the same job in one process, then finds nothing left to do.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from console.cli import app
from fundwatch.flow import FLOW
from fundwatch.reader import open_lake
from fundwatch.tables.landing import LANDING
from jobs.clues.verify import verify
from jobs.screen import EXPORTED, screen
from jobs.workplace import workplace
from province import World, simulate
from tests.airflow_process import airflow_at

# Six Spark processes, one after the other, make some four hundred Spark jobs.
pytestmark = pytest.mark.timeout(1800)
CONF = Path(__file__).parents[1] / "conf"
DAY = "2024-05-05"  # when three months of 2024, and the month some were settled in, are complete
READ = {read.table for step in FLOW for read in step.reads}


@dataclass(frozen=True)
class Screened:
    """A province of 1,500 people over three months, after settlement_watch ran."""

    root: Path
    states: dict[str, str]  # of each task

    @property
    def lake(self) -> str:
        return str(self.root / "lake")

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def page(self) -> dict[str, Any]:
        page: dict[str, Any] = json.loads((self.out / "run.json").read_text(encoding="utf-8"))
        return page


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Screened:
    root = tmp_path_factory.mktemp("province")
    simulate(World(persons=1500, institutions=30, months=3, seed=11, dirty=0.01), root)
    for table in LANDING.values():
        if table.silver not in READ and not table.required:
            shutil.rmtree(root / "landing" / table.name)  # each costs seconds, and no step asks it
    folders = {name: str(root / name) for name in ("landing", "lake", "out")}
    airflow = airflow_at(tmp_path_factory.mktemp("airflow"))
    return Screened(root, airflow("run", "settlement_watch", json.dumps(folders), DAY)[DAY])


def test_a_month_runs_with_the_production_operators(screened: Screened) -> None:
    assert set(screened.states.values()) == {"success"}
    runs = open_lake(screened.lake).sql("SELECT DISTINCT run_id FROM ops.run")
    assert len(runs) == 1  # its tasks are parts of one run
    assert {path.name for path in screened.out.iterdir()} == set(EXPORTED)


def test_every_row_is_accounted_for(screened: Screened) -> None:
    tables = screened.page["tables"]
    assert tables["fee_list_d"]["delivered"] > 1000
    for name, counts in tables.items():
        kept = counts["current"] + counts["superseded"] + counts["quarantined"]
        assert counts["delivered"] == kept, name
    identities = screened.page["reconciliation"]
    assert {"rows", "medfee_sumamt"} <= {row["identity"] for row in identities}
    assert all(row["holds"] for row in identities)


def test_clues_are_ranked_without_ties_and_say_the_same_in_both_files(screened: Screened) -> None:
    parquet = pd.read_parquet(screened.out / "clues.parquet")
    lines = (screened.out / "clues.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(parquet) > 5
    assert list(parquet["rank"]) == list(range(1, len(parquet) + 1))
    assert [json.loads(line)["clue_id"] for line in lines] == list(parquet["clue_id"])


@pytest.mark.usefixtures("spark")
def test_every_clue_is_recomputed_from_silver(screened: Screened) -> None:
    with workplace(screened.lake, conf=CONF, progress=lambda text: None) as place:
        verdicts = verify(place.lake, place.offered(), None)
    clues = pd.read_parquet(screened.out / "clues.parquet")
    assert [verdict.differences for verdict in verdicts if not verdict.is_identical] == []
    assert len(verdicts) == len(clues)


@pytest.mark.usefixtures("spark")
def test_a_screen_of_the_same_landing_changes_nothing(screened: Screened) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in screened.out.iterdir()}
    landing, other = str(screened.root / "landing"), screened.root / "other"
    with workplace(screened.lake, conf=CONF, progress=lambda text: None) as place:
        assert not screen(place, landing, screened.out)
        assert screen(place, landing, other)  # only the exports
        assert not screen(place, landing, other)
    for name in ("clues.parquet", "clues.jsonl"):
        assert (other / name).read_bytes() == (screened.out / name).read_bytes()
    assert before == {path.name: path.stat().st_mtime_ns for path in screened.out.iterdir()}


def test_run_json_tells_what_each_step_cost(screened: Screened) -> None:
    steps = {step["step"]: step for step in screened.page["steps"]}
    names = list(steps)
    assert (names[0], names[-1]) == ("ingest", "clues")
    assert all(step["seconds"] > 0 and step["peak_mb"] > 0 for step in steps.values())
    assert screened.page["not_evaluable"]["odd_institutions"]


def test_no_identity_in_clear_beyond_bronze(screened: Screened) -> None:
    people = pd.concat(
        pd.read_csv(file, dtype=str)
        for file in sorted((screened.root / "landing" / "psn_info_b").rglob("*.csv"))
    )
    known = set(people["certno"].dropna()) | set(people["psn_no"].dropna())
    reader = open_lake(screened.lake)
    for name in reader.tables():
        if not name.startswith("bronze."):
            assert not known & _texts(reader.pandas(name)), name
    sheets = CalamineWorkbook.from_path(str(screened.out / "clues.xlsx"))
    cells = {
        str(c)
        for s in sheets.sheet_names
        for r in sheets.get_sheet_by_name(s).to_python()
        for c in r
    }
    assert not known & cells


def _texts(frame: pd.DataFrame) -> set[str]:
    texts = frame.select_dtypes("object")
    return {value for name in texts for value in texts[name] if isinstance(value, str)}


def test_the_reading_commands_need_no_spark(screened: Screened) -> None:
    run = CliRunner()
    clue_id = pd.read_parquet(screened.out / "clues.parquet")["clue_id"].iloc[0]
    for command in (["clues"], ["clue", clue_id], ["tables", "gold.clue"], ["status"]):
        given = command if command[0] == "tables" else [*command, "--lake", screened.lake]
        said = run.invoke(app, given)
        assert said.exit_code == 0, said.output
        assert said.output.strip()
