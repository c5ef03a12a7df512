"""What is usual of a pair of prescriber and pharmacy: by colleagues, and by the area around."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.elsewhere import UNSEEN, rate, usual_share
from jobs.facts.months import VIEW

FEW: Final = 10  # purchases on colleagues' prescriptions that weigh as much as the area's


def compared(pair: DataFrame) -> DataFrame:
    """Pairs with what would be usual: by colleagues of the same house, and by the rest of the area.

    Whom no house registered is a house of its own.
    """
    of_house, of_area = [VIEW, "pattern", "house"], [VIEW, "pattern", "area"]
    own = {
        "doctor_purchases": _sum("purchases", *of_house, "prescriber"),
        "house_all": _sum("purchases", *of_house),
        "house_here": _sum("purchases", *of_house, "fixmedins_code"),
        "house_near": _sum("purchases", *of_house, "area"),
        "house_circle": _sum("circle", *of_house, "area"),
    }
    around = {
        "area_all": _sum("purchases", *of_area),
        "area_here": _sum("purchases", *of_area, "fixmedins_code"),
        "area_circle": _sum("circle", *of_area),
    }
    return (
        pair.withColumn("house", F.coalesce("home_code", "prescriber"))
        .repartition(*of_house)
        .withColumns(own)
        .repartition(*of_area)
        .withColumns(around)
        .withColumns({"expected": _expected(), "circle_expected": _expected_circle()})
    )


def _sum(name: str, *keys: str) -> Column:
    return F.sum(name).over(Window.partitionBy(*keys)).cast("int")


def _expected() -> Column:
    """Purchases at this pharmacy, did the prescriber's patients choose as colleagues' patients do.

    Where colleagues have few, as those of other houses in the area do; where these have few, all.
    """
    here, others = F.col("area_here") - F.col("house_here"), _others()
    colleagues_here = F.col("house_here") - F.col("purchases")
    colleagues = F.col("house_all") - F.col("doctor_purchases")
    share = usual_share(colleagues_here, colleagues, few=FEW, wider=rate(here, others))
    return as_decimal(F.col("doctor_purchases") * share)


def _expected_circle() -> Column:
    """Purchases of a circle, had the pair the share of them that other houses in the area have."""
    circle = F.col("area_circle") - F.col("house_circle")
    return as_decimal(F.col("purchases") * (circle + UNSEEN) / (_others() + UNSEEN))


def _others() -> Column:
    return F.col("area_all") - F.col("house_near")


def as_decimal(count: Column) -> Column:
    """A number of purchases or people that is expected."""
    return F.round(count, 2).cast("decimal(16,2)")
