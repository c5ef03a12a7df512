"""Upgrading a lake of an older release: columns added, gold of another shape recomputed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fundwatch.lake import Lake, create_statement
from fundwatch.schema import Column, Table
from fundwatch.tables import TABLES
from jobs.workplace import SCHEMA_VERSION, record_schema, schema_version

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Renamed:
    """A column that changed its name in schema version `since`."""

    since: int
    table: str
    old: str
    new: str


RENAMED: tuple[Renamed, ...] = ()


def migrate(lake: Lake, tell: Tell) -> int:
    """Bring every table to this release's declaration; each change is one commit and idempotent,
    so that a run cut short goes on where it stopped. Returns the number of changes.

    Gold tables of another shape are emptied: the next run computes them from silver.
    """
    version = schema_version(lake)
    changes = [
        change
        for table in TABLES.values()
        if lake.exists(table)
        for change in _changes(lake, table, version)
    ]
    for sentence, apply in changes:
        tell(sentence)
        apply()
    if version < SCHEMA_VERSION:
        record_schema(lake)
    return len(changes)


def _changes(lake: Lake, table: Table, version: int) -> Iterator[tuple[str, Callable[[], None]]]:
    present = {f.name: f.dataType.simpleString() for f in lake.read(table).schema.fields}
    if table.layer == "gold":
        if present != _declared(lake, table):
            yield f"{table.name}: emptied, to be computed anew", lambda: _recreate(lake, table)
        return
    for renamed in RENAMED:
        if renamed.table == table.name and version < renamed.since and renamed.old in present:
            yield (
                f"{table.name}: {renamed.old} becomes {renamed.new}",
                lambda r=renamed: _rename(lake, table, r),  # type: ignore[misc]
            )
            present[renamed.new] = present.pop(renamed.old)
    added = [column for column in table.columns if column.name not in present]
    if added:
        names = ", ".join(column.name for column in added)
        yield f"{table.name}: {names} added, empty", lambda: _add(lake, table, added)


def _declared(lake: Lake, table: Table) -> dict[str, str]:
    shape = lake.spark.createDataFrame([], table.ddl).schema
    return {f.name: f.dataType.simpleString() for f in shape.fields}


def _recreate(lake: Lake, table: Table) -> None:
    statement = create_statement(table, lake.path(table), lake.horizon_days)
    lake.spark.sql(statement.replace("CREATE TABLE IF NOT EXISTS", "CREATE OR REPLACE TABLE", 1))
    lake.forget()


def _rename(lake: Lake, table: Table, renamed: Renamed) -> None:
    """Rewrites the table under the new name: column mapping would shut out JVM-less readers."""
    rows = lake.read(table).withColumnRenamed(renamed.old, renamed.new)
    (
        rows.write.format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .save(lake.path(table))
    )
    lake.forget()


def _add(lake: Lake, table: Table, added: list[Column]) -> None:
    """New columns are nullable in an old lake: its rows never had them."""
    spelled = ", ".join(f"`{column.name}` {column.type}" for column in added)
    lake.spark.sql(f"ALTER TABLE delta.`{lake.path(table)}` ADD COLUMNS ({spelled})")
    lake.forget()
