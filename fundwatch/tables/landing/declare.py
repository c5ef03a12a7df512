"""How a landing table is declared, and the bronze and silver tables that follow from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fundwatch.errors import DeclarationError
from fundwatch.schema import MONTH, Column, Table

SILVER_TYPE: Final = {
    "s": "string",
    "d": "date",
    "t": "timestamp_ntz",  # wall-clock time of the bureau: no zone can shift a day
    "i": "int",
    "m": "bigint",  # whole fen, exact
    "q": "decimal(16,4)",
    "p": "decimal(16,6)",
    "r": "decimal(5,4)",
}
UNIT: Final = {"m": " [fen]", "q": " [quantity]", "p": " [yuan per unit]", "r": " [0 to 1]"}
NEEDS: Final = ("key", "must", "may")
# Pseudonym domains: equal values of one domain get equal pseudonyms, those of two never do.
DOMAINS: Final = ("psn", "cert", "tel", "addr", "name", "subject", "drop")
RENAMED: Final = {"psn_no": "psn_key", "certno": "cert_key", "prsc_dr_certno": "prsc_dr_cert_key"}
# What a column's name ends in where its text is a code or a number of somebody or something.
CODED: Final = re.compile(r"(id|sn|no|code|codg|admdvs|type|flag|way|lv|tel|month)$")
ORIGIN: Final = (
    Column("batch", "string", "Batch that delivered the row that stands."),
    Column("file", "string", "File within the batch."),
    Column("line", "bigint", "Record number in the file, the header being 1."),
)


@dataclass(frozen=True)
class LandingColumn:
    """One delivered column.

    `kind` is one of s d t i m q p r, `need` one of key must may. A `personal` column leaves bronze
    only as a keyed pseudonym of that domain, or not at all (drop). `width` pads codes with zeros;
    `among` is the vocabulary: codes outside it are kept, counted and reported. `zeros` is the
    length of a code of digits that a spreadsheet is known to take two leading zeros from.
    """

    name: str
    kind: str
    need: str
    term: str
    personal: str = ""
    width: int = 0
    among: tuple[str, ...] = ()
    zeros: int = 0

    @property
    def is_code(self) -> bool:
        """Whether it is a code or number, of which no sign may be lost; else it is free text."""
        is_coded = bool(self.width or self.among or self.zeros or CODED.search(self.name))
        return self.kind == "s" and is_coded

    @property
    def repairs(self) -> tuple[str, ...]:
        """Names of the rules in jobs/ingest/repair.py that may mend a cell of it."""
        if self.kind == "s" and not self.is_code:
            return ("invisible",)
        mends = ["invisible", "full_width", "sheet_text"]
        if self.is_code:
            mends += ["decimal"] + ["zeros"] * bool(self.zeros)
        if self.kind in ("d", "t"):
            mends += ["date"] + ["day"] * (self.kind == "d")
        return tuple(mends)

    @property
    def silver(self) -> str:
        """Its name in silver; empty where it does not go there."""
        if self.personal == "drop":
            return ""
        if self.personal in ("tel", "addr", "name"):
            return f"{self.name}_key"
        return f"{self.name}_fen" if self.kind == "m" else RENAMED.get(self.name, self.name)


@dataclass(frozen=True)
class LandingTable:
    """One delivered table; `period` is the column that gives a row its month."""

    name: str
    title: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[LandingColumn, ...]
    bronze: Table
    silver: Table
    period: str = ""
    required: bool = False

    def __getitem__(self, name: str) -> LandingColumn:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    @property
    def money(self) -> tuple[str, ...]:
        """Names of the money columns, as delivered."""
        return tuple(c.name for c in self.columns if c.kind == "m")


def landing(
    name: str,
    *,
    silver: str,
    title: str,
    grain: str,
    key: str,
    columns: str,
    belongs: str,
    period: str = "",
    spread: tuple[int, int] = (0, 0),
    required: bool = False,
) -> LandingTable:
    """Declare a landing table; `columns` has a line each: name, kind, need, term, then marks.

    Marks: @domain personal, /n pad with zeros to n, {a,b} vocabulary, ^n digits that may have lost
    two leading zeros of n.
    """
    declared = tuple(_column(name, line) for line in columns.splitlines() if line.strip())
    keys = tuple(key.split())
    return LandingTable(
        name=name,
        title=title,
        grain=grain,
        key=keys,
        columns=declared,
        period=period,
        required=required,
        bronze=_bronze(name, grain, declared),
        silver=Table(
            f"silver.{silver}",
            grain=grain,
            key=tuple(c.silver for k in keys for c in declared if c.name == k),
            columns=_silver_columns(declared, period),
            period=MONTH if period else "",
            belongs=belongs,
            spread=spread,
        ),
    )


def _column(table: str, line: str) -> LandingColumn:
    name, kind, need, term, *marks = line.split()
    given = {mark[0]: mark[1:] for mark in marks}
    if kind not in SILVER_TYPE or need not in NEEDS or set(given) - set("@/{^"):
        raise DeclarationError(f"{table}.{name}: kind, need or mark not known in {line.strip()!r}")
    if given.get("@", "drop") not in DOMAINS:
        raise DeclarationError(f"{table}.{name}: no pseudonym domain {given['@']!r}")
    return LandingColumn(
        name,
        kind,
        need,
        term,
        personal=given.get("@", ""),
        width=int(given.get("/", 0)),
        among=tuple(given["{"].rstrip("}").split(",")) if "{" in given else (),
        zeros=int(given.get("^", 0)),
    )


def _bronze(name: str, grain: str, columns: tuple[LandingColumn, ...]) -> Table:
    delivered = tuple(
        Column(c.name, "string", f"{c.term}, as delivered.", null=True) for c in columns
    )
    return Table(
        f"bronze.{name}",
        grain=f"{grain}, as often as it was delivered",
        key=("batch", "file", "line"),
        columns=(
            *ORIGIN,
            Column("received_at", "timestamp_ntz", "When the batch was loaded."),
            *delivered,
            Column(
                "extra",
                "map<string,string>",
                "Undeclared cells; under ~rule~column what a repaired cell was before.",
                null=True,
            ),
            Column("torn", "string", "The raw record where its cells do not fit.", null=True),
            Column("faults", "array<string>", "Why it is refused, column: reason.", null=True),
        ),
        append_only=True,
    )


def _silver_columns(columns: tuple[LandingColumn, ...], period: str) -> tuple[Column, ...]:
    typed = tuple(
        Column(
            c.silver,
            "string" if c.personal else SILVER_TYPE[c.kind],
            f"{'假名 of ' if c.personal else ''}{c.term}{UNIT.get(c.kind, '')}.",
            null=c.need == "may",
        )
        for c in columns
        if c.silver
    )
    month = (Column(MONTH, "string", f"Month of {period}, YYYY-MM."),) if period else ()
    return (*typed, *month, *ORIGIN)
