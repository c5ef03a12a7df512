"""Real claims through the same flow: how our indicators rank labelled providers."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import ROOT
from models.ranking import Quality

NAME = "real US inpatient claims: providers ranked, cross-validated over states"
PEER = "total reimbursed alone, in the value"
MODULES = "notebooks/02_real_claims.py models/ranking.py conf fundwatch jobs"


def prove(room: Path) -> str:
    """Run notebooks/02_real_claims.py; tells AUC and average precision of each ranking in it.

    In a process of its own, whose Spark is gone before the next proof is timed.
    """
    if not os.environ.get("FUNDWATCH_SHARED"):
        raise AssertionError("FUNDWATCH_SHARED names no folder: the real claims are not here")
    shutil.rmtree(room / "claims", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.proofs.claims"],
        cwd=ROOT,
        env=os.environ
        | {"FUNDWATCH_REAL_LAKE": str(room / "claims" / "lake"), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.splitlines()[-1]


def told() -> str:
    """The notebook's rankings in one line."""
    found: dict[str, Quality] = runpy.run_path(str(ROOT / "notebooks/02_real_claims.py"))["found"]
    each = [f"{name}: AUC {q.auc:.3f}, AP {q.ap:.3f}" for name, q in found.items()]
    first = next(iter(found.values()))
    each.append(f"size alone: AUC {first.size_auc:.3f}, AP {first.size_ap:.3f}")
    return f"{first.rows} providers, {first.positives} labelled; {'; '.join(each)}"


if __name__ == "__main__":
    print(told())
