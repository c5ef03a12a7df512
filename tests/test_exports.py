"""What leaves the lake keeps the clue contract and is the same, byte for byte, every time."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from python_calamine import CalamineWorkbook

from fundwatch.lake import Lake
from fundwatch.tables.gold import CLUE
from fundwatch.tables.silver import FEE_LINE, INSTITUTION
from jobs.exports import export
from jobs.exports.contract import KEPT_BACK, schema
from jobs.exports.workbook import Pages, workbook
from tests.rows import rows

CLUES = """
    clue_id | rank | grade | amount  | period_begn | says          | title      | scheme     | evidence
    b       | 2    | C     | 12.50   | 2024-02-03  | 次强 又一条   | =1+1       | overcharge | []
    a       | 1    | A     | 1000.00 | 2024-01-02  | 最强          | 某院多收费 | overcharge | [{"table":"silver.fee_line","version":1,"key":"l1"}]
"""
LINES = """
    bkkp_sn | fixmedins_code | hilist_code | hilist_name | det_item_fee_sumamt_fen | fee_ocur_time
    l1      | H1             | 001         | 某药        | 1250                    | 2024-01-02 08:30:00
"""
NAMES = """
    fixmedins_code | fixmedins_name
    H1             | 第一医院
"""
RUN = {
    "not_evaluable": {
        "bed_price": {"title": "床位超限价", "reason": "未交付数据:fee_list_d.pric_uplmt_amt"}
    }
}


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with two clues, written in no order."""
    lake = Lake(str(tmp_path_factory.mktemp("exports")), spark)
    lake.replace(CLUE, rows(spark, CLUE, CLUES))
    lake.replace(FEE_LINE, rows(spark, FEE_LINE, LINES))
    lake.replace(INSTITUTION, rows(spark, INSTITUTION, NAMES))
    return lake


@pytest.fixture(scope="module")
def out(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    export(lake, folder, run=RUN)
    return folder


def test_parquet_has_the_columns_and_types_of_the_contract_in_rank_order(out: Path) -> None:
    table = pq.read_table(out / "clues.parquet")
    assert table.schema.names == [name for name in CLUE.names if name not in KEPT_BACK]
    assert table.schema.equals(schema())
    assert table["rank"].to_pylist() == [1, 2]


def test_json_lines_have_dates_as_days_and_decimals_with_two_digits(out: Path) -> None:
    first, second = (out / "clues.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"amount": 1000.00,' in first
    assert '"period_begn": "2024-01-02",' in first
    assert list(json.loads(first)) == schema().names
    assert json.loads(second, parse_float=Decimal)["amount"] == Decimal("12.50")


def test_two_exports_of_one_lake_are_the_same_bytes(lake: Lake, out: Path, tmp_path: Path) -> None:
    for written in export(lake, tmp_path, run=RUN):
        assert written.read_bytes() == (out / written.name).read_bytes(), written.name


def test_the_workbook_has_its_four_pages_and_the_list_in_rank_order(out: Path) -> None:
    book = CalamineWorkbook.from_path(out / "clues.xlsx")
    assert book.sheet_names == ["线索清单", "理由", "证据", "说明"]
    head, first, second = book.get_sheet_by_name("线索清单").to_python()
    amount = head.index("涉及基金(元)")
    assert (first[amount], second[amount]) == (1000.0, 12.5)


def test_text_that_looks_like_a_formula_stays_text(out: Path) -> None:
    book = CalamineWorkbook.from_path(out / "clues.xlsx")
    *_, second = book.get_sheet_by_name("线索清单").to_python()
    assert "=1+1" in second


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\x01=cmd|' /c x'!A0",
        "<b>x</b>",
        "http://x",
        "x" * 40_000,
    ],
)
def test_no_text_from_outside_is_more_than_text_in_the_workbook(text: str) -> None:
    row = {"rank": 1, "table": "t", "version": 1, "key": text, "what": text, "place_name": text}
    content = workbook(
        Pages(clues=[], evidence=[row], not_evaluable={"x": {"title": text, "reason": text}})
    )
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(content))
    _, found = sheets.get_sheet_by_name("证据").to_python()
    assert [found[2], found[3], found[5]] == [text[:32_000]] * 3
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if "sheet" in name]
        assert not [page for page in pages if "<f>" in page or "<hyperlink" in page]
        assert 'quotePrefix="1"' in parts.read("xl/styles.xml").decode()


def test_the_evidence_page_shows_what_the_row_says(out: Path) -> None:
    book = CalamineWorkbook.from_path(out / "clues.xlsx")
    _, row = book.get_sheet_by_name("证据").to_python()
    assert row[:7] == [1.0, "费用明细", "l1", "第一医院", "2024-01-02 08:30", "001 某药", 1.0]
    assert row[7] == 12.5


def test_what_could_not_be_asked_is_told(out: Path) -> None:
    book = CalamineWorkbook.from_path(out / "clues.xlsx")
    assert ["床位超限价", "未交付数据:fee_list_d.pric_uplmt_amt"] in [
        row[:2] for row in book.get_sheet_by_name("说明").to_python()
    ]
