"""The quality report tells gaps, drops and jumps by source and month, and what they forbid."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner

from console.cli import app
from fundwatch.lake import Lake
from fundwatch.settings import Quality, load_settings
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import QUALITY
from jobs.offered import Offered
from jobs.quality.judged import Measure, judged, span_of
from jobs.quality.measured import Cell, Cells, measured
from jobs.quality.page import page, sentence
from jobs.quality.report import Report, Told, report
from tests.delivery import Bureau, cells, csv_text

CONF = Path(__file__).parents[1] / "conf"
LIMITS = Quality(least_rows=10)
SETL = LANDING["setl_d"]
SPAN = ("2024-01", "2024-02", "2024-03")
SECRETS = ("110101195002030011", "王小明")


def of(table: str, months: dict[str, Cell], span: tuple[str, ...] = SPAN) -> dict[Any, Measure]:
    """(month, measure, column) → what is said, of one source."""
    given: Cells = {("contract", month): cell for month, cell in months.items()}
    told = judged(LANDING[table], given, span, LIMITS)
    return {(m.month, m.measure, m.column): m for m in told}


def flags(found: dict[Any, Measure]) -> dict[Any, str]:
    return {key: measure.flag for key, measure in found.items() if measure.flag}


def test_rows_that_halve_or_double_against_the_month_before_are_flagged() -> None:
    months = {"2024-01": Cell(rows=100), "2024-02": Cell(rows=51), "2024-03": Cell(rows=102)}
    assert flags(of("mdtrt_d", months)) == {("2024-03", "rows", ""): "jump"}
    months["2024-02"] = Cell(rows=50)
    assert flags(of("mdtrt_d", months)) == {
        ("2024-02", "rows", ""): "drop",
        ("2024-03", "rows", ""): "jump",
    }


def test_a_month_that_did_not_come_is_a_gap_and_one_before_the_first_is_none() -> None:
    found = of("mdtrt_d", {"2024-02": Cell(rows=100)})
    assert flags(found) == {("2024-03", "rows", ""): "empty"}
    assert ("2024-01", "rows", "") not in found


def test_few_rows_and_months_of_wrong_dates_are_not_compared() -> None:
    months = {"2024-01": Cell(rows=9), "2024-02": Cell(rows=2), "2024-03": Cell(rows=3)}
    assert flags(of("mdtrt_d", months | {"1900-01": Cell(rows=900)})) == {}
    settled = {("contract", m): Cell(rows=n) for m, n in {"1900-01": 1, "2024-01": 500}.items()}
    assert span_of(settled | {("other", "2024-03"): Cell(rows=200)}) == SPAN


def test_a_column_that_empties_in_a_month_is_told_apart_from_one_that_thins_out() -> None:
    months = {
        "2024-01": Cell(rows=100, filled={"adm_bed": 90, "endtime": 100, "tel": 4}),
        "2024-02": Cell(rows=100, filled={"adm_bed": 4, "endtime": 80, "tel": 3}),
        "2024-03": Cell(rows=100, filled={"adm_bed": 60, "endtime": 81, "tel": 4}),
    }
    assert flags(of("mdtrt_d", months)) == {
        ("2024-02", "filled", "adm_bed"): "empty",
        ("2024-03", "filled", "adm_bed"): "jump",
        ("2024-02", "filled", "endtime"): "drop",
    }


def test_money_in_another_unit_shows_in_its_mean() -> None:
    months = {
        "2024-01": Cell(rows=100, fen={"medfee_sumamt": 1_000_000}),
        "2024-02": Cell(rows=100, fen={"medfee_sumamt": 10_000}),
    }
    found = of("setl_d", months, SPAN[:2])
    assert flags(found) == {("2024-02", "mean", "medfee_sumamt"): "drop"}
    assert found["2024-02", "mean", "medfee_sumamt"].value == 100.0


def test_refused_odd_late_and_midnight_rows_are_told_as_shares() -> None:
    month = Cell(
        rows=98,
        refused={"unreadable": 2},
        filled={"pay_loc": 50},
        odd={"pay_loc": 5},
        lag_days=980,
        late=49,
        midnight=90,
    )
    found = of("setl_d", {"2024-01": month}, SPAN[:1])
    assert found["2024-01", "refused", ""].value == 0.02
    assert found["2024-01", "odd", "pay_loc"].value == 0.1
    assert found["2024-01", "lag", "setl_time"].value == 10.0
    assert flags(found) == {
        ("2024-01", "refused", ""): "bad",
        ("2024-01", "odd", "pay_loc"): "bad",
        ("2024-01", "late", "setl_time"): "late",
        ("2024-01", "midnight", "setl_time"): "bad",
    }


class Page(HTMLParser):
    """The texts of a page, and whatever could run or load something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.active: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hot = [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]
        self.active += [tag] if tag in ("script", "img", "iframe", "link") else hot

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_values_are_text_on_the_page_whatever_they_hold() -> None:
    evil = "<img src=x onerror=alert(1)>"
    measure = Measure(evil, "setl_d", "2024-02", "consistency", "rows", "", 9, 9.0, 99.0, "drop")
    told = Told(measure, (evil,))
    seen = Page(page(Report((told,), SPAN, {evil: {"title": evil, "reason": evil}}, {}, {})))
    assert seen.active == []
    assert evil in seen.texts


