"""Who has to be asked again for a clue to come out as it did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pyspark.sql import functions as F

from fundwatch.clue import LAST
from fundwatch.lake import Lake
from fundwatch.tables.gold import CLUE
from jobs.clues.explained import explanations
from jobs.offered import Offered

PARTIES: Final = ("person_keys", "fixmedins_codes")

Row = Mapping[str, Any]


def asked_of(lake: Lake, offered: Offered, clues: list[Row]) -> Iterator[str]:
    """All finders that spoke of the clues, or had a hand in what became of them.

    Of clues that share a party with them those are groups, which may have taken a claim, mistakes
    of data, which take lines, and whoever explains what spoke of them; and of a list the others
    of its scheme, the first of which has what several say.
    """
    known = [(clue["scheme"], _parties(clue), {*clue["finders"]}) for clue in clues]
    explains: dict[str, set[str]] = {}
    for told in explanations(offered.rules, offered.detector_entries, offered.schemes):
        explains.setdefault(told.by, set()).add(told.finder)
    for other in _others(lake, explains):
        members = _parties(other)
        met = [
            (scheme, spoke) for scheme, parties, spoke in known if not parties.isdisjoint(members)
        ]
        is_same = other["scheme"] in {scheme for scheme, _ in met}
        if met and (other["scheme"] == LAST or (other["subject_type"] == "group" and is_same)):
            yield from other["finders"]
        spoken = set().union(*(spoke for _, spoke in met))
        yield from (f for f in other["finders"] if explains.get(f, set()) & spoken)
    lists = {rule.id: rule.scheme for rule in offered.rules if rule.listed_by}
    listed = {scheme for scheme, _, spoke in known if spoke & lists.keys()}
    yield from (finder for finder, scheme in lists.items() if scheme in listed)
    for _, _, spoke in known:
        yield from spoke


def _others(lake: Lake, explains: Iterable[str]) -> list[Row]:
    """Groups, mistakes of data, and clues of whoever may explain others."""
    is_explaining = F.arrays_overlap(
        "finders", F.array(*map(F.lit, explains)).cast("array<string>")
    )
    is_other = (F.col("subject_type") == "group") | (F.col("scheme") == LAST) | is_explaining
    told = lake.read(CLUE).where(is_other).select("scheme", "subject_type", "finders", *PARTIES)
    rows: list[Row] = told.toArrow().to_pylist()
    return rows


def _parties(clue: Row) -> set[str]:
    """Persons and institutions in the evidence."""
    return {party for name in PARTIES for party in clue[name]}
