"""gold.entry_fact: operators who enter services late at night, long after they were given."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.care import GENERAL
from jobs.facts.parts import gathered

EVENING, MORNING = 22, 6  # the night, from hour to hour
WAITED: Final = 12  # from the service to its entry [hours]
LEAST: Final = 5  # services entered so in a month; fewer say nothing [count]
OPERATOR: Final = ["fixmedins_code", "opter_id", MONTH]


def entries(charge_fact: DataFrame) -> DataFrame:
    """gold.entry_fact, of services by which somebody must have done something.

    A line is late that was entered in the night, twelve hours or more after it was charged for; a
    charge at midnight tells its day alone and counts from the day's end. Bed, nursing and visits
    are left out: systems post them by themselves. What other houses enter so is told beside it.
    """
    line = charge_fact.where("care <> 'pharmacy' AND opter_id IS NOT NULL").select(
        *OPERATOR, "area", "setl_id", "person_key", "bkkp_sn", "charged_on", "inscp_fen",
        F.coalesce("item_name", "hilist_code").alias("item"),
        F.date_sub(F.to_date("entered_at"), (F.hour("entered_at") < MORNING).cast("int"))
        .alias("night"),
        F.coalesce(_is_late(), F.lit(False)).alias("is_late"),
        _is_service().alias("is_service"),
    )  # fmt: skip
    told = F.broadcast(_operators(line))
    late = line.where("is_late AND is_service").drop("area")
    of_operator = late.join(told, on=OPERATOR, how="inner")
    excess = F.struct("bkkp_sn", "setl_id", "inscp_fen")
    more = (
        F.size(F.collect_set("night")).alias("nights"),
        F.size(F.collect_set("setl_id")).alias("cases"),
        F.size(F.collect_set("person_key")).alias("persons"),
        F.array_sort(F.collect_set("item")).alias("items"),
    )
    return gathered(of_operator, told.columns, F.col("inscp_fen"), excess, *more)


def _is_late() -> Column:
    at, hour = F.col("charged_at"), F.hour("entered_at")
    day = F.date_trunc("day", at)
    since = F.when(at == day, F.timestamp_add("DAY", F.lit(1), day)).otherwise(at)
    is_night = (hour >= EVENING) | (hour < MORNING)
    return is_night & (F.timestamp_diff("HOUR", since, F.col("entered_at")) >= WAITED)


def _is_service() -> Column:
    is_general = F.substring("charge_type", 1, 2).isin(*GENERAL)
    return (F.col("list_type") == "201") & ~F.coalesce(is_general, F.lit(False))


def _operators(line: DataFrame) -> DataFrame:
    """Operators with LEAST late services, beside their house's habit and the other houses'."""
    is_late_service = F.col("is_late") & F.col("is_service")
    counted = line.groupBy(*OPERATOR).agg(
        F.min("area").alias("area"),
        F.count("*").cast("int").alias("lines"),
        F.count_if("is_service").cast("int").alias("services"),
        F.count_if("is_late").cast("int").alias("late_lines"),
        F.count_if(is_late_service).cast("int").alias("late_services"),
    )
    house, everybody = Window.partitionBy("fixmedins_code", MONTH), Window.partitionBy(MONTH)

    def others(name: str) -> Column:
        return F.sum(name).over(everybody) - F.sum(name).over(house)

    share = others("late_services") / F.nullif(others("services"), F.lit(0))
    expected = F.coalesce((F.col("services") * share).cast("decimal(16,2)"), F.lit(0))
    of_house = F.sum("late_lines").over(house) / F.sum("lines").over(house)
    return counted.withColumns(
        {"expected": expected, "house_late_share": of_house.cast("decimal(5,4)")}
    ).where(F.col("late_services") >= LEAST)
