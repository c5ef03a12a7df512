"""A million settlements with their fee lines: time and memory of `fundwatch simulate`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.figures import ROOT

NAME = "fundwatch simulate, a million settlements with fee lines (150,000 persons, 12 months)"
PEER = "limits 120 s on two cores, 4 GB"
MODULES = "province"
_SIZE: Final = "--persons 150000 --institutions 250 --months 12 --seed 1"


def prove(room: Path) -> str:
    """Simulate once in a process of its own. Measure on a quiet machine."""
    folder = room / "million"
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "console.cli",
        "simulate",
        *_SIZE.split(),
        "--out",
        str(folder),
    ]
    clock = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds, gigabytes = time.monotonic() - clock, usage.ru_maxrss / 2**20
    if status:
        raise RuntimeError(f"fundwatch simulate ended with {os.waitstatus_to_exitcode(status)}")
    bills, lines = (_rows(folder / "landing" / name) for name in ("setl_d", "fee_list_d"))
    shutil.rmtree(folder)
    value = (
        f"{bills:,} settlements, {lines:,} lines: {seconds:.0f} s, peak {gigabytes:.1f} GB, "
        f"{usage.ru_utime + usage.ru_stime:.0f} s of processor time"
    )
    if bills < 1_000_000 or seconds >= 120 or gigabytes >= 4:
        raise AssertionError(value)
    return value


def _rows(table: Path) -> int:
    return sum(json.loads(p.read_text())["rows"] for p in table.glob("*/_MANIFEST.json"))
