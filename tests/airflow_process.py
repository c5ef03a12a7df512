"""Airflow in a process of its own: it sets up logging, database and cwd for all who share one.

python -m tests.airflow_process facts             what the DagBag holds
python -m tests.airflow_process run DAG CONF DAY…  a DAG as of each day, without scheduler
python -m tests.airflow_process fail              what happens when a task has failed for good
Each prints one JSON document as its last line, which airflow_at() gives to a test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from datetime import time as clock
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
DAGS = ROOT / "dags"
Airflow = Callable[..., Any]
HEAVY = ("pyspark", "delta", "pandas", "mlflow", "sklearn")


def airflow_at(home: Path) -> Airflow:
    """Calls this module in a process with an Airflow home, SQLite and settings of its own."""
    from fundwatch.session import QUICK, SMALL  # brings Spark, of which a parsed DAG needs nothing

    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "FUNDWATCH_SPARK__DRIVER_MEMORY": "2g",
        "FUNDWATCH_SPARK__EXTRA": json.dumps(dict(SMALL)),
        "FUNDWATCH_SPARK__JAVA_OPTIONS": QUICK,
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
        print(done.stdout[-20_000:], done.stderr[-4_000:])  # pytest shows it when a test fails
        assert done.returncode == 0
        return json.loads(done.stdout.splitlines()[-1])

    return ask


def facts() -> dict[str, Any]:
    """Ids, owners and so on of every DAG; seconds and heavy modules that parsing cost."""
    from airflow.dag_processing.dagbag import DagBag

    import_module("airflow.providers.standard.operators.bash")  # Airflow's own cost, not ours
    before = set(sys.modules)
    started = time.perf_counter()
    bag = DagBag(dag_folder=str(DAGS))
    seconds = time.perf_counter() - started
    return {
        "errors": bag.import_errors,
        "seconds": seconds,
        "heavy": [name for name in HEAVY if name in set(sys.modules) - before],
        "dags": {dag_id: _dag(dag) for dag_id, dag in bag.dags.items()},
    }


def run(dag_id: str, conf: dict[str, str], days: list[str]) -> dict[str, Any]:
    """Run a DAG once per day; the state of each task of each run, of mapped ones with the index."""
    from airflow.utils.db import initdb

    from dags.tasks import ZONE

    initdb()
    dag = import_module(f"dags.{dag_id}").dag
    for task in dag.tasks:
        task.retries = 0  # a failure is to be seen now, not in half an hour
    at = (datetime.combine(datetime.fromisoformat(day), clock(3), ZoneInfo(ZONE)) for day in days)
    runs = [dag.test(logical_date=moment, run_conf=conf) for moment in at]
    return {
        day: {_told(task): str(task.state) for task in done.get_task_instances()}
        for day, done in zip(days, runs, strict=True)
    }


def fail() -> str:
    """Tell the hook that task facts of settlement_watch failed."""
    from dags.tasks import tell_failure

    named = {"dag_id": "settlement_watch", "task_id": "facts", "run_id": "r1", "log_url": None}
    tell_failure({"task_instance": SimpleNamespace(**named)})  # type: ignore[typeddict-item]
    return "told"


def _told(task: Any) -> str:
    return str(task.task_id) if task.map_index < 0 else f"{task.task_id}[{task.map_index}]"


def _dag(dag: Any) -> dict[str, Any]:
    return {
        "name": dag.dag_display_name,
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "timetable": type(dag.timetable).__name__,
        "tasks": [_task(task) for task in dag.topological_sort()],
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "id": task.task_id,
        "name": task.task_display_name,
        "owner": task.owner,
        "retries": task.retries,
        "pool": task.pool,
        "doc": task.doc_md,
        "told": bool(task.on_failure_callback),
        "command": getattr(task, "bash_command", ""),
        "upstream": sorted(task.upstream_task_ids),
        "outlets": [asset.name for asset in task.outlets],
    }


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    ways: dict[str, Callable[[], Any]] = {
        "facts": facts,
        "fail": fail,
        "run": lambda: run(arguments[0], json.loads(arguments[1]), arguments[2:]),
    }
    print(json.dumps(ways[what](), ensure_ascii=False))
