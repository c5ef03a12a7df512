"""Steps of FLOW side by side, each as soon as all that it reads is there.

Planning and committing a step keeps one core busy for seconds, whatever its size; another step can
compute meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final, Protocol, TypeVar

from pyspark.sql import SparkSession

from fundwatch.flow import Read
from fundwatch.schema import Table

AT_A_TIME: Final = 2  # steps: more would share the memory of one
Done = TypeVar("Done")


class Reader(Protocol):
    """A step of FLOW, or what else reads and writes tables."""

    @property
    def reads(self) -> tuple[Read, ...]: ...
    @property
    def writes(self) -> Table: ...


Work = TypeVar("Work", bound=Reader)


def side_by_side(
    spark: SparkSession,
    steps: Iterable[Work],
    begin: Callable[[Work], Callable[[], Done] | None],
    end: Callable[[Work, Done], None] = lambda step, done: None,
) -> None:
    """Do every step after those that write what it reads; of several that could, the first.

    `begin` is asked once all before it have ended, and gives what to do for the step (None:
    nothing), which alone runs in a thread of its own; `end` is told what came of it. After a
    failure nothing more is begun, and what runs beside it is finished before the failure is raised.
    """
    waiting = list(steps)
    running: dict[Future[Done], Work] = {}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        try:
            while waiting or running:
                step = _next(waiting, [*waiting, *running.values()])
                if step and len(running) < AT_A_TIME:
                    waiting.remove(step)
                    if does := begin(step):
                        running[pool.submit(does)] = step
                    continue
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    end(running.pop(done), done.result())
        except KeyboardInterrupt:
            spark.sparkContext.cancelAllJobs()
            raise


def _next(waiting: list[Work], unfinished: list[Work]) -> Work | None:
    """The first step that waits for nothing unfinished."""
    coming = {step.writes.name for step in unfinished}
    ready = (s for s in waiting if not any(read.table.name in coming for read in s.reads))
    return next(ready, None)
