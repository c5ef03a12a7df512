"""gold.mix_fact: dear variants of an implant or a service billed far more often than others do."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.points import Point, Variant
from jobs.facts.care import CONSUMABLE
from jobs.facts.item_points import named_items, of_kind
from jobs.facts.months import VIEW, month_label, seen_by
from jobs.facts.parts import gathered, part_of_line

BACK: Final = 5  # months before its own that a month counts: six together
DEAR: Final = 1.5  # times the cheapest of the class
HOUSES: Final = 3  # fewest other houses
UNITS: Final = 10  # fewest of the class that these used
SERVICE: Final = "201"  # list_type
LINE: Final = (
    *("fixmedins_code", "month", "ingredient", "hilist_code", "item_name", "area", "cnt"),
    *("pric", "charged_on", "bkkp_sn", "setl_id", "inscp_fen"),
)
CLASS: Final = [VIEW, "ingredient"]
HOUSE: Final = [*CLASS, "fixmedins_code"]


def mixes(
    charge_fact: DataFrame, *, points: tuple[Point, ...], months: tuple[str, ...]
) -> DataFrame:
    """gold.mix_fact, of high-value consumables whose class (`ingredient`) is known, and of services
    that are variants of one thing (conf/points/variants.yml).

    A variant is dear that costs DEAR times the cheapest of its class. A house is compared with the
    share of dear variants at the other houses that use the class. The excess is told on the
    month's own dear lines: that part of them which is above the expected, and of it what is above
    the price of the dearest variant that is not dear.
    """
    line = _consumables(charge_fact).unionByName(_services(charge_fact, points))
    used = seen_by(_used(line), months, back=BACK)
    judged = _judged(used)
    return _with_lines(judged, seen_by(line, months, back=0)).withColumn(
        "month", month_label(F.col(VIEW))
    )


def _consumables(charge_fact: DataFrame) -> DataFrame:
    is_dear_kind = (F.col("list_type") == CONSUMABLE) & F.col("is_high_value")
    return _paid(charge_fact).where(is_dear_kind & F.col("ingredient").isNotNull()).select(*LINE)


def _services(charge_fact: DataFrame, points: tuple[Point, ...]) -> DataFrame:
    """Lines of services that variants name; the class is what they do."""
    name = F.coalesce("item_name", F.lit(""))
    service = _paid(charge_fact).where(F.col("list_type") == SERVICE).withColumn("item_name", name)
    variants = tuple(point for point in points if isinstance(point, Variant))
    known = of_kind(service, named_items(service, variants), "variant")
    return known.withColumn("ingredient", F.col("pair")).select(*LINE)


def _paid(charge_fact: DataFrame) -> DataFrame:
    return charge_fact.where("cnt > 0 AND inscp_fen > 0 AND pric > 0")


def _used(line: DataFrame) -> DataFrame:
    by = ["fixmedins_code", "month", "ingredient", "hilist_code"]
    return line.groupBy(*by).agg(F.sum("cnt").alias("units"), F.min("pric").alias("pric"))


def _judged(used: DataFrame) -> DataFrame:
    """Houses and classes with their dear variants: units of them, and how many are expected."""
    of_code = Window.partitionBy(*CLASS, "hilist_code")
    of_class = Window.partitionBy(*CLASS)
    priced = used.withColumn("price", F.percentile("pric", F.lit(0.5)).over(of_code))
    is_dear = F.col("price") >= DEAR * F.min("price").over(of_class)
    marked = priced.withColumn("is_dear", is_dear)
    plain = F.max(F.when(~F.col("is_dear"), F.col("price"))).over(of_class)
    dear_units = F.sum(F.when(F.col("is_dear"), F.col("units")).otherwise(0))
    house = (
        marked.withColumn("plain_pric", plain.cast("decimal(16,6)"))
        .groupBy(*HOUSE, "plain_pric")
        .agg(
            F.sum("units").alias("units"),
            dear_units.alias("dear_units"),
            F.collect_set(F.when(F.col("is_dear"), F.col("hilist_code"))).alias("dear_codes"),
        )
    )
    others = F.sum("units").over(of_class) - F.col("units")
    share = (F.sum("dear_units").over(of_class) - F.col("dear_units")) / F.nullif(others, F.lit(0))
    is_known = (others >= UNITS) & (F.count("*").over(of_class) > HOUSES)
    expected = F.when(is_known, F.col("units") * share).cast("decimal(16,2)")
    return (
        house.withColumn("expected", expected)
        .where("dear_units > expected")
        .withColumn("part", (1 - F.col("expected") / F.col("dear_units")).cast("decimal(5,4)"))
    )


def _with_lines(judged: DataFrame, line: DataFrame) -> DataFrame:
    """With the month's dear lines, each with its part of what is too dear."""
    above = F.greatest(1 - F.col("plain_pric") / F.col("pric"), F.lit(0))
    part, excess = part_of_line("share")
    dear = (
        line.join(judged, on=HOUSE, how="inner")
        .where(F.array_contains("dear_codes", F.col("hilist_code")))
        .withColumn("share", F.col("part") * above)
    )
    by = [*HOUSE, "units", "dear_units", "expected", "plain_pric"]
    items = F.array_sort(F.collect_set("item_name")).alias("items")
    return gathered(dear, by, part, excess, F.min("area").alias("area"), items)
