"""A foreign extract is told what it is, gets a mapping, and is tried without a lake."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from console.cli import app
from fundwatch.errors import LandingError
from jobs.extract.foreign import groups
from jobs.extract.likeness import alike
from jobs.extract.proposal import Proposal, masked, proposed
from jobs.extract.trial import Tried, trial, unfilled
from jobs.ingest.landing import Storage, placed
from jobs.ingest.source import Source, load_source

PERSON = "110101195001011234"
SETTLED = """结算编号,就诊ID,患者编号,证件号码,性别,险种,参保地,就诊医疗机构代码,医疗类别,开始时间,结束时间,结算日期,医疗费总金额,统筹基金支出金额,备注
{month}1,v1,p1,{person},男,310,110100,H1,21,2024-{month}-01,2024-{month}-03,2024-{month}-03,100.50,80.00,
{month}2,v2,p2,{person},女,310,110100,H1,21,2024-{month}-01,2024-{month}-04,2024-{month}-04,十元,80.00,
"""
LINES = """bkkp_sn,setl_id,mdtrt_id,psn_no,HILIST_CODE,hilist_name,CNT,Price,FeeAmount
l1,011,v1,p1,A1,甲药,2,1.50,3.00
"""


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("extract")
    for month in ("01", "02"):
        text = SETTLED.format(month=month, person=PERSON)
        (root / f"结算_2024{month}.csv").write_text(text, encoding="gbk")
    (root / "fee_list.csv").write_text(LINES, encoding="utf-8")
    (root / "weather.csv").write_text("rain,wind\n1,2\n", encoding="utf-8")
    (root / "readme.txt").write_text("not data", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def proposal(extract: Path, spark: SparkSession) -> Proposal:
    return proposed(spark, Storage.at(extract))


@pytest.fixture(scope="module")
def mapping(proposal: Proposal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("mapping") / "ours.yml"
    file.write_text(proposal.text("ours", "我院"), encoding="utf-8")
    return file


def renamed(source: Source, table: str) -> Mapping[str, str]:
    return source.tables[table].rename


def test_files_that_differ_in_numbers_are_one_group(extract: Path) -> None:
    found = {group.files: group for group in groups(Storage.at(extract))}
    assert set(found) == {"fee_list.csv", "weather.csv", "结算_*.csv"}
    settled = found["结算_*.csv"]
    assert (len(settled.paths), settled.encodings, len(settled.rows)) == (2, ("gbk",), 4)
    assert settled.stem == "结算"


def test_columns_are_told_by_heading_whatever_its_language_and_by_what_can_be_read(
    mapping: Path,
) -> None:
    source = load_source(mapping)
    assert set(source.tables) == {"setl_d", "fee_list_d"}
    settled = renamed(source, "setl_d")
    assert settled["setl_id"] == "结算编号"
    assert settled["psn_no"] == "患者编号"
    assert settled["fixmedins_code"] == "就诊医疗机构代码"
    assert settled["medfee_sumamt"] == "医疗费总金额"
    assert settled["setl_time"] == "结算日期"
    lines = renamed(source, "fee_list_d")
    assert lines["hilist_code"] == "HILIST_CODE"
    assert lines["cnt"] == "CNT"
    assert source.tables["setl_d"].codes == {"gend": {"女": "2", "男": "1"}}


def test_the_mapping_says_what_is_not_known_and_shows_nobody(mapping: Path) -> None:
    text = mapping.read_text(encoding="utf-8")
    assert "# not used: 备注" in text
    assert "# updt_time: ?" in text
    assert "# weather.csv: like no table of the contract (rain, wind)" in text
    assert "9" * len(PERSON) in text
    assert PERSON not in text
    assert "甲药" not in text


@pytest.fixture(scope="module")
def tried(extract: Path, mapping: Path, spark: SparkSession) -> list[Tried]:
    written = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    completed = written["tables"]["setl_d"]
    completed["rename"] |= {"updt_time": "结算日期", "fund_pay_sumamt": "统筹基金支出金额"}
    completed["constant"] = {"fix_blng_admdvs": "110100"}
    completed["expression"] = {"inscp_amt": "`医疗费总金额`"}
    completed["rename"].setdefault("hifp_pay", "统筹基金支出金额")
    source = Source(**written)
    landing = placed(Storage.at(extract), source)
    assert landing.missing == ["fixmedins_b", "mdtrt_d"]
    return trial(spark, landing, source, rows=100, progress=lambda text: None)


def test_a_trial_tells_what_would_be_refused_and_why(tried: list[Tried]) -> None:
    settled = next(one for one in tried if one.table.name == "setl_d")
    assert (settled.files, settled.delivered, settled.tried, settled.refused) == (2, 4, 4, 2)
    assert settled.faults == (
        ("inscp_amt", "unreadable", 2),
        ("medfee_sumamt", "unreadable", 2),
    )


def test_a_trial_tells_what_stays_empty(tried: list[Tried]) -> None:
    empty = unfilled(tried)
    assert "setl_d.term_no" in empty
    assert "drug_trac_d.drug_trac_codg" in empty
    assert "setl_d.psn_no" not in empty


def test_names_are_alike_once_words_of_one_meaning_are_one_word() -> None:
    assert alike("PatientID", "人员编号") == 1.0
    assert alike("医院代码", "定点医药机构编码") == 1.0
    assert alike("hilistCode", "hilist_code") == 1.0
    assert alike("rain", "结算ID") < 0.3
    assert alike("", "结算ID") == 0.0


def test_a_sample_shows_the_shape_only() -> None:
    assert masked("张三 13800001111\t=1") == "xx 99999999999?=9"
    assert masked("a" * 30) == "x" * 24 + "…"


def test_an_extract_without_data_is_refused(tmp_path: Path, spark: SparkSession) -> None:
    with pytest.raises(LandingError, match=r"no \.csv, \.csv\.gz or \.parquet files"):
        proposed(spark, Storage.at(tmp_path))


def test_a_file_without_headings_is_refused_and_shows_nobody(
    tmp_path: Path, spark: SparkSession
) -> None:
    (tmp_path / "people.csv").write_text(f"1,{PERSON}\n2,x\n", encoding="utf-8")
    with pytest.raises(LandingError, match=r"people\.csv: the first line is data") as refused:
        proposed(spark, Storage.at(tmp_path))
    assert PERSON not in str(refused.value)


@pytest.mark.usefixtures("spark")
def test_the_command_proposes_a_mapping_and_says_what_cannot_be_asked(
    extract: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "ours.yml"
    asked = ["profile", str(extract), "--mapping", str(mapping)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert mapping.exists()
    assert "结算_*.csv" in told.output
    assert "不可评估 not evaluable" in told.output
    assert PERSON not in told.output + mapping.read_text(encoding="utf-8")
    again = CliRunner().invoke(app, asked)
    assert "is there already" in str(again.exception)


@pytest.mark.usefixtures("spark")
def test_an_extract_like_nothing_known_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "weather.csv").write_text("rain,wind\n1,2\n", encoding="utf-8")
    mapping = tmp_path / "ours.yml"
    told = CliRunner().invoke(app, ["profile", str(tmp_path), "--mapping", str(mapping)])
    assert "complete it by hand" in str(told.exception)
    assert "(rain, wind)" in mapping.read_text(encoding="utf-8")


@pytest.mark.usefixtures("spark")
def test_a_landing_of_the_contract_needs_no_mapping(tmp_path: Path) -> None:
    file = tmp_path / "landing" / "setl_d" / "b1" / "part-0.csv"
    file.parent.mkdir(parents=True)
    file.write_text("setl_id,gend\ns1,9\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["profile", str(tmp_path / "landing")])
    assert told.exit_code == 0, told.output
    assert "缺少必需表 missing, must be there: fee_list_d, fixmedins_b, mdtrt_d" in told.output
