"""Figures know the code they were measured on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.figures import (
    Figure,
    commit,
    figures,
    is_edited,
    last_change,
    machine,
    outdated,
    record,
)

EMPTY = """# Figures

Words.

| figure | value | peer | commit | machine | depends on |
|-|-|-|-|-|-|
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    written = tmp_path / "figures.md"
    written.write_text(EMPTY)
    return written


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit of a.py and b.py."""
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("first")
    for words in (["init", "-q"], ["add", "."], committing("first")):
        git(tmp_path, *words)
    return tmp_path


def committing(subject: str) -> list[str]:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    return [*who, "commit", "-qam", subject]


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True)


def measured_at(page: Path, commit: str, modules: str) -> None:
    page.write_text(EMPTY + f"| speed | 3 s | none | {commit} | here | {modules} |\n")


def test_a_figure_is_written_once_and_replaced_later(page: Path) -> None:
    record("speed", "3 s", peer="DuckDB 1 s", modules="fundwatch jobs", page=page)
    record("size", "2 GB", peer="none", modules="fundwatch", page=page)
    record("speed", "2 s", peer="DuckDB 1 s", modules="fundwatch jobs", page=page)
    now = (commit(), machine())
    assert figures(page) == [
        Figure("speed", "2 s", "DuckDB 1 s", *now, "fundwatch jobs"),
        Figure("size", "2 GB", "none", *now, "fundwatch"),
    ]
    assert page.read_text().startswith("# Figures\n\nWords.\n\n| figure |")


def test_a_module_that_does_not_exist_is_refused(page: Path) -> None:
    with pytest.raises(ValueError, match="nowhere, which does not exist"):
        record("speed", "3 s", peer="none", modules="nowhere", page=page)


def test_a_change_of_its_module_outdates_a_figure(page: Path, repository: Path) -> None:
    first = commit(repository)
    (repository / "a.py").write_text("second")
    git(repository, *committing("second"))
    measured_at(page, first, "b.py")
    assert list(outdated(page, repository)) == []
    measured_at(page, first, "a.py b.py")
    (told,) = outdated(page, repository)
    assert told.startswith(f"speed: measured at {first}, changed since")


def test_a_commit_that_is_not_here_is_said(page: Path, repository: Path) -> None:
    measured_at(page, "0123abc", "a.py")
    assert list(outdated(page, repository)) == ["speed: commit 0123abc is not in this clone"]


def test_a_figure_measured_on_an_edited_tree_bears_a_mark(repository: Path) -> None:
    (repository / "a.py").write_text("edited")
    assert commit(repository).endswith("+")


def test_what_last_changed_a_path_is_no_later_commit_of_others(repository: Path) -> None:
    first = last_change("a.py", repository)
    (repository / "b.py").write_text("second")
    git(repository, *committing("second"))
    assert len(first) == 40
    assert last_change("a.py", repository) == first
    assert last_change("a.py b.py", repository) != first


def test_a_path_is_edited_until_it_is_committed(repository: Path) -> None:
    (repository / "a.py").write_text("edited")
    assert is_edited("a.py", repository)
    assert not is_edited("b.py", repository)
    git(repository, *committing("edited"))
    assert not is_edited("a.py b.py", repository)
