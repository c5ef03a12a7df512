"""gold.charge_fact: netting, money, catalogue and counts."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.tables.gold import CHARGE_FACT
from fundwatch.tables.silver import (
    CATALOGUE_ITEM,
    FEE_LINE,
    PROCUREMENT_PRICE,
    SETTLEMENT_NET,
    VISIT,
)
from jobs.facts.charges import charges
from jobs.facts.people import people
from tests.facts import codes, persons, registers
from tests.rows import assert_rows, rows

SETTLED = """
    setl_id | mdtrt_id | psn_key | insu_admdvs | fix_blng_admdvs | med_type | setl_ids | is_void
    s1      | m1       | ann     | 140100      | 140100          | 21       | s1 r1    | false
    s2      | m2       | ann     | 140100      | 140200          | 11       | s2       | false
    s3      | m3       | ann     | 140100      | 140100          | 11       | s3       | true
"""
CATALOGUE = """
    hilist_code | begndate   | enddate    | hilist_name | pack_size | pric_uplmt_amt | watch_flag
    X1          | 2023-01-01 | 2023-12-31 | old         | 10        | 50             | 0
    X1          | 2024-01-01 |            | new         | 12        | 60             | 1
"""

LISTED = """
    hilist_code | pric_type | begndate   | enddate    | pric
    X1          | 1         | 2023-01-01 | 2023-06-30 | 48
    X1          | 2         | 2023-07-01 |            | 24
"""


def charged(
    spark: SparkSession, line: str, settled: str = SETTLED, catalogue: str = CATALOGUE
) -> DataFrame:
    insured, institution = registers(spark)
    return charges(
        rows(spark, SETTLEMENT_NET, settled),
        rows(spark, FEE_LINE, line),
        rows(spark, VISIT),
        persons(spark, "ann"),
        insured,
        institution,
        rows(spark, CATALOGUE_ITEM, catalogue),
        rows(spark, PROCUREMENT_PRICE, LISTED),
        codes=codes(),
    )


def test_a_line_belongs_to_the_case_whose_settlements_hold_its_own(spark: SparkSession) -> None:
    found = charged(
        spark,
        """
        bkkp_sn | mdtrt_id | setl_id
        a       | m1       | s1
        b       | m1       | r1
        c       | m1       |
        d       | m2       | s2
        e       | m3       | s3
        f       | m9       | s9
        """,
    )
    assert_rows(
        found,
        CHARGE_FACT,
        """
        bkkp_sn | setl_id | mdtrt_id | care       | person_key | is_offsite
        a       | s1      | m1       | inpatient  | ANN        | false
        b       | s1      | m1       | inpatient  | ANN        | false
        d       | s2      | m2       | outpatient | ANN        | true
        """,
    )


REFUNDED = """
    bkkp_sn | init_feedetl_sn | mdtrt_id | setl_id | cnt | det_item_fee_sumamt_fen | inscp_amt_fen | prd_days
    a       |                 | m1       | s1      | 10  | 1000                    | 900           | 10
    a1      | a               | m1       | s1      | -4  | -400                    | -360          |
    b       |                 | m1       | s1      | 2   | 200                     | 200           |
    b1      | b               | m1       | r1      | -2  | -200                    | -200          |
    c       |                 | m1       | s1      | 5   | 500                     | 500           |
    c1      | c               | m1       | s1      | -1  | -100                    | -100          |
    c2      | c1              | m1       | r1      | 1   | 100                     | 100           |
    d1      | nowhere         | m1       | s1      | -1  | -7                      | -7            |
    e       |                 | m2       | s2      | 3   | 300                     | 300           |
    f1      | e               | m1       | s1      | -1  | -9                      | -9            |
