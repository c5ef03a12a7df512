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
from jobs.ingest import IngestResult
from jobs.workplace import Workplace

EXPORTED = ("clues.parquet", "clues.jsonl", "clues.xlsx", "run.json")


def screen(place: Workplace, landing: str, out: Path, source: str = "contract") -> bool:
    """Ingest all of `landing`, run every month, export to `out`.

    Returns whether anything changed; where nothing did, `out` is left as it is.
    """
    result = place.ingest(landing, source)
    records = place.run()
    if not records and is_current(place, out):
        place.progress("nothing has changed since the last run")
        return False
    write_exports(place, out, run_page(place, landing, result, records))
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


def run_page(
    place: Workplace, landing: str, result: IngestResult | None, records: list[dict[str, Any]]
) -> dict[str, Any]:
    """What run.json says: rows, seconds and peak memory per step, versions, reconciliation."""
    lake = place.lake
    return {
        "run_id": place.log.run_id,
        "release": __version__,
        "landing": Path(landing).name,
        "tables": {name: asdict(counts) for name, counts in result.tables.items()}
        if result
        else {},
        "steps": [_step(record) for record in _logged(place, records)],
        "versions": {name: v for name, t in TABLES.items() if (v := lake.version(t)) >= 0},
        "reconciliation": _reconciliation(place),
        "not_evaluable": place.offered().not_evaluable(),
    }


def _logged(place: Workplace, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ingested = [
        run.asDict()
        for run in place.lake.runs()
        if run["run_id"] == place.log.run_id and run["step"] == "ingest"
    ]
    return [*ingested, *records]


def _step(record: dict[str, Any]) -> dict[str, Any]:
    told = ("step", "outcome", "rows", "seconds", "peak_mb", "versions_in", "versions_out")
    return {name: record[name] for name in told} | {"months": sorted(record["months"])}


def _reconciliation(place: Workplace) -> list[dict[str, Any]]:
    """One row per table and identity, summed over months."""
    summed = (
        place.lake.read(RECONCILIATION)
        .where(F.col("run_id") == place.log.run_id)
        .groupBy("table", "identity")
        .agg(
            *(
                F.sum(name).alias(name)
                for name in ("delivered", "current", "superseded", "quarantined", "gold")
            ),
            F.every("holds").alias("holds"),
        )
        .orderBy("table", "identity")
    )
    return [row.asDict() for row in summed.collect()]
