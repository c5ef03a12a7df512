"""Monthly settlement watch / 医保结算月度筛查: landing in, clues out.

On the 5th the month before is taken as complete: what was delivered is ingested, every month that
is stale up to then is computed (a late correction may touch older ones: the runner knows which),
money is reconciled, clues are exported. A rerun of a finished run changes nothing.

The steps and their order are fundwatch.flow.FLOW; this file adds time, retries and which steps
share a process. Folders: params of the run, else variables fundwatch_landing, fundwatch_lake,
fundwatch_out, else FUNDWATCH_LANDING, FUNDWATCH_LAKE, FUNDWATCH_OUT.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from airflow.sdk import DAG, CronDataIntervalTimetable, chain

from dags.tasks import HOUSE, ZONE, folder_params, jobs_task
from fundwatch.flow import FLOW, Step
from fundwatch.tables.silver import SILVER

# A Spark process costs some 12 s to start, and compiles all its code again, so
# neighbouring steps share one: the step a group begins with, its task and its title. Each group
# ends where the next begins. A retry costs nothing twice: the runner skips the steps that are done.
GROUPS: Final = {
    "charges": ("facts", "事实表"),
    "together": ("findings", "特征、指标、规则、模型与线索"),
}
# Templates give times in UTC; the month is the bureau's.
UNTIL: Final = f"--stale-until {{{{ data_interval_end.in_timezone('{ZONE}') | ds }}}}"


def grouped() -> Iterator[tuple[str, str, tuple[Step, ...]]]:
    """Task, title and steps of each group, in FLOW's order."""
    starts = [n for n, step in enumerate(FLOW) if step.name in GROUPS]
    for start, end in zip(starts, [*starts[1:], len(FLOW)], strict=True):
        task_id, title = GROUPS[FLOW[start].name]
        yield task_id, title, FLOW[start:end]


def told(steps: tuple[Step, ...]) -> str:
    """What a group does, for the page of its task."""
    return "\n".join(
        f"* {step.title} `{step.name}` writes **{step.writes.name}**: {step.writes.grain}"
        for step in steps
    )


with DAG(
    "settlement_watch",
    dag_display_name="医保结算月度筛查",
    # A bare cron string has an empty interval in Airflow 3.
    schedule=CronDataIntervalTimetable("0 3 5 * *", timezone=ZONE),
    params=folder_params("landing", "lake", "out"),
    doc_md=__doc__,
    **HOUSE,
) as dag:
    ingest = jobs_task(
        "ingest",
        "入湖",
        "ingest",
        "landing",
        "lake",
        doc="Takes in every batch that is new; refuses, pseudonymises, settles, reconciles rows.",
        writes=SILVER.values(),
    )
    steps = [
        jobs_task(
            task_id,
            title,
            f"{' '.join(step.name for step in members)} {UNTIL}",
            "lake",
            doc=told(members),
            writes=[step.writes for step in members],
        )
        for task_id, title, members in grouped()
    ]
    export = jobs_task(
        "export",
        "核对与导出",
        f"reconcile export {UNTIL}",
        "landing",
        "lake",
        "out",
        doc="Money must agree from silver to gold; then clues.xlsx, .parquet, .jsonl, run.json.",
    )
    chain(ingest, *steps, export)
