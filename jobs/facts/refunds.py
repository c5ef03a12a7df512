"""Refund lines netted into the lines they take back, looking at the few that name another only."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

AMOUNTS: Final = ("cnt", "det_fen", "inscp_fen")
NAMING: Final = "init_feedetl_sn IS NOT NULL"


def refunds(line: DataFrame, standing: DataFrame) -> DataFrame:
    """One row per visit that has refunds: what to take from which line, and which lines vanish.

    `line` has bkkp_sn, init_feedetl_sn, mdtrt_id, setl_id and AMOUNTS; `standing` has mdtrt_id,
    case_id and setl_ids. `taken` maps a line to the sum of its refunds (negative, as a rule), and
    `absorbed` lists these refunds. A refund counts only if the line it names is of the same case;
    one that names a refund (the taking back inside a reversed stay) counts for the line that the
    other names. Longer chains are not followed: their lines stay as they are, so no money is lost.
    """
    naming = line.where(NAMING)
    above = naming.select(
        F.col("bkkp_sn").alias("init_feedetl_sn"), F.col("init_feedetl_sn").alias("top")
    )
    rooted = naming.join(above, on="init_feedetl_sn", how="left").withColumn(
        "root", F.coalesce("top", "init_feedetl_sn")
    )
    original = line.where(f"NOT ({NAMING})").select(
        "mdtrt_id", F.col("bkkp_sn").alias("root"), F.col("setl_id").alias("root_setl_id")
    )
    found = (
        rooted.join(standing, on="mdtrt_id", how="inner")
        .where("array_contains(setl_ids, setl_id)")
        .join(original, on=["mdtrt_id", "root"], how="inner")
        .where("array_contains(setl_ids, root_setl_id)")
    )
    per_root = found.groupBy("mdtrt_id", "root").agg(
        F.struct(*(F.sum(name).alias(name) for name in AMOUNTS)).alias("sums"),
        F.collect_set("bkkp_sn").alias("by"),
    )
    return per_root.groupBy("mdtrt_id").agg(
        F.map_from_entries(F.collect_list(F.struct("root", "sums"))).alias("taken"),
        F.flatten(F.collect_list("by")).alias("absorbed"),
    )


def net_of_refunds(line: DataFrame) -> DataFrame:
    """Lines with `taken` and `absorbed` of their visit → lines whose AMOUNTS are net.

    Absorbed refunds and lines of which neither quantity nor money is left are gone.
    """
    stays = F.coalesce(~F.array_contains("absorbed", F.col("bkkp_sn")), F.lit(True))
    left = " OR ".join(f"{name} <> 0" for name in AMOUNTS)
    net = {name: _net(name) for name in AMOUNTS}
    share = F.when(F.col("taken").isNull(), F.lit(1)).otherwise(
        F.coalesce(F.try_divide(net["cnt"], F.col("cnt")), F.lit(1))
    )
    kept = {"prd_days": (F.col("prd_days") * share).cast("decimal(16,4)")}
    return line.where(stays).withColumns({**kept, **net}).where(left).drop("taken", "absorbed")


def _net(name: str) -> Column:
    kind = "decimal(16,4)" if name == "cnt" else "bigint"
    taken = F.element_at("taken", F.col("bkkp_sn")).getField(name)
    return (F.col(name) + F.coalesce(taken, F.lit(0))).cast(kind)
