"""Registers in which a charged item must be found: reports, orders in stays, boxes sold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH

CASE: Final = ["mdtrt_id", MONTH, "hilist_code"]
SALE: Final = "2"  # scan_type
# A register, and the care in which an item that it names is asked for in it.
ASKED: Final = {"report": "true", "order": "care = 'inpatient'", "trace": "care = 'pharmacy'"}


def sold(trace_scan: DataFrame) -> DataFrame:
    """Scans of sales."""
    return trace_scan.where(F.col("scan_type") == SALE)


def items_of(registers: Mapping[str, DataFrame]) -> DataFrame:
    """(register, hilist_code): items that a register names anywhere; a few thousand rows."""
    items = (
        register.where("hilist_code IS NOT NULL").select(
            F.lit(name).alias("register"), "hilist_code"
        )
        for name, register in registers.items()
    )
    return reduce(DataFrame.unionByName, items).distinct()


def lines_asked(line: DataFrame, known: DataFrame) -> DataFrame:
    """Lines of items that something may be asked of: of most, nothing is."""
    named = known.groupBy("hilist_code").agg(F.collect_set("register").alias("registers"))
    asked = ["lmt_diag IS NOT NULL OR needs_oprn IS NOT NULL"]
    asked += [f"array_contains(registers, '{name}') AND {care}" for name, care in ASKED.items()]
    return (
        line.join(F.broadcast(named), on="hilist_code", how="left")
        .where(" OR ".join(f"({one})" for one in asked))
        .drop("registers")
    )


def with_register(judged: DataFrame, name: str, register: DataFrame, known: DataFrame) -> DataFrame:
    """With has_`name`: whether the register names the case; null for what it never names."""
    listed = register.where("hilist_code IS NOT NULL")
    same = [key for key in CASE if key in register.columns]
    named = listed.select(*same, F.lit(True).alias("is_named")).distinct()
    items = known.where(F.col("register") == name)
    there = F.when(F.col("is_known") & F.expr(ASKED[name]), F.coalesce("is_named", F.lit(False)))
    return (
        judged.join(named, on=same, how="left")
        .join(
            F.broadcast(items.select("hilist_code", F.lit(True).alias("is_known"))),
            on="hilist_code",
            how="left",
        )
        .withColumn(f"has_{name}", there)
        .drop("is_named", "is_known")
    )
