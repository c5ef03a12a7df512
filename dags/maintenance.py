"""Lake maintenance / 数据湖维护: compacts, checkpoints, drops files no clue can cite.

Versions that an open clue rests on are kept. Folder: param `lake`, else variable fundwatch_lake,
else FUNDWATCH_LAKE.
"""

from __future__ import annotations

from airflow.sdk import DAG, CronDataIntervalTimetable

from dags.tasks import HOUSE, ZONE, folder_params, jobs_task

with DAG(
    "fundwatch_maintenance",
    dag_display_name="数据湖维护",
    schedule=CronDataIntervalTimetable("0 1 * * 0", timezone=ZONE),
    params=folder_params("lake"),
    doc_md=__doc__,
    **HOUSE,
) as dag:
    jobs_task("maintain", "压缩与清理", "maintain", "lake", doc="OPTIMIZE, checkpoints, VACUUM.")
