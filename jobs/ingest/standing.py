"""What stands in silver and what waits in quarantine, by table and batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.tables.bronze import DELIVERY, QUARANTINE
from fundwatch.tables.landing import LandingTable
from jobs.ingest.editions import from_files
from jobs.ingest.journal import former_files
from jobs.ingest.settle import CREATED
from jobs.ingest.sums import Identity, total

ROWS: Final = "rows"
Standing = dict[str, dict[str, dict[str, int]]]  # table → batch → rows and money columns


def standing(lake: Lake, tables: Iterable[LandingTable]) -> Standing:
    """Rows and money as silver holds them, by batch: one pass over the money of each table."""
    there = [table for table in tables if lake.version(table.silver) > CREATED]
    frames = [
        lake.read(table.silver)
        .groupBy("batch")
        .agg(
            F.lit(table.name).alias("table"),
            F.map_from_arrays(
                F.array(F.lit(ROWS), *map(F.lit, table.money)),
                F.array(F.count("*"), *(total(table[n].silver) for n in table.money)),
            ).alias("sums"),
        )
        for table in there
    ]
    found: Standing = {}
    for row in reduce(DataFrame.unionByName, frames).collect() if frames else []:  # one a batch
        found.setdefault(row["table"], {})[row["batch"]] = dict(row["sums"])
    return found


def in_all(batches: dict[str, dict[str, int]]) -> Counter[str]:
    """Rows and money over the batches of a table."""
    summed: Counter[str] = Counter()
    for sums in batches.values():
        summed.update(sums)
    return summed


def of_batches(lake: Lake, stands: Standing) -> Iterable[Identity]:
    """Rows by batch: no batch may stand and wait in more rows than were delivered in it.

    Superseded is what is left; that it is no more than keys say is told of the whole table.
    """
    came: Counter[tuple[str, str]] = Counter()
    for file in lake.read(DELIVERY).select("table", "batch", ROWS).collect():  # a row a file
        came[file["table"], file["batch"]] += file[ROWS]
    waits = _waiting(lake)
    for table, batch in sorted(came):
        delivered, refused = came[table, batch], waits[table, batch]
        current = stands.get(table, {}).get(batch, {}).get(ROWS, 0)
        yield {
            "table": table,
            "identity": "batch rows",
            "batch": batch,
            "month": "",
            "delivered": delivered,
            "current": current,
            "superseded": max(delivered - current - refused, 0),
            "quarantined": refused,
        }


def _waiting(lake: Lake) -> Counter[tuple[str, str]]:
    """Refused rows by table and batch, less those of files that came again corrected."""
    rows = lake.read(QUARANTINE)
    for table, names in former_files(lake).items():
        rows = rows.where(f"not (`table` = '{table}' and {from_files(names)})")
    counts = rows.groupBy("table", "batch").agg(F.count("*").alias(ROWS)).collect()  # one a batch
    return Counter({(row["table"], row["batch"]): row[ROWS] for row in counts})
