"""What was taken in before: delivered files, intakes cut short, and the key they were made with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from fundwatch.errors import LakeError, LandingError
from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import INTAKE
from jobs.ingest.counting import Counted
from jobs.ingest.landing import Delivered, edition_name, edition_of

Names = frozenset[tuple[str, str]]  # batch and file, as the lake names them
MOST_EDITIONS: Final = 999  # three digits, so that names sort as editions follow each other


@dataclass(frozen=True)
class Known:
    """The newest edition of a delivered file, as bronze.delivery remembers it."""

    edition: int
    sha256: str
    rows: int
    money: Mapping[str, int]
    received_at: datetime
    silver_version: int


@dataclass(frozen=True)
class Journal:
    """Delivered files by (table, batch, file), and the intakes that were finished.

    `former` are the names in the lake, by table, of files of which a later edition came.
    """

    files: Mapping[tuple[str, str, str], Known]
    former: Mapping[str, Names]
    finished: frozenset[datetime]
    last: datetime | None

    def cut_short(self) -> list[datetime]:
        """Intakes that were begun and not finished, oldest first."""
        return sorted({known.received_at for known in self.files.values()} - self.finished)

    def new(self, digests: Mapping[Delivered, str]) -> dict[Delivered, str]:
        """Files not delivered before and their digests; one with other content as a new edition.

        Raises LandingError for one that changed before the ingest that took it in was finished.
        """
        known = {file: self.files.get((file.table, file.batch, file.file)) for file in digests}
        changed = {f: was for f, was in known.items() if was and was.sha256 != digests[f]}
        needed = [f.where for f, was in changed.items() if was.received_at not in self.finished]
        if needed:
            raise LandingError(
                f"{', '.join(needed[:5])}: changed since taken in, and the ingest that took it in"
                " was cut short and needs it as it was"
            )
        if worn := [f.where for f, was in changed.items() if was.edition >= MOST_EDITIONS]:
            raise LandingError(f"{worn[0]} came {MOST_EDITIONS} times; deliver it as a new batch")
        again = {replace(f, edition=was.edition + 1): digests[f] for f, was in changed.items()}
        return {file: digests[file] for file, was in known.items() if was is None} | again

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
    files, former = _editions(delivered)
    return Journal(
        files,
        former,
        frozenset(row["received_at"] for row in done),
        max((row["received_at"] for row in delivered), default=None),
    )


def former_files(lake: Lake) -> Mapping[str, Names]:
    """Table → batch and name, as the lake knows them, of files of which a later edition came."""
    return _editions(lake.read(DELIVERY).collect())[1]  # a row a file


def _editions(
    delivered: Iterable[Any],
) -> tuple[dict[tuple[str, str, str], Known], dict[str, Names]]:
    """The newest edition of each file, and by table the names of those before it."""
    files: dict[tuple[str, str, str], Known] = {}
    former: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in sorted(delivered, key=lambda row: row["received_at"]):
        name, edition = edition_of(row["file"])
        key_of_file = row["table"], row["batch"], name
        if before := files.get(key_of_file):
            former[row["table"]].add((row["batch"], edition_name(name, before.edition)))
        files[key_of_file] = _known(row, edition)
    return files, {table: frozenset(names) for table, names in former.items()}


def announce(lake: Lake, counted: Iterable[Counted], received_at: datetime) -> None:
    """Write down the files of an intake before anything else of it is written."""
    rows = [_row(lake, file, received_at) for file in counted]
    lake.append(DELIVERY, lake.spark.createDataFrame(rows, DELIVERY.ddl))


def _row(lake: Lake, file: Counted, received_at: datetime) -> dict[str, Any]:
    return {
        "table": file.delivered.table,
        "batch": file.delivered.batch,
        "file": file.delivered.kept_as,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "format": file.delivered.format,
        "encoding": file.encoding,
        "rows": file.rows,
        "money_fen": dict(file.money),
        "silver_version": lake.version(LANDING[file.delivered.table].silver),
        "received_at": received_at,
    }


def _known(row: Any, edition: int) -> Known:
    return Known(
        edition,
        row["sha256"],
        row["rows"],
        row["money_fen"],
        row["received_at"],
        row["silver_version"],
    )
