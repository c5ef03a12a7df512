"""gold.recipient_fact: dear drugs for what nobody else ever found of the people."""

from __future__ import annotations

from typing import Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, RECIPIENT_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.silver import DIAGNOSIS
from jobs.conform import conform
from jobs.facts.recipients import recipients
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
LUNG, HEART = "C34.900", "I25.100"
FEBRUARY: Final = "2024-02"
# Visit or stay, month, care, house, doctor, person, illness, what was given.
CASES: Final = [
    # D1's people: nobody else knows of their lungs, tested on two days; ann came in January too.
    ("ann1", "2024-01", "outpatient", "H1", "D1", "ann", LUNG, "gene drug"),
    *(
        (f"{who}2", FEBRUARY, "outpatient", "H1", "D1", who, LUNG, "gene drug")
        for who in ("ann", "bob", "cat")
    ),
    ("bob0", "2024-01", "outpatient", "H2", "D9", "bob", HEART, ""),
    # D2's: known from a stay, a diagnosis beside another, another doctor, a registration; a guest.
    *(
        (f"{who}2", FEBRUARY, "outpatient", "H2", "D2", who, LUNG, "drug")
        for who in ("dan", "eve", "fay", "gus")
    ),
    ("dan0", "2024-01", "inpatient", "H2", "D2", "dan", LUNG, ""),
    ("eve0", "2024-01", "inpatient", "H2", "D2", "eve", HEART, ""),
    ("fay0", "2024-01", "outpatient", "H2", "D3", "fay", LUNG, ""),
    ("gus3", FEBRUARY, "chronic", "H2", "D2", "gus", LUNG, "drug"),
    *(
        (f"far{n}", FEBRUARY, "outpatient", "H2", "D4", f"far{n}", LUNG, "drug") for n in range(3)
    ),
    # At a pharmacy, registered.
    ("hal2", FEBRUARY, "chronic", "P1", "", "hal", LUNG, "drug"),
]  # fmt: skip
DIAGNOSES: Final = """
    mdtrt_id | diag_srt_no | diag_code
    eve0     | 2           | C34.100
"""


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    visits = "setl_id | mdtrt_id | month | care | fixmedins_code | chfpdr_code | person_key | main_diag | is_offsite\n"
    visits += "\n".join(
        f"{v} | {v} | {m} | {care} | {at} | {by} | {who} | {ill} | {str(who[:3] == 'far').lower()}"
        for v, m, care, at, by, who, ill, _ in CASES
        if care != "inpatient"
    )
    stays = "mdtrt_id | month | fixmedins_code | chfpdr_code | person_key | main_diag\n"
    stays += "\n".join(
        f"{v} | {m} | {at} | {by} | {who} | {ill}"
        for v, m, care, at, by, who, ill, _ in CASES
        if care == "inpatient"
    )
    lines = "bkkp_sn | setl_id | month | care | fixmedins_code | person_key | ingredient | item_name | list_type | charge_type | is_high_value | charged_on | inscp_fen | is_offsite\n"
    lines += "\n".join(
        f"{v}{item} | {v} | {m} | {care} | {at} | {who} | {'奥希替尼' if item == 'drug' else ''}"
        f" | {'奥希替尼片' if item == 'drug' else 'EGFR基因检测'} | {'101' if item == 'drug' else '201'}"
        f" | {'09' if item == 'drug' else '04'} | {str(item == 'drug').lower()} | {m}-05 | 1000"
        f" | {str(who[:3] == 'far').lower()}"
        for v, m, care, at, _, who, _, items in CASES
        for item in items.split()
    )
    visit, stay, charge = (
        rows(spark, table, literal).where(f"month <= '{last}'")
        for table, literal in ((VISIT_FACT, visits), (STAY_FACT, stays), (CHARGE_FACT, lines))
    )
    diagnosis = rows(spark, DIAGNOSIS, DIAGNOSES)
    return conform(recipients(visit, stay, charge, diagnosis, months=months), RECIPIENT_FACT)


@pytest.fixture(scope="module")
def told(spark: SparkSession) -> DataFrame:
    return found(spark).cache()


def test_people_whose_illness_only_the_doctor_knows_are_told_beside_the_drugs_others(
    told: DataFrame,
) -> None:
    """None of the five elsewhere is bare, 3/8 of any might be: 10 x 3/8 / 15 of three."""
    assert_rows(
        told,
        RECIPIENT_FACT,
        """
        fixmedins_code | staff_code | ingredient | month   | persons | bare_persons | others_persons | expected | illnesses | gene_persons | gene_days | person_keys | first_on   | last_on    | inscp_fen
        H1             | D1         | 奥希替尼   | 2024-02 | 3       | 3            | 5              | 0.75     | C         | 3            | 2         | ann bob cat | 2024-01-05 | 2024-02-05 | 6000
        """,
    )


def test_the_drug_and_the_gene_tests_are_claimed(told: DataFrame) -> None:
    (row,) = told.collect()
    assert [line.bkkp_sn for line in row.excess_lines] == sorted(
        f"{visit}{item}" for visit in ("ann1", "ann2", "bob2", "cat2") for item in ("drug", "gene")
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession, told: DataFrame) -> None:
    alone = [repr(row) for m in MONTHS for row in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, told.collect()))


def test_nothing_says_nothing(spark: SparkSession) -> None:
    nothing = (rows(spark, table) for table in (VISIT_FACT, STAY_FACT, CHARGE_FACT, DIAGNOSIS))
    assert recipients(*nothing, months=MONTHS).isEmpty()
