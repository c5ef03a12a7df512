"""gold.resale_fact: boxes sold while their code was out already."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import RESALE_FACT
from fundwatch.tables.silver import SETTLEMENT_NET, TRACE_SCAN
from jobs.facts.resales import resales
from tests.facts import persons
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02", "2024-03")
SETTLED = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | fixmedins_code | month   | is_void | fund_pay_sumamt_fen
    s1      | m1       | ann     | 140100      | P1             | 2024-01 | false   | 10
    s2      | m2       | bob     | 140100      | P2             | 2024-02 | false   | 20
    s3      | m3       | bob     | 140100      | P2             | 2024-02 | true    | 30
    s4      | m4       | ann     | 140100      | P1             | 2024-03 | false   | 40
"""
SCANNED = """
    scan_id | drug_trac_codg | month   | fixmedins_code | scan_type | trdn_flag | mdtrt_id | scan_time
    k1      | again          | 2024-01 | P1             | 2         | 0         | m1       | 2024-01-05 09:00:00
    k2      | again          | 2024-01 | P1             | 2         | 0         | m1       | 2024-01-05 09:01:00
    k3      | again          | 2024-02 | P2             | 1         |           |          | 2024-02-05 08:00:00
    k4      | again          | 2024-02 | P2             | 2         | 0         | m2       | 2024-02-05 09:00:00
    k5      | void           | 2024-02 | P2             | 2         | 0         | m3       | 2024-02-05 09:00:00
    k6      | void           | 2024-03 | P1             | 2         | 0         | m4       | 2024-03-05 09:00:00
    k7      | back           | 2024-01 | P1             | 2         | 0         | m1       | 2024-01-05 09:00:00
    k8      | back           | 2024-01 | P1             | 3         | 0         |          | 2024-01-06 09:00:00
    k9      | back           | 2024-02 | P2             | 2         | 0         | m2       | 2024-02-05 09:00:00
    l1      | parts          | 2024-01 | P1             | 2         | 1         | m1       | 2024-01-05 09:00:00
    l2      | parts          | 2024-03 | P1             | 2         |           | m4       | 2024-03-05 09:00:00
    l3      | cash           | 2024-01 | P1             | 2         | 0         |          | 2024-01-05 09:00:00
    l4      | cash           | 2024-02 | P2             | 2         | 0         | m2       | 2024-02-05 09:00:00
"""


def resold(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    settled = rows(spark, SETTLEMENT_NET, SETTLED).where(f"month <= '{last}'")
    scanned = rows(spark, TRACE_SCAN, SCANNED).where(f"month <= '{last}'")
    return resales(settled, scanned, persons(spark, "ann", "bob"), months=months)


def test_a_box_out_with_somebody_is_sold_again(spark: SparkSession) -> None:
    assert_rows(
        resold(spark),
        RESALE_FACT,
        """
        scan_id | month   | drug_trac_codg | is_split | sales | person_key | setl_id | fund_fen | prev_scan_id | prev_fixmedins_code | prev_person_key
        k4      | 2024-02 | again          | false    | 2     | BOB        | s2      | 20       | k1           | P1                  | ANN
        l2      | 2024-03 | parts          | true     | 2     | ANN        | s4      | 40       | l1           | P1                  | ANN
        l4      | 2024-02 | cash           | false    | 2     | BOB        | s2      | 20       | l3           | P1                  |
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in resold(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, resold(spark).collect()))
