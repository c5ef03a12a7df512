"""Keeping a lake fast and its proofs alive: compaction, and clean-up that spares cited versions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from delta.tables import DeltaTable
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables import TABLES
from fundwatch.tables.gold import CLUE

SMALL_FILES: Final = 16  # more active files than this are compacted
HOUR: Final = 3600.0


def maintain(lake: Lake, now: datetime) -> list[dict[str, Any]]:
    """OPTIMIZE tables of many files and VACUUM all, keeping every version that a clue cites.

    Returns a row per table: files before and after, hours of history kept.
    """
    cited = oldest_cited(lake)
    return [
        _maintain(lake, table, cited.get(table.name), now)
        for table in TABLES.values()
        if lake.exists(table)
    ]


def oldest_cited(lake: Lake) -> dict[str, int]:
    """Table → the oldest Delta version that a clue's evidence names."""
    evidence = lake.read(CLUE).select(F.explode("evidence").alias("row"))
    oldest = evidence.groupBy("row.table").agg(F.min("row.version").alias("version"))
    return {row["table"]: int(row["version"]) for row in oldest.collect()}  # a row a silver table


def _maintain(lake: Lake, table: Table, cited: int | None, now: datetime) -> dict[str, Any]:
    delta = DeltaTable.forPath(lake.spark, lake.path(table))
    before = _files(delta)
    if before > SMALL_FILES:
        delta.optimize().executeCompaction()
    hours = max(lake.horizon_days * 24.0, _age_hours(delta, cited, now))
    delta.vacuum(hours)
    lake.forget()
    return {"table": table.name, "before": before, "after": _files(delta), "kept_hours": hours}


def _files(delta: DeltaTable) -> int:
    (detail,) = delta.detail().collect()
    return int(detail["numFiles"])


def _age_hours(delta: DeltaTable, version: int | None, now: datetime) -> float:
    """Hours since just before the version was superseded; 0 where none is cited."""
    if version is None:
        return 0.0
    (commit,) = delta.history().where(F.col("version") == version).collect()
    age: timedelta = now - commit["timestamp"]
    return age.total_seconds() / HOUR + 1
