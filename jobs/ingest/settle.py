"""Bronze → silver: typed, the latest of equal keys standing, persons as pseudonyms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyspark import Broadcast
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.schema import MONTH
from fundwatch.tables.landing import LandingTable
from jobs.ingest import typed
from jobs.ingest.pseudonyms import with_pseudonyms

LATER: Final = ("updt_time", "batch", "file", "line")  # the greater wins, never who came last
NEWER: Final = (  # spelled out: structs of nullable and of sure columns do not compare in a MERGE
    "new.updt_time > old.updt_time or (new.updt_time = old.updt_time and (new.batch > old.batch"
    " or (new.batch = old.batch and (new.file > old.file"
    " or (new.file = old.file and new.line > old.line)))))"
)
FEW: Final = 500_000  # repeated rows that a broadcast can carry
CREATED: Final = 0  # version of a table that holds nothing yet
WRITERS: Final = "spark.sql.maxConcurrentOutputFileWriters"


@dataclass(frozen=True)
class Settled:
    """What an intake brought to one table: different keys among its good rows, rows offered."""

    keys: int
    offered: int


def settle(
    lake: Lake, table: LandingTable, received_at: datetime, key: Broadcast[PseudonymKey]
) -> Settled:
    """Bring the good rows of one intake into silver; done again, it changes nothing.

    Of equal keys the row with the greatest (updt_time, batch, file, line) stands.
    """
    good = taken_in(lake, table, received_at).where("faults is null")
    repeated = _repeated(good, table)
    counts = repeated.agg(F.count("*"), F.coalesce(F.sum("rows"), F.lit(0)), _extra_rows()).first()
    assert counts is not None
    rows = good if counts[2] == 0 else _latest(good, repeated.where("rows > 1"), table, counts[2])
    keys = counts[0] if counts[2] == 0 else _exact_keys(good, repeated, table, counts)
    offered = _write(lake, table, silver_rows(rows, table, key), received_at)
    repeated.unpersist()
    return Settled(int(keys), offered)


def taken_in(lake: Lake, table: LandingTable, received_at: datetime) -> DataFrame:
    """The rows of bronze that one intake delivered."""
    at = F.lit(received_at).cast("timestamp_ntz")
    return lake.read(table.bronze).where(F.col("received_at") == at)


def silver_rows(good: DataFrame, table: LandingTable, key: Broadcast[PseudonymKey]) -> DataFrame:
    """Good rows of bronze as silver declares them."""
    plain = [
        F.expr(typed.silver_cell(c)).alias(c.silver)
        for c in table.columns
        if c.silver and not c.personal
    ]
    personal = [F.col(c.name) for c in table.columns if c.personal and c.silver]
    months = [F.expr(typed.month(table)).alias(MONTH)] if table.period else []
    rows = good.select(*plain, *personal, *months, "batch", "file", "line")
    return with_pseudonyms(rows, table, key).select(list(table.silver.names))


def _write(lake: Lake, table: LandingTable, rows: DataFrame, received_at: datetime) -> int:
    with _many_months_at_once(lake.spark):
        if lake.version(table.silver) > CREATED:
            lake.merge(table.silver, rows, when_newer=NEWER)
            return lake.metrics(table.silver).get("numSourceRows", 0)
        lake.append(table.silver, rows, app=f"ingest/{table.name}", txn=order(received_at))
        return lake.metrics(table.silver).get("numOutputRows", 0)


def order(received_at: datetime) -> int:
    """Microseconds since 1970 by the wall clock: later intakes have greater numbers."""
    since = received_at - datetime(1970, 1, 1)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@contextmanager
def _many_months_at_once(spark: SparkSession) -> Iterator[None]:
    # Without it Spark sorts wide rows by month before it writes them.
    before = spark.conf.get(WRITERS, "0")
    spark.conf.set(WRITERS, "40")
    try:
        yield
    finally:
        spark.conf.set(WRITERS, str(before))


def _typed_key(table: LandingTable) -> list[str]:
    return [typed.typed(table[name]) for name in table.key]


def _repeated(good: DataFrame, table: LandingTable) -> DataFrame:
    """Digest of the key → rows with it; a narrow shuffle, kept because it is asked twice."""
    digest = F.expr(f"xxhash64({', '.join(_typed_key(table))})")
    return good.groupBy(digest.alias("digest")).agg(F.count("*").alias("rows")).persist()


def _extra_rows() -> Column:
    return F.coalesce(F.sum(F.expr("if(rows > 1, rows, 0)")), F.lit(0))


def _among(good: DataFrame, table: LandingTable, digests: DataFrame, rows: int) -> DataFrame:
    digest = F.expr(f"xxhash64({', '.join(_typed_key(table))})")
    few = F.broadcast(digests) if rows <= FEW else digests
    return good.withColumn("digest", digest).join(few, on="digest", how="left_semi")


def _latest(good: DataFrame, repeated: DataFrame, table: LandingTable, rows: int) -> DataFrame:
    """Without the rows that another row with their key overtakes."""
    key = [F.expr(cell).alias(f"k{n}") for n, cell in enumerate(_typed_key(table))]
    updated = F.expr(typed.typed(table["updt_time"])).alias("updt_time")
    narrow = _among(good, table, repeated.select("digest"), rows).select(
        *key, updated, "batch", "file", "line"
    )
    later = [F.col(name).desc() for name in LATER]
    window = Window.partitionBy([f"k{n}" for n in range(len(table.key))]).orderBy(later)
    losers = (
        narrow.withColumn("place", F.row_number().over(window))
        .where("place > 1")
        .select("batch", "file", "line")
    )
    few = F.broadcast(losers) if rows <= FEW else losers
    return good.join(few, on=["batch", "file", "line"], how="left_anti")


def _exact_keys(
    good: DataFrame, repeated: DataFrame, table: LandingTable, counts: tuple[int, ...]
) -> int:
    """Digests met once, and the different keys behind those met more often."""
    often = repeated.where("rows > 1")
    key = [F.expr(cell).alias(f"k{n}") for n, cell in enumerate(_typed_key(table))]
    among = _among(good, table, often.select("digest"), counts[2])
    return int(counts[0]) - often.count() + among.select(*key).distinct().count()
