"""How a lake stands, read without a JVM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from deltalake import DeltaTable

from console.refused import refused
from fundwatch.flow import FLOW
from fundwatch.ledger import ALL, Ledger
from fundwatch.reader import LakeReader
from fundwatch.tables.ops import RUN

MIB = 1 << 20


@dataclass(frozen=True)
class LakeState:
    """Per table (name, version, last written, rows, MiB); sentences for the rest."""

    tables: list[tuple[str, int, str, int, float]]
    failures: list[str]
    quarantined: list[str]
    stale: list[str]


def lake_state(lake: LakeReader) -> LakeState:
    """The state of the lake now."""
    return LakeState(
        tables=[_table(lake, name) for name in lake.tables()],
        failures=_failures(lake),
        quarantined=_quarantined(lake),
        stale=_stale(lake),
    )


def _table(lake: LakeReader, name: str) -> tuple[str, int, str, int, float]:
    table = DeltaTable(lake.path(name))
    (last,) = table.history(1)
    files = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    written = str(datetime.fromtimestamp(last["timestamp"] // 1000))
    size = sum(file["size_bytes"] for file in files) / MIB
    return name, table.version(), written, sum(f["num_records"] for f in files), round(size, 1)


def _failures(lake: LakeReader) -> list[str]:
    runs = lake.pandas(RUN.name, columns=("step", "started_at", "note"), where="outcome='failed'")
    return [f"{run.started_at} {run.step}: {run.note}" for run in runs.itertuples()]


def _quarantined(lake: LakeReader) -> list[str]:
    return [f"{n:,} rows: {table}.{column} {why}" for why, table, column, n in refused(lake).counts]


def _stale(lake: LakeReader) -> list[str]:
    """By data alone: a step's months whose inputs were written after it computed them."""
    runs = lake.arrow(RUN.name).to_pylist()
    order = sorted(runs, key=lambda run: (run["started_at"], run["run_id"], run["step"]))
    ledger = Ledger()
    for run in order:
        if run["outcome"] == "done":
            versions = dict(run["versions_out"])
            ledger.record(run["step"], dict(run["months"]), dict(run["touched"]), versions)
    told = []
    for step in FLOW:
        months = ledger.months() if step.writes.period else (ALL,)
        missing = [m for m in months if ledger.is_behind(step, m)]
        if missing:
            told.append(f"{step.name}: {len(missing)} of {len(months)} months")
    return told
