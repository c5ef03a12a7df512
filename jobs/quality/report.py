"""The quality report of a lake: measured, judged, written to ops.quality."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Final

from fundwatch.knowledge import Entry
from fundwatch.lake import Lake
from fundwatch.settings import Quality
from fundwatch.tables.landing import LANDING, LandingTable
from fundwatch.tables.ops import QUALITY
from jobs.ingest.journal import former_files
from jobs.ingest.settle import CREATED
from jobs.offered import Offered
from jobs.quality.judged import Measure, Span, judged, span_of
from jobs.quality.measured import CONTRACT, Cells, measured

SETTLEMENTS: Final = "setl_d"
AT_A_TIME: Final = 3  # tables
# Flags of a column that say nothing of the values in it.
HARMLESS: Final = frozenset({"", "late"})


@dataclass(frozen=True)
class Told:
    """A measure, and the ids of the knowledge that can then not be asked or not be relied on."""

    measure: Measure
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What the data of a lake are like.

    `unasked` are entries that no delivered row can answer (id → title, reason), `titles` those of
    all knowledge, `versions` of the silver tables it speaks of.
    """

    told: tuple[Told, ...]
    span: Span
    unasked: Mapping[str, Mapping[str, str]]
    titles: Mapping[str, str]
    versions: Mapping[str, int]

    @property
    def flagged(self) -> tuple[Told, ...]:
        """What is strange, in order of table, source, measure and month."""
        return tuple(one for one in self.told if one.measure.flag)


def report(lake: Lake, offered: Offered, run_id: str, progress: Callable[[str], None]) -> Report:
    """Measure every table that holds anything, append to ops.quality, and say what was found.

    Costs one pass over silver a table.
    """
    limits = offered.settings.quality
    cells = _measured(lake, offered, limits, progress)
    span = span_of(cells.get(SETTLEMENTS, {}))
    measures = (m for name in cells for m in judged(LANDING[name], cells[name], span, limits))
    told = tuple(_told(measures, offered.every))
    _append(lake, told, run_id)
    return Report(
        told,
        span,
        offered.not_evaluable(),
        {entry.id: entry.title for entry in offered.every},
        {LANDING[name].silver.name: lake.version(LANDING[name].silver) for name in cells},
    )


def _measured(
    lake: Lake, offered: Offered, limits: Quality, progress: Callable[[str], None]
) -> dict[str, Cells]:
    """Landing table → counts, of every table that came."""
    sources = {file.stem for file in (offered.conf / "sources").glob("*.yml")} - {CONTRACT}
    former = former_files(lake)
    there = [t for t in LANDING.values() if lake.version(t.bronze) > CREATED]

    def of(table: LandingTable) -> Cells:
        progress(f"[quality] {table.silver.name} …")
        gone = former.get(table.name, frozenset())
        return measured(lake, table, sources, gone, limits.late_days)

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip((table.name for table in there), pool.map(of, there), strict=True))


def _told(measures: Iterable[Measure], every: Iterable[Entry]) -> Iterator[Told]:
    needs = {entry.id: frozenset(entry.needs) for entry in every}
    for measure in measures:
        yield Told(measure, tuple(_leaning(measure, needs)))


def _leaning(measure: Measure, needs: Mapping[str, frozenset[str]]) -> list[str]:
    """Ids of what needs the column at fault, or any of a table of which a month is missing."""
    if measure.column and measure.flag not in HARMLESS:
        name = f"{measure.table}.{measure.column}"
        return sorted(id_ for id_, columns in needs.items() if name in columns)
    if measure.measure == "rows" and measure.flag == "empty":
        of = f"{measure.table}."
        return sorted(
            id_ for id_, columns in needs.items() if any(c.startswith(of) for c in columns)
        )
    return []


def _append(lake: Lake, told: Iterable[Told], run_id: str) -> None:
    rows = [asdict(one.measure) | {"run_id": run_id, "entries": one.entries} for one in told]
    if rows:
        lake.append(QUALITY, lake.spark.createDataFrame(rows, QUALITY.ddl))
