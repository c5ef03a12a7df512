"""Sums of money by month, as the identities of a reconciliation compare them."""

from __future__ import annotations

from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH

Identity = dict[str, Any]  # a row of ops.reconciliation without its run


def total(name: str) -> Column:
    """The sum of a column, 0 where there is no row."""
    return F.coalesce(F.sum(name), F.lit(0))


def by_month(rows: DataFrame) -> dict[str, dict[str, int]]:
    """Month → sums; rows that found no month stand under 'none'."""
    return {row[MONTH] or "none": row.asDict() for row in rows.collect()}  # a row a month
