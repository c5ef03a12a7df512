"""What was taken in before: delivered files, intakes cut short, and the key they were made with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fundwatch.errors import LakeError, LandingError
from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import INTAKE
from jobs.ingest.counting import Counted
from jobs.ingest.landing import Delivered


@dataclass(frozen=True)
class Known:
    """A delivered file as bronze.delivery remembers it."""

    sha256: str
    rows: int
    money: Mapping[str, int]
    received_at: datetime
    silver_version: int


@dataclass(frozen=True)
class Journal:
    """Delivered files by (table, batch, file), and the intakes that were finished."""

    files: Mapping[tuple[str, str, str], Known]
    finished: frozenset[datetime]
    last: datetime | None

    def cut_short(self) -> list[datetime]:
        """Intakes that were begun and not finished, oldest first."""
        return sorted({known.received_at for known in self.files.values()} - self.finished)

    def new(self, digests: Mapping[Delivered, str]) -> list[Delivered]:
        """Files not delivered before. Raises LandingError for those that changed since."""
        known = {file: self.files.get((file.table, file.batch, file.file)) for file in digests}
        changed = [f.where for f, was in known.items() if was and was.sha256 != digests[f]]
        if changed:
            raise LandingError(
                f"{', '.join(changed[:5])}: changed since taken in; deliver it as a new batch"
            )
        return [file for file, was in known.items() if was is None]

    def of(self, intake: datetime) -> list[tuple[str, str, str]]:
        """The files of an intake."""
        return sorted(key for key, known in self.files.items() if known.received_at == intake)

    def now(self) -> datetime:
        """A moment later than every intake so far, whatever the clock says."""
        clock = datetime.now()
        return clock if self.last is None else max(clock, self.last + timedelta(microseconds=1))


def read_journal(lake: Lake, key: PseudonymKey) -> Journal:
    """The journal of the lake. Raises LakeError if its pseudonyms were made with another key."""
    delivered = lake.read(DELIVERY).collect()  # a row a file
    done = lake.read(INTAKE).select("received_at", "key_id").distinct().collect()  # few an intake
    if strange := {row["key_id"] for row in done} - {key.id}:
        raise LakeError(
            f"{lake.root} holds pseudonyms of key {', '.join(sorted(strange))}, not of {key.id}; "
            "give the key it was made with"
        )
    files = {(r["table"], r["batch"], r["file"]): _known(r) for r in delivered}
    times = [known.received_at for known in files.values()]
    return Journal(files, frozenset(r["received_at"] for r in done), max(times, default=None))


def announce(lake: Lake, counted: Iterable[Counted], received_at: datetime) -> None:
    """Write down the files of an intake before anything else of it is written."""
    rows = [_row(lake, file, received_at) for file in counted]
    lake.append(DELIVERY, lake.spark.createDataFrame(rows, DELIVERY.ddl))


def _row(lake: Lake, file: Counted, received_at: datetime) -> dict[str, Any]:
    return {
        "table": file.delivered.table,
        "batch": file.delivered.batch,
        "file": file.delivered.file,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "format": file.delivered.format,
        "encoding": file.encoding,
        "rows": file.rows,
        "money_fen": dict(file.money),
        "silver_version": lake.version(LANDING[file.delivered.table].silver),
        "received_at": received_at,
    }


def _known(row: Any) -> Known:
    return Known(
        row["sha256"], row["rows"], row["money_fen"], row["received_at"], row["silver_version"]
    )
