"""gold.qualification_fact: chronic visits without a registration, or with one nothing supports."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, QUALIFICATION_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.silver import CHRONIC_REGISTRATION, DIAGNOSIS, INSURED, PERSON
from jobs.facts.qualifications import qualifications
from tests.rows import assert_rows, rows

MONTHS = ("2024-07", "2024-08")
# Each draws on a registration of June; five months before it are known.
VISITS = """
    setl_id | mdtrt_id | month   | care       | person_key | fixmedins_code | visited_on | main_diag | dise_no | is_offsite
    old     | o1       | 2024-01 | outpatient | zoe        | H9             | 2024-01-09 | J06.900   |         | false
    old2    | o2       | 2024-02 | outpatient | zoe        | H9             | 2024-02-09 | J06.900   |         | false
    old3    | o3       | 2024-03 | outpatient | seen       | H9             | 2024-03-09 | I63.900   |         | false
    old4    | o4       | 2024-04 | outpatient | seen       | H9             | 2024-04-09 | J06.900   |         | false
    late    | o5       | 2024-06 | outpatient | bare       | H9             | 2024-06-20 | I63.900   |         | false
    bare    | m1       | 2024-07 | chronic    | bare       | H1             | 2024-07-03 | I69.300   | M1      | false
    bare2   | m2       | 2024-08 | chronic    | bare       | P1             | 2024-08-03 |           | M1      | false
    stayed  | m3       | 2024-08 | chronic    | stayed     | H1             | 2024-08-03 | I69.300   | M1      | false
    tested  | m4       | 2024-08 | chronic    | tested     | H1             | 2024-08-03 | I69.300   | M1      | false
    seen    | m5       | 2024-08 | chronic    | seen       | H1             | 2024-08-03 | I69.300   | M1      | false
    listed  | m6       | 2024-08 | chronic    | listed     | H1             | 2024-08-03 | I69.300   | M1      | false
    no      | m7       | 2024-08 | chronic    | no         | H1             | 2024-08-03 | I69.300   | M1      | false
    guest   | m8       | 2024-08 | chronic    | guest      | H1             | 2024-08-03 | I69.300   | M1      | true
    long    | m9       | 2024-08 | chronic    | long       | H1             | 2024-08-03 | I69.300   | M1      | false
"""
STAYS = """
    mdtrt_id | month   | person_key | admitted_on | main_diag
    st1      | 2024-02 | stayed     | 2024-02-03  | J18.900
"""
DIAGNOSES = """
    mdtrt_id | diag_srt_no | diag_code | vali_flag
    st1      | 2           | I63.900   | 1
    o4       | 2           | I67.200   | 1
"""
TESTS = """
    bkkp_sn | month   | person_key | charged_on | charge_type
    l1      | 2024-05 | tested     | 2024-05-20 | 04
    l2      | 2024-01 | bare       | 2024-01-20 | 04
"""
REGISTERED = """
    psn_key | insu_admdvs | opsp_dise_code | begndate   | enddate    | ide_fixmedins_no | diag_dr_codg
    bare    | 370200      | M1             | 2024-06-10 |            | H1               | D1
    stayed  | 370200      | M1             | 2024-06-10 |            | H1               | D1
    tested  | 370200      | M1             | 2024-06-10 |            | H1               | D2
    seen    | 370200      | M1             | 2024-06-10 |            | H1               | D2
    long    | 370200      | M1             | 2023-01-01 | 2023-12-31 | H1               | D1
    long    | 370200      | M1             | 2024-01-01 |            | H1               | D1
"""
LISTED = """
    psn_key | insu_admdvs | opsp_dise_code | opsp_begndate         | insu_begndate
    bare    | 370200      | M1             | 2024-06-10            | 2020-01-01
    listed  | 370200      | M2;M1          | 2019-01-01;2024-06-10 |
    no      | 370200      |                |                       |
