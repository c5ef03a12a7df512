"""Foreign extracts land by their mapping, and a wrong mapping is refused with every fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fundwatch.errors import DeclarationError
from fundwatch.lake import Lake
from fundwatch.tables.landing import LANDING
from jobs.ingest import Counts, ingest
from jobs.ingest.counting import count, digests
from jobs.ingest.landing import find
from jobs.ingest.reconcile import reconcile_ingest
from jobs.ingest.source import Mapped, Source, load_source
from tests.delivery import CONTRACT, KEY

SOURCES = Path(__file__).parent.parent / "conf" / "sources"
FOREIGN = """Claim,Person,House,Start,Paid,Code1,Code2,Sort
c1,ann,h1,2009-01-02,10.50,A1,B2,in
c2,bob,h1,2009-01-03,20,,C3,in
"""


def foreign(**tables: Mapped) -> Source:
    """A mapping of FOREIGN into the required tables, and more."""
    plain = {"updt_time": "Start", "fixmedins_code": "House"}
    codes = {"med_type": {"in": "21"}}
    visit = plain | {"mdtrt_id": "Claim", "psn_no": "Person", "med_type": "Sort"}
    paid = dict.fromkeys(["medfee_sumamt", "inscp_amt", "hifp_pay", "fund_pay_sumamt"], "Paid")
    dates = {"begndate": "Start", "enddate": "Start", "setl_time": "Start"}
    area = {"insu_admdvs": "1", "fix_blng_admdvs": "1", "insutype": "390"}
    line = {"fee_ocur_time": "Start", "det_item_fee_sumamt": "Paid", "inscp_amt": "Paid"}
    every: dict[str, Mapped] = {
        "setl_d": _mapped(visit | paid | dates | {"setl_id": "Claim"}, area, codes),
        "mdtrt_d": _mapped(visit | {"begntime": "Start"}, {}, codes),
        "fee_list_d": _mapped(
            visit | line | {"bkkp_sn": "Claim", "pric": "Paid"},
            {"hilist_code": "X", "list_type": "201", "cnt": "1"},
            codes,
        ),
        "fixmedins_b": _mapped(
            plain | {"fixmedins_name": "House"}, {"fixmedins_type": "1", "fix_blng_admdvs": "1"}, {}
        ),
    }
    return Source(name="foreign", title="foreign", tables=every | tables)


def _mapped(
    rename: dict[str, str], constant: dict[str, str], codes: dict[str, dict[str, str]]
) -> Mapped:
    return Mapped(files="claims.csv", rename=rename, constant=constant, codes=codes)


def test_renames_constants_codes_and_cells_that_become_rows(
    spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "claims.csv").write_text(FOREIGN, encoding="utf-8")
    diagnoses = Mapped(
        files="claims.csv",
        unpivot=("Code1", "Code2"),
        rename={"mdtrt_id": "Claim", "diag_srt_no": "position", "diag_code": "value"},
        expression={"updt_time": "concat(Start, ' 00:00:00')"},
    )
    lake = Lake(str(tmp_path / "lake"), spark)
    result = ingest(
        lake,
        tmp_path / "landing",
        source=foreign(diag_d=diagnoses),
        key=KEY,
        run_id="r",
        progress=lambda told: None,
    )
    found = lake.read(LANDING["diag_d"].silver).select("mdtrt_id", "diag_srt_no", "diag_code")
    assert sorted(map(tuple, found.collect())) == [
        ("c1", 1, "A1"),
        ("c1", 2, "B2"),
        ("c2", 2, "C3"),
    ]
    kept = lake.read(LANDING["setl_d"].silver).select("setl_id", "med_type", "medfee_sumamt_fen")
    assert sorted(map(tuple, kept.collect())) == [("c1", "21", 1050), ("c2", "21", 2000)]
    assert result.tables["fixmedins_b"] == Counts(2, 1, 1, 0)
    reconcile_ingest(lake, "r")


def test_the_sources_in_conf_are_sound() -> None:
    assert load_source(SOURCES / "contract.yml") == Source(
        name="contract", title="落地契约", identity=True
    )
    assert "diag_d" in load_source(SOURCES / "us_claims.yml").tables


def test_every_fault_of_a_mapping_is_told(tmp_path: Path) -> None:
    file = tmp_path / "bad.yml"
    file.write_text(
        """
        name: bad
        title: bad
        tables:
          nowhere_d: {from: x.csv}
          diag_d: {from: x.csv, rename: {mine: X, diag_code: X}, constant: {diag_code: "1"}}
        """,
        encoding="utf-8",
    )
    with pytest.raises(DeclarationError) as refused:
        load_source(file)
    assert [line.partition(": ")[2] for line in str(refused.value).splitlines()] == [
        "tables.nowhere_d: no such landing table",
        "tables.diag_d: no column mine",
        "tables.diag_d: diag_code is filled twice",
    ]


def test_an_unknown_key_of_a_mapping_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.yml"
    file.write_text("{name: a, title: b, identity: true, more: 1}", encoding="utf-8")
    with pytest.raises(DeclarationError, match="more: Extra inputs are not permitted"):
        load_source(file)


def test_real_claims_are_counted_cell_by_cell(shared: Path) -> None:
    source = load_source(SOURCES / "us_claims.yml")
    landing = find(shared / "data" / "us_inpatient_claims", source)
    assert landing.strangers == ("provider_labels.csv",)
    chosen = [file for file in landing.files if file.table in ("setl_d", "oprn_d")]
    counted = count(landing.storage, digests(landing.storage, chosen), source)
    assert {c.delivered.table: c.rows for c in counted}["setl_d"] == 22996


def test_the_contract_needs_no_mapping() -> None:
    assert not list(CONTRACT.faults())


def test_a_file_of_one_source_is_no_edition_of_another_sources_file(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(str(tmp_path / "lake"), spark)
    for name, claim in (("one", "c1"), ("two", "c9")):
        (tmp_path / name).mkdir()
        text = FOREIGN.replace("c1,", f"{claim},").replace("c2,", f"{claim}2,")
        (tmp_path / name / "claims.csv").write_text(text, encoding="utf-8")
        source = foreign().model_copy(update={"name": name})
        ingest(
            lake, tmp_path / name, source=source, key=KEY, run_id=name, progress=lambda text: None
        )
    settled = lake.read(LANDING["setl_d"].silver).select("setl_id", "batch", "file").collect()
    assert sorted(map(tuple, settled)) == [
        ("c1", ".@one", "claims.csv"),
        ("c12", ".@one", "claims.csv"),
        ("c9", ".@two", "claims.csv"),
        ("c92", ".@two", "claims.csv"),
    ]


def test_a_star_stays_within_its_folder(tmp_path: Path) -> None:
    for folder in ("", "2024/"):
        path = tmp_path / f"{folder}claims.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(FOREIGN, encoding="utf-8")
    assert {file.path for file in find(tmp_path, foreign()).files} == {"claims.csv"}
    deeper = foreign(diag_d=_mapped({"mdtrt_id": "Claim"}, {}, {}))
    by_folder = deeper.tables["diag_d"].model_copy(update={"files": "*/claims.csv"})
    landing = find(tmp_path, foreign(diag_d=by_folder))
    assert [(f.batch, f.path) for f in landing.files if f.table == "diag_d"] == [
        ("2024@foreign", "2024/claims.csv")
    ]
