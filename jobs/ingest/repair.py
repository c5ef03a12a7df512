"""Cells mended by declared rules: what a spreadsheet or an export did to them and can be undone.

`LandingColumn.repairs` says which rules a column allows. Only files in which the counter saw
something for a rule to do come here; what cannot be undone for certain is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.tables.landing import LandingTable
from jobs.ingest import typed

Rule = Callable[[str, str], Column]  # name of a column and its kind → the mended cell
WIDE: Final = "".join(chr(code) for code in range(0xFF01, 0xFF5F))  # ！ to ～
PLAIN: Final = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
UNSEEN: Final = r"[\p{Cc}\p{Cf}&&[^\n\r\t]]"
AROUND: Final = r"^[\s\p{Z}\p{Cc}\p{Cf}]+|[\s\p{Z}\p{Cc}\p{Cf}]+$"
SPELLED: Final = (
    r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:[ T]+([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})([.][0-9]{1,6})?)?)?$"
)
TRAILING: Final = "trailing"  # of a whole record: empty cells behind the last column
PADDED: Final = "padded"  # the contract's own: codes arrive unpadded, and silver fills them
MADE_OF: Final = "~"  # extra holds what a repaired cell was before, under ~rule~column


def _invisible(name: str, kind: str) -> Column:
    """Without the signs that nobody sees, and without blanks of any width around it."""
    return F.regexp_replace(F.regexp_replace(name, AROUND, ""), UNSEEN, "")


def _full_width(name: str, kind: str) -> Column:
    """１２．５ → 12.5"""
    return F.translate(name, WIDE, PLAIN)


def _sheet_text(name: str, kind: str) -> Column:
    """="0012" and '0012, as exports write a number that a sheet must keep as text → 0012"""
    return F.regexp_replace(F.regexp_replace(name, '^="([^"]*)"$', "$1"), "^'", "")


def _decimal(name: str, kind: str) -> Column:
    """1234.0 → 1234. A sheet's number is exact to fifteen digits; longer ones are refused."""
    return F.regexp_replace(name, r"^([0-9]{1,15})\.0$", "$1")


def _zeros(name: str, kind: str) -> Column:
    """3110000060000 → 003110000060000"""
    return F.regexp_replace(name, "^([1-9][0-9]{12})$", "00$1")


def _date(name: str, kind: str) -> Column:
    """2024年1月2日, 2024.1.2, 2024/1/2 8:05 → 2024-01-02, 2024-01-02 08:05:00"""

    cell = F.col(name)

    def part(number: int) -> Column:
        return F.regexp_extract(cell, SPELLED, number)

    def two(number: int) -> Column:
        return F.lpad(part(number), 2, "0")

    day = F.concat(part(1), F.lit("-"), two(2), F.lit("-"), two(3))
    time = F.concat(F.lit(" "), two(4), F.lit(":"), two(5), F.lit(":"), two(6), part(7))
    told = F.concat(day, F.when(part(4) == "", "").otherwise(time))
    solid = F.regexp_replace(cell, "^(....)(..)(..)$", "$1-$2-$3")
    return (
        F.when(_reads(name, kind), cell)
        .when(cell.rlike(SPELLED), told)
        .when(cell.rlike("^[0-9]{8}$"), solid)
        .otherwise(cell)
    )


def _day(name: str, kind: str) -> Column:
    """The day of a moment, in a column of days."""
    day = F.expr(typed.read(name, "t")).cast("date").cast("string")
    return F.when(_reads(name, kind), F.col(name)).otherwise(F.coalesce(day, name))


def _reads(name: str, kind: str) -> Column:
    return F.expr(typed.read(name, kind)).isNotNull()


# In the order they are applied.
RULES: Final[dict[str, Rule]] = {
    "invisible": _invisible,
    "full_width": _full_width,
    "sheet_text": _sheet_text,
    "decimal": _decimal,
    "zeros": _zeros,
    "date": _date,
    "day": _day,
}


def repaired(rows: DataFrame, table: LandingTable, marks: Iterable[str], width: int) -> DataFrame:
    """Rows of `width` delivered columns, mended by the rules named in `marks`.

    A cell that a rule changes is kept as it was in `extra`; of a record whose only fault is empty
    cells at its end, the record.
    """
    if TRAILING in marks:
        rows = _without_tail(rows, width)
    for name, rule in RULES.items():
        if name in marks:
            rows = _mended(rows, table, name, rule)
    return rows


def _mended(rows: DataFrame, table: LandingTable, name: str, rule: Rule) -> DataFrame:
    columns = [c for c in table.columns if name in c.repairs]
    made = {f"{c.name}|new": typed.blank_is_null(rule(c.name, c.kind)) for c in columns}
    # In two steps, or the optimizer would work out each rule twice.
    found = rows.withColumns(made)
    before = F.array(
        *(
            F.when(
                ~F.col(c.name).eqNullSafe(F.col(f"`{c.name}|new`")),
                F.struct(
                    F.lit(f"{MADE_OF}{name}{MADE_OF}{c.name}").alias("key"),
                    F.col(c.name).alias("value"),
                ),
            )
            for c in columns
        )
    )
    extra = _with_more(F.map_from_entries(F.array_compact(before)))
    kept = found.withColumn("extra", extra)
    mended = kept.withColumns({c.name: F.col(f"`{c.name}|new`") for c in columns})
    return mended.drop(*made)


def _without_tail(rows: DataFrame, width: int) -> DataFrame:
    """Records that have more cells than columns, all of them empty, are not torn."""
    bare = F.regexp_replace("torn", r'"([^"]|"")*"', "x")
    tail = F.slice(F.split(bare, ","), width + 1, 1 << 30)
    is_empty = (F.size(tail) > 0) & F.forall(tail, lambda cell: F.trim(cell) == "")
    told = F.create_map(F.lit(f"{MADE_OF}{TRAILING}{MADE_OF}"), "torn")
    found = rows.withColumn("is_whole", F.coalesce(is_empty, F.lit(False)))
    extra = F.when(F.col("is_whole"), _with_more(told)).otherwise(F.col("extra"))
    torn = F.when(~F.col("is_whole"), F.col("torn"))
    return found.withColumn("extra", extra).withColumn("torn", torn).drop("is_whole")


def _with_more(told: Column) -> Column:
    none = F.create_map().cast("map<string,string>")
    both = F.map_concat(F.coalesce("extra", none), F.coalesce(told, none))
    return F.when(F.size(both) > 0, both)


def counted(rows: DataFrame) -> list[tuple[str, str, str, int]]:
    """(batch, column, rule, rows) of good rows of bronze that a rule mended."""
    made = (
        rows.where("faults is null")
        .select("batch", F.explode(F.map_keys("extra")).alias("key"))
        .where(F.col("key").startswith(MADE_OF))
    )
    parts = F.split("key", MADE_OF)
    told = made.groupBy("batch", parts[2].alias("column"), parts[1].alias("rule"))
    found: list[Any] = told.count().collect()  # a row a batch, column and rule
    return sorted((r["batch"], r["column"], r["rule"], r["count"]) for r in found)


__all__ = ["PADDED", "RULES", "TRAILING", "counted", "repaired"]
