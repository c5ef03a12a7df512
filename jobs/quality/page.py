"""The quality report as one Chinese page: no script, nothing loaded, every value escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, StrictUndefined

from fundwatch.tables.landing import LANDING
from jobs.quality.judged import Measure
from jobs.quality.report import Report, Told
from jobs.quality.template import TEMPLATE

ASPECTS: Final = {
    "completeness": "完整性",
    "validity": "有效性",
    "timeliness": "及时性",
    "consistency": "环比一致性",
}
FLAGS: Final = {"empty": "空缺", "drop": "骤降", "jump": "骤升", "late": "滞后", "bad": "超限"}
MEASURES: Final = {
    "rows": "行数",
    "mean": "每行金额（元）",
    "filled": "填充率",
    "refused": "拒收率",
    "odd": "代码表外占比",
    "lag": "平均滞后（天）",
    "late": "滞后占比",
    "midnight": "零点整占比",
}
NO_MONTH_TOLD: Final = "无月份"
MOST_ENTRIES: Final = 8  # ids that a line names


@dataclass(frozen=True)
class Line:
    """One thing that is strange."""

    source: str
    table: str
    month: str
    aspect: str
    measure: str
    value: str
    before: str
    flag: str
    flag_told: str
    entries: str


@dataclass(frozen=True)
class Group:
    """A block of rows of text under a title; each cell with the flag that colours it."""

    title: str
    rows: list[list[tuple[str, str]]]


def page(report: Report) -> str:
    """The page as HTML; equal reports give equal bytes."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    flagged = report.flagged
    return environment.from_string(TEMPLATE).render(
        span=report.span,
        sources=sorted({one.measure.source for one in report.told}),
        counts=_counts(flagged),
        months=report.span,
        volumes=list(_volumes(report)),
        lines=[line(one) for one in flagged],
        filled=list(_filled(report)),
        kept=list(_kept(report)),
        unasked=sorted((id_, e["title"], e["reason"]) for id_, e in report.unasked.items()),
        doubtful=list(_doubtful(report)),
        versions=list(report.versions.items()),
    )


def line(one: Told) -> Line:
    """What is strange, in words."""
    m = one.measure
    column = _term(m) if m.column else ""
    return Line(
        m.source,
        f"{LANDING[m.table].title} {m.table}",
        m.month or NO_MONTH_TOLD,
        ASPECTS[m.aspect],
        f"{MEASURES[m.measure]}{'：' if column else ''}{column}",
        shown(m.measure, m.value),
        "" if m.before is None else shown(m.measure, m.before),
        m.flag,
        FLAGS[m.flag],
        _some(one.entries),
    )


def sentence(one: Told) -> str:
    """The same as one line of a screen."""
    it = line(one)
    before = f"（上月 {it.before}）" if it.before else ""
    return f"{it.flag_told} {it.source} {it.month} {it.table} {it.measure} {it.value}{before}"


def shown(measure: str, value: float) -> str:
    """A value as a supervisor reads it: money in yuan, shares in percent."""
    if measure == "rows":
        return f"{value:,.0f}"
    if measure == "mean":
        return f"{value / 100:,.2f}"
    return f"{value:.1f}" if measure == "lag" else f"{value:.1%}"


def _term(measure: Measure) -> str:
    return f"{LANDING[measure.table][measure.column].term} {measure.column}"


def _some(entries: tuple[str, ...]) -> str:
    more = f" 等 {len(entries)} 项" if len(entries) > MOST_ENTRIES else ""
    return "、".join(entries[:MOST_ENTRIES]) + more


def _counts(flagged: Iterable[Told]) -> list[tuple[str, int]]:
    found = Counter(one.measure.aspect for one in flagged)
    return [(title, found[aspect]) for aspect, title in ASPECTS.items()]


def _volumes(report: Report) -> Iterator[Group]:
    """Rows by month of the span, of every table with months, by source."""
    found = {
        (one.measure.source, one.measure.table, one.measure.month): one.measure
        for one in report.told
        if one.measure.measure == "rows"
    }
    for source in sorted({of for of, _, _ in found}):
        rows = []
        for table in LANDING.values():
            months = [found.get((source, table.name, month)) for month in report.span]
            if any(months):
                cells = [(shown("rows", m.value), m.flag) if m else ("", "") for m in months]
                rows.append([(f"{table.title} {table.name}", ""), *cells])
        yield Group(source, rows)


def _filled(report: Report) -> Iterator[Group]:
    """By table and source: of each column the share over all months, the least, the last."""
    found: dict[tuple[str, str], dict[str, list[Measure]]] = {}
    for one in report.told:
        m = one.measure
        if m.measure == "filled":
            found.setdefault((m.table, m.source), {}).setdefault(m.column, []).append(m)
    for (table, source), columns in found.items():
        title = f"{LANDING[table].title} {table}（{source}）"
        yield Group(title, [_filled_row(measures) for measures in columns.values()])


def _filled_row(measures: list[Measure]) -> list[tuple[str, str]]:
    whole = sum(m.value * m.rows for m in measures) / sum(m.rows for m in measures)
    least = min(measures, key=lambda m: (m.value, m.month))
    last = measures[-1]
    flag = next((m.flag for m in measures if m.flag), "")
    return [
        (_term(last), ""),
        (shown("filled", whole), ""),
        (shown("filled", least.value), least.flag),
        (least.month or NO_MONTH_TOLD, ""),
        (shown("filled", last.value), last.flag),
        (FLAGS.get(flag, ""), flag),
    ]


def _kept(report: Report) -> Iterator[list[tuple[str, str]]]:
    """By source and table: refused, odd, lag, late, midnight over all months."""
    found: dict[tuple[str, str], dict[str, list[Measure]]] = {}
    for one in report.told:
        m = one.measure
        if m.aspect in ("validity", "timeliness"):
            of_table = found.setdefault((m.source, m.table), {})
            of_table.setdefault(m.measure, []).append(m)
    for (source, table), measures in sorted(found.items()):
        cells = [_over_all(name, measures.get(name, [])) for name in _KEPT]
        yield [(source, ""), (f"{LANDING[table].title} {table}", ""), *cells]


_KEPT: Final = ("refused", "odd", "lag", "late", "midnight")


def _over_all(name: str, measures: list[Measure]) -> tuple[str, str]:
    rows = sum(m.rows for m in measures)
    if not rows:
        return "", ""
    flag = next((m.flag for m in measures if m.flag), "")
    return shown(name, sum(m.value * m.rows for m in measures) / rows), flag


def _doubtful(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """Id, title, where it cannot be asked, and where it cannot be relied on."""
    found: dict[str, dict[bool, list[str]]] = {}
    for one in report.flagged:
        m = one.measure
        where = (
            f"{m.source} {m.month or NO_MONTH_TOLD} {m.table}{'.' if m.column else ''}{m.column}"
        )
        for id_ in one.entries:
            found.setdefault(id_, {True: [], False: []})[m.flag == "empty"].append(where)
    for id_, told in sorted(found.items()):
        if id_ not in report.unasked:
            yield id_, report.titles[id_], _some(tuple(told[True])), _some(tuple(told[False]))
