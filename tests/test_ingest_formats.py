"""Every form in which an extract is known to come ends in the same rows, or is refused by kind."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from fundwatch.lake import Lake
from fundwatch.tables.bronze import BRONZE, DELIVERY, QUARANTINE
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import REPAIR
from jobs.ingest.counting import Counted, count, digests
from jobs.ingest.landing import find
from jobs.ingest.reconcile import reconcile_ingest
from jobs.ingest.repair import PADDED, RULES, TRAILING
from jobs.ingest.telling import MARKS
from tests.delivery import CONTRACT, KEY, Bureau, cells, csv_text

PLACE = "fixmedins_b"
NAMED = "fixmedins_code | fixmedins_name\n"


def place(code: str, name: str) -> str:
    return csv_text(cells(PLACE, f"{NAMED}{code} | {name}"))


class Plain:
    """One institution a file, each file in a form of its own, and none in need of repair."""

    FORMS: ClassVar[dict[str, bytes]] = {
        "bom": place("H01", "协和").encode("utf-8-sig"),
        "gbk": place("H02", "同济").encode("gbk"),
        "gb18030": place("H03", "㐀镇").encode("gb18030"),
        "crlf": place("H04", "华西").replace("\n", "\r\n").encode(),
        "mixed": place("H05", "湘雅").replace("\n", "\r\n", 1).encode(),
        "upper": place("H06", "齐鲁").replace("fixmedins_", "FIXMEDINS_").encode(),
        "blank": f"\n\r\n{place('H07', '瑞金')}\n\n".encode(),
        "quoted": place("H08", "x").replace(",x", ',"北\n大, ""一"""', 1).encode(),
        "cut": place("H09", "中山").removesuffix("\n").encode(),
        "empty": b"",
        "headed": place("H10", "x").splitlines()[0].encode(),
        "ends": "".join(f"{line},\n" for line in place("H11", "安贞").splitlines()).encode(),
    }

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.bureau = Bureau(root / "landing", Lake(str(root / "lake"), spark))
        self.bureau.gives_required(PLACE)
        for name, content in self.FORMS.items():
            self.bureau.writes(PLACE, content, file=f"{name}.csv")
        self.bureau.writes(PLACE, gzip.compress(place("H12", "积水潭").encode()), file="z.csv.gz")
        turned = [dict(reversed(row.items())) for row in cells(PLACE, f"{NAMED}H13 | 天坛")]
        self.bureau.writes(PLACE, csv_text([row | {"旧码": "7"} for row in turned]), file="t.csv")
        self.bureau.ingests()


