"""How usual at other institutions is what a finder says of one: custom, chance, or this house."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import Codes, care
from jobs.levels import level

ALIKE: Final = 2  # doublings: a house with a quarter of the rate still does the same
RARE, COMMON = 0.1, 0.5  # of the houses: up to here no custom, from here on nothing but
FAR_HOUSES: Final = 0.2  # of the houses, those of the greatest rates, from whom no rule is drawn
SPREADS: Final = 2  # standard deviations above the expected count that chance still explains
SURE: Final = 0.01  # chance of so many people by luck at any house, up to which there is none
BREACH: Final = "B"
LEAST_HOUSES: Final = 8  # fewer tell no custom
SECOND: Final = 2  # level from which a house is large
LEAST: Final = 0.1  # of a finder's chance, which custom and chance together leave
CLEAR, PARTLY = 0.7, 0.3  # parts that speak against custom


def usual(
    finding: DataFrame,
    settlement_net: DataFrame,
    institution: DataFrame,
    *,
    common: Iterable[str],
    codes: Codes,
) -> DataFrame:
    """(finder, owner, above, comparison), one row a finder and institution it speaks of.

    Of the house's settlements in one kind of care (that of most findings) the finder names some.
    Others are the houses that give such care and, where enough are on both sides, are of the second
    level or above like it, or below like it. `above` is the part which neither custom nor chance
    explains [0 to 1]: less the more houses have a rate like it (ALIKE, RARE, COMMON), the nearer
    the count is to what the rate of all but FAR_HOUSES would bring, and, of breaches and of finders
    of what is `common`, the likelier some house would have so many people by luck. No row where
    fewer than LEAST_HOUSES give such care.
    """
    net = settlement_net.where("not is_void").select(
        "setl_id",
        F.concat_ws("|", "insu_admdvs", "psn_key").alias("number"),
        F.concat(F.lit("place:"), "fixmedins_code").alias("owner"),
        care(codes).alias("care"),
    )
    settled = net.groupBy("owner", "care").agg(F.count("*").alias("settled"))
    size = _among_peers(settled, institution)
    all_settled = F.sum("settled").alias("all_settled")
    everybody = size.groupBy("peers").agg(F.count("*").alias("houses"), all_settled)
    rate = (
        _named(finding, net, common)
        .join(size, on=["owner", "care"], how="inner")
        .join(F.broadcast(everybody), on="peers", how="inner")
        .where(F.col("houses") >= LEAST_HOUSES)
        .withColumn("rate", F.round(F.log2(F.col("named") / F.col("settled")), 6))
    )
    return (
        _compared(rate)
        .withColumn("above", F.round(_beyond_custom() * F.least(_beyond_chance(), _no_luck()), 4))
        .select("finder", "owner", "above", _comparison().alias("comparison"))
    )


def _among_peers(size: DataFrame, institution: DataFrame) -> DataFrame:
    """With `peers`: the care, and whether the house is of the second level or above."""
    place = institution.select(
        F.concat(F.lit("place:"), "fixmedins_code").alias("owner"),
        F.coalesce(level("hosp_lv") >= SECOND, F.lit(False)).alias("is_large"),
    )
    known = size.join(F.broadcast(place), on="owner", how="left").fillna(False, subset=["is_large"])
    of_care = Window.partitionBy("care")
    large, small = (F.count_if(c).over(of_care) for c in (F.col("is_large"), ~F.col("is_large")))
    is_split = (large >= LEAST_HOUSES) & (small >= LEAST_HOUSES)
    split = F.concat_ws("|", "care", F.when(is_split, F.col("is_large").cast("string")))
    return known.withColumn("peers", split).drop("is_large")


def _named(finding: DataFrame, net: DataFrame, common: Iterable[str]) -> DataFrame:
    """(finder, owner, care, named, people …): settlements, in the care of most, and of whom."""
    by_luck = (F.col("grade") == BREACH) | F.col("finder").isin(*common)
    can_be_luck = F.max(by_luck).alias("can_be_luck")
    counted = (
        finding.where(F.col("owner").startswith("place:"))
        .select("finder", "owner", "grade", F.explode("setl_ids").alias("setl_id"))
        .groupBy("finder", "owner", "setl_id")
        .agg(can_be_luck)
        .join(net, on=["owner", "setl_id"], how="inner")
        .groupBy("finder", "owner", "care")
        .agg(
            F.count("*").alias("named"),
            F.count_distinct("number").alias("people"),
            F.max("can_be_luck").alias("can_be_luck"),
        )
    )
    most = F.max(F.struct("named", "care", "people", "can_be_luck")).alias("most")
    return counted.groupBy("finder", "owner").agg(most).select("finder", "owner", "most.*")


def _compared(rate: DataFrame) -> DataFrame:
    """With `alike` [houses, this one left out] and `expected` [settlements]."""
    of_finder = Window.partitionBy("finder", "peers")
    alike = of_finder.orderBy("rate").rangeBetween(-ALIKE, Window.unboundedFollowing)
    far = of_finder.orderBy(F.desc("rate"), "owner")
    is_far = F.row_number().over(far) <= F.col("houses") * FAR_HOUSES
    nearer = rate.withColumns({"alike": F.count("*").over(alike) - 1, "is_far": is_far})
    named = F.sum(F.when(~F.col("is_far"), F.col("named")).otherwise(0)).over(of_finder)
    settled = F.col("all_settled") - F.sum(
        F.when(F.col("is_far"), F.col("settled")).otherwise(0)
    ).over(of_finder)
    by_luck = F.sum("people").over(of_finder) * F.col("settled") / F.col("all_settled")
    return nearer.withColumns(
        {
            "expected": F.coalesce(F.try_divide(named * F.col("settled"), settled), F.lit(0.0)),
            "by_luck": by_luck,
        }
    )


def _beyond_custom() -> Column:
    share = F.coalesce(F.try_divide(F.col("alike"), F.col("houses") - 1), F.lit(0.0))
    return F.lit(1.0) - F.least(
        F.greatest((share - RARE) / (COMMON - RARE), F.lit(0.0)), F.lit(1.0)
    )


def _beyond_chance() -> Column:
    by_chance = F.col("expected") + SPREADS * F.sqrt("expected")
    return F.greatest(F.lit(1.0) - by_chance / F.col("named"), F.lit(0.0))


def _no_luck() -> Column:
    """1 where luck is ruled out, 0 where it is likely at one house or another. Contradictions need
    no company, and what compares houses has asked already.

    Were all people named spread over the houses by size, a house would have k of them or more with
    a chance of at most exp(k - m) (m / k)^k, m being its share (Chernoff's bound on Poisson).
    """
    people, mean = F.col("people"), F.col("by_luck")
    bound = F.when(people > mean, people - mean + people * F.log(mean / people)).otherwise(0.0)
    at_any = F.log(F.col("houses").cast("double")) + bound
    part = F.least(F.greatest(at_any / F.lit(math.log(SURE)), F.lit(0.0)), F.lit(1.0))
    return F.when(F.col("can_be_luck"), part).otherwise(1.0)


def weakened(chance: Column) -> Column:
    """A finder's chance where its findings are usual; parties that are no house keep theirs."""
    part = F.lit(LEAST) + F.lit(1 - LEAST) * F.col("above")
    return F.round(chance * F.coalesce(part, F.lit(1.0)), 4)


def _comparison() -> Column:
    """Whether every house does so: an honest explanation that data support or speak against."""
    figures = F.format_string(
        "同类就医的机构普遍如此, 或属偶然:本机构 %d 笔结算有此情形(同类结算 %d 笔);"
        "其余 %d 家机构中 %d 家有相近比例, 按一般机构的比例约应有 %.1f 笔",
        "named",
        "settled",
        F.col("houses") - 1,
        "alike",
        "expected",
    )
    verdict = (
        F.when(F.col("above") >= CLEAR, "(数据不支持此解释)")
        .when(F.col("above") >= PARTLY, "(数据部分支持此解释)")
        .otherwise("(数据支持此解释: 宜先作清退或询问, 不宜先作欺诈线索)")
    )
    return F.concat(figures, verdict)