"""
PEOPLE = "\n".join(
    ["psn_key | insu_admdvs | person_key"]
    + [
        f"{who} | 370200 | {who}"
        for who in ("bare", "stayed", "tested", "seen", "listed", "no", "guest", "long", "zoe")
    ]
)


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    visit, stay, charge = (
        rows(spark, table, literal).where(f"month <= '{last}'")
        for table, literal in ((VISIT_FACT, VISITS), (STAY_FACT, STAYS), (CHARGE_FACT, TESTS))
    )
    return qualifications(
        visit,
        stay,
        charge,
        rows(spark, DIAGNOSIS, DIAGNOSES),
        rows(spark, CHRONIC_REGISTRATION, REGISTERED),
        rows(spark, INSURED, LISTED),
        rows(spark, PERSON, PEOPLE),
        months=months,
    )


def test_a_registration_without_any_history_is_told_and_who_certified_it(
    spark: SparkSession,
) -> None:
    # Of D1's two registrations in twelve months one is bare (that of `long` began earlier), of D2's
    # two none; the people that the register of the insured alone lists have no certifier.
    assert_rows(
        found(spark),
        QUALIFICATION_FACT,
        """
        setl_id | month   | fixmedins_code | visited_code | is_registered | registered_share | opsp_dise_code | begun_on   | insured_on | certifier_doctor | months_known | support_stays | support_days | exam_days | certified | certified_bare | bare_expected
        bare    | 2024-07 | H1             | H1           | true          | 1.0000           | M1             | 2024-06-10 | 2020-01-01 | D1               | 4            | 0             | 0            | 0         | 1         | 1              | 0.00
        bare2   | 2024-08 | H1             | P1           | true          | 0.8571           | M1             | 2024-06-10 | 2020-01-01 | D1               | 4            | 0             | 0            | 0         | 2         | 1              | 0.00
        listed  | 2024-08 | H1             | H1           | true          | 0.8571           | M1             | 2024-06-10 |            |                  | 4            | 0             | 0            | 0         |           |                |
        no      | 2024-08 | H1             | H1           | false         | 0.8571           |                |            |            |                  |              |               |              |           |           |                |
        """,
    )


def test_registrations_begun_in_one_month_are_counted_beside_the_months_before(
    spark: SparkSession,
) -> None:
    """H1 began four in June, none in the year before; one of the four is bare."""
    told = {r.setl_id: r for r in found(spark).collect()}
    of = told["bare2"]
    assert (of.batch, str(of.batch_usual), of.batch_used, of.batch_bare) == (4, "0.00", 4, 1)
    assert told["listed"].batch is None
    assert (of.batch_here, told["listed"].batch_here) == (1, None)  # the others went to H1


def test_registrations_of_one_illness_by_a_house_are_counted_whoever_of_it_certified_them(
    spark: SparkSession,
) -> None:
    """Two doctors of H1 certified four of M1, one of them bare; no other house certified any."""
    of = {r.setl_id: r for r in found(spark).collect()}["bare2"]
    counted = (of.illness_certified, of.illness_certified_bare, str(of.illness_bare_expected))
    assert counted == (4, 1, "0.00")


def test_the_row_of_the_register_that_first_tells_it_is_named(spark: SparkSession) -> None:
    told = {r.setl_id: (r.registration_key, r.insured_key) for r in found(spark).collect()}
    assert told["bare"] == ("bare|370200|M1|2024-06-10", None)
    assert told["listed"] == (None, "listed|370200")
    assert told["no"] == (None, None)


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))


def test_without_registers_every_visit_is_unregistered_and_none_known_to_be(
    spark: SparkSession,
) -> None:
    told = qualifications(
        rows(spark, VISIT_FACT, VISITS),
        rows(spark, STAY_FACT),
        rows(spark, CHARGE_FACT),
        rows(spark, DIAGNOSIS),
        rows(spark, CHRONIC_REGISTRATION),
        rows(spark, INSURED),
        rows(spark, PERSON, PEOPLE),
        months=MONTHS,
    ).collect()
    assert {(row.is_registered, float(row.registered_share)) for row in told} == {(False, 0.0)}