@pytest.fixture(scope="module")
def plain(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Plain:
    return Plain(tmp_path_factory.mktemp("plain"), spark)


def test_every_form_of_csv_gives_its_row(plain: Plain) -> None:
    found = plain.bureau.rows(plain.bureau.silver(PLACE), "fixmedins_code", "fixmedins_name")
    names = "协和 同济 㐀镇 华西 湘雅 齐鲁 瑞金 北 中山 安贞 积水潭 天坛".split()
    codes = [f"H{n:02d}" for n in range(1, 14) if n != 10]
    names[7] = '北\n大, "一"'
    assert found == list(zip(codes, names, strict=True))


def test_the_encoding_of_every_file_is_stated(plain: Plain) -> None:
    files = {row[1]: row[2] for row in plain.bureau.rows(DELIVERY, "table", "file", "encoding")}
    told = {name: files[f"{name}.csv"] for name in ("bom", "gbk", "gb18030", "crlf")}
    assert told == {"bom": "utf-8-sig", "gbk": "gbk", "gb18030": "gb18030", "crlf": "utf-8"}
    assert "[ingest] fixmedins_b/b1/gbk.csv: in gbk" in plain.bureau.told


def test_plain_files_are_not_repaired_and_rows_add_up(plain: Plain) -> None:
    assert plain.bureau.rows(REPAIR, "table", "column", "rule") == []
    assert plain.bureau.rows(QUARANTINE, "table", "file") == []
    assert all(row["holds"] for row in reconcile_ingest(plain.bureau.lake, "r"))


def test_columns_beyond_the_contract_are_kept_and_told(plain: Plain) -> None:
    extras = dict(plain.bureau.rows(BRONZE["bronze.fixmedins_b"], "fixmedins_code", "extra"))
    assert extras["H13"] == {"旧码": "7"}
    assert any("beyond the contract, kept in bronze: 旧码" in line for line in plain.bureau.told)


LINES = """
bkkp_sn    | setl_id | hilist_code        | cnt   | pric | det_item_fee_sumamt | fee_ocur_time       | opter_id
l1         | s1      | 003110000060000    | １２  | 1    | ￥1                 | 2024-05-06 07:08:09 | a
l2         | s1      | 003110000060000    | 1     | １．５ | １２．３０         | 2024年5月6日        | a
="0003"    | '00s1   | 3110000060000      | ="4"  | 1    | 1.10                | 2024/5/6 7:08       | a
l4\u200b   | s\x011  | ＸＢ０１           | 1     | 1    | @2.00@              | 2024.05.06 07:08:09 | a
l5         | s1.0    | 00123.0            | 1     | 1    | 3                   | 20240506            | 1234.0
l6         | s1      | 110101199001010000.0 | 1   | 1    | 4                   | 2024-05-06          | a
l7         | s1      | 3.11E+12           | 1     | 1    | 5                   | 2024-05-06          | a
l8         | s1      | x                  | 1     | 1    | 6                   | 2024-05-06          | 1.1e+17
l9         | s1      | 维生素E+C          | 1     | 1    | 7                   | 2024-05-06T07:08:09 | a
"""


class Mangled:
    """Fee lines and settlements as sheets and exports left them."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.bureau = Bureau(root / "landing", Lake(str(root / "lake"), spark))
        self.bureau.gives_required("fee_list_d", "setl_d")
        lines = csv_text(cells("fee_list_d", LINES)).replace("@2.00@", "\u00a02.00\u3000")
        self.bureau.writes("fee_list_d", lines)
        self._settlements()
        self._trailing()
        self.bureau.ingests()

    def _settlements(self) -> None:
        self.bureau.gives(
            "setl_d",
            """
            setl_id | begndate            | enddate    | brdy            | insutype | med_type
            s1      | 2024-05-06 07:08:09 | 2024-5-6   | 1950年2月3日    | 39       | 1
            s2      | 2024-05-06 00:00:00 | 20240506   | 1950/02/03      | 390      | 11
            s3      | 2024-13-06 07:08:09 | 2024-05-06 | 1950-02-03+0800 | 390      | 11
            """,
        )

    def _trailing(self) -> None:
        head, *lines = csv_text(cells("fee_list_d", "bkkp_sn | memo\nt1 | x\nt2 | x")).splitlines()
        whole, short = (line.replace("1.00", "1.25") for line in lines)
        broken = [f"{whole},,", f"{short}, ,7", whole.rpartition(",")[0]]
        self.bureau.writes("fee_list_d", "\n".join([head, *broken]) + "\n", file="part-1.csv")


@pytest.fixture(scope="module")
def mangled(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Mangled:
    return Mangled(tmp_path_factory.mktemp("mangled"), spark)


def test_what_can_be_undone_is_read_as_it_was(mangled: Mangled) -> None:
    names = "bkkp_sn setl_id hilist_code cnt pric det_item_fee_sumamt_fen fee_ocur_time".split()
    lines = mangled.bureau.rows(mangled.bureau.silver("fee_list_d"), *names)
    at, one = dt.datetime(2024, 5, 6, 7, 8), Decimal(1)
    later, midnight = at.replace(second=9), at.replace(hour=0, minute=0)
    assert [line for line in lines if not line[0].startswith(("harm", "t"))] == [
        ("0003", "00s1", "003110000060000", Decimal(4), one, 110, at),
        ("l2", "s1", "003110000060000", one, Decimal("1.5"), 1230, midnight),
        ("l4", "s1", "XB01", one, one, 200, later),
        ("l5", "s1.0", "00123", one, one, 300, midnight),
        ("l9", "s1", "维生素E+C", one, one, 700, later),
    ]


def test_days_are_read_in_every_form(mangled: Mangled) -> None:
    found = mangled.bureau.rows(
        mangled.bureau.silver("setl_d"), "setl_id", "begndate", "enddate", "brdy", "insutype"
    )
    day, born = dt.date(2024, 5, 6), dt.date(1950, 2, 3)
    assert found == [("s1", day, day, born, "039"), ("s2", day, day, born, "390")]


def test_what_cannot_be_undone_is_refused_once_by_kind(mangled: Mangled) -> None:
    found = mangled.bureau.rows(QUARANTINE, "table", "file", "line", "column", "reason", "value")
    assert found == [
        ("fee_list_d", "part-0.csv", 2, "det_item_fee_sumamt", "unreadable", "￥9"),
        ("fee_list_d", "part-0.csv", 7, "hilist_code", "mangled", "999999999999999999.9"),
        ("fee_list_d", "part-0.csv", 8, "hilist_code", "mangled", "9.99x+99"),
        ("fee_list_d", "part-0.csv", 9, "opter_id", "mangled", "9.9x+99"),
        ("fee_list_d", "part-1.csv", 3, "", "torn", found[4][5]),
        ("fee_list_d", "part-1.csv", 4, "", "torn", found[5][5]),
        ("setl_d", "part-0.csv", 4, "brdy", "unreadable", "9999-99-99+9999"),
    ]


def test_every_repair_is_counted_by_rule_and_column(mangled: Mangled) -> None:
    found = mangled.bureau.rows(REPAIR, "table", "rule", "column", "rows")
    assert found == [
        ("fee_list_d", "date", "fee_ocur_time", 4),
        ("fee_list_d", "decimal", "hilist_code", 1),
        ("fee_list_d", "decimal", "opter_id", 1),
        ("fee_list_d", "full_width", "det_item_fee_sumamt", 1),
        ("fee_list_d", "full_width", "hilist_code", 1),
        ("fee_list_d", "full_width", "pric", 1),
        ("fee_list_d", "invisible", "bkkp_sn", 1),
        ("fee_list_d", "invisible", "det_item_fee_sumamt", 1),
        ("fee_list_d", "invisible", "setl_id", 1),
        ("fee_list_d", "sheet_text", "bkkp_sn", 1),
        ("fee_list_d", "sheet_text", "cnt", 1),
        ("fee_list_d", "sheet_text", "setl_id", 1),
        ("fee_list_d", "trailing", "", 1),
        ("fee_list_d", "zeros", "hilist_code", 1),
        ("setl_d", "date", "brdy", 1),
        ("setl_d", "day", "begndate", 1),
        ("setl_d", "padded", "insutype", 1),
        ("setl_d", "padded", "med_type", 1),
    ]


def test_bronze_keeps_what_was_delivered_beside_the_repair(mangled: Mangled) -> None:
    extras = dict(mangled.bureau.rows(BRONZE["bronze.fee_list_d"], "bkkp_sn", "extra"))
    assert extras["l2"]["~full_width~det_item_fee_sumamt"] == "１２．３０"
    assert extras["0003"]["~sheet_text~setl_id"] == "'00s1"


def test_rows_and_money_of_repaired_files_add_up(mangled: Mangled) -> None:
    found = reconcile_ingest(mangled.bureau.lake, "r")
    told = {(row["table"], row["identity"]): row["delivered"] for row in found}
    assert told["fee_list_d", "rows"] == 12
    assert (
        told["fee_list_d", "det_item_fee_sumamt"] == 1230 + 110 + 200 + 300 + 400 + 500 + 600 + 825
    )
    assert all(row["holds"] for row in found)


def test_every_rule_has_a_name_in_the_lake_and_a_column(mangled: Mangled) -> None:
    declared = {rule for t in LANDING.values() for c in t.columns for rule in c.repairs}
    assert declared == set(RULES)
    assert set(REPAIR["rule"].among) == {*RULES, TRAILING, PADDED}
    assert {*MARKS, "day"} == {*RULES, TRAILING, "mangled"}


def parquet(root: Path, table: str, **columns: Any) -> None:
    """One Parquet file; columns left out of a must get harmless values."""
    path = root / table / "b1" / "part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    size = len(next(iter(columns.values())))
    given = {
        name: [value] * size
        for name, value in cells(table, LANDING[table].key[0] + "\nx")[0].items()
    }
    pq.write_table(pa.table({**given, **columns}), path)


class Typed:
    """The same three settlements, in types that warehouses and notebooks write."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.bureau = Bureau(root / "landing", Lake(str(root / "lake"), spark))
        self.bureau.gives_required("setl_d")
        times = [dt.datetime(2024, 5, 6, 7, 8, 9), dt.datetime(2024, 5, 6), None]
        times[2] = dt.datetime(2024, 5, 7)
        parquet(
            self.bureau.root,
            "setl_d",
            setl_id=pa.array([1, 2, 3], pa.uint64()),
            psn_no=pa.array(["p", "p", "q"]).dictionary_encode(),
            certno=pa.array([None, 1.1010119900307e17, None], pa.float64()),
            med_type=pa.array([11, 1, 21], pa.int8()),
            insutype=pa.array([310.0, 390.0, 39.0], pa.float32()),
            medfee_sumamt=pa.array([Decimal("1.1000"), Decimal(2), None], pa.decimal128(20, 4)),
            inscp_amt=pa.array([1.1, 2.0, 3.5], pa.float64()),
            hifp_pay=pa.array([1, 2, 3], pa.int64()),
            maf_pay=pa.array([float("nan"), None, 3.25], pa.float64()),
            fund_pay_sumamt=pa.array(["１．１", "2", "3"], pa.large_string()),
            begndate=pa.array(times, pa.timestamp("ms")),
            enddate=pa.array([t.date() for t in times if t], pa.date64()),
            setl_time=pa.array(np.array(times, "datetime64[ns]")),
            updt_time=pa.array(times, pa.timestamp("us", "UTC")),
        )
        self.bureau.ingests()


@pytest.fixture(scope="module")
def in_types(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Typed:
    return Typed(tmp_path_factory.mktemp("typed"), spark)


def test_integers_floats_and_timestamps_of_any_width_are_read(in_types: Typed) -> None:
    names = "setl_id med_type insutype begndate setl_time updt_time medfee_sumamt_fen maf_pay_fen"
    found = in_types.bureau.rows(in_types.bureau.silver("setl_d"), *names.split())
    at = dt.datetime(2024, 5, 6, 7, 8, 9)
    in_china = at + dt.timedelta(hours=8)  # an instant is told in the bureaus' time
    assert found == [("1", "11", "310", at.date(), at, in_china, 110, None)]
    persons = in_types.bureau.rows(
        in_types.bureau.silver("setl_d"), "psn_key", "fund_pay_sumamt_fen"
    )
    assert persons == [(KEY.pseudonym("psn", "p"), 110)]


def test_a_number_that_a_float_cannot_hold_is_refused(in_types: Typed) -> None:
    found = in_types.bureau.rows(QUARANTINE, "line", "column", "reason", "value")
    assert found == [
        (2, "certno", "mangled", "9.9999999999999x+99"),
        (3, "medfee_sumamt", "missing", None),
    ]
    assert all(row["holds"] for row in reconcile_ingest(in_types.bureau.lake, "r"))


@pytest.fixture
def counted(tmp_path: Path) -> Any:
    def of(content: str | bytes, table: str = PLACE, encoding: str = "utf-8") -> Counted:
        bureau = Bureau(tmp_path / "landing", None)  # type: ignore[arg-type]
        bureau.gives_required()
        bureau.writes(table, content, encoding=encoding)
        landing = find(tmp_path / "landing", CONTRACT)
        found = count(landing.storage, digests(landing.storage, landing.files), CONTRACT)
        return next(c for c in found if c.delivered.batch == "b1" and c.delivered.table == table)

    return of


@pytest.mark.parametrize(
    ("content", "encoding", "told"),
    [
        ("a\nb", "utf-8", ("utf-8", False)),
        ("a\n路", "gbk", ("utf-8", True)),  # its two bytes are '·' in UTF-8
        ("a\n路口", "gbk", ("gbk", False)),
        ("a\n·医院", "utf-8", ("utf-8", False)),
        ("a\n㐀", "gb18030", ("gb18030", False)),
    ],
)
def test_an_encoding_is_decided_by_all_bytes_and_doubt_is_told(
    counted: Any, content: str, encoding: str, told: tuple[str, bool]
) -> None:
    found = counted(content, encoding=encoding)
    assert (found.encoding, found.is_doubtful) == told


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("协和（东院），１号楼：a/b", "full_width"),
        ("协和（东院），1号楼：E+", "mangled"),
        ("a\u3000b", "invisible"),
        ("a\u2066b", "invisible"),
        ("a\tb", "invisible"),
        ('="007"', "sheet_text"),
        ("'007", "sheet_text"),
        ("（1）「二」、“三”…—％", ""),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_marks_are_seen_in_every_encoding(
    counted: Any, name: str, mark: str, encoding: str
) -> None:
    rows = [row | {"fixmedins_name": name} for row in cells(PLACE, "fixmedins_code\nH1")]
    assert counted(csv_text(rows), encoding=encoding).marks == ({mark} if mark else set())


def test_a_plain_file_carries_no_mark(counted: Any) -> None:
    rows = """
        setl_id | begndate            | enddate  | brdy     | setl_time           | updt_time
        s1      | 2024-05-06 00:00:00 | 20240506 | 2024/5/6 | 2024-05-06 07:08:09 | 20240506070809
        s2      | 2024/05/06          | 2024-5-6 |          | 2024-05-06          | 2024-05-06 07:08
    """
    assert counted(csv_text(cells("setl_d", rows)), table="setl_d").marks == frozenset()
