"""gold.unsupplied_fact: stays, visits and sales whose drugs were mostly never in the house."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.care import CONSUMABLE, is_pharmacy
from jobs.facts.months import VIEW, month_label, month_number, seen_by

BACK: Final = 5  # months before its own that a month looks over: six together
ITEMS: Final = 2  # drugs beyond the stock in one case: a single one may be a swap or a slip
SHARE: Final = 0.5  # of the case's drug money that is beyond the stock
CARD: Final = "coalesce(mdtrt_cert_type = '03', false)"  # the insurance card: it can be kept
TOLD: Final = 5  # names of drugs that are told
CASE: Final = (
    *("case_id", "kind", "month", "fixmedins_code", "area", "person_key", "day", "setl_ids"),
    *("is_card", "drug_fen", "fund_fen", "acct_fen"),
)
GROUP: Final = [VIEW, "fixmedins_code", "kind"]


def unsupplied(
    stock_fact: DataFrame, visit_fact: DataFrame, stay_fact: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.unsupplied_fact, of months with such a case, each with those of six months together.

    A month's last lines are beyond the stock (gold.stock_fact): who came last may have got what was
    there and who came before nothing, so one case says little, and many of a house say much.
    """
    short = _short(stock_fact.where(F.col("list_type") != CONSUMABLE))
    case = _visits(visit_fact).unionByName(_stays(stay_fact))
    met = case.withColumn("setl_id", F.explode("setl_ids")).join(
        F.broadcast(short), on="setl_id", how="inner"
    )
    bare = met.groupBy(*CASE).agg(
        *(_together(name).alias(name) for name in ("codes", "names", "bkkp_sns")),
        F.sum("short_fen").alias("short_fen"),
    )
    is_bare = (F.size("codes") >= ITEMS) & (F.col("short_fen") >= F.col("drug_fen") * SHARE)
    seen = seen_by(bare.where(is_bare), months, back=BACK)
    return (
        seen.groupBy(*GROUP)
        .agg(*_measures())
        .where("news")
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _short(stock_fact: DataFrame) -> DataFrame:
    """Settlement → what of it was beyond the stock."""
    line = stock_fact.select("hilist_code", "item_name", F.explode("excess_lines").alias("line"))
    return line.groupBy("line.setl_id").agg(
        F.collect_set("hilist_code").alias("codes"),
        F.collect_set("item_name").alias("names"),
        F.collect_set("line.bkkp_sn").alias("bkkp_sns"),
        F.sum("line.inscp_fen").alias("short_fen"),
    )


def _visits(visit_fact: DataFrame) -> DataFrame:
    kind = F.when(is_pharmacy("fixmedins_code"), "sale").otherwise("visit")
    known = {
        "case_id": F.col("setl_id"),
        "kind": kind,
        "day": F.col("visited_on"),
        "setl_ids": F.array("setl_id"),
        "is_card": F.expr(CARD),
    }
    return visit_fact.withColumns(known).select(*CASE)


def _stays(stay_fact: DataFrame) -> DataFrame:
    known = {
        "case_id": F.col("mdtrt_id"),
        "kind": F.lit("stay"),
        "day": F.col("admitted_on"),
        "is_card": F.lit(False),
    }
    return stay_fact.withColumns(known).select(*CASE)


def _together(name: str) -> Column:
    return F.array_sort(F.array_distinct(F.flatten(F.collect_list(name))))


def _measures() -> tuple[Column, ...]:
    return (
        F.min("area").alias("area"),
        F.size(F.collect_set("person_key")).alias("persons"),
        F.count("*").cast("int").alias("cases"),
        F.count_if("is_card").cast("int").alias("card_cases"),
        F.slice(_together("names"), 1, TOLD).alias("items"),
        F.sum("short_fen").alias("short_fen"),
        F.sum("fund_fen").alias("fund_fen"),
        F.sum("acct_fen").alias("acct_fen"),
        F.min("day").alias("first_on"),
        F.max("day").alias("last_on"),
        *(_together(name).alias(name) for name in ("setl_ids", "bkkp_sns")),
        F.array_sort(F.collect_set("person_key")).alias("person_keys"),
        F.max(month_number() == F.col(VIEW)).alias("news"),
    )
