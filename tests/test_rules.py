"""Findings: what is said of a row where a rule holds."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.schema import Table
from fundwatch.tables.gold import (
    BURST_FACT,
    CHARGE_FACT,
    DIALYSIS_FACT,
    ENTRY_FACT,
    FACTS,
    GROUP_FACT,
    INDICATION_FACT,
    INSTITUTION_DAY_FACT,
    INVOICE_FACT,
    MIX_FACT,
    ORIGIN_FACT,
    OVERCHARGE_FACT,
    PERSON_DAY_FACT,
    PRACTITIONER_DAY_FACT,
    PRESCRIBER_FACT,
    QUALIFICATION_FACT,
    RECIPIENT_FACT,
    RECURRENCE_FACT,
    RESALE_FACT,
    RULE_FINDING,
    SESSION_FACT,
    SHIFT_FACT,
    STAY_FACT,
    STOCK_FACT,
    SUPPLY_FACT,
    SUPPORT_FACT,
    UNIFORM_FACT,
    UNSUPPLIED_FACT,
    VISIT_FACT,
    WORKUP_FACT,
)
from jobs.conform import conform
from jobs.rules import definition, findings
from tests.rows import rows
from tests.test_knowledge import RULES, SCHEMES

NAMED: Final = {rule.id: rule for rule in RULES}
MONTHS: Final = ("2024-01",)
LITERALS: Final[dict[Table, str]] = {
    CHARGE_FACT: """
        bkkp_sn | setl_id | fixmedins_code | area   | person_key | bilg_dr_code | charged_on | gend | lmt_sex | age_years | insutype | inscp_fen | item_name | charge_type | list_type | day_rank | day_cnt | month
        line1   | s1      | H1             | 370202 | ann        | D1           | 2024-01-05 | 2    | 1       | 40        | 310      | 123456    | 前列腺检查 | 14          | 201       | 1        | 1       | 2024-01
        line2   | s2      | H1             | 370202 | bob        |              | 2024-01-06 | 1    |         | 40        | 310      | 18000     |           | 03          | 201       | 2        | 2       | 2024-01
        line3   | s1      | H1             | 370202 | ann        | D1           | 2024-01-05 | 2    | 1       | 40        | 310      | 0         | 前列腺检查 | 14          | 201       | 1        | 1       | 2024-01
        line4   | s9      | H1             | 370202 | ann        | D1           | 2023-12-05 | 2    | 1       | 40        | 310      | 5000      | 前列腺检查 | 14          | 201       | 1        | 1       | 2023-12
    """,
    VISIT_FACT: """
        setl_id | mdtrt_id | care       | prev_km | prev_gap_minutes | prev_setl_id | prev_fixmedins_code | fixmedins_code | person_key | visited_at          | visited_on | died_on    | death_key | fund_fen
        v2      | m2       | outpatient | 150.26  | 30               | v1           | H1                  | H2             | ann        | 2024-01-05T09:30:00 | 2024-01-05 |            |           | 100
        v3      | m3       | pharmacy   |         |                  | v1           | H1                  | H2             | bob        | 2024-01-25T09:30:00 | 2024-01-25 | 2024-01-02 | bob/1401  | 100
    """,
    STAY_FACT: """
        mdtrt_id | setl_id | setl_ids | fixmedins_code | person_key | admitted_on | discharged_on | stays_year | main_diag | prev_mdtrt_id | is_planned
        m5       | s5      | s4 s5    | H1             | ann        | 2024-01-02  | 2024-01-09    | 12         | I25.101   | m4            | false
    """,
    PERSON_DAY_FACT: """
        person_key | day        | month   | fixmedins_code | setl_ids | fixmedins_codes | pharmacies | watched_fen | fund_fen
        ann        | 2024-01-05 | 2024-01 | P1             | s7 s8 s9 | P1 P2 P3        | 3          | 90000       | 50000
    """,
    INSTITUTION_DAY_FACT: """
        fixmedins_code | day        | census | approved_beds | excess_setl_ids
        H1             | 2024-01-05 | 130    | 100           | s10 s11
    """,
    RESALE_FACT: """
        scan_id | month   | drug_trac_codg       | is_split | sales | fixmedins_code | person_key | setl_id | fund_fen | acct_fen | prev_scan_id | prev_fixmedins_code | prev_person_key
        k2      | 2024-01 | 81234567890123456789 | false    | 2     | P2             | bob        | s20     | 100      | 0        | k1           | P1                  | ann
    """,
    STOCK_FACT: """
        fixmedins_code | hilist_code | month   | counted_on | had_cnt | billed_cnt | short_cnt | pack_size | inscp_fen | txn_ids | excess_lines
        H9             | X1          | 2024-01 | 2024-01-01 | 10      | 90         | 80        | 10        | 70000     | t1 t2   | [{"bkkp_sn": "l1", "setl_id": "s31", "inscp_fen": 30000}, {"bkkp_sn": "l2", "setl_id": "s30", "inscp_fen": 40000}]
    """,
    PRACTITIONER_DAY_FACT: """
        fixmedins_code | staff_code | day        | month   | minutes | persons | line_count | inscp_fen | excess_lines
        H1             | T1         | 2024-01-05 | 2024-01 | 1500    | 9       | 60         | 300       | [{"bkkp_sn": "l9", "setl_id": "s40", "inscp_fen": 300}]
    """,
    INVOICE_FACT: """
        setl_id | mdtrt_id | month   | fixmedins_code | person_key | settled_on | by_hand | invono              | bill_key            | claims | prev_setl_id | prev_mdtrt_id | prev_fixmedins_code | prev_person_key | inscp_fen | excess_lines
        s50     | m50      | 2024-01 | H1             | ann        | 2024-01-09 | true    | 37060124-2400000001 | 37060124/2400000001 | 2      | s49          | m49           | H2                  | bob             | 300       | [{"bkkp_sn": "l8", "setl_id": "s50", "inscp_fen": 300}]
    """,
    GROUP_FACT: """
        mdtrt_id | ground | setl_id | month   | fixmedins_code | person_key | chfpdr_code | admitted_on | discharged_on | weight | right_weight | houses | house_lighter | house_expected | inscp_fen | excess_lines
        m60      | cost   | s60     | 2024-01 | H1             | ann        | D1          | 2024-01-02  | 2024-01-09    | 1.2    | 0.7          | 5      | 9            | 2             | 300       | [{"bkkp_sn": "l7", "setl_id": "s60", "inscp_fen": 300}]
    """,
    QUALIFICATION_FACT: """
        setl_id | month   | fixmedins_code | visited_code | person_key | visited_on | is_registered | certifier_doctor | registration_key     | begun_on   | months_known | certified | certified_bare | bare_expected | fund_fen
        s70     | 2024-01 | H1             | P1           | ann        | 2024-01-09 | true          | D7               | ann/1/M1/2023-12-01  | 2023-12-01 | 6            | 12        | 9              | 1             | 500
    """,
    INDICATION_FACT: """
        fixmedins_code | ingredient | month   | stays | stays_with | odd_stays | odd_expected | top_doctor | first_on   | last_on    | inscp_fen | excess_lines
        H1             | 白蛋白     | 2024-01 | 40    | 12         | 11        | 0.8          | D1         | 2023-11-02 | 2024-01-09 | 300       | [{"bkkp_sn": "l6", "setl_id": "s90", "inscp_fen": 300}]
    """,
    ORIGIN_FACT: """
        fixmedins_code | home | setting | month   | persons | cases | expected | linked_persons | rooted_persons | settled_persons | setl_ids | person_keys
        H1             | 5301 | stay    | 2024-01 | 9       | 9     | 1        | 8              | 0              | 0               | s80 s81  | ann bob
    """,
    PRESCRIBER_FACT: """
        prescriber | fixmedins_code | pattern | month   | staff_code | home_code | purchases | persons | named | doctor_purchases | expected | circle | circle_persons | circle_expected | first_on   | last_on    | person_keys | setl_ids | bkkp_sns | mdtrt_ids | drugs      | fund_fen
        D1         | P1             | often   | 2024-01 | D1         | H1        | 40        | 9       | 40    | 50               | 6        | 30     | 3              | 1.5             | 2023-12-02 | 2024-01-20 | ann bob eve | s70 s71  | l70 l71  | m71       | 阿托伐他汀 | 5000
        c9         | P2             | often   | 2024-01 |            |           | 40        | 9       | 40    | 50               | 6        | 30     | 3              | 1.5             | 2023-12-02 | 2024-01-20 | ann bob eve | s72      | l72      |           | 阿托伐他汀 | 5000
    """,
    SESSION_FACT: """
        fixmedins_code | person_key | month   | days | people | cash_fen | fund_fen | setl_ids | staff_code
        H1             | ann        | 2024-01 | 24   | 5      | 0        | 5000     | s80 s81  | D1
    """,
    SUPPORT_FACT: """
        mdtrt_id | hilist_code | lacks     | month   | fixmedins_code | person_key | bilg_dr_code | first_on   | last_on    | others_share | house_cases | house_lacking | house_expected | inscp_fen | excess_lines
        m95      | C1          | operation | 2024-01 | H1             | ann        | D1           | 2024-01-02 | 2024-01-04 | 0.01         | 40          | 3             | 0.5            | 300       | [{"bkkp_sn": "l5", "setl_id": "s95", "inscp_fen": 300}]
    """,
    SHIFT_FACT: """
        fixmedins_code | month   | stays | shifted | expected | visits | first_on   | last_on    | mdtrt_ids | person_keys | inscp_fen | excess_lines
        H1             | 2024-01 | 40    | 9       | 0.5      | 9      | 2023-12-02 | 2024-01-20 | m94       | ann bob     | 300       | [{"bkkp_sn": "l2", "setl_id": "s94", "inscp_fen": 300}]
    """,
    RECURRENCE_FACT: """
        fixmedins_code | ward_code | way  | area   | persons | cases | far_cases | most | setl_ids | person_keys | first_on   | last_on    | month
        H1             | H1        | torn | 370202 | 2       | 5     | 5         | 3    | s1 s2    | ann bob     | 2024-01-02 | 2024-01-20 | 2024-01
    """,
    BURST_FACT: """
        fixmedins_code | day        | month   | admissions | usual | top_diag_share | operated_share | urgent_share | outbreak_share | of_employer | of_contact | last_on    | setl_ids | person_keys
        H1             | 2024-01-05 | 2024-01 | 9          | 0.4   | 0.3            | 0              | 0            | 0              | 9           | 2          | 2024-01-11 | s98 s99  | ann bob
    """,
    MIX_FACT: """
        fixmedins_code | ingredient | month   | units | dear_units | expected | plain_pric | items | first_on   | last_on    | inscp_fen | excess_lines
        H1             | 膝关节     | 2024-01 | 28    | 24         | 9         | 4000       | 进口  | 2024-01-02 | 2024-01-28 | 300       | [{"bkkp_sn": "l3", "setl_id": "s96", "inscp_fen": 300}]
    """,
    OVERCHARGE_FACT: """
        mdtrt_id | hilist_code | how      | month   | fixmedins_code | person_key | bilg_dr_code | basis         | beside | other_sns | house_cases | house_found | others_share | others_houses | others_doing | first_on   | last_on    | inscp_fen | excess_lines
        m94      | 0012        | excluded | 2024-01 | H1             | ann        | D1           | nhsa_same_day | 大抢救 | l20       | 40          | 30          | 0.01         | 5             | 1            | 2024-01-02 | 2024-01-04 | 300       | [{"bkkp_sn": "l2", "setl_id": "s94", "inscp_fen": 300}]
    """,
    UNIFORM_FACT: """
        fixmedins_code | staff_code | kind | month   | visits | uniform_visits | persons | illnesses | items     | expected | first_on   | last_on    | inscp_fen | excess_lines
        H1             | D1         | test | 2024-01 | 40     | 14             | 14      | 8         | 甲功 过敏 | 1.2      | 2023-11-02 | 2024-01-28 | 300       | [{"bkkp_sn": "l2", "setl_id": "s94", "inscp_fen": 300}]
    """,
    RECIPIENT_FACT: """
        fixmedins_code | staff_code | ingredient | month   | persons | bare_persons | others_persons | expected | illnesses | gene_persons | gene_days | first_on   | last_on    | person_keys | inscp_fen | excess_lines
        H1             | D1         | 奥希替尼   | 2024-01 | 9       | 9            | 12             | 0.6      | C         | 8            | 2         | 2023-11-02 | 2024-01-28 | ann bob     | 900000    | [{"bkkp_sn": "l1", "setl_id": "s93", "inscp_fen": 900000}]
    """,
    WORKUP_FACT: """
        fixmedins_code | hilist_code | setting | month   | cases | persons | uses | expected | part | first_on   | last_on    | inscp_fen | excess_lines
        H1             | 0021        | visit   | 2024-01 | 90    | 60      | 60   | 9.5      | 0.84 | 2024-01-02 | 2024-01-28 | 300       | [{"bkkp_sn": "l4", "setl_id": "s97", "inscp_fen": 300}]
    """,
    DIALYSIS_FACT: """
        fixmedins_code | person_key | month   | sessions | surplus | allowed | days                  | house_surplus | house_expected | first_on   | last_on    | inscp_fen | excess_lines
        H1             | ann        | 2024-01 | 15       | 2       | 3       | 2024-01-04 2024-01-11 | 8             | 0.5            | 2024-01-04 | 2024-01-11 | 300       | [{"bkkp_sn": "l2", "setl_id": "s94", "inscp_fen": 300}]
    """,
    ENTRY_FACT: """
        fixmedins_code | opter_id | month   | lines | services | late_lines | late_services | expected | house_late_share | nights | cases | persons | items    | first_on   | last_on    | inscp_fen | excess_lines
        H1             | O1       | 2024-01 | 700   | 200      | 60         | 58            | 0.5      | 0.04             | 6      | 7     | 7       | 心电监测 | 2024-01-02 | 2024-01-28 | 300       | [{"bkkp_sn": "l1", "setl_id": "s93", "inscp_fen": 300}]
    """,
    UNSUPPLIED_FACT: """
        fixmedins_code | kind  | month   | persons | cases | card_cases | items | short_fen | fund_fen | first_on   | last_on    | setl_ids | bkkp_sns | person_keys
        H1             | visit | 2024-01 | 5       | 9     | 9          | a b   | 300       | 500      | 2024-01-02 | 2024-01-28 | s94      | l1 l2    | ann bob
    """,
    SUPPLY_FACT: """
        person_key | ingredient | month   | supply_days_6m | span_days_6m | places_6m | charges_6m | setl_ids | fixmedins_codes | fund_fen
        ann        | 阿托伐他汀 | 2024-01 | 700            | 150          | 5         | 14         | s12      | P1 P2           | 5000
    """,
}


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> dict[tuple[str, str], Any]:
    facts: list[DataFrame] = [rows(spark, table, LITERALS[table]) for table in FACTS]
    every = findings(*facts, rules=RULES, schemes=SCHEMES, months=MONTHS)
    return {(row.finder, row.anchor): row for row in conform(every, RULE_FINDING).collect()}


def evidence(row: Any) -> list[tuple[str, str]]:
    return [(one.table, one.key) for one in row.evidence]


def test_a_line_finding_names_the_line_and_its_settlement(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["limit_sex", "line1"]
    assert [tuple(line) for line in one.lines] == [("line1", "s1", 123456)]
    assert (one.setl_ids, one.is_whole, one.score) == (["s1"], False, 0.95)
    assert (one.subject_type, one.subject_ids) == ("institution", ["H1"])
    assert (one.person_keys, one.staff_codes) == (["ann"], ["D1"])
    assert evidence(one) == [("silver.fee_line", "line1"), ("silver.settlement", "s1")]


def test_a_sentence_tells_fen_in_yuan_and_null_as_empty(
    found: dict[tuple[str, str], Any],
) -> None:
    assert found["limit_sex", "line1"].says == (
        "前列腺检查 限性别 1(1 男 2 女),患者性别登记为 2,医保内 1234.56 元"
    )
    assert (
        found["quantity_imaging_repeated", "line2"].says == "空 当日第 2 次,共 2,医保内 180.00 元"
    )


def test_a_line_that_cost_the_insurance_nothing_is_left_alone(
    found: dict[tuple[str, str], Any],
) -> None:
    assert ("limit_sex", "line3") not in found


def test_a_death_shows_the_row_of_the_register_and_a_visit_alone_does_not_show_the_one_before(
    found: dict[tuple[str, str], Any],
) -> None:
    assert evidence(found["visit_long_after_death", "v3"]) == [
        ("silver.insured", "bob/1401"),
        ("silver.settlement", "v3"),
        ("silver.visit", "m3"),
    ]
    assert found["visit_long_after_death", "v3"].fixmedins_codes == ["H2"]


def test_a_box_sold_twice_accuses_the_later_seller_and_shows_both_scans(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["trace_resold_elsewhere", "k2"]
    assert (one.subject_ids, one.setl_ids, one.is_whole) == (["P2"], ["s20"], True)
    assert evidence(one) == [
        ("silver.settlement", "s20"),
        ("silver.trace_scan", "k1"),
        ("silver.trace_scan", "k2"),
    ]


def test_an_invoice_claimed_again_shows_it_and_the_claim_before(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["invoice_claimed_again", "s50"]
    assert (one.subject_type, one.subject_ids) == ("person", ["ann"])
    assert (one.setl_ids, one.is_whole, one.fixmedins_codes) == (["s50"], False, ["H1", "H2"])
    assert evidence(one) == [
        ("silver.invoice", "37060124/2400000001"),
        ("silver.settlement", "s49"),
        ("silver.settlement", "s50"),
    ]


def test_sessions_and_entries_too_many_accuse_the_house_and_claim_their_lines(
    found: dict[tuple[str, str], Any],
) -> None:
    session = found["dialysis_above_week", "H1|ann"]
    entry = found["entry_services_at_night", "H1|O1"]
    assert (session.subject_ids, session.person_keys) == (["H1"], ["ann"])
    assert (entry.subject_ids, entry.person_keys) == (["H1"], [])
    assert (session.setl_ids, entry.setl_ids) == (["s94"], ["s93"])
    assert "其中 2024-01-04、2024-01-11 共 2 日" in session.says
    assert "诊疗项目 58 条(心电监测)" in entry.says


def test_a_group_too_heavy_accuses_the_house_and_claims_a_part_of_the_lines(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["group_heavier_than_cost", "m60|cost"]
    assert (one.subject_ids, one.staff_codes, one.setl_ids) == (["H1"], ["D1"], ["s60"])
    assert evidence(one) == [("silver.settlement", "s60"), ("silver.visit", "m60")]


def test_a_circle_accuses_prescriber_and_pharmacy_and_claims_what_it_fetched(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["prescriber_circle", "D1|P1|often"]
    assert (one.subject_type, one.subject_ids) == ("doctor", ["D1", "P1"])
    assert (one.fixmedins_codes, one.staff_codes) == (["H1", "P1"], ["D1"])
    assert (one.person_keys, one.setl_ids, one.is_whole) == (
        ["ann", "bob", "eve"],
        ["s70", "s71"],
        True,
    )
    assert evidence(one) == [
        ("silver.fee_line", "l70"),
        ("silver.fee_line", "l71"),
        ("silver.settlement", "s70"),
        ("silver.settlement", "s71"),
        ("silver.visit", "m71"),
    ]


def test_of_a_prescriber_whom_nobody_registered_the_pharmacy_is_accused(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["prescriber_circle", "c9|P2|often"]
    assert (one.subject_type, one.subject_ids, one.staff_codes) == ("institution", ["P2"], [])
    assert one.fixmedins_codes == ["P2"]


def test_daily_treatment_without_cash_accuses_the_house(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["session_daily_without_cash", "H1|ann"]
    assert (one.subject_ids, one.person_keys, one.staff_codes) == (["H1"], ["ann"], ["D1"])
    assert (one.setl_ids, one.is_whole) == (["s80", "s81"], True)


def test_a_shelf_that_was_empty_shows_the_lines_and_the_stock_movements(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["stock_sold_above", "H9|X1"]
    assert (one.setl_ids, one.is_whole) == (["s30", "s31"], False)
    assert [line.inscp_fen for line in one.lines] == [30000, 40000]
    assert [table for table, _ in evidence(one)] == ["silver.fee_line"] * 2 + [
        "silver.stock_movement"
    ] * 2


def test_what_was_charged_without_its_procedure_shows_the_lines_and_the_stay(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["support_no_operation", "m95|C1|operation"]
    assert (one.subject_ids, one.staff_codes, one.setl_ids) == (["H1"], ["D1"], ["s95"])
    assert [tuple(line) for line in one.lines] == [("l5", "s95", 300)]
    assert evidence(one) == [("silver.fee_line", "l5"), ("silver.visit", "m95")]


def test_a_day_too_long_names_the_hands_and_claims_what_is_above_it(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["hands_over_day", "H1|T1|2024-01-05"]
    assert (one.subject_ids, one.staff_codes, one.setl_ids) == (["H1"], ["T1"], ["s40"])
    assert [tuple(line) for line in one.lines] == [("l9", "s40", 300)]
    assert evidence(one) == [("silver.fee_line", "l9")]


def test_only_the_months_asked_for_are_judged(found: dict[tuple[str, str], Any]) -> None:
    assert ("limit_sex", "line4") not in found


def test_where_the_doctor_is_unknown_the_institution_is_accused(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["quantity_imaging_repeated", "line2"]
    assert (one.subject_type, one.subject_ids, one.staff_codes) == ("institution", ["H1"], [])


def test_a_contradiction_brings_both_rows(found: dict[tuple[str, str], Any]) -> None:
    one = found["visit_impossible_travel", "v2"]
    assert evidence(one) == [
        ("silver.settlement", "v1"),
        ("silver.settlement", "v2"),
        ("silver.visit", "m2"),
    ]
    assert one.fixmedins_codes == ["H1", "H2"]
    assert (one.subject_type, one.subject_ids) == ("person", ["ann"])
    assert "150.3 公里" in one.says


def test_context_of_a_whole_scheme_claims_no_settlement(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["stays_very_frequent", "m5"]
    assert (one.setl_ids, one.lines, one.is_whole, one.grade) == ([], [], False, "D")
    assert evidence(one) == [
        ("silver.settlement", "s4"),
        ("silver.settlement", "s5"),
        ("silver.visit", "m5"),
    ]


def test_a_person_day_is_anchored_by_person_and_day(found: dict[tuple[str, str], Any]) -> None:
    one = found["day_many_pharmacies", "ann|2024-01-05"]
    assert (one.setl_ids, one.is_whole) == (["s7", "s8", "s9"], True)
    assert one.fixmedins_codes == ["P1", "P2", "P3"]
    assert "P1、P2、P3" in one.says


def test_an_overfull_day_claims_those_above_the_beds(found: dict[tuple[str, str], Any]) -> None:
    one = found["house_over_beds", "H1|2024-01-05"]
    assert (one.setl_ids, one.person_keys) == (["s10", "s11"], [])
    assert evidence(one) == [("silver.institution", "H1")]


def test_a_supply_speaks_of_its_month(found: dict[tuple[str, str], Any]) -> None:
    one = found["supply_far_above_need", "ann|阿托伐他汀"]
    assert (str(one.period_begn), str(one.period_end)) == ("2024-01-01", "2024-01-31")
    assert "700.0 日" in one.says


def test_the_definition_changes_with_anything_of_the_rule() -> None:
    rule = NAMED["limit_sex"]
    assert definition(rule) == definition(rule.model_copy())
    assert definition(rule) != definition(rule.model_copy(update={"innocent": "另一种解释"}))


def test_no_facts_no_findings(spark: SparkSession) -> None:
    facts = [rows(spark, table) for table in FACTS]
    assert findings(*facts, rules=RULES, schemes=SCHEMES, months=MONTHS).isEmpty()


def test_a_forged_registration_is_kept_under_the_house_that_certified_it(
    found: dict[tuple[str, str], Any],
) -> None:
    one = found["qualification_bare_certifier", "s70"]
    assert (one.subject_ids, one.setl_ids, one.is_whole) == (["H1"], ["s70"], True)
    assert (one.fixmedins_codes, one.staff_codes) == (["H1", "P1"], ["D7"])
    assert evidence(one) == [
        ("silver.chronic_registration", "ann/1/M1/2023-12-01"),
        ("silver.settlement", "s70"),
    ]


def test_people_of_another_city_are_told_together(found: dict[tuple[str, str], Any]) -> None:
    one = found["origin_linked_stays", "H1|5301|stay"]
    assert (one.subject_ids, one.person_keys) == (["H1"], ["ann", "bob"])
    assert evidence(one) == [("silver.settlement", "s80"), ("silver.settlement", "s81")]


def test_a_line_whose_refunds_leave_nothing_ends_no_run(spark: SparkSession) -> None:
    line = """
        bkkp_sn | month   | list_type | cnt | base_cnt | pric | det_fen | inscp_fen | item_cnt | visit_days | day_cnt | minutes | cap_pric
        l0      | 2024-01 | 301       | 0   | 0        | 0    | 0       | -1        | 0        | 0          | 0       | 0       | 1
        l1      | 2024-01 | 101       | 0   | 0        | 0    | 0       | 1         | 0        | 0          | 0       | 0       | 1
    """
    facts = [rows(spark, table, line if table is CHARGE_FACT else "") for table in FACTS]
    every = findings(*facts, rules=RULES, schemes=SCHEMES, months=MONTHS)
    assert conform(every, RULE_FINDING).count() == 0
