"""gold.shared_admission and gold.presence_conflict: what detectors look at."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.schema import Table
from fundwatch.tables.gold import (
    INSTITUTION_DAY_FACT,
    PRESENCE_CONFLICT,
    SHARED_ADMISSION,
    STAY_FACT,
    VISIT_FACT,
)
from fundwatch.tables.silver import INSTITUTION
from jobs.features.conflicts import presence_conflicts
from jobs.features.together import shared_admissions
from tests.rows import assert_rows, rows

MONTHS = tuple(f"2024-{n:02}" for n in range(1, 13))
TOGETHER = """
    mdtrt_id | oprn_count | month   | person_key | fixmedins_code | admitted_on | setl_ids | tel_key | addr_key | village
    a1       | 0          | 2024-01 | ann        | H1             | 2024-01-05  | sa1      | t1      | home     | v1
    b1       | 0          | 2024-01 | bob        | H1             | 2024-01-05  | sb1      | t2      | home     | v1
    c1       | 0          | 2024-02 | cyd        | H1             | 2024-01-05  | sc1      | t1      | other    | v2
    a2       | 0          | 2024-03 | ann        | H2             | 2024-03-05  | sa0 sa2  | t1      | home     | v1
    b2       | 0          | 2024-03 | bob        | H2             | 2024-03-05  | sb2      | t2      | home     | v1
    c2       | 0          | 2024-03 | cyd        | H1             | 2024-03-05  | sc2      | t3      | other    | v2
    a3       | 0          | 2024-05 | ann        | H1             | 2024-05-05  | sa3      | t1      | home     | v1
    c3       | 0          | 2024-05 | cyd        | H1             | 2024-05-05  | sc3      | t1      | other    | v2
    d1       | 0          | 2024-05 | dan        | H1             | 2024-05-05  | sd1      |         |          |
    a4       | 1          | 2024-05 | ann        | H3             | 2024-05-06  | sa4      | t1      | home     | v1
    d4       | 1          | 2024-05 | dan        | H3             | 2024-05-06  | sd4      |         |          |
    a5       | 1          | 2024-05 | ann        | H3             | 2024-05-13  | sa5      | t1      | home     | v1
    d5       | 1          | 2024-05 | dan        | H3             | 2024-05-13  | sd5      |         |          |
