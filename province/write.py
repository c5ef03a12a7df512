"""Landing files: exactly the declared columns in the declared order, with their manifest."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from fundwatch.tables.landing import LANDING
from province.world import Bools, Ints, Texts

PART_ROWS: Final = 500_000
QUEUE: Final = 6  # batches that wait to be written
_SCALE: Final = {"m": (16, 2), "q": (16, 4), "p": (16, 6), "r": (5, 4)}
TYPES: Final[dict[str, Any]] = {
    "s": pa.string(), "d": pa.date32(), "t": pa.timestamp("s"), "i": pa.int32(),
    **{kind: pa.decimal128(*scale) for kind, scale in _SCALE.items()},
}  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """A column before typing: whole numbers in the kind's grain (fen, 1/10000, 1e-6, days,

    seconds) or texts, and which of them are there.
    """

    values: Any
    there: Bools | None = None


def texts(values: Texts | tuple[str, ...] | list[str], at: Ints) -> Cells:
    """values[at] as text; a negative position is empty."""
    array = pa.array(list(values), pa.string())
    chosen = array.take(pa.array(np.maximum(at, 0)))
    return Cells(chosen, at >= 0)


def ids(numbers: Ints, prefix: str = "") -> Cells:
    """Numbers as text behind a prefix; a negative number is empty."""
    array = pc.cast(pa.array(np.maximum(numbers, 0)), pa.string())
    if prefix:
        array = pc.binary_join_element_wise(pa.scalar(prefix), array, "")
    return Cells(array, numbers >= 0)


def constant(value: str, size: int) -> Cells:
    """The same text in every row; empty text is null."""
    return Cells(pa.array([value or None], pa.string()).take(pa.array(np.zeros(size, np.int64))))


def table_of(name: str, columns: Mapping[str, Cells], size: int) -> pa.Table:
    """A typed landing table; columns not given are null."""
    declared = LANDING[name].columns
    unknown = set(columns) - {c.name for c in declared}
    assert not unknown, f"{name}: undeclared columns {sorted(unknown)}"
    arrays = [_typed(columns.get(c.name), c.kind, size) for c in declared]
    return pa.table(arrays, names=[c.name for c in declared])


def _typed(cells: Cells | None, kind: str, size: int) -> pa.Array:
    if cells is None:
        return pa.nulls(size, TYPES[kind])
    there = None if cells.there is None else np.asarray(cells.there, dtype=bool)
    if kind == "s":
        array = (
            cells.values
            if isinstance(cells.values, pa.Array)
            else pa.array(cells.values, pa.string())
        )
        return (
            array
            if there is None
            else pc.if_else(pa.array(there), array, pa.scalar(None, pa.string()))
        )
    numbers = np.asarray(cells.values, dtype=np.int64)
    mask = None if there is None else ~there
    if kind in _SCALE:
        return _decimal(numbers, mask, *_SCALE[kind])
    if kind == "d":
        return pa.array(numbers.astype("datetime64[D]"), pa.date32(), mask=mask)
    if kind == "t":
        return pa.array(numbers.astype("datetime64[s]"), pa.timestamp("s"), mask=mask)
    return pa.array(numbers, pa.int32(), mask=mask)


def _decimal(numbers: Ints, mask: Bools | None, precision: int, scale: int) -> pa.Array:
    """Whole numbers read as decimals of that scale, without a float in between."""
    words = np.empty((len(numbers), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = numbers, numbers >> 63
    bits = None
    if mask is not None:
        bits = pa.py_buffer(np.packbits(~mask, bitorder="little"))
    return pa.Array.from_buffers(
        pa.decimal128(precision, scale), len(numbers), [bits, pa.py_buffer(words)]
    )


def as_text(table: pa.Table) -> pa.Table:
    """The same rows with every cell as the CSV would hold it."""
    return pa.table(
        [pc.cast(column, pa.string()) for column in table.columns], names=table.column_names
    )


@dataclass
class Landing:
    """Writes batches below one folder, beside the work on the next, and counts what it wrote."""

    root: Path
    format: str
    rows: dict[str, int] = field(default_factory=dict)
    writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    waiting: deque[Future[None]] = field(default_factory=deque)

    def write(self, name: str, batch: str, table: pa.Table) -> None:
        """One batch of one table, soon: no more than QUEUE batches wait in memory."""
        self.rows[name] = self.rows.get(name, 0) + table.num_rows
        self.waiting.append(self.writer.submit(self._write, name, batch, table))
        while len(self.waiting) > QUEUE:
            self.waiting.popleft().result()

    def close(self) -> None:
        """Wait until everything is on disk; a failed write is raised here at the latest."""
        while self.waiting:
            self.waiting.popleft().result()
        self.writer.shutdown()

    def _write(self, name: str, batch: str, table: pa.Table) -> None:
        """Part files of at most PART_ROWS rows and the manifest."""
        folder = self.root / name / batch
        folder.mkdir(parents=True)
        files = {}
        for number, start in enumerate(range(0, max(1, table.num_rows), PART_ROWS)):
            path = folder / f"part-{number}.{self.format}"
            self._write_part(path, table.slice(start, PART_ROWS))
            files[path.name] = _digest(path)
        manifest = {"rows": table.num_rows, "totals": _totals(name, table), "files": files}
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (folder / "_MANIFEST.json").write_text(text + "\n", encoding="utf-8")

    def _write_part(self, path: Path, part: pa.Table) -> None:
        if self.format == "parquet":
            pa.parquet.write_table(part, path)
            return
        options = pa.csv.WriteOptions(quoting_style="needed")
        pa.csv.write_csv(part, path, options)


def _totals(name: str, table: pa.Table) -> dict[str, str]:
    """Sums of the money columns over the rows as delivered; unreadable cells count as nothing."""
    sums = {}
    for column in LANDING[name].columns:
        if column.kind == "m":
            total = pc.sum(_readable(table.column(column.name))).as_py()
            sums[column.name] = f"{total or 0:.2f}"
    return sums


def _readable(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if cells.type != pa.string():
        return cells
    good = pc.fill_null(pc.match_substring_regex(cells, r"^-?\d+\.\d\d$"), False)
    return cells.filter(good).cast(TYPES["m"])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
