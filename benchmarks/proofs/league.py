"""The league on three made-up worlds: docs/league.md, and its first lines."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.figures import ROOT
from benchmarks.proofs.runs import fundwatch_told

NAME = "league over three made-up worlds (planted data): precision at 100, recall"
PEER = "the other methods, in the value"
MODULES = "fundwatch jobs conf models province"


def prove(room: Path) -> str:
    """Write docs/league.md; tells precision at 100 and recall of each method."""
    page = ROOT / "docs" / "league.md"
    told = fundwatch_told("league", "--json", "--room", str(room / "league"), "--out", str(page))
    pooled = json.loads(told)["pooled"]
    return "; ".join(
        f"{method} {one['precision']['100']['value']:.2f}, {one['recall']['value']:.2f}"
        for method, one in pooled.items()
    )
