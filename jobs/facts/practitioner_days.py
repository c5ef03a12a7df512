"""gold.practitioner_day_fact: the hours of therapy that one pair of hands is credited with."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import month_label, month_number, number_of_day

AHEAD: Final = 2  # months after a day in which work of that day may have been settled
# Physiotherapy, rehabilitation and Chinese medicine: somebody's hands are there all the time, or to
# begin with. A dialysis machine or a monitor runs by itself.
HANDS: Final = ("0034", "0041", "0042", "0043", "0044", "0045")
FULL_DAY: Final = 720  # minutes of a very long day; what is above it, nobody gave [minutes]
HAND_DAY: Final = ["fixmedins_code", "staff_code", "day"]


def practitioner_days(charge_fact: DataFrame, practitioner: DataFrame) -> DataFrame:
    """gold.practitioner_day_fact, over days with therapy of a registered practitioner.

    A code that the house did not register is a placeholder and stands for nobody. Later months may
    add to a day until two months on.
    """
    register = practitioner.select("staff_code", "fixmedins_code").distinct()
    line = _therapy(charge_fact).join(
        F.broadcast(register), on=["staff_code", "fixmedins_code"], how="left_semi"
    )
    before = Window.partitionBy(*HAND_DAY).orderBy("charged_at", "bkkp_sn")
    until = F.sum("spent").over(before.rowsBetween(Window.unboundedPreceding, 0))
    over = F.least(F.greatest(until - FULL_DAY, F.lit(0)), F.col("spent"))
    part = F.round(F.try_divide(F.col("inscp_fen") * over, "spent")).cast("bigint")
    fen = F.greatest(part, F.lit(0))
    excess = F.struct("bkkp_sn", "setl_id", F.col("fen").alias("inscp_fen"))
    return (
        line.withColumn("fen", fen)
        .groupBy(*HAND_DAY)
        .agg(
            F.min("area").alias("area"),
            F.sum("spent").alias("minutes"),
            F.size(F.collect_set("person_key")).alias("persons"),
            F.count("*").cast("int").alias("line_count"),
            F.sum("fen").alias("inscp_fen"),
            F.array_sort(F.collect_list(F.when(F.col("fen") > 0, excess))).alias("excess_lines"),
        )
        .withColumn("month", month_label(number_of_day("day")))
    )


def _therapy(charge_fact: DataFrame) -> DataFrame:
    """Lines of therapy with the minutes they `spent`, as far as their day's month sees them."""
    late = month_number() - number_of_day("charged_on")
    spent = (F.col("minutes") * F.col("cnt")).cast("decimal(28,4)")
    is_therapy = F.substring("hilist_code", 1, 4).isin(*HANDS) & (spent > 0)
    is_known = F.col("acord_dr_code").isNotNull()
    return charge_fact.where(is_therapy & is_known & late.between(0, AHEAD)).select(
        "fixmedins_code",
        F.col("acord_dr_code").alias("staff_code"),
        F.col("charged_on").alias("day"),
        "area",
        "person_key",
        "charged_at",
        "bkkp_sn",
        "setl_id",
        "inscp_fen",
        spent.alias("spent"),
    )
