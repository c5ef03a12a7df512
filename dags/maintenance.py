"""Lake maintenance / 数据湖维护: compacts, checkpoints, drops files no clue can cite.

Versions that an open clue rests on are kept. Folder: param `lake`, else variable fundwatch_lake,
else FUNDWATCH_LAKE.
"""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG, CronDataIntervalTimetable

from dags.tasks import DEFAULTS, ZONE, folder_params, jobs_task

with DAG(
    "fundwatch_maintenance",
    dag_display_name="数据湖维护",
    schedule=CronDataIntervalTimetable("0 1 * * 0", timezone=ZONE),
    start_date=datetime(2021, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params=folder_params("lake"),
    tags=["fundwatch", "医保基金"],
    doc_md=__doc__,
) as dag:
    jobs_task("maintain", "压缩与清理", "maintain", "lake", doc="OPTIMIZE, checkpoints, VACUUM.")
