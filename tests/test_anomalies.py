"""High-cost items: far above peers, and above one's own past, on enough money."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.knowledge import DetectorEntry, load
from fundwatch.tables.gold import CHARGE_FACT, ITEM_ANOMALY
from fundwatch.tables.silver import INSTITUTION
from jobs.anomalies import item_anomalies
from jobs.conform import conform
from tests.rows import rows

ENTRIES: Final = load(DetectorEntry, Path(__file__).parents[1] / "conf" / "anomalies.yml")
MONTHS: Final = ("2024-04", "2024-05")
KNOWN: Final = (*(f"2023-{n:02}" for n in range(9, 13)), *(f"2024-{n:02}" for n in range(1, 6)))
LEAPT: Final = "2024-02"  # from here on
PEERS: Final = [f"H{n:02}" for n in range(10)]
HEADER: Final = (
    "bkkp_sn|setl_id|fixmedins_code|month|person_key|ingredient|list_type|is_high_value"
    "|inscp_fen|setl_inscp_fen|setl_fund_fen"
)


def line(place: str, month: str, person: int, fen: int, item: str = "支架") -> str:
    """A line of its own settlement, half of which the fund paid."""
    number = f"{place}-{month}-{person:02}-{item}"
    dear = "true" if item == "支架" else "false"
    kind = "301" if item == "支架" else "201"
    return (
        f"{number}|s{number}|{place}|{month}|{number}|{item}|{kind}|{dear}|{fen}|{fen}|{fen // 2}"
    )


def charges(use: dict[str, int], leap: dict[str, int]) -> str:
    """Ten patients with the item in each house and month; `leap` tells the fen from LEAPT on."""
    lines = [HEADER]
    for place in PEERS:
        for month in KNOWN:
            usual = use.get(place, 100_000)
            fen = leap.get(place, usual) if month >= LEAPT else usual
            lines += [line(place, month, n, fen + 10 * n) for n in range(10)]
            lines += [line(place, month, 50, 500, "诊察")]
    return "\n".join(lines)


def said(spark: SparkSession, literal: str, months: tuple[str, ...] = MONTHS) -> dict[Any, Any]:
    found = item_anomalies(
        rows(spark, CHARGE_FACT, literal), registered(spark), anomalies=ENTRIES, months=months
    )
    kept = conform(found, ITEM_ANOMALY, months).collect()
    return {(row.fixmedins_code, row.month): row for row in kept}


def registered(spark: SparkSession) -> DataFrame:
    register = "fixmedins_code|fixmedins_type|medins_type|hosp_lv|medins_natu\n" + "\n".join(
        f"{place}|1|综合|05|1" for place in PEERS
    )
    return rows(spark, INSTITUTION, register)


@pytest.fixture(scope="module")
def leapt(spark: SparkSession) -> dict[Any, Any]:
    return said(spark, charges({"H07": 900_000}, {"H03": 900_000}))


def test_a_leap_far_above_peers_and_own_past_is_an_anomaly(leapt: dict[Any, Any]) -> None:
    assert leapt["H03", "2024-04"].is_anomaly
    assert leapt["H03", "2024-04"].growth == pytest.approx(9.0, abs=0.01)
    assert leapt["H03", "2024-04"].peer_group == "综合·二级·公立"


def test_a_house_that_was_always_that_high_is_left_alone(leapt: dict[Any, Any]) -> None:
    specialist = leapt["H07", "2024-04"]
    assert specialist.peer_distance > 5
    assert specialist.excess_share == 0
    assert not specialist.is_anomaly


def test_peers_are_no_anomaly(leapt: dict[Any, Any]) -> None:
    assert [key for key, row in leapt.items() if row.is_anomaly] == [
        ("H03", "2024-04"),
        ("H03", "2024-05"),
    ]


def test_rate_is_charge_per_patient_of_the_house_and_month(leapt: dict[Any, Any]) -> None:
    one = leapt["H00", "2024-05"]
    assert (one.patients, one.base, one.inscp_fen) == (30, 33, 3 * 1_000_450)
    assert one.rate == pytest.approx(1_000_450 / 11)
    assert one.fund_fen == 3 * 500_225


def test_excess_lines_are_the_strongest_of_the_month_and_add_up_to_its_excess(
    leapt: dict[Any, Any],
) -> None:
    one = leapt["H03", "2024-04"]
    assert {taken.bkkp_sn[4:11] for taken in one.excess_lines} == {"2024-04"}
    total = sum(taken.inscp_fen for taken in one.excess_lines)
    assert total == round(9_000_450 * one.excess_share)
    # The ten lines are of 900,000 to 900,090 fen: the eight largest whole, and a part of the ninth.
    fens = sorted((taken.inscp_fen for taken in one.excess_lines), reverse=True)
    assert fens[:8] == [900_000 + 10 * n for n in range(9, 1, -1)]
    assert len(fens) == 9


def test_a_month_without_use_says_nothing(spark: SparkSession) -> None:
    heads, *lines = charges({}, {"H03": 900_000}).splitlines()
    kept = [
        one for one in lines if "支架" not in one or "|2024-05|" not in one or "|H03|" not in one
    ]
    found = said(spark, "\n".join([heads, *kept]), ("2024-05",))
    assert ("H03", "2024-05") not in found
    # H03 is still a peer, for it used the item in the quarter.
    assert found["H02", "2024-05"].peers == 10


def test_months_one_by_one_say_what_all_together_say(
    spark: SparkSession, leapt: dict[Any, Any]
) -> None:
    literal = charges({"H07": 900_000}, {"H03": 900_000})
    alone: dict[Any, Any] = {}
    for month in MONTHS:
        alone |= said(spark, literal, (month,))
    assert alone == leapt


def test_little_money_is_no_anomaly(spark: SparkSession) -> None:
    found = said(spark, charges(dict.fromkeys(PEERS, 1_000), {"H03": 9_000}), ("2024-04",))
    assert found["H03", "2024-04"].peer_distance > 5
    assert not found["H03", "2024-04"].is_anomaly


def test_without_the_entry_nothing_is_said(spark: SparkSession) -> None:
    literal = charges({}, {"H03": 900_000})
    charge = rows(spark, CHARGE_FACT, literal)
    assert item_anomalies(charge, registered(spark), anomalies=(), months=MONTHS).isEmpty()
