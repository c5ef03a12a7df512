"""Indicators: what a pass over a fact gives, checked against hand-made rows and against DuckDB."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from fundwatch.schema import Table
from fundwatch.tables.gold import INDICATOR_VALUE, STAY_FACT, VISIT_FACT
from jobs.conform import conform
from jobs.indicators import READS, values
from tests.rows import rows
from tests.test_knowledge import INDICATORS

NAMED: Final = {indicator.id: indicator for indicator in INDICATORS}
MONTHS: Final = ("2024-01", "2024-02")


def said(
    spark: SparkSession, fact: Table, literal: str, *names: str, months: tuple[str, ...] = MONTHS
) -> list[Any]:
    facts: list[DataFrame] = [rows(spark, t, literal if t is fact else "") for t in READS]
    chosen = tuple(NAMED[name] for name in names) or INDICATORS
    found = conform(values(*facts, indicators=chosen, months=months), INDICATOR_VALUE, months)
    return sorted(found.collect(), key=lambda row: (row.indicator_id, row.entity, row.month))


def test_a_small_denominator_gives_no_value(spark: SparkSession) -> None:
    stays = "fixmedins_code|fund_fen\n" + "H1|100000\n" * 9 + "H2|100000\n" * 10
    found = said(spark, STAY_FACT, stays, "stay_fund")
    assert [(row.entity, row.denominator, row.value) for row in found] == [
        ("H1", 9, None),
        ("H2", 10, 1000),
    ]


def test_a_person_below_the_floor_has_no_row(spark: SparkSession) -> None:
    visits = "person_key|care\n" + "ann|chronic\n" * 3 + "bob|chronic\n" * 4
    found = said(spark, VISIT_FACT, visits, "person_switch_share")
    assert [row.entity for row in found] == ["bob"]


def test_nobody_has_no_indicator(spark: SparkSession) -> None:
    stays = "chfpdr_code|fund_fen\n" + "|100000\n" * 10
    assert said(spark, STAY_FACT, stays, "doctor_stay_fund") == []


def test_a_ward_is_named_with_its_institution(spark: SparkSession) -> None:
    stays = "fixmedins_code|dept|fund_fen\nH1|A03|1\nH2|A03|1\nH2||1\n"
    found = said(spark, STAY_FACT, stays, "ward_fund")
    assert [row.entity for row in found] == ["H1|A03", "H2|A03"]


def test_level_is_the_highest_at_which_an_entity_is_seen(spark: SparkSession) -> None:
    visits = "chfpdr_code|hosp_lv\nD1|08\nD1|02\nD2|\n"
    found = said(spark, VISIT_FACT, visits, "doctor_visit_fund")
    assert [(row.entity, row.level) for row in found] == [("D1", 3), ("D2", None)]


def test_only_the_months_asked_for_are_computed(spark: SparkSession) -> None:
    stays = "fixmedins_code|month|fund_fen\nH1|2024-01|1\nH1|2024-02|1\n"
    found = said(spark, STAY_FACT, stays, "stay_fund", months=("2024-02",))
    assert [row.month for row in found] == ["2024-02"]


@given(fees=st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_hospital_never_moves_another(spark: SparkSession, fees: list[int]) -> None:
    over_stays = tuple(i.id for i in INDICATORS if i.over == STAY_FACT.name)
    alone = "fixmedins_code|fund_fen\nH1|10\nH1|30\n"
    crowd = alone + "\n".join(f"H2|{fee}" for fee in fees)
    one, two = (
        [r for r in said(spark, STAY_FACT, text, *over_stays) if r.entity == "H1"]
        for text in (alone, crowd)
    )
    assert one == two


def test_values_agree_with_duckdb(spark: SparkSession) -> None:
    duckdb = pytest.importorskip("duckdb")
    stays = [
        (f"H{n % 3}", 100 * n, 500 * n + 1, n % 9 + 1, n % 2 == 0, dt.date(2024, 1, 1 + n % 28))
        for n in range(60)
    ]
    literal = "fixmedins_code|fund_fen|medfee_fen|stay_days|is_offsite|admitted_on\n" + "\n".join(
        "|".join(str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row)
        for row in stays
    )
    found = said(
        spark, STAY_FACT, literal, "stay_fund", "stay_days", "stay_fund_rate", "stay_offsite_share"
    )
    cells = ", ".join(str((*row[:4], int(row[4]))) for row in stays)
    expected = duckdb.sql(
        f"""
        with stay(place, fund, fee, days, offsite) as (values {cells})
        select place, sum(fund) / 100.0 / count(*), sum(days) / count(*),
               sum(fund) / 100.0 / (sum(fee) / 100.0), sum(offsite) / count(*)
        from stay group by place order by place
        """
    ).fetchall()
    order = ("stay_fund", "stay_days", "stay_fund_rate", "stay_offsite_share")
    floors = {name: NAMED[name].floor for name in order}
    for place, *numbers in expected:
        mine = {row.indicator_id: row for row in found if row.entity == place}
        for name, number in zip(order, numbers, strict=True):
            if mine[name].denominator >= floors[name]:
                assert mine[name].value == pytest.approx(float(number), rel=1e-9)
