"""gold.overcharge_fact: items charged twice, on the day of discharge, on top, or again too soon."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.points import Point
from fundwatch.schema import MONTH
from jobs.facts.item_points import named_items
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.overcharge_cases import (
    COLUMNS,
    INJECTED,
    combined,
    discharges,
    excluded,
    orphans,
    repeats,
    surcharges,
)

BACK: Final = 5  # months before its own by which a month compares: half a year
HOUSES: Final = 3  # fewest other houses that tell what is usual
ENOUGH: Final = 10  # and fewest cases of theirs
CUSTOM: Final = 0.2  # where the middle one of them does it so often, it is no overcharge
SERVICE: Final = "list_type = '201'"
BY_CUSTOM: Final = ("discharge", "surcharge", "combined")  # wrong only where unusual
COMPARED: Final = [VIEW, "how", "basis", "pair"]
HOUSE: Final = [*COMPARED, "fixmedins_code"]


def overcharges(
    charge_fact: DataFrame, *, points: tuple[Point, ...], months: tuple[str, ...]
) -> DataFrame:
    """gold.overcharge_fact, of service items and Chinese injections.

    Each way (`how`) has its cases: visits, days or stays in which the item may be charged so. How
    many of its cases the house charged so stands beside what the other houses with such cases do:
    the share of the middle one, and how many do it at all. What the middle one does in a fifth of
    its cases is custom, or the local price list allows it, and is left out.
    """
    line = _lines(charge_fact, SERVICE)
    named = named_items(line, points)
    case = [
        excluded(line, named),
        discharges(line, named),
        surcharges(line),
        orphans(line),
        combined(_lines(charge_fact, INJECTED)),
    ]
    every = reduce(DataFrame.unionByName, case)
    counted = _counted(_by_month(every, months)).unionByName(
        _counted(_of_view(repeats(line, named, months, back=BACK)))
    )
    return _told(_judged(counted)).withColumn(MONTH, month_label(F.col(VIEW))).drop(VIEW)


def _lines(charge_fact: DataFrame, kind: str) -> DataFrame:
    """Items given of one kind: the narrow lines that all is drawn from."""
    name = F.coalesce("item_name", F.lit(""))
    given = charge_fact.where(f"{kind} AND cnt > 0").withColumn("item_name", name)
    return given.select(*COLUMNS)


def _by_month(case: DataFrame, months: Iterable[str]) -> DataFrame:
    """Cases of a month's house together, for every month that sees them."""
    by = ["how", "basis", "pair", MONTH, "fixmedins_code"]
    counted = case.groupBy(*by).agg(
        *_sums(F.lit(1), _is_hit()), F.collect_list("hit").alias("hits")
    )
    return _of_view(seen_by(counted, months, back=BACK))


def _of_view(seen: DataFrame) -> DataFrame:
    """What a month sees, with the hits of that month alone."""
    is_own = month_number() == F.col(VIEW)
    if "hits" not in seen.columns:
        counts = {"cases": F.lit(1), "found": _is_hit(), "hits": F.array_compact(F.array("hit"))}
        seen = seen.withColumns(counts)
    return seen.withColumn("hits", F.when(is_own, F.col("hits")))


def _counted(seen: DataFrame) -> DataFrame:
    hits = F.flatten(F.collect_list("hits")).alias("hits")
    return seen.groupBy(*HOUSE).agg(*_sums(F.col("cases"), F.col("found")), hits)


def _sums(cases: Column, found: Column) -> tuple[Column, Column]:
    return F.sum(cases).cast("int").alias("cases"), F.sum(found).cast("int").alias("found")


def _is_hit() -> Column:
    return F.col("hit").isNotNull().cast("int")


def _judged(counted: DataFrame) -> DataFrame:
    """Houses with hits, each beside the others that had such cases."""
    alike = Window.partitionBy(*COMPARED)
    share = (F.col("found") / F.col("cases")).cast("decimal(5,4)")
    house = F.struct(F.col("fixmedins_code").alias("house"), share.alias("share"), "cases", "found")
    others = F.filter(
        F.collect_list(house).over(alike), lambda other: other["house"] != F.col("fixmedins_code")
    )
    shares = F.array_sort(F.transform("others", lambda other: other["share"]))
    middle = F.get(shares, F.floor(F.size(shares) / 2).cast("int"))
    cases = F.aggregate("others", F.lit(0), lambda total, other: total + other["cases"])
    is_known = (F.size("others") >= HOUSES) & (cases >= ENOUGH)
    return (
        counted.withColumn("others", others)
        .where(F.size("hits") > 0)
        .withColumns({
            "others_share": F.when(is_known, middle),
            "others_houses": F.size("others"),
            "others_doing": F.size(F.filter("others", lambda other: other["found"] > 0)),
        })
        .drop("others")
        .where(F.col("others_share").isNotNull() | ~F.col("how").isin(*BY_CUSTOM))
        .where(F.coalesce(F.col("others_share"), F.lit(0)) < CUSTOM)
    )  # fmt: skip


def _told(judged: DataFrame) -> DataFrame:
    """One row for each item of a visit and way, with its lines and the house's habit.

    Of several pairs that speak of the item, the house's most frequent tells the habit.
    """
    hit = judged.select("*", F.inline("hits")).drop("hits")
    line = hit.select("*", F.inline("lines")).drop("lines")
    habit = F.max(
        F.struct(
            F.col("found").alias("house_found"), F.col("cases").alias("house_cases"),
            "others_share", "others_houses", "others_doing", "basis",
        )
    )  # fmt: skip
    kept = ("area", "person_key", "care", "item_name", "bilg_dr_code", "other_code")
    excess = F.struct("bkkp_sn", "setl_id", "inscp_fen")
    told = line.groupBy("how", VIEW, "fixmedins_code", "mdtrt_id", "hilist_code").agg(
        *(F.min(name).alias(name) for name in kept),
        habit.alias("habit"),
        _together("beside"),
        _together("other_sns"),
        F.min("charged_on").alias("first_on"),
        F.max("charged_on").alias("last_on"),
        F.array_sort(F.collect_set(excess)).alias("excess_lines"),
    )
    total = F.aggregate("excess_lines", F.lit(0).cast("bigint"), lambda n, x: n + x["inscp_fen"])
    return told.select("*", "habit.*", total.alias("inscp_fen")).drop("habit")


def _together(name: str) -> Column:
    return F.array_sort(F.array_distinct(F.flatten(F.collect_list(name)))).alias(name)
