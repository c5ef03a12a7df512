"""gold.recurrence_fact: people seen at one house in a way in which others are not."""

from __future__ import annotations

from typing import Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import RECURRENCE_FACT, STAY_FACT, VISIT_FACT
from jobs.conform import conform
from jobs.facts.recurrences import recurrences
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
PEOPLE: Final = ("ann", "bob", "cat", "dan")
STACK_DAYS: Final = ("2024-01-05", "2024-01-12", "2024-02-02", "2024-02-16")


def stacked(days: tuple[str, ...] = STACK_DAYS, *, wait: int = 1, apart: int = 4) -> str:
    """Visits of PEOPLE one after another at one terminal, settled `wait` minutes after arrival."""
    lines = [
        "setl_id | month | fixmedins_code | person_key | care | visited_on | visited_at | setl_time"
        " | term_no | terminal_daily | opter_id | mdtrt_cert_type | main_diag | tel_key"
    ]
    for day in days:
        for n, who in enumerate(PEOPLE):
            arrival, settled = 10 + n * apart, 10 + n * apart + wait
            lines.append(
                f"{who}{day[5:]} | {day[:7]} | H1 | {who} | outpatient | {day} | {day}T19:{arrival}:00"
                f" | {day}T19:{settled}:00 | T1 | 3 | O1 | 03 | J06.900 | t-{who}"
            )
    return "\n".join(lines)


OTHERS: Final = "\n".join(
    f"o{n} | 2024-0{1 + n % 2} | H{1 + n % 2} | p{n} | outpatient | 2024-0{1 + n % 2}-03"
    f" | 2024-0{1 + n % 2}-03T09:00:00 | 2024-0{1 + n % 2}-03T09:40:00 | T9 | 3 | O1 | 01 | I10.x00 |"
    for n in range(20)
)


def found(
    spark: SparkSession, visits: str = "", stays: str = "", months: tuple[str, ...] = MONTHS
) -> DataFrame:
    told = recurrences(
        rows(spark, VISIT_FACT, visits), rows(spark, STAY_FACT, stays), months=months
    )
    return conform(told, RECURRENCE_FACT, months)


def test_cards_that_come_in_stacks_again_and_again_are_told(spark: SparkSession) -> None:
    assert_rows(
        found(spark, f"{stacked()}\n{OTHERS}").where("month = '2024-02'"),
        RECURRENCE_FACT,
        """
        fixmedins_code | ward_code | way   | month   | persons | cases | days | most | house_cases | expected | quick_cases | quick_share | paper_cases | phones | phoned_persons | steady_persons | staff_code | staff_cases | staff_share
        H1             | H1        | stack | 2024-02 | 4       | 16    | 4    | 4    | 26          | 0.00     | 16          | 0           | 16          | 4      | 4              | 0              | O1         | 16          | 1
        """,
    )


def test_three_who_fetch_drugs_on_a_chronic_benefit_are_a_stack_too(spark: SparkSession) -> None:
    chronic = (
        stacked()
        .replace("| outpatient |", "| chronic |")
        .replace(" | tel_key", " | tel_key | medfee_fen | drug_fen", 1)
    )
    lines = [line if "setl_id" in line else f"{line} | 100 | 90" for line in chronic.split("\n")]
    three = [line for line in lines if not line.startswith("dan")]
    others = [f"{line} | 100 | 90" for line in OTHERS.split("\n")]
    told = found(spark, "\n".join([*three, *others])).where("month = '2024-02'").collect()
    assert [(row.way, row.persons, row.cases) for row in told] == [("stack", 3, 12)]
    few_drugs = "\n".join([*(line.replace("| 90", "| 9") for line in three), *others])
    assert found(spark, few_drugs).count() == 0


