"""gold.invoice_fact: settlements that rest on an invoice which cannot carry them."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, INVOICE_FACT
from fundwatch.tables.silver import INVOICE, SETTLEMENT_NET
from jobs.facts.invoices import invoices
from tests.facts import persons
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02", "2024-03")
SETTLED = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | month   | is_void | invono    | pay_loc | setl_time           | medfee_sumamt_fen
    s1      | m1       | ann     | 140100      | 2024-01 | false   | b-0000001 | 2       | 2024-01-05 09:00:00 | 900
    s2      | m2       | bob     | 140100      | 2024-02 | false   | b-0000001 | 1       | 2024-02-05 09:00:00 | 900
    s3      | m3       | bob     | 140100      | 2024-02 | true    | b-0000002 | 2       | 2024-02-06 09:00:00 | 900
    s4      | m4       | ann     | 140100      | 2024-03 | false   | b-0000002 | 2       | 2024-03-05 09:00:00 | 900
    gone    | m5       | ann     | 140100      | 2024-03 | false   | b-0000003 | 1       | 2024-03-05 09:00:00 | 500
    new     | m6       | ann     | 140100      | 2024-03 | false   | b-0000004 | 1       | 2024-03-05 09:00:00 | 600
    small   | m7       | ann     | 140100      | 2024-03 | false   | b-0000006 | 1       | 2024-03-05 09:00:00 | 900
    never   | m8       | ann     | 140100      | 2024-03 | false   | b-0000009 | 1       | 2024-03-05 09:00:00 | 900
    direct  | m9       | ann     | 140100      | 2024-03 | false   | b-0000008 | 2       | 2024-03-05 09:00:00 | 900
    two     | m10      | ann     | 140100      | 2024-03 | false   | b-0000010 | 1       | 2024-03-05 09:00:00 | 700
    none    | m0       | ann     | 140100      | 2024-03 | false   | 0000000-0 | 1       | 2024-03-05 09:00:00 | 900
"""
ISSUED = """
    bill_code | bill_no | fixmedins_code | issue_date | month   | total_amt_fen | stas | red_date
    b         | 0000001 | H1             | 2024-01-05 | 2024-01 | 900           | 1    |
    b         | 0000002 | H1             | 2024-02-06 | 2024-02 | 900           | 1    |
    b         | 0000003 | H1             | 2024-03-05 | 2024-03 | 500           | 2    | 2024-03-09
    b         | 0000004 | H1             | 2024-03-05 | 2024-03 | 600           | 2    | 2024-03-09
    b         | 0000005 | H1             | 2024-03-10 | 2024-03 | 600           | 1    |
    b         | 0000006 | H1             | 2024-03-05 | 2024-03 | 600           | 1    |
    b         | 0000010 |                | 2024-03-05 | 2024-03 | 450           | 1    |
    b         | 0000011 |                | 2024-03-02 | 2024-03 | 250           | 1    |
    b         | 0000012 | H1             | 2024-03-02 | 2024-03 | 300           | 2    | 2024-03-03
"""
OF_MONTH = {
    "2024-01": ("s1",),
    "2024-02": ("s2", "s3"),
    "2024-03": ("s4", "gone", "new", "small", "never", "direct", "two"),
}
CHARGED = "bkkp_sn | setl_id | month | inscp_fen\n" + "\n".join(
    f"{setl_id}-{n} | {setl_id} | {month} | {fen}"
    for month, settled in OF_MONTH.items()
    for setl_id in settled
    for n, fen in ((1, 300), (2, 0), (3, 60))
)


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    return invoices(
        rows(spark, SETTLEMENT_NET, SETTLED).where(f"month <= '{last}'"),
        rows(spark, CHARGE_FACT, CHARGED).where(f"month <= '{last}'"),
        rows(spark, INVOICE, ISSUED),
        persons(spark, "ann", "bob"),
        months=months,
    )


def test_claims_that_no_invoice_carries(spark: SparkSession) -> None:
    assert_rows(
        found(spark),
        INVOICE_FACT,
        """
        setl_id | month   | person_key | pool | by_hand | is_taken_back | is_reissued | known_share | claims | prev_setl_id | prev_person_key | inscp_fen
        s2      | 2024-02 | BOB        | 1401 | true    | false         | false       | 1.0000      | 2      | s1           | ANN             | 360
        gone    | 2024-03 | ANN        | 1401 | true    | true          | false       | 0.8333      | 1      |              |                 | 360
        new     | 2024-03 | ANN        | 1401 | true    | true          | true        | 0.8333      | 1      |              |                 | 360
        small   | 2024-03 | ANN        | 1401 | true    | false         | false       | 0.8333      | 1      |              |                 | 120
        never   | 2024-03 | ANN        | 1401 | true    | false         | false       | 0.8333      | 1      |              |                 | 360
        """,
    )


def test_each_line_is_told_with_what_nothing_covers(spark: SparkSession) -> None:
    (small,) = found(spark).where("setl_id = 'small'").collect()
    assert small["bill_key"] == "b|0000006"
    assert [tuple(line) for line in small["excess_lines"]] == [
        ("small-1", "small", 100),
        ("small-3", "small", 20),
    ]


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))
