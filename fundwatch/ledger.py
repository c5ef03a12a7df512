"""What the run log knows: which months changed in which table, and what was computed from what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fundwatch.flow import Read, Step
from fundwatch.schema import Table
from fundwatch.tables.silver import SETTLEMENT_NET

ALL = "*"  # the month of what concerns every month


@dataclass
class Ledger:
    """Stamps of table months, and fingerprints of step months, from ops.run in order.

    A month's stamp is the version of the table that last changed it; a step's fingerprint of a
    month digests its definition and the stamps of every month it read.
    """

    stamps: dict[tuple[str, str], int] = field(default_factory=dict)
    computed: dict[tuple[str, str], str] = field(default_factory=dict)
    written: dict[tuple[str, str], int] = field(default_factory=dict)  # → place in the log
    entries: int = 0

    @classmethod
    def of(cls, runs: Iterable[Any]) -> Ledger:
        """From the rows of ops.run, in the order they were written."""
        ledger = cls()
        for run in runs:
            if run["outcome"] == "done":
                ledger.record(run["step"], run["months"], run["touched"], run["versions_out"])
        return ledger

    def record(
        self,
        step: str,
        months: Mapping[str, str],
        touched: Mapping[str, Iterable[str]],
        versions: Mapping[str, int],
    ) -> None:
        """Take in one row of ops.run; a month of empty fingerprint is no longer computed."""
        self.entries += 1
        for table, changed in touched.items():
            for month in changed:
                self.stamps[table, month] = versions[table]
                self.written[table, month] = self.entries
        for month, fingerprint in months.items():
            self.computed[step, month] = fingerprint
            self.written[step, month] = self.entries
            if not fingerprint:
                del self.computed[step, month], self.written[step, month]

    def months(self) -> tuple[str, ...]:
        """Every month with a settlement, in order."""
        return tuple(
            sorted(m for table, m in self.stamps if table == SETTLEMENT_NET.name and m != ALL)
        )

    def fingerprint(self, step: Step, month: str, definition: str) -> str:
        """Digest of what the step's rows of a month depend on."""
        return digest([definition, [self._seen(read, month) for read in step.reads]])

    def why(self, step: Step, month: str, definition: str) -> str:
        """Why the month must be computed; empty where nothing changed since it was."""
        known = self.computed.get((step.name, month))
        if known is None:
            return "never computed"
        return "" if known == self.fingerprint(step, month, definition) else "inputs changed"

    def is_behind(self, step: Step, month: str) -> bool:
        """Whether the month was never computed, or an input of it was computed or came later."""
        own = self.written.get((step.name, month), -1)
        inputs = (
            self.written.get((read.table.name, m), -1)
            for read in step.reads
            for m in self._window(read, month)
        )
        return own < 0 or own < max(inputs)

    def _seen(self, read: Read, month: str) -> list[Any]:
        return [
            read.table.name,
            *((m, self.stamps.get((read.table.name, m))) for m in self._window(read, month)),
        ]

    def _window(self, read: Read, month: str) -> tuple[str, ...]:
        if month == ALL:
            return tuple(sorted(m for table, m in self.stamps if table == read.table.name))
        return (ALL, *around(month, read.back, read.ahead))


def around(month: str, back: int, ahead: int) -> tuple[str, ...]:
    """The months from `back` before to `ahead` after, YYYY-MM."""
    return tuple(shift(month, by) for by in range(-back, ahead + 1))


def shift(month: str, by: int) -> str:
    """The month so many months later."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + by, 12)
    return f"{year:04d}-{number + 1:02d}"


def window(table: Table, read: Read, months: Iterable[str]) -> tuple[str, ...]:
    """Own months of the rows of `table` that `months` of a step may need."""
    before, after = table.spread
    needed = {m for month in months for m in around(month, read.back + before, read.ahead + after)}
    return tuple(sorted(needed))


def digest(value: Any) -> str:
    """Sixteen hex digits of the canonical JSON of `value`."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
