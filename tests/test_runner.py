"""Stale months are known from the run log, and a step is one commit however many they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Barrier
from typing import Any, cast

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.flow import FLOW, Read, Step, upstream
from fundwatch.lake import Lake
from fundwatch.ledger import ALL, Ledger, around, shift, window
from fundwatch.schema import MONTH, Table, columns
from fundwatch.tables import TABLES
from fundwatch.tables.silver import FEE_LINE, SETTLEMENT_NET
from jobs.offered import Offered
from jobs.runlog import RunLog
from jobs.runner import Audit, Runner, Task
from tests.rows import assert_rows, rows

SPENT = Table(
    "gold.spent",
    "one month",
    (MONTH,),
    columns("month string Month.\nfen bigint Spent [fen]."),
    period=MONTH,
)
QUARTER = Table(
    "gold.quarter",
    "one month and two before",
    (MONTH,),
    columns("month string Month.\nfen bigint Spent in three [fen]."),
    period=MONTH,
)
TOTAL = Table("gold.total", "all", ("fen",), columns("fen bigint Spent [fen]."), period="")


def spent(settlement_net: DataFrame) -> DataFrame:
    return settlement_net.groupBy(MONTH).agg(F.sum("fund_pay_sumamt_fen").alias("fen"))


def quarters(spent: DataFrame, *, months: tuple[str, ...]) -> DataFrame:
    windows = [(m, near) for m in months for near in around(m, 2, 0)]
    near = spent.sparkSession.createDataFrame(windows, "of string, month string")
    joined = near.join(spent, on=MONTH, how="inner").groupBy("of").agg(F.sum("fen").alias("fen"))
    return joined.withColumnRenamed("of", MONTH)


def met(settlement_net: DataFrame) -> DataFrame:
    """Ends only once another step has begun."""
    BOTH.wait(timeout=60)
    return spent(settlement_net)


def total(quarter: DataFrame) -> DataFrame:
    return quarter.agg(F.sum("fen").alias("fen"))


BOTH = Barrier(2)
STEPS = (
    Step("spent", "支出", f"{__name__}:spent", (Read(SETTLEMENT_NET),), SPENT),
    Step("quarters", "季", f"{__name__}:quarters", (Read(SPENT, back=2),), QUARTER),
    Step("total", "总", f"{__name__}:total", (Read(QUARTER),), TOTAL),
)


@dataclass
class Knowledge:
    """Stands for what conf offers: nothing is asked of it but its digest."""

    said: str = ""
    asked: list[str] = field(default_factory=list)

    def digest(self, names: Any) -> str:
        return self.said

    def by_name(self, name: str) -> Any:
        raise AssertionError(f"no step of these tests asks for {name}")


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"), spark)


def arrive(lake: Lake, *settled: tuple[str, str, int]) -> None:
    """Settlements land: their months are touched, as ingest records it."""
    literal = "setl_id | month | fund_pay_sumamt_fen\n"
    literal += "\n".join(f"{setl} | {month} | {fen}" for setl, month, fen in settled)
    version = lake.append(SETTLEMENT_NET, rows(lake.spark, SETTLEMENT_NET, literal))
    record = {
        "step": "ingest",
        "outcome": "done",
        "touched": {SETTLEMENT_NET.name: sorted({month for _, month, _ in settled})},
        "versions_out": {SETTLEMENT_NET.name: version},
        "started_at": _clock(),
    }
    RunLog(lake, "arrival").write(record, 0.0)


def _clock() -> Any:
    from datetime import datetime

    return datetime.now()


def runner(lake: Lake, said: str = "", steps: tuple[Step, ...] = STEPS, **given: Any) -> Runner:
    offered = cast(Offered, Knowledge(said))
    return Runner(lake, offered, RunLog(lake, "run"), lambda text: None, steps=steps, **given)


def planned(tasks: list[Task]) -> dict[str, tuple[str, ...]]:
    return {task.step.name: task.months for task in tasks}


FOUR = [("a", "2024-01", 1), ("b", "2024-02", 20), ("c", "2024-03", 300), ("d", "2024-06", 4000)]


def test_a_month_whose_inputs_did_not_change_is_skipped(lake: Lake) -> None:
    arrive(lake, *FOUR)
    assert [record["step"] for record in runner(lake).run()] == ["spent", "quarters", "total"]
    assert_rows(lake.read(TOTAL), TOTAL, "fen\n4343")
    assert runner(lake).run() == []


def test_a_late_correction_stales_exactly_the_months_whose_windows_contain_it(lake: Lake) -> None:
    arrive(lake, *FOUR)
    runner(lake).run()
    arrive(lake, ("e", "2024-01", 50000))
    assert planned(runner(lake).plan()) == {
        "spent": ("2024-01",),
        "quarters": ("2024-01", "2024-02", "2024-03"),
        "total": (ALL,),
    }
    runner(lake).run()
    assert_rows(
        lake.read(QUARTER),
        QUARTER,
        "month | fen\n2024-01 | 50001\n2024-02 | 50021\n2024-03 | 50321\n2024-06 | 4000",
    )


def test_a_changed_definition_stales_every_month(lake: Lake) -> None:
    arrive(lake, *FOUR)
    runner(lake).run()
    why = runner(lake, said="another threshold").plan()[0].why
    assert why == dict.fromkeys(("2024-01", "2024-02", "2024-03", "2024-06"), "inputs changed")


def test_one_month_at_a_time_and_all_together_give_the_same_rows(
    lake: Lake, tmp_path: Path
) -> None:
    other = Lake(str(tmp_path / "other"), lake.spark)
    for one in (lake, other):
        arrive(one, *FOUR)
    runner(lake).run()
    for month in ("2024-02", "2024-04", "2024-07"):
        runner(other).run(before=month)
    for table in (SPENT, QUARTER, TOTAL):
        assert sorted(lake.read(table).collect()) == sorted(other.read(table).collect())


def test_a_step_is_one_commit_however_many_months(lake: Lake) -> None:
    arrive(lake, *FOUR)
    runner(lake).run()
    assert lake.version(SPENT) == 1  # 0 made the table


def test_before_leaves_later_months_alone(lake: Lake) -> None:
    arrive(lake, *FOUR)
    runner(lake).run(before="2024-03", only="spent")
    assert_rows(lake.read(SPENT), SPENT, "month | fen\n2024-01 | 1\n2024-02 | 20")


def test_steps_that_do_not_wait_for_each_other_run_side_by_side(lake: Lake) -> None:
    arrive(lake, *FOUR)
    one, other = (
        replace(
            STEPS[0], name=name, does=f"{__name__}:met", writes=replace(SPENT, name=f"gold.{name}")
        )
        for name in ("one", "other")
    )
    after = replace(STEPS[2], reads=(Read(one.writes),))
    done = [record["step"] for record in runner(lake, steps=(one, other, after)).run()]
    assert sorted(done[:2]) == ["one", "other"]
    assert_rows(lake.read(TOTAL), TOTAL, "fen\n4321")


def test_an_audit_is_made_of_written_tables_and_fails_the_run(lake: Lake) -> None:
    arrive(lake, *FOUR)
    seen: list[int] = []
    audit = Audit(
        (Read(QUARTER),),
        replace(TOTAL, name="gold.audited"),
        lambda: seen.append(lake.read(QUARTER).count()),
    )
    runner(lake).run(audit=audit)
    assert seen == [4]
    runner(lake).run(audit=audit)  # nothing is stale
    assert seen == [4]
    arrive(lake, ("s9", "2024-07", 1))
    with pytest.raises(ZeroDivisionError):
        runner(lake).run(audit=replace(audit, does=lambda: 1 // 0))


class Killed(Exception):
    """Stands for a kill at a commit point."""


def test_a_run_cut_short_at_any_commit_is_completed_by_the_next(lake: Lake) -> None:
    arrive(lake, *FOUR)
    done: set[tuple[str, str]] = set()

    def die(step: str, moment: str) -> None:
        if (step, moment) not in done:
            done.add((step, moment))
            raise Killed(step, moment)

    for _ in range(2 * len(STEPS)):  # each time a commit further
        with pytest.raises(Killed):
            runner(lake, committed=die).run()
    runner(lake, committed=die).run()
    assert done == {(step.name, m) for step in STEPS for m in ("written", "recorded")}
    assert_rows(lake.read(TOTAL), TOTAL, "fen\n4343")
    assert_rows(
        lake.read(QUARTER),
        QUARTER,
        "month | fen\n2024-01 | 1\n2024-02 | 21\n2024-03 | 321\n2024-06 | 4000",
    )


def test_a_failure_is_written_down_and_raised(lake: Lake) -> None:
    arrive(lake, *FOUR)
    broken = Step("broken", "坏", f"{__name__}:missing_column", (Read(SETTLEMENT_NET),), SPENT)
    with pytest.raises(Exception, match="no_such_column"):
        runner(lake, steps=(broken,)).run()
    last = lake.runs()[-1]
    assert (last["step"], last["outcome"], last["months"]) == ("broken", "failed", {})
    assert "no_such_column" in last["note"]


def missing_column(settlement_net: DataFrame) -> DataFrame:
    return settlement_net.select("no_such_column")


def test_nothing_reads_what_is_written_below() -> None:
    written: set[str] = {name for name in TABLES if not name.startswith("gold.")}
    for step in FLOW:
        assert {read.table.name for read in step.reads} <= written, step.name
        written.add(step.writes.name)


def test_every_gold_table_has_exactly_one_writer() -> None:
    assert sorted(step.writes.name for step in FLOW) == sorted(
        name for name in TABLES if name.startswith("gold.")
    )


def test_clues_stand_on_findings() -> None:
    assert {step.name for step in upstream(FLOW[-1])} == {"rules", "detectors", "anomalies"}


def test_months_are_counted_over_years() -> None:
    assert shift("2024-01", -1) == "2023-12"
    assert around("2024-12", 1, 1) == ("2024-11", "2024-12", "2025-01")
    assert window(FEE_LINE, Read(FEE_LINE), ["2024-01"])[0] == "2023-01"  # a long stay's lines


def test_a_ledger_forgets_failed_runs() -> None:
    failed = {"step": "spent", "outcome": "failed", "months": {"2024-01": "x"}}
    assert Ledger.of([failed]).computed == {}
