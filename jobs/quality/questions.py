"""What is asked of every month of a table, and from where on the answer is flagged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from fundwatch.settings import Quality
from fundwatch.tables.landing import LandingTable
from jobs.quality.measured import Cell


@dataclass(frozen=True)
class Seen:
    """An answer for one month beside the month before (None: not compared) and the best month."""

    value: float
    rows: int
    is_compared: bool
    before: float | None
    rows_before: int
    best: float
    limits: Quality

    @property
    def is_enough(self) -> bool:
        """Whether the month has rows enough to be judged by itself."""
        return self.rows >= self.limits.least_rows

    def moved(self) -> str:
        """Whether the value fell or rose against the month before by more than the ratios."""
        if not self.before or self.before < 0 or self.value < 0:
            return ""
        ratio = self.value / self.before
        is_low, is_high = ratio <= self.limits.drop_ratio, ratio >= self.limits.jump_ratio
        return "drop" if is_low else "jump" if is_high else ""


Value = Callable[[Cell], float]
Flag = Callable[[Seen], str]


@dataclass(frozen=True)
class Question:
    """One measure of a table: its value of a month, the rows it rests on, and what is strange."""

    aspect: str
    measure: str
    column: str
    value: Value
    flag: Flag
    rows: Callable[[Cell], int] = lambda cell: cell.rows

    def is_asked(self, cell: Cell) -> bool:
        """Of a month without rows only how many there are can be asked."""
        return self.measure == "rows" or self.rows(cell) > 0


def questions(table: LandingTable, months: Iterable[Cell]) -> Iterator[Question]:
    """What can be asked of a table of which `months` are there; never filled columns are not."""
    held = list(months)
    yield Question("consistency", "rows", "", lambda cell: float(cell.rows), _rows_flag)
    for name in table.money:
        yield Question("consistency", "mean", name, _mean(name), _mean_flag)
    for column in table.columns:
        if any(cell.filled.get(column.name) for cell in held):
            yield Question(
                "completeness", "filled", column.name, _filled_share(column.name), _filled_flag
            )
    yield Question("validity", "refused", "", _refused_share, _refused_flag, _delivered)
    for name in sorted({name for cell in held for name in cell.odd}):
        yield Question("validity", "odd", name, _odd_share(name), _odd_flag, _filled(name))
    if table.period:
        yield from _times(table)


def _times(table: LandingTable) -> Iterator[Question]:
    period = table.period
    yield Question(
        "timeliness", "lag", period, lambda cell: _share(cell.lag_days, cell.rows), lambda seen: ""
    )
    yield Question(
        "timeliness", "late", period, lambda cell: _share(cell.late, cell.rows), _late_flag
    )
    if table[period].kind == "t":
        yield Question(
            "timeliness",
            "midnight",
            period,
            lambda cell: _share(cell.midnight, cell.rows),
            _midnight_flag,
        )


def _rows_flag(seen: Seen) -> str:
    if not seen.rows:
        return "empty" if seen.is_compared else ""
    return seen.moved() if max(seen.rows, seen.rows_before) >= seen.limits.least_rows else ""


def _mean_flag(seen: Seen) -> str:
    is_enough = seen.is_enough and seen.rows_before >= seen.limits.least_rows
    return seen.moved() if is_enough else ""


def _filled_flag(seen: Seen) -> str:
    if not seen.is_enough:
        return ""
    if seen.value <= seen.limits.empty_ratio * seen.best:
        return "empty"
    if seen.before is None or seen.rows_before < seen.limits.least_rows:
        return ""
    step = round(seen.value - seen.before, 6)
    is_far = abs(step) >= seen.limits.share_step
    return ("drop" if step < 0 else "jump") if is_far else ""


def _refused_flag(seen: Seen) -> str:
    return "bad" if seen.value > seen.limits.refused_share else ""


def _odd_flag(seen: Seen) -> str:
    return "bad" if seen.value > seen.limits.odd_share else ""


def _late_flag(seen: Seen) -> str:
    return "late" if seen.is_enough and seen.value > seen.limits.late_share else ""


def _midnight_flag(seen: Seen) -> str:
    return "bad" if seen.is_enough and seen.value > seen.limits.midnight_share else ""


def _mean(name: str) -> Value:
    return lambda cell: _share(cell.fen.get(name, 0), cell.rows)


def _filled_share(name: str) -> Value:
    return lambda cell: _share(cell.filled.get(name, 0), cell.rows)


def _odd_share(name: str) -> Value:
    return lambda cell: _share(cell.odd.get(name, 0), cell.filled.get(name, 0))


def _filled(name: str) -> Callable[[Cell], int]:
    return lambda cell: cell.filled.get(name, 0)


def _refused_share(cell: Cell) -> float:
    return _share(sum(cell.refused.values()), _delivered(cell))


def _delivered(cell: Cell) -> int:
    return cell.rows + sum(cell.refused.values())


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
