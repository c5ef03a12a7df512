"""Makes a lake as if it had been written so many days earlier: file times, log and checkpoints."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

DAY = 86_400  # seconds
MOMENTS = ("timestamp", "deletionTimestamp", "modificationTime")


def age(spark: SparkSession, root: Path, days: int) -> None:
    """Every Delta table below `root` gets older by `days`; Delta forgets what it knew of them."""
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        if path.suffix == ".crc":  # sums of what is changed here
            path.unlink()
            continue
        moment = path.stat().st_mtime - days * DAY
        if path.parent.name == "_delta_log" and path.suffix == ".json":
            lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            aged = [json.dumps(_aged(line, days), ensure_ascii=False) for line in lines]
            path.write_text("\n".join(aged) + "\n", encoding="utf-8")
        elif path.name.endswith(".checkpoint.parquet"):
            table = pq.read_table(path)
            aged_rows = [_aged(row, days) for row in table.to_pylist()]
            pq.write_table(pa.Table.from_pylist(aged_rows, table.schema), path)
        os.utime(path, (moment, moment))
    jvm: Any = spark.sparkContext._jvm
    jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


def _aged(action: dict[str, Any], days: int) -> dict[str, Any]:
    for told in action.values():
        for name in MOMENTS if isinstance(told, dict) else ():
            if told.get(name) is not None:
                told[name] -= days * DAY * 1000
    return action
