"""What the fee lines of a stay add up to, by kind of charge."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.facts.months import month_number

# What a line is, by what the catalogue says first: local lists book materials and drugs under
# charge types of their own. Services go by the two national digits of the charge type.
KIND: Final = """CASE
    WHEN list_type IN ('101', '102', '103', '104') THEN 'drug'
    WHEN list_type = '301' THEN 'consumable'
    WHEN substring(charge_type, 1, 2) IN ('03', '04') THEN 'exam'
    WHEN substring(charge_type, 1, 2) IN ('05', '06') THEN 'treat'
    WHEN substring(charge_type, 1, 2) IN ('01', '02', '07') THEN 'care'
END"""
BED: Final = "substring(charge_type, 1, 2) = '01' AND list_type = '201'"
# National codes; provinces add digits. 34 is rehabilitation, 41 to 47 Chinese treatment. Closely
# watched is who has nursing of the first class or more, oxygen, a monitor, a ventilator or rescue.
THERAPY: Final = "list_type = '201' AND hilist_code RLIKE '^00(34|4[1-7])'"
CLOSE: Final = (
    "list_type = '201' AND hilist_code RLIKE"
    " '^00(120100000[1236]|1202|1203|1103|110900003|3106030|31070102[2478])'"
)
ACTIVE: Final = ("drug", "exam", "treat")  # what shows that somebody was there to be treated
MONEY: Final = ("drug", "consumable", "exam", "treat", "care")


def line_sums(charge_fact: DataFrame, stay: DataFrame, back: int) -> DataFrame:
    """One row per stay that has lines, over its lines settled in its month or `back` before it.

    `stay` has mdtrt_id and month. Lines shrink to days before they meet the stays.
    """
    day = _days(charge_fact)
    until = stay.select("mdtrt_id", month_number().alias("closing"))
    counted = day.join(until, on="mdtrt_id", how="inner").where(
        F.col("number").between(F.col("closing") - back, F.col("closing"))
    )
    # A day may have lines of two settlements: once more by day, then by stay.
    whole_day = counted.groupBy("mdtrt_id", "charged_on").agg(
        *(F.sum(name).alias(name) for name in (*MONEY, "therapy", "bed_cnt", "bed_fen")),
        *(F.max(name).alias(name) for name in ("is_active", "is_close")),
    )
    return whole_day.groupBy("mdtrt_id").agg(
        *(F.sum(name).alias(f"{name}_fen") for name in (*MONEY, "therapy")),
        F.sum("bed_cnt").cast("decimal(26,4)").alias("bed_days_charged"),
        F.sum("bed_fen").alias("bed_inscp_fen"),
        F.sum("is_active").cast("int").alias("active_days"),
        F.sum("is_close").cast("int").alias("close_days"),
        F.array_sort(F.collect_set(F.when(F.col("is_active") == 1, F.col("charged_on")))).alias(
            "active_on"
        ),
        F.count("*").cast("int").alias("charged_days"),
    )


def _days(charge_fact: DataFrame) -> DataFrame:
    line = charge_fact.where("care = 'inpatient'").withColumns(
        {
            "kind": F.expr(KIND),
            "is_bed": F.expr(f"coalesce({BED}, false)"),
            "is_therapy": F.expr(THERAPY),
        }
    )
    worked = F.col("kind").isin(*ACTIVE) & (F.col("cnt") > 0)
    return line.groupBy("mdtrt_id", month_number().alias("number"), "charged_on").agg(
        *(
            F.sum(F.when(F.col("kind") == kind, F.col("det_fen")).otherwise(0)).alias(kind)
            for kind in MONEY
        ),
        F.sum(F.when(F.col("is_therapy"), F.col("det_fen")).otherwise(0)).alias("therapy"),
        F.sum(F.when(F.col("is_bed"), F.col("cnt")).otherwise(0)).alias("bed_cnt"),
        F.sum(F.when(F.col("is_bed"), F.col("inscp_fen")).otherwise(0)).alias("bed_fen"),
        F.max(F.when(worked, 1).otherwise(0)).alias("is_active"),
        F.max(F.when(F.expr(CLOSE) & (F.col("cnt") > 0), 1).otherwise(0)).alias("is_close"),
    )
