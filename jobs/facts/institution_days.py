"""gold.institution_day_fact: who is in the house, night by night."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import HOME_BED
from jobs.facts.months import first_day, month_label, month_number, number_of_day

AHEAD: Final = 2  # months after a day in which a stay over it may have been settled
HOUSE_DAY: Final = ["fixmedins_code", "day"]
PLACE: Final = ("area", "hosp_lv", "medins_type")  # from the stays: the register may lack the place


def institution_days(stay_fact: DataFrame, institution: DataFrame) -> DataFrame:
    """gold.institution_day_fact, over days on which somebody was in the house.

    A stay fills a bed from its admission to the day before its discharge, and on the day of its
    admission at least. Home beds fill none. Later months may add to a day until two months on.
    """
    stay = stay_fact.where(F.substring("med_type", 1, 2) != HOME_BED)
    day = (
        _census(stay, institution)
        .join(_shares(stay), on=HOUSE_DAY, how="left")
        .join(_discharges(stay), on=HOUSE_DAY, how="left")
    )
    return day.fillna({"admissions": 0, "discharges": 0}).withColumn(
        "month", month_label(number_of_day("day"))
    )


def _census(stay: DataFrame, institution: DataFrame) -> DataFrame:
    number = month_number()
    last_night = F.greatest(F.date_sub("discharged_on", 1), F.col("admitted_on"))
    # Days that this stay's month can still add to; they also bound a stay of years.
    since = F.greatest(F.col("admitted_on"), first_day(number - AHEAD))
    until = F.least(last_night, F.date_sub(first_day(number + 1), 1))
    nights = stay.where(since <= until).select(
        "fixmedins_code",
        F.explode(F.sequence(since, until)).alias("day"),
        *PLACE,
        "admitted_at",
        "mdtrt_id",
        "setl_ids",
    )
    house = Window.partitionBy(*HOUSE_DAY)
    latest = house.orderBy(F.desc("admitted_at"), F.desc("mdtrt_id"))
    bed = institution.select("fixmedins_code", "approved_beds")
    ranked = (
        nights.withColumn("place", F.row_number().over(latest))
        .withColumn("in_house", F.count("*").over(house))
        .join(F.broadcast(bed), on="fixmedins_code", how="left")
    )
    is_above = F.col("place") <= F.col("in_house") - F.col("approved_beds")
    above = F.collect_list(F.when(is_above, F.struct("place", "setl_ids")))
    return ranked.groupBy(*HOUSE_DAY).agg(
        *(F.min(name).alias(name) for name in (*PLACE, "approved_beds")),
        F.count("*").cast("int").alias("census"),
        F.flatten(F.transform(F.array_sort(above), _settlements)).alias("excess_setl_ids"),
    )


def _settlements(stay: Column) -> Column:
    return stay.getField("setl_ids")


def _shares(stay: DataFrame) -> DataFrame:
    """Admissions of each day, and their greatest shares from one village and in one hour.

    An admission whose hour is not known (midnight sharp: a date without a time) counts below the
    line only.
    """
    admitted = seen_on(stay, "admitted_on").withColumns(
        {
            "hour": F.when(
                F.date_format("admitted_at", "HH:mm:ss") != "00:00:00", F.hour("admitted_at")
            ),
        }
    )
    everyone = admitted.groupBy(*HOUSE_DAY).agg(F.count("*").cast("int").alias("admissions"))
    village, hour = (_greatest(admitted, name) for name in ("village", "hour"))
    return (
        everyone.join(village, on=HOUSE_DAY, how="left")
        .join(hour, on=HOUSE_DAY, how="left")
        .withColumns(
            {
                f"top_{name}_share": F.col(f"top_{name}") / F.col("admissions")
                for name in ("village", "hour")
            }
        )
    )


def _greatest(admitted: DataFrame, name: str) -> DataFrame:
    grouped = admitted.where(F.col(name).isNotNull()).groupBy(*HOUSE_DAY, name).count()
    return grouped.groupBy(*HOUSE_DAY).agg(F.max("count").alias(f"top_{name}"))


def _discharges(stay: DataFrame) -> DataFrame:
    gone = seen_on(stay, "discharged_on")
    return gone.groupBy(*HOUSE_DAY).agg(F.count("*").cast("int").alias("discharges"))


def seen_on(stay: DataFrame, on: str) -> DataFrame:
    """Stays by the day `on`, as far as that day's month sees them."""
    late = month_number() - number_of_day("day")
    return stay.withColumn("day", F.col(on)).where(late.between(0, AHEAD))
