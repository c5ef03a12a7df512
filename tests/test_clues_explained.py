"""What another finding explains better only sheds light, and says what explains it."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from fundwatch.tables.gold import RULE_FINDING
from jobs.clues.explained import explained
from tests.clue_world import rule
from tests.rows import rows

EXPLAINS = rule("kept_cards", "impersonation").model_copy(
    update={"explains": ("ghosts",), "title": "卡在别处"}
)
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
    told = explained(rows(spark, RULE_FINDING, FOUND), [EXPLAINS])
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
    assert explained(finding, [rule("plain", "impersonation")]) is finding
