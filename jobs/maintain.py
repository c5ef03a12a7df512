"""Keeping a lake fast and its proofs alive: compaction, and clean-up that spares cited versions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables import TABLES
from fundwatch.tables.gold import CLUE
from jobs.clues.verify import recorded

SMALL_FILES: Final = 16  # more active files than this are compacted
DAY: Final = 86_400.0  # seconds
# Where a cited version outlives the horizon, its table keeps so many days more than it is old now:
# enough to miss some maintenance, and no commit for it every week.
SPARE: Final = 31
AHEAD: Final = 92
KEPT: Final = ("delta.logRetentionDuration", "delta.deletedFileRetentionDuration")
# Written down, each VACUUM would be two commits in each table, that say nothing of its rows.
SILENT: Final = "spark.databricks.delta.vacuum.logging.enabled"


@dataclass(frozen=True)
class Stored:
    """What lies in a table's folder: age of the oldest data file [days], newest checkpoint."""

    oldest: float
    checkpoint: int


def maintain(lake: Lake, now: datetime) -> list[dict[str, Any]]:
    """OPTIMIZE tables of many files and VACUUM all, keeping every version that a clue cites.

    Each table ends with a checkpoint of its newest version. Returns a row a table: files before
    and after, days of history kept.
    """
    cited = oldest_cited(lake)
    with _silent(lake.spark):
        rows = [
            _maintain(lake, table, cited.get(table.name), now)
            for table in TABLES.values()
            if lake.exists(table)
        ]
    lake.forget()
    return rows


def oldest_cited(lake: Lake) -> dict[str, int]:
    """Table → the oldest Delta version that a clue needs to be proven.

    Its evidence names some; of the other tables, those that the claims were computed from.
    """
    evidence = lake.read(CLUE).select(F.explode("evidence").alias("row"))
    named = evidence.groupBy("row.table").agg(F.min("row.version").alias("version"))
    oldest = {row["table"]: int(row["version"]) for row in named.collect()}  # a row a silver table
    if not oldest:
        return {}
    read, _ = recorded(lake)
    for table, version in read.items():
        oldest[table] = min(version, oldest.get(table, version))
    return {table: version for table, version in oldest.items() if version >= 0}


def _maintain(lake: Lake, table: Table, cited: int | None, now: datetime) -> dict[str, Any]:
    delta = DeltaTable.forPath(lake.spark, lake.path(table))
    (detail,) = delta.detail().collect()
    before = after = int(detail["numFiles"])
    kept = _retain(lake, table, detail["properties"], _age(delta, cited, now))
    if before > SMALL_FILES:
        delta.optimize().executeCompaction()
        after = int(delta.detail().collect()[0]["numFiles"])
    stored = _stored(lake, table, now)
    if stored.oldest > kept:
        delta.vacuum()  # by the table's own retention
    if stored.checkpoint < _newest(delta):
        _checkpoint(lake, table)
    return {"table": table.name, "before": before, "after": after, "kept_days": kept}


def _retain(lake: Lake, table: Table, properties: dict[str, str], age: float | None) -> int:
    """Set how many days files and log are kept, if it must change; returns them.

    The case horizon, or longer where a clue cites what is nearly as old. Log and files must not go
    between two maintenances either: Delta clears the log by itself.
    """
    horizon = lake.horizon_days
    least = wanted = horizon
    if age is not None and age + SPARE > horizon:
        least, wanted = (max(horizon, math.ceil(age) + more) for more in (SPARE, AHEAD))
    now = [_days(properties.get(name, "")) for name in KEPT]
    if now[0] == now[1] and least <= now[0] <= wanted:
        return now[0]
    told = ", ".join(f"'{name}' = 'interval {wanted} days'" for name in KEPT)
    lake.spark.sql(f"ALTER TABLE delta.`{lake.path(table)}` SET TBLPROPERTIES ({told})")
    return wanted


def _days(interval: str) -> int:
    found = re.fullmatch(r"interval (\d+) days", interval)
    return int(found[1]) if found else -1


def _age(delta: DeltaTable, version: int | None, now: datetime) -> float | None:
    """Days since the version was written, and one more for clocks; None where none is cited."""
    if version is None:
        return None
    since = delta.history().where(F.col("version") >= version)
    (written,) = since.agg(F.min("timestamp")).collect()[0]
    return float((now - written).total_seconds() / DAY + 1)


def _newest(delta: DeltaTable) -> int:
    (last,) = delta.history(1).collect()
    return int(last["version"])


def _stored(lake: Lake, table: Table, now: datetime) -> Stored:
    """Through Hadoop: the lake may lie on HDFS or in an object store."""
    jvm: Any = lake.spark.sparkContext._jvm
    folder = jvm.org.apache.hadoop.fs.Path(lake.path(table))
    system = folder.getFileSystem(lake.spark.sparkContext._jsc.hadoopConfiguration())
    oldest, checkpoint = now.timestamp(), -1
    found = system.listFiles(folder, True)
    while found.hasNext():
        file = found.next()
        path = file.getPath().toString()
        if "/_delta_log/" not in path:
            oldest = min(oldest, file.getModificationTime() / 1000)
        elif path.endswith(".checkpoint.parquet"):
            checkpoint = max(checkpoint, int(path.rsplit("/", 1)[1].split(".")[0]))
    return Stored((now.timestamp() - oldest) / DAY, checkpoint)


def _checkpoint(lake: Lake, table: Table) -> None:
    """Opening the table then reads one file; Delta also clears the log that is past keeping."""
    jvm: Any = lake.spark.sparkContext._jvm
    log = jvm.org.apache.spark.sql.delta.DeltaLog
    log.forTable(lake.spark._jsparkSession, lake.path(table)).checkpoint()


@contextmanager
def _silent(spark: SparkSession) -> Iterator[None]:
    before = spark.conf.get(SILENT, None)
    spark.conf.set(SILENT, "false")
    try:
        yield
    finally:
        if before is None:
            spark.conf.unset(SILENT)
        else:
            spark.conf.set(SILENT, before)
