"""Every requirement says what serves it, and what it names exists."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "requirements.md"
NOT_YET = "not yet"
QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Requirement:
    """One row of the page."""

    id: str
    state: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


def requirements() -> list[Requirement]:
    rows = (line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines())
    cells = ([cell.strip() for cell in row] for row in rows)
    return [
        Requirement(row[0], row[2], tuple(QUOTED.findall(row[3])), tuple(QUOTED.findall(row[4])))
        for row in cells
        if row and re.fullmatch(r"R\d\d", row[0])
    ]


def missing_test(name: str) -> bool:
    path, _, function = name.partition("::")
    if not (ROOT / path).is_file():
        return True
    nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return bool(function) and function not in {
        node.name for node in nodes if isinstance(node, ast.FunctionDef)
    }


def test_every_requirement_has_one_row() -> None:
    assert [r.id for r in requirements()] == [f"R{n:02}" for n in range(1, 63)]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda r: r.id)
def test_what_a_requirement_names_exists(requirement: Requirement) -> None:
    assert not [name for name in requirement.modules if not (ROOT / name).exists()]
    assert not [name for name in requirement.tests if missing_test(name)]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda r: r.id)
def test_a_requirement_is_served_and_shown_or_not_yet(requirement: Requirement) -> None:
    if requirement.state == NOT_YET:
        assert not requirement.modules
        assert not requirement.tests
    else:
        assert requirement.state.startswith(("served", "part: "))
        assert requirement.modules
        assert requirement.tests
