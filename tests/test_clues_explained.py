"""What another finding explains better only sheds light, and says what explains it."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from fundwatch.tables.gold import RULE_FINDING
from jobs.clues.explained import explained, explanations
from tests.clue_world import rule, scheme
from tests.rows import rows

EXPLAINS = rule("kept_cards", "impersonation").model_copy(
    update={"explains": ("ghosts",), "title": "卡在别处"}
)
SCHEMES = [
    scheme("impersonation", is_whole=True),
    scheme("pharmacy_fraud", is_whole=True),
    scheme("item_swap", is_whole=False),
    scheme("overcharge", is_whole=False),
]
CITED = '[{{"table": "silver.settlement", "key": "{0}"}}, {{"table": "silver.visit", "key": "m"}}]'
FOUND = f"""
    finder     | anchor  | month   | grade | setl_ids | says  | evidence
    kept_cards | clinic  | 2024-03 | C     | v1 v2    | cards | []
    ghosts     | visited | 2024-01 | A     | s1       | ghost | {CITED.format("v1")}
    ghosts     | twice   | 2024-01 | A     | s2 s3    | ghost | {CITED.format("v2")}
    ghosts     | claimed | 2024-02 | A     | v1       | ghost | []
    others     | same    | 2024-01 | A     | v1       | other | []
"""


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> dict[str, Any]:
    told = explained(rows(spark, RULE_FINDING, FOUND), explanations([EXPLAINS], [], []))
    assert told.columns == list(RULE_FINDING.names)
    return {row.anchor: (row.grade, row.says) for row in told.collect()}


def test_half_of_what_a_finding_rests_on_is_enough(found: dict[str, Any]) -> None:
    reason = ";“卡在别处”更能解释此情形, 宜先查该线索"
    assert found["visited"] == ("D", f"ghost{reason}")
    assert found["claimed"] == ("D", f"ghost{reason}")


def test_less_than_half_and_finders_that_are_not_named_stand(found: dict[str, Any]) -> None:
    assert found["twice"] == ("A", "ghost")
    assert found["same"] == ("A", "other")
    assert found["clinic"] == ("C", "cards")


def test_without_rules_that_explain_nothing_changes(spark: SparkSession) -> None:
    finding = rows(spark, RULE_FINDING, FOUND)
    plain = explanations([rule("plain", "impersonation")], [], [])
    assert explained(finding, plain) is finding


def test_context_explains_nothing(spark: SparkSession) -> None:
    finding = rows(spark, RULE_FINDING, FOUND.replace("| 2024-03 | C ", "| 2024-03 | D "))
    told = {
        row.anchor: row.grade
        for row in explained(finding, explanations([EXPLAINS], [], [])).collect()
    }
    assert (told["visited"], told["claimed"]) == ("A", "A")


def test_a_trace_is_explained_by_whoever_claims_settlements_whole_by_another_scheme() -> None:
    trace = rule("short", "item_swap").model_copy(update={"is_trace": True})
    other_trace = rule("empty", "pharmacy_fraud").model_copy(update={"is_trace": True})
    cards, lines = rule("cards", "impersonation"), rule("lines", "overcharge")
    told = explanations([trace, other_trace, cards, lines], [], SCHEMES)
    assert {(one.finder, one.by) for one in told} == {("short", "cards"), ("empty", "cards")}
    own = rule("shop", "pharmacy_fraud")
    assert {one.finder for one in explanations([trace, other_trace, own], [], SCHEMES)} == {"short"}
