"""The fee lines of settlements, each with the part of it that is in question."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def with_parts(told: DataFrame, charge_fact: DataFrame, share: str) -> DataFrame:
    """Rows of `told` (by setl_id) with inscp_fen and excess_lines: `share` [0 to 1] of each line.

    Rounded half up to fen by line; a settlement without a line within the scope is left out.
    `told` is worked out once, so its rows are grouped whole rather than joined again.
    """
    part, excess = part_of_line(share)
    rows = told.drop("inscp_fen")
    line = charge_fact.select("setl_id", "bkkp_sn", "inscp_fen")
    return (
        rows.join(line, on="setl_id", how="inner")
        .where(part > 0)
        .groupBy(*rows.columns)
        .agg(
            F.array_sort(F.collect_list(excess)).alias("excess_lines"),
            F.sum(part).alias("total"),
        )
        .withColumnRenamed("total", "inscp_fen")
    )


def part_of_line(share: str) -> tuple[Column, Column]:
    """That share [0 to 1] of a line's inscp_fen, half up [fen], and the line with it."""
    part = F.round(F.col("inscp_fen") * F.col(share)).cast("bigint")
    return part, F.struct("bkkp_sn", "setl_id", part.alias("inscp_fen"))


def gathered(
    line: DataFrame, by: list[str], part: Column, excess: Column, *more: Column
) -> DataFrame:
    """Lines of gold.charge_fact `by` what they are told of: how much of them, which, and when."""
    return (
        line.where(part > 0)
        .groupBy(*by)
        .agg(
            *more,
            F.min("charged_on").alias("first_on"),
            F.max("charged_on").alias("last_on"),
            F.sum(part).alias("inscp_fen"),
            F.array_sort(F.collect_list(excess)).alias("excess_lines"),
        )
    )
