"""When an institution had no agreement to settle under."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

IN_FORCE: Final = "1"  # cntr_stas; 2 paused, 3 dissolved, 4 expired


def with_stop(case: DataFrame, agreement: DataFrame, day: str) -> DataFrame:
    """Cases with `stopped_on` and `stopped_key`: since when no agreement was in force on `day`.

    Of the rows whose period holds that day, both ends in it, the one that began last speaks. Null
    where it says that the agreement was in force, and where no row does: a register that is not
    kept proves nothing.
    """
    key = F.concat_ws("|", "fixmedins_code", "efft_date").alias("key")
    status = F.struct("efft_date", "invd_date", "cntr_stas", key)
    ever_stopped = (
        agreement.groupBy("fixmedins_code")
        .agg(F.array_sort(F.collect_list(status)).alias("statuses"))
        .where(F.exists("statuses", _is_stop))
    )

    def holds_day(row: Column) -> Column:
        ends = F.coalesce(row["invd_date"], F.col(day))
        return F.col(day).between(row["efft_date"], ends)

    speaks = F.try_element_at(F.filter("statuses", holds_day), F.lit(-1))
    return (
        case.join(F.broadcast(ever_stopped), on="fixmedins_code", how="left")
        .withColumn("status", F.when(_is_stop(speaks), speaks))
        .withColumns({"stopped_on": F.col("status.efft_date"), "stopped_key": F.col("status.key")})
        .drop("statuses", "status")
    )


def _is_stop(row: Column) -> Column:
    return row["cntr_stas"] != IN_FORCE
