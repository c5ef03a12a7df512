"""gold.stay_fact: when a stay is closed, what it sums, and the stay before."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.schema import Table
from fundwatch.tables.gold import CHARGE_FACT, STAY_FACT
from fundwatch.tables.silver import (
    DIAGNOSIS,
    INSTITUTION,
    INSURED,
    OPERATION,
    SETTLEMENT_NET,
    VISIT,
)
from jobs.facts.stays import stays
from tests.facts import codes, persons
from tests.rows import assert_rows, rows

MONTHS = tuple(f"2024-{n:02}" for n in range(1, 7))


def stayed(spark: SparkSession, months: tuple[str, ...] = MONTHS, **literals: str) -> DataFrame:
    def told(table: Table, name: str) -> DataFrame:
        return rows(spark, table, literals.get(name, ""))

    return stays(
        told(SETTLEMENT_NET, "settled"),
        told(VISIT, "visited"),
        told(CHARGE_FACT, "charged"),
        told(DIAGNOSIS, "diagnosed"),
        told(OPERATION, "operated"),
        persons(spark, "ann", "bob"),
        told(INSURED, "insured"),
        rows(spark, INSTITUTION),
        codes=codes(),
        months=months,
    )


MID = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | med_type | mid_setl_flag | month   | setl_time           | begndate   | enddate    | fund_pay_sumamt_fen | act_pay_dedc_fen | is_void
    s1      | m1       | ann     | 140100      | 21       | 1             | 2024-01 | 2024-01-31 10:00:00 | 2024-01-10 | 2024-01-31 | 100                 | 30               | false
    s2      | m1       | ann     | 140100      | 21       |               | 2024-02 | 2024-02-20 10:00:00 | 2024-01-31 | 2024-02-20 | 20                  | 0                | false
    s3      | m1       | ann     | 140100      | 21       | 0             | 2024-03 | 2024-03-02 10:00:00 | 2024-01-31 | 2024-02-20 | 3                   | 0                | false
    s4      | m2       | bob     | 140100      | 21       | 1             | 2024-02 | 2024-02-20 10:00:00 | 2024-02-01 | 2024-02-20 | 7                   | 0                | false
    s5      | m3       | bob     | 140100      | 21       | 0             | 2024-02 | 2024-02-20 10:00:00 | 2024-02-01 | 2024-02-20 | 7                   | 0                | true
    s6      | m4       | bob     | 140100      | 11       | 0             | 2024-02 | 2024-02-20 10:00:00 | 2024-02-01 | 2024-02-01 | 7                   | 0                | false
"""


def test_a_stay_is_closed_by_its_first_settlement_that_is_not_mid(spark: SparkSession) -> None:
    assert_rows(
        stayed(spark, settled=MID),
        STAY_FACT,
        """
        mdtrt_id | month   | setl_id | setl_ids | fund_fen | dedc_fen | admitted_on | discharged_on | stay_days
        m1       | 2024-02 | s2      | s1 s2    | 120      | 30       | 2024-01-10  | 2024-02-20    | 41
        """,
    )


def test_the_visit_carries_the_stay(spark: SparkSession) -> None:
    found = stayed(
        spark,
        settled=MID,
        visited="""
        mdtrt_id | month   | begntime            | endtime             | adm_bed | dscg_maindiag_code
        m1       | 2024-01 | 2024-01-09 22:00:00 | 2024-02-21 08:00:00 | B7      | F20
        """,
        diagnosed="""
        mdtrt_id | diag_srt_no | diag_code | maindiag_flag | vali_flag
        m1       | 1           | F20       | 1             |
        m1       | 2           | I10       | 0             | 1
        m1       | 3           | E11       | 0             | 0
        """,
        operated="""
        mdtrt_id | oprn_srt_no | vali_flag
        m1       | 1           | 1
        """,
        insured="""
        psn_key | insu_admdvs | brdy       | gend | village      | death_date
        ann     | 140100      | 1964-01-10 | 2    | 140100000001 | 2024-02-21
        """,
    )
    (row,) = found.collect()
    told = ("discharged_on", "stay_days", "bed", "main_diag", "diag_count", "oprn_count")
    assert [str(row[name]) for name in told] == ["2024-02-21", "43", "B7", "F20", "2", "1"]
    assert (row["age_years"], row["gend"], row["village"]) == (59, "2", "140100000001")
    assert (str(row["died_on"]), row["death_key"]) == ("2024-02-21", "ann|140100")


