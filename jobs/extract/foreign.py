"""What an extract is made of, before it is known what it is: files of one kind, and a sample."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from fundwatch.errors import LandingError
from fundwatch.tables.landing import LANDING
from jobs.ingest.counting import column_names
from jobs.ingest.landing import FORMATS, Delivered, Storage, is_data
from jobs.ingest.looking import looked_at
from jobs.ingest.source import Source

SAMPLE: Final = 2_000  # rows of a group that are looked at
FILES: Final = 3  # of a group that they come from: the first, one amid, the last
NUMBERS: Final = re.compile(r"\d+")
FOREIGN: Final = Source(name="extract", title="extract")  # nothing is known of its columns
DATA: Final = re.compile(r"\d{6}")  # no heading, but a number of somebody or a day


@dataclass(frozen=True)
class Group:
    """Files that differ only in the numbers of their names, and a sample of their rows.

    `files` is a glob below the folder; `rows` hold a trimmed text a column, empty where nothing is.
    """

    files: str
    paths: tuple[str, ...]
    encodings: tuple[str, ...]  # of the files looked at; none for Parquet
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def stem(self) -> str:
        """Its name without numbers and format: settlement_202401.csv is `settlement`."""
        name = PurePosixPath(self.files).name
        plain = next((name.removesuffix(end) for end in FORMATS if name.endswith(end)), name)
        return plain.replace("*", "").strip("._- ")

    def values(self, place: int) -> list[str]:
        """What the sample holds in one column, in order, without empty cells."""
        return [row[place] for row in self.rows if row[place]]


def groups(storage: Storage) -> list[Group]:
    """Every group of data files, by its glob. Raises LandingError for what cannot be read."""
    alike: dict[str, list[str]] = defaultdict(list)
    for path in storage.files():
        if is_data(path):
            alike[_glob(path)].append(path)
    return [_group(storage, files, paths) for files, paths in sorted(alike.items())]


def is_contract(storage: Storage) -> bool:
    """Whether the folder is laid out as the landing contract says."""
    data = [path.split("/") for path in storage.files() if is_data(path)]
    return bool(data) and all(len(parts) == 3 and parts[0] in LANDING for parts in data)


def _group(storage: Storage, files: str, paths: list[str]) -> Group:
    chosen = sorted({paths[0], paths[len(paths) // 2], paths[-1]})
    each = -(-SAMPLE // min(FILES, len(chosen)))
    columns: tuple[str, ...] = ()
    encodings, rows = [], []
    for path in chosen:
        file = Delivered("", PurePosixPath(path).parent.name, PurePosixPath(path).name, path)
        encoding, names, found = _sampled(storage, file, each)
        encodings += [encoding] if encoding else []
        columns = columns or names
        if names == columns:
            rows += found
    return Group(files, tuple(paths), tuple(sorted(set(encodings))), columns, tuple(rows))


def _sampled(
    storage: Storage, file: Delivered, most: int
) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    """Encoding, names of the columns, and the first rows that have a cell for each."""
    encoding = ""
    try:
        if file.format == "parquet":
            names, cells = _parquet(storage, file, most)
        else:
            encoding, names, cells = _csv(storage, file, most)
    except (pa.ArrowException, csv.Error, OSError) as error:
        raise LandingError(f"{file.path} cannot be read: {str(error)[:200]}") from None
    if any(DATA.search(name) for name in names):
        raise LandingError(f"{file.path}: the first line is data; a line of headings is needed")
    return encoding, names, [row for row in cells if len(row) == len(names)]


def _csv(
    storage: Storage, file: Delivered, most: int
) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    size = storage.fs.get_file_info(f"{storage.root}/{file.path}").size
    look = looked_at(storage, file, size)
    with storage.unpacked(file.path) as stream:
        reader = csv.reader(io.TextIOWrapper(stream, encoding=look.encoding, newline=""))
        filled = (cells for cells in reader if any(cell.strip() for cell in cells))
        names = column_names(next(filled, []), file, FOREIGN)
        return look.encoding, names, list(map(_trimmed, islice(filled, most)))


def _parquet(
    storage: Storage, file: Delivered, most: int
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    with storage.seekable(file.path) as opened:
        parquet = pq.ParquetFile(opened)
        names = column_names(parquet.schema_arrow.names, file, FOREIGN)
        first = next(parquet.iter_batches(batch_size=most), None)
        columns = [column.to_pylist() for column in first.columns] if first else []
        return names, [
            _trimmed("" if c is None else str(c) for c in row) for row in zip(*columns, strict=True)
        ]


def _trimmed(cells: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)


def _glob(path: str) -> str:
    return NUMBERS.sub("*", path)
