"""The clue contract's two files: Parquet, and one JSON object a line."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from fundwatch.schema import Column
from fundwatch.tables.gold import CLUE

KEPT_BACK: Final = ("contents",)  # for verification only
PARTS: Final = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "decimal(18,2)": pa.decimal128(18, 2),
}


def schema() -> pa.Schema:
    """Names, order and types of contract/clue.yml, as gold.clue declares them."""
    exported = (column for column in CLUE.columns if column.name not in KEPT_BACK)
    return pa.schema([pa.field(c.name, _type(c), nullable=c.null) for c in exported])


def in_contract(clues: pa.Table) -> pa.Table:
    """Rows of gold.clue in exactly the contract's columns and types, as one chunk a column."""
    fields = schema()
    return clues.select(fields.names).cast(fields).combine_chunks()


def parquet(clues: pa.Table) -> bytes:
    """The rows as one Parquet file; equal rows give equal bytes."""
    file = io.BytesIO()
    pq.write_table(clues, file, compression="zstd", store_schema=False)
    return file.getvalue()


def lines(clues: pa.Table) -> bytes:
    """The rows as JSON Lines: dates YYYY-MM-DD, decimals as numbers with two digits."""
    return "".join(f"{_json(row)}\n" for row in clues.to_pylist()).encode()


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False)


def _type(column: Column) -> pa.DataType:
    kind = column.type
    if not kind.startswith("array<"):
        return PARTS[kind]
    item = kind.removeprefix("array<").removesuffix(">")
    return pa.list_(pa.struct(list(_fields(item))) if item.startswith("struct<") else PARTS[item])


def _fields(struct: str) -> Iterator[tuple[str, pa.DataType]]:
    for part in struct.removeprefix("struct<").removesuffix(">").split(","):
        name, kind = part.split(":")
        yield name, PARTS[kind]
