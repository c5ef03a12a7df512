"""Landings for tests: files written as a bureau would, saying only the columns that matter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.schema import Table
from fundwatch.tables.landing import LANDING, LandingColumn
from jobs.ingest import IngestResult, ingest
from jobs.ingest.source import Source

CONTRACT: Final = Source(name="contract", title="contract", identity=True)
KEY: Final = PseudonymKey(b"k" * 32)
HARMLESS: Final = {
    "s": "x",
    "d": "2024-01-02",
    "t": "2024-01-02 10:00:00",
    "i": "1",
    "m": "1.00",
    "q": "1",
    "p": "1",
    "r": "0.5",
}


@dataclass
class Bureau:
    """A landing folder under test and the lake it goes to."""

    root: Path
    lake: Lake
    told: list[str] = field(default_factory=list)
    runs: int = 0

    def gives(self, table: str, literal: str, batch: str = "b1", **how: Any) -> Path:
        """Deliver rows as one CSV file; columns left out of a must get harmless values."""
        return self.writes(table, csv_text(cells(table, literal)), batch=batch, **how)

    def writes(
        self,
        table: str,
        content: str | bytes,
        *,
        batch: str = "b1",
        file: str = "part-0.csv",
        encoding: str = "utf-8",
    ) -> Path:
        """Deliver a file as it stands."""
        path = self.root / table / batch / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def gives_required(self, *but: str) -> None:
        """A row of every required table, save those named."""
        for table in LANDING.values():
            if table.required and table.name not in but:
                self.gives(table.name, f"{table.key[0]}\nharmless", batch="b0")

    def ingests(self) -> IngestResult:
        """Take the landing in."""
        self.runs += 1
        return ingest(
            self.lake,
            self.root,
            source=CONTRACT,
            key=KEY,
            run_id=f"run-{self.runs}",
            progress=self.told.append,
        )

    def silver(self, table: str) -> Table:
        return LANDING[table].silver

    def rows(self, table: Table, *names: str) -> list[tuple[Any, ...]]:
        """Rows of a table of the lake, in the named columns, sorted."""
        return sorted(map(tuple, self.lake.read(table).select(*names).collect()), key=repr)


def cells(table: str, literal: str) -> list[dict[str, str]]:
    """Rows of a literal with a harmless value in every column that must be filled."""
    names, *lines = [
        [cell.strip() for cell in line.split("|")] for line in literal.splitlines() if line.strip()
    ]
    filled = {c.name: _harmless(c) for c in LANDING[table].columns if c.need != "may"}
    return [filled | dict(zip(names, line, strict=True)) for line in lines]


def csv_text(rows: Iterable[dict[str, str]]) -> str:
    """CSV with a header; columns are those of the first row."""
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _harmless(column: LandingColumn) -> str:
    return column.among[0] if column.among else HARMLESS[column.kind]
