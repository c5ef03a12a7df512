"""Cases in which something may be charged beyond what is due, whether it is or not.

A case has how, basis, pair (what houses are compared by), view, fixmedins_code and hit: null
where nothing is beyond what is due, else the visit with the lines that are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.item_points import families, of_kind
from jobs.facts.months import VIEW, seen_by

# Chinese patent medicines by the national code; guidance allows one injection of them at a time.
INJECTED: Final = (
    "list_type = '101' AND startswith(hilist_code, 'Z') AND contains(item_name, '注射')"
)
SURCHARGE: Final = "加收"  # what price lists call an item that is charged on top of another
STAY: Final = "care = 'inpatient' AND visit_days >= 2"
VISIT: Final = ["mdtrt_id", MONTH, "fixmedins_code", "area", "person_key", "care"]
LINE: Final = ("bkkp_sn", "setl_id", "inscp_fen", "hilist_code", "item_name", "charged_on",
               "bilg_dr_code")  # fmt: skip
COLUMNS: Final = (*VISIT, *LINE, "charged_at", "cnt", "visit_days")


def excluded(line: DataFrame, named: DataFrame) -> DataFrame:
    """A main item in a visit (or on a day of it): is what it contains charged beside it?

    Where hours are asked, both times of day must be known: batches are posted at midnight.
    """
    role = ["basis", "pair", "within_hours", "filled_by"]
    day = F.when(~F.col("is_visit"), F.col("charged_on")).alias("day")
    spot = (
        of_kind(line, named, "exclusion")
        .groupBy(*role, *VISIT, day)
        .agg(
            F.sum(F.when(F.col("is_main"), F.col("cnt"))).alias("main_cnt"),
            F.collect_list(F.when(F.col("is_main"), _line())).alias("mains"),
            F.collect_list(F.when(~F.col("is_main") & _is_paid(), _line())).alias("parts"),
        )
        .where("main_cnt > 0 AND main_cnt >= filled_by")
    )

    def is_near(part: Column) -> Column:
        def near(main: Column) -> Column:
            apart = F.abs(F.timestamp_diff("MINUTE", main["charged_at"], part["charged_at"]))
            is_timed = _is_timed(main) & _is_timed(part)
            return is_timed & (apart <= F.col("within_hours") * 60)

        return F.col("within_hours").isNull() | F.exists("mains", near)

    return _cases(spot, F.lit("excluded"), F.filter("parts", is_near), F.col("mains"))


def discharges(line: DataFrame, named: DataFrame) -> DataFrame:
    """A stay charged for day by day: is the day of discharge charged as that of admission is?

    A day on which two wards charge is one day; a stay that leaves out more than one day is no
    case, for its lines are not those of its days.
    """
    charged_on = F.transform("parts", lambda part: part["charged_on"])
    by_day = (
        of_kind(line.where(STAY), named, "daily")
        .groupBy("basis", "pair", *VISIT, "visit_days")
        .agg(F.collect_list(_line()).alias("parts"))
        .withColumns({"first": F.array_min(charged_on), "last": F.array_max(charged_on)})
        .withColumn("days", F.size(F.array_distinct(charged_on)))
        .where("days >= visit_days - 1")
    )
    is_both = F.expr("days = visit_days AND date_diff(last, first) + 1 = visit_days")
    is_last = F.filter(
        "parts", lambda part: is_both & (part["charged_on"] == F.col("last")) & _is_paid(part)
    )
    return _cases(by_day, F.lit("discharge"), is_last, _none())


def surcharges(line: DataFrame) -> DataFrame:
    """A service item in a visit: is another of its family charged on a day of it?"""
    visit = _of_family(line).withColumn("main", F.explode("codes"))
    pair = visit.select("*", F.explode(F.expr("filter(members, x -> x <> main)")).alias("sub"))
    mains = F.filter("parts", lambda part: part["hilist_code"] == F.col("main"))
    days = F.transform(mains, lambda main: main["charged_on"])
    beside = F.filter(
        "parts",
        lambda part: (
            (part["hilist_code"] == F.col("sub"))
            & F.array_contains(days, part["charged_on"])
            & _is_paid(part)
        ),
    )
    told = pair.withColumns({
        "basis": F.col("family"), "pair": F.concat_ws(" / ", "main", "sub"),
    })  # fmt: skip
    return _cases(told, F.lit("surcharge"), beside, mains)


def orphans(line: DataFrame) -> DataFrame:
    """A surcharge in a visit: is nothing of its family there on which it could be charged?"""
    is_surcharge = F.exists("parts", lambda part: part["item_name"].contains(SURCHARGE))
    alone = F.when(F.size("codes") == 1, F.filter("parts", _is_paid))
    told = (
        _of_family(line)
        .where(is_surcharge)
        .withColumns({"basis": F.col("family"), "pair": F.array_min("codes")})
    )
    return _cases(told, F.lit("orphan"), F.coalesce(alone, _none()), _none())


def repeats(line: DataFrame, named: DataFrame, months: Iterable[str], *, back: int) -> DataFrame:
    """An item paid once in so many days: is it again before, at this house or at another?"""
    seen = seen_by(of_kind(line, named, "interval"), months, back=back)
    before = (
        Window.partitionBy(VIEW, "pair", "person_key")
        .orderBy(F.unix_date("charged_on"))
        .rangeBetween(Window.unboundedPreceding, -1)
    )
    last = F.struct("charged_on", "bkkp_sn", "fixmedins_code", "item_name")
    each = seen.withColumn("before", F.max(last).over(before))
    is_soon = F.date_diff("charged_on", F.col("before.charged_on")) < F.col("days")
    is_here = F.col("before.fixmedins_code") == F.col("fixmedins_code")

    def asked(how: str, is_told: Column) -> Column:
        is_hit = F.coalesce(is_soon & is_told & _is_paid(), F.lit(False))
        part = F.when(is_hit, F.array(_line())).otherwise(_nothing())
        return F.struct(F.lit(how).alias("how"), part.alias("parts"))

    ways = F.array(asked("soon", is_here), asked("soon_elsewhere", ~is_here))
    told = each.select("*", F.inline(ways))
    return _cases(told, F.col("how"), F.col("parts"), F.array("before"), VIEW)


def combined(injection: DataFrame) -> DataFrame:
    """A day of a visit with a Chinese injection: are others given beside the dearest one?"""
    day = F.col("charged_on").alias("day")
    of_day = injection.groupBy(*VISIT, day).agg(F.collect_list(_line()).alias("parts"))
    price = F.transform("parts", lambda part: F.struct(part["inscp_fen"], part["hilist_code"]))
    told = of_day.withColumns({
        "basis": F.lit("chinese_injections"),
        "pair": F.lit("chinese_injections"),
        "dearest": F.array_max(price)["hilist_code"],
    })  # fmt: skip
    is_other = F.filter(
        "parts", lambda part: (part["hilist_code"] != F.col("dearest")) & _is_paid(part)
    )
    is_dearest = F.filter("parts", lambda part: part["hilist_code"] == F.col("dearest"))
    return _cases(told, F.lit("combined"), is_other, is_dearest)


def _of_family(line: DataFrame) -> DataFrame:
    """Visits by family of service items: their `parts` and `codes`, and all its `members`."""
    member = F.broadcast(families(line))
    return (
        line.join(member, on="hilist_code", how="inner")
        .groupBy("family", "members", *VISIT)
        .agg(F.collect_list(_line()).alias("parts"))
        .withColumn("codes", F.array_distinct(F.transform("parts", lambda p: p["hilist_code"])))
    )


def _cases(spot: DataFrame, how: Column, parts: Column, others: Column, *more: str) -> DataFrame:
    """Spots as cases; `parts` are the lines that are too much, `others` those they stand by."""
    hit = F.struct(
        *(name for name in VISIT if name not in (MONTH, "fixmedins_code")),
        F.col("too_much").alias("lines"),
        F.transform("by", lambda other: other["bkkp_sn"]).alias("other_sns"),
        F.transform("by", lambda other: other["item_name"]).alias("beside"),
        _other_house(spot).alias("other_code"),
    )
    marked = spot.withColumn("too_much", parts).withColumn("by", others)
    is_hit = F.size("too_much") > 0
    return marked.select(
        how.alias("how"), "basis", "pair", MONTH, "fixmedins_code", *more,
        F.when(is_hit, hit).alias("hit"),
    )  # fmt: skip


def _other_house(spot: DataFrame) -> Column:
    there = F.col("before.fixmedins_code") if "before" in spot.columns else F.lit(None)
    return there.cast("string")


def _line() -> Column:
    return F.struct(*LINE, "charged_at")


def _nothing() -> Column:
    return F.slice(F.array(_line()), 1, 0)


def _none() -> Column:
    return F.slice("parts", 1, 0)


def _is_paid(part: Column | None = None) -> Column:
    return (F.col("inscp_fen") if part is None else part["inscp_fen"]) > 0


def _is_timed(part: Column) -> Column:
    """Whether the time of day is known."""
    return part["charged_at"] != part["charged_on"].cast("timestamp_ntz")
