"""gold.origin_fact: people of one other city at one institution."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import ORIGIN_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.silver import OFFSITE_REGISTRATION, PERSON
from jobs.facts.origins import origins
from tests.rows import assert_rows, rows

MONTHS = ("2024-02", "2024-03")
# Four of 5301 at H1 of 3702, three behind one phone; one local there; two locals and none at H2.
STAYS = """
    mdtrt_id | setl_ids | month   | person_key | fixmedins_code | area   | insu_admdvs | is_offsite | tel_key | coner_key | addr_key | main_diag | stay_days | pay_loc | admitted_on | fund_fen | acct_fen
    m1       | s1       | 2024-02 | a          | H1             | 370202 | 530102      | true       | t1      |           | w1       | M54.500   | 7         | 1       | 2024-02-01  | 100      | 0
    m2       | s2       | 2024-02 | b          | H1             | 370202 | 530102      | true       | t1      |           | w2       | M54.501   | 7         | 2       | 2024-02-02  | 100      | 0
    m3       | s3 s4    | 2024-03 | c          | H1             | 370202 | 530124      | true       | t1      |           | w3       | M54.500   | 7         | 2       | 2024-03-02  | 100      | 5
    m4       | s5       | 2024-03 | d          | H1             | 370202 | 530124      | true       | t2      |           | w4       | J18.900   | 9         | 2       | 2024-03-03  | 100      | 0
    m5       | s6       | 2024-03 | e          | H1             | 370202 | 370202      | false      | t1      |           | w5       | J18.900   | 9         | 2       | 2024-03-03  | 100      | 0
    m6       | s7       | 2024-03 | f          | H2             | 370203 | 370202      | false      | t3      |           | w5       | J18.900   | 9         | 2       | 2024-03-03  | 100      | 0
    m7       | s8       | 2024-03 | g          | H2             | 370203 | 370202      | false      | t4      |           | w5       | J18.900   | 9         | 2       | 2024-03-03  | 100      | 0
    m8       | s9       | 2024-03 | h          | H9             | 110105 | 370202      | true       | t9      |           | w8       | J18.900   | 9         | 1       | 2024-03-03  | 100      | 0
    m9       | s10      | 2024-03 | i          | H9             | 110105 | 370202      | true       | t9      |           | w9       | J18.900   | 9         | 1       | 2024-03-04  | 100      | 0
    m10      | s11      | 2024-03 | j          | H9             | 110105 | 370203      | true       | t9      |           | w7       | J18.900   | 9         | 1       | 2024-03-05  | 100      | 0
    m11      | s12      | 2024-03 | k          | H9             | 110105 | 370203      | true       | t8      |           | w6       | J18.900   | 9         | 1       | 2024-03-05  | 100      | 0
"""
VISITS = """
    setl_id | month   | person_key | fixmedins_code | area   | insu_admdvs | is_offsite | main_diag | visited_on
    v1      | 2024-02 | b          | H2             | 370203 | 530102      | true       | J06.900   | 2024-02-20
    v2      | 2024-03 | d          | P1             | 370203 | 530124      | true       |           | 2024-03-20
"""
SETTLED = """
    psn_key | insu_admdvs | begndate   | enddate    | rloc_admdvs | rloc_rea
    a       | 530102      | 2020-01-01 |            | 370200      | 1
    b       | 530102      | 2020-01-01 | 2021-01-01 | 370200      | 1
    c       | 530124      | 2020-01-01 |            | 370200      | 2
"""
PEOPLE = """
    psn_key | insu_admdvs | person_key
    a       | 530102      | a
    b       | 530102      | b
    c       | 530124      | c
"""


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    visit, stay = (
        rows(spark, table, literal).where(f"month <= '{last}'")
        for table, literal in ((VISIT_FACT, VISITS), (STAY_FACT, STAYS))
    )
    settled = rows(spark, OFFSITE_REGISTRATION, SETTLED)
    return origins(visit, stay, settled, rows(spark, PERSON, PEOPLE), months=months)


def test_people_of_one_city_are_counted_linked_and_compared(spark: SparkSession) -> None:
    assert_rows(
        found(spark),
        ORIGIN_FACT,
        """
        fixmedins_code | home | setting | month   | area   | persons | cases | house_persons | homes | expected | linked_persons | rooted_persons | settled_persons | look     | look_cases | look_usual | together_cases | crowded_cases | fund_fen | acct_fen | first_on   | last_on    | setl_ids       | person_keys
        H1             | 5301 | stay    | 2024-03 | 370202 | 4       | 4     | 5             | 1     | 0.0      | 3              | 2              | 1               | M54 7天 | 3          | 0.0        | 0              | 0             | 400      | 5        | 2024-02-01 | 2024-03-03 | s1 s2 s3 s4 s5 | a b c d
        H9             | 3702 | stay    | 2024-03 | 110105 | 4       | 4     | 4             | 1     | 0.0      | 3              | 0              | 0               | J18 9天 | 4          | 0.0        | 3              | 0             | 400      | 0        | 2024-03-03 | 2024-03-05 | s10 s11 s12 s9 | h i j k
        H9             | 3702 | claim   | 2024-03 | 110105 | 3       | 3     | 3             | 1     | 0.0      | 3              | 0              | 0               | J18 9天 | 3          | 0.0        | 0              | 0             | 300      | 0        | 2024-03-03 | 2024-03-05 | s10 s11 s9     | h i j
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))
