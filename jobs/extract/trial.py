"""A trial of the way in: what ingest would refuse of an extract, and what it leaves empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.tables.landing import LANDING, LandingTable
from jobs.ingest.account import profile
from jobs.ingest.counting import Counted, count
from jobs.ingest.landing import Landing
from jobs.ingest.reading import bronze_rows, one_file_a_task
from jobs.ingest.source import Source

FAULTS: Final = 5  # of a table that are told


@dataclass(frozen=True)
class Tried:
    """What came of one table: of `tried` rows so many are `refused`, and why, the most first.

    A row with several faults counts under each. `odd` are columns with codes outside their
    vocabulary, which are kept; `filled` are columns that hold anything.
    """

    table: LandingTable
    files: int
    delivered: int
    tried: int = 0
    refused: int = 0
    faults: tuple[tuple[str, str, int], ...] = ()  # column, reason, rows
    odd: tuple[tuple[str, int], ...] = ()  # column, rows
    filled: frozenset[str] = frozenset()


def trial(
    spark: SparkSession,
    landing: Landing,
    source: Source,
    *,
    rows: int,
    progress: Callable[[str], None],
) -> list[Tried]:
    """Read the first `rows` of every table as ingest would, and write nothing.

    Raises LandingError where a file cannot be read at all.
    """
    counted = count(landing.storage, dict.fromkeys(landing.files, ""), source)
    tried = []
    for table in LANDING.values():
        if files := [file for file in counted if file.delivered.table == table.name]:
            progress(f"[profile] {table.name}: {sum(f.rows for f in files):,} rows …")
            with one_file_a_task(spark):
                tried.append(_tried(spark, landing, source, table, files, rows))
    return tried


def unfilled(tried: list[Tried]) -> frozenset[str]:
    """Landing columns (table.column) that no row has a value for."""
    every = {f"{t.name}.{c.name}" for t in LANDING.values() for c in t.columns}
    return frozenset(every - {f"{t.table.name}.{name}" for t in tried for name in t.filled})


def _tried(
    spark: SparkSession,
    landing: Landing,
    source: Source,
    table: LandingTable,
    files: list[Counted],
    most: int,
) -> Tried:
    delivered = sum(file.rows for file in files)
    landed = bronze_rows(
        spark,
        table,
        files,
        storage=landing.storage,
        source=source,
        received_at=datetime(2000, 1, 1),  # of nobody's interest: nothing is written
    )
    if landed is None:
        return Tried(table, len(files), delivered)
    sample = landed.limit(most).persist()
    told = profile(sample, table, is_small=False)
    faults = _faults(sample)
    sample.unpersist()
    odd = {c.name: told.total(f"o_{c.name}") for c in table.columns if c.among}
    return Tried(
        table,
        len(files),
        delivered,
        tried=told.total("rows"),
        refused=told.total("refused"),
        faults=faults,
        odd=tuple((name, n) for name, n in odd.items() if n),
        filled=frozenset(column for _, column, _, _, n, _ in told.fill() if n),
    )


def _faults(sample: DataFrame) -> tuple[tuple[str, str, int], ...]:
    told_apart = F.split("fault", ": ")
    most = (
        sample.select(F.explode("faults").alias("fault"))
        .groupBy(told_apart[0].alias("column"), told_apart[1].alias("reason"))
        .agg(F.count("*").alias("rows"))
        .orderBy(F.desc("rows"), "column", "reason")
        .limit(FAULTS)
    )
    return tuple((row["column"], row["reason"], row["rows"]) for row in most.collect())
