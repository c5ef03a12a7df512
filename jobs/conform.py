"""A step's rows in the declared shape, ready to be written."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH, Table

# Sums of doubles depend on their order in the last digits; ten significant digits do not.
TEN_DIGITS = "%.9e"


def conform(rows: DataFrame, table: Table, months: Iterable[str] | None = None) -> DataFrame:
    """`rows` in the declared columns, types and order, of `months` only, doubles to ten digits."""
    if months is not None and table.period == MONTH:
        rows = rows.where(F.col(MONTH).isin(sorted(months)))
    return rows.select([_shaped(column.name, column.type) for column in table.columns])


def _shaped(name: str, kind: str) -> Column:
    cell = F.col(f"`{name}`").cast(kind)
    if kind == "double":
        cell = F.when(cell.isNotNull(), F.format_string(TEN_DIGITS, cell).cast("double"))
    return cell.alias(name)
