"""Delivered files reach silver whole, once, typed and without persons."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.errors import LakeError, LandingError
from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.schema import Table
from fundwatch.tables.bronze import BRONZE, DELIVERY, QUARANTINE
from fundwatch.tables.ops import FILL
from fundwatch.tables.silver import PERSON, SETTLEMENT_NET
from jobs.ingest import Counts
from jobs.ingest.journal import read_journal
from jobs.ingest.reconcile import reconcile_ingest
from jobs.ingest.touched import touched
from tests.delivery import KEY, Bureau, cells, csv_text


@pytest.fixture
def bureau(spark: SparkSession, tmp_path: Path) -> Bureau:
    return Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))


class Story:
    """One landing with every oddity, taken in, corrected by later batches, and taken in again."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.bureau = Bureau(root / "landing", Lake(str(root / "lake"), spark))
        self._first_delivery()
        self.first = self.bureau.ingests()
        self._corrections()
        self.second = self.bureau.ingests()
        self.third = self.bureau.ingests()

    def _first_delivery(self) -> None:
        give = self.bureau
        give.gives(
            "setl_d",
            """
            setl_id | medfee_sumamt | med_type | psn_no | certno | brdy       | setl_time           | updt_time
            s1      | 12.3          | 2        | p1     | 11x    | 1950-02-03 | 2024-05-06 07:08:09 | 2024-06-01
            s2      | 1             | 21       | p2     |        |            | 2024-06-01          | 2024-06-01
            s2      | 2             | 21       | p2     |        |            | 2024-06-01          | 2024-05-01
            """,
        )
        visits = cells(
            "mdtrt_d", "mdtrt_id | begntime | psn_no\nv1 | 2024-13-45 10:00:00 | p\nv2 | | p"
        )
        kept = cells("mdtrt_d", "mdtrt_id | dscg_way\nv3 | 7")[0]
        kept |= {"addr": 'a "quoted",\nbroken line', "mine": "7", "dscg_way": "7"}
        give.writes("mdtrt_d", csv_text([kept, *visits]) + "torn,row\n")
        give.gives(
            "fee_list_d",
            "bkkp_sn | setl_id | det_item_fee_sumamt\nl1 | s1 | 12.345\nl2 | s1 | 1.10",
        )
        places = csv_text(
            cells("fixmedins_b", "fixmedins_code | fixmedins_name\nH1 | 协和\nH2 | 同济")
        )
        give.writes("fixmedins_b", places, encoding="gb18030", batch="甲 1+")
        marked = csv_text(cells("fixmedins_b", "fixmedins_code | fixmedins_name\nH3 | 华西"))
        give.writes("fixmedins_b", marked, file="part-1.csv", encoding="utf-8-sig")
        give.writes("fixmedins_b", "", file="part-2.csv")
        self._parquet()
        give.writes("unknown_d", "a,b\n")

    def _parquet(self) -> None:
        path = self.bureau.root / "psn_info_b" / "b1" / "part-0.parquet"
        path.parent.mkdir(parents=True)
        rows = pa.table(
            {
                "psn_no": ["p1", "p2"],
                "insu_admdvs": ["x", "x"],
                "certno": ["11X", None],
                "insutype": [310.0, 390.0],
                "brdy": [dt.date(1950, 2, 3), None],
                "updt_time": pa.array([dt.datetime(2024, 1, 2)] * 2, pa.timestamp("us")),
            }
        )
        pq.write_table(rows, path)

    def _corrections(self) -> None:
        head = "setl_id | medfee_sumamt | updt_time | psn_no | setl_time\n"
        late = "s1 | 3 | 2024-06-02 | p1 | 2024-05-06\ns3 | 4 | 2024-01-01 | p3 | 2024-07-01"
        self.bureau.gives("setl_d", head + late, batch="b2")
        self.bureau.gives("setl_d", head + "s1 | 5 | 2023-01-03 | p1 | 2024-05-06", batch="b3")
        same = "s2 | 1 | 2024-09-01 | p2 | 2024-06-01 | 21"
        head = head.replace("setl_time", "setl_time | med_type")
        self.bureau.gives("setl_d", head + same, batch="b4")
        self.bureau.gives(
            "psn_info_b",
            "psn_no | insu_admdvs | certno | insutype | updt_time\np2 | x | 22 | 390 | 2024-02-01",
            batch="b2",
        )


