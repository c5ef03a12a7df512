"""Every indicator and rule is true of its own examples; conf/ is whole and free of faults."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.errors import DeclarationError
from fundwatch.knowledge import ENTITY, Case, Indicator, Rule, Scheme, load
from fundwatch.schema import Table
from fundwatch.tables import TABLES
from fundwatch.tables.gold import FACTS
from jobs.indicators import READS as MEASURED
from jobs.indicators import values
from jobs.rules import findings
from tests.rows import records, rows

CONF: Final = Path(__file__).parents[1] / "conf"
INDICATORS: Final = load(Indicator, CONF / "indicators")
RULES: Final = load(Rule, CONF / "rules")
SCHEMES: Final = load(Scheme, CONF / "schemes.yml")
MONTHS: Final = ("2024-01",)
CASES: Final = [(rule, n, case) for rule in RULES for n, case in enumerate(rule.examples)]
# Schemes whose settlements are paid for wrongly as a whole: `whole` of the clue contract.
WHOLE: Final = set(
    "ghost_inpatient induced_co_admission split_admission low_threshold_admission impersonation"
    " drug_resale_ring collusion pharmacy_fraud offsite_fraud post_death opsp_qualification"
    " trace_code_repeat".split()
)
BY_LINE: Final = set(
    "item_swap phantom_charge overcharge drg_gaming price_invoice_fraud high_cost_anomaly"
    " overtreatment data_error".split()
)


def of_tables(
    spark: SparkSession, tables: Iterable[Table], literals: Iterable[tuple[str, str]]
) -> list[DataFrame]:
    """A frame for each of `tables`, with the rows of all (table name, literal)."""
    made: dict[str, list[tuple[Any, ...]]] = {}
    for name, literal in literals:
        made.setdefault(name, []).extend(records(TABLES[name], literal))
    return [spark.createDataFrame(made.get(table.name, []), table.ddl) for table in tables]


@pytest.fixture(scope="module")
def indicated(spark: SparkSession) -> dict[str, float | None]:
    """What each indicator says of its own example: all of them asked at once."""
    literals = [(i.over, _owned(i)) for i in INDICATORS]
    facts = of_tables(spark, MEASURED, literals)
    # Examples are small on purpose.
    unfloored = tuple(i.model_copy(update={"floor": 1}) for i in INDICATORS)
    return {
        row.indicator_id: row.value
        for row in values(*facts, indicators=unfloored, months=MONTHS).collect()
        if row.indicator_id in row.entity.split("|")
    }


def _owned(indicator: Indicator) -> str:
    """The example's rows as those of one entity, named like the indicator."""
    column = {"department": "dept"}.get(indicator.of, ENTITY[indicator.over, indicator.of])
    names, *lines = (line for line in indicator.example.rows.splitlines() if line.strip())
    if column in [name.strip() for name in names.split("|")]:
        return indicator.example.rows
    return f"{column}|{names}\n" + "\n".join(f"{indicator.id}|{line}" for line in lines)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda i: i.id)
def test_indicator_gives_the_value_of_its_example(
    indicated: dict[str, float | None], indicator: Indicator
) -> None:
    assert indicated[indicator.id] == pytest.approx(indicator.example.value)


@pytest.fixture(scope="module")
def judged(spark: SparkSession) -> dict[tuple[str, int], Any]:
    """Findings of each rule on its own examples: all rules asked of all examples at once."""
    literals = [(rule.over, _literal(rule, n, case)) for rule, n, case in CASES]
    facts = of_tables(spark, FACTS, literals)
    found = findings(*facts, rules=RULES, schemes=SCHEMES, months=MONTHS).collect()
    return {
        (row.finder, int(row.anchor.split("#")[1].split("|")[0])): row
        for row in found
        if row.anchor.split("#")[0] == row.finder
    }


