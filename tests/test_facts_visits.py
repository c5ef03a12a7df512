"""gold.visit_fact: outpatient settlements, their lines, and what was before, after and beside."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, VISIT_FACT
from fundwatch.tables.silver import (
    AGREEMENT,
    DIAGNOSIS,
    INSTITUTION,
    INSURED,
    SETTLEMENT_NET,
    VISIT,
)
from jobs.facts.visits import visits
from tests.facts import codes, persons
from tests.rows import assert_rows, rows

SETTLED = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | med_type | fixmedins_code | month   | is_void
    s1      | m1       | ann     | 140100      | 11       | H1             | 2024-01 | false
    s2      | m2       | ann     | 140100      | 4101     | P1             | 2024-02 | false
    s3      | m3       | ann     | 140100      | 9929     | P1             | 2024-02 | false
    s4      | m4       | ann     | 140100      | 9955     | H1             | 2024-04 | false
    s5      | m5       | bob     | 140100      | 13       | H1             | 2024-02 | false
    s6      | m6       | bob     | 140100      | 14       | H1             | 2024-02 | true
    s7      | m7       | bob     | 140100      | 2101     | H1             | 2024-02 | false
"""
VISITED = """
    mdtrt_id | month   | begntime            | chfpdr_code | dscg_maindiag_code
    m1       | 2024-01 | 2024-01-31 23:30:00 | D1          | J06
    m2       | 2024-02 | 2024-02-01 00:10:00 |             |
    m3       | 2024-02 | 2024-02-01 00:10:00 |             |
    m4       | 2024-04 | 2024-04-02 09:00:00 |             |
    m5       | 2024-02 | 2024-02-02 09:00:00 |             |
"""
PLACES = """
    fixmedins_code | lnt      | lat
    H1             | 112.5489 | 37.8706
    P1             | 112.5489 | 38.8706
"""
DIED = """
    psn_key | insu_admdvs | death_date
    bob     | 140100      | 2024-01-30
"""
DIAGNOSED = """
    mdtrt_id | diag_srt_no | maindiag_flag | diag_code
    m1       | 1           | 1             | J20
    m5       | 1           | 0             | R50
    m5       | 2           | 1             | J18
"""
CHARGED = """
    bkkp_sn | setl_id | month   | care       | hilist_code | list_type | charge_type | det_fen | is_watched | supply_days
    a       | s2      | 2024-02 | pharmacy   | X1          | 101       | 09          | 100     | true       | 7
    b       | s2      | 2024-02 | pharmacy   | X1          | 101       | 09          | 20      | false      | 30
    c       | s2      | 2024-02 | pharmacy   | C1          | 301       | 08          | 3       | false      |
    d       | s3      | 2024-02 | pharmacy   | 001         | 201       | 03          | 4       | false      |
    e       | s3      | 2024-02 | pharmacy   | 002         | 201       | 04          | 5       | false      |
    f       | s3      | 2024-02 | pharmacy   | 003         | 201       |             | 6       | false      |
"""
# H1 was paused until the day before m4; the second row of P1 ends what the first leaves open.
AGREED = """
    fixmedins_code | efft_date  | invd_date  | cntr_stas
    H1             | 2020-01-01 | 2024-01-31 | 1
    H1             | 2024-02-01 | 2024-04-01 | 2
    H1             | 2024-04-02 |            | 1
    P1             | 2020-01-01 |            | 1
    P1             | 2024-01-20 |            | 3
"""
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")


def visited(
    spark: SparkSession,
    months: tuple[str, ...] = MONTHS,
    settled: str = SETTLED,
    visits_: str = VISITED,
) -> DataFrame:
    return visits(
        rows(spark, SETTLEMENT_NET, settled),
        rows(spark, VISIT, visits_),
        rows(spark, CHARGE_FACT, CHARGED),
        persons(spark, "ann", "bob"),
        rows(spark, INSURED, DIED),
        rows(spark, INSTITUTION, PLACES),
        rows(spark, DIAGNOSIS, DIAGNOSED),
        rows(spark, AGREEMENT, AGREED),
        codes=codes(),
        months=months,
    )


def test_every_standing_settlement_outside_hospital_is_a_visit(spark: SparkSession) -> None:
    assert_rows(
        visited(spark),
        VISIT_FACT,
        """
        setl_id | person_key | care       | visited_on | chfpdr_code | main_diag
        s1      | ANN        | outpatient | 2024-01-31 | D1          | J06
        s2      | ANN        | pharmacy   | 2024-02-01 |             |
        s3      | ANN        | pharmacy   | 2024-02-01 |             |
        s4      | ANN        | outpatient | 2024-04-02 |             |
        s5      | BOB        | emergency  | 2024-02-02 |             | J18
        """,
    )


