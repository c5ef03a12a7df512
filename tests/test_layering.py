"""How the house is built: imports go downhill, functions stay small, steps never pull rows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 40
LONGEST_MODULE = 250
# Declarations are data, and tests hold table literals: both are as long as what they show.
AS_LONG_AS_THEY_SHOW = ("fundwatch/tables/", "tests/")
PULLS = frozenset({"collect", "toPandas", "toLocalIterator", "toArrow"})
# These may bring rows to the driver: there are as many as tables, commits, runs or columns, or
# (detect) as few as a detector can hold, or (exports, verify) as many as clues show.
MAY_PULL = (
    "jobs/clues/asked.py",
    "jobs/clues/verify.py",
    "jobs/detect.py",
    "jobs/exports/",
    "jobs/extract/",
    "jobs/found.py",
    "jobs/ingest/",
    "jobs/maintain.py",
    "jobs/migrate.py",
    "jobs/offered.py",
    "jobs/quality/",
    "jobs/screen.py",
    "jobs/runlog.py",
    "jobs/workplace.py",
    "fundwatch/lake.py",
    "models/",
    "console/",
    "benchmarks/",
    "tests/",
)
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def sources() -> list[Path]:
    """Python files of this checkout that are, or would be, in git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    found = [ROOT / name for name in listed] or [
        path for path in ROOT.rglob("*.py") if ".venv" not in path.parts
    ]
    return [path for path in found if path.is_file()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def pulled(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in PULLS:
            yield f"{named(path)}:{called.lineno} {called.attr}"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_imports_only_go_downhill() -> None:
    linted = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout[-3000:]


def test_dags_know_the_kernel_only_and_nobody_knows_the_dags() -> None:
    ours = {"jobs", "models", "console", "province"}
    above = {
        f"{named(path)} imports {name}"
        for path in sources()
        for name in imported(path)
        if (path.parent.name == "dags" and name.partition(".")[0] in ours)
        or (name.partition(".")[0] == "dags" and path.parts[-2] not in ("dags", "tests"))
    }
    assert above == set()


def test_functions_are_short() -> None:
    long = [
        f"{named(path)}:{node.lineno} {node.name} has {length} lines"
        for path in sources()
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
        and not named(path).startswith(AS_LONG_AS_THEY_SHOW)
    ]
    assert long == []


def test_modules_are_short() -> None:
    long = [
        f"{named(path)} has {length} lines"
        for path in sources()
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
        and not named(path).startswith(AS_LONG_AS_THEY_SHOW)
    ]
    assert long == []


def test_steps_never_pull_rows_to_the_driver() -> None:
    assert [
        call for path in sources() if not named(path).startswith(MAY_PULL) for call in pulled(path)
    ] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in sources()
        if path.parent.name != "notebooks"  # their first cell says it
        and path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(tree(path))
    ]
    assert silent == []


@pytest.mark.parametrize("suffix", [".py", ".yml", ".md", ".sh"])
def test_nothing_is_left_for_later(suffix: str) -> None:
    here = Path(__file__)
    left = [
        named(path)
        for folder in ("fundwatch", "jobs", "models", "console", "province", "dags", "conf", "docs")
        for path in sorted((ROOT / folder).rglob(f"*{suffix}"))
        if path != here and LEFT_OVER.search(path.read_text(encoding="utf-8"))
    ]
    assert left == []