"""


def test_pairs_meet_twice_and_one_of_them_anew_in_the_month(spark: SparkSession) -> None:
    assert_rows(
        shared_admissions(rows(spark, STAY_FACT, TOGETHER), months=MONTHS),
        SHARED_ADMISSION,
        """
        month   | person_a | person_b | times | stays_a | stays_b | fixmedins_codes | mdtrt_ids   | setl_ids        | first_on   | last_on
        2024-03 | ann      | bob      | 2     | 2       | 2       | H1 H2           | a1 a2 b1 b2 | sa0 sa1 sa2 sb1 sb2 | 2024-01-05 | 2024-03-05
        2024-05 | ann      | bob      | 2     | 3       | 2       | H1 H2           | a1 a2 b1 b2 | sa0 sa1 sa2 sb1 sb2 | 2024-01-05 | 2024-03-05
        2024-05 | ann      | cyd      | 2     | 3       | 3       | H1              | a1 a3 c1 c3 | sa1 sa3 sc1 sc3 | 2024-01-05 | 2024-05-05
        """,
    )


def test_people_on_one_surgeon_s_list_are_not_together(spark: SparkSession) -> None:
    """Two eyes a week apart: ann and dan were operated on twice on the same days."""
    met = shared_admissions(rows(spark, STAY_FACT, TOGETHER), months=MONTHS)
    assert met.where("person_b = 'dan'").count() == 0


def test_a_family_shares_an_address_and_neighbours_a_village(spark: SparkSession) -> None:
    assert_rows(
        shared_admissions(rows(spark, STAY_FACT, TOGETHER), months=MONTHS),
        SHARED_ADMISSION,
        """
        month   | person_a | person_b | is_household | is_neighbour
        2024-03 | ann      | bob      | true         | true
        2024-05 | ann      | bob      | true         | true
        2024-05 | ann      | cyd      | true         | false
        """,
    )


def test_one_phone_behind_many_is_no_family(spark: SparkSession) -> None:
    stays = "\n".join(
        f"{who}{day} | 2024-01 | {who} | 2024-01-{day:02} | broker | 0"
        for who in ("ann", "bob", "cyd", "dan")
        for day in (5, 9)
    )
    stay = "mdtrt_id | month | person_key | admitted_on | tel_key | oprn_count\n" + stays
    found = shared_admissions(rows(spark, STAY_FACT, stay), months=("2024-01",)).collect()
    assert len(found) == 6
    assert not any(row["is_household"] for row in found)


def test_expected_is_stays_times_stays_by_the_days_open(spark: SparkSession) -> None:
    assert_rows(
        shared_admissions(rows(spark, STAY_FACT, TOGETHER), months=MONTHS),
        SHARED_ADMISSION,
        # Three days count as one. March: H1 admitted on two days, one of them a single person, as if
        # open on 2, and H2 two on one: 3×(1×1/2 + 1×1/1). May: H1 on three days: ann
        # twice, bob once and cyd three times, 3×2×1/3 and 3×2×3/3, and the one day of H2.
        """
        month   | person_a | person_b | expected
        2024-03 | ann      | bob      | 4.5
        2024-05 | ann      | bob      | 5
        2024-05 | ann      | cyd      | 6
        """,
    )


def test_a_crowd_does_not_close_the_house_on_other_days(spark: SparkSession) -> None:
    """Ten came together, twice; on six other days somebody came alone: as if open on 23 days."""
    head = "mdtrt_id | month | person_key | admitted_on | oprn_count\n"
    crowd = [
        f"{n}-{day} | 2024-01 | p{n} | 2024-01-{day} | 0" for n in range(10) for day in (10, 20)
    ]
    alone = [f"a{day} | 2024-01 | a{day} | 2024-01-0{day} | 0" for day in range(1, 7)]
    stay = rows(spark, STAY_FACT, head + "\n".join([*crowd, *alone]))
    found = shared_admissions(stay, months=("2024-01",)).collect()
    assert len(found) == 45
    assert {round(row["expected"], 6) for row in found} == {round(3 * 2 * 2 / 23, 6)}


def test_a_day_apart_is_together_and_a_course_is_not(spark: SparkSession) -> None:
    stays = """
        mdtrt_id | month   | person_key | admitted_on | main_diag | oprn_count
        a1       | 2024-01 | ann        | 2024-01-05  | I10.x00   | 0
        b1       | 2024-01 | bob        | 2024-01-06  | I10.x00   | 0
        a2       | 2024-01 | ann        | 2024-01-16  | I10.x00   | 0
        b2       | 2024-01 | bob        | 2024-01-15  | I10.x00   | 0
        c1       | 2024-01 | cyd        | 2024-01-05  | Z51.102   | 0
        c2       | 2024-01 | cyd        | 2024-01-16  | Z51.102   | 0
        d1       | 2024-01 | dan        | 2024-01-07  | I10.x00   | 0
        d2       | 2024-01 | dan        | 2024-01-18  | I10.x00   | 0
    """
    assert_rows(
        shared_admissions(rows(spark, STAY_FACT, stays), months=("2024-01",)),
        SHARED_ADMISSION,
        """
        person_a | person_b | times | mdtrt_ids   | first_on   | last_on
        ann      | bob      | 2     | a1 a2 b1 b2 | 2024-01-05 | 2024-01-16
        """,
    )


# Each plan takes seconds: the months in which something is told, and one of silence.
ALONE = ("2024-03", "2024-04", "2024-05", "2025-01")


def test_twelve_months_are_seen_one_by_one_as_all_at_once(spark: SparkSession) -> None:
    later = (
        TOGETHER.rstrip()
        + """
    a6       | 0          | 2025-01 | ann        | H1             | 2025-01-02  | sa6      | t1      | home     | v1
    b6       | 0          | 2025-01 | bob        | H1             | 2025-01-02  | sb6      | t2      | home     | v1
    """
    )
    months = (*MONTHS, "2025-01")
    stay = rows(spark, STAY_FACT, later)
    together = shared_admissions(stay, months=months).collect()
    assert {row["month"] for row in together} < set(ALONE)
    alone = []
    for month in ALONE:
        n = months.index(month)
        seen = stay.where(stay["month"].isin(*months[max(0, n - 11) : n + 1]))
        alone += shared_admissions(seen.orderBy("admitted_at"), months=(month,)).collect()
    assert sorted(map(repr, alone)) == sorted(map(repr, together))
    assert [row["times"] for row in together if row["month"] == "2025-01"] == [2]


PLACES = """
    fixmedins_code | lnt      | lat
    H1             | 112.5489 | 37.8706
    H2             | 112.5489 | 38.8706
