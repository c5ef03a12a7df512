"""Markdown of the catalogue: what each declaration says, as a page a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fundwatch.flow import FLOW, Step
from fundwatch.knowledge import Case, DetectorEntry, Entry, Indicator, Rule, Scheme
from fundwatch.points import Exclusion, Interval, Point
from fundwatch.schema import Column, Table
from fundwatch.tables.landing import LandingColumn, LandingTable
from fundwatch.tables.landing.declare import SILVER_TYPE

Row = Sequence[str]
PERSONAL = {
    "psn": "pseudonym of the person's number",
    "cert": "pseudonym of the identity document",
    "tel": "pseudonym of the phone",
    "addr": "pseudonym of the address",
    "name": "pseudonym of the name",
    "subject": "pseudonym where the subject is a person, else in clear",
    "drop": "stays in bronze; not in silver",
}


def grid(head: Row, rows: Iterable[Row]) -> list[str]:
    """A Markdown table; bars inside cells are escaped."""
    lines = [_line(head), "|" + "-|" * len(head)]
    return [*lines, *(_line(row) for row in rows)]


def page(title: str, intro: str, *sections: Iterable[str]) -> str:
    """A whole page; each section is preceded by an empty line."""
    lines = [f"# {title}", "", intro]
    for section in sections:
        lines += ["", *section]
    return "\n".join(lines).rstrip() + "\n"


def link(table: Table) -> str:
    """The table's name, linked to its section."""
    return f"[`{table.name}`](tables-{table.layer}.md#{_anchor(table.name)})"


def table_section(table: Table) -> list[str]:
    """One table: grain, key, period and every column."""
    facts = [f"One row: {table.grain}.", f"Key: {_codes(table.key)}."]
    facts += [f"Replaced by `{table.period}`."] if table.period else []
    facts += ["Rows are only ever added."] if table.append_only else []
    cells = (
        (_marked(c, table), f"`{_bare(c.type)}`", "yes" if c.null else "", _meaning(c))
        for c in table.columns
    )
    head = [f"## `{table.name}`", "", " ".join(facts), ""]
    return [*head, *grid(("column", "type", "null", "meaning"), cells)]


def delivered_section(tables: Iterable[LandingTable]) -> list[str]:
    """The bronze tables that hold rows as delivered: one line each, their columns are landing's."""
    rows = (
        (f"`{t.bronze.name}`", t.title, f"[{len(t.columns)} columns](landing.md#{_anchor(t.name)})")
        for t in tables
    )
    note = (
        "Every delivered column as text, plus where it came from (`batch`, `file`, `line`, "
        "`received_at`), undeclared cells and what repaired ones were before (`extra`), and "
        "records whose cells do not fit (`torn`)."
    )
    return ["## Rows as delivered", "", note, "", *grid(("table", "holds", "columns"), rows)]


def landing_section(table: LandingTable) -> list[str]:
    """One landing table: what must be delivered, and what becomes of each column."""
    need = "Required" if table.required else "Optional"
    facts = [f"{table.title}. {need}. One row: {table.grain}.", f"Key: {_codes(table.key)}."]
    facts += [f"Its month is that of `{table.period}`."] if table.period else []
    cells = (
        (f"`{c.name}`", _type(c), c.need, c.term, ", ".join(c.among), _becomes(c))
        for c in table.columns
    )
    head = [f"## {table.name}", "", " ".join(facts) + f" Settles in {link(table.silver)}.", ""]
    names = ("column", "kind", "need", "term", "values", "in silver")
    return [*head, *grid(names, cells)]


def step_rows() -> Iterator[Row]:
    """FLOW as rows: step, title, what it reads, what it writes."""
    for step in FLOW:
        reads = ", ".join(_read(step, n) for n in range(len(step.reads)))
        yield f"`{step.name}`", step.title, reads, link(step.writes), f"`{step.does}`"


def indicator_section(entry: Indicator) -> list[str]:
    facts: list[Row] = [
        ("of, over", f"{entry.of}, {_table_link(entry.over)}"),
        ("numerator", f"`{entry.numerator}`"),
        ("denominator", f"`{entry.denominator}`, at least {entry.floor}"),
        ("unit", f"{entry.unit}; {entry.worse} is worse"),
    ]
    return _entry(entry, [*facts, ("example", f"{entry.example.value:g}")])