def test_cards_that_come_at_night_again_and_again_are_told(spark: SparkSession) -> None:
    """Not who came twice, or by day, or was entered at night only."""
    head = (
        "setl_id | month | fixmedins_code | person_key | care | visited_on | visited_at | setl_time"
        " | opter_id | drug_fen | mdtrt_cert_type"
    )

    def bought(who: str, day: int, came: str, settled: str, place: str = "P1") -> str:
        on = f"2024-01-{day:02}"
        return f"{who}{day} | 2024-01 | {place} | {who} | pharmacy | {on} | {on}T{came} | {on}T{settled} | O1 | 900 | 01"

    lines = [bought("ann", day, "22:10:00", "22:20:00") for day in (2, 9, 16)]
    lines += [bought("bob", day, "23:10:00", "23:20:00") for day in (2, 9)]
    lines += [bought("cat", day, "10:10:00", "23:20:00") for day in (2, 9, 16)]
    lines += [bought("dan", day, "10:10:00", "10:20:00", "P2") for day in range(2, 12)]
    assert_rows(
        found(spark, "\n".join([head, *lines]), months=("2024-01",)),
        RECURRENCE_FACT,
        """
        fixmedins_code | way   | persons | cases | days | most | house_cases | expected | paper_cases | staff_code | setl_ids      | person_keys
        P1             | night | 1       | 3     | 3    | 3    | 8           | 0        | 0           | O1         | ann16 ann2 ann9 | ann
        """,
    )


def test_a_stack_seen_once_or_settled_slowly_is_none(spark: SparkSession) -> None:
    once = found(spark, f"{stacked(STACK_DAYS[:2])}\n{OTHERS}")
    slow = found(spark, f"{stacked(apart=11)}\n{OTHERS}")
    assert (once.count(), slow.count()) == (0, 0)


def test_what_a_busy_terminal_always_settles_is_no_stack(spark: SparkSession) -> None:
    busy = stacked().replace("| T1 | 3 |", "| T1 | 120 |")
    assert found(spark, f"{busy}\n{OTHERS}").count() == 0


def test_who_fetches_a_month_of_medicine_is_steady(spark: SparkSession) -> None:
    monthly = stacked(("2024-01-05", "2024-02-05", "2024-03-05"), wait=18)
    told = found(spark, f"{monthly}\n{OTHERS}", months=("2024-03",))
    assert [(r.persons, r.steady_persons, r.quick_cases) for r in told.collect()] == [(4, 4, 0)]


TORN: Final = """
    setl_id | month   | fixmedins_code | area   | person_key | care       | visited_on | visited_at          | main_diag | is_offsite | other_fixmedins_code | other_km | other_gap_minutes | opter_id
    a1      | 2024-01 | H9             | 410105 | ann        | outpatient | 2024-01-02 | 2024-01-02T10:00:00 | H10.900   | true       |                      |          |                   | O9
    h1      | 2024-01 | H1             | 411321 | ann        | outpatient | 2024-01-02 | 2024-01-02T09:00:00 | I10.x00   | false      |                      |          |                   | O1
    a2      | 2024-01 | H9             | 410105 | ann        | outpatient | 2024-01-25 | 2024-01-25T10:00:00 | N76.000   | true       |                      |          |                   | O9
    h2      | 2024-01 | H1             | 411321 | ann        | outpatient | 2024-01-25 | 2024-01-25T16:00:00 | I10.x00   | false      |                      |          |                   | O1
    a3      | 2024-01 | H9             | 410105 | bob        | outpatient | 2024-01-09 | 2024-01-09T10:00:00 | R42.x00   | true       |                      |          |                   | O9
    h3      | 2024-01 | H1             | 411321 | bob        | outpatient | 2024-01-09 | 2024-01-09T16:00:00 | E11.900   | false      |                      |          |                   | O1
    a4      | 2024-01 | H9             | 410105 | cat        | outpatient | 2024-01-10 | 2024-01-10T10:00:00 | I10.x00   | true       |                      |          |                   | O9
    h4      | 2024-01 | H1             | 411321 | cat        | outpatient | 2024-01-10 | 2024-01-10T16:00:00 | I11.900   | false      |                      |          |                   | O1
    n1      | 2024-01 | H2             | 411321 | dan        | outpatient | 2024-01-10 | 2024-01-10T09:00:00 | K29.500   | false      | H3                   | 20       | 5                 | O2
    n2      | 2024-01 | H2             | 411321 | eve        | outpatient | 2024-01-11 | 2024-01-11T09:00:00 | K29.500   | false      | H3                   | 20       | 45                | O2
    n3      | 2024-01 | H2             | 411321 | fay        | outpatient | 2024-01-11 | 2024-01-11T00:00:00 | K29.500   | false      | H3                   | 20       | 5                 | O2
"""