"""
STAYED = """
    mdtrt_id | month   | person_key | fixmedins_code | setl_id | setl_ids | admitted_on | discharged_on | stay_days | active_days | charged_days | med_type | dscg_way | adm_way | died_on    | death_key | active_on
    m1       | 2024-01 | ann        | H1             | s1      | s1       | 2024-01-01  | 2024-01-10    | 9         | 9           | 9            | 21       |          |         |            | | 2024-01-03
    m2       | 2024-02 | ann        | H2             | s2      | s2       | 2024-01-05  | 2024-01-20    | 15        | 15          | 15           | 21       |          |         |            | |
    m3       | 2024-02 | ann        | H1             | s3      | s3       | 2024-01-19  | 2024-02-01    | 13        | 13          | 13           | 21       |          | 3       |            | |
    m4       | 2024-02 | ann        | H2             | s4      | s4       | 2024-02-01  | 2024-02-09    | 8         | 8           | 8            | 21       | 2        |         |            | |
    m5       | 2024-02 | ann        | H2             | s5      | s5       | 2024-01-02  | 2024-02-20    | 48        | 48          | 48           | 71       |          |         |            | |
    m6       | 2024-02 | bob        | H1             | s6      | s6       | 2024-02-01  | 2024-02-05    | 4         | 0           | 4            | 21       |          |         | 2024-01-20 | bob|140100 |
    m7       | 2024-02 | cyd        | H1             | s7      | s7       | 2024-02-01  | 2024-02-05    | 4         | 1           | 4            | 21       |          |         | 2024-02-04 | cyd|140100 |
    m8       | 2024-02 | dan        | H1             | s8      | s0 s8    | 2024-02-01  | 2024-02-11    | 10        | 1           | 1            | 21       |          |         | 2024-02-09 | dan|140100 |
    m9       | 2024-02 | eve        | H1             | s9      | s9       | 2024-02-10  | 2024-02-10    | 1         | 1           | 1            | 28       |          |         |            | |
    m10      | 2024-02 | eve        | H2             | s10     | s10      | 2024-02-09  | 2024-02-11    | 2         | 2           | 2            | 21       |          |         |            | |
"""
VISITED = """
    setl_id | mdtrt_id | month   | person_key | fixmedins_code | care     | visited_on | visited_at          | fund_fen | acct_fen | drug_fen | test_fen
    v1      | w1       | 2024-01 | ann        | H3             | pharmacy | 2024-01-03 | 2024-01-03 09:05:00 | 1234     | 50 | 1        | 0
    v2      | w2       | 2024-01 | ann        | H1             | chronic  | 2024-01-03 | 2024-01-03 09:05:00 | 1234     | 50 | 1        | 0
    v3      | w3       | 2024-01 | bob        | H2             | chronic  | 2024-02-05 | 2024-02-05 09:05:00 | 1234     | 50 | 1        | 0
    v4      | w4       | 2024-03 | bob        | H2             | chronic  | 2024-02-03 | 2024-02-03 09:05:00 | 1234     | 50 | 1        | 0
    v5      | w5       | 2024-02 | bob        | H2             | chronic  | 2024-02-06 | 2024-02-06 09:05:00 | 1234     | 50 | 1        | 0
    v6      | w6       | 2024-01 | ann        | H2             | outpatient | 2024-01-03 | 2024-01-03 09:05:00 | 1234   | 50       | 0        | 500
"""
HOUSE = """
    fixmedins_code | day        | month   | census | approved_beds | excess_setl_ids
    H1             | 2024-02-02 | 2024-02 | 12     | 10            | s6 s0 s8
    H1             | 2024-02-03 | 2024-02 | 13     | 10            | s7 s6 s0 s8
    H1             | 2024-02-04 | 2024-02 | 11     | 10            | s7
