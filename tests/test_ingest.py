"""Delivered files reach silver whole, once, typed and without persons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fundwatch.errors import LandingError
from fundwatch.lake import Lake
from fundwatch.tables.bronze import DELIVERY, QUARANTINE
from fundwatch.tables.ops import FILL
from jobs.ingest import Counts
from jobs.ingest.reconcile import reconcile_ingest
from tests.delivery import KEY, Bureau, cells, csv_text


@pytest.fixture
def bureau(spark: SparkSession, tmp_path: Path) -> Bureau:
    return Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))


def test_a_landing_without_a_required_table_is_refused_by_name(bureau: Bureau) -> None:
    bureau.gives_required("fee_list_d")
    with pytest.raises(LandingError, match="lacks fee_list_d"):
        bureau.ingests()


def test_money_codes_dates_and_persons_arrive_as_silver_declares_them(bureau: Bureau) -> None:
    bureau.gives_required("setl_d")
    bureau.gives(
        "setl_d",
        """
        setl_id | medfee_sumamt | med_type | mdtrt_cert_type | psn_no | certno | brdy       | setl_time
        s1      | 12.3          | 2        | 1               | p1     | 11x    | 1950-02-03 | 2024-05-06 07:08:09
        """,
    )
    bureau.ingests()
    names = "medfee_sumamt_fen med_type mdtrt_cert_type brdy setl_time month vali_flag".split()
    assert bureau.rows(bureau.silver("setl_d"), *names) == [
        (1230, "02", "01", dt.date(1950, 2, 3), dt.datetime(2024, 5, 6, 7, 8, 9), "2024-05", "1")
    ]
    assert bureau.rows(bureau.silver("setl_d"), "psn_key", "cert_key") == [
        (KEY.pseudonym("psn", "p1"), KEY.pseudonym("cert", "11X"))
    ]


def test_one_landing_of_every_oddity_is_accounted_for(bureau: Bureau) -> None:
    bureau.gives_required("fixmedins_b", "mdtrt_d")
    names = csv_text(cells("fixmedins_b", "fixmedins_code | fixmedins_name\nH1 | 协和\nH2 | 同济"))
    bureau.writes("fixmedins_b", names, encoding="gb18030")
    marked = csv_text(cells("fixmedins_b", "fixmedins_code | fixmedins_name\nH3 | 华西"))
    bureau.writes("fixmedins_b", marked, file="part-1.csv", encoding="utf-8-sig")
    visits = cells(
        "mdtrt_d", "mdtrt_id | begntime | psn_no\nv1 | 2024-13-45 10:00:00 | p\nv2 | | p"
    )
    visits += cells("mdtrt_d", "mdtrt_id\nv3")
    visits[2] |= {"addr": 'a "quoted",\nbroken line', "mine": "7"}
    lines = csv_text([visits[2], *visits[:2]])
    bureau.writes("mdtrt_d", lines + "torn,row\n")
    result = bureau.ingests()

    assert bureau.rows(bureau.silver("fixmedins_b"), "fixmedins_name") == [
        ("华西",),
        ("协和",),
        ("同济",),
    ]
    assert bureau.rows(DELIVERY, "table", "encoding")[1:3] == [
        ("fixmedins_b", "gb18030"),
        ("fixmedins_b", "utf-8-sig"),
    ]
    assert result.tables["mdtrt_d"] == Counts(delivered=4, current=1, superseded=0, quarantined=3)
    assert bureau.rows(QUARANTINE, "line", "column", "reason", "value") == [
        (3, "begntime", "unreadable", "9999-99-99 99:99:99"),
        (4, "begntime", "missing", None),
        (5, "", "torn", "xxxx,xxx"),
    ]
    visit = bureau.lake.read(bureau.silver("mdtrt_d")).collect()[0]
    assert visit["addr_key"] == KEY.pseudonym("addr", 'a "quoted",\nbroken line')
    reconcile_ingest(bureau.lake, "r")


def test_repeats_and_corrections_settle_to_the_latest(bureau: Bureau) -> None:
    bureau.gives_required("setl_d")
    head = "setl_id | medfee_sumamt | updt_time\n"
    bureau.gives("setl_d", head + "s1 | 1 | 2024-01-02 00:00:00\ns1 | 2 | 2024-01-01 00:00:00")
    assert bureau.ingests().tables["setl_d"] == Counts(2, 1, 1, 0)
    bureau.gives("setl_d", head + "s1 | 3 | 2024-01-03 00:00:00\ns2 | 4 | 2024-01-01", batch="b2")
    bureau.gives("setl_d", head + "s1 | 5 | 2023-01-03 00:00:00", batch="b3")
    assert bureau.ingests().tables["setl_d"] == Counts(5, 2, 3, 0)
    assert bureau.rows(bureau.silver("setl_d"), "setl_id", "medfee_sumamt_fen", "batch") == [
        ("s1", 300, "b2"),
        ("s2", 400, "b2"),
    ]
    reconcile_ingest(bureau.lake, "r")


def test_a_landing_taken_in_twice_writes_nothing_the_second_time(bureau: Bureau) -> None:
    bureau.gives_required()
    bureau.ingests()
    before = bureau.lake.version(bureau.silver("setl_d"))
    second = bureau.ingests()
    assert bureau.lake.version(bureau.silver("setl_d")) == before
    assert second.tables["setl_d"] == Counts(1, 1, 0, 0)


def test_values_outside_a_vocabulary_are_kept_and_counted(bureau: Bureau) -> None:
    bureau.gives_required("mdtrt_d")
    bureau.gives("mdtrt_d", "mdtrt_id | dscg_way\nv1 | 1\nv2 | 7\nv3 |")
    bureau.ingests()
    filled = bureau.lake.read(FILL).where("table = 'mdtrt_d' and column = 'dscg_way'")
    assert [tuple(r) for r in filled.select("rows", "filled", "odd").collect()] == [(3, 2, 1)]
