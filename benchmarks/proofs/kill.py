"""A run killed at any moment is completed by the next to the same bytes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from benchmarks.proofs.runs import clues, fundwatch, fundwatch_killed, province

NAME = "kill -9 during screen, then screen again: same bytes"
PEER = "one uninterrupted run"
MODULES = "jobs/runner.py jobs/ingest fundwatch/lake.py fundwatch/ledger.py"
KILLS = 8
SEED = 20261124


def prove(room: Path) -> str:
    """Kill a screen at random moments of its running time until it ends; compare its clues."""
    landing = province(room / "small", persons=1500, institutions=30, months=3, seed=21)
    whole, cut = room / "kill-whole", room / "kill-cut"
    for folder in (whole, cut):
        shutil.rmtree(folder, ignore_errors=True)
    seconds = fundwatch("screen", str(landing), *_into(whole))
    draw = random.Random(SEED)
    killed = sum(
        fundwatch_killed(draw.uniform(0.15, 0.9) * seconds, "screen", str(landing), *_into(cut))
        for _ in range(KILLS)
    )
    fundwatch("screen", str(landing), *_into(cut))
    if clues(whole / "out") != clues(cut / "out"):
        raise AssertionError("the clues of the killed runs differ from those of the whole run")
    return f"{killed} kills, clues identical on planted data"


def _into(folder: Path) -> list[str]:
    return ["--lake", str(folder / "lake"), "--out", str(folder / "out")]
