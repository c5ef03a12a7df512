"""What is delivered with bad intent, or by a broken machine, is refused by name and harms nothing."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from console.cli import app
from fundwatch.errors import LandingError
from fundwatch.lake import Lake
from fundwatch.tables.bronze import QUARANTINE
from fundwatch.tables.gold import CLUE
from jobs.ingest.counting import Counted, count, digests
from jobs.ingest.landing import find
from jobs.ingest.reconcile import reconcile_ingest
from tests.delivery import CONTRACT, Bureau, cells, csv_text
from tests.rows import rows

HEAD = "fixmedins_code,fixmedins_name\n"
NAMES = (
    "a%2F..%2Fb.csv",
    "a..%c0%af.csv",
    "=cmd().csv",
    "<b onload=x>.csv",
    "{a,b}*?[c].csv",
    "$(reboot);'`&.csv",
    "-rf --no.csv",
    "part 0+1.csv",
    "part-0.csv~002.csv",
)


class Landing:
    """A landing folder that no lake takes in: what the counter says of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for table in ("setl_d", "mdtrt_d", "fee_list_d", "fixmedins_b"):
            self.writes("", table=table, batch="b0")

    def writes(
        self,
        content: str | bytes,
        *,
        table: str = "fixmedins_b",
        batch: str = "b1",
        file: str = "part-0.csv",
    ) -> Path:
        path = self.root / table / batch / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def counted(self) -> list[Counted]:
        landing = find(self.root, CONTRACT)
        sums = digests(landing.storage, landing.files)
        return [c for c in count(landing.storage, sums, CONTRACT) if c.delivered.batch == "b1"]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def bomb() -> bytes:
    """128 MiB of spaces in 130 kB."""
    return gzip.compress(HEAD.encode() + b"H1," + b" \n" * (1 << 26), 9)


REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "nul": ("a.csv", b"fixmedins_code\nH1\x00\n", "holds NUL bytes"),
    "utf16": ("a.csv", HEAD.encode("utf-16"), "neither UTF-8 nor GB18030|NUL"),
    "binary": ("a.csv", bytes(range(255, 0, -1)), "neither UTF-8 nor GB18030"),
    "ten thousand columns": ("a.csv", ",".join(f"c{n}" for n in range(10_000)), "10,000 columns"),
    "one column twice": ("a.csv", "fixmedins_code,FIXMEDINS_CODE\n", "two columns fixmedins_code"),
    "a long cell": ("a.csv", HEAD + f"H1,{'x' * 10_000_000}\n", "a line of more than 8 MiB"),
    "a long quoted cell": ("a.csv", HEAD + 'H1,"' + "x\n" * 12_000_000 + '"\n', "more than 8 MiB"),
    "a quote never closed": ("a.csv", HEAD + 'H1,"' + "H2,x\n" * 4_000_000, "more than 8 MiB"),
    "a header without end": ("a.csv", "x" * 10_000_000, "a line of more than 8 MiB"),
    "a long name of a column": ("a.csv", "x" * 200_000 + "\n", "field larger than field limit"),
    "returns among feeds": ("a.csv", HEAD + "H1,a\rH2,b\nH3,c\n", "carriage returns"),
    "no archive": ("a.csv.gz", HEAD, "cannot be unpacked"),
    "half an archive": ("a.csv.gz", gzip.compress(os.urandom(9999))[:5000], "cannot be"),
    "a bomb": ("a.csv.gz", bomb(), "grows beyond 200 times its size"),
    "no parquet": ("a.parquet", HEAD, "cannot be read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_no_reader_agrees_on_is_refused_by_name(landing: Landing, case: str) -> None:
    file, content, why = REFUSED[case]
    landing.writes(content, file=file)
    with pytest.raises(LandingError, match=f"fixmedins_b/b1/{file}.*({why})"):
        landing.counted()


def test_a_bomb_never_fills_the_memory(landing: Landing) -> None:
    landing.writes(bomb(), file="a.csv.gz")
    tracemalloc.start()
    with pytest.raises(LandingError):
        landing.counted()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20


def test_a_table_of_one_row_a_million_times_is_refused(landing: Landing) -> None:
    path = landing.writes("", file="a.parquet")
    rows = pa.table({"fixmedins_code": pa.nulls(3_000_000, pa.string())})
    pq.write_table(rows, path, row_group_size=3_000_000)
    with pytest.raises(LandingError, match="claims 3,000,000 rows in"):
        landing.counted()


def test_returns_within_quotes_are_text(landing: Landing) -> None:
    landing.writes(HEAD + 'H1,"a\rb"\nH2,c\n')
    assert [file.rows for file in landing.counted()] == [2]


def test_lines_of_an_old_machine_are_lines(landing: Landing) -> None:
    landing.writes(HEAD.replace("\n", "\r") + "H1,a\rH2,b\r")
    assert [file.rows for file in landing.counted()] == [2]


LINKS: dict[str, Callable[[Path], None]] = {
    "out of the folder": lambda at: (at / "part-1.csv").symlink_to("/etc/passwd"),
    "to nowhere": lambda at: (at / "part-1.csv").symlink_to(at / "nothing"),
    "round in a circle": lambda at: (at / "round").symlink_to(at.parent),
    "no file at all": lambda at: os.mkfifo(at / "part-1.csv"),
}


@pytest.mark.parametrize("link", LINKS)
def test_links_and_devices_are_refused(landing: Landing, link: str) -> None:
    LINKS[link](landing.writes(HEAD).parent)
    with pytest.raises(LandingError, match=r"fixmedins_b/b1/(part-1\.csv|round): neither file"):
        landing.counted()


@pytest.mark.parametrize("file", ["a\nb.csv", "a\x1b[2Jb.csv", "a:b.csv", "a\\b.csv", "a#b.csv"])
def test_names_that_some_program_would_misread_are_refused(landing: Landing, file: str) -> None:
    landing.writes(HEAD, file=file)
    with pytest.raises(LandingError, match=r"names are at most 200 bytes") as refused:
        landing.counted()
    assert str(refused.value).isprintable()


def test_odd_names_stay_names(spark: SparkSession, tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))
    bureau.gives_required()
    for number, name in enumerate(NAMES):
        place = csv_text(cells("fixmedins_b", f"fixmedins_code\nH{number}"))
        bureau.writes("fixmedins_b", place, batch="<i>'&", file=name)
    before = {path for path in tmp_path.rglob("*") if "lake" not in path.parts}
    bureau.ingests()
    found = bureau.rows(bureau.silver("fixmedins_b"), "batch", "file", "fixmedins_code")
    assert {row for row in found if row[0] != "b0"} == {
        ("<i>'&", name, f"H{n}") for n, name in enumerate(NAMES)
    }
    assert {path for path in tmp_path.rglob("*") if "lake" not in path.parts} == before


def test_markup_in_a_title_is_printed_as_it_is(spark: SparkSession, tmp_path: Path) -> None:
    title = "[/b][red]:smile:"
    clue = f"clue_id | rank | title\nc | 1 | {title}"
    Lake(str(tmp_path), spark).replace(CLUE, rows(spark, CLUE, clue))
    for command in (["clues"], ["clue", "c"]):
        assert title in CliRunner().invoke(app, [*command, "--lake", str(tmp_path)]).output


def test_hostile_text_is_text_all_the_way(spark: SparkSession, tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "landing", Lake(str(tmp_path / "lake"), spark))
    bureau.gives_required()
    told = ["=1+1", "@SUM(A1)", "<script>", "'; drop table x; --", "${jndi:x}", "\x1b[2J红\x07"]
    places = cells("fixmedins_b", "fixmedins_code\n" + "\n".join(f"H{n}" for n in range(len(told))))
    named = [row | {"fixmedins_name": name} for row, name in zip(places, told, strict=True)]
    bureau.writes("fixmedins_b", csv_text(named))
    bureau.writes(
        "setl_d", csv_text(cells("setl_d", "setl_id | brdy\ns1 | <b>=1+1")) + "\x0bt,=2\n"
    )
    bureau.ingests()
    names = bureau.rows(bureau.silver("fixmedins_b"), "fixmedins_code", "fixmedins_name")
    assert [name for _, name in names[:-1]] == [*told[:5], "[2J红"]
    refused = bureau.rows(QUARANTINE, "line", "column", "value")
    assert refused == [(2, "brdy", "<x>=9+9"), (3, "", "?x,=9")]
    assert all(row["holds"] for row in reconcile_ingest(bureau.lake, "r"))
