"""A file delivered again, corrected, takes the place of what it was, and rows still add up."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from typer.testing import CliRunner

from console.cli import app
from console.refused import refused
from fundwatch.errors import LandingError, UsageError
from fundwatch.lake import Lake
from fundwatch.reader import LakeReader
from fundwatch.schema import Table
from fundwatch.tables.bronze import DELIVERY, QUARANTINE
from fundwatch.tables.silver import PERSON, SETTLEMENT_NET
from jobs.ingest import Counts
from jobs.ingest.reconcile import reconcile_ingest
from jobs.ingest.touched import touched
from tests.delivery import KEY, Bureau

HEAD = "setl_id | medfee_sumamt | setl_time  | updt_time  | psn_no | init_setl_id\n"
OLDER = "s1 | 1 | 2024-01-02 | 2024-02-01 | p1 |\ns5 | 5 | 2024-05-02 | 2024-02-01 | p5 |"
WRONG = """
    s1 | 2   | 2024-01-02 | 2024-02-03 | p1 |
    s2 | 2.x | 2024-02-02 | 2024-02-03 | p2 |
    s3 | 3   | 2024-03-02 | 2024-02-03 | p3 |
    s4 | 4   | 2024-04-02 | 2024-02-09 | p4 |
    r5 | -5  | 2024-06-02 | 2024-02-03 | p5 | s5
    s6 | ?   | 2024-02-02 | 2024-02-03 | p6 |
"""
RIGHT = """
    s2 | 2   | 2024-02-02 | 2024-02-03 | p2 |
    s4 | 44  | 2024-04-02 | 2024-02-03 | p4 |
    s6 | ?   | 2024-02-02 | 2024-02-03 | p6 |
"""
NETS = [("s1", 100), ("s2", 200), ("s4", 4400), ("s5", 500)]


class Story:
    """Settlements of two batches; the second file was wrong and comes again."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.bureau = Bureau(root / "landing", Lake(str(root / "lake"), spark))
        self.bureau.gives_required("setl_d")
        self.bureau.gives("setl_d", HEAD + OLDER)
        self.bureau.gives("setl_d", HEAD + WRONG, batch="b2")
        self.first = self.bureau.ingests()
        self.waiting = refused(LakeReader(self.bureau.lake.root), first=9)
        self.bureau.gives("setl_d", HEAD + RIGHT, batch="b2")
        self.second = self.bureau.ingests()
        self.touched = touched(self.bureau.lake, self.first.versions_out)
        self.third = self.bureau.ingests()


@pytest.fixture(scope="module")
def story(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("editions"), spark)


def test_rows_of_the_corrected_file_stand_and_what_it_left_out_does_not(story: Story) -> None:
    found = story.bureau.rows(
        story.bureau.silver("setl_d"), "setl_id", "medfee_sumamt_fen", "batch", "file"
    )
    assert found == [
        ("s1", 100, "b1", "part-0.csv"),  # overtaken before, and now the latest that counts
        ("s2", 200, "b2", "part-0.csv~002"),
        ("s4", 4400, "b2", "part-0.csv~002"),  # updated earlier than the wrong row it replaces
        ("s5", 500, "b1", "part-0.csv"),
    ]


def test_nets_and_persons_follow(story: Story) -> None:
    nets = story.bureau.rows(SETTLEMENT_NET, "setl_id", "medfee_sumamt_fen", "is_void")
    assert [row[:2] for row in nets if not row[2]] == NETS
    assert len(nets) == len(NETS)
    persons = {row[0] for row in story.bureau.rows(PERSON, "psn_key")}
    assert KEY.pseudonym("psn", "p4") in persons
    assert KEY.pseudonym("psn", "p3") not in persons


def test_only_months_that_the_correction_moves_are_touched(story: Story) -> None:
    assert story.touched["silver.settlement_net"] == [
        "2024-01",
        "2024-02",
        "2024-03",
        "2024-04",
        "2024-05",
    ]


def test_every_row_of_every_edition_is_accounted_for(story: Story) -> None:
    assert story.first.tables["setl_d"] == Counts(8, 5, 1, 2)
    assert story.second.tables["setl_d"] == Counts(11, 4, 6, 1)
    found = {row["identity"]: row for row in reconcile_ingest(story.bureau.lake, "r")}
    assert all(row["holds"] for row in found.values())
    assert found["rows"]["quarantined"] == 1


