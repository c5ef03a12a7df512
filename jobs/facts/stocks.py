"""gold.stock_fact: what an institution billed to the insurance and never had on its shelves."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, seen_by

BACK: Final = 11  # months before its own over which a month counts: twelve together
OPENING: Final = "101"
INSURED_SALE: Final = "104"  # told by the fee lines
CASH: Final = ("105", "106")  # cash sales, and what came back
GOODS: Final = ("101", "103", "301")  # not what is weighed out or made in the house
ITEM: Final = ["fixmedins_code", "hilist_code", VIEW]


def stocks(
    charge_fact: DataFrame, stock_movement: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.stock_fact of items billed beyond the stock of an institution that took stock.

    All is counted from the institution's last 期初 within the twelve months; without one, what was
    on the shelves is not known, and nothing is said. The excess is told once, in the month that
    brought it, and on that month's last lines.
    """
    moved = seen_by(stock_movement.where("hilist_code IS NOT NULL"), months, back=BACK)
    moved = moved.withColumn("day", F.to_date("txn_time"))
    opened = moved.where(F.col("txn_type") == OPENING).groupBy("fixmedins_code", VIEW)
    since = F.broadcast(opened.agg(F.max("day").alias("counted_on")))
    house = ["fixmedins_code", VIEW]
    line = seen_by(_goods(charge_fact), months, back=BACK).join(since, on=house, how="inner")
    line = line.where("charged_on >= counted_on")
    counted = moved.join(since, on=house, how="inner").where("day >= counted_on")
    both = _billed(line).join(_had(counted), on=ITEM, how="left")
    short = _short(both.fillna(0, subset=["had_cnt", "cash_cnt", "had_before", "cash_before"]))
    lines = _excess_lines(line, short)
    return (
        short.join(lines, on=ITEM, how="inner")
        .withColumn("txn_ids", F.coalesce("txn_ids", F.array().cast("array<string>")))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _goods(charge_fact: DataFrame) -> DataFrame:
    return charge_fact.where(F.col("list_type").isin(*GOODS) & (F.col("base_cnt") > 0)).select(
        *("fixmedins_code", "hilist_code", "month", "area", "item_name", "list_type", "base_cnt"),
        *("cnt", "is_split", "charged_on", "charged_at", "bkkp_sn", "setl_id", "inscp_fen"),
    )


def _is_before() -> Column:
    return month_number() < F.col(VIEW)


def _billed(line: DataFrame) -> DataFrame:
    before = F.when(_is_before(), F.col("base_cnt")).otherwise(0)
    per_pack = F.when(~F.col("is_split"), (F.col("base_cnt") / F.col("cnt")).cast("decimal(16,4)"))
    return line.groupBy(*ITEM).agg(
        F.min("area").alias("area"),
        F.min("item_name").alias("item_name"),
        F.min("list_type").alias("list_type"),
        F.max("counted_on").alias("counted_on"),
        F.sum("base_cnt").alias("billed_cnt"),
        F.sum(before).alias("billed_before"),
        F.max(per_pack).alias("pack_size"),
    )


def _had(counted: DataFrame) -> DataFrame:
    """What came in and stayed, and what was sold for cash; at the month's end and before it."""
    is_cash = F.col("txn_type").isin(*CASH)
    is_billed = F.col("txn_type") == INSURED_SALE
    sums = {"had": ~is_cash & ~is_billed, "cash": is_cash}
    return counted.groupBy(*ITEM).agg(
        *(
            F.sum(F.when(is_so, F.col("qty")).otherwise(0)).alias(f"{name}_cnt")
            for name, is_so in sums.items()
        ),
        *(
            F.sum(F.when(is_so & _is_before(), F.col("qty")).otherwise(0)).alias(f"{name}_before")
            for name, is_so in sums.items()
        ),
        F.array_sort(F.collect_set("txn_id")).alias("txn_ids"),
    )


def _short(both: DataFrame) -> DataFrame:
    """Items of which more was billed than was there, with the part that is new this month."""

    def lacking(billed: str, had: str, cash: str) -> Column:
        there = F.greatest(F.col(had) + F.least(F.col(cash), F.lit(0)), F.lit(0))
        return F.greatest(F.col(billed) - there, F.lit(0)).cast("decimal(38,4)")

    new = F.col("short_cnt") - lacking("billed_before", "had_before", "cash_before")
    this_month = F.col("billed_cnt") - F.col("billed_before")
    return (
        both.withColumn("short_cnt", lacking("billed_cnt", "had_cnt", "cash_cnt"))
        .withColumn("excess_cnt", F.least(new, this_month).cast("decimal(38,4)"))
        .withColumn("cash_cnt", F.greatest(-F.col("cash_cnt"), F.lit(0)))
        .where("excess_cnt > 0")
    )


def _excess_lines(line: DataFrame, short: DataFrame) -> DataFrame:
    """The last lines of the month that add up to its excess; the first of them is cut to fit."""
    later = (
        Window.partitionBy(*ITEM)
        .orderBy(F.desc("charged_at"), F.desc("bkkp_sn"))
        .rowsBetween(Window.unboundedPreceding, -1)
    )
    over = F.col("excess_cnt") - F.coalesce(F.sum("base_cnt").over(later), F.lit(0))
    share = F.least(F.col("over"), F.col("base_cnt")) / F.col("base_cnt")
    told = F.struct("bkkp_sn", "setl_id", F.col("fen").alias("inscp_fen"))
    return (
        line.where(~_is_before())
        .join(short.select(*ITEM, "excess_cnt"), on=ITEM, how="inner")
        .withColumn("over", over)
        .where("over > 0 AND inscp_fen > 0")
        .withColumn("fen", F.round(F.col("inscp_fen") * share).cast("bigint"))
        .groupBy(*ITEM)
        .agg(
            F.sum("fen").alias("inscp_fen"),
            F.array_sort(F.collect_list(told)).alias("excess_lines"),
        )
    )
