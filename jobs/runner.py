"""Runs FLOW: which months are stale, why, and one commit a step for all of them."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from pyspark.sql import DataFrame

from fundwatch.flow import FLOW, Read, Step
from fundwatch.lake import Lake
from fundwatch.ledger import ALL, Ledger, digest, window
from fundwatch.schema import Table
from fundwatch.source_digest import source_digest
from jobs.conform import conform
from jobs.offered import Offered
from jobs.runlog import RunLog
from jobs.side_by_side import side_by_side

# Offered for one run only: they say nothing of what a month's rows depend on.
OF_THE_RUN: Final = frozenset({"months", "versions", "previous"})


@dataclass(frozen=True)
class Task:
    """A step and the months it must compute, each with its reason."""

    step: Step
    why: dict[str, str]

    @property
    def months(self) -> tuple[str, ...]:
        return tuple(self.why)


@dataclass(frozen=True)
class Audit:
    """A check of written tables, made beside the last steps; it raises what it finds wrong."""

    reads: tuple[Read, ...]
    writes: Table
    does: Callable[[], Any]


@dataclass
class Runner:
    """Runs the steps of FLOW on one lake. `committed` is told of each commit: (step, moment)."""

    lake: Lake
    offered: Offered
    log: RunLog
    progress: Callable[[str], None] = print
    committed: Callable[[str, str], None] = lambda step, moment: None
    steps: tuple[Step, ...] = FLOW
    records: list[dict[str, Any]] = field(default_factory=list)

    def plan(self, *, before: str = "", only: str = "") -> list[Task]:
        """What would run now, later steps taking the months of earlier ones as changed."""
        ledger = Ledger.of(self.lake.runs())
        tasks = []
        for step in self._chosen(only):
            task = self._task(ledger, step, before)
            tasks.append(task)
            ahead = {step.writes.name: task.months}
            ledger.record(step.name, {}, ahead, {step.writes.name: len(tasks) * 10**9})
        return tasks

    def run(
        self, *, before: str = "", only: str = "", audit: Audit | None = None
    ) -> list[dict[str, Any]]:
        """Compute every stale month (earlier than `before`, YYYY-MM) of every step, or of one.

        Returns the rows written to ops.run, as they were written. A step without stale months is
        skipped, and so is the audit where all are. After a failure nothing more is begun; what runs
        beside it is finished first.
        """
        ledger = Ledger.of(self.lake.runs())
        works: list[Step | Audit] = [*self._chosen(only), *([audit] if audit else [])]
        is_stale = False

        def begin(work: Step | Audit) -> Callable[[], Any] | None:
            nonlocal is_stale
            if isinstance(work, Audit):
                return work.does if is_stale else None
            does = self._begun(ledger, work, before)
            is_stale = is_stale or does is not None
            return does

        def end(work: Step | Audit, record: Any) -> None:
            if isinstance(work, Step):
                self._ended(ledger, work, record)

        side_by_side(self.lake.spark, works, begin, end)
        return self.records

    def _begun(
        self, ledger: Ledger, step: Step, before: str
    ) -> Callable[[], dict[str, Any]] | None:
        """What to do for the step now; None where no month is stale."""
        task = self._task(ledger, step, before)
        if not task.months:
            self.progress(f"{self._label(step)}: unchanged")
            return None
        self.progress(f"{self._label(step)}: {_told(task.months)} …")
        definition = self.definition(step)
        fingerprints = {m: ledger.fingerprint(step, m, definition) for m in task.months}
        return partial(self._execute, task, fingerprints)

    def _ended(self, ledger: Ledger, step: Step, record: dict[str, Any]) -> None:
        ledger.record(step.name, record["months"], record["touched"], record["versions_out"])
        told = f"{record['rows']:,} rows, {record['seconds']:.1f} s"
        self.progress(f"{self._label(step)}: {told}")

    def _label(self, step: Step) -> str:
        return f"[{self.steps.index(step) + 1}/{len(self.steps)}] {step.title} {step.name}"

    def definition(self, step: Step) -> str:
        """Digest of the code, the declared shapes and the knowledge that a step's rows rest on."""
        asked = set(_keywords(step)) - OF_THE_RUN
        shapes = [step.writes.ddl, *(read.table.ddl for read in step.reads)]
        module = step.does.partition(":")[0]
        return digest([source_digest(module), shapes, self.offered.digest(asked)])

    def _chosen(self, only: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if only in ("", step.name))

    def _task(self, ledger: Ledger, step: Step, before: str) -> Task:
        definition = self.definition(step)
        months = ledger.months() if step.writes.period else (ALL,)
        known = (m for m in months if m == ALL or not before or m < before)
        reasons = ((month, ledger.why(step, month, definition)) for month in known)
        return Task(step, {month: why for month, why in reasons if why})

    def _execute(self, task: Task, fingerprints: dict[str, str]) -> dict[str, Any]:
        step, started = task.step, datetime.now()
        clock = time.monotonic()
        versions = {r.table.name: self.lake.version(r.table) for r in step.reads}
        record = {
            "step": step.name,
            "outcome": "done",
            "months": fingerprints,
            "touched": {step.writes.name: sorted(task.months)},
            "versions_in": versions,
            "started_at": started,
            "note": "",
        }
        try:
            record |= self._write(task, versions)
        except Exception as error:
            note = f"{type(error).__name__}: {str(error).splitlines()[0][:300]}"
            self.log.write(record | {"outcome": "failed", "months": {}, "note": note}, clock)
            raise
        self.committed(step.name, "written")
        written = self.log.write(record, clock)
        self.records.append(written)
        self.committed(step.name, "recorded")
        return written

    def _write(self, task: Task, versions: dict[str, int]) -> dict[str, Any]:
        step = task.step
        months = None if ALL in task.months else task.months
        rows = conform(self.rows(step, months, versions), step.writes, months)
        version = self.lake.replace(step.writes, rows, months)
        return {
            "versions_out": {step.writes.name: version},
            "rows": self.lake.metrics(step.writes).get("numOutputRows", 0),
        }

    def rows(
        self, step: Step, months: tuple[str, ...] | None, versions: dict[str, int]
    ) -> DataFrame:
        """The step's result for `months` (None: all) on the tables at `versions`, unshaped."""
        frames = [
            self.lake.read(
                r.table,
                None if months is None else window(r.table, r, months),
                versions[r.table.name],
            )
            for r in step.reads
        ]
        own = {"months": months, "versions": versions, "previous": self.lake.read(step.writes)}
        asked = {
            name: own[name] if name in OF_THE_RUN else self.offered.by_name(name)
            for name in _keywords(step)
        }
        result: DataFrame = step.load()(*frames, **asked)
        return result


def _keywords(step: Step) -> Iterator[str]:
    asked = inspect.signature(step.load()).parameters.values()
    return (p.name for p in asked if p.kind is p.KEYWORD_ONLY)


def _told(months: tuple[str, ...]) -> str:
    if months == (ALL,):
        return "all months"
    return months[0] if len(months) == 1 else f"{len(months)} months, {months[0]} to {months[-1]}"
