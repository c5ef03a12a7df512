"""Findings become clues: one case each, priced by excess, told with its doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal

import pytest
from pyspark.sql import Row, SparkSession

from fundwatch.clue import Claim, Evidence, proof
from fundwatch.tables.gold import CLUE
from tests.clue_world import clue_rows

Clues = Mapping[str, list[Row]]


@pytest.fixture(scope="module")
def every(spark: SparkSession) -> list[Row]:
    """The clues of the world, in rank order."""
    return clue_rows(spark).collect()


@pytest.fixture(scope="module")
def at(every: list[Row]) -> Clues:
    """The same by their first institution, in rank order."""
    places: dict[str, list[Row]] = {}
    for clue in every:
        places.setdefault(clue.fixmedins_codes[0], []).append(clue)
    return places


def test_a_refund_list_is_one_clue_per_institution_scheme_and_connected_period(at: Clues) -> None:
    assert sorted(clue.setl_ids for clue in at["LIST"]) == [["list1", "list2"], ["list3"]]


def test_a_line_claimed_by_two_rules_counts_once_at_its_greatest_excess(at: Clues) -> None:
    (clue,) = at["TWO"]
    assert clue.amount == Decimal("15.00")  # 30 yuan × 50 / 100
    assert clue.amount_acct == Decimal("3.00")
    assert (clue.finder, clue.finders) == ("above_cap", ["above_cap", "twice"])


def test_the_share_is_rounded_half_up_to_fen_per_settlement(at: Clues) -> None:
    (clue,) = at["ROUND"]
    assert clue.amount == Decimal("0.02")  # 5 fen × 0.3333 = 1.67 fen


def test_a_whole_scheme_claims_all_fund_money_of_its_settlements(at: Clues) -> None:
    (clue,) = at["WHOLE"]
    assert clue.amount == Decimal("83.33")
    assert (clue.amount_low, clue.amount_high) == (clue.amount, 3 * clue.amount)


def test_a_reason_is_told_once_and_of_equal_ones_that_of_the_most_money_first(at: Clues) -> None:
    (clue,) = at["WORDY"]
    assert clue.says[:3] == ["很多", "又一次", "少许"]


def test_the_amount_never_exceeds_what_the_fund_paid(at: Clues) -> None:
    (clue,) = at["CAPPED"]
    assert clue.amount == Decimal("50.00")


def test_statistics_do_not_claim_again_what_a_breach_claims(at: Clues) -> None:
    (clue,) = at["AGAIN"]
    assert (clue.grade, clue.amount) == ("B", Decimal("5.00"))
    assert "旁证:偏高" in clue.says


def test_statistics_with_something_of_their_own_are_a_clue_of_their_own(at: Clues) -> None:
    assert [(clue.grade, clue.setl_ids) for clue in at["OWN"]] == [("C", ["own2"]), ("B", ["own1"])]


def test_context_is_a_clue_of_its_own_and_comes_after_all_but_data_errors(
    at: Clues, every: list[Row]
) -> None:
    assert [(clue.grade, clue.setl_ids) for clue in at["ODD"]] == [("B", ["odd1"]), ("D", ["odd2"])]
    assert [clue.grade for clue in every].index("D") == len(every) - 2


def test_groups_that_share_a_settlement_are_one_case(at: Clues) -> None:
    (clue,) = at["GROUP1"]
    assert clue.setl_ids == ["g1", "g2", "g3", "g4"]
    assert clue.title.startswith("4 人在 2 家机构 2024年1月涉嫌手法induced_co_admission")


def test_groups_that_share_none_stay_apart(at: Clues) -> None:
    (clue,) = at["APART"]
    assert clue.setl_ids == ["apart1", "apart2", "apart3"]


def test_what_a_group_did_is_not_held_against_one_of_its_people_again(at: Clues) -> None:
    (group,), (person,) = at["APART"], at["SOLO"]
    assert "旁证:住院频繁" in group.says
    assert group.finders == ["stat", "together"]
    assert person.setl_ids == ["apart4", "apart5"]


def test_what_a_group_did_is_not_held_against_its_house_again(at: Clues) -> None:
    (group,) = at["GROUP1"]
    assert "旁证:住院频繁" in group.says


def test_people_of_one_list_are_one_case(at: Clues) -> None:
    listed = [(clue.subject_type, clue.setl_ids) for clue in at["PAPER"]]
    assert sorted(listed) == [("group", ["paper1", "paper2"]), ("person", ["paper3"])]


def test_a_person_is_a_case_of_its_own(at: Clues) -> None:
    assert sorted(clue.subject_ids for clue in at["PERSONS"]) == [["p1"], ["p2"]]


def test_every_text_a_supervisor_needs_is_filled(at: Clues) -> None:
    (clue,) = at["PLAIN"]
    assert clue.title == "PLAIN 2024年1月涉嫌手法overcharge:1 笔结算, 1 人, 涉及基金 5.00 元"
    assert clue.cleared_if == "清单与医嘱一致。"
    assert clue.check_steps == ["核对收费清单", "调取病历"]
    assert clue.innocent == [
        "确有其事(现有数据未能排除, 检查时核实)",
        "录入笔误(现有数据未能排除, 检查时核实)",
    ]
    assert clue.legal_basis == ["条例第38条(2021-05-01)", "协议第9条"]


def test_a_stay_paid_by_group_says_that_a_share_is_no_loss_by_itself(at: Clues) -> None:
    (clue,) = at["DRG"]
    assert "单条明细的份额本身不等于基金损失" in clue.says[-1]


def test_the_evidence_is_the_lines_the_settlements_and_their_reversals(at: Clues) -> None:
    (clue,) = at["ROUND"]
    assert [tuple(row) for row in clue.evidence] == [
        ("silver.fee_line", 7, "round1-line"),
        ("silver.settlement", 7, "round1"),
        ("silver.settlement", 7, "round1r"),
    ]


def test_data_errors_come_last(every: list[Row]) -> None:
    assert every[-1].scheme == "data_error"


def test_statistics_do_not_claim_a_line_that_is_a_mistake_of_data(at: Clues) -> None:
    (clue,) = at["ERROR"]
    assert (clue.scheme, clue.setl_ids) == ("data_error", ["error1"])
    assert "旁证:偏高" in clue.says


def test_an_anomaly_is_a_clue_only_where_it_is_one(at: Clues) -> None:
    (clue,) = at["STAT"]
    assert "NOSTAT" not in at
    assert (clue.grade, clue.finder, clue.setl_ids) == ("C", "item_anomaly", ["stat1"])
    interval = (clue.amount_low, clue.amount, clue.amount_high)
    assert interval == (Decimal("2.50"), Decimal("5.00"), Decimal("15.00"))


def test_earlier_cases_on_the_same_party_are_told_newest_first(at: Clues) -> None:
    (clue,) = at["PLAIN"]
    assert clue.related == ["new", "old"]


def test_the_proof_is_the_digest_of_claim_and_contents(every: list[Row]) -> None:
    for clue in every:
        told = {field.name: clue[field.name] for field in fields(Claim)}
        claim = Claim(**told | {name: tuple(told[name]) for name in ("setl_ids", "says")})
        rows = zip(clue.evidence, clue.contents, strict=True)
        evidence = [Evidence(row["table"], row["key"], content) for row, content in rows]
        assert clue.proof == proof(claim, evidence)


def test_the_order_of_findings_and_a_second_run_change_nothing(
    spark: SparkSession, every: list[Row]
) -> None:
    previous = spark.createDataFrame(every, CLUE.ddl)
    assert clue_rows(spark, backwards=True, previous=previous).collect() == every
