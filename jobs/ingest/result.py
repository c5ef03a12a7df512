"""What an ingest came to: rows by table, and the months whose results it can move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from fundwatch.flow import INGESTED
from fundwatch.lake import Lake
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.ops import FILL, INTAKE
from jobs.ingest.touched import touched

OF_INTAKE: Final = ("inserted", "superseded", "quarantined")


@dataclass(frozen=True)
class Counts:
    """Rows of one landing table since the lake began: delivered = the other three."""

    delivered: int
    current: int
    superseded: int
    quarantined: int


@dataclass(frozen=True)
class IngestResult:
    """What an ingest came to; without `versions_out` nothing changed.

    `touched` tells, by silver table, the months whose results a change can move.
    """

    tables: dict[str, Counts] = field(default_factory=dict)
    touched: dict[str, list[str]] = field(default_factory=dict)
    versions_out: dict[str, int] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()


def result_of(lake: Lake, strangers: tuple[str, ...] = ()) -> IngestResult:
    """What has come into the lake, and what the run log does not know of yet."""
    recorded = recorded_versions(lake)
    counts = counts_of(lake)
    if lake.content_version(INTAKE) <= recorded.get(INTAKE.name, -1):
        return IngestResult(counts, strangers=strangers)
    moved = touched(lake, recorded)
    written = (*INGESTED, FILL, INTAKE)
    versions = {t.name: v for t in written if (v := lake.version(t)) > recorded.get(t.name, -1)}
    return IngestResult(counts, moved, versions, strangers)


def recorded_versions(lake: Lake) -> dict[str, int]:
    """Table → the latest version that the run log knows of."""
    known: dict[str, int] = {}
    for run in lake.runs():
        for name, version in run["versions_out"].items():
            known[name] = max(version, known.get(name, -1))
    return known


def counts_of(lake: Lake) -> dict[str, Counts]:
    """Rows by landing table since the lake began."""
    delivered: Counter[str] = Counter()
    for file in lake.read(DELIVERY).select("table", "rows").collect():  # a row a file
        delivered[file["table"]] += file["rows"]
    sums: dict[str, Counter[str]] = {table: Counter() for table in delivered}
    for row in lake.read(INTAKE).select("table", *OF_INTAKE).collect():  # a row a table and intake
        sums[row["table"]].update({name: row[name] for name in OF_INTAKE})
    return {
        table: Counts(delivered[table], *(sums[table][name] for name in OF_INTAKE))
        for table in sorted(delivered)
    }
