"""The catalogue says what the declarations say, and knows when it no longer does."""

from __future__ import annotations

from pathlib import Path

import pytest

from fundwatch.catalogue import FOLDER, READMES, catalogue, flow_picture, main, stale, write
from fundwatch.errors import DeclarationError
from fundwatch.flow import FLOW
from fundwatch.tables import TABLES
from fundwatch.tables.landing import LANDING

ROOT = Path(__file__).parents[1]

INDICATOR = """
- id: fee_per_stay
  title: 次均住院费用
  over: gold.stay_fact
  of: institution
  numerator: sum(medfee_fen) / 100
  denominator: count(*)
  unit: yuan per stay
  worse: high
  floor: 30
  source: a manual
  innocent: a hospital that takes the sickest
  needs: [setl_d.medfee_sumamt]
  example: {rows: "medfee_fen\\n200000", value: 2000}
"""
RULE = """
- id: price_above_cap
  title: 单价超过限价
  over: gold.charge_fact
  scheme: overcharge
  grade: B
  severity: certain
  subject: institution
  when: pric > cap_pric or (pric | 0) < 0
  amount: inscp_fen
  says: "收费 {inscp_fen} 元"
  check: [核对价格]
  cleared_if: a newer cap
  source: an article
  innocent: the cap was raised meanwhile
  needs: [fee_list_d.pric]
  examples:
    - {hit: {pric: 2, cap_pric: 1}, amount: 1}
    - miss: {pric: 1, cap_pric: 1}
"""
SCHEME = """
- id: overcharge
  title: 超标准收费
  is_whole: false
  beyond: 3
  innocent: [a local price list]
  cleared_if: a local price list
  check: [核对价格]
  legal_basis: [an article]
  route_to: [MEDICAL_INSURANCE_ADMINISTRATION]
  tier: agreement
"""
DETECTOR = """
- id: co_admission
  title: 同进同出
  scheme: overcharge
  grade: C
  check: [核对病历]
  cleared_if: they are a family
  parameters: {min_size: 4}
  source: a paper
  innocent: a family
  needs: [mdtrt_d.adm_dept_codg]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with four entries of knowledge and READMEs without a picture yet."""
    conf = tmp_path / "conf"
    for folder, entry in (("indicators", INDICATOR), ("rules", RULE)):
        (conf / folder).mkdir(parents=True)
        (conf / folder / "some.yml").write_text(entry, encoding="utf-8")
    (conf / "schemes.yml").write_text(SCHEME, encoding="utf-8")
    (conf / "points").mkdir()
    for name in ("exclusions.yml", "daily.yml", "intervals.yml", "variants.yml"):
        (conf / "points" / name).write_text("", encoding="utf-8")
    for name in ("detectors.yml", "anomalies.yml"):
        (conf / name).write_text(DETECTOR, encoding="utf-8")
    for name in READMES:
        (tmp_path / name).write_text("before\n<!-- flow -->\n<!-- /flow -->\nafter\n")
    return tmp_path


def test_every_table_has_a_section(root: Path) -> None:
    text = "".join(catalogue(root / "conf").values())
    assert not [name for name in TABLES if f"`{name}`" not in text]


def test_every_landing_column_is_in_the_dictionary(root: Path) -> None:
    page = catalogue(root / "conf")["landing.md"]
    sections = {part.split("\n", 1)[0]: part for part in page.split("\n## ")[1:]}
    assert not [
        f"{table.name}.{column.name}"
        for table in LANDING.values()
        for column in table.columns
        if f"| `{column.name}` |" not in sections[table.name]
    ]


def test_the_dictionary_says_what_becomes_of_a_name(root: Path) -> None:
    page = catalogue(root / "conf")["landing.md"]
    line = next(row for row in page.splitlines() if row.startswith("| `psn_name` |"))
    assert "not in silver" in line


def test_an_entry_shows_its_innocent_twin_and_what_it_needs(root: Path) -> None:
    page = catalogue(root / "conf")["rules.md"]
    assert "| innocent twin | the cap was raised meanwhile |" in page
    assert "| needs | `fee_list_d.pric` |" in page


def test_a_bar_in_an_expression_does_not_break_the_table(root: Path) -> None:
    assert r"(pric \| 0) < 0`" in catalogue(root / "conf")["rules.md"]


def test_the_picture_has_every_step_in_both_languages() -> None:
    english, chinese = flow_picture("README.md"), flow_picture("README.zh-CN.md")
    assert not [step.name for step in FLOW if f"  {step.name}([" not in english]
    assert not [step.name for step in FLOW if step.title not in chinese]


def test_the_picture_leaves_out_what_a_longer_way_says() -> None:
    picture = flow_picture("README.md")
    assert "charges --> supplies" in picture
    assert "supplies --> indicators" in picture
    assert "charges --> indicators" not in picture


def test_written_pages_are_current_and_keep_the_text_around_the_picture(root: Path) -> None:
    write(root, root / "conf")
    assert stale(root, root / "conf") == []
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("before\n<!-- flow -->\n```mermaid\n")
    assert readme.endswith("```\n<!-- /flow -->\nafter\n")


def test_an_edited_page_a_leftover_and_a_missing_page_are_stale(root: Path) -> None:
    write(root, root / "conf")
    folder = root / FOLDER
    (folder / "rules.md").write_text("edited")
    (folder / "old.md").write_text("of a former release")
    (folder / "flow.md").unlink()
    assert stale(root, root / "conf") == [
        str(FOLDER / name) for name in ("flow.md", "old.md", "rules.md")
    ]
    write(root, root / "conf")
    assert stale(root, root / "conf") == []


def test_check_exits_1_naming_what_is_stale(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main([]) == 0
    assert main(["--check"]) == 0
    changed = RULE.replace("超过", "多于")
    (root / "conf" / "rules" / "some.yml").write_text(changed, encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/catalogue/rules.md is stale: run make docs\n"


def test_a_readme_without_markers_is_refused(root: Path) -> None:
    (root / "README.md").write_text("no picture here")
    with pytest.raises(DeclarationError, match="needs one pair"):
        stale(root, root / "conf")


def test_the_catalogue_of_this_checkout_is_current() -> None:
    assert stale(ROOT, ROOT / "conf") == []
