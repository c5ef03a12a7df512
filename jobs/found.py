"""A table of the lake beside what this release declares it to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

from delta.tables import DeltaTable
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from fundwatch.lake import Lake
from fundwatch.schema import MONTH, Table
from fundwatch.tables.gold import CLUE

CHECK: Final = "delta.constraints."
EMPTIED: Final = "REPLACE TABLE"  # as Delta's history names it


@dataclass(frozen=True)
class Found:
    """A table as it lies in the lake; `unfilled` names the version with the rows it had, or -1."""

    table: Table
    types: dict[str, str]
    required: frozenset[str]
    checks: dict[str, str]
    parts: tuple[str, ...]
    unfilled: int = -1

    def is_as_declared(self) -> bool:
        must = frozenset(c.name for c in self.table.columns if not c.null)
        return (
            self.types == _types(self.table)
            and self.required == must
            and self.checks == compact(self.table.constraints())
            and self.parts == _parts(self.table)
        )

    def has_other_columns(self) -> bool:
        """Whether rows must be written anew: a column has another name or type, or went."""
        declared = _types(self.table)
        same = all(declared.get(name) == kind for name, kind in self.types.items())
        return not same or self.parts != _parts(self.table)

    def loosened(self) -> Table:
        """As declared, but null where the rows it has may hold none."""
        columns = (
            c if {c.name, c.was} & self.required else replace(c, null=True)
            for c in self.table.columns
        )
        return replace(self.table, columns=tuple(columns))


def compact(checks: dict[str, str]) -> dict[str, str]:
    """Predicates without blanks: Delta puts some of its own between the words of added ones."""
    return {name: "".join(sql.split()) for name, sql in checks.items()}


def is_kept(table: Table) -> bool:
    """Whether its rows cannot be had again from silver: clues hand their ids on."""
    return table.layer != "gold" or table.name == CLUE.name


def found(lake: Lake, table: Table, *, resumed: bool) -> Found:
    """The table as it lies; where an upgrade is `resumed`, it may have been left empty."""
    delta = DeltaTable.forPath(lake.spark, lake.path(table))
    fields = delta.toDF().schema.fields
    (detail,) = delta.detail().collect()
    told = detail["properties"].items()
    checks = {name.removeprefix(CHECK): sql for name, sql in told if name.startswith(CHECK)}
    emptied = last_emptied(lake, table) if resumed and is_kept(table) else -1
    return Found(
        table,
        types={f.name: f.dataType.simpleString() for f in fields},
        required=frozenset(f.name for f in fields if not f.nullable),
        checks=compact(checks),
        parts=tuple(detail["partitionColumns"]),
        unfilled=emptied - 1 if emptied >= 0 and emptied == lake.content_version(table) else -1,
    )


def last_emptied(lake: Lake, table: Table) -> int:
    """The last version in which an upgrade emptied it, -1 where none did."""
    history = DeltaTable.forPath(lake.spark, lake.path(table)).history()
    emptied = history.where(F.col("operation") == EMPTIED).agg(F.max("version"))
    (version,) = emptied.collect()[0]
    return -1 if version is None else int(version)


def _types(table: Table) -> dict[str, str]:
    shape = cast(StructType, StructType.fromDDL(table.ddl))
    return {f.name: f.dataType.simpleString() for f in shape.fields}


def _parts(table: Table) -> tuple[str, ...]:
    return (MONTH,) if table.period == MONTH else ()
