"""docs/figures.md: what was measured, beside what, when and on which code.

`python -m benchmarks.figures --check` names figures that predate the last change of the modules
they depend on. It exits 0 all the same: an old figure is to be read with care, not a fault.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import psutil

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "figures.md"
UNPROVEN: Final = "not proven: "  # how the value of a proof begins that is unfinished or failed
HEADS: Final = ("figure", "value", "peer", "commit", "machine", "depends on")


@dataclass(frozen=True)
class Figure:
    """One row; `name` is its identity, `modules` the paths its value rests on, with spaces."""

    name: str
    value: str  # with its unit
    peer: str  # what the same costs or gives elsewhere, or "none"
    commit: str
    machine: str
    modules: str


def figures(page: Path = PAGE) -> list[Figure]:
    """The rows of the page, in its order."""
    rows = [_cells(line) for line in _lines(page) if line.startswith("| ")]
    return [Figure(*row) for row in rows if row != list(HEADS)]


def record(name: str, value: str, *, peer: str, modules: str, page: Path = PAGE) -> Figure:
    """Write a figure measured now, in place of the former one of that name or at the end.

    Raises ValueError if a module does not exist or a cell would break the table.
    """
    new = Figure(name, value, peer, commit(), machine(), modules)
    if missing := [path for path in modules.split() if not (ROOT / path).exists()]:
        raise ValueError(f"{name} depends on {', '.join(missing)}, which does not exist")
    if any(mark in cell for cell in astuple(new) for mark in "|\n"):
        raise ValueError(f"{name}: no bars and no line breaks in a cell")
    known = {figure.name: figure for figure in figures(page)} | {name: new}
    head = [line for line in _lines(page) if not line.startswith("|")]
    while head and not head[-1]:
        head.pop()
    rows = (HEADS, *(astuple(figure) for figure in known.values()))
    table = [f"| {' | '.join(row)} |" for row in rows]
    table.insert(1, "|" + "-|" * len(fields(Figure)))
    page.write_text("\n".join([*head, "", *table, ""]), encoding="utf-8")
    return new


def outdated(page: Path = PAGE, root: Path = ROOT) -> Iterator[str]:
    """A sentence for each figure that predates the last change of what it depends on."""
    for figure in figures(page):
        since = figure.commit.rstrip("+") + ".."
        later = _git(root, "log", "--format=%h", since, "--", *figure.modules.split())
        if later is None:
            yield f"{figure.name}: commit {figure.commit} is not in this clone"
        elif later:
            latest = later.split()[0]
            yield f"{figure.name}: measured at {figure.commit}, changed since ({latest})"


def last_change(modules: str, root: Path = ROOT) -> str:
    """Full hash of the commit that last changed these paths; empty outside a repository."""
    return _git(root, "log", "-1", "--format=%H", "--", *modules.split()) or ""


def is_edited(modules: str, root: Path = ROOT) -> bool:
    """Whether these paths differ from the commit."""
    return bool(_git(root, "status", "--porcelain", "--", *modules.split()))


def commit(root: Path = ROOT) -> str:
    """The commit now; with a + where the tree differs from it."""
    head = _git(root, "rev-parse", "--short", "HEAD")
    if head is None:
        return "unknown"
    return head + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def machine() -> str:
    """This machine in a few words: cores, memory, system, Python."""
    gib = psutil.virtual_memory().total / 2**30
    cores = os.cpu_count()
    return f"{cores} cores, {gib:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def main(arguments: list[str] | None = None) -> int:
    """Print the outdated figures (--check) or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="name outdated figures")
    if parser.parse_args(arguments).check:
        for sentence in outdated():
            print(sentence)
        return 0
    for figure in figures():
        print(f"{figure.name}: {figure.value} (peer: {figure.peer})")
    return 0


def _lines(page: Path) -> list[str]:
    return page.read_text(encoding="utf-8").splitlines()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _git(root: Path, *words: str) -> str | None:
    """What git prints; None where it fails."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
