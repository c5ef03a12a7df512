"""Sources of a daily ingest, and whether something of one has come. Knows nothing of Airflow."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path


def sources(told: str, landing: str) -> dict[str, str]:
    """Mapping in conf/sources → folder, from JSON; without it `landing` by the contract.

    Raises ValueError for what is no such object, and where nothing is named at all.
    """
    found = json.loads(told) if told else {"contract": landing}
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise ValueError("fundwatch_sources must be a JSON object of mapping to folder")
    if not found or not all(found.values()):
        raise ValueError("no folder is named: set fundwatch_sources, or landing")
    return found


def is_delivered(folder: str, since: datetime) -> bool:
    """Whether a file of the folder was written since; a remote folder is for the ingest to see."""
    if "://" in folder:
        return True
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return any(path.stat().st_mtime >= since.timestamp() for path in files)
