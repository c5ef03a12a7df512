"""What leaves the lake: the clue contract's files, the supervisors' workbook, the run's page."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from fundwatch.lake import Lake
from fundwatch.tables.gold import CLUE
from jobs.exports.contract import in_contract, lines, parquet
from jobs.exports.evidence import shown_evidence
from jobs.exports.workbook import Pages, workbook


def export(lake: Lake, out: Path, *, run: dict[str, Any]) -> list[Path]:
    """clues.parquet, clues.jsonl, clues.xlsx and run.json in `out`, each written whole or not.

    Clues come in rank order; the same lake gives the same bytes, but for what `run` tells. run.json
    is written last: where it stands, the other three are complete.
    """
    clues = in_contract(lake.read(CLUE).orderBy("rank").toArrow())
    pages = Pages(
        clues=clues.to_pylist(),
        evidence=shown_evidence(lake, clues),
        not_evaluable=dict(run.get("not_evaluable", {})),
    )
    page = json.dumps(run | {"clues": clues.num_rows}, ensure_ascii=False, indent=1, default=str)
    files = {
        "clues.parquet": parquet(clues),
        "clues.jsonl": lines(clues),
        "clues.xlsx": workbook(pages),
        "run.json": f"{page}\n".encode(),
    }
    out.mkdir(parents=True, exist_ok=True)
    return [_written(out / name, content) for name, content in files.items()]


def _written(path: Path, content: bytes) -> Path:
    """A reader meets the old file or the new one, never half of it."""
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(content)
    os.replace(half, path)
    return path
