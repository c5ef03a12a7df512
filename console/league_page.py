"""docs/league.md from figures: every table names planted data in its heading sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

Figures = Mapping[str, Any]

HEAD: Final = """# League

Written by `fundwatch league`; do not edit.

**Every figure on this page is one on planted data**: it says which method sees more of what a
made-up province holds, never how much fraud there is, or how often a clue is right, in a real city.

Each method may name 200 clues a world; only these are judged, by `models/evaluation.py`. Precision
at K looks at no more clues than a world has planted instances; a repeat and a missing clue count as
wrong. Methods that cannot tell one scheme from another (isolation forest, components, peeling, size
only, random) are judged by settlements alone: the truth tells them the scheme, which favours them.
Their unit is a person at an institution, a component or a block; what each does stands in
`models/league/`. Intervals: 90 %, Wilson, instances taken as independent. Money named: share of the
planted fund money in settlements that right clues name.
"""


def league_page(told: Mapping[str, Mapping[str, Figures]], total: Mapping[str, Figures]) -> str:
    """The page: `told` figures by world and method, `total` the same methods over all worlds."""
    return "\n".join([HEAD, *_overall(total), "", *_schemes(total), "", *_worlds(told), ""])


def _overall(total: Mapping[str, Figures]) -> Iterator[str]:
    worlds = next(iter(total.values()))["worlds"]
    yield f"## All methods over {worlds} worlds of planted data"
    yield ""
    first = next(iter(total.values()))
    cuts = [f"precision at {asked}" for asked in first["precision"]]
    heads = ["method", *cuts, "recall", "money named", "twins", "repeats", "nDCG by money"]
    yield from _table(heads, (_row(method, one) for method, one in total.items()))


def _row(method: str, one: Figures) -> list[str]:
    return [
        method,
        *(_interval(figure) for figure in one["precision"].values()),
        f"{one['recall']['hit']} of {one['recall']['planted']}: {_interval(one['recall'])}",
        f"{one['recall']['money']:.2f}",
        str(one["twins_in_first_200"]),
        str(one["repeats"]),
        f"{one['ndcg_by_money']:.2f}",
    ]


def _schemes(total: Mapping[str, Figures]) -> Iterator[str]:
    yield "## Recall by scheme, pooled over the worlds of planted data"
    yield ""
    ours = next(iter(total.values()))
    rest = list(total)[1:]
    heads = ["scheme", "planted", next(iter(total)), *rest]
    yield from _table(
        heads,
        (
            [
                scheme,
                str(one["planted"]),
                f"{one['hit']}: {_interval(one)}",
                *(str(total[method]["by_scheme"][scheme]["hit"]) for method in rest),
            ]
            for scheme, one in ours["by_scheme"].items()
            if scheme != "data_error"
        ),
    )


def _worlds(told: Mapping[str, Mapping[str, Figures]]) -> Iterator[str]:
    yield "## World by world, precision at 100 and recall on planted data"
    yield ""
    methods = list(next(iter(told.values())))
    yield from _table(
        ["world", "planted", *methods],
        (
            [world, str(reports[methods[0]]["planted"])]
            + [_brief(reports[method]) for method in methods]
            for world, reports in told.items()
        ),
    )


def _brief(one: Figures) -> str:
    precision = one["precision"].get("100")
    return f"{precision['value']:.2f}, {one['recall']['value']:.2f}" if precision else "none"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "-|" * len(heads)
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def _interval(one: Figures) -> str:
    return f"{one['value']:.2f} ({one['low']:.2f} to {one['high']:.2f})"
