"""The DAGs say what FLOW says, are cheap to parse, and run for real without a scheduler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fundwatch.flow import FLOW
from fundwatch.tables.silver import SILVER

ROOT = Path(__file__).parents[1]
Airflow = Callable[..., Any]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Calls tests.airflow_process with an Airflow home, SQLite and settings of its own."""
    home = tmp_path_factory.mktemp("airflow")
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }

    def ask(*arguments: str, **environment: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.airflow_process", *arguments],
            cwd=ROOT,
            env=os.environ | settings | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    return ask


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


def test_both_dags_are_there_without_errors(facts: dict[str, Any]) -> None:
    assert facts["errors"] == {}
    assert sorted(facts["dags"]) == ["fundwatch_maintenance", "settlement_watch"]


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
        assert task["pool"] == "delta_write"
        assert task["told"]
        assert task["doc"]
        assert not task["name"].isascii()


def test_the_month_is_cut_in_the_bureaus_own_time(facts: dict[str, Any]) -> None:
    commands = [task["command"] for task in facts["dags"]["settlement_watch"]["tasks"]]
    assert all("in_timezone('Asia/Shanghai')" in c for c in commands if "--stale-until" in c)


def test_folders_never_reach_the_shell_as_text(tasks: list[dict[str, Any]]) -> None:
    assert not [task["id"] for task in tasks if "params" in task["command"]]


def test_a_failure_runs_the_command_it_is_given(airflow: Airflow, tmp_path: Path) -> None:
    note = tmp_path / "note"
    airflow("fail", FUNDWATCH_ON_FAILURE=f"sh -c 'echo $FAILED_DAG $FAILED_TASK > {note}'")
    assert note.read_text() == "settlement_watch facts\n"


@pytest.mark.parametrize("command", ["no-such-command", "'"])
def test_a_failure_hook_that_fails_hides_nothing(airflow: Airflow, command: str) -> None:
    assert airflow("fail", FUNDWATCH_ON_FAILURE=command) == "told"
