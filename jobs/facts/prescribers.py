"""gold.prescriber_fact: prescribers whose few patients fetch one drug too often at one pharmacy."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.prescribed import prescribed

BACK: Final = 5  # months before its own that a month counts: six together
AGAIN: Final = 4  # days on which a drug was fetched; fewer have no rhythm [days]
GAP_DAYS: Final = 20  # between two of them on average; chronic patients come monthly [days]
EARLY: Final = 1.5  # what was dispensed before the last time, over the days it had to last
ALIKE: Final = 2  # people who fetch the same drug so
CLOSE_SECONDS: Final = 300  # between two of them at the till
FEW: Final = 10  # purchases on colleagues' prescriptions that weigh as much as the area's
UNSEEN: Final = 3  # rule of three: where none of n did so, 3/n of them still may
PAIR: Final = [VIEW, "prescriber", "fixmedins_code"]
MONEY: Final = ("watched_fen", "fund_fen", "acct_fen")


def prescribers(
    visit_fact: DataFrame,
    charge_fact: DataFrame,
    fee_line: DataFrame,
    practitioner: DataFrame,
    catalogue_item: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.prescriber_fact, of months with a purchase of the circle.

    The circle are people who fetched one drug of this prescriber at this pharmacy on AGAIN days,
    less than GAP_DAYS apart on average and long before it was used up (EARLY, where the days of
    supply are known), where ALIKE people do so. What it fetched is told; others are its measure.
    """
    purchase = prescribed(visit_fact, charge_fact, fee_line, practitioner, catalogue_item)
    pair = _pairs(_with_circle(seen_by(purchase, months, back=BACK)))
    return (
        _compared(pair)
        .where("now > 0")
        .withColumn("staff_code", F.when(F.col("home_code").isNotNull(), F.col("prescriber")))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _with_circle(seen: DataFrame) -> DataFrame:
    """Purchases with `is_circle`, and `is_close` to another's; all windows share one shuffle."""
    of_person = Window.partitionBy(*PAIR, "drug", "person_key")
    of_drug = Window.partitionBy(*PAIR, "drug")
    second = F.unix_seconds(F.col("setl_time").cast("timestamp"))
    near = Window.partitionBy(*PAIR).orderBy(second).rangeBetween(-CLOSE_SECONDS, CLOSE_SECONDS)
    return (
        seen.repartition(*PAIR)
        .withColumns(
            {
                "days": F.size(F.collect_set("day").over(of_person)),
                "span": F.datediff(F.max("day").over(of_person), F.min("day").over(of_person)),
                "supply": F.sum("supply_days").over(of_person).cast("double"),
            }
        )
        .withColumn("is_often", _is_often())
        .withColumn("is_circle", F.col("is_often") & _are("is_often", of_drug, ALIKE))
        .withColumn("is_close", F.col("is_circle") & _are("is_circle", near, 2))
    )


def _is_often() -> Column:
    gaps = F.col("days") - 1
    lasted = F.col("supply") * gaps / F.col("days")  # all but the last time's
    is_early = F.coalesce(lasted >= F.col("span") * EARLY, F.lit(True))
    return (F.col("days") >= AGAIN) & (F.col("span") < gaps * GAP_DAYS) & is_early


def _are(mark: str, window: WindowSpec, least: int) -> Column:
    """Whether so many different people of the window have the mark."""
    people = F.collect_set(F.when(F.col(mark), F.col("person_key"))).over(window)
    return F.size(people) >= least


def _pairs(purchase: DataFrame) -> DataFrame:
    """One row a prescriber, pharmacy and `view`; `now` counts the circle's of that very month."""
    circle = F.col("is_circle")
    return purchase.groupBy(*PAIR).agg(
        F.min("home_code").alias("home_code"),
        F.min("area").alias("area"),
        _count(F.lit(True)).alias("purchases"),
        F.size(F.collect_set("person_key")).alias("persons"),
        _count(F.col("is_named")).alias("named"),
        _count(circle).alias("circle"),
        _count(circle & (month_number() == F.col(VIEW))).alias("now"),
        _count(F.col("is_close")).alias("circle_close"),
        _count(circle & F.col("visit_id").isNotNull()).alias("circle_seen"),
        _count(circle & (F.col("cash_fen") == 0)).alias("circle_cashless"),
        F.size(_of_circle("person_key")).alias("circle_persons"),
        *(F.sum(F.when(circle, F.col(name)).otherwise(0)).alias(name) for name in MONEY),
        F.min(F.when(circle, F.col("day"))).alias("first_on"),
        F.max(F.when(circle, F.col("day"))).alias("last_on"),
        _of_circle("drug").alias("drugs"),
        _of_circle("person_key").alias("person_keys"),
        _of_circle("setl_id").alias("setl_ids"),
        _of_circle("named_by").alias("bkkp_sns"),
        _of_circle("visit_id").alias("mdtrt_ids"),
    )


def _count(condition: Column) -> Column:
    return F.count_if(condition).cast("int")


def _of_circle(name: str) -> Column:
    return F.array_sort(F.collect_set(F.when(F.col("is_circle"), F.col(name))))


def _compared(pair: DataFrame) -> DataFrame:
    """Pairs with what would be usual: by colleagues of the same house, and by the rest of the area.

    Whom no house registered is a house of its own.
    """
    of_house, of_area = [VIEW, "house"], [VIEW, "area"]
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
    elsewhere = (here + UNSEEN) / (others + UNSEEN)
    share = (colleagues_here + FEW * elsewhere) / (colleagues + FEW)
    return _decimal(F.col("doctor_purchases") * share)


def _expected_circle() -> Column:
    """Purchases of a circle, had the pair the share of them that other houses in the area have."""
    circle = F.col("area_circle") - F.col("house_circle")
    return _decimal(F.col("purchases") * (circle + UNSEEN) / (_others() + UNSEEN))


def _others() -> Column:
    return F.col("area_all") - F.col("house_near")


def _decimal(count: Column) -> Column:
    return F.round(count, 2).cast("decimal(16,2)")
