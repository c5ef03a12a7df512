"""How a foreign extract becomes landing tables: conf/sources/*.yml, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from fundwatch.errors import DeclarationError
from fundwatch.tables.landing import LANDING
from fundwatch.yaml_file import read_yaml


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mapped(_Frozen):
    """One landing table from foreign files.

    A landing column comes from a foreign column (`rename`), a `constant`, or a Spark SQL
    `expression` over the foreign columns; `codes` then translates its values, keeping those it does
    not list. With `unpivot` each filled cell of the listed foreign columns gives a row of its own,
    and expressions see it as `value`, with `position` counting from 1.
    """

    files: str = Field(
        validation_alias=AliasChoices("from", "files")
    )  # glob below the landing folder
    rename: dict[str, str] = {}
    constant: dict[str, str] = {}
    expression: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    unpivot: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Landing columns it fills."""
        return (*self.rename, *self.constant, *self.expression)


class Source(_Frozen):
    """A kind of landing; `identity` is the contract, whose folders are its tables."""

    name: str
    title: str
    identity: bool = False
    tables: dict[str, Mapped] = {}

    @property
    def mark(self) -> str:
        """What the batches of a mapped extract end in, after the folder of the file.

        So a file of one source never passes for a corrected edition of another's.
        """
        return f"@{self.name}"

    def faults(self) -> Iterator[str]:
        """What is declared wrongly, one sentence each."""
        if self.identity == bool(self.tables):
            yield "either identity: true or tables must be given"
        for name, mapped in self.tables.items():
            if name not in LANDING:
                yield f"tables.{name}: no such landing table"
                continue
            known = {c.name for c in LANDING[name].columns}
            for column in sorted({*mapped.columns, *mapped.codes} - known):
                yield f"tables.{name}: no column {column}"
            for column in sorted(set(mapped.codes) - set(mapped.columns)):
                yield f"tables.{name}: codes for {column}, which nothing fills"
            for column in sorted({c for c in mapped.columns if mapped.columns.count(c) > 1}):
                yield f"tables.{name}: {column} is filled twice"


def load_source(file: Path) -> Source:
    """The mapping in `file`. Raises DeclarationError with every fault of it."""
    if not file.is_file():
        raise DeclarationError(f"{file.stem} is no source: there is no {file}")
    try:
        source = Source(**(read_yaml(file) or {}))
    except ValidationError as error:
        told = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    else:
        if not (told := list(source.faults())):
            return source
    raise DeclarationError("\n".join(f"{file}: {fault}" for fault in told))
