"""Settlements net of their reversals: silver.settlement → silver.settlement_net."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from fundwatch.tables.silver import KEPT, NETTED, SETTLEMENT_NET

ORIGINAL: Final = "init_setl_id is null"
VOID_ALONE: Final = (
    "coalesce(vali_flag = '0', false) or coalesce(refd_setl_flag = '1', false)"
    " or medfee_sumamt_fen < 0 or (medfee_sumamt_fen = 0 and fund_pay_sumamt_fen = 0)"
)
VOID_REVERSED: Final = " and ".join(
    f"{name} + r_{name} = 0" for name in ("medfee_sumamt_fen", "fund_pay_sumamt_fen")
)
CHANGED: Final = "new.setl_ids <> old.setl_ids or " + " or ".join(
    f"not (new.`{name}` <=> old.`{name}`)"
    for name in SETTLEMENT_NET.names
    if name not in ("setl_id", "setl_ids")
)


def settlements_net(settlement: DataFrame) -> DataFrame:
    """One row per original settlement: money summed over it and its reversals.

    `settlement` must hold every row of the cases it holds any of. A case is void where nothing is
    left of it: reversed whole, every line taken back, voided or flagged as refunded without a
    reversal in the data, or a reversal (negative money) whose original is not there; such an
    orphan carries its own data.
    """
    originals = settlement.where(ORIGINAL).withColumn("case", F.col("setl_id"))
    reversals = _summed(reversing(settlement))
    return originals.join(reversals, on="case", how="full").select(_net())


def reversing(settlement: DataFrame) -> DataFrame:
    """The rows that reverse another, with its `case`: through one reversed reversal at most."""
    rows = settlement.where(f"not ({ORIGINAL})")
    links = rows.select(
        F.col("setl_id").alias("init_setl_id"), F.col("init_setl_id").alias("first")
    )
    found = rows.join(links, on="init_setl_id", how="left")
    return found.withColumn("case", F.coalesce("first", "init_setl_id")).drop("first")


def _summed(rows: DataFrame) -> DataFrame:
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
    is_orphan = F.col("setl_id").isNull()
    kept = [
        F.when(is_orphan, F.col(f"r_data.{name}")).otherwise(F.col(name)).alias(name)
        for name in (*KEPT, MONTH)
    ]
    money = [(_or_zero(name) + _or_zero(f"r_{name}")).alias(name) for name in NETTED]
    own = F.when(is_orphan, F.array().cast("array<string>")).otherwise(F.array("setl_id"))
    others = F.coalesce("r_ids", F.array().cast("array<string>"))
    void = F.when(is_orphan, True).when(F.col("r_count").isNull(), F.expr(VOID_ALONE))
    return [
        F.col("case").alias("setl_id"),
        *kept,
        *money,
        F.sort_array(F.concat(own, others)).alias("setl_ids"),
        F.coalesce("r_count", F.lit(0)).alias("reversals"),
        F.col("r_time").alias("reversed_at"),
        void.otherwise(F.expr(VOID_REVERSED)).alias("is_void"),
    ]


def _or_zero(name: str) -> Column:
    return F.coalesce(F.col(name), F.lit(0))
