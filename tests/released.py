"""`python -m tests.released`: packs a tiny lake of this release, for later ones to upgrade.

Silver of a few rows, the facts, findings and clues that come of it, and the log of that.
"""

from __future__ import annotations

import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

from pyspark.sql import SparkSession

from fundwatch import __version__
from fundwatch.flow import step_named
from fundwatch.lake import Lake
from fundwatch.session import SparkSettings, spark_session
from jobs.runlog import RunLog
from jobs.runner import Runner
from jobs.workplace import record_schema
from tests.rows import rows
from tests.test_verify import SILVER, offered

LAKES = Path(__file__).parent / "lakes"
STEPS = tuple(step_named(name) for name in ("charges", "rules", "clues"))


def build(spark: SparkSession, root: Path) -> None:
    """A lake with two clues of one rule, one at each institution."""
    lake = Lake(str(root), spark)
    record_schema(lake)
    for table, literal in SILVER.items():
        lake.replace(table, rows(spark, table, literal))
    log = RunLog(lake, "run")
    taken_in = {
        "step": "ingest",
        "outcome": "done",
        "touched": {table.name: ["2024-01"] for table in SILVER},
        "versions_out": {table.name: lake.version(table) for table in SILVER},
        "started_at": datetime(2024, 2, 1),
    }
    log.write(taken_in, 0.0)
    Runner(lake, offered(), log, print, steps=STEPS).run()


def pack(root: Path, archive: Path) -> None:
    """The lake without Hadoop's check sums and Delta's own, which can be done without."""
    with tarfile.open(archive, "w:gz", compresslevel=9) as file:
        for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".crc"):
            told = file.gettarinfo(path, path.relative_to(root).as_posix())
            told.uid = told.gid = 0
            told.uname = told.gname = ""
            with path.open("rb") as content:
                file.addfile(told, content)


def unpack(archive: Path, root: Path) -> None:
    """The lake of an archive into a folder."""
    with tarfile.open(archive) as file:
        file.extractall(root, filter="data")


def main() -> None:
    """Build and pack."""
    LAKES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        build(spark_session(SparkSettings(shuffle_partitions=2)), Path(folder) / "lake")
        pack(Path(folder) / "lake", LAKES / f"{__version__}.tar.gz")


if __name__ == "__main__":
    main()
