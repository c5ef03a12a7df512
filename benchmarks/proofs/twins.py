"""Plain rules do not tell schemes from their innocent twins, and do not get far alone."""

from __future__ import annotations

from pathlib import Path

from benchmarks.book import Book
from benchmarks.hardness import ALONE, LOOK_ALIKE, answers, look_alikes, rules_alone
from benchmarks.plain_rules import RULES
from benchmarks.proofs.worlds import TOWN, made

NAME = "innocent twins of the province, five seeds (planted data): share that a plain rule names"
PEER = f"at least {LOOK_ALIKE:.0%} of each scheme's; rules alone below precision and recall {ALONE}"
MODULES = "province benchmarks/plain_rules.py benchmarks/hardness.py"


def prove(room: Path) -> str:
    """Each scheme's plain rule, without exceptions, on its twins in five towns."""
    worlds = []
    for province in made(room, **TOWN):
        book = Book(province)
        named = {scheme: rule(book) for scheme, rule in RULES.items()}
        worlds.append(answers(province, named, book))
    shares, (precision, recall) = look_alikes(worlds), rules_alone(worlds)
    told = ", ".join(f"{scheme} {share:.0%}" for scheme, share in shares.items())
    value = f"{told}; rules alone: precision {precision:.2f}, recall {recall:.2f}"
    if min(shares.values()) < LOOK_ALIKE or precision >= ALONE[0] or recall >= ALONE[1]:
        raise AssertionError(value)
    return value
