"""Which fee items are those that knowledge points name, found once over the few different items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.points import Exclusion, Interval, Point, Variant, label, split_item

ITEM: Final = ["hilist_code", "item_name"]
NAMED: Final = """
    basis string, kind string, pair string, is_main boolean, is_visit boolean,
    within_hours int, filled_by int, days int, code string, name string, pattern string
"""
# A service by its national code: what shares the first eleven digits is one item of the price
# list with its sub-items and surcharges.
SERVICE: Final = r"^00[0-9]{13}"
FAMILY: Final = 11
MEMBERS: Final = 5  # more are variants of one thing rather than a main item and its surcharges


def named_items(line: DataFrame, points: tuple[Point, ...]) -> DataFrame:
    """(hilist_code, item_name, roles): the items of `line` that points name, and as what.

    An item that a pair's main item is as well is not contained in itself.
    """
    named = F.broadcast(_named(line.sparkSession, points))
    fits = (
        F.coalesce(F.col("hilist_code").startswith(F.col("code")), F.lit(False))
        | F.coalesce(F.col("item_name") == F.col("name"), F.lit(False))
        | F.coalesce(F.expr("item_name rlike pattern"), F.lit(False))
    )
    role = [name for name in named.columns if name not in ("code", "name", "pattern")]
    each = line.select(*ITEM).distinct().join(named, on=fits, how="inner")
    of_pair = [name for name in role if name != "is_main"]
    once = each.groupBy(*ITEM, *of_pair).agg(F.max("is_main").alias("is_main"))
    return once.groupBy(*ITEM).agg(F.collect_list(F.struct(*role)).alias("roles"))


def families(line: DataFrame) -> DataFrame:
    """(hilist_code, family, members): service items of a family of several, with its codes."""
    family = F.substring("hilist_code", 1, FAMILY)
    code = line.where(F.col("hilist_code").rlike(SERVICE)).select("hilist_code").distinct()
    several = (
        code.groupBy(family.alias("family"))
        .agg(F.array_sort(F.collect_set("hilist_code")).alias("members"))
        .where(F.size("members").between(2, MEMBERS))
    )
    return several.select("family", "members", F.explode("members").alias("hilist_code"))


def of_kind(line: DataFrame, named: DataFrame, kind: str) -> DataFrame:
    """Lines of items that points of that kind name, once for every role."""
    role = F.filter("roles", lambda role: role["kind"] == kind)
    own = named.select(*ITEM, role.alias("roles")).where(F.size("roles") > 0)
    return line.join(F.broadcast(own), on=ITEM, how="inner").select("*", F.inline("roles"))


def _named(spark: SparkSession, points: tuple[Point, ...]) -> DataFrame:
    """The points' items, a row for each place where a point names it."""
    return spark.createDataFrame([row for point in points for row in _rows(point)], NAMED)


def _rows(point: Point) -> Iterable[tuple[Any, ...]]:
    kind = type(point).__name__.lower()
    if not isinstance(point, Exclusion):
        days = point.days if isinstance(point, Interval) else None
        for item in point.items:
            pair = point.title if isinstance(point, Variant) else point.id
            pair = label(item) if isinstance(point, Interval) else pair
            yield (point.id, kind, pair, False, False, None, 0, days, *split_item(item))
        return
    how = (point.window == "visit", point.within_hours, point.filled_by, None)
    for main, contained in point.pairs.items():
        for item in contained:
            pair = f"{point.id}: {main} / {item}"
            yield (point.id, kind, pair, True, *how, *split_item(main))
            yield (point.id, kind, pair, False, *how, *split_item(item))
