"""Bronze → silver: typed, the latest of equal keys standing, persons as pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyspark import Broadcast
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.schema import MONTH
from fundwatch.tables.landing import LandingTable
from jobs.ingest import typed
from jobs.ingest.pseudonyms import with_pseudonyms

OF_A_FILE: Final = ("batch", "file", "line")
LATER: Final = ("updt_time", *OF_A_FILE)  # the greater wins, never who came last
NEWER: Final = (  # spelled out: structs of nullable and of sure columns do not compare in a MERGE
    "new.updt_time > old.updt_time or (new.updt_time = old.updt_time and (new.batch > old.batch"
    " or (new.batch = old.batch and (new.file > old.file"
    " or (new.file = old.file and new.line > old.line)))))"
)
FEW: Final = 500_000  # repeated rows that a broadcast can carry
CREATED: Final = 0  # version of a table that holds nothing yet


@dataclass(frozen=True)
class Settled:
    """What an intake brought to one table: different keys among its good rows, rows offered."""

    keys: int
    offered: int


@dataclass(frozen=True)
class Latest:
    """The rows that no row of their key overtakes, and how many keys there are."""

    rows: DataFrame
    keys: int
    kept: DataFrame | None = None  # cached on the way; to be released once `rows` are written


def settle(
    lake: Lake,
    table: LandingTable,
    received_at: datetime,
    key: Broadcast[PseudonymKey],
    *,
    unrepeated: int | None = None,
) -> Settled:
    """Bring the good rows of one intake into silver; done again, it changes nothing.

    Of equal keys the row with the greatest (updt_time, batch, file, line) stands. Where it is known
    that no key repeats, `unrepeated` says how many there are.
    """
    good = taken_in(lake, table, received_at).where("faults is null")
    found = latest(good, table) if unrepeated is None else Latest(good, unrepeated)
    before = lake.version(table.silver)
    name = _write(lake, table, silver_rows(found.rows, table, key), received_at)
    if found.kept:
        found.kept.unpersist()
    # Delta writes nothing down where nothing changed, as when this is done again.
    is_written = lake.version(table.silver) > max(before, CREATED)
    offered = lake.metrics(table.silver).get(name, 0) if is_written else found.keys
    return Settled(found.keys, offered)


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


def _write(lake: Lake, table: LandingTable, rows: DataFrame, received_at: datetime) -> str:
    """Returns Delta's name for the number of rows offered."""
    if lake.version(table.silver) > CREATED:
        lake.merge(table.silver, rows, when_newer=NEWER)
        return "numSourceRows"
    lake.append(table.silver, rows, app=f"ingest/{table.name}", txn=order(received_at))
    return "numOutputRows"


def order(received_at: datetime) -> int:
    """Microseconds since 1970 by the wall clock: later intakes have greater numbers."""
    since = received_at - datetime(1970, 1, 1)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def latest(good: DataFrame, table: LandingTable) -> Latest:
    """Of good rows of bronze those that stand.

    Only rows whose key comes twice are compared: the wide rows are read once and never sorted.
    """
    digests = (
        good.groupBy(key_digest(table).alias("digest")).agg(F.count("*").alias("rows")).persist()
    )
    told = digests.agg(
        F.count("*").alias("digests"),
        F.count_if(F.col("rows") > 1).alias("often"),
        F.coalesce(F.sum(F.expr("if(rows > 1, rows, 0)")), F.lit(0)).alias("repeated"),
    ).first()
    assert told is not None
    if not told["often"]:
        return Latest(good, told["digests"], digests)
    few = told["repeated"] <= FEW
    doubtful = _doubtful(good, table, digests.where("rows > 1").select("digest"), few)
    keys = told["digests"] - told["often"] + doubtful.select("key").distinct().count()
    later = [F.col(name).desc() for name in LATER]
    place = F.row_number().over(Window.partitionBy("key").orderBy(later))
    losers = doubtful.withColumn("place", place).where("place > 1").select(*OF_A_FILE)
    rows = good.join(_small(losers, few), on=list(OF_A_FILE), how="left_anti")
    return Latest(rows, keys, digests)


def _doubtful(good: DataFrame, table: LandingTable, digests: DataFrame, few: bool) -> DataFrame:
    """Key and order of the rows whose key may come twice."""
    key = F.struct(*(F.expr(cell).alias(f"k{n}") for n, cell in enumerate(_key(table))))
    updated = F.expr(typed.typed(table["updt_time"])).alias("updt_time")
    marked = good.withColumn("digest", key_digest(table))
    found = marked.join(_small(digests, few), on="digest", how="left_semi")
    return found.select(key.alias("key"), updated, *OF_A_FILE)


def _small(rows: DataFrame, few: bool) -> DataFrame:
    return F.broadcast(rows) if few else rows


def key_digest(table: LandingTable) -> Column:
    """64 bits that equal keys share."""
    return F.expr(f"xxhash64({', '.join(_key(table))})")


def _key(table: LandingTable) -> list[str]:
    return [typed.typed(table[name]) for name in table.key]
