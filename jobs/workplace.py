"""A lake opened for work: settings, Spark, knowledge, and the whole job in the order it is done."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from fundwatch import __version__, release
from fundwatch.errors import ReconciliationError
from fundwatch.lake import Lake
from fundwatch.lock import writing
from fundwatch.logs import start_logging, tell
from fundwatch.pseudonym import PseudonymKey
from fundwatch.session import SparkSettings, spark_session
from fundwatch.settings import Settings, conf_dir, load_settings
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import RECONCILIATION, SCHEMA
from jobs.ingest import IngestResult, ingest
from jobs.ingest.reconcile import (
    RECONCILED,
    computed_months,
    reconcile_gold,
    reconcile_ingest,
    reconcile_lake,
    refuse_broken,
)
from jobs.ingest.source import load_source
from jobs.offered import Offered, unfilled_columns
from jobs.runlog import RunLog
from jobs.runner import Audit, Runner
from models.tracking import Registry, registry_at

RUN_OF: Final = "FUNDWATCH_RUN"


@dataclass
class Workplace:
    """One run on one lake."""

    conf: Path
    settings: Settings
    lake: Lake
    progress: Callable[[str], None] = tell

    @cached_property
    def log(self) -> RunLog:
        """Of this process, or of the run that FUNDWATCH_RUN says it is a part of."""
        return RunLog(self.lake, os.environ.get(RUN_OF, "") or uuid.uuid4().hex[:12])

    @property
    def registry(self) -> Registry:
        """The MLflow registry of the lake."""
        return registry_at(self.settings.models.registry or f"{self.lake.root}/ops/mlflow.db")

    def offered(self) -> Offered:
        """Knowledge, less what the data delivered so far cannot answer."""
        every = [f"{t.name}.{c.name}" for t in LANDING.values() for c in t.columns]
        return Offered(self.conf, self.settings, self.registry, unfilled_columns(self.lake, every))

    def ingest(self, landing: str, source: str = "contract") -> IngestResult:
        """Take in every batch of `landing` that is new, and reconcile it down to silver."""
        started, clock = datetime.now(), time.monotonic()
        result = ingest(
            self.lake,
            landing,
            source=load_source(self.conf / "sources" / f"{source}.yml"),
            key=self._key(),
            run_id=self.log.run_id,
            progress=self.progress,
        )
        if result.versions_out:
            self._checked("ingest", reconcile_ingest)
            record = {
                "step": "ingest",
                "outcome": "done",
                "touched": {name: sorted(months) for name, months in result.touched.items()},
                "versions_out": result.versions_out,
                "rows": sum(counts.current for counts in result.tables.values()),
                "started_at": started,
            }
            self.log.write(record, clock)
        return result

    def recheck(self) -> None:
        """Every identity of the lake anew, row by row, down to what gold was computed of.

        Raises ReconciliationError naming the first that is broken; one before gold keeps run from
        computing anything until it is put right.
        """
        started, clock = datetime.now(), time.monotonic()
        self._checked("recheck", reconcile_lake)
        self.log.write({"step": "recheck", "outcome": "done", "started_at": started}, clock)
        if months := computed_months(self.lake):
            reconcile_gold(self.lake, self.log.run_id, months=months)

    def _checked(self, step: str, check: Callable[[Lake, str], object]) -> None:
        """`check`, and the run log told where it finds a broken identity."""
        started, clock = datetime.now(), time.monotonic()
        try:
            check(self.lake, self.log.run_id)
        except ReconciliationError as error:
            failed = {"step": step, "outcome": "failed", "started_at": started}
            self.log.write(failed | {"note": str(error)[:300]}, clock)
            raise

    def runner(self) -> Runner:
        """The runner of this run's steps."""
        return Runner(self.lake, self.offered(), self.log, self.progress)

    def run(self, *, before: str = "", only: str = "") -> list[dict[str, Any]]:
        """Compute what is stale; where that is everything, money must agree from silver to gold.

        Raises ReconciliationError, before anything is computed, where silver is known not to agree.
        """
        refuse_broken(self.lake)
        audit = None if only or before else Audit(RECONCILED, RECONCILIATION, self._reconcile)
        return self.runner().run(before=before, only=only, audit=audit)

    def _reconcile(self) -> None:
        self.progress("[reconcile] money from silver to gold …")
        reconcile_gold(self.lake, self.log.run_id)

    def _key(self) -> PseudonymKey:
        privacy = self.settings.privacy
        return PseudonymKey.load(privacy.key_env, privacy.key_file or f"{self.lake.root}/.key")


@contextmanager
def workplace(
    lake: str,
    *,
    conf: Path | None = None,
    progress: Callable[[str], None] = tell,
    any_schema: bool = False,
) -> Iterator[Workplace]:
    """Open (or make) the lake for writing.

    Raises LakeError if another process writes it, or if it is of another schema version.
    """
    folder = conf_dir(conf)
    settings = load_settings(folder)
    start_logging(as_json=settings.log.json_lines)
    root = lake if "://" in lake else str(Path(lake).resolve())
    with writing(root):
        spark = spark_session(spark_settings(settings))
        opened = Lake(root, spark, settings.lake.case_horizon_days)
        if not any_schema:
            _check_schema(opened)
        yield Workplace(folder, settings, opened, progress)


def recorded_schemas(lake: Lake) -> list[tuple[int, str]]:
    """(version, release) of ops.schema in the order they were written."""
    rows = lake.read(SCHEMA).orderBy("at").collect()  # two rows an upgrade
    return [(row["version"], row["release"]) for row in rows]


def record_schema(lake: Lake, note: str = "") -> None:
    """Write down that the lake has this release's tables; `note` goes after the release."""
    row = [(release.SCHEMA_VERSION, f"{__version__}{note}", datetime.now())]
    lake.append(SCHEMA, lake.spark.createDataFrame(row, SCHEMA.ddl))


def _check_schema(lake: Lake) -> None:
    known = recorded_schemas(lake)
    if not known:
        record_schema(lake)
    release.check_schema(lake.root, known)


def spark_settings(settings: Settings) -> SparkSettings:
    """How the settings say that Spark is to run."""
    spark = settings.spark
    return SparkSettings(
        master=spark.master,
        driver_memory=spark.driver_memory,
        shuffle_partitions=spark.shuffle_partitions,
        extra=spark.extra,
        java_options=spark.java_options,
    )
