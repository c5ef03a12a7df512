"""What became of every delivered row: filled, refused, standing, overtaken, with its money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.tables.bronze import QUARANTINE
from fundwatch.tables.landing import LandingColumn, LandingTable
from jobs.ingest import typed
from jobs.ingest.editions import Released
from jobs.ingest.repair import PADDED, counted
from jobs.ingest.settle import Settled, key_digest

Mended = tuple[str, str, str, int]  # batch, column, rule, rows
GOOD: Final = "faults is null"
READ_THOUGH_REFUSED: Final = "faults is not null and torn is null"
LONGEST: Final = 60  # characters of a refused value that quarantine shows


@dataclass(frozen=True)
class Profile:
    """Counts of one intake of one table by batch.

    n_ filled cells and o_ odd ones by column; g_ money kept and b_ money refused [fen].
    """

    table: LandingTable
    batches: dict[str, dict[str, int]] = field(default_factory=dict)
    digests: frozenset[int] | None = None  # of the good rows' keys, where they are few
    mended: tuple[Mended, ...] = ()

    def total(self, name: str) -> int:
        return sum(counts[name] for counts in self.batches.values())

    @property
    def is_unrepeated(self) -> bool:
        """Whether it is known that no two good rows have the same key."""
        good = self.total("rows") - self.total("refused")
        return self.digests is not None and len(self.digests) == good

    def money(self, which: str) -> dict[str, int]:
        return {name: self.total(f"{which}_{name}") for name in self.table.money}

    def fill(self) -> Iterator[tuple[Any, ...]]:
        """Rows of ops.fill."""
        for batch, counts in sorted(self.batches.items()):
            for column in self.table.columns:
                filled, odd = counts[f"n_{column.name}"], counts.get(f"o_{column.name}", 0)
                yield self.table.name, column.name, batch, counts["rows"], filled, odd

    def repairs(self, received_at: datetime) -> Iterator[tuple[Any, ...]]:
        """Rows of ops.repair."""
        for batch, column, rule, rows in self.mended:
            yield received_at, self.table.name, batch, column, rule, rows


def profile(
    rows: DataFrame, table: LandingTable, *, is_small: bool, is_mended: bool = False
) -> Profile:
    """Fill, refusals and money of the rows of bronze, in one pass; of few rows the keys as well.

    Where rows of it were repaired on the way, a second pass counts the repairs.
    """
    keys = F.collect_set(F.when(F.expr(GOOD), key_digest(table))) if is_small else F.array()
    told = rows.groupBy("batch").agg(
        F.count("*").alias("rows"),
        F.count("faults").alias("refused"),
        keys.alias("digests"),
        *(F.count(c.name).alias(f"n_{c.name}") for c in table.columns),
        *(F.count_if(F.expr(typed.odd(c))).alias(f"o_{c.name}") for c in table.columns if c.among),
        *(_padded_codes(c).alias(f"p_{c.name}") for c in table.columns if c.width),
        *(_sums(table, "g", GOOD)),
        *(_sums(table, "b", READ_THOUGH_REFUSED)),
    )
    found = {row["batch"]: row.asDict() for row in told.collect()}  # a row a batch
    digests = frozenset(key for row in found.values() for key in row.pop("digests"))
    mended = (*counted(rows), *_padded(table, found)) if is_mended else (*_padded(table, found),)
    return Profile(table, found, digests if is_small else None, mended)


def _padded(table: LandingTable, batches: dict[str, dict[str, int]]) -> Iterator[Mended]:
    for batch, counts in sorted(batches.items()):
        for column in table.columns:
            if column.width and (rows := counts[f"p_{column.name}"]):
                yield batch, column.name, PADDED, rows


def refused(rows: DataFrame, table: LandingTable) -> DataFrame:
    """Rows of bronze with faults, as bronze.quarantine declares them."""
    cells = [part for c in table.columns for part in (F.lit(c.name), F.col(c.name))]
    first = F.split(F.element_at("faults", 1), ": ")
    value = F.coalesce(F.element_at(F.create_map(*cells), F.col("column")), "torn")
    return (
        rows.where("faults is not null")
        .withColumn("column", first[0])
        .withColumn("reason", first[1])
        .withColumn("value", _masked(F.substring(value, 1, LONGEST)))
        .withColumn("table", F.lit(table.name))
        .select(list(QUARANTINE.names))
    )


def account(
    lake: Lake,
    found: Profile,
    settled: Settled,
    freed: Released,
    *,
    since: int,
    received_at: datetime,
) -> dict[str, Any]:
    """The row of ops.intake: what the change feed since version `since` says was written.

    What files delivered again had in quarantine is `freed`: it counts as superseded from now on.
    """
    table = found.table
    moved = _moved(lake, table, since)
    inserted, updated = moved["insert"]["rows"], moved["update_postimage"]["rows"]
    gone = moved["delete"]["rows"]  # of files delivered again
    good, bad = found.money("g"), found.money("b")
    return {
        "received_at": received_at,
        "table": table.name,
        "rows": found.total("rows"),
        "keys": settled.keys,
        "inserted": inserted - gone,
        "updated": updated,
        "superseded": found.total("rows")
        - found.total("refused")
        - settled.keys  # within it
        + settled.offered
        - inserted  # against what stood before
        + gone
        + freed.rows,
        "quarantined": found.total("refused") - freed.rows,
        "superseded_fen": {
            name: good[name] - _stood(moved, name) + freed.money.get(name, 0)
            for name in table.money
        },
        "quarantined_fen": {name: bad[name] - freed.money.get(name, 0) for name in table.money},
    }


def _stood(moved: dict[str, dict[str, int]], name: str) -> int:
    came = moved["insert"][name] + moved["update_postimage"][name]
    return came - moved["update_preimage"][name] - moved["delete"][name]


def _moved(lake: Lake, table: LandingTable, since: int) -> dict[str, dict[str, int]]:
    nothing = {"rows": 0, **dict.fromkeys(table.money, 0)}
    moved = dict.fromkeys(("insert", "update_preimage", "update_postimage", "delete"), nothing)
    if lake.version(table.silver) <= since:
        return moved
    sums = [F.coalesce(F.sum(table[n].silver), F.lit(0)).alias(n) for n in table.money]
    kinds = lake.changes(table.silver, since).groupBy("_change_type")
    rows = kinds.agg(F.count("*").alias("rows"), *sums).collect()  # a row a kind of change
    return moved | {row["_change_type"]: row.asDict() for row in rows}


def _sums(table: LandingTable, prefix: str, which: str) -> Iterator[Column]:
    for name, total in typed.money_sums(table, which).items():
        yield F.expr(total).alias(f"{prefix}_{name}")


def _padded_codes(column: LandingColumn) -> Column:
    return F.count_if(F.expr(f"faults is null and {typed.padded(column)}"))


def _masked(text: Column) -> Column:
    digits = F.regexp_replace(text, r"\p{N}", "9")
    letters = F.regexp_replace(digits, r"[\p{L}\p{M}]", "x")
    return F.regexp_replace(letters, r"[\p{C}\p{Zl}\p{Zp}]", "?")
