"""What the independent reader adds up of a file, and what it sees in single columns on the way."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fundwatch.tables.landing import LANDING, LandingColumn
from jobs.ingest.looking import BLANK, Utf8
from jobs.ingest.source import Source

READABLE: Final = r"^[-+]?[0-9]{1,14}(\.[0-9]{1,2}0*)?$"  # money: whole fen
EXACT: Final = pa.decimal128(38, 10)
MOST: Final = Decimal(10) ** 14  # yuan
SURE: Final = 2.0**53  # whole numbers beyond it are not all numbers that a float can be
USUAL: Final = {"d": 10, "t": 19}  # characters of a date and of a moment
# What the plain reading understands besides; a little more may pass, and is refused as unreadable.
PLAIN: Final = {
    "d": r"^[0-9]{4}[-/]?[0-9]{1,2}[-/]?[0-9]{1,2}([ T]00:00(:00([.]0+)?)?)?$",
    "t": r"^([0-9]{14}|[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}"
    r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}[.][0-9]+)?)?)$",
}
TOGETHER: Final = 10_000  # records summed at a time
FULL: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
NO_SIGNS: Final = ("Cc", "Cf")


@dataclass(frozen=True)
class Asked:
    """What to count of a file, by its own column names.

    Money by landing name → its column; rows by filled cells, if any; landing columns by the one
    column they are renamed from.
    """

    money: Mapping[str, str]
    filled: tuple[str, ...] = ()
    columns: Mapping[str, LandingColumn] = field(default_factory=dict)


def asked(table: str, source: Source) -> Asked:
    """What the files of a landing table can be asked: renamed money, and cells that make rows."""
    landing = LANDING[table]
    if source.identity:
        return Asked({n: n for n in landing.money}, columns={c.name: c for c in landing.columns})
    mapped = source.tables[table]
    columns = {theirs: landing[ours] for ours, theirs in mapped.rename.items()}
    plain = {ours: theirs for ours, theirs in mapped.rename.items() if ours in landing.money}
    return Asked({} if mapped.unpivot else plain, mapped.unpivot, columns)


class Tally:
    """Rows and money of a file, batch by batch; `marks` are rules of repair with work to do."""

    def __init__(self, wanted: Asked, marks: Iterable[str] = (), *, dotted: bool = False) -> None:
        self.rows = 0
        self.money = dict.fromkeys(wanted.money, 0)
        self.marks = set(marks)
        self._wanted, self._dotted = wanted, dotted

    def needs(self, name: str, kind: pa.DataType | None = None) -> bool:
        """Whether the column of that name must be read; `kind` where the file has types."""
        if name in (*self._wanted.money.values(), *self._wanted.filled):
            return True
        if (column := self._wanted.columns.get(name)) is None:
            return False
        is_unlooked = kind is not None and (
            is_text(kind) or (column.is_code and pa.types.is_floating(kind))
        )
        return is_unlooked or self._is_watched(column)

    def add(self, arrays: Mapping[str, pa.Array], rows: int) -> None:
        """A batch of the columns that are needed, by name."""
        for name, cells in arrays.items():
            if (column := self._wanted.columns.get(name)) and self._is_watched(column):
                self.marks |= _seen(column, cells, dotted=self._dotted)
        if self._wanted.filled:
            rows = sum(_filled(arrays[name]) for name in self._wanted.filled if name in arrays)
        self.rows += rows
        for ours, theirs in self._wanted.money.items():
            if theirs in arrays:
                self.money[ours] += fen(arrays[theirs], self.marks)

    def add_typed(self, arrays: Mapping[str, pa.Array], rows: int) -> None:
        """A batch of a file whose text was not looked at as a whole."""
        look = Utf8()
        for name, cells in arrays.items():
            column = self._wanted.columns.get(name)
            if column and is_text(cells.type):
                look.at(_listed(cells))
            elif column and column.is_code and _is_unsure(cells):
                self.marks.add("mangled")
        self.marks |= look.marks
        self._dotted = self._dotted or look.dotted
        self.add(arrays, rows)

    def _is_watched(self, column: LandingColumn) -> bool:
        is_dotted = self._dotted and column.is_code
        return column.kind in USUAL or bool(column.zeros) or is_dotted


class Torn:
    """Counts records whose cells do not fit the header, and the money of those that only trail."""

    def __init__(self, header: tuple[str, ...], wanted: Asked, marks: Iterable[str]) -> None:
        self.count = self.trailing = 0
        self._money = dict.fromkeys(wanted.money, 0)
        self._waiting: list[dict[str, str]] = []
        self._header, self._wanted, self._marks = header, wanted, frozenset(marks)

    def money(self) -> Mapping[str, int]:
        """Of the records that only trail until now, as Tally tells it of the others [fen]."""
        for ours, theirs in self._wanted.money.items():
            cells = pa.array([row.get(theirs) for row in self._waiting], pa.string())
            self._money[ours] += fen(cells, self._marks)
        self._waiting.clear()
        return self._money

    def __call__(self, row: Any) -> str:
        if row.text is not None and not row.text.encode().strip(BLANK):
            return "skip"  # to Spark a line of blanks is no record
        self.count += 1
        width = len(self._header)
        if row.actual_columns > width and row.text and not self._wanted.filled:
            cells = next(csv.reader(io.StringIO(row.text, newline="")), [])
            if not any(cell.strip() for cell in cells[width:]):
                self.trailing += 1
                self._waiting.append(dict(zip(self._header, cells, strict=False)))
                if len(self._waiting) == TOGETHER:
                    self.money()
        return "skip"


def fen(cells: pa.Array, marks: Iterable[str]) -> int:
    """The sum of the cells that are money, after the repairs named in `marks`."""
    if is_text(cells.type):
        text = cells.cast(pa.string())
        if {"invisible", "full_width", "sheet_text"} & set(marks):
            text = pa.array([_mended(cell, marks) for cell in text.to_pylist()], pa.string())
        text = pc.utf8_trim_whitespace(text)
        cells = pc.filter(text, pc.match_substring_regex(text, READABLE))
    elif pa.types.is_floating(cells.type):
        cells = pc.round(pc.filter(cells, pc.less(pc.abs(cells), SURE)), 10)
    exact = pc.cast(cells, EXACT)
    is_money = pc.and_(pc.equal(pc.round(exact, 2), exact), pc.less(pc.abs(exact), MOST))
    whole = pc.filter(exact, is_money)
    return int((pc.sum(whole).as_py() or Decimal(0)) * 100)


def _mended(cell: str | None, marks: Iterable[str]) -> str | None:
    """The rules of jobs/ingest/repair.py said once more: one reader checks the other."""
    if cell is None:
        return None
    if "invisible" in marks:
        kept = (c for c in cell if c in "\n\r\t" or unicodedata.category(c) not in NO_SIGNS)
        cell = "".join(kept).strip()
    if "full_width" in marks:
        cell = cell.translate(FULL)
    if "sheet_text" in marks:
        cell = re.sub('^="([^"]*)"$', r"\1", cell.strip()).removeprefix("'")
    return cell


def _seen(column: LandingColumn, cells: pa.Array, *, dotted: bool) -> set[str]:
    """Rules that have something to do in the cells of a column."""
    if not is_text(cells.type):
        return _seen_in_type(column, cells)
    cells = cells.cast(pa.string())
    if column.kind in USUAL:
        return {"date", "day"} & set(column.repairs) if _odd(cells, column.kind) else set()
    found = set()
    if column.zeros:
        short = pc.filter(cells, pc.equal(pc.binary_length(cells), column.zeros - 2))
        found |= {"zeros"} if pc.any(pc.utf8_is_digit(short)).as_py() else set()
    if dotted and pc.any(pc.ends_with(cells, ".0")).as_py():
        found |= {"decimal", "mangled"}
    return found


def _seen_in_type(column: LandingColumn, cells: pa.Array) -> set[str]:
    """The same of cells that are no text: moments for days, codes that became numbers."""
    if column.kind == "d" and pa.types.is_timestamp(cells.type):
        midnight = pc.floor_temporal(cells, unit="day")
        return {"day"} if pc.any(pc.not_equal(cells, midnight)).as_py() else set()
    return {"zeros"} if column.zeros else set()


def _odd(cells: pa.Array, kind: str) -> bool:
    """Whether a date is written in a way that the plain reading does not understand."""
    cells = cells.drop_null()
    is_usual = pc.equal(pc.binary_length(cells), USUAL[kind])
    rest = pc.filter(cells, pc.invert(is_usual))
    if len(rest) and not pc.all(pc.match_substring_regex(rest, PLAIN[kind])).as_py():
        return True
    usual = pc.filter(cells, is_usual)
    if not len(usual):
        return False
    # All are of one length: the fifth sign of each stands between year and month.
    length = len(usual) * USUAL[kind]
    signs = np.frombuffer(usual.buffers()[2], np.uint8, length).reshape(-1, USUAL[kind])[:, 4]
    return not bool(np.isin(signs, (45, 47)).all())


def _filled(cells: pa.Array) -> int:
    text = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    return int(pc.sum(pc.greater(pc.utf8_length(text), 0)).as_py() or 0)


def is_text(kind: pa.DataType) -> bool:
    """Whether cells of that type hold text, plain or as a dictionary."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)
    )


def _listed(cells: pa.Array) -> bytes:
    """The different texts as one quoted line, so that they can be looked at like a file."""
    texts = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
    texts = texts.cast(pa.string()).drop_null()
    ends = pa.array([0, len(texts)], pa.int32())
    (joined,) = pc.binary_join(pa.ListArray.from_arrays(ends, texts), '","').to_pylist()
    return f',"{joined}"\n'.encode()


def _is_unsure(cells: pa.Array) -> bool:
    """Whether a code delivered as a float may have lost digits."""
    if not pa.types.is_floating(cells.type):
        return False
    return bool((pc.max(pc.abs(cells)).as_py() or 0) >= SURE)
