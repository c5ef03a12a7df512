"""Daily ingest / 每日入湖: every source, once something of it has come since the day before.

Each source waits for its own files, up to twelve hours; one that brings nothing is skipped and
keeps no other waiting. What was taken in before is left alone, so a rerun changes nothing. The
months that became stale are computed by settlement_watch.

Sources: variable fundwatch_sources, else FUNDWATCH_SOURCES, a JSON object of mapping in
conf/sources to folder, such as {"contract": "/landing/bureau", "our_hospital": "/landing/ours"};
without it the folder of settlement_watch by the contract. Lake: as for settlement_watch.
"""

from __future__ import annotations

from typing import Any, Final

from airflow.sdk import (
    DAG,
    CronDataIntervalTimetable,
    PokeReturnValue,
    task,
    task_group,
)

from dags.delivered import is_delivered, sources
from dags.tasks import HOUSE, ZONE, folder_params, jobs_task, template
from fundwatch.tables.silver import SILVER

EVERY: Final = 600  # seconds between two looks
PATIENCE: Final = 12 * 3600  # seconds until a source counts as having brought nothing
# What the sensor of the same source found.
COME: Final = (
    "{{{{ ti.xcom_pull(task_ids='source.delivered', map_indexes=ti.map_index)['{name}'] }}}}"
)

with DAG(
    "daily_ingest",
    dag_display_name="每日入湖",
    schedule=CronDataIntervalTimetable("0 1 * * *", timezone=ZONE),
    params=folder_params("landing", "lake"),
    doc_md=__doc__,
    **HOUSE,
) as dag:

    @task(task_display_name="列出来源", doc_md="One entry a source: its mapping and its folder.")
    def listed(told: str, landing: str) -> list[dict[str, str]]:
        found = sources(told, landing)
        return [{"source": name, "landing": found[name]} for name in sorted(found)]

    @task.sensor(
        task_display_name="等待数据",
        poke_interval=EVERY,
        timeout=PATIENCE,
        mode="reschedule",
        soft_fail=True,
        doc_md="Waits for a file newer than the day before; none in twelve hours: skipped.",
    )
    def delivered(given: dict[str, str], **context: Any) -> PokeReturnValue:
        since = context.get("data_interval_start")  # a run triggered by hand may have none
        is_there = since is None or is_delivered(given["landing"], since)
        return PokeReturnValue(is_there, xcom_value=given)

    @task_group(group_id="source", group_display_name="各来源")
    def of_source(given: dict[str, str]) -> None:
        ingest = jobs_task(
            "ingest",
            "入湖",
            "ingest",
            "lake",
            given={name: COME.format(name=name) for name in ("landing", "source")},
            doc="Takes in every batch of the source that is new; the contract's rules for all.",
            writes=SILVER.values(),
        )
        delivered(given) >> ingest

    of_source.expand(given=listed(template("sources", is_param=False), template("landing")))
