"""Refused rows that wait to be put right: those of files of which no corrected edition came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fundwatch.errors import UsageError
from fundwatch.reader import LakeReader
from fundwatch.tables.bronze import DELIVERY, QUARANTINE

# Kind of fault → what it is called in Chinese.
KINDS: Final = {
    "missing": "缺失",
    "unreadable": "无法读取",
    "torn": "列数不符",
    "out of range": "超出范围",
    "mangled": "表格软件改坏",
}
BASE: Final = "regexp_replace(\"file\", '~[0-9]+$', '')"  # the name without its edition
OPEN: Final = f"""
    SELECT q.* FROM {QUARANTINE.name} q LEFT ANTI JOIN (
        SELECT d."table", d.batch, d."file" FROM
        (SELECT "table", batch, "file", {BASE} AS base FROM {DELIVERY.name}) d JOIN
        (SELECT "table", batch, {BASE} AS base, max("file") AS newest
         FROM {DELIVERY.name} GROUP BY "table", batch, {BASE}) n
        ON d."table" = n."table" AND d.batch = n.batch AND d.base = n.base
        WHERE d."file" <> n.newest
    ) f ON q."table" = f."table" AND q.batch = f.batch AND split_part(q."file", '#', 1) = f."file"
"""
PLACE: Final = ("table", "batch", "file", "line", "column", "reason", "value")


@dataclass(frozen=True)
class Refused:
    """Counts by (kind, table, column), the most first, and the first rows in order of place."""

    counts: list[tuple[str, str, str, int]]
    rows: list[tuple[Any, ...]]

    @property
    def total(self) -> int:
        return sum(rows for *_, rows in self.counts)


def refused(lake: LakeReader, kind: str = "", first: int = 0) -> Refused:
    """What waits in quarantine, of one kind or of all. Raises UsageError for an unknown kind."""
    kind = kind.replace("-", " ")
    if kind and kind not in KINDS:
        raise UsageError(f"{kind!r} is no kind of fault; there are {', '.join(KINDS)}")
    if QUARANTINE.name not in lake.tables():
        return Refused([], [])
    waiting = f"({OPEN}) w" + (f" WHERE reason = '{kind}'" if kind else "")
    counts = lake.sql(
        f'SELECT reason, "table", "column", count(*) AS n FROM {waiting} '
        'GROUP BY reason, "table", "column" ORDER BY n DESC, 1, 2, 3'
    )
    listed = ", ".join(f'"{name}"' for name in PLACE)
    rows = lake.sql(f"SELECT {listed} FROM {waiting} ORDER BY 1, 2, 3, 4 LIMIT {first}")
    return Refused(
        [(str(r), str(t), str(c), int(n)) for r, t, c, n in counts.to_numpy()],
        [tuple(row) for row in rows.to_numpy()],
    )
