"""What each visit was said to be for."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

VALID: Final = "coalesce(vali_flag, '1') <> '0'"


def diagnoses(diagnosis: DataFrame) -> DataFrame:
    """Valid diagnoses of each visit: how many, and the main one (of several, the first listed)."""
    is_main = F.coalesce(F.col("maindiag_flag"), F.lit("0")) == "1"
    order = F.when(is_main, F.struct("diag_srt_no", "diag_code"))
    return (
        diagnosis.where(VALID)
        .groupBy("mdtrt_id")
        .agg(
            F.count("*").cast("int").alias("diag_count"),
            F.min(order).getField("diag_code").alias("first_diag"),
        )
    )


def every_diagnosis(case: DataFrame, diagnosis: DataFrame) -> DataFrame:
    """Rows of `case` (mdtrt_id, main_diag …), once for the main and once for each valid diagnosis.

    main_diag gives way to `diag_code`, which may repeat or be null.
    """
    own = case.withColumnRenamed("main_diag", "diag_code")
    valid = diagnosis.where(VALID).select("mdtrt_id", "diag_code")
    return own.unionByName(own.drop("diag_code").join(valid, on="mdtrt_id", how="inner"))


def family(code: str) -> Column:
    """Illnesses of one block of ICD-10: letter and first digit; growths are one family."""
    return F.when(F.col(code).rlike("^(C|D[0-4])"), F.lit("C")).otherwise(F.left(code, F.lit(2)))
