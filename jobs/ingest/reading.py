"""Delivered files as rows of bronze: every cell text, each row with its file and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from typing import Final

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fundwatch.tables.landing import LandingTable
from jobs.ingest.counting import Counted
from jobs.ingest.landing import Storage
from jobs.ingest.mapping import mapped
from jobs.ingest.source import Source
from jobs.ingest.typed import faults

TORN: Final = "_torn"
RECORD: Final = "(monotonically_increasing_id() & 8589934591)"  # 33 bits: in its partition, from 0
PACKING: Final = ("spark.sql.files.maxPartitionBytes", "spark.sql.files.openCostInBytes")
WRITERS: Final = "spark.sql.maxConcurrentOutputFileWriters"
WHOLE: Final = str(1 << 40)  # bytes: no file is so large, so none is split


@contextmanager
def one_file_a_task(spark: SparkSession) -> Iterator[None]:
    """While it lasts Spark gives every file a partition of its own: a row's number is its line.

    Files are packed until their size plus an opening cost passes the size of a partition; with both
    beyond any file, one file fills a partition and none is split. Rows of many months are written
    without being sorted by month first.
    """
    ours = {**dict.fromkeys(PACKING, WHOLE), WRITERS: "40"}
    # A default given to get() would hide Spark's own.
    before = {name: str(spark.conf.get(name)) for name in PACKING} | {
        WRITERS: str(spark.conf.get(WRITERS, "0"))
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
    alike: dict[tuple[str, ...], list[Counted]] = defaultdict(list)
    for file in files:
        if file.header:
            charset = "GB18030" if file.encoding == "gb18030" else "UTF-8"
            alike[file.delivered.format, charset, *file.header].append(file)
    frames = [
        _told(read, table, source, names, received_at)
        for (kind, charset, *names), group in alike.items()
        for read in _frames(spark, storage, group, kind, charset, names)
    ]
    return reduce(DataFrame.unionByName, frames) if frames else None


def _frames(
    spark: SparkSession,
    storage: Storage,
    group: list[Counted],
    kind: str,
    charset: str,
    names: list[str],
) -> Iterator[DataFrame]:
    urls = [_literal(storage.url(file.delivered.path)) for file in group]
    if kind == "csv":
        yield _csv(spark, urls, charset, len(names))
    else:
        yield from (_parquet(spark, url) for url in urls)  # their types may differ


def _csv(spark: SparkSession, urls: list[str], charset: str, width: int) -> DataFrame:
    places = [T.StructField(f"c{n}", T.StringType()) for n in range(width)]
    cells = (
        spark.read.schema(T.StructType([*places, T.StructField(TORN, T.StringType())]))
        .option("header", True)
        .option("multiLine", True)
        .option("encoding", charset)
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
    return cells.select("*", _origin(), F.expr(f"{RECORD} + 2").alias("line"))


def _parquet(spark: SparkSession, url: str) -> DataFrame:
    rows = spark.read.parquet(url)
    cells = [
        _text(F.col(f"`{field.name}`"), field.dataType).alias(f"c{n}")
        for n, field in enumerate(rows.schema.fields)
    ]
    line = (F.col("_metadata.row_index") + 1).alias("line")
    return rows.select(*cells, F.lit(None).cast("string").alias(TORN), _origin(), line)


def _text(cell: Column, kind: T.DataType) -> Column:
    """A typed cell in the form it has in CSV."""
    if isinstance(kind, T.FloatType | T.DoubleType):
        whole = F.when(cell == F.floor(cell), cell.cast("decimal(38,0)").cast("string"))
        return F.coalesce(whole, cell.cast("decimal(38,10)").cast("string"))
    if isinstance(kind, T.BooleanType):
        return cell.cast("int").cast("string")
    return cell.cast("string")


def _origin() -> Column:
    """The parts of the file's path, decoded."""
    path = F.replace(F.col("_metadata.file_path"), F.lit("+"), F.lit("%2B"))
    return F.split(F.url_decode(path), "/").alias("_path")


def _told(
    rows: DataFrame, table: LandingTable, source: Source, names: list[str], received_at: datetime
) -> DataFrame:
    cells = {name: F.col(f"c{n}") for n, name in reversed(list(enumerate(names)))}
    if source.identity:
        told = rows.select(*_declared(table, cells), _extra(table, cells), *_where())
    else:
        told = mapped(rows, source.tables[table.name], table, cells)
    landed = told.withColumn("received_at", F.lit(received_at).cast("timestamp_ntz"))
    return landed.withColumn("faults", F.expr(faults(table))).select(list(table.bronze.names))


def _declared(table: LandingTable, cells: dict[str, Column]) -> list[Column]:
    return [blank_is_null(cells.get(c.name, F.lit(None))).alias(c.name) for c in table.columns]


def _extra(table: LandingTable, cells: dict[str, Column]) -> Column:
    known = {c.name for c in table.columns}
    if not (unknown := {name: cell for name, cell in cells.items() if name not in known}):
        return F.lit(None).cast("map<string,string>").alias("extra")
    pairs = [part for name, cell in unknown.items() for part in (F.lit(name), cell)]
    return F.create_map(*pairs).alias("extra")


def _where() -> list[Column]:
    return [
        F.element_at("_path", -2).alias("batch"),
        F.element_at("_path", -1).alias("file"),
        F.col("line"),
        F.col(TORN).alias("torn"),
    ]


def blank_is_null(cell: Column) -> Column:
    """The trimmed text; null where nothing is left."""
    return F.nullif(F.trim(cell.cast("string")), F.lit(""))


def _literal(path: str) -> str:
    """The path with the characters escaped that Hadoop would take for a pattern."""
    return "".join(f"\\{c}" if c in "*?[]{}," else c for c in path)
