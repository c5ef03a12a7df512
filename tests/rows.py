"""Tables for tests: say only the columns that matter.

    rows(spark, STAY_FACT, '''
        person_key | fund_fen
        ann        |   100000
        bob        |
    ''')

A column left out gets a harmless value (null where null is allowed), a key its own name and the
row's number; an empty cell is null. Arrays are written with spaces, structs as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from fundwatch.schema import MONTH, Column, Table

PARSE: Final[dict[str, Callable[[str], Any]]] = {
    "int": int,
    "bigint": int,
    "double": float,
    "string": str,
    "boolean": lambda text: text == "true",
    "date": dt.date.fromisoformat,
    "timestamp_ntz": dt.datetime.fromisoformat,
    "array<date>": lambda text: [dt.date.fromisoformat(day) for day in text.split()],
    "array<string>": str.split,
}
HARMLESS: Final[dict[str, Any]] = {
    "int": 1,
    "bigint": 1,
    "double": 1.0,
    "string": "x",
    "boolean": False,
    "date": dt.date(2024, 1, 1),
    "timestamp_ntz": dt.datetime(2024, 1, 1),  # wall clock
}


def rows(spark: SparkSession, table: Table, literal: str = "") -> DataFrame:
    """A frame of `table` with the rows of the literal; none: an empty frame."""
    return spark.createDataFrame(records(table, literal), table.ddl)


def frame(table: Table, literal: str = "") -> pd.DataFrame:
    """The same for code that thinks in pandas."""
    return pd.DataFrame(records(table, literal), columns=list(table.names))


def assert_rows(found: DataFrame, table: Table, literal: str) -> None:
    """`found` holds these rows, in any order, in the columns the literal names."""
    names = _split(literal)[0]
    expected = [
        tuple(_value(table[name], row, 0, key=False) for name in names) for row in _cells(literal)
    ]
    actual = [tuple(row) for row in found.select(names).collect()]
    assert sorted(actual, key=repr) == sorted(expected, key=repr)


def records(table: Table, literal: str) -> list[tuple[Any, ...]]:
    """The rows of the literal as tuples in the table's column order."""
    if not literal.strip():
        return []
    for name in _split(literal)[0]:
        _ = table[name]
    return [
        tuple(_value(c, row, n, key=c.name in table.key) for c in table.columns)
        for n, row in enumerate(_cells(literal), start=1)
    ]


def _split(literal: str) -> list[list[str]]:
    lines = [line for line in literal.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def _cells(literal: str) -> list[dict[str, str]]:
    names, *lines = _split(literal)
    return [dict(zip(names, line, strict=True)) for line in lines]


def _value(column: Column, row: dict[str, str], n: int, *, key: bool) -> Any:
    if column.name in row:
        text = row[column.name]
        return _parse(column, text) if text else ([] if column.type.startswith("array") else None)
    if column.name == MONTH:
        return "2024-01"
    if key and column.type == "string":
        return f"{column.name}-{n}"
    if column.null:
        return None
    return column.among[0] if column.among else _harmless(column.type)


def _parse(column: Column, text: str) -> Any:
    if column.type in PARSE:
        return PARSE[column.type](text)
    return Decimal(text) if column.type.startswith("decimal") else json.loads(text)


def _harmless(kind: str) -> Any:
    if kind.startswith("array"):
        return []
    return {} if kind.startswith("map") else HARMLESS.get(kind, Decimal(1))
