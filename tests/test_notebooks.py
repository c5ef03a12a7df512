"""Notebooks run from top to bottom, and show the pictures they promise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient
from pyspark.sql import SparkSession

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.gold import CHARGE_FACT, CLUE, ITEM_ANOMALY, PEER_SCORE, SHARED_ADMISSION
from tests.rows import rows

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
CELL_SECONDS = 1500  # one cell screens the real claims whole; a busy machine took 500
# Jupyter's own libraries warn of one another.
pytestmark = pytest.mark.filterwarnings("default")

CONTENT: dict[Table, str] = {
    CHARGE_FACT: """
bkkp_sn | setl_id | month   | person_key | inscp_fen | charged_at
b1      | s1      | 2024-01 | ann        |       100 | 2024-01-04 10:00:00
""",
    PEER_SCORE: """
indicator_id | entity_type | entity | month   | distance
fee_per_stay | institution | H1     | 2024-01 |      5.2
fee_per_stay | institution | H2     | 2024-01 |     -0.3
short_stay   | institution | H1     | 2024-01 |      2.0
short_stay   | institution | H2     | 2024-01 |      0.1
""",
    ITEM_ANOMALY: """
fixmedins_code | ingredient | month   | rate | peer_median | is_anomaly | excess_share | fund_fen
H1             | 白蛋白     | 2024-01 | 1000 |         900 | false      |            0 |      100
H1             | 白蛋白     | 2024-02 | 5000 |         950 | true       |          0.8 |      500
""",
    SHARED_ADMISSION: """
person_a | person_b | times | is_household
ann      | bob      |     3 | false
bob      | cid      |     4 | true
ann      | cid      |     3 | false
""",
    CLUE: """
clue_id | rank | scheme               | grade | setl_ids | person_keys
c1      | 1    | induced_co_admission | C     | s1       | ann bob cid
""",
}


@pytest.fixture(scope="module")
def lakes(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A lake with one of everything a first look looks at, and one where nothing was found."""
    roots = {name: tmp_path_factory.mktemp(name) / "lake" for name in ("full", "empty")}
    for table, literal in CONTENT.items():
        months = None if table is CLUE else ["2024-01", "2024-02"]
        nothing_found = table in (CLUE, ITEM_ANOMALY, SHARED_ADMISSION)
        for name, root in roots.items():
            shown = "" if name == "empty" and nothing_found else literal
            Lake(str(root), spark).replace(table, rows(spark, table, shown), months)
    return roots


def execute(name: str) -> Iterator[str]:
    """Kinds of output of every cell of a notebook, after running it."""
    notebook = jupytext.read(NOTEBOOKS / name)
    NotebookClient(
        notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": NOTEBOOKS}}
    ).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield from output.get("data", {output.get("name", "error"): ""})


def test_the_first_look_shows_three_pictures(
    lakes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDWATCH_LAKE", str(lakes["full"]))
    assert list(execute("01_first_look.py")).count("image/png") == 3


def test_the_first_look_says_so_where_nothing_was_found(
    lakes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDWATCH_LAKE", str(lakes["empty"]))
    shown = list(execute("01_first_look.py"))
    assert shown.count("image/png") == 1
    assert shown.count("stdout") == 2


@pytest.mark.scale
@pytest.mark.timeout(1800)
def test_real_claims_are_ranked_beside_size_alone(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDWATCH_SHARED", str(shared))
    monkeypatch.setenv("FUNDWATCH_REAL_LAKE", str(tmp_path / "lake"))
    shown = list(execute("02_real_claims.py"))
    assert shown.count("text/html") == 1
    assert shown.count("image/png") == 1
