"""The DAGs say what FLOW says, are cheap to parse, and run for real without a scheduler."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from dags.delivered import is_delivered, sources
from fundwatch.flow import FLOW
from fundwatch.reader import open_lake
from fundwatch.tables.landing import LANDING
from fundwatch.tables.silver import SILVER
from province import World, simulate
from tests.airflow_process import Airflow, airflow_at
from tests.delivery import Bureau

CLAIMED = ("BeneID", "ClaimID", "Provider", "InscClaimAmtReimbursed", "DeductibleAmtPaid")
CODED = (
    *("AttendingPhysician", "OperatingPhysician", "OtherPhysician", "DiagnosisGroupCode"),
    *(f"ClmDiagnosisCode_{n}" for n in range(1, 11)),
    *(f"ClmProcedureCode_{n}" for n in range(1, 7)),
)
DATED = ("AdmissionDt", "DischargeDt", "ClaimStartDt", "ClaimEndDt")
CLAIMS = "\n".join(
    [
        ",".join([*CLAIMED, *CODED, *DATED]),
        ",".join(["b1", "c1", "p1", "100", "10", *("x" for _ in CODED), *["2009-01-02"] * 4]),
    ]
)


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    return airflow_at(tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def facts(airflow: Airflow) -> dict[str, Any]:
    found: dict[str, Any] = airflow("facts")
    return found


@pytest.fixture(scope="module")
def tasks(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [task for dag in facts["dags"].values() for task in dag["tasks"]]


def steps_of(task: dict[str, Any]) -> list[str]:
    named = {step.name for step in FLOW}
    return [word for word in task["command"].split() if word in named]


def test_the_dags_are_there_without_errors(facts: dict[str, Any]) -> None:
    assert facts["errors"] == {}
    assert sorted(facts["dags"]) == ["daily_ingest", "fundwatch_maintenance", "settlement_watch"]


def test_parsing_takes_less_than_a_second_and_imports_no_spark(facts: dict[str, Any]) -> None:
    assert facts["seconds"] < 1
    assert facts["heavy"] == []


def test_every_step_is_in_exactly_one_task_in_order(facts: dict[str, Any]) -> None:
    watch = facts["dags"]["settlement_watch"]["tasks"]
    assert [step for task in watch for step in steps_of(task)] == [step.name for step in FLOW]


def test_tasks_stand_in_one_line_from_ingest_to_export(facts: dict[str, Any]) -> None:
    watch = facts["dags"]["settlement_watch"]["tasks"]
    assert [watch[0]["id"], watch[-1]["id"]] == ["ingest", "export"]
    assert [task["upstream"] for task in watch] == [[], *([task["id"]] for task in watch[:-1])]


def test_outlets_are_the_tables_a_task_writes(facts: dict[str, Any]) -> None:
    watch = facts["dags"]["settlement_watch"]["tasks"]
    written = [table for task in watch for table in task["outlets"]]
    assert written == [*SILVER, *(step.writes.name for step in FLOW)]


def test_dags_keep_house_policy(facts: dict[str, Any]) -> None:
    for dag in facts["dags"].values():
        assert dag["max_active_runs"] == 1  # two runs would write one lake at once
        assert dag["catchup"] is False
        assert dag["timetable"] == "CronDataIntervalTimetable"  # a bare cron has no interval
        assert "fundwatch" in dag["tags"]
        assert dag["doc"]
        assert not dag["name"].isascii()


def test_tasks_keep_house_policy(tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        assert task["owner"] == "fundwatch"
        assert task["retries"] >= 1
        assert task["pool"] == ("delta_write" if task["command"] else "default_pool")
        assert task["told"]
        assert task["doc"]
        assert not task["name"].isascii()


def test_the_month_is_cut_in_the_bureaus_own_time(facts: dict[str, Any]) -> None:
    commands = [task["command"] for task in facts["dags"]["settlement_watch"]["tasks"]]
    assert all("in_timezone('Asia/Shanghai')" in c for c in commands if "--stale-until" in c)


def test_folders_never_reach_the_shell_as_text(tasks: list[dict[str, Any]]) -> None:
    assert not [task["id"] for task in tasks if "params" in task["command"]]


def test_a_folder_that_nobody_named_ends_the_task(tasks: list[dict[str, Any]]) -> None:
    nowhere = dict.fromkeys(("FUNDWATCH_LANDING", "FUNDWATCH_LAKE", "FUNDWATCH_OUT"), "")
    for task in filter(itemgetter("command"), tasks):
        done = subprocess.run(
            ["bash", "-c", re.sub("{{.*?}}", "2024-02-05", task["command"])],
            env=os.environ | nowhere | {"FUNDWATCH_PYTHON": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert "is not named" in done.stderr


def test_a_failure_runs_the_command_it_is_given(airflow: Airflow, tmp_path: Path) -> None:
    note = tmp_path / "note"
    airflow("fail", FUNDWATCH_ON_FAILURE=f"sh -c 'echo $FAILED_DAG $FAILED_TASK > {note}'")
    assert note.read_text() == "settlement_watch facts\n"


@pytest.mark.parametrize("command", ["no-such-command", "'"])
def test_a_failure_hook_that_fails_hides_nothing(airflow: Airflow, command: str) -> None:
    assert airflow("fail", FUNDWATCH_ON_FAILURE=command) == "told"


def test_each_source_waits_for_its_own_files(facts: dict[str, Any]) -> None:
    daily = {task["id"]: task for task in facts["dags"]["daily_ingest"]["tasks"]}
    assert daily["source.delivered"]["upstream"] == ["listed"]
    assert daily["source.ingest"]["upstream"] == ["source.delivered"]
    assert '--source "${FUNDWATCH_SOURCE' in daily["source.ingest"]["command"]


def test_sources_are_a_json_object_or_the_one_folder() -> None:
    assert sources("", "/landing") == {"contract": "/landing"}
    assert sources('{"ours": "/ours"}', "/landing") == {"ours": "/ours"}
    for told in ("[1]", '{"ours": 1}', "{", "{}", ""):
        with pytest.raises(ValueError, match=r"JSON object|property name|no folder is named"):
            sources(told, "")


def test_a_file_written_since_is_a_delivery(tmp_path: Path) -> None:
    file = tmp_path / "setl_d" / "b1" / "part-0.csv"
    file.parent.mkdir(parents=True)
    file.write_text("x", encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    written = datetime.fromtimestamp(1_700_000_000, UTC)
    assert is_delivered(str(tmp_path), written)
    assert not is_delivered(str(tmp_path), written + timedelta(seconds=1))
    assert is_delivered("s3://bucket/landing", written)


@pytest.mark.scale
@pytest.mark.timeout(900)
def test_what_came_from_two_sources_is_taken_in_each_by_its_mapping(
    airflow: Airflow, tmp_path: Path
) -> None:
    bureau = Bureau(tmp_path / "bureau", None)  # type: ignore[arg-type]  # only files are given
    bureau.gives_required()
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "inpatient_claims.csv").write_text(CLAIMS, encoding="utf-8")
    found = {"contract": str(tmp_path / "bureau"), "us_claims": str(tmp_path / "claims")}
    conf, day = json.dumps({"lake": str(tmp_path / "lake")}), "2024-02-05"
    states = airflow("run", "daily_ingest", conf, day, FUNDWATCH_SOURCES=json.dumps(found))[day]
    assert set(states) == {
        "listed",
        *(f"source.{task}[{n}]" for task in ("delivered", "ingest") for n in (0, 1)),
    }
    assert set(states.values()) == {"success"}
    batches = open_lake(tmp_path / "lake").sql("SELECT DISTINCT batch FROM silver.settlement")
    assert set(batches["batch"]) == {"b0", ".@us_claims"}


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """Three months of a small made-up province, required tables only, and folders to fill."""
    simulate(World(persons=400, institutions=24, months=3, seed=3), tmp_path / "city")
    folders = {"landing": tmp_path / "city" / "landing", "lake": tmp_path / "lake"}
    for table in LANDING.values():
        if not table.required:
            shutil.rmtree(folders["landing"] / table.name)
    return {name: str(path) for name, path in (folders | {"out": tmp_path / "out"}).items()}


def computed(lake: str, step: str) -> list[list[str]]:
    """Months that each run of a step computed, oldest run first."""
    runs = open_lake(lake).sql(
        f"SELECT months FROM ops.run WHERE step = '{step}' AND outcome = 'done' ORDER BY started_at"
    )
    return [sorted(month for month, _ in dict(months).items()) for months in runs["months"]]


def correct(landing: str, month: str) -> None:
    """Deliver a settlement of that month once more, its operator corrected a year later."""
    delivered = Path(landing) / "setl_d" / month
    with next(delivered.glob("*.csv")).open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    later = Path(landing) / "setl_d" / "correction"
    later.mkdir()
    with (later / "part-0.csv").open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, row)
        written.writeheader()
        written.writerow(row | {"opter_id": "corrected", "updt_time": "2025-06-01 00:00:00"})


@pytest.mark.scale
@pytest.mark.timeout(3600)
def test_a_backfill_of_three_months_and_then_a_late_correction_of_the_first(
    airflow: Airflow, place: dict[str, str]
) -> None:
    days = ["2024-02-05", "2024-03-05", "2024-04-05"]
    for states in airflow("run", "settlement_watch", json.dumps(place), *days).values():
        assert set(states.values()) == {"success"}
    assert computed(place["lake"], "charges") == [["2024-01"], ["2024-02"], ["2024-03"]]
    correct(place["landing"], "2024-01")
    airflow("run", "settlement_watch", json.dumps(place), "2024-05-05")
    assert computed(place["lake"], "charges")[3:] == [["2024-01"]]
    assert computed(place["lake"], "visits")[3:] == [["2024-01", "2024-02"]]  # looks back a month
    airflow("run", "settlement_watch", json.dumps(place), "2024-06-05")
    assert len(computed(place["lake"], "charges")) == 4  # nothing was stale
