"""What all DAGs share: a task is one `python -m jobs …` process, and a failure is told.

Nothing here opens the database or imports Spark.
"""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, Context, Param

from fundwatch.schema import Table

ZONE: Final = "Asia/Shanghai"
# Run when a task has failed for good, with FAILED_DAG, FAILED_TASK, FAILED_RUN, FAILED_LOG set.
ON_FAILURE: Final = "FUNDWATCH_ON_FAILURE"
PATIENCE_SECONDS: Final = 60
FOLDERS: Final = {
    "landing": "落地数据目录",
    "lake": "数据湖目录",
    "out": "线索输出目录",
}


def tell_failure(context: Context) -> None:
    """Run the command in FUNDWATCH_ON_FAILURE, if any; one that fails is only logged."""
    command = os.environ.get(ON_FAILURE, "")
    if not command:
        return
    instance = context["task_instance"]
    told = {
        "FAILED_DAG": instance.dag_id,
        "FAILED_TASK": instance.task_id,
        "FAILED_RUN": instance.run_id,
        "FAILED_LOG": str(getattr(instance, "log_url", "") or ""),
    }
    try:
        done = subprocess.run(
            shlex.split(command), env=os.environ | told, timeout=PATIENCE_SECONDS, check=False
        )
        logging.info("%s ended with %s", ON_FAILURE, done.returncode)
    except (OSError, ValueError, subprocess.TimeoutExpired) as fault:
        logging.error("%s could not be run: %s", ON_FAILURE, fault)


DEFAULTS: Final[dict[str, Any]] = {
    "owner": "fundwatch",
    "retries": 2,
    "retry_delay": timedelta(minutes=15),
    "on_failure_callback": tell_failure,
}

# Of every DAG.
HOUSE: Final[dict[str, Any]] = {
    "start_date": datetime(2021, 1, 1),
    "catchup": False,
    "max_active_runs": 1,  # two runs would write one lake at once
    "default_args": DEFAULTS,
    "tags": ["fundwatch", "医保基金"],
}


def folder_params(*names: str) -> dict[str, Param]:
    """Params of a run; an empty one falls back to Airflow variable, then to the environment."""
    return {name: Param("", type="string", title=FOLDERS[name]) for name in names}


def jobs_task(
    task_id: str,
    title: str,
    work: str,
    *folders: str,
    doc: str,
    writes: Iterable[Table] = (),
    given: Mapping[str, str] | None = None,
) -> BashOperator:
    """One Spark process that does `work`; it takes the only slot of pool delta_write.

    `folders` become --landing, --lake, --out; `given` are further options, each with its template.
    Their values travel in the environment, so that nothing a person types at a trigger is ever read
    as shell; so does the run, of which all its tasks are parts.
    """
    told = {name: template(name) for name in folders} | dict(given or {})
    options = " ".join(f'--{name} "{_named(name)}"' for name in told)
    return BashOperator(
        task_id=task_id,
        task_display_name=title,
        bash_command=f'exec "$FUNDWATCH_PYTHON" -m jobs {work} {options}',
        env=_python()
        | {"FUNDWATCH_RUN": "{{ run_id }}"}
        | {_in_environment(name): value for name, value in told.items()},
        append_env=True,
        cwd=os.environ.get("FUNDWATCH_HOME", str(Path(__file__).resolve().parents[1])),
        pool="delta_write",
        outlets=[Asset(table.name) for table in writes],
        doc_md=doc,
    )


def _named(name: str) -> str:
    """The folder as the shell reads it; an empty one ends the task in one sentence."""
    missing = f"is not named: param {name}, variable fundwatch_{name} or this in the environment"
    return f"${{{_in_environment(name)}:?{missing}}}"


def _python() -> dict[str, str]:
    return {"FUNDWATCH_PYTHON": os.environ.get("FUNDWATCH_PYTHON", sys.executable)}


def template(name: str, *, is_param: bool = True) -> str:
    """Value of a name: the run's param, if it may be one, the variable, or what is inherited."""
    variable = f"var.value.get('fundwatch_{name}', '')"
    inherited = repr(os.environ.get(_in_environment(name), ""))
    given = [f"params.{name}"] if is_param else []
    return f"{{{{ {' or '.join([*given, variable, inherited])} }}}}"


def _in_environment(name: str) -> str:
    return f"FUNDWATCH_{name.upper()}"
