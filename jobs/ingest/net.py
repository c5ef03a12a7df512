"""Settlements net of their reversals, and reversals that wait for what they reverse."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from fundwatch.tables.silver import KEPT, NETTED, SETTLEMENT_NET, WAITING_REVERSAL

ORIGINAL: Final = "init_setl_id is null"
VOID_ALONE: Final = (
    "coalesce(vali_flag = '0', false) or coalesce(refd_setl_flag = '1', false)"
    " or medfee_sumamt_fen < 0 or (medfee_sumamt_fen = 0 and fund_pay_sumamt_fen = 0)"
)
VOID_REVERSED: Final = " and ".join(
    f"{name} + r_{name} = 0" for name in ("medfee_sumamt_fen", "fund_pay_sumamt_fen")
)
AUTOMATIC_MINUTES: Final = 10  # a system that got no answer in time undoes at once
CHANGED: Final = "new.setl_ids <> old.setl_ids or " + " or ".join(
    f"not (new.`{name}` <=> old.`{name}`)"
    for name in SETTLEMENT_NET.names
    if name not in ("setl_id", "setl_ids")
)


def settlements_net(settlement: DataFrame) -> DataFrame:
    """One row per original settlement: money summed over it and its reversals.

    `settlement` must hold every row of the cases it holds any of. A case is void where nothing is
    left of it: reversed whole, every line taken back, or voided or flagged as refunded without a
    reversal in the data.
    """
    originals = settlement.where(ORIGINAL).withColumn("case", F.col("setl_id"))
    reversals = _summed(reversing(settlement))
    return originals.join(reversals, on="case", how="left").select(_net())


def waiting_reversals(settlement: DataFrame) -> DataFrame:
    """The rows that reverse what is not there; `settlement` as for settlements_net."""
    originals = settlement.where(ORIGINAL).select(F.col("setl_id").alias("case"))
    waiting = reversing(settlement).join(originals, on="case", how="left_anti")
    return waiting.withColumnRenamed("case", "original_id").select(list(WAITING_REVERSAL.names))


def reversing(settlement: DataFrame) -> DataFrame:
    """The rows that reverse another, with its `case`: through one reversed reversal at most."""
    rows = settlement.where(f"not ({ORIGINAL})")
    links = rows.select(
        F.col("setl_id").alias("init_setl_id"), F.col("init_setl_id").alias("first")
    )
    found = rows.join(links, on="init_setl_id", how="left")
    return found.withColumn("case", F.coalesce("first", "init_setl_id")).drop("first")


def _summed(rows: DataFrame) -> DataFrame:
    """Case → its reversals summed."""
    return rows.groupBy("case").agg(
        F.max("setl_time").alias("r_time"),
        F.collect_list("setl_time").alias("r_times"),
        F.sort_array(F.collect_set("setl_id")).alias("r_ids"),
        *(F.sum(F.coalesce(F.col(name), F.lit(0))).alias(f"r_{name}") for name in NETTED),
    )


def _net() -> list[Column]:
    money = [(_or_zero(name) + _or_zero(f"r_{name}")).alias(name) for name in NETTED]
    others = F.coalesce("r_ids", F.array().cast("array<string>"))
    is_automatic = f"t -> t >= setl_time and t < setl_time + interval {AUTOMATIC_MINUTES} minutes"
    automatic = F.expr(f"size(filter(r_times, {is_automatic}))")
    is_alone = F.col("r_ids").isNull()
    return [
        F.col("case").alias("setl_id"),
        *map(F.col, KEPT),
        F.col(MONTH),
        *money,
        F.sort_array(F.concat(F.array("setl_id"), others)).alias("setl_ids"),
        F.size(others).alias("reversals"),
        F.when(is_alone, 0).otherwise(automatic).alias("automatic_reversals"),
        F.col("r_time").alias("reversed_at"),
        F.when(is_alone, F.expr(VOID_ALONE)).otherwise(F.expr(VOID_REVERSED)).alias("is_void"),
    ]


def _or_zero(name: str) -> Column:
    return F.coalesce(F.col(name), F.lit(0))
