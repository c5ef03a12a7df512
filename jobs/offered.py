"""What the runner offers to steps by keyword: knowledge that can be evaluated, codes, settings."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel
from pyspark.sql import functions as F

from fundwatch.knowledge import DetectorEntry, Entry, Indicator, Rule, Scheme, load
from fundwatch.lake import Lake
from fundwatch.ledger import digest
from fundwatch.points import Point, load_points
from fundwatch.settings import Settings
from fundwatch.tables.ops import FILL
from models import Champions, Configured, configured

E = TypeVar("E", bound=Entry)
Anything = Mapping[str, Any]


@dataclass(frozen=True)
class Offered:
    """Knowledge of a conf folder, less what the delivered data cannot answer.

    `unfilled` names the landing columns (table.column) without any value.
    """

    conf: Path
    settings: Settings
    registry: Champions | None
    unfilled: frozenset[str] = frozenset()

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        return self._evaluable(load(Indicator, self.conf / "indicators"))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return self._evaluable(load(Rule, self.conf / "rules"))

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        return load(Scheme, self.conf / "schemes.yml")

    @cached_property
    def detector_entries(self) -> tuple[DetectorEntry, ...]:
        return load(DetectorEntry, self.conf / "detectors.yml")

    @cached_property
    def anomalies(self) -> tuple[DetectorEntry, ...]:
        return self._evaluable(load(DetectorEntry, self.conf / "anomalies.yml"))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        return self._evaluable(load_points(self.conf / "points"))

    @cached_property
    def detectors(self) -> tuple[Configured, ...]:
        return configured(self._evaluable(self.detector_entries), self.registry)

    @cached_property
    def codes(self) -> dict[str, dict[str, str]]:
        return {path.stem: _codes(path) for path in sorted((self.conf / "codes").glob("*.csv"))}

    @cached_property
    def every(self) -> tuple[Entry, ...]:
        """All that can be asked of data, whether or not these can answer it."""
        return (
            *load(Indicator, self.conf / "indicators"),
            *load(Rule, self.conf / "rules"),
            *self.detector_entries,
            *load(DetectorEntry, self.conf / "anomalies.yml"),
            *load_points(self.conf / "points"),
        )

    def not_evaluable(self) -> dict[str, dict[str, str]]:
        """Entry id → its title, and the reason why it cannot be asked of these data.

        Both in Chinese, for supervisors read them: not evaluable is never 'clean'.
        """
        reasons = {entry.id: _lacking(self.unfilled & set(entry.needs)) for entry in self.every}
        reasons |= {detector.id: detector.not_evaluable for detector in self.detectors}
        return {
            entry.id: {"title": entry.title, "reason": reasons[entry.id]}
            for entry in self.every
            if reasons[entry.id]
        }

    def by_name(self, name: str) -> Any:
        """What a step asks for under that keyword."""
        return getattr(self, name)

    def digest(self, names: Iterable[str]) -> str:
        """Digest of the content of what is offered under these names."""
        return digest([[name, _plain(self.by_name(name))] for name in sorted(names)])

    def _evaluable(self, entries: tuple[E, ...]) -> tuple[E, ...]:
        return tuple(entry for entry in entries if not self.unfilled & set(entry.needs))


def unfilled_columns(lake: Lake, every: Iterable[str]) -> frozenset[str]:
    """Those of `every` (table.column) for which no delivered row has a value."""
    filled = (
        lake.read(FILL)
        .where("filled > 0")
        .select(F.concat_ws(".", "table", "column").alias("name"))
        .distinct()
        .collect()  # at most as many as the contract has columns
    )
    return frozenset(every) - {row["name"] for row in filled}


def _lacking(columns: frozenset[str]) -> str:
    return f"未交付数据:{'、'.join(sorted(columns))}" if columns else ""


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return getattr(value, "definition", None) or value


def _codes(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
