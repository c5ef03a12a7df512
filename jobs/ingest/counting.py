"""The independent reader: counts what lies in the files, without any code of the other."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from fundwatch.errors import LandingError
from fundwatch.tables.landing import LANDING
from jobs.ingest.landing import Delivered, Storage, shown
from jobs.ingest.looking import BLOCK, BLOWN, ROOM, UNSEEN, Looked, looked_at
from jobs.ingest.source import Source
from jobs.ingest.tally import Asked, Tally, Torn, asked, is_text

MOST_COLUMNS: Final = 1_000
LEAST_BYTES: Final = 1 / 100  # that a row of Parquet takes: every table has a key that differs
ROWS: Final = 1_000_000  # and this many any file may hold
INVISIBLE: Final = re.compile(f"[{UNSEEN}\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Counted:
    """What one file holds. `money` sums, in fen, the cells of each money column it can read.

    `marks` names the repairs that have something to do in it; a plain file has none.
    """

    delivered: Delivered
    sha256: str
    bytes: int
    encoding: str  # utf-8, utf-8-sig, gbk or gb18030; empty for Parquet
    header: tuple[str, ...]
    rows: int
    money: Mapping[str, int] = field(default_factory=dict)
    torn: int = 0  # records with more or fewer cells than the header
    marks: frozenset[str] = frozenset()
    is_doubtful: bool = False  # read as UTF-8, it might be meant in a Chinese encoding
    # Places of Parquet columns that count nanoseconds, which Spark does not read, and whether from
    # an instant or by the clock on the wall.
    nanos: tuple[tuple[int, bool], ...] = ()


@dataclass(frozen=True)
class Opened:
    """A CSV file once its encoding and header are known."""

    storage: Storage
    file: Delivered
    look: Looked
    header: tuple[str, ...]
    lines: int  # that the header takes, empty ones before it included


def digests(storage: Storage, files: Iterable[Delivered]) -> dict[Delivered, str]:
    """SHA-256 of every file as it lies there."""
    chosen = list(files)
    paths = sorted({file.path for file in chosen})
    with ThreadPoolExecutor() as pool:
        found = dict(zip(paths, pool.map(lambda path: _sha256(storage, path), paths), strict=True))
    return {file: found[file.path] for file in chosen}


def count(storage: Storage, sums: Mapping[Delivered, str], source: Source) -> list[Counted]:
    """Count every file of `sums` (file → digest), each read as a stream.

    Raises LandingError naming the first file that cannot be read, and why.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda item: _count(storage, item[0], item[1], source), sums.items()))


def _sha256(storage: Storage, path: str) -> str:
    digest = hashlib.sha256()
    with storage.open(path) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _count(storage: Storage, file: Delivered, sha256: str, source: Source) -> Counted:
    size = storage.fs.get_file_info(f"{storage.root}/{file.path}").size
    try:
        if file.format == "parquet":
            return _parquet(storage, file, sha256, size, source)
        return _csv(storage, file, sha256, size, source)
    except (pa.ArrowException, csv.Error, OSError) as error:
        told = str(error)
        if "straddling" in told:
            told = f"a record of more than {BLOCK >> 20} MiB; a quote may have been left open"
        raise LandingError(f"{file.where} cannot be read: {shown(told[:200])}") from None


def _csv(storage: Storage, file: Delivered, sha256: str, size: int, source: Source) -> Counted:
    look = looked_at(storage, file, size)
    header, lines = _header(storage, file, look.encoding, source)
    wanted, marks = asked(file.table, source), look.marks
    if not lines:
        nothing = dict.fromkeys(wanted.money, 0)
        return Counted(file, sha256, size, look.encoding, header, 0, nothing)
    torn, tally = Torn(header, wanted, marks), Tally(wanted, marks, dotted=look.dotted)
    for batch in _batches(Opened(storage, file, look, header, lines), tally, torn):
        names = (header[int(place[1:])] for place in batch.schema.names)
        tally.add(dict(zip(names, batch.columns, strict=True)), batch.num_rows)
    torn.count += look.ends_blank
    found, behind = tally.marks | ({"trailing"} if torn.trailing else set()), torn.money()
    return Counted(
        file,
        sha256,
        size,
        look.encoding,
        header,
        rows=tally.rows if wanted.filled else tally.rows + torn.count,
        money={name: value + behind[name] for name, value in tally.money.items()},
        torn=torn.count,
        marks=frozenset(found),
        is_doubtful=look.is_doubtful,
    )


