"""Writing ops.run: what each step of a run did, with what, and at what cost."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from fundwatch.lake import Lake
from fundwatch.tables.ops import RUN
from jobs.memory import peak_mb

NOTHING: dict[str, Any] = {
    "months": {},
    "touched": {},
    "versions_in": {},
    "versions_out": {},
    "rows": 0,
    "note": "",
}


@dataclass(frozen=True)
class RunLog:
    """The log of one run on one lake; steps beside each other write one after the other."""

    lake: Lake
    run_id: str
    _turn: Lock = field(default_factory=Lock, repr=False, compare=False)

    def write(self, record: dict[str, Any], clock: float) -> dict[str, Any]:
        """Append a row; `clock` is time.monotonic() when the step began. Returns the whole row."""
        whole = NOTHING | record | {"run_id": self.run_id}
        whole["seconds"] = round(time.monotonic() - clock, 3)
        whole["peak_mb"] = peak_mb(self.lake.spark)
        row = [tuple(whole[name] for name in RUN.names)]
        with self._turn:
            self.lake.append(RUN, self.lake.spark.createDataFrame(row, RUN.ddl))
        return whole