def test_an_edition_is_taken_in_once(story: Story) -> None:
    assert story.third.versions_out == story.second.versions_out
    files = story.bureau.rows(DELIVERY, "batch", "file", "table")
    assert [row[:2] for row in files if row[0] == "b2"] == [
        ("b2", "part-0.csv"),
        ("b2", "part-0.csv~002"),
    ]


def test_what_waits_in_quarantine_is_what_the_last_edition_left_there(story: Story) -> None:
    assert story.waiting.counts == [("unreadable", "setl_d", "medfee_sumamt", 2)]
    now = refused(LakeReader(story.bureau.lake.root), first=9)
    assert now.rows == [("setl_d", "b2", "part-0.csv~002", 4, "medfee_sumamt", "unreadable", "?")]
    assert len(story.bureau.rows(QUARANTINE, "line")) == 3  # bronze itself forgets nothing


def test_the_command_lists_kinds_and_places(story: Story) -> None:
    lake = story.bureau.lake.root
    told = CliRunner().invoke(app, ["quarantine", "--lake", lake]).output
    assert "无法读取 unreadable" in told
    assert "part-0.csv~002" in told
    assert "共 1 行" in told
    none = CliRunner().invoke(app, ["quarantine", "--lake", lake, "--kind", "out-of-range"])
    assert none.output == "没有隔离数据 nothing is quarantined\n"
    with pytest.raises(UsageError, match="there are missing, unreadable"):
        refused(LakeReader(lake), "odd")


def test_the_command_says_what_it_does() -> None:
    told = CliRunner().invoke(app, ["quarantine", "--help"]).output
    assert "Example: fundwatch quarantine --lake lake --kind unreadable" in " ".join(told.split())


def test_a_corrected_file_without_rows_leaves_none(spark: SparkSession, tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))
    bureau.gives_required("setl_d")
    path = bureau.gives("setl_d", HEAD + WRONG)
    bureau.ingests()
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert bureau.ingests().tables["setl_d"] == Counts(6, 0, 6, 0)
    assert bureau.rows(SETTLEMENT_NET, "setl_id") == []
    assert all(row["holds"] for row in reconcile_ingest(bureau.lake, "r"))
    bureau.gives("setl_d", HEAD + WRONG)  # and again as it was at first
    assert bureau.ingests().tables["setl_d"] == Counts(12, 4, 6, 2)


def test_an_edition_cut_short_anywhere_is_finished_by_the_next_ingest(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))
    bureau.gives_required("setl_d")
    bureau.gives("setl_d", HEAD + OLDER)
    bureau.gives("setl_d", HEAD + WRONG, batch="b2")
    bureau.ingests()
    bureau.gives("setl_d", HEAD + RIGHT, batch="b2")
    for cut in ("bronze.quarantine", "silver.settlement", "silver.person", "ops.intake"):
        with monkeypatch.context() as patch:
            _cut(patch, cut)
            with pytest.raises(RuntimeError, match=cut):
                bureau.ingests()
        bureau.lake.forget()
    changed = bureau.gives("setl_d", HEAD + WRONG, batch="b2")
    with pytest.raises(LandingError, match="needs it as it was"):
        bureau.ingests()
    assert changed == bureau.gives("setl_d", HEAD + RIGHT, batch="b2")
    assert bureau.ingests().tables["setl_d"] == Counts(11, 4, 6, 1)
    assert all(row["holds"] for row in reconcile_ingest(bureau.lake, "r"))


def _cut(patch: pytest.MonkeyPatch, cut: str) -> None:
    """The process dies when rows of a file that came again leave the table, or it is appended to."""
    append, remove = Lake.append, Lake.remove

    def appending(self: Lake, table: Table, rows: DataFrame, *, app: str = "", txn: int = 0) -> int:
        if table.name == cut:
            raise RuntimeError(cut)
        return append(self, table, rows, app=app, txn=txn)

    def removing(self: Lake, table: Table, rows: DataFrame) -> int:
        if table.name == cut:
            raise RuntimeError(cut)
        return remove(self, table, rows)

    patch.setattr(Lake, "append", appending)
    patch.setattr(Lake, "remove", removing)
