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
from fundwatch.schema import Table
from fundwatch.session import SparkSettings, spark_session
from fundwatch.settings import Settings
from fundwatch.tables.silver import (
    FEE_LINE,
    INSTITUTION,
    PERSON,
    SETTLEMENT,
    SETTLEMENT_NET,
    VISIT,
)
from jobs.offered import Offered
from jobs.runlog import RunLog
from jobs.runner import Runner
from jobs.workplace import record_schema
from tests.facts import AREA
from tests.rows import rows

CONF = Path(__file__).parents[1] / "conf"
LAKES = Path(__file__).parent / "lakes"
STEPS = tuple(step_named(name) for name in ("charges", "rules", "clues"))
SILVER: dict[Table, str] = {
    SETTLEMENT: f"""
        setl_id | psn_key | insu_admdvs | mdtrt_id | fund_pay_sumamt_fen
        s1      | ann     | {AREA}      | m1       | 10000
        s2      | bob     | {AREA}      | m2       | 10000
    """,
    SETTLEMENT_NET: f"""
        setl_id | psn_key | insu_admdvs | mdtrt_id | fixmedins_code | fix_blng_admdvs | med_type | setl_ids | fund_pay_sumamt_fen | inscp_amt_fen | acct_pay_fen
        s1      | ann     | {AREA}      | m1       | H1             | {AREA}          | 11       | s1       | 10000               | 20000         | 0
        s2      | bob     | {AREA}      | m2       | H2             | {AREA}          | 11       | s2       | 10000               | 20000         | 0
    """,
    VISIT: f"""
        mdtrt_id | psn_key | insu_admdvs | fixmedins_code | med_type
        m1       | ann     | {AREA}      | H1             | 11
        m2       | bob     | {AREA}      | H2             | 11
    """,
    FEE_LINE: """
        bkkp_sn | setl_id | mdtrt_id | fixmedins_code | list_type | pric | pric_uplmt_amt | cnt | inscp_amt_fen | det_item_fee_sumamt_fen
        l1      | s1      | m1       | H1             | 201       | 100  | 80             | 2   | 20000         | 20000
        l2      | s2      | m2       | H2             | 201       | 100  | 60             | 2   | 20000         | 20000
    """,
    PERSON: f"""
        insu_admdvs | psn_key | person_key
        {AREA}      | ann     | ANN
        {AREA}      | bob     | BOB
    """,
    INSTITUTION: f"""
        fixmedins_code | fixmedins_name | fixmedins_type | fix_blng_admdvs
        H1             | 第一医院       | 1              | {AREA}
        H2             | 第二医院       | 1              | {AREA}
    """,
}


def offered(conf: Path = CONF) -> Offered:
    return Offered(conf, Settings(), None)


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
        # As Python's manual has it, for Debian's 3.11.2 knows no filters.
        file.extraction_filter = getattr(tarfile, "data_filter", None)
        file.extractall(root)


def main() -> None:
    """Build and pack."""
    LAKES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        build(spark_session(SparkSettings(shuffle_partitions=2)), Path(folder) / "lake")
        pack(Path(folder) / "lake", LAKES / f"{__version__}.tar.gz")


if __name__ == "__main__":
    main()
