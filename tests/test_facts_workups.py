"""gold.workup_fact: tests given more often than the patients' illnesses explain."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, STAY_FACT, VISIT_FACT, WORKUP_FACT
from jobs.conform import conform
from jobs.facts.workups import workups
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
# House → days with the test among its ten visits for a cold (J0), and among ten of the liver (K7).
TESTED: Final = {"H1": (9, 8), "H2": (1, 8), "H3": (1, 8), "H4": (1, 8)}
VISITS: Final = [
    (f"{house}{illness}{n}", house, illness, n < tested)
    for house, of in TESTED.items()
    for illness, tested in zip(("J06.900", "K74.600"), of, strict=True)
    for n in range(10)
]


def found(
    spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9", test: str = "04"
) -> DataFrame:
    visit = "mdtrt_id | setl_id | fixmedins_code | main_diag | month | care\n" + "\n".join(
        f"{m}{v} | s{m}{v} | {house} | {illness} | {m} | outpatient"
        for m in MONTHS
        for v, house, illness, _ in VISITS
    )
    line = (
        "bkkp_sn | setl_id | mdtrt_id | fixmedins_code | month | care | hilist_code | charge_type"
        " | charged_on | inscp_fen\n"
    ) + "\n".join(
        f"l{m}{v} | s{m}{v} | {m}{v} | {house} | {m} | outpatient | 0021 | {test} | {m}-05 | 100"
        for m in MONTHS
        for v, house, _, tested in VISITS
        if tested
    )
    charge, seen = (
        rows(spark, table, literal).where(f"month <= '{last}'")
        for table, literal in ((CHARGE_FACT, line), (VISIT_FACT, visit))
    )
    made = workups(charge, seen, rows(spark, STAY_FACT), months=months)
    return conform(made, WORKUP_FACT)


def test_a_house_that_tests_every_cold_is_told_and_those_that_test_livers_are_not(
    spark: SparkSession,
) -> None:
    """Others test one cold in ten and eight livers in ten: nine of twenty would be usual."""
    assert_rows(
        found(spark).where("uses > 1.1 * expected"),
        WORKUP_FACT,
        """
        fixmedins_code | hilist_code | setting | month   | cases | persons | uses | expected | inscp_fen
        H1             | 0021        | visit   | 2024-01 | 20    | 17      | 17   | 9.00     | 799
        H1             | 0021        | visit   | 2024-02 | 40    | 34      | 34   | 18.00    | 799
        """,
    )


def test_the_lines_of_the_month_bear_the_part_above(spark: SparkSession) -> None:
    (one,) = found(spark, ("2024-02",)).where("fixmedins_code = 'H1'").collect()
    assert {line.inscp_fen for line in one.excess_lines} == {47}
    assert {line.bkkp_sn[:8] for line in one.excess_lines} == {"l2024-02"}
    assert len(one.excess_lines) == 17


def test_treatment_is_no_test(spark: SparkSession) -> None:
    assert found(spark, test="05").count() == 0


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(row) for m in MONTHS for row in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))
