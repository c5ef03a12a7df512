"""Delivered files as rows of bronze: every cell text, each row with its file and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from typing import Final, NamedTuple

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fundwatch.tables.landing import LandingTable
from jobs.ingest.counting import Counted
from jobs.ingest.landing import Storage, edition_name
from jobs.ingest.mapping import mapped
from jobs.ingest.repair import repaired
from jobs.ingest.source import Source
from jobs.ingest.tally import SURE
from jobs.ingest.typed import BETWEEN, blank_is_null, faults

TORN: Final = "_torn"
RECORD: Final = "(monotonically_increasing_id() & 8589934591)"  # 33 bits: in its partition, from 0
PACKING: Final = ("spark.sql.files.maxPartitionBytes", "spark.sql.files.openCostInBytes")
WRITERS: Final = "spark.sql.maxConcurrentOutputFileWriters"
NANOS: Final = "spark.sql.legacy.parquet.nanosAsLong"
WHOLE: Final = str(1 << 40)  # bytes: no file is so large, so none is split


class Shape(NamedTuple):
    """What files have in common that are read together."""

    format: str
    charset: str
    edition: int
    marks: frozenset[str]
    names: tuple[str, ...]
    nanos: tuple[tuple[int, bool], ...]

    @classmethod
    def of(cls, file: Counted) -> Shape:
        is_utf8 = not file.encoding.startswith("gb")  # GBK is a part of GB18030
        charset = "UTF-8" if is_utf8 else "GB18030"
        given = file.delivered
        return cls(given.format, charset, given.edition, file.marks, file.header, file.nanos)


@contextmanager
def one_file_a_task(spark: SparkSession) -> Iterator[None]:
    """While it lasts Spark gives every file a partition of its own: a row's number is its line.

    Files are packed until their size plus an opening cost passes the size of a partition; with both
    beyond any file, one file fills a partition and none is split. Rows of many months are written
    without being sorted by month first, and nanoseconds in Parquet are numbers.
    """
    ours = {**dict.fromkeys(PACKING, WHOLE), WRITERS: "40", NANOS: "true"}
    # A default given to get() would hide Spark's own.
    before = {name: str(spark.conf.get(name)) for name in PACKING} | {
        WRITERS: str(spark.conf.get(WRITERS, "0")),
        NANOS: str(spark.conf.get(NANOS, "false")),
    }
    try:
        for name, value in ours.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


def bronze_rows(
    spark: SparkSession,
    table: LandingTable,
    files: Iterable[Counted],
    *,
    storage: Storage,
    source: Source,
    received_at: datetime,
) -> DataFrame | None:
    """The rows of `files` as bronze declares them, or None where every file is empty.

    To be written within `one_file_a_task`.
    """
    alike: dict[Shape, list[Counted]] = defaultdict(list)
    for file in files:
        if file.header:
            alike[Shape.of(file)].append(file)
    frames = [
        _landed(read, table, source, shape)
        for shape, group in alike.items()
        for read in _frames(spark, storage, group, shape)
    ]
    if not frames:
        return None
    rows = reduce(DataFrame.unionByName, frames)
    landed = rows.withColumn("received_at", F.lit(received_at).cast("timestamp_ntz"))
    return landed.select(list(table.bronze.names))


def _frames(
    spark: SparkSession, storage: Storage, group: list[Counted], shape: Shape
) -> Iterator[DataFrame]:
    urls = [_literal(storage.url(file.delivered.path)) for file in group]
    if shape.format == "csv":
        yield _csv(spark, urls, shape)
    else:
        yield from (_parquet(spark, url, shape) for url in urls)  # their types may differ


def _csv(spark: SparkSession, urls: list[str], shape: Shape) -> DataFrame:
    places = [T.StructField(f"c{n}", T.StringType()) for n in range(len(shape.names))]
    cells = (
        spark.read.schema(T.StructType([*places, T.StructField(TORN, T.StringType())]))
        .option("header", True)
        .option("multiLine", True)
        .option("encoding", shape.charset)
        .option("quote", '"')
        .option("escape", '"')
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", TORN)
        .option("ignoreLeadingWhiteSpace", True)
        .option("ignoreTrailingWhiteSpace", True)
        .option("nullValue", "")
        .option("emptyValue", "")
        .csv(urls)
    )
    return cells.select("*", _origin(shape), F.expr(f"{RECORD} + 2").alias("line"))


def _parquet(spark: SparkSession, url: str, shape: Shape) -> DataFrame:
    rows = spark.read.parquet(url)
    nanos = dict(shape.nanos)
    cells = []
    for place, field in enumerate(rows.schema.fields):
        name = f"`{field.name.replace('`', '``')}`"
        cell = _moment(name, nanos[place]) if place in nanos else F.col(name)
        kind = T.StringType() if place in nanos else field.dataType
        cells.append(_text(cell, kind).alias(f"c{place}"))
    line = (F.col("_metadata.row_index") + 1).alias("line")
    return rows.select(*cells, F.lit(None).cast("string").alias(TORN), _origin(shape), line)


def _moment(name: str, is_instant: bool) -> Column:
    """Nanoseconds since 1970 as a moment: an instant in the bureaus' time, or as the clock said."""
    since = "timestamp '1970-01-01Z'" if is_instant else "timestamp_ntz '1970-01-01'"
    return F.expr(f"timestampadd(microsecond, {name} div 1000, {since})")


