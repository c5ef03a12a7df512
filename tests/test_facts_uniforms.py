"""gold.uniform_fact: doctors who give the same items whatever the illness."""

from __future__ import annotations

from typing import Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, UNIFORM_FACT, VISIT_FACT
from jobs.conform import conform
from jobs.facts.uniforms import uniforms
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
COLD, BACK, STOMACH, FAT, GOITRE = "J06.900", "M54.500", "K29.500", "E78.500", "E04.900"
OTHERS: Final = ("H2", "H3", "H4")
Seen = tuple[str, str, str, str, str, str]  # visit, month, house, doctor, illness, items


def elsewhere() -> list[Seen]:
    """Other houses see 120 of each; for a goitre they measure hormones and vitamins, else none."""
    return [
        (f"{house}{ill}{n}", "2024-01", house, f"D{house}", ill, given)
        for house in OTHERS
        for ill, count, given in (
            (COLD, 40, ""),
            (BACK, 40, ""),
            (STOMACH, 40, ""),
            (FAT, 40, ""),
            (GOITRE, 5, "hormones vitamins pill dear"),
        )
        for n in range(count)
    ]


def told_of(doctor: str, given: str, *illnesses: str, month: str = "2024-02") -> list[Seen]:
    return [
        (f"{doctor}{month}{n}", month, "H1", doctor, ill, given) for n, ill in enumerate(illnesses)
    ]


SEEN: Final[list[Seen]] = [
    *elsewhere(),
    # D1 measures everybody: two in January, six in February.
    *told_of("D1", "hormones vitamins", COLD, BACK, month="2024-01"),
    *told_of("D1", "hormones vitamins", COLD, BACK, STOMACH, STOMACH, FAT, FAT),
    # A clinic of one illness, what this house alone can do, and check-ups.
    *told_of("D2", "hormones", *[BACK] * 8),
    *told_of("D3", "scan", COLD, BACK, STOMACH, FAT, COLD, BACK),
    *told_of("D4", "hormones", "Z00.000", "Z00.100", COLD, BACK, BACK, BACK),
    # A pill for all, and a dear one.
    *told_of("D5", "pill", COLD, BACK, STOMACH, FAT, FAT),
    *told_of("D6", "dear", COLD, BACK, STOMACH, FAT, FAT),
]


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    visits = "setl_id | month | care | fixmedins_code | medins_type | chfpdr_code | main_diag | person_key\n"
    visits += "\n".join(
        f"{v} | {m} | outpatient | {house} | 综合 | {'' if v == 'D12024-020' else doctor} | {ill} | p{v}"
        for v, m, house, doctor, ill, _ in SEEN
    )
    lines = "bkkp_sn | setl_id | month | care | fixmedins_code | hilist_code | ingredient | item_name | list_type | charge_type | is_high_value | charged_on | inscp_fen | bilg_dr_code\n"
    lines += "\n".join(
        f"{v}{item} | {v} | {m} | outpatient | {house} | {item} | {item} | {item}"
        f" | {'101' if item in ('pill', 'dear') else '201'} | {'09' if item in ('pill', 'dear') else '04'}"
        f" | {'true' if item == 'dear' else 'false'} | {m}-03 | 1000 | {doctor}"
        for v, m, house, doctor, _, items in SEEN
        for item in items.split()
    )
    visit = rows(spark, VISIT_FACT, visits).where(f"month <= '{last}'")
    charge = rows(spark, CHARGE_FACT, lines).where(f"month <= '{last}'")
    return conform(uniforms(visit, charge, months=months), UNIFORM_FACT)


@pytest.fixture(scope="module")
def told(spark: SparkSession) -> DataFrame:
    return found(spark).cache()


def test_tests_for_every_illness_are_told_beside_what_other_doctors_do(told: DataFrame) -> None:
    """Of 495 visits elsewhere none was so, 3/498 might be: 100 x 3/498 / 595 of D1's seven.

    D1's eighth names no doctor and is known by who ordered.
    """
    assert_rows(
        told.where("kind = 'test'"),
        UNIFORM_FACT,
        """
        fixmedins_code | staff_code | month   | visits | uniform_visits | persons | illnesses | items             | expected | inscp_fen | first_on   | last_on
        H1             | D1         | 2024-02 | 7      | 8              | 8       | 4         | hormones vitamins | 0.01     | 15984     | 2024-01-03 | 2024-02-03
        """,
    )


def test_a_clinic_of_one_illness_and_what_a_house_alone_gives_are_not_told(
    told: DataFrame,
) -> None:
    assert told.where("staff_code IN ('D2', 'D3', 'D4')").isEmpty()


def test_drugs_for_every_illness_and_dear_ones_are_told_apart(told: DataFrame) -> None:
    assert_rows(
        told.where("kind <> 'test'"),
        UNIFORM_FACT,
        """
        staff_code | kind | month   | uniform_visits | persons | illnesses | items
        D5         | drug | 2024-02 | 5              | 5       | 4         | pill
        D6         | dear | 2024-02 | 5              | 5       | 4         | dear
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession, told: DataFrame) -> None:
    alone = [repr(row) for m in MONTHS for row in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, told.collect()))


def test_nothing_says_nothing(spark: SparkSession) -> None:
    nothing = (rows(spark, VISIT_FACT), rows(spark, CHARGE_FACT))
    assert uniforms(*nothing, months=MONTHS).isEmpty()
