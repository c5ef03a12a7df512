"""What is judged and by what: exported clues and planted truth, as they lie on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from fundwatch.errors import UsageError

SCHEME: Final = "scheme"  # kinds of planted instances
TWIN: Final = "twin"
DATA_ERROR: Final = "data_error"  # also the scheme of its clues
# What the judge reads of contract/clue.yml.
READ: Final = (
    "rank", "scheme", "setl_ids", "amount", "amount_low", "amount_high", "probability",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What was planted: `instance` (instance_id, scheme, kind, amount_fen …), `settlement`."""

    instance: pd.DataFrame
    settlement: pd.DataFrame  # instance_id, setl_id, amount_fen

    def of_kind(self, kind: str) -> pd.DataFrame:
        """Instances of one kind (scheme, twin, data_error), by id."""
        chosen = self.instance[self.instance["kind"] == kind].sort_values("instance_id")
        return chosen.set_index("instance_id")


def load_truth(folder: Path) -> Truth:
    """The truth of a made-up province. Raises UsageError if a file is missing."""
    for name in ("instance", "settlement"):
        if not (folder / f"{name}.parquet").is_file():
            raise UsageError(f"{folder} is no truth folder: {name}.parquet is missing")
    return Truth(*(pd.read_parquet(folder / f"{n}.parquet") for n in ("instance", "settlement")))


def load_clues(path: Path) -> pd.DataFrame:
    """Exported clues: clues.parquet or clues.jsonl, a file or a folder of part files.

    Raises UsageError where nothing is there, or where a column that the judge reads is missing.
    """
    if not path.exists():
        raise UsageError(f"{path} is not there")
    clues = _lines(path) if path.suffix == ".jsonl" else pd.read_parquet(path)
    if missing := [name for name in READ if name not in clues]:
        raise UsageError(f"{path} holds no clues of contract/clue.yml: no {', '.join(missing)}")
    return clues


def _lines(path: Path) -> pd.DataFrame:
    parts = sorted(path.glob("*.json*")) if path.is_dir() else [path]
    read = [pd.read_json(part, lines=True, dtype=False) for part in parts if part.stat().st_size]
    return pd.concat(read, ignore_index=True) if read else pd.DataFrame(columns=list(READ))
