"""The catalogue by day: exactly one row of an item is valid on any day."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

FOREVER: Final = "9999-12-31"


def valid_periods(catalogue_item: DataFrame) -> DataFrame:
    """Catalogue rows cut so that no two of an item overlap, valid_from and valid_to included.

    Where several rows are valid on a day the one that began last holds. Small: one row per item
    and change.
    """
    until = F.coalesce("enddate", F.lit(FOREVER).cast("date"))
    item = catalogue_item.withColumn("until", until).where("begndate <= until")
    begun = item.select("hilist_code", F.col("begndate").alias("valid_from"))
    ended = item.where(F.col("enddate").isNotNull()).select(
        "hilist_code", F.date_add("enddate", 1).alias("valid_from")
    )
    by_start = Window.partitionBy("hilist_code").orderBy("valid_from")
    to_next = F.date_sub(F.lead("valid_from").over(by_start), 1)
    cut = begun.union(ended).distinct().withColumn("next_from", to_next)
    last_begun = Window.partitionBy("hilist_code", "valid_from").orderBy(F.desc("begndate"))
    return (
        cut.join(item, on="hilist_code", how="inner")
        .where("valid_from BETWEEN begndate AND until")
        .withColumn("place", F.row_number().over(last_begun))
        .where("place = 1")
        .withColumn("valid_to", F.coalesce("next_from", "until"))
        .drop("place", "until", "next_from", "begndate", "enddate")
    )


def with_dose_days(line: DataFrame, catalogue_item: DataFrame) -> DataFrame:
    """Lines of gold.charge_fact with `dose_days`: quantity / defined daily dose [days].

    Null where the dose or the pack size is not known.
    """
    dose = valid_periods(catalogue_item).select(
        F.col("hilist_code").alias("item_code"), "valid_from", "valid_to", "ddd"
    )
    on_day = F.col("charged_on").between(F.col("valid_from"), F.col("valid_to"))
    same = F.col("hilist_code") == F.col("item_code")
    days = F.col("base_cnt") / F.when(F.col("ddd") > 0, F.col("ddd"))
    return (
        line.join(F.broadcast(dose), on=same & on_day, how="left")
        .withColumn("dose_days", days.cast("decimal(20,6)"))
        .drop("item_code", "valid_from", "valid_to", "ddd")
    )
