"""A lake is read without a JVM."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import fundwatch
from fundwatch.errors import LakeError, UsageError
from fundwatch.lake import Lake
from fundwatch.reader import LakeReader
from fundwatch.tables.gold import CHARGE_FACT, CLUE
from tests.rows import rows

LINES = """
bkkp_sn | setl_id | month   | person_key | inscp_fen | charged_at
b2      | s1      | 2024-01 | ann        |       200 | 2024-01-05 10:00:00
b1      | s1      | 2024-01 | ann        |       100 | 2024-01-04 10:00:00
b3      | s2      | 2024-02 | bob        |       300 | 2024-02-01 10:00:00
"""


@pytest.fixture(scope="module")
def reader(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    root = tmp_path_factory.mktemp("read") / "lake"
    lake = Lake(str(root), spark)
    lake.replace(CHARGE_FACT, rows(spark, CHARGE_FACT, LINES), ["2024-01", "2024-02"])
    lake.replace(CLUE, rows(spark, CLUE, "clue_id | rank | setl_ids\nc1 | 1 | s1\nc2 | 2 | s2"))
    return fundwatch.open_lake(root)


def test_from_a_clue_to_its_lines_in_time_order(reader: LakeReader) -> None:
    assert list(reader.lines_of(clue_id="c1")["bkkp_sn"]) == ["b1", "b2"]


def test_lines_of_a_person_in_a_month(reader: LakeReader) -> None:
    assert list(reader.lines_of(person_key="bob", month="2024-02")["inscp_fen"]) == [300]
    assert reader.lines_of(person_key="bob", month="2024-01").empty


def test_sql_names_tables_as_declared(reader: LakeReader) -> None:
    query = """
        SELECT c.rank, sum(f.inscp_fen) AS fen FROM gold.clue c
        JOIN gold.charge_fact f ON array_has(c.setl_ids, f.setl_id) GROUP BY c.rank ORDER BY c.rank
    """
    assert reader.sql(query).to_numpy().tolist() == [[1, 300], [2, 300]]


def test_what_is_not_there_is_told(reader: LakeReader, tmp_path: Path) -> None:
    assert reader.tables() == ("gold.charge_fact", "gold.clue")
    assert reader.pandas("gold.stay_fact").empty
    with pytest.raises(UsageError, match=r"no table 'gold\.staff'"):
        reader.arrow("gold.staff")
    with pytest.raises(UsageError, match="no clue 'c9'"):
        reader.clue("c9")
    with pytest.raises(LakeError, match="is no lake"):
        fundwatch.open_lake(tmp_path / "none")
