"""Delivered text → typed cells, as Spark SQL: what is read, and what is refused and why."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from fundwatch.tables.landing import LandingColumn, LandingTable

MONEY: Final = "^[-+]?[0-9]{1,14}([.][0-9]{1,2}0*)?$"  # whole fen: no digit after the second counts
NUMBER: Final = "^[-+]?[0-9]+([.][0-9]+)?$"
# Dates with - or /, unpadded too, or eight digits; a time of day must be midnight.
DATE: Final = """case
    when length({x}) = 10 then try_cast(replace({x}, '/', '-') as date)
    when length({x}) between 8 and 9 and {x} rlike '^[0-9]{4}([-/]?)[0-9]{1,2}\\\\1[0-9]{1,2}$'
        then coalesce(try_cast(replace({x}, '/', '-') as date), try_to_date({x}, 'yyyyMMdd'))
    when substring({x}, 11) rlike '^[ T]00:00(:00([.]0+)?)?$'
        then try_cast(replace(left({x}, 10), '/', '-') as date) end"""
# Without a zone: one is refused rather than dropped.
TIME: Final = """case
    when length({x}) = 19 and substring({x}, 17, 1) = ':'
        or length({x}) between 21 and 26 and substring({x}, 20, 1) = '.'
        or length({x}) = 16 and substring({x}, 14, 1) = ':'
        then try_cast(replace({x}, '/', '-') as timestamp_ntz)
    when length({x}) = 10 then cast(try_cast(replace({x}, '/', '-') as date) as timestamp_ntz)
    when {x} rlike '^[0-9]{14}$' then try_cast(
        regexp_replace({x}, '^(....)(..)(..)(..)(..)(..)$', '$1-$2-$3 $4:$5:$6') as timestamp_ntz)
    end"""
READ: Final = {
    "d": DATE,
    "t": TIME,
    "i": "coalesce(try_cast({x} as int),"
    " try_cast(regexp_extract({x}, '^([-+]?[0-9]+)[.]0+$') as int))",
    "m": f"cast(100 * try_cast(if({{x}} rlike '{MONEY}', {{x}}, null) as decimal(16,2)) as bigint)",
    "q": "try_cast({x} as decimal(16,4))",
    "p": "try_cast({x} as decimal(16,6))",
    "r": "try_cast({x} as decimal(5,4))",
}
MOST: Final = {"i": "2147483647", "m": "1e14", "q": "1e12", "p": "1e10", "r": "10"}
BETWEEN: Final = "\\n"  # the lines of faults
VALID: Final = "vali_flag"  # empty means valid
# A code that a sheet showed as 1.1E+17, or as more digits than the fifteen it keeps: some are lost.
MANGLED: Final = "^(-?[0-9]([.][0-9]+)?[Ee][+][0-9]{2,3}|[0-9]{16,}[.]0+)$"


def typed(column: LandingColumn) -> str:
    """The cell of its kind, null where it is empty or cannot be read."""
    if column.kind != "s":
        return read(column.name, column.kind)
    return _code(column, f"`{column.name}`")


def read(name: str, kind: str) -> str:
    """The text in column `name` read as a kind that is not text, null where it cannot be."""
    return READ[kind].replace("{x}", f"`{name}`")


def blank_is_null(cell: Column) -> Column:
    """The trimmed text; null where nothing is left."""
    return F.nullif(F.trim(cell.cast("string")), F.lit(""))


def silver_cell(column: LandingColumn) -> str:
    """The cell as silver holds it; personal columns are done elsewhere."""
    if column.name == VALID:
        return f"coalesce({typed(column)}, '1')"
    return typed(column)


def month(table: LandingTable) -> str:
    """The row's month, YYYY-MM."""
    return f"left(cast({typed(table[table.period])} as string), 7)"


def faults(table: LandingTable, *, mangled: bool = False) -> str:
    """Every fault of a row as a line 'column: reason'; `mangled` codes if asked.

    A torn row has that fault only: its cells may stand under wrong names.
    """
    asked = [
        f"if({_wrong(c)}, concat('{c.name}: ', {_reason(c)}), null)"
        for c in table.columns
        if _may_fail(c)
    ]
    if mangled:
        codes = (c.name for c in table.columns if c.is_code)
        asked += [f"if(`{name}` rlike '{MANGLED}', '{name}: mangled', null)" for name in codes]
    # Spark compiles lines of text, but walks through the expressions of an array that it filters
    # for every row: three times as long.
    return f"if(torn is not null, ': torn', concat_ws('{BETWEEN}', {', '.join(asked)}))"


def odd(column: LandingColumn) -> str:
    """True of a value outside the vocabulary."""
    allowed = ", ".join(f"'{value}'" for value in column.among)
    return f"{typed(column)} not in ({allowed})"


def padded(column: LandingColumn) -> str:
    """True of a code that is filled to its width."""
    cell = f"`{column.name}`"
    return f"length({cell}) < {column.width} and {cell} rlike '^[0-9]+$'"


def _code(column: LandingColumn, cell: str) -> str:
    if not (column.width or column.among or column.name.endswith("_flag")):
        return cell
    whole = f"if({cell} like '%.0', left({cell}, length({cell}) - 2), {cell})"  # 1.0 from a sheet
    if not column.width:
        return whole
    short = f"length({whole}) < {column.width} and {whole} rlike '^[0-9]+$'"
    return f"if({short}, lpad({whole}, {column.width}, '0'), {whole})"


def _may_fail(column: LandingColumn) -> bool:
    return column.need != "may" or column.kind != "s"


def _wrong(column: LandingColumn) -> str:
    if column.kind == "s":
        return f"`{column.name}` is null"
    if column.need == "may":
        return f"(`{column.name}` is not null and {typed(column)} is null)"
    return f"{typed(column)} is null"


def _reason(column: LandingColumn) -> str:
    cell = f"`{column.name}`"
    if column.kind not in MOST:
        return f"if({cell} is null, 'missing', 'unreadable')"
    large = f"{cell} rlike '{NUMBER}' and abs(cast({cell} as double)) >= {MOST[column.kind]}"
    read = f"if({large}, 'out of range', 'unreadable')"
    return f"if({cell} is null, 'missing', {read})"


def money_sums(table: LandingTable, which: str) -> dict[str, str]:
    """Money column → the sum of its readable cells [fen] over the rows where `which` holds."""
    return {
        name: f"coalesce(sum({typed(table[name])}) filter (where {which}), 0)"
        for name in table.money
    }


__all__ = [
    "MONTH",
    "blank_is_null",
    "faults",
    "money_sums",
    "month",
    "odd",
    "padded",
    "read",
    "silver_cell",
    "typed",
]
