"""Tests that `make test` leaves out because they need scale, a browser or the network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks.figures import ROOT

NAME = "tests marked scale, browser or network"
PEER = "none"
MODULES = "tests dags fundwatch jobs conf notebooks"
MARKED: Final = "scale or browser or network"


def prove(room: Path) -> str:
    """Run them; tells what pytest counted. A test that was skipped proves nothing."""
    room.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", MARKED, "-rs", f"--basetemp={room / 'marked'}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    counted = done.stdout.strip().splitlines()[-1].strip("= ")
    if done.returncode or "skipped" in counted:
        raise RuntimeError(done.stdout[-4000:])
    return counted