def test_a_visit_knows_the_registered_death(spark: SparkSession) -> None:
    found = visited(spark).where("died_on IS NOT NULL")
    assert [(row["setl_id"], str(row["died_on"]), row["death_key"]) for row in found.collect()] == [
        ("s5", "2024-01-30", "bob|140100")
    ]


def test_a_visit_knows_that_no_agreement_was_in_force_on_its_day(spark: SparkSession) -> None:
    found = visited(spark).where("stopped_on IS NOT NULL").orderBy("setl_id")
    assert [
        (row["setl_id"], str(row["stopped_on"]), row["stopped_key"]) for row in found.collect()
    ] == [
        ("s2", "2024-01-20", "P1|2024-01-20"),
        ("s3", "2024-01-20", "P1|2024-01-20"),
        ("s5", "2024-02-01", "H1|2024-02-01"),
    ]


def test_the_visit_before_is_looked_for_in_two_months(spark: SparkSession) -> None:
    assert_rows(
        visited(spark),
        VISIT_FACT,
        """
        setl_id | prev_setl_id | prev_fixmedins_code | prev_gap_minutes | prev_km
        s1      |              |                     |                  |
        s2      | s1           | H1                  | 40               | 111.195
        s3      | s2           | P1                  | 0                | 0
        s4      |              |                     |                  |
        s5      |              |                     |                  |
        """,
    )


def test_the_other_visit_is_the_one_that_asked_for_the_faster_way(spark: SparkSession) -> None:
    assert_rows(
        visited(spark),
        VISIT_FACT,
        """
        setl_id | other_setl_id | other_fixmedins_code | other_gap_minutes | other_km
        s1      |               |                      |                   |
        s2      | s1            | H1                   | 40                | 111.195
        s3      |               |                      |                   |
        s4      |               |                      |                   |
        s5      |               |                      |                   |
        """,
    )
    soon = VISITED.replace("2024-01-31 23:30:00", "2024-02-01 00:50:00")
    (first,) = visited(spark, visits_=soon).where("setl_id = 's3'").collect()
    told = ("other_setl_id", "other_fixmedins_code", "other_gap_minutes", "prev_setl_id")
    assert [first[name] for name in told] == ["s1", "H1", 40, "s2"]


QUEUE = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | med_type | fixmedins_code | month   | is_void | term_no | setl_time
    s1      | m1       | ann     | 140100      | 11       | H1             | 2024-01 | false   | T1      | 2024-01-05 09:00:00
    s2      | m2       | bob     | 140100      | 11       | H1             | 2024-01 | false   | T1      | 2024-01-05 09:05:00
    s3      | m3       | bob     | 140100      | 11       | H1             | 2024-01 | false   | T1      | 2024-01-05 09:10:01
    s4      | m4       | ann     | 140100      | 11       | H1             | 2024-01 | false   | T1      | 2024-01-06 09:10:01
    s5      | m5       | ann     | 140100      | 11       | H1             | 2024-01 | false   | T2      | 2024-01-05 09:00:00
    s6      | m6       | bob     | 140100      | 11       | H1             | 2024-01 | false   |         | 2024-01-05 09:00:00
"""


def test_people_at_one_terminal_within_minutes_are_counted(spark: SparkSession) -> None:
    assert_rows(
        visited(spark, settled=QUEUE),
        VISIT_FACT,
        """
        setl_id | terminal_cards | terminal_phones | terminal_daily
        s1      | 2              | 2               | 2
        s2      | 2              | 2               | 2
        s3      | 1              | 1               | 2
        s4      | 1              | 1               | 2
        s5      | 1              | 1               | 1
        s6      |                |                 |
        """,
    )


def test_lines_are_counted_by_settlement(spark: SparkSession) -> None:
    assert_rows(
        visited(spark, ("2024-02",)),
        VISIT_FACT,
        """
        setl_id | drug_fen | test_fen | watched_fen | line_count | item_count | max_supply_days
        s2      | 120      | 0        | 100         | 3          | 2          | 30
        s3      | 0        | 9        | 0           | 3          | 3          |
        s5      | 0        | 0        | 0           | 0          | 0          |
        """,
    )


def test_months_one_by_one_and_row_order_do_not_matter(spark: SparkSession) -> None:
    heads, *lines = SETTLED.strip().splitlines()
    read = {m: {*MONTHS[max(0, i - 1) : i + 1]} for i, m in enumerate(MONTHS)}
    alone = []
    for month in MONTHS:
        seen = [line for line in lines if line.split("|")[6].strip() in read[month]]
        alone += visited(spark, (month,), "\n".join([heads, *reversed(seen)])).collect()
    assert sorted(map(repr, alone)) == sorted(map(repr, visited(spark).collect()))
