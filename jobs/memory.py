"""Peak memory of this process and its JVM."""

from __future__ import annotations

import os
from pathlib import Path

from pyspark.sql import SparkSession


def peak_mb(spark: SparkSession) -> float:
    """Greatest resident memory so far of the driver's Python and JVM together [MiB].

    0 where the system does not tell it (no /proc).
    """
    jvm = spark.sparkContext._jvm
    pids = [os.getpid()]
    if jvm is not None:
        pids.append(int(jvm.java.lang.ProcessHandle.current().pid()))
    return round(sum(map(_peak_kb, pids)) / 1024, 1)


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return 0
    told = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(next(told, "VmHWM: 0 kB").split()[1])