def _literal(rule: Rule, n: int, case: Case) -> str:
    table = TABLES[rule.over]
    first_key = table.key[0]
    cells = {first_key: f"{rule.id}#{n}"} | {k: _cell(v) for k, v in case.cells.items()}
    if first_key in case.cells:  # the example says which institution: the row's key must tell both
        cells[first_key] = f"{rule.id}#{n}"
        cells |= {k: cells[first_key] for k, v in case.cells.items() if v == case.cells[first_key]}
    return "|".join(cells) + "\n" + "|".join(cells.values())


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@pytest.mark.parametrize(
    ("rule", "n", "case"),
    CASES,
    ids=[f"{rule.id}-{'hit' if case.hit else 'miss'}-{n}" for rule, n, case in CASES],
)
def test_rule_is_true_of_its_example(
    judged: dict[tuple[str, int], Any], rule: Rule, n: int, case: Case
) -> None:
    found = judged.get((rule.id, n))
    if case.miss is not None:
        assert found is None
        return
    assert found is not None
    excess = sum(line.inscp_fen for line in found.lines) if found.lines else None
    assert excess == case.amount


def test_no_rule_divides_by_a_column_that_may_be_zero() -> None:
    """Spark may work a division out for rows that the rest of the sentence leaves out: a line whose
    refunds leave nothing would end the whole run. try_divide and try_mod give null instead."""
    by_column = re.compile(r"[/%](?!\s*\d)")
    assert [r.id for r in RULES if by_column.search(f"{r.when} {r.amount}")] == []


def test_every_rule_speaks_of_a_known_scheme_and_claims_money_as_it_does() -> None:
    whole = {scheme.id: scheme.is_whole for scheme in SCHEMES}
    wrong = [r.id for r in RULES if r.amount != "none" and r.is_whole != whole[r.scheme]]
    assert wrong == []


def test_schemes_are_those_of_the_clue_contract() -> None:
    assert {s.id for s in SCHEMES if s.is_whole} == WHOLE
    assert {s.id for s in SCHEMES if not s.is_whole} == BY_LINE


def test_every_legal_basis_of_a_scheme_is_dated_or_says_whose_agreement_it_is() -> None:
    undated = [
        text
        for scheme in SCHEMES
        for text in scheme.legal_basis
        if not any(year in text for year in ("1998", "2014", "2021", "2024", "2026"))
        and not any(word in text for word in ("协议", "刑法"))
    ]
    assert undated == []


def test_indicators_stand_on_at_least_three_grains() -> None:
    assert {i.of for i in INDICATORS} >= {"institution", "doctor", "department", "person"}
    assert len({i.over for i in INDICATORS}) == len(MEASURED)


def test_every_rule_of_a_certain_breach_shows_an_honest_twin_that_it_leaves_alone() -> None:
    assert [r.id for r in RULES if not any(c.miss for c in r.examples)] == []


def test_faults_are_told_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("- {id: X, over: gold.sty}\n- {id: fine_id, colour: red}\n")
    with pytest.raises(DeclarationError) as told:
        load(Rule, tmp_path)
    message = str(told.value)
    assert "bad.yml#X: over" in message
    assert "bad.yml#fine_id: colour" in message


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"says": "{no_such}"}, "has no column no_such"),
        ({"over": "gold.stay_fact", "amount": "fund_fen"}, "has no lines"),
        ({"needs": ["setl_d.nothing"]}, "no landing column"),
        ({"amount": "whole"}, "has an amount where"),
    ],
)
def test_a_rule_with_a_fault_is_refused(change: dict[str, Any], fault: str) -> None:
    good = next(rule for rule in RULES if rule.id == "limit_sex").model_dump()
    if "over" in change:
        good["examples"], good["says"] = ({"hit": {}, "amount": 1}, {"miss": {}}), "说明"
    with pytest.raises(ValueError, match=fault):
        Rule.model_validate(good | change)


def test_a_rule_that_disagrees_with_its_scheme_is_refused(spark: SparkSession) -> None:
    rule = next(rule for rule in RULES if rule.id == "limit_sex")
    wrong = rule.model_copy(update={"scheme": "post_death"})
    with pytest.raises(DeclarationError, match="whole settlements"):
        findings(
            *(rows(spark, table) for table in FACTS),
            rules=(wrong,),
            schemes=SCHEMES,
            months=MONTHS,
        )
