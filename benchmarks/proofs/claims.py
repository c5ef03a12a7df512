"""Real claims through the same flow: how our indicators rank labelled providers."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import matplotlib

from benchmarks.figures import ROOT
from models.ranking import Quality

NAME = "real US inpatient claims: providers ranked, cross-validated over states"
PEER = "total reimbursed alone, in the value"
MODULES = (
    "notebooks/02_real_claims.py models/ranking.py conf/indicators conf/sources jobs/indicators.py"
)


def prove(room: Path) -> str:
    """Run notebooks/02_real_claims.py; tells AUC and average precision of each ranking in it."""
    if not os.environ.get("FUNDWATCH_SHARED"):
        raise AssertionError("FUNDWATCH_SHARED names no folder: the real claims are not here")
    os.environ["FUNDWATCH_REAL_LAKE"] = str(room / "claims" / "lake")
    matplotlib.use("Agg")
    found: dict[str, Quality] = runpy.run_path(str(ROOT / "notebooks/02_real_claims.py"))["found"]
    told = [f"{name}: AUC {q.auc:.3f}, AP {q.ap:.3f}" for name, q in found.items()]
    first = next(iter(found.values()))
    told.append(f"size alone: AUC {first.size_auc:.3f}, AP {first.size_ap:.3f}")
    return f"{first.rows} providers, {first.positives} labelled; {'; '.join(told)}"
