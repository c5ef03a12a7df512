"""gold.stock_fact: what an institution billed to the insurance and never had on its shelves."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import is_pharmacy
from jobs.facts.months import VIEW, month_label, month_number, seen_by

BACK: Final = 11  # months before its own over which a month counts: twelve together
OPENING: Final = "101"
INSURED_SALE: Final = "104"  # told by the fee lines
CASH: Final = ("105", "106")  # cash sales, and what came back
GOODS: Final = ("101", "103", "301")  # not what is weighed out or made in the house
ITEM: Final = ["fixmedins_code", "hilist_code", VIEW]
CLEARLY_SHORT: Final = "short_cnt * 10 > billed_cnt AND short_cnt >= 3 * coalesce(pack_size, 1)"


def stocks(
    charge_fact: DataFrame, stock_movement: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.stock_fact of items billed beyond the stock of an institution that took stock.

    All is counted from the institution's last 期初 within the twelve months; without one, what was
    on the shelves is not known, and nothing is said. The excess is told once, in the month that
    brought it, and on that month's last lines.

    Lines and movements are summed by month and by the 期初 before them; only these sums are looked
    at from twelve months each.
    """
    moved = stock_movement.where("hilist_code IS NOT NULL").withColumn("day", F.to_date("txn_time"))
    opened = moved.where(F.col("txn_type") == OPENING).select("fixmedins_code", "day", "month")
    line = _since_opening(_goods(charge_fact), opened)
    last = F.max("day").alias("counted_on")
    seen = seen_by(opened, months, back=BACK).groupBy("fixmedins_code", VIEW).agg(last)
    since = F.broadcast(seen)

    def counted(sums: DataFrame) -> DataFrame:
        viewed = seen_by(sums, months, back=BACK)
        return viewed.join(since, on=["fixmedins_code", VIEW, "counted_on"], how="inner")

    had = _had(counted(_moved(_since_opening(moved, opened))))
    both = _billed(counted(_sold(line))).join(had, on=ITEM, how="left")
    short = _short(both.fillna(0, subset=["had_cnt", "cash_cnt", "had_before", "cash_before"]))
    lines = _excess_lines(seen_by(line, months, back=0), short)
    return (
        short.join(lines, on=ITEM, how="inner")
        .withColumn("txn_ids", F.coalesce("txn_ids", F.array().cast("array<string>")))
        .withColumn("is_pharmacy", is_pharmacy("fixmedins_code"))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _goods(charge_fact: DataFrame) -> DataFrame:
    return charge_fact.where(F.col("list_type").isin(*GOODS) & (F.col("base_cnt") > 0)).select(
        *("fixmedins_code", "hilist_code", "month", "area", "item_name", "list_type", "base_cnt"),
        *("cnt", "is_split", "charged_at", "bkkp_sn", "setl_id", "inscp_fen"),
        F.col("charged_on").alias("day"),
    )


def _since_opening(rows: DataFrame, opened: DataFrame) -> DataFrame:
    """Rows on or after a 期初 of their institution, with the day of the last: `counted_on`."""
    days = opened.groupBy("fixmedins_code").agg(F.collect_set("day").alias("openings"))
    before = F.filter("openings", lambda opening: opening <= F.col("day"))
    return (
        rows.join(F.broadcast(days), on="fixmedins_code", how="inner")
        .withColumn("counted_on", F.array_max(before))
        .where("counted_on IS NOT NULL")
        .drop("openings")
    )


def _is_before() -> Column:
    return month_number() < F.col(VIEW)


def _sold(line: DataFrame) -> DataFrame:
    """Billed by item, month and 期初."""
    whole = F.try_divide("base_cnt", "cnt")  # refunds may leave nothing
    per_pack = F.when(~F.col("is_split"), whole.cast("decimal(16,4)"))
    return line.groupBy("fixmedins_code", "hilist_code", "month", "counted_on").agg(
        F.min("area").alias("area"),
        F.min("item_name").alias("item_name"),
        F.min("list_type").alias("list_type"),
        F.sum("base_cnt").alias("billed_cnt"),
        F.max(per_pack).alias("pack_size"),
    )


def _billed(sold: DataFrame) -> DataFrame:
    before = F.when(_is_before(), F.col("billed_cnt")).otherwise(0)
    return sold.groupBy(*ITEM).agg(
        *(F.min(name).alias(name) for name in ("area", "item_name", "list_type")),
        F.max("counted_on").alias("counted_on"),
        F.sum("billed_cnt").alias("billed_cnt"),
        F.sum(before).alias("billed_before"),
        F.max("pack_size").alias("pack_size"),
    )


def _moved(moved: DataFrame) -> DataFrame:
    """What came in and stayed, and what was sold for cash, by item, month and 期初."""
    is_cash = F.col("txn_type").isin(*CASH)
    is_billed = F.col("txn_type") == INSURED_SALE
    sums = {"had": ~is_cash & ~is_billed, "cash": is_cash}
    return moved.groupBy("fixmedins_code", "hilist_code", "month", "counted_on").agg(
        *(
            F.sum(F.when(is_so, F.col("qty")).otherwise(0)).alias(f"{name}_cnt")
            for name, is_so in sums.items()
        ),
        F.collect_set("txn_id").alias("txn_ids"),
    )


def _had(moved: DataFrame) -> DataFrame:
    """The same at the month's end and before it."""
    names = ("had", "cash")
    return moved.groupBy(*ITEM).agg(
        *(F.sum(f"{name}_cnt").alias(f"{name}_cnt") for name in names),
        *(
            F.sum(F.when(_is_before(), F.col(f"{name}_cnt")).otherwise(0)).alias(f"{name}_before")
            for name in names
        ),
        F.array_sort(F.flatten(F.collect_list("txn_ids"))).alias("txn_ids"),
    )


def _short(both: DataFrame) -> DataFrame:
    """Items of which more was billed than was there, with the part that is new this month."""

    def lacking(billed: str, had: str, cash: str) -> Column:
        there = F.greatest(F.col(had) + F.least(F.col(cash), F.lit(0)), F.lit(0))
        return F.greatest(F.col(billed) - there, F.lit(0)).cast("decimal(38,4)")

    new = F.col("short_cnt") - lacking("billed_before", "had_before", "cash_before")
    this_month = F.col("billed_cnt") - F.col("billed_before")
    of_house = Window.partitionBy("fixmedins_code", VIEW)
    return (
        both.withColumn("short_cnt", lacking("billed_cnt", "had_cnt", "cash_cnt"))
        .withColumn("short_items", F.count_if(F.expr(CLEARLY_SHORT)).over(of_house).cast("int"))
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
    share = F.coalesce(F.try_divide(F.least("over", "base_cnt"), "base_cnt"), F.lit(0))
    told = F.struct("bkkp_sn", "setl_id", F.col("fen").alias("inscp_fen"))
    return (
        line.join(
            short.select(*ITEM, "counted_on", "excess_cnt"), on=[*ITEM, "counted_on"], how="inner"
        )
        .withColumn("over", over)
        .where("over > 0 AND inscp_fen > 0")
        .withColumn("fen", F.round(F.col("inscp_fen") * share).cast("bigint"))
        .groupBy(*ITEM)
        .agg(
            F.sum("fen").alias("inscp_fen"),
            F.array_sort(F.collect_list(told)).alias("excess_lines"),
        )
    )
