"""How many of an institution's stays were elsewhere: one may be an errand, every third is none."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

HOUSE_MONTHS: Final = 6  # over which an institution's stays are counted


def with_house(every: DataFrame, stay: DataFrame) -> DataFrame:
    """`every` contradiction with `house_stays` and `house_away`, of the months up to its own.

    A stay counts as away from its first contradiction marked `is_plain` on. Every contradiction of
    the stays seen must be there: a month computed alone reads as far back as these counts reach.
    """
    back = HOUSE_MONTHS - 1
    since = F.explode(F.sequence(F.col("stay_number"), F.col("stay_number") + back))
    closed = (
        stay.select(F.col("fixmedins_code").alias("house"), since.alias("view"))
        .groupBy("house", "view")
        .agg(F.count("*").cast("int").alias("house_stays"))
    )
    of_stay = Window.partitionBy("mdtrt_id").orderBy(~F.col("is_plain"), "number", "kind", "other")
    recent = Window.partitionBy("fixmedins_code").orderBy("number").rangeBetween(-back, 0)
    is_first = F.col("is_plain") & (F.row_number().over(of_stay) == 1)
    is_here = (F.col("fixmedins_code") == F.col("house")) & (F.col("number") == F.col("view"))
    return (
        every.withColumn("first", is_first.cast("int"))
        .withColumn("house_away", F.sum("first").over(recent).cast("int"))
        .join(closed, on=is_here, how="left")
        .fillna(0, subset=["house_stays"])
    )
