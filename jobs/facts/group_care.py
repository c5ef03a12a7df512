"""Stays paid by group whose treatment, or ventilation, is not what the billed group stands for."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.care import GENERAL
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.pinned import pinned

LATE: Final = 2  # months before a stay's closing in which its lines may have been settled
HOUSES: Final = 3  # fewest houses that show what a group costs and brings
TREATED: Final = 10  # fewest stays of a family at other houses from which their share is drawn
MARKS: Final = 3  # fewest items by which a family can be told
PAYS: Final = 1.3  # times the weight of the right group; for less nobody swaps a diagnosis
CUT_SHORT: Final = ("2", "4", "5")  # dscg_way: to another hospital, against advice, dead
DRUG: Final = "1"  # list_type begins so: told by its generic name, whoever made it
VENTILATED: Final = "00310603001"  # 呼吸机辅助呼吸, by the hour
INTENSIVE: Final = "00120100001"  # 重症监护, by the hour
LUNG: Final = "00330803025"  # 体外人工膜肺, which the group of long ventilation holds too
ASKED_HOURS: Final = r"呼吸机\D*(\d+)\s*(?:小时|h|H)"  # in the name of a group
FAMILY: Final = [VIEW, "hi_paymtd", "family"]
JUDGED: Final = [*FAMILY, "ground", "fixmedins_code"]


def by_care(
    stay: DataFrame,
    charge_fact: DataFrame,
    usual: DataFrame,
    *,
    months: tuple[str, ...],
    back: int,
) -> DataFrame:
    """Stays of the months themselves that were not treated as billed, with the group they are like.

    `stay` is weighed, `usual` tells what groups cost. *Marks* of a family are the items that most
    houses give to most of its stays, and that are half as frequent or less among all stays. On the
    ground of care: a stay has half of its family's marks or fewer, has half or more of the marks of
    a far lighter group of another family, and cost what that one costs. On the ground of hours:
    the billed group asks for so many hours of ventilation in its name, and those charged, or those
    that the nights or the intensive care leave room for, are fewer.
    """
    given = pinned(_given(stay, charge_fact))
    marks = F.broadcast(pinned(_marks(given, months, back)))
    like = usual.join(marks, on=FAMILY, how="left")
    seen = seen_by(given, months, back=back).join(marks, on=FAMILY, how="left")
    costs = usual.select(VIEW, "hi_paymtd", "dise_no", "usual_fen", "houses")
    asked = _asked(seen.join(F.broadcast(costs), on=[VIEW, "hi_paymtd", "dise_no"], how="left"))
    found = _beside_others(_likest(_by_house(asked), like))
    return found.where((F.col(MONTH) == month_label(F.col(VIEW))) & F.col("right_no").isNotNull())


def _given(stay: DataFrame, charge_fact: DataFrame) -> DataFrame:
    """Stays with the names of the `items` they were given, and hours of two kinds."""
    is_drug = F.col("list_type").startswith(DRUG)
    name = F.coalesce(F.when(is_drug, F.col("ingredient")), "item_name", "hilist_code")
    is_general = F.coalesce(F.substring("charge_type", 1, 2).isin(*GENERAL), F.lit(False))

    def hours(code: str) -> Column:
        return F.when(F.startswith("hilist_code", F.lit(code)), F.col("cnt"))

    line = charge_fact.where("care = 'inpatient' AND cnt > 0 AND hi_paymtd IS NOT NULL").select(
        "mdtrt_id",
        month_number().alias("number"),
        F.when(~is_general, name).alias("item"),
        hours(VENTILATED).alias("ventilated"),
        hours(INTENSIVE).alias("intensive"),
        F.startswith("hilist_code", F.lit(LUNG)).alias("lung"),
    )
    closing = stay.select("mdtrt_id", month_number().alias("closing"))
    of_stay = (
        line.join(closing, on="mdtrt_id", how="inner")
        .where(F.col("number").between(F.col("closing") - LATE, F.col("closing")))
        .groupBy("mdtrt_id")
        .agg(
            F.collect_set("item").alias("items"),
            F.sum("ventilated").cast("decimal(26,4)").alias("vent_hours"),
            F.max("ventilated").alias("vent_most"),
            F.sum("intensive").cast("decimal(26,4)").alias("intensive"),
            F.max("lung").alias("had_lung"),
        )
    )
    known = F.nullif(F.greatest("icu_hours", "intensive"), F.lit(0))  # 0: not filled in
    return stay.join(of_stay, on="mdtrt_id", how="inner").withColumn("icu_hours", known)


def _marks(given: DataFrame, months: tuple[str, ...], back: int) -> DataFrame:
    """Family → its `marks`, names sorted, as far as HOUSES houses treat it."""
    of_house = ["hi_paymtd", "family", "fixmedins_code"]
    in_month = given.groupBy(MONTH, *of_house).agg(F.count("*").alias("stays"))
    with_item = given.select(MONTH, *of_house, F.explode("items").alias("item"))
    used = with_item.groupBy(MONTH, *of_house, "item").agg(F.count("*").alias("uses"))
    size = seen_by(in_month, months, back=back).groupBy(VIEW, *of_house).agg(
        F.sum("stays").alias("stays")
    )  # fmt: skip
    use = seen_by(used, months, back=back).groupBy(VIEW, *of_house, "item").agg(
        F.sum("uses").alias("uses")
    )  # fmt: skip
    family = size.groupBy(*FAMILY).agg(
        F.count("*").alias("treating"), F.sum("stays").alias("stays")
    ).withColumn("all_stays", F.sum("stays").over(Window.partitionBy(VIEW)))  # fmt: skip
    is_mostly = F.col("uses") * 2 > F.col("stays")
    by_item = (
        use.join(F.broadcast(size), on=[VIEW, *of_house], how="inner")
        .groupBy(*FAMILY, "item")
        .agg(F.sum("uses").alias("uses"), F.count_if(is_mostly).alias("mostly"))
        .withColumn("all_uses", F.sum("uses").over(Window.partitionBy(VIEW, "item")))
        .join(F.broadcast(family), on=FAMILY, how="inner")
    )
    is_custom = (F.col("treating") >= HOUSES) & (F.col("mostly") * 2 > F.col("treating"))
    is_special = F.col("all_uses") * F.col("stays") * 2 <= F.col("uses") * F.col("all_stays")
    return (
        by_item.where(is_custom & is_special)
        .groupBy(*FAMILY)
        .agg(F.array_sort(F.collect_set("item")).alias("family_marks"))
    )


def _asked(seen: DataFrame) -> DataFrame:
    """One row a stay and `ground` on which it can be judged, and whether it `is_doubtful` so."""
    is_short = F.coalesce(F.col("dscg_way").isin(*CUT_SHORT), F.lit(False))
    can_care = ~is_short & (F.col("marks") >= MARKS) & F.col("usual_fen").isNotNull()
    lacks = (F.col("marked") * 2 <= F.col("marks")) & (F.col("medfee_fen") < F.col("usual_fen"))
    charged = F.coalesce("vent_hours", F.lit(0))
    room = F.least(charged, (F.col("stay_days") + 1) * 24, "icu_hours")
    ways = {
        "care": F.when(can_care, lacks),
        "hours": F.when(F.expr("least_hours > 0 AND NOT had_lung"), room < F.col("least_hours")),
    }
    each = (
        F.when(is_so.isNotNull(), F.struct(F.lit(ground).alias("ground"), is_so.alias("doubtful")))
        for ground, is_so in ways.items()
    )
    asked_hours = F.nullif(F.regexp_extract("dise_name", ASKED_HOURS, 1), F.lit(""))
    return (
        seen.withColumn("least_hours", asked_hours.cast("int"))
        .withColumn("marks", F.size("family_marks"))
        .withColumn("marked", F.size(F.array_intersect("family_marks", "items")))
        .select("*", F.inline(F.array(*each)))
        .where("ground IS NOT NULL")
    )


def _by_house(asked: DataFrame) -> DataFrame:
    """Doubtful stays beside how many of the house's `stays` are judged so; one empty row if none.

    A house that never charges ventilation by the hour is not asked for hours.
    """
    case = F.struct(*(name for name in asked.columns if name not in (*JUDGED, "doubtful")))
    return (
        asked.groupBy(*JUDGED)
        .agg(
            F.count("*").alias("stays"),
            F.max("vent_most").alias("most"),
            F.collect_list(F.when(F.col("doubtful"), case)).alias("cases"),
        )
        .where((F.col("ground") == "care") | (F.col("most") > 1))
        .select(*JUDGED, "stays", F.inline_outer("cases"))
    )


def _likest(doubtful: DataFrame, like: DataFrame) -> DataFrame:
    """With the lighter group (right_…) whose marks and cost the stay is nearest to, if any."""
    other = like.select(
        F.col(VIEW).alias("right_view"),
        F.col("hi_paymtd").alias("right_paymtd"),
        F.col("family").alias("right_family"),
        F.col("dise_no").alias("right_no"),
        F.col("dise_name").alias("right_name"),
        F.col("weight").alias("right_weight"),
        F.col("usual_fen").alias("right_fen"),
        F.col("family_marks").alias("right_marks"),
    )
    has = F.size(F.array_intersect("right_marks", "items")) / F.size("right_marks")
    share = F.when(has >= 0.5, F.round(has, 6)).otherwise(0.0)
    apart = F.abs(F.log(F.col("medfee_fen") / F.col("right_fen")))
    own_apart = F.log(F.col("usual_fen") / F.col("medfee_fen"))
    is_alike = (share > 0) & (F.col("right_family") != F.col("family")) & (apart < own_apart)
    fits = (
        (F.col(VIEW) == F.col("right_view"))
        & (F.col("hi_paymtd") == F.col("right_paymtd"))
        & (F.col("weight") >= F.col("right_weight") * PAYS)
        & ((F.col("ground") == "hours") | is_alike)
    )
    nearest = Window.partitionBy(*JUDGED, "mdtrt_id").orderBy(
        F.desc(share), F.round(apart, 6), "right_no"
    )
    return (
        doubtful.join(F.broadcast(other), on=fits, how="left")
        .withColumn("nth", F.row_number().over(nearest))
        .where("nth = 1")
        .withColumn("unmarked", F.array_sort(F.array_except("family_marks", "items")))
        .drop("nth", "items", "family_marks", "right_marks")
    )


def _beside_others(found: DataFrame) -> DataFrame:
    """With the house's stays, those like a lighter group, and how many others would have.

    Family by family, as it is at the other houses; care of a family that these hardly treat is not
    judged. Hours that were not given need no comparison.
    """
    own, alike = Window.partitionBy(*JUDGED), Window.partitionBy(*FAMILY, "ground")
    house = Window.partitionBy(VIEW, "ground", "fixmedins_code")
    is_first = F.row_number().over(own.orderBy("mdtrt_id")) == 1
    stays = F.when(F.col("is_first"), F.col("stays")).otherwise(0)
    is_like = F.col("right_no").isNotNull().cast("int")
    share = (F.sum(is_like).over(alike) - F.sum(is_like).over(own)) / F.col("others")
    usual = F.when(F.col("others") >= TREATED, share).otherwise(0.0)
    return (
        found.withColumn("is_first", is_first)
        .withColumn("others", F.sum(stays).over(alike) - F.col("stays"))
        .withColumn("share", usual.cast("decimal(10,6)"))
        .where((F.col("others") >= TREATED) | (F.col("ground") == "hours"))
        .withColumns({
            "house_stays": F.sum(stays).over(house).cast("int"),
            "house_lighter": F.sum(is_like).over(house).cast("int"),
            "house_expected": F.sum(stays * F.col("share")).over(house).cast("decimal(16,2)"),
        })
        .drop("is_first", "others", "share", "stays")
    )  # fmt: skip
