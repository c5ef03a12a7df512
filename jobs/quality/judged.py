"""What the counts of a source's months say: shares and means, beside the month before, flagged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fundwatch.ledger import shift
from fundwatch.settings import Quality
from fundwatch.tables.landing import LandingTable
from jobs.quality.measured import NO_MONTH, Cell, Cells
from jobs.quality.questions import Question, Seen, questions

WORTH: Final = 0.01  # of the busiest month's settlements: with fewer, a month is one of wrong dates
PLACES: Final = 6
NOTHING: Final = Cell()
Span = tuple[str, ...]  # months in a row


@dataclass(frozen=True)
class Measure:
    """One row of ops.quality without its run and what follows from it."""

    source: str
    table: str
    month: str
    aspect: str
    measure: str
    column: str
    rows: int
    value: float
    before: float | None
    flag: str


def span_of(settlements: Cells) -> Span:
    """Every month from the first to the last with settlements worth the name, in order."""
    rows: dict[str, int] = {}
    for (_, month), cell in settlements.items():
        rows[month] = rows.get(month, 0) + cell.rows
    rows.pop(NO_MONTH, None)
    busiest = max(rows.values(), default=0)
    worth = sorted(month for month, n in rows.items() if n and n >= WORTH * busiest)
    return _between(worth[0], worth[-1]) if worth else ()


def judged(table: LandingTable, cells: Cells, span: Span, limits: Quality) -> Iterator[Measure]:
    """Every measure of a table, by source and question in order of month.

    Compared are months of `span` with the month before in it; a month of it without rows, after
    the source's first, is a gap.
    """
    for source in sorted({source for source, _ in cells}):
        own = {month: cell for (of, month), cell in cells.items() if of == source}
        first = min((m for m in own if m in span and own[m].rows), default="")
        compared = {month: own.get(month, NOTHING) for month in span if first and month >= first}
        for question in questions(table, own.values()):
            for month, seen in _seen(question, own, compared, limits):
                yield Measure(
                    source=source,
                    table=table.name,
                    month=month,
                    aspect=question.aspect,
                    measure=question.measure,
                    column=question.column,
                    rows=seen.rows,
                    value=seen.value,
                    before=seen.before,
                    flag=question.flag(seen),
                )


def _seen(
    question: Question, own: Mapping[str, Cell], compared: Mapping[str, Cell], limits: Quality
) -> Iterator[tuple[str, Seen]]:
    """Month → the answer, of every month that can be asked."""
    enough = [cell for cell in own.values() if question.rows(cell) >= limits.least_rows]
    best = max(map(question.value, enough), default=0.0)
    for month, cell in sorted({**compared, **own}.items()):
        if not question.is_asked(cell):
            continue
        is_compared = month in compared
        earlier = compared.get(shift(month, -1)) if is_compared else None
        yield (
            month,
            Seen(
                value=round(question.value(cell), PLACES),
                rows=question.rows(cell),
                is_compared=is_compared,
                before=None if earlier is None else round(question.value(earlier), PLACES),
                rows_before=0 if earlier is None else question.rows(earlier),
                best=best,
                limits=limits,
            ),
        )


def _between(first: str, last: str) -> Span:
    months = [first]
    while months[-1] < last:
        months.append(shift(months[-1], 1))
    return tuple(months)
