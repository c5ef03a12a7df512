"""gold.resale_fact: boxes sold while their code was out with somebody already."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_number, seen_by

BACK: Final = 12  # months before its own in which a month looks for earlier sales
SALE, RETURN = "2", "3"  # scan_type
OF_SALE: Final = ("scan_id", "fixmedins_code", "person_key", "sold_on")


def resales(
    settlement_net: DataFrame, trace_scan: DataFrame, person: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.resale_fact. Returns are netted first, and a box scanned twice for one visit is one.

    Sales of voided settlements do not count; a sale without a visit was paid in cash and counts as
    an earlier one. Which of two sales was the false one, no record tells: the later is named.
    """
    sale = _sales(settlement_net, trace_scan, person)
    back = trace_scan.where(F.col("scan_type") == RETURN).select(
        "drug_trac_codg",
        "scan_id",
        "scan_time",
        "month",
        month_number().alias("first_number"),
        F.lit(-1).alias("step"),
    )
    moved = sale.unionByName(back, allowMissingColumns=True)
    seen = seen_by(moved, months, back=BACK).where(f"{VIEW} <= first_number + {BACK}")
    by_code = Window.partitionBy("drug_trac_codg", VIEW)
    # A return at the very second of a sale comes first: it frees the box.
    in_order = by_code.orderBy("scan_time", "step", "scan_id")
    before = in_order.rowsBetween(Window.unboundedPreceding, -1)
    so_far = in_order.rowsBetween(Window.unboundedPreceding, 0)
    is_sale = F.col("step") == 1
    earlier = F.last(F.when(is_sale, F.struct(*OF_SALE)), ignorenulls=True).over(before)
    return (
        seen.withColumns(
            {
                "out": F.coalesce(F.sum("step").over(before), F.lit(0)),
                "earlier": earlier,
                "sales": F.sum(is_sale.cast("int")).over(so_far).cast("int"),
                "is_split": F.coalesce(F.max("was_split").over(by_code), F.lit(False)),
            }
        )
        .where(is_sale & (F.col("out") >= 1) & F.col("setl_id").isNotNull())
        .where(month_number("setl_month") == F.col(VIEW))
        .withColumns({f"prev_{name}": F.col(f"earlier.{name}") for name in OF_SALE})
        .withColumn("month", F.col("setl_month"))
    )


def _sales(settlement_net: DataFrame, trace_scan: DataFrame, person: DataFrame) -> DataFrame:
    """One row a code and visit: the first scan; with its standing settlement where insured."""
    standing = settlement_net.where("NOT is_void").select(
        "mdtrt_id",
        "setl_id",
        "setl_time",
        F.col("month").alias("setl_month"),
        F.col("fix_blng_admdvs").alias("area"),
        "insu_admdvs",
        F.col("psn_key").alias("payer"),
        F.col("fund_pay_sumamt_fen").alias("fund_fen"),
        F.col("acct_pay_fen").alias("acct_fen"),
    )
    who = person.select("insu_admdvs", F.col("psn_key").alias("payer"), "person_key")
    once = Window.partitionBy("drug_trac_codg", F.coalesce("mdtrt_id", "scan_id")).orderBy(
        "scan_time", "scan_id", "setl_time", "setl_id"
    )
    number = month_number("setl_month")
    return (
        trace_scan.where(F.col("scan_type") == SALE)
        .select(
            *("drug_trac_codg", "scan_id", "scan_time", "hilist_code", "fixmedins_code"),
            *("mdtrt_id", F.col("month").alias("scan_month")),
            (F.coalesce("trdn_flag", F.lit("0")) == "1").alias("was_split"),
            F.to_date("scan_time").alias("sold_on"),
        )
        .join(standing, on="mdtrt_id", how="left")
        .where("mdtrt_id IS NULL OR setl_id IS NOT NULL")
        .withColumn("nth", F.row_number().over(once))
        .where("nth = 1")
        .join(who, on=["insu_admdvs", "payer"], how="left")
        .withColumn("month", F.greatest("scan_month", "setl_month"))
        .withColumn("first_number", F.least(month_number("scan_month"), number))
        .withColumn("step", F.lit(1))
        .drop("nth", "insu_admdvs", "payer", "setl_time")
    )
