"""What a table is, said once.

A `Table` is plain data and needs no Spark to import, so Airflow may read it while parsing DAGs.
From it come the Delta table with comments and constraints, the check at every write, the rows in
tests and the catalogue page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fundwatch.errors import DeclarationError

MONTH = "month"  # the period column of every table that is computed or pruned by month


@dataclass(frozen=True)
class Column:
    """One column: a Spark SQL type, a sentence with its unit last in brackets, and its bounds."""

    name: str
    type: str
    doc: str
    null: bool = False
    among: tuple[str, ...] = ()  # a closed vocabulary; empty means free
    least: float | None = None
    most: float | None = None
    was: str = ""  # its name in lakes of earlier releases


@dataclass(frozen=True)
class Table:
    """A declared table.

    `belongs` tells whose months a changed row makes stale: "month" its own, "setl_id", "mdtrt_id",
    "psn_key" or "fixmedins_code" those of the settlements it is tied to, "" every month.
    """

    name: str  # "<layer>.<noun in the singular>"
    grain: str  # what one row is
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    period: str = ""  # the month column a run replaces; empty: the whole table
    belongs: str = MONTH
    spread: tuple[int, int] = (0, 0)  # own months of the rows a month needs, before and after it
    append_only: bool = False

    def __post_init__(self) -> None:
        named = [column.name for column in self.columns]
        if missing := {*self.key, self.period} - {*named, ""}:
            raise DeclarationError(f"{self.name}: undeclared column {sorted(missing)}")
        if len(set(named)) < len(named):
            raise DeclarationError(f"{self.name}: a column is declared twice")

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    @property
    def noun(self) -> str:
        return self.name.partition(".")[2]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    @property
    def ddl(self) -> str:
        """The columns as a Spark schema string."""
        return ", ".join(
            f"`{c.name}` {c.type}{'' if c.null else ' NOT NULL'}" for c in self.columns
        )

    def constraints(self) -> dict[str, str]:
        """Constraint name → SQL predicate true of every good row; NOT NULL is in the DDL.

        To Delta a predicate that is null is broken.
        """
        return {
            f"{c.name}_{kind}": f"`{c.name}` IS NULL OR {sql}" if c.null else sql
            for c in self.columns
            for kind, sql in _bounds(c)
        }


def _bounds(column: Column) -> Iterator[tuple[str, str]]:
    if column.least is not None:
        yield "least", f"`{column.name}` >= {column.least:g}"
    if column.most is not None:
        yield "most", f"`{column.name}` <= {column.most:g}"
    if column.among:
        allowed = ", ".join(f"'{value}'" for value in column.among)
        yield "among", f"`{column.name}` IN ({allowed})"


def columns(text: str, **types: str) -> tuple[Column, ...]:
    """Columns from a literal: name, type (a `?` after it allows null), meaning; one a line.

    `types` spells out types too long for a line, by the name the literal gives them.
    """
    return tuple(_column(line, types) for line in text.splitlines() if line.strip())


def _column(line: str, types: dict[str, str]) -> Column:
    name, kind, doc = line.split(maxsplit=2)
    bare = kind.removesuffix("?")
    return Column(name, types.get(bare, bare), doc, null=kind.endswith("?"))
