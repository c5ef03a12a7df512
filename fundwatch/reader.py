"""Reading a lake without a JVM: tables as Arrow or pandas, SQL, and from a clue to its lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder

from fundwatch.errors import LakeError, UsageError
from fundwatch.release import check_schema
from fundwatch.schema import Table
from fundwatch.tables import TABLES
from fundwatch.tables.gold import CHARGE_FACT, CLUE
from fundwatch.tables.ops import SCHEMA

NAMED = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(TABLES, reverse=True))) + r")\b")
# The columns by which the lines of somebody or something are found.
TIES = ("setl_id", "mdtrt_id", "person_key", "fixmedins_code", "hilist_code", "bilg_dr_code")


@dataclass(frozen=True)
class LakeReader:
    """A lake at a path or URI, read only."""

    root: str

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that have been written, in the order data meets them."""
        return tuple(name for name in TABLES if DeltaTable.is_deltatable(self.path(name)))

    def arrow(
        self,
        name: str,
        *,
        columns: Iterable[str] = ("*",),
        where: str = "true",
        version: int | None = None,
    ) -> pa.Table:
        """Rows of a table, e.g. arrow("gold.clue", where="rank <= 10").

        A table that was declared but never written has no rows. Raises UsageError for one that
        is not declared.
        """
        table = declared(name)
        if name not in self.tables():
            return pa.table({column: pa.array([], pa.null()) for column in table.names})
        picked = ", ".join(columns)
        query = QueryBuilder().register("it", DeltaTable(self.path(name), version=version))
        return _read(query, f"SELECT {picked} FROM it WHERE {where}")

    def pandas(self, name: str, **narrowed: Any) -> pd.DataFrame:
        """The same as a pandas frame."""
        frame: pd.DataFrame = self.arrow(name, **narrowed).to_pandas()
        return frame

    def sql(self, query: str) -> pd.DataFrame:
        """The answer to a DataFusion query that names tables as they are declared."""
        builder = QueryBuilder()
        for name in sorted(set(NAMED.findall(query))):
            builder.register(_flat(name), DeltaTable(self.path(name)))
        spelled = NAMED.sub(lambda found: _flat(found.group()), query)
        frame: pd.DataFrame = _read(builder, spelled).to_pandas()
        return frame

    def clue(self, clue_id: str) -> pd.Series[Any]:
        """One clue. Raises UsageError if there is none of that id."""
        found = self.pandas(CLUE.name, where=f"clue_id = {_literal(clue_id)}")
        if found.empty:
            raise UsageError(f"no clue {clue_id!r} in {self.root}")
        return found.iloc[0]

    def lines_of(self, **ties: str | Iterable[str]) -> pd.DataFrame:
        """Settled fee lines of somebody or something, in time order.

        e.g. lines_of(person_key=…), lines_of(fixmedins_code=…, month="2024-03"),
        lines_of(clue_id=…).
        """
        clue_id = ties.pop("clue_id", None)
        if clue_id is not None:
            ties["setl_id"] = list(self.clue(str(clue_id))["setl_ids"])
        if unknown := set(ties) - {*TIES, "month"}:
            raise UsageError(f"lines are found by {', '.join(TIES)} or month, not {unknown}")
        where = " AND ".join(_among(name, value) for name, value in sorted(ties.items())) or "true"
        lines = self.pandas(CHARGE_FACT.name, where=where)
        return lines.sort_values(["charged_at", "bkkp_sn"], ignore_index=True)

    def path(self, name: str) -> str:
        """Where a table lies. Raises UsageError for one that is not declared."""
        table = declared(name)
        return f"{self.root}/{table.layer}/{table.noun}"


def declared(name: str) -> Table:
    """What a table is. Raises UsageError for one that is not declared."""
    if name not in TABLES:
        raise UsageError(f"no table {name!r}; there are {', '.join(TABLES)}")
    return TABLES[name]


def open_lake(root: str | Path | None = None) -> LakeReader:
    """The lake at `root`, else $FUNDWATCH_LAKE, else ./lake.

    Raises LakeError without one, and for one whose tables are of another release.
    """
    at = str(root or os.environ.get("FUNDWATCH_LAKE") or "lake").rstrip("/")
    if "://" not in at and not Path(at).is_dir():
        raise LakeError(f"{at} is no lake; make one with: fundwatch screen LANDING --lake {at}")
    reader = LakeReader(at)
    if DeltaTable.is_deltatable(reader.path(SCHEMA.name)):
        told = sorted(reader.arrow(SCHEMA.name).to_pylist(), key=lambda row: row["at"])
        check_schema(at, [(row["version"], row["release"]) for row in told])
    return reader


def _read(builder: QueryBuilder, query: str) -> pa.Table:
    found = pa.table(builder.execute(query).read_all())
    return found.cast(pa.schema([(f.name, _plain(f.type)) for f in found.schema]))


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type without string views, which pandas cannot take inside lists."""
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(f.name, _plain(f.type)) for f in kind])
    return pa.string() if kind == pa.string_view() else kind


def _flat(name: str) -> str:
    return name.replace(".", "__")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _among(name: str, value: str | Iterable[str]) -> str:
    values = [value] if isinstance(value, str) else value
    return f"{name} IN ({', '.join(map(_literal, values)) or 'NULL'})"
