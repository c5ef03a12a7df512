"""Takes a landing in: delivered files → bronze → silver, each file once, whatever interrupts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any, Final, TypeVar

from pyspark import Broadcast
from pyspark.sql import DataFrame

from fundwatch.errors import LandingError
from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.tables.bronze import QUARANTINE
from fundwatch.tables.landing import LANDING, LandingTable
from fundwatch.tables.ops import FILL, INTAKE, REPAIR
from jobs.ingest.account import Profile, account, profile, refused
from jobs.ingest.counting import Counted, count, digests
from jobs.ingest.derived import update_derived
from jobs.ingest.editions import Former, former, released, withdraw
from jobs.ingest.journal import Journal, Names, announce, read_journal
from jobs.ingest.landing import Landing, find, shown
from jobs.ingest.manifest import check_manifests
from jobs.ingest.pseudonyms import secret_of
from jobs.ingest.reading import bronze_rows, one_file_a_task
from jobs.ingest.result import IngestResult, result_of
from jobs.ingest.settle import Settled, order, settle, taken_in
from jobs.ingest.source import Source
from jobs.ingest.telling import told

Progress = Callable[[str], None]
Done = TypeVar("Done")
AT_A_TIME: Final = 3  # tables
SMALL: Final = 200_000  # rows whose keys the driver may hold


@dataclass(frozen=True)
class Intake:
    """Files taken in together; `since` is the version of each silver table before them.

    `former` are the files, by table, of which a later edition came before.
    """

    received_at: datetime
    files: tuple[Counted, ...]
    since: dict[str, int]
    former: Mapping[str, Names]

    def tables(self) -> list[LandingTable]:
        there = {file.delivered.table for file in self.files}
        return [table for table in LANDING.values() if table.name in there]

    def rows(self, table: LandingTable) -> int:
        return sum(file.rows for file in self.of(table))

    def of(self, table: LandingTable) -> list[Counted]:
        return [file for file in self.files if file.delivered.table == table.name]

    def gone(self, table: LandingTable) -> Former:
        return former(self.of(table), self.former.get(table.name, frozenset()))


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
        progress(f"[ingest] {shown(path)} is no delivered file and was left aside")
    journal = read_journal(lake, key)
    work = _planned(desk, journal)
    for intake in work:
        _take_in(desk, intake)
    return result_of(lake, desk.landing.strangers)


def _planned(desk: Desk, journal: Journal) -> list[Intake]:
    files, storage = desk.landing.files, desk.landing.storage
    desk.progress(f"[ingest] {len(files)} files …")
    sums = digests(storage, files)
    fresh = journal.new(sums)
    counted = count(storage, fresh, desk.source)
    check_manifests(desk.landing, counted, journal)
    for sentence in told(counted, desk.source):
        desk.progress(f"[ingest] {sentence}")
    work = [_reopened(desk, journal, moment) for moment in journal.cut_short()]
    if counted:
        now = journal.now()
        since = {t: desk.lake.version(LANDING[t].silver) for t in {f.table for f in fresh}}
        announce(desk.lake, counted, now)
        work.append(Intake(now, tuple(counted), since, journal.former))
    return work


def _reopened(desk: Desk, journal: Journal, moment: datetime) -> Intake:
    """An intake that was cut short, with its files from the landing again."""
    there = {
        key: replace(file, edition=journal.files[key].edition)
        for file in desk.landing.files
        if (key := (file.table, file.batch, file.file)) in journal.files
    }
    keys = journal.of(moment)
    if missing := ["/".join(key) for key in keys if key not in there]:
        raise LandingError(
            f"an ingest was cut short and needs its files again: {', '.join(missing[:5])}"
        )
    desk.progress(f"[ingest] finishing {len(keys)} files of an ingest that was cut short")
    sums = {there[key]: journal.files[key].sha256 for key in keys}
    since = {key[0]: journal.files[key].silver_version for key in keys}
    counted = count(desk.landing.storage, sums, desk.source)
    return Intake(moment, tuple(counted), since, journal.former)


def _take_in(desk: Desk, intake: Intake) -> None:
    """Bronze, quarantine, silver, and last the account that closes the intake."""
    lake, at = desk.lake, intake.received_at
    with one_file_a_task(lake.spark):
        profiles = dict(_each(intake, lambda table: (table.name, _to_bronze(desk, intake, table))))
        _quarantine(lake, intake, profiles)
        secret = secret_of(lake.spark, desk.key)
        accounts = _each(
            intake, lambda table: _to_silver(desk, intake, profiles[table.name], secret)
        )
        secret.destroy()
    desk.progress("[ingest] silver.settlement_net, silver.person …")
    is_again = any(file.delivered.edition > 1 for file in intake.files)
    update_derived(lake, intake.since, at, is_again=is_again)
    _write(lake, FILL, [row for found in profiles.values() for row in found.fill()], at)
    _write(lake, REPAIR, [row for found in profiles.values() for row in found.repairs(at)], at)
    of_run = {"run_id": desk.run_id, "key_id": desk.key.id}
    _write(lake, INTAKE, [row | of_run for row in accounts], at)


def _each(intake: Intake, does: Callable[[LandingTable], Done]) -> list[Done]:
    """What `does` gives for every table, the largest first, some at a time.

    Most of a small table's time is waiting for Delta's log.
    """
    tables = sorted(intake.tables(), key=intake.rows, reverse=True)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(does, tables))


def _to_bronze(desk: Desk, intake: Intake, table: LandingTable) -> Profile:
    files, lake, rows_told = intake.of(table), desk.lake, intake.rows(table)
    desk.progress(f"[ingest] {table.bronze.name}: {rows_told:,} rows in {len(files)} files …")
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
    lake.append(table.bronze, rows, app=f"ingest/{table.name}", txn=order(intake.received_at))
    taken = taken_in(lake, table, intake.received_at)
    is_mended = any(file.marks for file in files)
    return profile(taken, table, is_small=rows_told <= SMALL, is_mended=is_mended)


def _to_silver(
    desk: Desk, intake: Intake, found: Profile, secret: Broadcast[PseudonymKey]
) -> dict[str, Any]:
    table, lake, at = found.table, desk.lake, intake.received_at
    desk.progress(f"[ingest] {table.silver.name} …")
    unrepeated = len(found.digests or ()) if found.is_unrepeated else None
    settled, gone = Settled(0, 0), intake.gone(table)
    if found.batches:
        settled = settle(lake, table, at, secret, unrepeated=unrepeated)
    withdraw(lake, table, gone, secret)
    freed, since = released(lake, table, gone), intake.since[table.name]
    return account(lake, found, settled, freed, since=since, received_at=at)


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
