"""The whole job: take in a landing, compute what is stale, export the clues."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyspark.sql import functions as F

from fundwatch import __version__
from fundwatch.tables import TABLES
from fundwatch.tables.gold import CLUE
from fundwatch.tables.ops import RECONCILIATION
from jobs.exports import export
from jobs.ingest.result import counts_of
from jobs.workplace import Workplace

EXPORTED = ("clues.parquet", "clues.jsonl", "clues.xlsx", "run.json")


def screen(place: Workplace, landing: str, out: Path, source: str = "contract") -> bool:
    """Ingest all of `landing`, run every month, export to `out`.

    Returns whether anything changed; where nothing did, `out` is left as it is.
    """
    place.ingest(landing, source)
    records = place.run()
    if not records and is_current(place, out):
        place.progress("nothing has changed since the last run")
        return False
    write_exports(place, out, run_page(place, landing))
    return True


def write_exports(place: Workplace, out: Path, page: dict[str, Any]) -> list[Path]:
    """clues.parquet, clues.jsonl, clues.xlsx and run.json in `out`."""
    place.progress(f"[export] {out} …")
    written = export(place.lake, out, run=page)
    place.progress(f"[export] {', '.join(path.name for path in written)}")
    return written


def is_current(place: Workplace, out: Path) -> bool:
    """`out` holds the exports of the clue table as it stands."""
    if not all((out / name).exists() for name in EXPORTED):
        return False
    page = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return bool(page["versions"].get(CLUE.name) == place.lake.version(CLUE))


def run_page(place: Workplace, landing: str) -> dict[str, Any]:
    """What run.json says: rows, seconds and peak memory per step, versions, reconciliation.

    A run may have been several processes, as in the DAGs: what they did is read from the lake.
    """
    lake, run_id = place.lake, place.log.run_id
    return {
        "run_id": run_id,
        "release": __version__,
        "landing": Path(landing).name,
        "tables": {name: asdict(counts) for name, counts in counts_of(lake).items()},
        "steps": [_step(run.asDict()) for run in lake.runs() if run["run_id"] == run_id],
        "versions": {name: v for name, t in TABLES.items() if (v := lake.version(t)) >= 0},
        "reconciliation": _reconciliation(place),
        "not_evaluable": place.offered().not_evaluable(),
    }


def _step(record: dict[str, Any]) -> dict[str, Any]:
    told = ("step", "outcome", "rows", "seconds", "peak_mb", "versions_in", "versions_out")
    return {name: record[name] for name in told} | {"months": sorted(record["months"])}


def _reconciliation(place: Workplace) -> list[dict[str, Any]]:
    """One row per table and identity, summed over all else; of a check made twice, what held."""
    sides = ("delivered", "current", "superseded", "quarantined", "gold")
    checked = (
        place.lake.read(RECONCILIATION)
        .where(F.col("run_id") == place.log.run_id)
        .groupBy("table", "identity", "batch", "month")
        .agg(F.max(F.struct("holds", *sides)).alias("told"))
    )
    summed = (
        checked.groupBy("table", "identity")
        .agg(
            *(F.sum(f"told.{name}").alias(name) for name in sides),
            F.every("told.holds").alias("holds"),
        )
        .orderBy("table", "identity")
    )
    return [row.asDict() for row in summed.collect()]