"""


def literal(text: str) -> str:
    """A key of two columns is written with a slash in the literals, for the bar parts cells."""
    return text.replace("bob|1", "bob/1").replace("cyd|1", "cyd/1").replace("dan|1", "dan/1")


def conflicts(spark: SparkSession, kind: str) -> DataFrame:
    def told(table: Table, text: str) -> DataFrame:
        return rows(spark, table, literal(text))

    found = presence_conflicts(
        told(STAY_FACT, STAYED),
        told(VISIT_FACT, VISITED),
        told(INSTITUTION_DAY_FACT, HOUSE),
        told(INSTITUTION, PLACES),
    )
    return found.where(found["kind"] == kind)


def test_two_stays_at_once_contradict_each_other(spark: SparkSession) -> None:
    assert_rows(
        conflicts(spark, "overlap"),
        PRESENCE_CONFLICT,
        """
        mdtrt_id | other | month   | fixmedins_code | other_fixmedins_code | other_on   | is_edge | is_transfer | is_leave | km
        m1       | m2    | 2024-02 | H1             | H2                   | 2024-01-05 | false   | false       | false    | 111.195
        m2       | m1    | 2024-02 | H2             | H1                   | 2024-01-05 | false   | false       | false    | 111.195
        m2       | m3    | 2024-02 | H2             | H1                   | 2024-01-19 | true    | true        | false    | 111.195
        m3       | m2    | 2024-02 | H1             | H2                   | 2024-01-19 | true    | true        | false    | 111.195
        m9       | m10   | 2024-02 | H1             | H2                   | 2024-02-10 | false   | false       | true     | 111.195
        m10      | m9    | 2024-02 | H2             | H1                   | 2024-02-10 | false   | false       | true     | 111.195
        """,
    )


def test_a_visit_elsewhere_contradicts_the_stay_around_it(spark: SparkSession) -> None:
    assert_rows(
        conflicts(spark, "elsewhere"),
        PRESENCE_CONFLICT,
        """
        mdtrt_id | other | month   | other_fixmedins_code | other_care | other_on   | is_edge | is_transfer | is_leave | house_stays | house_away | km
        m1       | v1    | 2024-01 | H3                   | pharmacy   | 2024-01-03 | false   | false       | false    | 1           | 1          |
        m1       | v6    | 2024-01 | H2                   | outpatient | 2024-01-03 | false   | true        | false    | 1           | 1          | 111.195
        m6       | v3    | 2024-02 | H2                   | chronic    | 2024-02-05 | true    | false       | false    | 6           | 1          | 111.195
        m6       | v4    | 2024-03 | H2                   | chronic    | 2024-02-03 | false   | false       | true     | 6           | 1          | 111.195
        """,
    )


def test_the_dead_are_not_in_hospital(spark: SparkSession) -> None:
    assert_rows(
        conflicts(spark, "after_death"),
        PRESENCE_CONFLICT,
        """
        mdtrt_id | other      | other_on   | setl_ids
        m6       | 2024-01-20 | 2024-01-20 | s6
        m8       | 2024-02-09 | 2024-02-09 | s0 s8
        """,
    )


def test_charged_for_but_not_treated_is_idle(spark: SparkSession) -> None:
    assert_rows(
        conflicts(spark, "idle"),
        PRESENCE_CONFLICT,
        """
        mdtrt_id | other | active_days
        m6       | m6    | 0
        """,
    )


def test_a_stay_above_the_beds_is_told_once_with_its_first_day(spark: SparkSession) -> None:
    assert_rows(
        conflicts(spark, "overfull"),
        PRESENCE_CONFLICT,
        """
        mdtrt_id | other
        m6       | 2024-02-02
        m7       | 2024-02-03
        m8       | 2024-02-02
        """,
    )


def test_each_says_its_figures_and_shows_its_rows(spark: SparkSession) -> None:
    (row,) = conflicts(spark, "elsewhere").where("other = 'v1'").collect()
    assert row["says"] == (
        "2024-01-01至2024-01-10在机构H1住院,同一人于2024-01-03 09:05到机构H3购药,"
        "基金支付12.34元、个人账户支付0.50元"
    )
    assert [tuple(key) for key in row["evidence"]] == [
        ("silver.settlement", "s1"),
        ("silver.settlement", "v1"),
        ("silver.visit", "m1"),
        ("silver.visit", "w1"),
    ]
    (late,) = conflicts(spark, "after_death").where("mdtrt_id = 'm8'").collect()
    assert late["says"] == "登记死亡日期为2024-02-09,此后仍在院:2024-02-01入院,2024-02-11出院"
    assert ("silver.insured", "dan/140100") in [tuple(key) for key in late["evidence"]]


def test_months_do_not_change_what_contradicts(spark: SparkSession) -> None:
    def found(last: str) -> list[str]:
        stay = rows(spark, STAY_FACT, literal(STAYED)).where(f"month <= '{last}'")
        visit = rows(spark, VISIT_FACT, VISITED).where(f"month <= '{last}'")
        house, place = rows(spark, INSTITUTION_DAY_FACT, HOUSE), rows(spark, INSTITUTION, PLACES)
        return [repr(row) for row in presence_conflicts(stay, visit, house, place).collect()]

    alone = [r for m in MONTHS[:3] for r in found(m) if f"month='{m}'" in r]
    assert sorted(alone) == sorted(found("2024-03"))
