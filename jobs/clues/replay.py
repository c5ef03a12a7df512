"""The claims of clues asked again: FLOW from silver as it was, as far as the claims need it."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.flow import FLOW, Step, step_named
from fundwatch.knowledge import Rule
from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.gold import (
    CHARGE_FACT,
    DETECTOR_FINDING,
    FACTS,
    INSTITUTION_DAY_FACT,
    INVOICE_FACT,
    ITEM_ANOMALY,
    PEER_SCORE,
    PERSON_DAY_FACT,
    PRESENCE_CONFLICT,
    RESALE_FACT,
    RULE_FINDING,
    SHARED_PURCHASE,
    STAY_FACT,
    SUPPLY_FACT,
    VISIT_FACT,
)
from fundwatch.tables.silver import FEE_LINE, PERSON, SETTLEMENT_NET
from jobs.conform import conform
from jobs.facts.care import care
from jobs.offered import Offered
from jobs.pinned import pinned
from jobs.side_by_side import side_by_side

# What one row of these says hangs on its own persons alone, or on what no replay narrows.
NARROW: Final = {
    CHARGE_FACT,
    VISIT_FACT,
    STAY_FACT,
    PERSON_DAY_FACT,
    INSTITUTION_DAY_FACT,
    SUPPLY_FACT,
    RESALE_FACT,
    INVOICE_FACT,
}
# What one row of these says depends on everybody's visits, purchases or lines: so of any new fact,
# until it is known better. To ask too much takes longer; to ask too little would tell differences.
EVERYBODYS: Final = {*FACTS, PEER_SCORE, SHARED_PURCHASE} - NARROW
OF_TERMINAL: Final = "terminal_"  # and so do these columns of a visit
# Steps whose rows concern one person, and what they may read of that person alone. A stay's
# neighbours in the house are needed, so `stays` reads every settlement; its lines are few.
NARROWED: Final = {
    "charges": (SETTLEMENT_NET, FEE_LINE),
    "visits": (SETTLEMENT_NET,),
    "person_days": (STAY_FACT,),
    "conflicts": (STAY_FACT,),
    "rules": (STAY_FACT,),
}


@dataclass(frozen=True)
class Question:
    """Which claims to ask again, and of what.

    `persons` (person_key) are those of the evidence; `finders` those that spoke; `versions` the
    Delta version of every silver table; `months` those that each step had computed.
    """

    persons: DataFrame
    finders: frozenset[str]
    versions: Mapping[str, int]
    months: Mapping[str, tuple[str, ...]]
    previous: DataFrame


@dataclass
class Replay:
    """One run of FLOW for a question; what steps write lies in a scratch folder of the lake."""

    lake: Lake
    offered: Offered
    question: Question
    scratch: str
    progress: Callable[[str], None]

    def clues(self) -> DataFrame:
        """gold.clue as it comes out; rank and related are those of the replayed clues alone."""
        needed = self._needed()

        def begin(step: Step) -> Callable[[], None]:
            nth = needed.index(step) + 1
            self.progress(f"[verify {nth}/{len(needed)}] {step.title} {step.name} …")
            return partial(self._store, step)

        side_by_side(self.lake.spark, needed, begin)
        return self.rows(step_named("clues"))

    def _store(self, step: Step) -> None:
        self.rows(step).write.mode("overwrite").parquet(self._path(step.writes))

    def rows(self, step: Step) -> DataFrame:
        """The step's result, in the shape it would be written in."""
        months = self.question.months.get(step.name)
        own = {
            "months": months,
            "versions": self.question.versions,
            "previous": self.question.previous,
        }
        parameters = inspect.signature(step.load()).parameters.values()
        keywords = (p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        asked = {name: own[name] if name in own else self._offered(name) for name in keywords}
        frames = (self._read(step, read.table) for read in step.reads)
        return conform(step.load()(*frames, **asked), step.writes, months)

    def _needed(self) -> list[Step]:
        """Steps before `clues` without which the finders could not speak, in order."""
        tables = self._spoken_from()
        needed: list[Step] = []
        for step in reversed(FLOW[:-1]):
            if step.writes in tables:
                needed.insert(0, step)
                if step.name not in ("rules", "detectors"):
                    tables |= {read.table for read in step.reads}
        return needed

    def _spoken_from(self) -> set[Table]:
        """The tables of findings, and those that the recorded finders look at."""
        over = {rule.over for rule in self._offered("rules")}
        spoken = {RULE_FINDING, DETECTOR_FINDING, *self._looked}
        if self._offered("anomalies"):
            spoken.add(ITEM_ANOMALY)
        return spoken | {step.writes for step in FLOW if step.writes.name in over}

    def _offered(self, name: str) -> Any:
        """Knowledge, of the recorded finders only where it is theirs."""
        known = self.offered.by_name(name)
        if name not in ("rules", "detectors", "anomalies"):
            return known
        return tuple(entry for entry in known if entry.id in self.question.finders)

    @property
    def _is_whole(self) -> bool:
        """Whether anything is spoken of that is everybody's: then all is read."""
        rules = self._offered("rules")
        over = {table for table in EVERYBODYS if table.name in {rule.over for rule in rules}}
        at_terminal = any(OF_TERMINAL in f"{rule.when} {rule.says} {rule.amount}" for rule in rules)
        return at_terminal or bool(over | self._looked & EVERYBODYS)

    @property
    def _looked(self) -> set[Table]:
        """What the recorded detectors look at."""
        return {v.table for found in self._offered("detectors") for v in found.reads}

    def _read(self, step: Step, table: Table) -> DataFrame:
        if step.name == "anomalies" and table == CHARGE_FACT and not self._is_whole:
            return self._every_charge()
        rows = self._stored(table)
        if self._is_whole or table not in NARROWED.get(step.name, ()):
            return rows
        return self._of_persons(table, rows)

    def _stored(self, table: Table) -> DataFrame:
        if table.layer == "silver":
            return as_of(self.lake, table, self.question.versions)
        if table not in {step.writes for step in self._needed()}:
            return self.lake.spark.createDataFrame([], table.ddl)
        return self.lake.spark.read.schema(table.ddl).parquet(self._path(table))

    def _every_charge(self) -> DataFrame:
        """All lines, for what compares institutions; Spark computes only the columns it needs."""
        step = step_named("charges")
        asked = {"codes": self.offered.codes}
        rows = step.load()(*(self._stored(read.table) for read in step.reads), **asked)
        return conform(rows, CHARGE_FACT, self.question.months["anomalies"])

    def _of_persons(self, table: Table, rows: DataFrame) -> DataFrame:
        persons = F.broadcast(self._persons)
        if table == STAY_FACT:
            return rows.join(persons, on="person_key", how="left_semi")
        numbers = self._stored(PERSON).join(persons, on="person_key", how="left_semi")
        own = F.broadcast(numbers.select("insu_admdvs", "psn_key"))
        if table == SETTLEMENT_NET:
            return rows.join(own, on=["insu_admdvs", "psn_key"], how="left_semi")
        visits = self._stored(SETTLEMENT_NET).join(
            own, on=["insu_admdvs", "psn_key"], how="left_semi"
        )
        return rows.join(F.broadcast(visits.select("mdtrt_id")), on="mdtrt_id", how="left_semi")

    @cached_property
    def _persons(self) -> DataFrame:
        """Those of the evidence; where stays are contradicted, all who lay in the same houses."""
        persons = pinned(self.question.persons)
        if PRESENCE_CONFLICT not in self._looked:
            return persons
        stay = self._stored(SETTLEMENT_NET).where(care(self.offered.codes) == "inpatient")
        number = self._stored(PERSON).select("insu_admdvs", "psn_key", "person_key")
        lay = stay.join(number, on=["insu_admdvs", "psn_key"], how="inner").select(
            "person_key", "fixmedins_code"
        )
        own = lay.join(F.broadcast(persons), on="person_key", how="left_semi")
        house = F.broadcast(own.select("fixmedins_code").distinct())
        whole = lay.join(house, on="fixmedins_code", how="left_semi")
        return whole.select("person_key").union(persons.select("person_key")).distinct()

    def _path(self, table: Table) -> str:
        return f"{self.scratch}/{table.noun}"


def as_of(lake: Lake, table: Table, versions: Mapping[str, int]) -> DataFrame:
    """The table at the version named; the latest where none is, nothing where it was not yet."""
    version = versions.get(table.name)
    if version is not None and version < 0:
        return lake.spark.createDataFrame([], table.ddl)
    return lake.read(table, version=version)


@contextmanager
def replay(
    lake: Lake, offered: Offered, question: Question, progress: Callable[[str], None]
) -> Iterator[Replay]:
    """A replay whose scratch folder is gone afterwards."""
    scratch = f"{lake.root}/ops/scratch-{uuid.uuid4().hex}"
    try:
        yield Replay(lake, offered, question, scratch, progress)
    finally:
        _remove(lake, scratch)


def _remove(lake: Lake, folder: str) -> None:
    """Through Hadoop: the lake may lie on HDFS or in an object store."""
    jvm: Any = lake.spark.sparkContext._jvm
    path = jvm.org.apache.hadoop.fs.Path(folder)
    path.getFileSystem(lake.spark.sparkContext._jsc.hadoopConfiguration()).delete(path, True)


def unknown_finders(finders: Iterable[str], offered: Offered) -> set[str]:
    """Those that knowledge no longer has."""
    rules: tuple[Rule, ...] = offered.rules
    known = {entry.id for entry in (*rules, *offered.detector_entries, *offered.anomalies)}
    return set(finders) - known
