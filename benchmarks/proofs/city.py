"""The standard city through `fundwatch screen`: time and memory."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.proofs.runs import fundwatch, province, steps

NAME = "standard city (200,000 persons, 300 institutions, 12 months, planted data): screen"
PEER = "limit 25 min, 8 GB"
MODULES = "jobs fundwatch/lake.py"


def prove(room: Path) -> str:
    """Screen the city into an empty lake; tells minutes, peak memory and the slowest steps."""
    landing = province(room / "city", persons=200_000, institutions=300, months=12, seed=1)
    made = room / "city-run"
    shutil.rmtree(made, ignore_errors=True)
    into = ["--lake", str(made / "lake"), "--out", str(made / "out")]
    seconds = fundwatch("screen", str(landing), *into)
    told = steps(made / "out")
    peak = max(step["peak_mb"] for step in told) / 1024
    slowest = sorted(told, key=lambda step: -step["seconds"])[:4]
    costs = ", ".join(f"{step['step']} {step['seconds']:.0f} s" for step in slowest)
    again = fundwatch("screen", str(landing), *into)
    proof = fundwatch("verify", "--all", "--lake", str(made / "lake"))
    return (
        f"{seconds / 60:.1f} min, peak {peak:.1f} GB ({costs}); again unchanged {again:.0f} s; "
        f"verify --all {proof:.0f} s"
    )