def test_a_guest_whose_card_is_at_home_the_same_day_is_torn(spark: SparkSession) -> None:
    """Not who was referred: the same illness; nor the one visit elsewhere of one person."""
    assert_rows(
        found(spark, TORN, months=("2024-01",)),
        RECURRENCE_FACT,
        """
        fixmedins_code | way  | persons | cases | far_cases | most | setl_ids | person_keys
        H9             | torn | 2       | 3     | 3         | 2    | a1 a2 a3 | ann bob
        """,
    )


def test_too_fast_a_way_between_two_places_is_torn(spark: SparkSession) -> None:
    thrice = "\n".join(
        f"n{n} | 2024-01 | H2 | 411321 | p{n} | outpatient | 2024-01-1{n} | 2024-01-1{n}T09:00:00"
        " | K29.500 | false | H3 | 20 | 5 | O2"
        for n in range(4, 7)
    )
    told = found(spark, TORN + thrice, months=("2024-01",)).where("fixmedins_code = 'H2'")
    assert [(r.cases, r.far_cases) for r in told.collect()] == [(4, 0)]


LAIN: Final = """
    mdtrt_id | month   | fixmedins_code | person_key | admitted_on | discharged_on | med_type | main_diag
    m1       | 2024-01 | H1             | ann        | 2024-01-02  | 2024-01-20    | 21       | I20.000
    m2       | 2024-02 | H1             | bob        | 2024-01-02  | 2024-02-20    | 21       | M51.200
    m3       | 2024-01 | H1             | cat        | 2024-01-02  | 2024-01-20    | 21       | J18.900
    m4       | 2024-01 | H1             | dan        | 2024-01-02  | 2024-01-20    | 71       | J18.900
    m5       | 2024-01 | H2             | eve        | 2024-01-02  | 2024-01-20    | 21       | J18.900
"""
FETCHED: Final = """
    setl_id | month   | fixmedins_code | person_key | care       | visited_on | opter_id | drug_fen | watched_fen
    s1      | 2024-01 | H1             | ann        | outpatient | 2024-01-05 | O1       | 5000     | 0
    s2      | 2024-01 | H1             | bob        | outpatient | 2024-01-06 | O1       | 5000     | 0
    s3      | 2024-01 | H1             | cat        | outpatient | 2024-01-07 | O1       | 5000     | 0
    s4      | 2024-01 | H1             | cat        | outpatient | 2024-01-20 | O1       | 5000     | 0
    s5      | 2024-01 | H1             | dan        | outpatient | 2024-01-07 | O1       | 5000     | 0
    s6      | 2024-01 | H1             | ann        | outpatient | 2024-01-07 | O1       | 0        | 0
    s7      | 2024-01 | H1             | ann        | chronic    | 2024-01-07 | O1       | 5000     | 0
    s8      | 2024-01 | P1             | ann        | pharmacy   | 2024-01-07 | O1       | 5000     | 0
    o1      | 2024-01 | H1             | zoe        | outpatient | 2024-01-07 | O2       | 5000     | 0
    o2      | 2024-01 | H1             | zoe        | outpatient | 2024-01-08 | O2       | 5000     | 0
"""


def test_drugs_of_those_who_lie_in_the_ward_are_told_when_their_stays_are_known(
    spark: SparkSession,
) -> None:
    """Not on the day of discharge, not of home beds, not chronic benefits or a chemist's syrup."""
    told = found(spark, FETCHED, LAIN)
    assert_rows(
        told,
        RECURRENCE_FACT,
        """
        fixmedins_code | ward_code | way  | month   | persons | cases | staff_code | staff_cases | staff_share | setl_ids
        H1             | H1        | ward | 2024-02 | 3       | 3     | O1         | 3           | 0.7778      | s1 s2 s3
        """,
    )


def test_a_pharmacy_counts_for_the_ward_where_its_buyers_lie(spark: SparkSession) -> None:
    sold = FETCHED.replace("| H1             |", "| P1             |").replace("| 0\n", "| 9\n")
    told = found(spark, sold, LAIN).where("month = '2024-02'").collect()
    assert [(r.fixmedins_code, r.ward_code, r.way, r.persons) for r in told] == [
        ("P1", "H1", "counter", 3)
    ]


