"""What a mistake in a register explains is an error of data, and no accusation."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from fundwatch.tables.gold import RULE_FINDING
from fundwatch.tables.silver import INSURED, PERSON, SETTLEMENT_NET
from jobs.clues.gate import gated
from tests.rows import rows

# ann is registered dead and seen at three places after it, bob at two; cat is alive.
FOUND = """
    finder | anchor | scheme     | grade | is_whole | setl_ids | person_keys | says
    death  | a      | post_death | A     | true     | s1       | ANN         | dead
    death  | b      | post_death | A     | true     | s4       | BOB         | dead
    ghost  | c      | ghost      | A     | true     | s1       | ANN         | ghost
    death  | d      | post_death | A     | true     | s1 s4    | ANN BOB     | dead
"""
PEOPLE = """
    psn_key | insu_admdvs | person_key
    ann     | 140100      | ANN
    ann2    | 140200      | ANN
    bob     | 140100      | BOB
"""
REGISTER = """
    psn_key | insu_admdvs | death_date
    ann     | 140100      | 2024-01-05
    bob     | 140100      | 2024-01-05
"""
SETTLED = """
    setl_id | psn_key | insu_admdvs | begndate   | fixmedins_code | is_void
    s0      | bob     | 140100      | 2024-01-04 | H9             | false
    s1      | ann     | 140100      | 2024-02-01 | H1             | false
    s2      | ann     | 140100      | 2024-03-01 | P1             | false
    s3      | ann2    | 140200      | 2024-04-01 | H2             | false
    s4      | bob     | 140100      | 2024-02-01 | H1             | false
    s5      | bob     | 140100      | 2024-03-01 | P1             | false
    s6      | bob     | 140100      | 2024-03-01 | P2             | true
"""


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> dict[str, Any]:
    told = gated(
        rows(spark, RULE_FINDING, FOUND),
        rows(spark, SETTLEMENT_NET, SETTLED),
        rows(spark, INSURED, REGISTER),
        rows(spark, PERSON, PEOPLE),
    )
    assert told.columns == list(RULE_FINDING.names)
    return {row.anchor: row for row in told.collect()}


def test_who_is_seen_at_three_places_after_death_is_an_error_of_the_register(
    found: dict[str, Any],
) -> None:
    one = found["a"]
    assert (one.scheme, one.grade, one.is_whole) == ("data_error", "D", False)
    assert one.setl_ids == ["s1"]
    assert "在 3 家机构" in one.says


@pytest.mark.parametrize("anchor", ["b", "c", "d"])
def test_whom_fewer_places_see_other_findings_and_several_people_stay_as_they_are(
    found: dict[str, Any], anchor: str
) -> None:
    assert found[anchor].scheme != "data_error"
    assert (found[anchor].grade, found[anchor].is_whole) == ("A", True)
