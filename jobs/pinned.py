"""Cutting a plan: what many branches start from is computed once, and their plans begin at it."""

from __future__ import annotations

from pyspark.sql import DataFrame


def pinned(frame: DataFrame) -> DataFrame:
    """The same rows as a leaf of later plans, held by the executors until nobody refers to them.

    A mere cache would not do: Spark analyses the whole plan again at every operation, and a plan
    in which one frame stands twice under another doubles with each such level.
    """
    return frame.localCheckpoint()