@pytest.fixture(scope="module")
def story(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story"), spark)


def test_a_landing_without_a_required_table_is_refused_by_name(bureau: Bureau) -> None:
    bureau.gives_required("fee_list_d")
    with pytest.raises(LandingError, match="lacks fee_list_d"):
        bureau.ingests()


def test_a_file_in_no_known_encoding_is_refused_by_name(bureau: Bureau) -> None:
    bureau.gives_required()
    bureau.writes("fixmedins_b", b"fixmedins_code\n\xff\xff\n")
    with pytest.raises(LandingError, match=r"fixmedins_b/b1/part-0\.csv is neither"):
        bureau.ingests()


def test_a_batch_that_disagrees_with_its_manifest_is_refused_before_a_write(bureau: Bureau) -> None:
    bureau.gives_required()
    content = bureau.gives("setl_d", "setl_id | medfee_sumamt\ns1 | 2.50").read_bytes()
    told = {
        "rows": 2,
        "totals": {"medfee_sumamt": "2.51"},
        "files": {"part-0.csv": hashlib.sha256(content).hexdigest(), "part-1.csv": "00"},
    }
    bureau.writes("setl_d", json.dumps(told), file="_MANIFEST.json")
    with pytest.raises(LandingError) as refused:
        bureau.ingests()
    assert str(refused.value).splitlines() == [
        "setl_d/b1: the manifest says 2 rows, the files hold 1",
        "setl_d/b1: the manifest says medfee_sumamt 2.51, the files sum to 2.50",
        "setl_d/b1: part-1.csv is in the manifest and not in the folder",
    ]
    assert not bureau.lake.exists(DELIVERY)


def test_money_is_whole_fen_codes_are_padded_and_the_month_is_told(story: Story) -> None:
    bureau = story.bureau
    standing = bureau.lake.read(bureau.silver("setl_d"), version=1)
    names = "setl_id medfee_sumamt_fen med_type brdy setl_time month vali_flag".split()
    assert sorted(map(tuple, standing.select(*names).collect())) == [
        ("s1", 1230, "02", dt.date(1950, 2, 3), dt.datetime(2024, 5, 6, 7, 8, 9), "2024-05", "1"),
        ("s2", 100, "21", None, dt.datetime(2024, 6, 1), "2024-06", "1"),
    ]


def test_persons_are_pseudonyms_and_names_are_not_carried_on(story: Story) -> None:
    bureau = story.bureau
    persons = bureau.lake.read(bureau.silver("setl_d"), version=1).where("setl_id = 's1'")
    assert [tuple(r) for r in persons.select("psn_key", "cert_key").collect()] == [
        (KEY.pseudonym("psn", "p1"), KEY.pseudonym("cert", "11X"))
    ]
    assert "psn_name" not in persons.columns


def test_encodings_are_told_and_read(story: Story) -> None:
    bureau = story.bureau
    assert bureau.rows(
        bureau.silver("fixmedins_b"), "fixmedins_code", "fixmedins_name", "batch"
    ) == [
        ("H1", "协和", "甲 1+"),
        ("H2", "同济", "甲 1+"),
        ("H3", "华西", "b1"),
    ]
    told = [
        row[1:]
        for row in bureau.rows(DELIVERY, "table", "file", "encoding", "rows")
        if row[0] == "fixmedins_b"
    ]
    assert told == [
        ("part-0.csv", "gbk", 2),
        ("part-1.csv", "utf-8-sig", 1),
        ("part-2.csv", "utf-8", 0),
    ]


def test_refused_rows_are_told_once_with_line_column_reason_and_masked_value(story: Story) -> None:
    refused = story.bureau.rows(QUARANTINE, "table", "line", "column", "reason", "value")
    assert refused == [
        ("fee_list_d", 2, "det_item_fee_sumamt", "unreadable", "99.999"),
        ("mdtrt_d", 3, "begntime", "unreadable", "9999-99-99 99:99:99"),
        ("mdtrt_d", 4, "begntime", "missing", None),
        ("mdtrt_d", 5, "", "torn", "xxxx,xxx"),
    ]


def test_a_quoted_newline_stays_in_its_cell(story: Story) -> None:
    bureau = story.bureau
    expected = KEY.pseudonym("addr", 'a "quoted",\nbroken line')
    assert bureau.rows(bureau.silver("mdtrt_d"), "mdtrt_id", "addr_key") == [("v3", expected)]


def test_unknown_columns_stay_in_bronze_and_unknown_tables_are_told(story: Story) -> None:
    extras = story.bureau.rows(BRONZE["bronze.mdtrt_d"], "mdtrt_id", "extra")
    assert ("v3", {"mine": "7"}) in extras
    assert story.first.strangers == ("unknown_d/b1/part-0.csv",)


def test_values_outside_a_vocabulary_are_kept_and_counted(story: Story) -> None:
    bureau = story.bureau
    assert bureau.rows(bureau.silver("mdtrt_d"), "dscg_way") == [("7",)]
    filled = bureau.lake.read(FILL).where("table = 'mdtrt_d' and column = 'dscg_way'")
    assert [tuple(r) for r in filled.select("rows", "filled", "odd").collect()] == [(4, 1, 1)]


def test_parquet_arrives_as_csv_would(story: Story) -> None:
    bureau = story.bureau
    first = bureau.lake.read(bureau.silver("psn_info_b"), version=1)
    assert sorted(map(tuple, first.select("insutype", "brdy", "line").collect())) == [
        ("310", dt.date(1950, 2, 3), 1),
        ("390", None, 2),
    ]


def test_repeats_and_corrections_settle_to_the_latest_update(story: Story) -> None:
    bureau = story.bureau
    assert story.first.tables["setl_d"] == Counts(3, 2, 1, 0)
    assert story.second.tables["setl_d"] == Counts(7, 3, 4, 0)
    assert bureau.rows(bureau.silver("setl_d"), "setl_id", "medfee_sumamt_fen", "batch") == [
        ("s1", 300, "b2"),
        ("s2", 100, "b4"),
        ("s3", 400, "b2"),
    ]


def test_nets_follow_corrections(story: Story) -> None:
    nets = story.bureau.rows(SETTLEMENT_NET, "setl_id", "medfee_sumamt_fen", "month")
    assert nets == [("s1", 300, "2024-05"), ("s2", 100, "2024-06"), ("s3", 400, "2024-07")]


def test_a_person_is_known_by_certificate_as_soon_as_any_table_tells_it(story: Story) -> None:
    persons = story.bureau.rows(PERSON, "psn_key", "person_key", "is_certified")
    assert (KEY.pseudonym("psn", "p1"), KEY.pseudonym("cert", "11x"), True) in persons
    assert (KEY.pseudonym("psn", "p2"), KEY.pseudonym("cert", "22"), True) in persons


def test_a_landing_taken_in_again_writes_nothing(story: Story) -> None:
    bureau = story.bureau
    assert story.third.tables == story.second.tables
    assert all(
        bureau.lake.version(t) == story.second.versions_out[t.name] for t in (DELIVERY, FILL)
    )


def test_a_first_load_touches_every_month(story: Story) -> None:
    assert story.first.touched["silver.settlement"] == ["2024-05", "2024-06"]
    assert story.first.touched["silver.insured"] == ["2024-05", "2024-06"]


def test_corrections_touch_the_months_they_can_move_and_no_other(story: Story) -> None:
    moved = touched(story.bureau.lake, story.first.versions_out)
    assert moved == {
        "silver.settlement": ["2024-05", "2024-07"],  # s2 came again, but nothing in it is new
        "silver.settlement_net": ["2024-05", "2024-07"],
        "silver.insured": ["2024-06"],
        "silver.person": ["2024-06", "2024-07"],
    }


def test_an_ingest_cut_short_again_and_again_is_finished_by_the_next(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.gives_required("setl_d")
    bureau.gives("setl_d", "setl_id | medfee_sumamt\ns1 | 1\ns1 | 2\ns2 | x")
    append = Lake.append
    for cut in ("bronze.mdtrt_d", "silver.visit", "ops.fill"):

        def failing(
            self: Lake,
            table: Table,
            rows: DataFrame,
            *,
            cut: str = cut,
            app: str = "",
            txn: int = 0,
        ) -> int:
            if table.name == cut:
                raise RuntimeError(cut)
            return append(self, table, rows, app=app, txn=txn)

        monkeypatch.setattr(Lake, "append", failing)
        with pytest.raises(RuntimeError, match=cut):
            bureau.ingests()
        bureau.lake.forget()
    monkeypatch.undo()
    assert bureau.ingests().tables["setl_d"] == Counts(3, 1, 1, 1)
    assert all(row["holds"] for row in reconcile_ingest(bureau.lake, "r"))


def test_rows_and_money_reconcile(story: Story) -> None:
    found = reconcile_ingest(story.bureau.lake, "r")
    rows = {r["table"]: r for r in found if r["identity"] == "rows"}
    assert rows["mdtrt_d"]["delivered"] == 4
    fee = next(r for r in found if r["identity"] == "medfee_sumamt")
    assert (fee["delivered"], fee["current"], fee["superseded"]) == (2830, 800, 2030)


def test_another_key_is_refused(story: Story) -> None:
    with pytest.raises(LakeError, match="holds pseudonyms of key"):
        read_journal(story.bureau.lake, PseudonymKey(b"z" * 32))
