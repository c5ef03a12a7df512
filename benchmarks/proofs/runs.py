"""Running the command as its users do, in a process of its own, and reading what it left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import ROOT

KEY: Final = {"FUNDWATCH_KEY": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}


def fundwatch(*arguments: str) -> float:
    """Run the command to its end. Returns seconds; raises RuntimeError with what it said."""
    clock = time.monotonic()
    fundwatch_told(*arguments)
    return time.monotonic() - clock


def fundwatch_told(*arguments: str) -> str:
    """Run the command to its end. Returns its output; raises RuntimeError with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "console.cli", *arguments],
        cwd=ROOT,
        env=os.environ | KEY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"fundwatch {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def fundwatch_killed(after: float, *arguments: str) -> bool:
    """Run the command and kill -9 it and its JVM after so many seconds. False: it was faster."""
    process = subprocess.Popen(
        [sys.executable, "-m", "console.cli", *arguments],
        cwd=ROOT,
        env=os.environ | KEY,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def province(folder: Path, **arguments: float) -> Path:
    """A made-up province in `folder`, made once from simulate's options. Returns its landing."""
    if not (folder / "truth").is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        options = [word for name, n in arguments.items() for word in (f"--{name}", str(n))]
        fundwatch("simulate", *options, "--out", str(folder))
    return folder / "landing"


def clues(out: Path) -> list[dict[str, Any]]:
    """Exported clues in rank order, without evidence.version: what 'same bytes' compares."""
    lines = (out / "clues.jsonl").read_text(encoding="utf-8").splitlines()
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for clue in found:
        for row in clue["evidence"]:
            row.pop("version")
    return found


def steps(out: Path) -> list[dict[str, Any]]:
    """Steps of run.json."""
    page: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    told: list[dict[str, Any]] = page["steps"]
    return told
