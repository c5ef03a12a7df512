"""Provinces for proofs about the province itself: made anew each time, by five seeds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.delivered import Delivered
from province import World, simulate

SEEDS: Final = (1, 2, 3, 4, 5)
TOWN: Final = {"persons": 30_000, "institutions": 150, "months": 6}


def made(room: Path, *, persons: int, institutions: int, months: int) -> Iterator[Delivered]:
    """A province of this size for each seed, one at a time: the next takes its place on disk."""
    for seed in SEEDS:
        folder = room / "fair"
        shutil.rmtree(folder, ignore_errors=True)
        simulate(World(persons, institutions, months, seed), folder, format="parquet")
        yield Delivered(folder)
    shutil.rmtree(folder)
