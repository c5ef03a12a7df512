"""What each visit was said to be for."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def diagnoses(diagnosis: DataFrame) -> DataFrame:
    """Valid diagnoses of each visit: how many, and the main one (of several, the first listed)."""
    is_main = F.coalesce(F.col("maindiag_flag"), F.lit("0")) == "1"
    order = F.when(is_main, F.struct("diag_srt_no", "diag_code"))
    return (
        diagnosis.where("coalesce(vali_flag, '1') <> '0'")
        .groupBy("mdtrt_id")
        .agg(
            F.count("*").cast("int").alias("diag_count"),
            F.min(order).getField("diag_code").alias("first_diag"),
        )
    )
