"""Counts of what stands in silver and what was refused, by source and month: one pass a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import MONTH
from fundwatch.tables.bronze import QUARANTINE
from fundwatch.tables.landing import LandingTable
from fundwatch.tables.silver import VISIT
from jobs.ingest import typed
from jobs.ingest.editions import from_files
from jobs.ingest.journal import Names

CONTRACT: Final = "contract"
NO_MONTH: Final = ""
A_MONTH: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"
KINDS: Final = QUARANTINE["reason"].among
TIED: Final = "mdtrt_id"  # by which rows without a day of their own have the month of their visit


@dataclass(frozen=True)
class Cell:
    """Counts of one table from one source in one month; '' is the month of what has none.

    `filled` and `odd` (outside the vocabulary) are rows by landing column, `refused` by kind of
    fault, `fen` sums of money columns. `lag_days` is summed over the rows; `late` rows were last
    touched more than the days asked for after they happened, `midnight` ones at 00:00:00 sharp.
    """

    rows: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    odd: dict[str, int] = field(default_factory=dict)
    fen: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    lag_days: int = 0
    late: int = 0
    midnight: int = 0


Cells = dict[tuple[str, str], Cell]  # (source, month) → counts


def measured(
    lake: Lake, table: LandingTable, sources: Iterable[str], gone: Names, late_days: int
) -> Cells:
    """What a table holds. `sources` may mark batches as theirs; `gone` files were replaced."""
    standing = _standing(lake, table).withColumn("fault", F.lit(None).cast("string"))
    rows = standing.unionByName(_refused(lake, table, gone), allowMissingColumns=True)
    month = F.when(F.col("in_month").rlike(A_MONTH), F.col("in_month")).otherwise(NO_MONTH)
    groups = rows.groupBy(_source(sources).alias("of_source"), month.alias("of_month"))
    return {
        (row["of_source"], row["of_month"]): _cell(table, row.asDict())
        for row in groups.agg(*_counts(table, late_days)).collect()  # a row a source and month
    }


def _standing(lake: Lake, table: LandingTable) -> DataFrame:
    silver = table.silver
    names = dict.fromkeys(("batch", *(c.silver for c in table.columns if c.silver)))
    rows = lake.read(silver)
    if MONTH in silver.names:
        return rows.select(*names, F.col(MONTH).alias("in_month"))
    if TIED not in silver.names:
        return rows.select(*names, F.lit(NO_MONTH).alias("in_month"))
    months = lake.read(VISIT).select(TIED, F.col(MONTH).alias("in_month"))
    return rows.select(*names).join(months, on=TIED, how="left")


def _refused(lake: Lake, table: LandingTable, gone: Names) -> DataFrame:
    """Refused rows that wait to be put right; of those a replaced file brought none do."""
    rows = lake.read(table.bronze).where("faults is not null")
    waiting = rows.where(f"not {from_files(gone)}") if gone else rows
    month = F.expr(typed.month(table)) if table.period else F.lit(NO_MONTH)
    fault = F.split(F.element_at("faults", 1), ": ")[1]
    return waiting.select("batch", month.alias("in_month"), fault.alias("fault"))


def _source(sources: Iterable[str]) -> Column:
    """The mapping whose mark the batch ends in, else the contract's own layout."""
    marked = F.substring_index("batch", "@", -1)
    named = (F.instr("batch", "@") > 0) & marked.isin(sorted(sources))
    return F.when(named, marked).otherwise(CONTRACT)


def _counts(table: LandingTable, late_days: int) -> Iterator[Column]:
    yield F.count_if(F.col("fault").isNull()).alias("rows")
    for kind in KINDS:
        yield F.count_if(F.col("fault") == kind).alias(f"r_{kind}")
    for column in table.columns:
        if column.silver:
            yield F.count(column.silver).alias(f"n_{column.name}")
        if column.silver and column.among and not column.personal:
            yield F.count_if(~F.col(column.silver).isin(*column.among)).alias(f"o_{column.name}")
    for name in table.money:
        yield F.coalesce(F.sum(table[name].silver), F.lit(0)).alias(f"m_{name}")
    yield from _times(table, late_days)


def _times(table: LandingTable, late_days: int) -> Iterator[Column]:
    period = table[table.period] if table.period else None
    if period is None or period.kind not in ("d", "t"):
        yield from (F.lit(0).alias(name) for name in ("lag_days", "late", "midnight"))
        return
    lag = F.greatest(F.datediff("updt_time", period.silver), F.lit(0))
    day = F.to_date(period.silver).cast("timestamp_ntz")
    yield F.coalesce(F.sum(lag), F.lit(0)).alias("lag_days")
    yield F.count_if(lag > late_days).alias("late")
    yield (F.count_if(F.col(period.silver) == day) if period.kind == "t" else F.lit(0)).alias(
        "midnight"
    )


def _cell(table: LandingTable, row: dict[str, int]) -> Cell:
    def told(prefix: str, names: Iterable[str]) -> dict[str, int]:
        return {n: row[f"{prefix}_{n}"] for n in names if row.get(f"{prefix}_{n}") is not None}

    names = [column.name for column in table.columns]
    return Cell(
        rows=row["rows"],
        filled=told("n", names),
        odd={name: rows for name, rows in told("o", names).items() if rows},
        fen=told("m", table.money),
        refused={kind: rows for kind, rows in told("r", KINDS).items() if rows},
        lag_days=row["lag_days"],
        late=row["late"],
        midnight=row["midnight"],
    )