"""


def test_refunds_go_into_the_line_they_take_back(spark: SparkSession) -> None:
    assert_rows(
        charged(spark, REFUNDED),
        CHARGE_FACT,
        """
        bkkp_sn | setl_id | cnt     | det_fen | inscp_fen | supply_days
        a       | s1      | 6.0000  | 600     | 540       | 6.0000
        c       | s1      | 5.0000  | 500     | 500       |
        d1      | s1      | -1.0000 | -7      | -7        |
        e       | s2      | 3.0000  | 300     | 300       |
        f1      | s1      | -1.0000 | -9      | -9        |
        """,
    )


def test_money_of_a_case_is_that_of_its_lines_to_the_fen(spark: SparkSession) -> None:
    landed = rows(spark, FEE_LINE, REFUNDED).withColumn(
        "case", F.when(F.col("setl_id") == "s2", "s2").otherwise("s1")
    )
    expected = landed.groupBy("case").agg(F.sum("det_item_fee_sumamt_fen"), F.sum("inscp_amt_fen"))
    found = charged(spark, REFUNDED).groupBy("setl_id").agg(F.sum("det_fen"), F.sum("inscp_fen"))
    assert sorted(map(tuple, found.collect())) == sorted(map(tuple, expected.collect()))


def test_no_line_is_charged_twice(spark: SparkSession) -> None:
    found = charged(spark, REFUNDED)
    assert found.count() == found.select("bkkp_sn").distinct().count()


def test_the_catalogue_row_of_the_day_counts(spark: SparkSession) -> None:
    found = charged(
        spark,
        """
        bkkp_sn | mdtrt_id | setl_id | hilist_code | fee_ocur_time       | cnt | trdn_flag | pric_uplmt_amt
        old     | m2       | s2      | X1          | 2023-12-31 23:59:59 | 2   |           |
        new     | m2       | s2      | X1          | 2024-01-01 00:00:00 | 2   | 0         |
        split   | m2       | s2      | X1          | 2024-01-02 09:00:00 | 3   | 1         |
        own     | m2       | s2      | X1          | 2024-01-03 09:00:00 | 3   | 1         | 4
        other   | m2       | s2      | X2          | 2024-01-03 09:00:00 | 3   | 0         |
        """,
    )
    assert_rows(
        found,
        CHARGE_FACT,
        """
        bkkp_sn | item_name | is_watched | is_split | base_cnt | cap_pric | listed_pric
        old     | old       | false      | false    | 20       | 50       | 48
        new     | new       | true       | false    | 24       | 60       | 48
        split   | new       | true       | true     | 3        | 5        | 4
        own     | new       | true       | true     | 3        | 4        | 4
        other   |           | false      | false    |          |          |
        """,
    )


def test_a_dear_drug_that_is_resold_is_of_high_value_unflagged_too(spark: SparkSession) -> None:
    catalogue = """
        hilist_code | begndate   | pric_uplmt_amt | watch_flag | high_value_flag
        flagged     | 2023-01-01 |                | 0          | 1
        dear        | 2023-01-01 | 200            | 1          | 0
        cheap       | 2023-01-01 | 199.99         | 1          |
        unwatched   | 2023-01-01 | 900            |            |
        unpriced    | 2023-01-01 |                | 1          | 0
    """
    names = ("flagged", "dear", "cheap", "unwatched", "unpriced")
    head = "bkkp_sn | mdtrt_id | setl_id | hilist_code | fee_ocur_time\n"
    line = head + "\n".join(f"{name} | m2 | s2 | {name} | 2024-01-05 09:00:00" for name in names)
    found = charged(spark, line, catalogue=catalogue).where("is_high_value").select("bkkp_sn")
    assert {row["bkkp_sn"] for row in found.collect()} == {"flagged", "dear"}


def test_of_catalogue_rows_valid_on_one_day_the_last_begun_counts(spark: SparkSession) -> None:
    found = charged(
        spark,
        """
        bkkp_sn | mdtrt_id | setl_id | hilist_code | fee_ocur_time
        before  | m2       | s2      | X1          | 2024-01-04 09:00:00
        within  | m2       | s2      | X1          | 2024-01-10 09:00:00
        after   | m2       | s2      | X1          | 2024-01-21 09:00:00
        """,
        catalogue="""
        hilist_code | begndate   | enddate    | hilist_name
        X1          | 2023-01-01 |            | long
        X1          | 2024-01-05 | 2024-01-20 | short
        """,
    )
    assert_rows(
        found,
        CHARGE_FACT,
        """
        bkkp_sn | item_name
        before  | long
        within  | short
        after   | long
        """,
    )


def test_counts_are_of_the_item_the_day_and_the_visit(spark: SparkSession) -> None:
    found = charged(
        spark,
        """
        bkkp_sn | mdtrt_id | setl_id | hilist_code | fee_ocur_time       | cnt
        a       | m1       | s1      | X1          | 2024-01-01 10:00:00 | 1
        b       | m1       | s1      | X1          | 2024-01-01 08:00:00 | 2
        c       | m1       | s1      | X1          | 2024-01-02 08:00:00 | 4
        d       | m1       | s1      | X2          | 2024-01-01 08:00:00 | 8
        e       | m2       | s2      | X1          | 2024-01-01 08:00:00 | 16
        """,
    )
    assert_rows(
        found,
        CHARGE_FACT,
        """
        bkkp_sn | day_cnt | day_rank | item_days
        a       | 3       | 2        | 2
        b       | 3       | 1        | 2
        c       | 4       | 1        | 2
        d       | 8       | 1        | 1
        e       | 16      | 1        | 1
        """,
    )


def test_months_and_row_order_do_not_matter(spark: SparkSession) -> None:
    settled = """
        setl_id | mdtrt_id | psn_key | insu_admdvs | month   | setl_ids | is_void | mid_setl_flag
        s1      | m1       | ann     | 140100      | 2024-01 | s1       | false   | 1
        s2      | m1       | ann     | 140100      | 2024-02 | s2       | false   | 0
    """
    line = """
        bkkp_sn | mdtrt_id | setl_id | hilist_code | month   | fee_ocur_time       | cnt
        a       | m1       | s1      | X1          | 2024-01 | 2024-01-31 08:00:00 | 1
        b       | m1       | s2      | X1          | 2024-01 | 2024-01-31 10:00:00 | 2
        c       | m1       | s2      | X1          | 2024-02 | 2024-02-01 10:00:00 | 4
        old     | m1       | s2      | X1          | 2023-01 | 2023-01-01 10:00:00 | 8
    """
    together = charged(spark, line, settled).drop("charged_at").collect()
    heads = settled.strip().splitlines()
    alone = [
        row
        for one in heads[1:]
        for row in charged(spark, line, "\n".join([heads[0], one])).drop("charged_at").collect()
    ]
    lines = line.strip().splitlines()
    turned = charged(spark, "\n".join([lines[0], *lines[:0:-1]]), settled)
    assert sorted(together) == sorted(alone)
    assert sorted(together) == sorted(turned.drop("charged_at").collect())
    assert {row["bkkp_sn"] for row in together} == {"a", "b", "c"}


def test_lines_are_shuffled_once(spark: SparkSession) -> None:
    """The fact's plan may exchange the wide lines (they alone carry acord_dr_code) only once."""
    plan = charged(spark, REFUNDED)._jdf.queryExecution().executedPlan().toString()
    wide = [x for x in plan.splitlines() if "Exchange hashpartitioning" in x]
    assert any("mdtrt_id" in x for x in wide)


def test_people_without_register_keep_what_the_settlement_says(spark: SparkSession) -> None:
    insured, _ = registers(spark)
    (row,) = people(persons(spark, "ann"), insured).collect()
    assert (row["person_key"], row["known_gend"]) == ("ANN", None)
