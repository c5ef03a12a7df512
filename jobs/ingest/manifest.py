"""A batch and its manifest: rows, totals and digests must agree before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from fundwatch.errors import LandingError
from jobs.ingest.counting import Counted
from jobs.ingest.journal import Journal
from jobs.ingest.landing import Landing

Sums = tuple[int, dict[str, int], dict[str, str]]  # rows, money in fen, file → digest


def check_manifests(landing: Landing, counted: Iterable[Counted], journal: Journal) -> None:
    """Raises LandingError with every difference between the new batches and their manifests."""
    fresh: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for file in counted:
        fresh[file.delivered.table, file.delivered.batch].append(file)
    faults = [
        f"{table}/{batch}: {fault}"
        for (table, batch), files in fresh.items()
        if (told := landing.manifests.get((table, batch))) is not None
        for fault in _differences(told, _sums(files, _before(journal, table, batch, files)))
    ]
    if faults:
        raise LandingError("\n".join(faults))


def _before(journal: Journal, table: str, batch: str, files: list[Counted]) -> Sums:
    """Of the files of the batch that came before and that `files` do not replace."""
    again = {file.delivered.file for file in files}
    known = {
        file: known
        for (t, b, file), known in journal.files.items()
        if (t, b) == (table, batch) and file not in again
    }
    money: dict[str, int] = defaultdict(int)
    for file in known.values():
        for name, fen in file.money.items():
            money[name] += fen
    return sum(k.rows for k in known.values()), money, {f: k.sha256 for f, k in known.items()}


def _sums(files: list[Counted], before: Sums) -> Sums:
    rows, money, digests = before
    for file in files:
        rows += file.rows
        digests[file.delivered.file] = file.sha256
        for name, fen in file.money.items():
            money[name] = money.get(name, 0) + fen
    return rows, money, digests


def _differences(told: Mapping[str, Any], found: Sums) -> Iterator[str]:
    rows, money, digests = found
    if "rows" in told and told["rows"] != rows:
        yield f"the manifest says {told['rows']} rows, the files hold {rows}"
    for name, total in (told.get("totals") or {}).items():
        if name in money and _fen(total) != money[name]:
            yield f"the manifest says {name} {total}, the files sum to {money[name] / 100:.2f}"
    for file, digest in (told.get("files") or {}).items():
        if file not in digests:
            yield f"{file} is in the manifest and not in the folder"
        elif str(digest).lower() != digests[file]:
            yield f"{file} has another SHA-256 than the manifest says"


def _fen(total: Any) -> Decimal | None:
    try:
        return Decimal(str(total)) * 100
    except InvalidOperation:
        return None