def test_a_doctor_elsewhere_counts_for_all_the_wards_where_the_patients_lie(
    spark: SparkSession,
) -> None:
    """Also without drugs, but not for an examination alone."""
    elsewhere = LAIN.replace("m2       | 2024-02 | H1 ", "m2       | 2024-02 | H8 ")
    seen = FETCHED.replace("| H1             |", "| H9             |").replace(
        "drug_fen | watched_fen", "drug_fen | test_fen"
    )
    seen += "    s9 | 2024-01 | H9 | ann | outpatient | 2024-01-08 | O1 | 0 | 800\n"
    told = found(spark, seen, elsewhere).where("month = '2024-02'").collect()
    assert [(r.fixmedins_code, r.ward_code, r.way, r.cases, r.wards) for r in told] == [
        ("H9", "H9", "away", 4, 2)
    ]


RETURNS: Final = """
    mdtrt_id | month   | fixmedins_code | person_key | admitted_on | main_diag | prev_fixmedins_code | prev_gap_days | prev_main_diag | is_planned | oprn_count | med_type | chfpdr_code | setl_ids
    m1       | 2024-01 | H1             | ann        | 2024-01-02  | I25.103   | H1                  | 40            | M51.200        | false      | 0          | 21       | D1          | s1
    m2       | 2024-01 | H1             | bob        | 2024-01-02  | M47.801   | H1                  | 40            | J20.900        | false      | 0          | 21       | D1          | s2
    m3       | 2024-02 | H1             | cat        | 2024-02-02  | K29.500   | H1                  | 40            | J20.900        | false      | 0          | 21       | D2          | s3
    m4       | 2024-02 | H1             | dan        | 2024-02-02  | J44.100   | H1                  | 40            | J44.000        | false      | 0          | 21       | D1          | s4
    m5       | 2024-02 | H1             | eve        | 2024-02-02  | K29.500   | H2                  | 40            | J20.900        | false      | 0          | 21       | D1          | s5
    m6       | 2024-02 | H1             | fay        | 2024-02-02  | K29.500   | H1                  | 3             | J20.900        | false      | 0          | 21       | D1          | s6
    m7       | 2024-02 | H1             | gus        | 2024-02-02  | K80.200   | H1                  | 40            | J20.900        | false      | 1          | 21       | D1          | s7
    m8       | 2024-02 | H2             | hal        | 2024-02-02  | K29.500   | H2                  | 40            | J20.900        | false      | 0          | 21       | D3          | s8
    m9       | 2024-02 | H2             | ida        | 2024-02-02  | K29.500   |                     |               |                | false      | 0          | 21       | D3          | s9
"""


def test_former_patients_who_return_with_another_illness_are_counted(spark: SparkSession) -> None:
    """Not with the same illness, after another house, within days, or for an operation."""
    more = RETURNS + "\n".join(
        f"q{n} | 2024-02 | H2 | q{n} | 2024-02-02 | K29.500 | | | | false | 0 | 21 | D3 | q{n}"
        for n in range(12)
    )
    assert_rows(
        found(spark, stays=more).where("month = '2024-02'"),
        RECURRENCE_FACT,
        """
        fixmedins_code | way     | persons | cases | house_cases | expected | staff_code | staff_cases | staff_share | setl_ids
        H1             | returns | 3       | 3     | 7           | 0.50     | D1         | 2           | 0.8571      | s1 s2 s3
        """,
    )


@pytest.mark.parametrize("what", ["visits", "stays"])
def test_months_one_by_one_equal_all_at_once(spark: SparkSession, what: str) -> None:
    visits = f"{stacked()}\n{OTHERS}" if what == "visits" else FETCHED
    stays = LAIN if what == "stays" else RETURNS
    whole = found(spark, visits, stays)
    for month in MONTHS:
        seen = f"month <= '{month}'"
        told = recurrences(
            rows(spark, VISIT_FACT, visits).where(seen),
            rows(spark, STAY_FACT, stays).where(seen),
            months=(month,),
        )
        alone = conform(told, RECURRENCE_FACT, (month,))
        expected = whole.where(f"month = '{month}'")
        assert sorted(map(repr, alone.collect())) == sorted(map(repr, expected.collect()))
