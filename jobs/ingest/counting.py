"""The independent reader: counts what lies in the files, without any code of the other."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from fundwatch.errors import LandingError
from fundwatch.tables.landing import LANDING
from jobs.ingest.landing import Delivered, Storage
from jobs.ingest.source import Source

BLOCK: Final = 1 << 23  # bytes read at a time; a record may span two blocks at most
READABLE: Final = r"^[-+]?[0-9]{1,14}(\.[0-9]{1,2}0*)?$"  # money: whole fen
ENCODINGS: Final = ("utf-8", "gb18030")
EXACT: Final = pa.decimal128(38, 10)


@dataclass(frozen=True)
class Counted:
    """What one file holds. `money` sums, in fen, the cells of each money column it can read."""

    delivered: Delivered
    sha256: str
    bytes: int
    encoding: str  # utf-8, utf-8-sig or gb18030; empty for Parquet
    header: tuple[str, ...]
    rows: int
    money: Mapping[str, int] = field(default_factory=dict)
    torn: int = 0  # records with more or fewer cells than the header


@dataclass(frozen=True)
class Asked:
    """What to count of a file: money by landing name → its column; rows by filled cells, if any."""

    money: Mapping[str, str]
    filled: tuple[str, ...] = ()


def asked(table: str, source: Source) -> Asked:
    """What the files of a landing table can be asked: renamed money, and cells that make rows."""
    money = LANDING[table].money
    if source.identity:
        return Asked({name: name for name in money})
    mapped = source.tables[table]
    plain = {ours: theirs for ours, theirs in mapped.rename.items() if ours in money}
    return Asked({} if mapped.unpivot else plain, mapped.unpivot)


def digests(storage: Storage, files: Iterable[Delivered]) -> dict[Delivered, str]:
    """SHA-256 of every file as it lies there."""
    chosen = list(files)
    paths = sorted({file.path for file in chosen})
    with ThreadPoolExecutor() as pool:
        found = dict(zip(paths, pool.map(lambda path: _sha256(storage, path), paths), strict=True))
    return {file: found[file.path] for file in chosen}


def count(storage: Storage, sums: Mapping[Delivered, str], source: Source) -> list[Counted]:
    """Count every file of `sums` (file → digest), each read as a stream.

    Raises LandingError naming the files that are neither UTF-8 nor GB18030, or cannot be parsed.
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
    wanted = asked(file.table, source)
    try:
        if file.format == "parquet":
            return _parquet(storage, file, sha256, size, wanted)
        return _csv(storage, file, sha256, size, wanted)
    except (pa.ArrowInvalid, csv.Error) as error:
        raise LandingError(f"{file.where} cannot be read: {str(error)[:200]}") from None


def _csv(storage: Storage, file: Delivered, sha256: str, size: int, wanted: Asked) -> Counted:
    encoding = _encoding(storage, file)
    header = _header(storage, file, encoding)
    if not header:
        return Counted(file, sha256, size, encoding, (), 0)
    torn = _Torn()
    reader = _open_csv(storage, file, encoding, header, wanted, torn)
    tally = _Tally(header, wanted)
    for batch in reader:
        tally.add(batch)
    rows = tally.rows if wanted.filled else tally.rows + torn.count
    return Counted(file, sha256, size, encoding, header, rows, tally.money, torn.count)


def _parquet(storage: Storage, file: Delivered, sha256: str, size: int, wanted: Asked) -> Counted:
    with storage.seekable(file.path) as opened:
        parquet = pq.ParquetFile(opened)
        header = tuple(parquet.schema_arrow.names)
        tally = _Tally(header, wanted)
        needed = [name for name in header if name in tally.needed]
        if needed:
            for batch in parquet.iter_batches(columns=needed):
                tally.add(batch)
        else:
            tally.rows = parquet.metadata.num_rows
    return Counted(file, sha256, size, "", header, tally.rows, tally.money)


def _encoding(storage: Storage, file: Delivered) -> str:
    """Decided by strict decoding of the whole content."""
    for encoding in ENCODINGS:
        if _decodes(storage, file, encoding):
            with storage.fs.open_input_stream(f"{storage.root}/{file.path}") as stream:
                marked = encoding == "utf-8" and stream.read(3) == codecs.BOM_UTF8
            return "utf-8-sig" if marked else encoding
    raise LandingError(f"{file.where} is neither UTF-8 nor GB18030")


def _decodes(storage: Storage, file: Delivered, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with storage.fs.open_input_stream(f"{storage.root}/{file.path}") as stream:
        try:
            while block := stream.read(BLOCK):
                if not block.isascii() or decoder.getstate() != (b"", 0):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _header(storage: Storage, file: Delivered, encoding: str) -> tuple[str, ...]:
    with storage.fs.open_input_stream(f"{storage.root}/{file.path}") as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        cells = next(csv.reader(text), [])
    return tuple(cell.strip() for cell in cells)


class _Torn:
    """Counts records whose cells do not fit the header."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, row: Any) -> str:
        self.count += 1
        return "skip"


def _open_csv(
    storage: Storage,
    file: Delivered,
    encoding: str,
    header: tuple[str, ...],
    wanted: Asked,
    torn: _Torn,
) -> pacsv.CSVStreamingReader:
    places = [f"c{n}" for n in range(len(header))]
    needed = [place for place, name in zip(places, header, strict=True) if name in _names(wanted)]
    return pacsv.open_csv(
        storage.fs.open_input_stream(f"{storage.root}/{file.path}"),
        read_options=pacsv.ReadOptions(
            column_names=places,
            skip_rows=1,
            block_size=BLOCK,
            encoding="gb18030" if encoding == "gb18030" else "utf8",
        ),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=torn),
        convert_options=pacsv.ConvertOptions(
            include_columns=needed or places[:1],
            column_types=dict.fromkeys(places, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _names(wanted: Asked) -> set[str]:
    return {*wanted.money.values(), *wanted.filled}


class _Tally:
    """Rows and money of a file, batch by batch."""

    def __init__(self, header: tuple[str, ...], wanted: Asked) -> None:
        self.rows = 0
        self.money = dict.fromkeys(wanted.money, 0)
        self._header, self._wanted = header, wanted
        self.needed = _names(wanted)

    def add(self, batch: pa.RecordBatch) -> None:
        arrays = {self._name(name): batch.column(name) for name in batch.schema.names}
        if self._wanted.filled:
            self.rows += sum(
                _filled(arrays[name]) for name in self._wanted.filled if name in arrays
            )
        else:
            self.rows += batch.num_rows
        for ours, theirs in self._wanted.money.items():
            if theirs in arrays:
                self.money[ours] += _fen(arrays[theirs])

    def _name(self, name: str) -> str:
        return name if name in self._header else self._header[int(name[1:])]


def _filled(cells: pa.Array) -> int:
    text = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    return int(pc.sum(pc.greater(pc.utf8_length(text), 0)).as_py() or 0)


def _fen(cells: pa.Array) -> int:
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        text = pc.utf8_trim_whitespace(cells.cast(pa.string()))
        cells = pc.filter(text, pc.match_substring_regex(text, READABLE))
    elif pa.types.is_floating(cells.type):
        cells = pc.round(cells, 10)
    exact = pc.cast(cells, EXACT)
    whole = pc.filter(exact, pc.equal(pc.round(exact, 2), exact))
    return int((pc.sum(whole).as_py() or Decimal(0)) * 100)
