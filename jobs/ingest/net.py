"""Settlements net of their reversals: silver.settlement → silver.settlement_net."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from fundwatch.tables.silver import KEPT, NETTED, SETTLEMENT_NET

ORIGINAL: Final = "init_setl_id is null"
CHANGED: Final = "new.setl_ids <> old.setl_ids or " + " or ".join(
    f"not (new.`{name}` <=> old.`{name}`)"
    for name in SETTLEMENT_NET.names
    if name not in ("setl_id", "setl_ids")
)


def settlements_net(settlement: DataFrame) -> DataFrame:
    """One row per original settlement: money summed over it and its reversals.

    `settlement` must hold every row of the cases it holds any of. A case is void where nothing is
    left of it: reversed whole, voided or flagged as refunded without a reversal in the data, or a
    reversal (negative money) whose original is not there; such an orphan carries its own data.
    """
    cased = with_case(settlement)
    originals = cased.where(ORIGINAL)
    reversals = _reversals(cased.where(f"not ({ORIGINAL})"))
    found = originals.join(reversals, on="case", how="left")
    orphans = reversals.join(originals.select("case"), on="case", how="left_anti")
    return found.select(_net()).unionByName(orphans.select(_orphan()))


def with_case(settlement: DataFrame) -> DataFrame:
    """`case`: the settlement that a row is, or reverses, through one reversed reversal at most."""
    links = settlement.where(f"not ({ORIGINAL})").select(
        F.col("setl_id").alias("init_setl_id"), F.col("init_setl_id").alias("first")
    )
    return settlement.join(links, on="init_setl_id", how="left").withColumn(
        "case", F.coalesce("first", "init_setl_id", "setl_id")
    )


def _reversals(rows: DataFrame) -> DataFrame:
    """Case → its reversals summed, with the latest as the data of an orphan."""
    latest = F.struct("setl_time", "setl_id", MONTH, *(n for n in KEPT if n != "setl_time"))
    return rows.groupBy("case").agg(
        F.count("*").cast("int").alias("r_count"),
        F.max("setl_time").alias("r_time"),
        F.sort_array(F.collect_set("setl_id")).alias("r_ids"),
        F.max(latest).alias("r_data"),
        *(F.sum(F.coalesce(F.col(name), F.lit(0))).alias(f"r_{name}") for name in NETTED),
    )


def _net() -> list[Column]:
    money = [
        (F.coalesce(F.col(name), F.lit(0)) + F.coalesce(F.col(f"r_{name}"), F.lit(0))).alias(name)
        for name in NETTED
    ]
    return [
        F.col("setl_id"),
        *map(F.col, KEPT),
        *money,
        F.sort_array(F.concat(F.array("setl_id"), F.coalesce("r_ids", F.array()))).alias(
            "setl_ids"
        ),
        F.coalesce("r_count", F.lit(0)).alias("reversals"),
        F.col("r_time").alias("reversed_at"),
        F.when(F.col("r_count").isNull(), F.expr(VOID_ALONE))
        .otherwise(F.expr(VOID_REVERSED))
        .alias("is_void"),
        F.col(MONTH),
    ]


VOID_ALONE: Final = (
    "coalesce(vali_flag = '0', false) or coalesce(refd_setl_flag = '1', false)"
    " or medfee_sumamt_fen < 0"
)
VOID_REVERSED: Final = " and ".join(
    f"{name} + r_{name} = 0" for name in ("medfee_sumamt_fen", "fund_pay_sumamt_fen")
)


def _orphan() -> list[Column]:
    return [
        F.col("case").alias("setl_id"),
        *(F.col(f"r_data.{name}").alias(name) for name in KEPT),
        *(F.col(f"r_{name}").alias(name) for name in NETTED),
        F.col("r_ids").alias("setl_ids"),
        F.col("r_count").alias("reversals"),
        F.col("r_time").alias("reversed_at"),
        F.lit(True).alias("is_void"),
        F.col(f"r_data.{MONTH}").alias(MONTH),
    ]