def _parquet(storage: Storage, file: Delivered, sha256: str, size: int, source: Source) -> Counted:
    wanted = asked(file.table, source)
    tally = Tally(wanted)
    with storage.seekable(file.path) as opened:
        shape, found = pq.read_schema(opened), pq.read_metadata(opened)
        _refuse_bomb(file, found, size)
        if len({name.lower() for name in shape.names}) < len(shape.names):
            raise LandingError(f"{file.where} has two columns of one name")
        header = column_names(shape.names, file, source)
        texts = [field.name for field in shape if is_text(field.type)]
        needed = {
            own: name
            for own, name in zip(shape.names, header, strict=True)
            if tally.needs(name, shape.field(own).type)
        }
        if not needed:
            tally.rows = found.num_rows
        # As dictionaries, each different text is looked at once.
        parquet = pq.ParquetFile(opened, read_dictionary=texts)
        for batch in parquet.iter_batches(columns=list(needed)) if needed else ():
            arrays = {needed[own]: batch.column(own) for own in batch.schema.names}
            tally.add_typed(arrays, batch.num_rows)
    nanos = tuple(
        (place, field.type.tz is not None)
        for place, field in enumerate(shape)
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
    )
    marks = frozenset(tally.marks)
    return Counted(
        file, sha256, size, "", header, tally.rows, tally.money, marks=marks, nanos=nanos
    )


def _refuse_bomb(file: Delivered, found: pq.FileMetaData, size: int) -> None:
    groups = (found.row_group(n).total_byte_size for n in range(found.num_row_groups))
    if sum(groups) > max(ROOM, BLOWN * size) or found.num_rows > max(ROWS, size / LEAST_BYTES):
        raise LandingError(
            f"{file.where} claims {found.num_rows:,} rows in {size:,} bytes: no real extract does"
        )


def _header(
    storage: Storage, file: Delivered, encoding: str, source: Source
) -> tuple[tuple[str, ...], int]:
    """Names of the columns, and the lines down to them: 0 where nothing comes after."""
    with storage.unpacked(file.path) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        reader = csv.reader(text)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                return column_names(cells, file, source), reader.line_num if text.read(1) else 0
    return (), 0


def column_names(cells: Iterable[str], file: Delivered, source: Source) -> tuple[str, ...]:
    """Column names: declared ones whatever their case, others made different by their place."""
    told = [INVISIBLE.sub("", cell).strip() for cell in cells]
    if len(told) > MOST_COLUMNS:
        raise LandingError(f"{file.where} has {len(told):,} columns; {MOST_COLUMNS:,} are read")
    declared = {c.name for c in LANDING[file.table].columns} if source.identity else set()
    names: list[str] = []
    for place, name in enumerate(told, start=1):
        own = name.lower() if name.lower() in declared else name
        if own in declared and own in names:
            raise LandingError(f"{file.where} has two columns {own}")
        is_plain = own and own not in names and not (source.identity and own[0] in "#~")
        names.append(own if is_plain else f"#{place} {own}".strip())
    return tuple(names)


def _batches(opened: Opened, tally: Tally, torn: Torn) -> pacsv.CSVStreamingReader:
    storage, file, header = opened.storage, opened.file, opened.header
    places = [f"c{n}" for n in range(len(header))]
    needed = [p for p, name in zip(places, header, strict=True) if tally.needs(name)]
    return pacsv.open_csv(
        storage.unpacked(file.path),
        read_options=pacsv.ReadOptions(
            column_names=places,
            skip_rows=opened.lines,
            block_size=BLOCK,
            encoding="utf8" if opened.look.encoding.startswith("utf") else "gb18030",
        ),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=torn),
        convert_options=pacsv.ConvertOptions(
            include_columns=needed or places[:1],
            column_types=dict.fromkeys(places, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


__all__ = ["Asked", "Counted", "asked", "column_names", "count", "digests"]