class Told3:
    """Three months of a bureau and one of a mapped hospital, taken in and reported."""

    def __init__(self, root: Path, spark: SparkSession) -> None:
        self.lake = Lake(str(root / "lake"), spark)
        self.bureau = Bureau(root / "landing", self.lake)
        self._gives()
        self.bureau.ingests()
        offered = Offered(CONF, load_settings(CONF), None)
        self.report = report(self.lake, offered, "r1", self.bureau.told.append)
        self.measures = {
            (m.source, m.table, m.month, m.measure, m.column): one
            for one in self.report.told
            if (m := one.measure)
        }

    def _gives(self) -> None:
        settled = "setl_id | setl_time | updt_time | psn_no | certno | psn_name | pay_loc\n"
        visits = "mdtrt_id | begntime | updt_time\n"
        diagnoses = "mdtrt_id | diag_srt_no | diag_code\n"
        for month, rows in (("01", 40), ("02", 40), ("03", 4)):
            for n in range(rows):
                day = f"2024-{month}-05"
                who = f"{SECRETS[0]} | {SECRETS[0]} | {SECRETS[1]}"
                settled += f"s{month}-{n} | {day} 10:00:00 | 2024-{month}-07 | {who} | {n % 2}\n"
                visits += f"m{month}-{n} | {day} 00:00:00 | 2024-12-01\n"
                diagnoses += f"m{month}-{n} | 1 | I10\n" if month != "02" else ""
        self.bureau.gives("setl_d", settled)
        self.bureau.gives("mdtrt_d", visits)
        self.bureau.gives("diag_d", diagnoses)
        bad = cells("setl_d", "setl_id | setl_time | medfee_sumamt\nx | 2024-02-01 | much")
        mapped = cells("setl_d", "setl_id | setl_time\nh1 | 2024-02-03")
        self.bureau.writes("setl_d", csv_text([*bad, *mapped]), batch="b@us_claims")
        self.bureau.gives_required("setl_d", "mdtrt_d")


@pytest.fixture(scope="module")
def told(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Told3:
    return Told3(tmp_path_factory.mktemp("quality"), spark)


def test_counts_are_by_the_source_that_marks_the_batch_and_by_month(told: Told3) -> None:
    rows = {
        (source, month): one.measure.value
        for (source, table, month, measure, _), one in told.measures.items()
        if (table, measure) == ("setl_d", "rows")
    }
    assert rows["contract", "2024-01"] == 40
    assert rows["contract", "2024-03"] == 4
    assert rows["us_claims", "2024-02"] == 1
    assert told.measures["us_claims", "setl_d", "2024-02", "refused", ""].measure.value == 0.5
    assert told.measures["contract", "setl_d", "2024-03", "rows", ""].measure.flag == "drop"


def test_rows_without_a_day_of_their_own_have_the_month_of_their_visit(told: Told3) -> None:
    one = told.measures["contract", "diag_d", "2024-02", "rows", ""]
    assert (one.measure.value, one.measure.flag) == (0, "empty")
    needs = {entry.id for entry in Offered(CONF, load_settings(CONF), None).every}
    assert set(one.entries) < needs
    assert one.entries


def test_lag_and_midnight_are_measured_from_the_event(told: Told3) -> None:
    settled = told.measures["contract", "setl_d", "2024-01", "lag", "setl_time"].measure
    visits = told.measures["contract", "mdtrt_d", "2024-01", "midnight", "begntime"]
    assert (settled.value, settled.flag) == (2.0, "")
    assert (visits.measure.value, visits.measure.flag) == (1.0, "bad")
    assert (
        told.measures["contract", "mdtrt_d", "2024-01", "late", "begntime"].measure.flag == "late"
    )


def test_the_table_holds_what_the_report_says_and_no_identity_is_in_either(told: Told3) -> None:
    kept = told.lake.read(QUALITY).where("run_id = 'r1'")
    assert kept.count() == len(told.report.told)
    html = page(told.report)
    assert html == page(told.report)
    everything = html + str(kept.collect()) + "".join(map(sentence, told.report.flagged))
    assert not [secret for secret in SECRETS if secret in everything]
    assert "诊断 diag_d" in html


def test_refused_rows_of_a_file_that_came_again_corrected_count_no_more(told: Told3) -> None:
    again = measured(told.lake, SETL, {"us_claims"}, frozenset({("b@us_claims", "part-0.csv")}), 45)
    assert again["us_claims", "2024-02"].refused == {}
    assert again["us_claims", "2024-02"].rows == 1


def test_the_command_writes_the_page_and_lists_what_is_strange(told: Told3, tmp_path: Path) -> None:
    out = tmp_path / "made" / "quality.html"
    asked = ["quality", "--lake", told.lake.root, "--out", str(out), "--conf-dir", str(CONF)]
    shown = CliRunner().invoke(app, asked)
    assert shown.exit_code == 0, shown.output
    assert "空缺 contract 2024-02 诊断 diag_d 行数 0（上月 40）" in shown.output
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
