"""How usual at other institutions is what a finder says of one: custom, or this house alone."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import Codes, care

SPREADS: Final = 2  # standard deviations above the expected count that chance still explains
LEAST_ABOVE: Final = 0.1  # of the chance that stays where the house does as all others do


def usual(finding: DataFrame, settlement_net: DataFrame, *, codes: Codes) -> DataFrame:
    """(finder, owner, above, comparison), one row a finder and institution it speaks of.

    The finder names some settlements of the house; were the house like all others in the same kinds
    of care, a number would be expected. `above` is the part of the named beyond that number and
    SPREADS standard deviations of it [0 to 1]: 1 where nobody else does such a thing. `comparison`
    tells it in Chinese.
    """
    net = settlement_net.where("not is_void").select(
        "setl_id",
        F.concat(F.lit("place:"), "fixmedins_code").alias("owner"),
        care(codes).alias("care"),
    )
    named = (
        finding.where(F.col("owner").startswith("place:"))
        .select("finder", "owner", F.explode("setl_ids").alias("setl_id"))
        .distinct()
        .join(net, on=["owner", "setl_id"], how="inner")
        .groupBy("finder", "owner", "care")
        .agg(F.count("*").alias("named"))
    )
    size = net.groupBy("owner", "care").agg(F.count("*").alias("settled"))
    everybody = size.groupBy("care").agg(F.sum("settled").alias("all_settled"))
    of_finder = Window.partitionBy("finder", "care")
    counted = (
        named.withColumn("all_named", F.sum("named").over(of_finder))
        .join(size, on=["owner", "care"], how="inner")
        .join(F.broadcast(everybody), on="care", how="inner")
    )
    return (
        counted.groupBy("finder", "owner")
        .agg(F.sum("named").alias("named"), F.sum(_expected()).cast("double").alias("expected"))
        .withColumn("above", _above())
        .select("finder", "owner", "above", _comparison().alias("comparison"))
    )


def _expected() -> Column:
    """Rate of all other houses × settlements of this one; decimal: a sum knows no order."""
    others = F.col("all_settled") - F.col("settled")
    rate = (F.col("all_named") - F.col("named")).cast("decimal(18,0)") / F.nullif(
        others.cast("decimal(18,0)"), F.lit(0)
    )
    return F.coalesce(rate, F.lit(0)).cast("decimal(28,18)") * F.col("settled").cast(
        "decimal(10,0)"
    )


def _above() -> Column:
    by_chance = F.col("expected") + SPREADS * F.sqrt("expected")
    return F.round(F.greatest(F.lit(1.0) - by_chance / F.col("named"), F.lit(0.0)), 4)


def weakened(chance: Column) -> Column:
    """A finder's chance where its findings are usual; parties that are no house keep theirs."""
    part = F.lit(LEAST_ABOVE) + F.lit(1 - LEAST_ABOVE) * F.col("above")
    return F.round(chance * F.coalesce(part, F.lit(1.0)), 4)


def _comparison() -> Column:
    """What other houses do, as an honest explanation that the data support or speak against."""
    figures = F.format_string(
        "同类就医中普遍存在的做法:本机构 %d 笔结算有此情形, 按其余机构的比例约应有 %.1f 笔",
        "named",
        "expected",
    )
    verdict = (
        F.when(F.col("above") >= 0.8, "(数据不支持: 远多于其余机构)")
        .when(F.col("above") >= 0.3, "(数据部分支持: 多于其余机构)")
        .otherwise("(数据支持: 与其余机构相近, 宜作清退处理, 不宜先作欺诈线索)")
    )
    return F.concat(figures, verdict)
