"""Takes a landing in: delivered files → bronze → silver, each file once, whatever interrupts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any, Final

from pyspark.sql import DataFrame

from fundwatch.errors import LandingError
from fundwatch.flow import INGESTED
from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.tables.bronze import DELIVERY, QUARANTINE
from fundwatch.tables.landing import LANDING, LandingTable
from fundwatch.tables.ops import FILL, INTAKE
from jobs.ingest.account import Profile, account, profile, refused
from jobs.ingest.counting import Counted, count, digests
from jobs.ingest.derived import update_derived
from jobs.ingest.journal import Journal, announce, read_journal
from jobs.ingest.landing import Landing, find
from jobs.ingest.manifest import check_manifests
from jobs.ingest.pseudonyms import secret_of
from jobs.ingest.reading import bronze_rows, one_file_a_task
from jobs.ingest.settle import order, settle, taken_in
from jobs.ingest.source import Source
from jobs.ingest.touched import touched

Progress = Callable[[str], None]
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


@dataclass(frozen=True)
class Intake:
    """Files taken in together; `since` is the version of each silver table before them."""

    received_at: datetime
    files: tuple[Counted, ...]
    since: dict[str, int]

    def tables(self) -> list[LandingTable]:
        there = {file.delivered.table for file in self.files}
        return [table for table in LANDING.values() if table.name in there]

    def of(self, table: LandingTable) -> list[Counted]:
        return [file for file in self.files if file.delivered.table == table.name]


@dataclass(frozen=True)
class Desk:
    """What every step of an ingest needs."""

    lake: Lake
    landing: Landing
    source: Source
    key: PseudonymKey
    run_id: str
    progress: Progress


def ingest(
    lake: Lake,
    landing: str | Path,
    *,
    source: Source,
    key: PseudonymKey,
    run_id: str,
    progress: Progress,
) -> IngestResult:
    """Take in every file of `landing` that is new, and finish what an earlier ingest left open.

    Nothing is written where every file was taken in before. Raises LandingError, before anything
    is written, for a missing table, an unreadable file or a manifest that does not agree.
    """
    desk = Desk(lake, find(landing, source), source, key, run_id, progress)
    for path in desk.landing.strangers:
        progress(f"[ingest] {path} is no delivered file and was left aside")
    journal = read_journal(lake, key)
    work = _planned(desk, journal)
    for intake in work:
        _take_in(desk, intake)
    return _result(desk)


def _planned(desk: Desk, journal: Journal) -> list[Intake]:
    files, storage = desk.landing.files, desk.landing.storage
    desk.progress(f"[ingest] {len(files)} files …")
    sums = digests(storage, files)
    fresh = journal.new(sums)
    counted = count(storage, {file: sums[file] for file in fresh}, desk.source)
    check_manifests(desk.landing, counted, journal)
    work = [_reopened(desk, journal, moment) for moment in journal.cut_short()]
    if counted:
        now = journal.now()
        since = {t: desk.lake.version(LANDING[t].silver) for t in {f.table for f in fresh}}
        announce(desk.lake, counted, now)
        work.append(Intake(now, tuple(counted), since))
    return work


def _reopened(desk: Desk, journal: Journal, moment: datetime) -> Intake:
    """An intake that was cut short, with its files from the landing again."""
    there = {(f.table, f.batch, f.file): f for f in desk.landing.files}
    keys = journal.of(moment)
    if missing := ["/".join(key) for key in keys if key not in there]:
        raise LandingError(
            f"an ingest was cut short and needs its files again: {', '.join(missing[:5])}"
        )
    desk.progress(f"[ingest] finishing {len(keys)} files of an ingest that was cut short")
    sums = {there[key]: journal.files[key].sha256 for key in keys}
    since = {key[0]: journal.files[key].silver_version for key in keys}
    return Intake(moment, tuple(count(desk.landing.storage, sums, desk.source)), since)


def _take_in(desk: Desk, intake: Intake) -> None:
    """Bronze, quarantine, silver, and last the account that closes the intake."""
    lake, at = desk.lake, intake.received_at
    profiles = {table.name: _to_bronze(desk, intake, table) for table in intake.tables()}
    _quarantine(lake, intake, profiles)
    secret = secret_of(lake.spark, desk.key)
    accounts = []
    for table in intake.tables():
        desk.progress(f"[ingest] {table.silver.name} …")
        settled = settle(lake, table, at, secret)
        found, since = profiles[table.name], intake.since[table.name]
        accounts.append(account(lake, found, settled, since=since, received_at=at))
    secret.destroy()
    desk.progress("[ingest] silver.settlement_net, silver.person …")
    update_derived(lake, intake.since, at)
    fill = [row for found in profiles.values() for row in found.fill()]
    _write(lake, FILL, fill, at)
    told = {"run_id": desk.run_id, "key_id": desk.key.id}
    _write(lake, INTAKE, [row | told for row in accounts], at)


def _to_bronze(desk: Desk, intake: Intake, table: LandingTable) -> Profile:
    files, lake = intake.of(table), desk.lake
    told = sum(file.rows for file in files)
    desk.progress(f"[ingest] {table.bronze.name}: {told:,} rows in {len(files)} files …")
    rows = bronze_rows(
        lake.spark,
        table,
        files,
        storage=desk.landing.storage,
        source=desk.source,
        received_at=intake.received_at,
    )
    if rows is None:
        return Profile(table)
    with one_file_a_task(lake.spark):
        app = f"ingest/{table.name}"
        lake.append(table.bronze, rows, app=app, txn=order(intake.received_at))
    return profile(taken_in(lake, table, intake.received_at), table)


def _quarantine(lake: Lake, intake: Intake, profiles: dict[str, Profile]) -> None:
    at = intake.received_at
    refusing = [
        t for t in intake.tables() if profiles[t.name].batches and profiles[t.name].total("refused")
    ]
    frames = [refused(taken_in(lake, table, at), table) for table in refusing]
    if frames:
        rows = reduce(DataFrame.unionByName, frames)
        lake.append(QUARANTINE, rows, app="ingest/quarantine", txn=order(at))


def _write(lake: Lake, table: Any, rows: list[Any], at: datetime) -> None:
    if rows:
        frame = lake.spark.createDataFrame(rows, table.ddl)
        lake.append(table, frame, app=f"ingest/{table.noun}", txn=order(at))


def _result(desk: Desk) -> IngestResult:
    lake = desk.lake
    recorded = recorded_versions(lake)
    counts = _counts(lake)
    if lake.version(INTAKE) <= recorded.get(INTAKE.name, -1):
        return IngestResult(counts, strangers=desk.landing.strangers)
    moved = touched(lake, recorded)
    written = (*INGESTED, FILL, INTAKE)
    versions = {t.name: v for t in written if (v := lake.version(t)) > recorded.get(t.name, -1)}
    return IngestResult(counts, moved, versions, desk.landing.strangers)


def recorded_versions(lake: Lake) -> dict[str, int]:
    """Table → the latest version that the run log knows of."""
    known: dict[str, int] = {}
    for run in lake.runs():
        for name, version in run["versions_out"].items():
            known[name] = max(version, known.get(name, -1))
    return known


def _counts(lake: Lake) -> dict[str, Counts]:
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
