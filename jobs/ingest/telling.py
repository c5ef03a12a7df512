"""What a person should know of delivered files before they are taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from fundwatch.tables.landing import LANDING
from jobs.ingest.counting import Counted
from jobs.ingest.landing import shown
from jobs.ingest.source import Source

MOST: Final = 3  # files or columns that a sentence names
MARKS: Final = {
    "date": "dates in other forms, or with a time of day",
    "decimal": "codes that end in .0",
    "full_width": "full-width digits or letters",
    "invisible": "control or invisible characters",
    "mangled": "codes that a sheet may have rounded; such rows are refused",
    "sheet_text": 'text marked for a sheet (\' or ="")',
    "trailing": "delimiters behind the last column",
    "zeros": "codes that may have lost two zeros",
}


def told(files: Iterable[Counted], source: Source) -> list[str]:
    """A sentence for each oddity, with the files that have it."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in files:
        for sentence in _oddities(file, source):
            found[sentence].append(file.delivered.where)
    return [f"{_some(where)}: {sentence}" for sentence, where in sorted(found.items())]


def _oddities(file: Counted, source: Source) -> Iterator[str]:
    if file.delivered.edition > 1:
        yield "delivered again with other content; what it brought before is superseded"
    if file.encoding not in ("", "utf-8"):
        yield f"in {file.encoding}"
    if file.is_doubtful:
        yield "read as UTF-8; its few letters beyond ASCII would be valid in GBK too"
    yield from (f"has {MARKS[mark]}" for mark in sorted(file.marks - {"day"}))
    if not source.identity or not file.header:
        return
    table = LANDING[file.delivered.table]
    known = {column.name for column in table.columns}
    if more := [shown(name) for name in file.header if name not in known and name[0] != "#"]:
        yield f"columns beyond the contract, kept in bronze: {_some(more)}"
    needed = [column.name for column in table.columns if column.need != "may"]
    if missing := [name for name in needed if name not in file.header]:
        yield f"lacks {_some(missing)}, which must be filled: every row will be refused"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(name[:80] for name in names[:MOST]) + more