def test_lines_are_summed_by_kind_and_day(spark: SparkSession) -> None:
    found = stayed(
        spark,
        settled=MID,
        charged="""
        bkkp_sn | mdtrt_id | month   | care      | charged_on | hilist_code     | list_type | charge_type | cnt | det_fen | inscp_fen
        a       | m1       | 2024-01 | inpatient | 2024-01-10 | XA01            | 101       | 09          | 1   | 1       | 1
        b       | m1       | 2024-01 | inpatient | 2024-01-31 | 002202000010000 | 201       | 03          | 1   | 10      | 10
        c       | m1       | 2024-02 | inpatient | 2024-01-31 | 003401000170000 | 201       | 0501        | 1   | 100     | 100
        d       | m1       | 2024-02 | inpatient | 2024-02-01 | 001109000010000 | 201       | 01          | 1   | 1000    | 900
        e       | m1       | 2024-02 | inpatient | 2024-02-02 | 001109000030000 | 201       | 01          | 2   | 1000    | 900
        f       | m1       | 2024-02 | inpatient | 2024-02-02 | C0800000000000A | 301       | 08          | 1   | 5       | 5
        g       | m1       | 2024-03 | inpatient | 2024-02-03 | XA01            | 101       | 09          | 1   | 7777    | 7777
        """,
    )
    assert_rows(
        found,
        STAY_FACT,
        """
        mdtrt_id | drug_fen | exam_fen | treat_fen | therapy_fen | close_days | care_fen | consumable_fen | bed_days_charged | bed_inscp_fen | active_days | active_on             | charged_days
        m1       | 1        | 10       | 100       | 100         | 1          | 2000     | 5              | 3.0000           | 1800          | 2           | 2024-01-10 2024-01-31 | 4
        """,
    )


CHAIN = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | med_type | fixmedins_code | month   | begndate   | enddate    | is_void
    s1      | m1       | ann     | 140100      | 21       | H1             | 2024-01 | 2024-01-02 | 2024-01-10 | false
    s2      | m2       | ann     | 140100      | 21       | H2             | 2024-01 | 2024-01-10 | 2024-01-20 | false
    s3      | m3       | ann     | 140100      | 21       | H2             | 2024-02 | 2024-02-10 | 2024-02-15 | false
    s4      | m4       | ann     | 140100      | 21       | H2             | 2024-04 | 2024-04-10 | 2024-04-15 | false
    s5      | m5       | ann     | 140100      | 21       | H1             | 2024-05 | 2024-03-01 | 2024-03-05 | false
"""
CHAIN_VISITED = """
    mdtrt_id | month   | begntime            | endtime             | dscg_way | days_rinp_flag_31
    m1       | 2024-01 | 2024-01-02 09:00:00 | 2024-01-10 09:00:00 | 2        | 1
    m2       | 2024-01 | 2024-01-10 09:00:00 | 2024-01-20 09:00:00 | 1        | 2
    m3       | 2024-02 | 2024-02-10 09:00:00 | 2024-02-15 09:00:00 | 1        | 2
    m4       | 2024-04 | 2024-04-10 09:00:00 | 2024-04-15 09:00:00 | 1        |
    m5       | 2024-03 | 2024-03-01 09:00:00 | 2024-03-05 09:00:00 | 1        |
"""


def test_the_stay_before_and_whether_this_one_was_foretold(spark: SparkSession) -> None:
    assert_rows(
        stayed(spark, settled=CHAIN, visited=CHAIN_VISITED),
        STAY_FACT,
        """
        mdtrt_id | prev_mdtrt_id | prev_fixmedins_code | prev_gap_days | prev_dscg_way | is_planned | stays_year
        m1       |               |                     |               |               | false      | 1
        m2       | m1            | H1                  | 0             | 2             | true       | 2
        m3       | m2            | H2                  | 21            | 1             | true       | 3
        m4       | m3            | H2                  | 55            | 1             | false      | 4
        m5       | m3            | H2                  | 15            | 1             | true       | 4
        """,
    )


def test_months_one_by_one_and_row_order_do_not_matter(spark: SparkSession) -> None:
    for settled in (MID, CHAIN):
        together = stayed(spark, settled=settled, visited=CHAIN_VISITED).collect()
        heads, *lines = settled.strip().splitlines()
        number = [name.strip() for name in heads.split("|")].index("month")
        month_of = {line: line.split("|")[number].strip() for line in lines}
        alone = []
        for month in sorted(set(month_of.values())):
            known = [line for line in lines if month_of[line] <= month]
            turned = "\n".join([heads, *reversed(known)])
            alone += stayed(spark, (month,), settled=turned, visited=CHAIN_VISITED).collect()
        assert sorted(map(repr, alone)) == sorted(map(repr, together))
        assert together