def rule_section(entry: Rule) -> list[str]:
    facts: list[Row] = [
        ("scheme", f"[{entry.scheme}](schemes.md#{entry.scheme}), grade {entry.grade}"),
        ("severity", f"{entry.severity}, speaks of the {entry.subject}"),
        ("over", _table_link(entry.over)),
        ("holds when", f"`{entry.when}`"),
        ("in question [fen]", f"`{entry.amount}`"),
        ("says", entry.says),
        ("check", "<br>".join(entry.check)),
        ("cleared if", entry.cleared_if),
    ]
    return _entry(entry, [*facts, *(_case(case) for case in entry.examples)])


def point_section(entry: Point) -> list[str]:
    facts: list[Row] = []
    if isinstance(entry, Exclusion):
        hours = f", within {entry.within_hours} h" if entry.within_hours else ""
        filled = f", main item at least {entry.filled_by}" if entry.filled_by else ""
        facts = [("window", f"{entry.basis}, {entry.window}{hours}{filled}")]
        facts += [(f"`{main}`", "<br>".join(items)) for main, items in entry.pairs.items()]
    else:
        if isinstance(entry, Interval):
            facts = [("once in", f"{entry.days} days")]
        facts.append(("items", "<br>".join(entry.items)))
    return _entry(entry, facts)


def detector_section(entry: DetectorEntry) -> list[str]:
    given = (f"`{name}` = {value}" for name, value in entry.parameters.items())
    facts: list[Row] = [
        ("scheme", f"[{entry.scheme}](schemes.md#{entry.scheme}), grade {entry.grade}"),
        ("parameters", "<br>".join(given)),
        ("check", "<br>".join(entry.check)),
        ("cleared if", entry.cleared_if),
    ]
    return _entry(entry, facts)


def scheme_section(entry: Scheme) -> list[str]:
    money = "all fund money of its settlements" if entry.is_whole else "the excess of its lines"
    facts: list[Row] = [
        ("title", entry.title),
        ("in question", money),
        ("innocent twin", "<br>".join(entry.innocent)),
        ("cleared if", entry.cleared_if),
        ("check", "<br>".join(entry.check)),
        ("legal basis", "<br>".join(entry.legal_basis)),
        ("goes to", ", ".join(entry.route_to)),
        ("handling", entry.tier),
    ]
    return [f"## {entry.id}", "", *grid(("", ""), facts)]


def _entry(entry: Entry, facts: Iterable[Row]) -> list[str]:
    common: list[Row] = [
        ("innocent twin", entry.innocent),
        ("source", entry.source),
        ("needs", _codes(entry.needs)),
    ]
    return [f"## {entry.id}", "", entry.title, "", *grid(("", ""), [*facts, *common])]


def _case(case: Case) -> Row:
    cells = case.hit if case.hit is not None else case.miss or {}
    told = ", ".join(f"{name} {value}" for name, value in cells.items())
    if case.hit is None:
        return "misses", told
    return "hits", told if case.amount is None else f"{told} → {case.amount} fen"


def _line(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _marked(column: Column, table: Table) -> str:
    return f"`{column.name}`" + (" 🔑" if column.name in table.key else "")


def _bare(kind: str) -> str:
    return kind.replace(",", ", ")


def _meaning(column: Column) -> str:
    told = [column.doc]
    told += [f"One of {', '.join(column.among)}."] if column.among else []
    told += [f"≥ {column.least:g}."] if column.least is not None else []
    told += [f"≤ {column.most:g}."] if column.most is not None else []
    return " ".join(told)


def _type(column: LandingColumn) -> str:
    kind = SILVER_TYPE[column.kind].replace("bigint", "money, yuan").replace("string", "text")
    return f"{kind}, {column.width} wide" if column.width else kind


def _becomes(column: LandingColumn) -> str:
    name = f"`{column.silver}`" if column.silver else ""
    filled = f"filled to {column.width} digits" if column.width else ""
    zeros = f"two zeros that a sheet dropped are given back, to {column.zeros} digits"
    told = PERSONAL.get(column.personal, "") or filled or (zeros if column.zeros else "")
    return ": ".join(part for part in (name, told) if part)


def _read(step: Step, number: int) -> str:
    read = step.reads[number]
    around = [f"{read.back} back"] if read.back else []
    around += [f"{read.ahead} ahead"] if read.ahead else []
    return link(read.table) + (f" ({', '.join(around)})" if around else "")


def _table_link(name: str) -> str:
    return f"[`{name}`](tables-{name.partition('.')[0]}.md#{_anchor(name)})"


def _anchor(name: str) -> str:
    return name.replace(".", "")
