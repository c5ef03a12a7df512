"""Upgrading a lake of an older release: columns added or renamed, what follows emptied."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch import release
from fundwatch.errors import LakeError
from fundwatch.flow import FLOW
from fundwatch.lake import Lake, create_statement, defined
from fundwatch.ledger import Ledger
from fundwatch.schema import Table
from fundwatch.tables import TABLES
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.ops import INTAKE, OPS
from fundwatch.tables.silver import SILVER
from jobs.found import EMPTIED, Found, compact, found, is_kept, last_emptied
from jobs.ingest.result import recorded_versions
from jobs.runlog import RunLog
from jobs.workplace import record_schema, recorded_schemas


@dataclass(frozen=True)
class Change:
    """One step of an upgrade: what it does in a sentence, and the doing, which may be repeated."""

    told: str
    apply: Callable[[], object]
    rewrites: bool = False


def migrate(
    lake: Lake, tell: Callable[[str], None], *, changed: Callable[[], None] = lambda: None
) -> int:
    """Bring every table to this release's declaration; a run cut short goes on where it stopped.

    Gold tables of another shape are emptied, for the next run to compute them from silver; clues
    keep their rows, for their ids live on. Returns the number of changes; `changed` is called
    after each commit. Raises LakeError for a lake of a newer release.
    """
    schemas = recorded_schemas(lake)
    version = max((version for version, _ in schemas), default=0)
    release.refuse_newer(lake.root, version)
    resumed = release.is_cut_short(schemas)
    log = RunLog(lake, uuid.uuid4().hex[:12])
    there = [t for t in dict.fromkeys((*OPS.values(), *TABLES.values())) if lake.exists(t)]
    tables = [found(lake, table, resumed=resumed) for table in there]
    changes = [change for now in tables for change in _changes(lake, log, now)]
    if version == release.SCHEMA_VERSION and not changes and not resumed:
        return 0
    _refuse_open_intake(lake, changes)
    if not resumed:
        record_schema(lake, release.BEGUN)
        changed()
    for change in changes:
        tell(change.told)
        change.apply()
        lake.forget()
        changed()
    _record_rewritten(lake, log)
    changed()
    record_schema(lake)
    return len(changes)


def _changes(lake: Lake, log: RunLog, now: Found) -> Iterator[Change]:
    name = now.table.name
    if not is_kept(now.table):
        if not now.is_as_declared():
            yield Change(f"{name}: emptied, to be computed anew", lambda: _empty(lake, log, now))
    elif now.unfilled >= 0:
        yield Change(f"{name}: the rows it had, again", lambda: _fill(lake, now, now.unfilled))
    elif now.has_other_columns():
        yield Change(f"{name}: written anew", lambda: _rewrite(lake, now), rewrites=True)
    else:
        for told, clause in _clauses(now):
            yield Change(f"{name}: {told}", lambda clause=clause: _alter(lake, now.table, clause))  # type: ignore[misc]


def _clauses(now: Found) -> Iterator[tuple[str, str]]:
    """(what changes, ALTER TABLE clause), in order. Old rows never had the new columns: null."""
    table = now.loosened()
    checks = table.constraints()
    same = now.checks.items() & compact(checks).items()
    if added := [c for c in table.columns if c.name not in now.types]:
        spelled = ", ".join(map(defined, added))
        yield f"{', '.join(c.name for c in added)} added, empty", f"ADD COLUMNS ({spelled})"
    for name in sorted(now.required & {c.name for c in now.table.columns if c.null}):
        yield f"{name} may be empty", f"ALTER COLUMN `{name}` DROP NOT NULL"
    for name, _ in sorted(now.checks.items() - same):
        yield f"check {name} dropped", f"DROP CONSTRAINT IF EXISTS `{name}`"
    for name in sorted(checks.keys() - dict(same)):
        sql = checks[name]
        yield f"check {name} added", f"ADD CONSTRAINT `{name}` CHECK ({sql})"


def _empty(lake: Lake, log: RunLog, now: Found) -> None:
    """The log forgets first that its months were computed: killed in between, they come again."""
    for step in FLOW:
        if step.writes.name == now.table.name:
            computed = Ledger.of(lake.runs()).computed
            months = {month: "" for name, month in computed if name == step.name}
            note = f"emptied by release {release.SCHEMA_VERSION}"
            _log(log, {"step": step.name, "months": months, "note": note})
    _replace(lake, now.table)


def _rewrite(lake: Lake, now: Found) -> None:
    """Emptied and filled again: column mapping would shut out JVM-less readers.

    What cannot be cast fails before anything is changed.
    """
    version = lake.version(now.table)
    _rows(lake, now.table, version).write.format("noop").mode("overwrite").save()
    _replace(lake, now.loosened())
    _fill(lake, now, version)


def _fill(lake: Lake, now: Found, version: int) -> None:
    lake.append(now.table, _rows(lake, now.table, version))


def _rows(lake: Lake, table: Table, version: int) -> DataFrame:
    rows = lake.read(table, version=version)
    return rows.select(*(F.col(c.name).cast(c.type) for c in table.columns))


def _replace(lake: Lake, table: Table) -> None:
    """Empties the table; its earlier versions stay. CREATE OR REPLACE of a path changes nothing."""
    if table.append_only:
        _alter(lake, table, "SET TBLPROPERTIES ('delta.appendOnly' = 'false')")
    path = lake.path(table)
    lake.spark.sql(create_statement(table, path, lake.horizon_days, verb=EMPTIED))
    lake.forget()


def _alter(lake: Lake, table: Table, clause: str) -> None:
    lake.spark.sql(f"ALTER TABLE delta.`{lake.path(table)}` {clause}")


def _refuse_open_intake(lake: Lake, changes: list[Change]) -> None:
    """An intake is finished from what changed since it began, which rewriting makes everything."""
    if not any(change.rewrites for change in changes):
        return
    closed = lake.read(INTAKE).select("received_at")
    if not lake.read(DELIVERY).join(closed, on="received_at", how="left_anti").isEmpty():
        raise LakeError(
            f"an ingest into {lake.root} was cut short; finish it with the release that began it"
        )


def _record_rewritten(lake: Lake, log: RunLog) -> None:
    """The run log takes rewritten silver as known: the next ingest must not see it as news."""
    known = recorded_versions(lake)
    since = {t: known.get(name, -1) for name, t in SILVER.items() if lake.exists(t)}
    rewritten = [t for t, seen in since.items() if 0 <= seen < last_emptied(lake, t)]
    if rewritten:
        _log(log, {"step": "migrate", "versions_out": {t.name: lake.version(t) for t in rewritten}})


def _log(log: RunLog, record: dict[str, Any]) -> None:
    log.write({"outcome": "done", "started_at": datetime.now()} | record, time.monotonic())