def _text(cell: Column, kind: T.DataType) -> Column:
    """A typed cell in the form it has in CSV."""
    if isinstance(kind, T.FloatType | T.DoubleType):
        whole = F.when(cell == F.floor(cell), cell.cast("decimal(38,0)").cast("string"))
        told = F.coalesce(whole, cell.cast("decimal(38,10)").cast("string"))
        # As a sheet tells it, so that a code is refused like a sheet's.
        unsure = F.regexp_replace(cell.cast("string"), "E", "E+")
        return F.when(F.isnan(cell), None).when(F.abs(cell) < SURE, told).otherwise(unsure)
    if isinstance(kind, T.BooleanType):
        return cell.cast("int").cast("string")
    return cell.cast("string")


def _origin(shape: Shape) -> Column:
    """Folder and name of the file, decoded, the name with its edition."""
    path = F.substring_index("_metadata.file_path", "/", -2)
    is_coded = F.contains(path, F.lit("%"))
    plain = F.url_decode(F.replace(path, F.lit("+"), F.lit("%2B")))
    whole = F.concat(
        F.when(is_coded, plain).otherwise(path), F.lit(edition_name("", shape.edition))
    )
    return F.split(whole, "/").alias("_path")


def _landed(rows: DataFrame, table: LandingTable, source: Source, shape: Shape) -> DataFrame:
    cells = {name: F.col(f"c{n}") for n, name in reversed(list(enumerate(shape.names)))}
    if source.identity:
        told = rows.select(*_declared(table, cells), _extra(table, cells), *_where())
    else:
        told = mapped(rows, source, table, cells)
    if shape.marks:  # plain files are read by plain expressions, and as fast
        told = repaired(told, table, shape.marks, len(shape.names))
    lines = told.withColumn("_faults", F.expr(faults(table, mangled="mangled" in shape.marks)))
    each = F.when(F.col("_faults") != "", F.split("_faults", BETWEEN))  # null where it has none
    return lines.withColumn("faults", each)


def _declared(table: LandingTable, cells: dict[str, Column]) -> list[Column]:
    return [blank_is_null(cells.get(c.name, F.lit(None))).alias(c.name) for c in table.columns]


def _extra(table: LandingTable, cells: dict[str, Column]) -> Column:
    known = {c.name for c in table.columns}
    if not (unknown := {name: cell for name, cell in cells.items() if name not in known}):
        return F.lit(None).cast("map<string,string>").alias("extra")
    pairs = [part for name, cell in unknown.items() for part in (F.lit(name), cell)]
    cells_told = F.create_map(*pairs)
    if any(name.startswith("#") for name in unknown):  # a delimiter too many makes no column
        cells_told = F.map_filter(cells_told, lambda name, cell: cell.isNotNull())
    return cells_told.alias("extra")


def _where() -> list[Column]:
    return [
        F.element_at("_path", -2).alias("batch"),
        F.element_at("_path", -1).alias("file"),
        F.col("line"),
        F.col(TORN).alias("torn"),
    ]


def _literal(path: str) -> str:
    """The path with the characters escaped that Hadoop would take for a pattern."""
    return "".join(f"\\{c}" if c in "*?[]{}," else c for c in path)
