"""Everything that was found, in the one shape of a finding."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import digest
from fundwatch.knowledge import DetectorEntry
from fundwatch.schema import MONTH
from fundwatch.source_digest import source_digest
from fundwatch.tables.gold import RULE_FINDING

ANOMALY: Final = "item_anomaly"
SCHEME: Final = "high_cost_anomaly"


def said(*findings: DataFrame) -> DataFrame:
    """All of them together, in the columns of gold.rule_finding."""
    return reduce(DataFrame.unionByName, (f.select(list(RULE_FINDING.names)) for f in findings))


def anomaly_findings(anomaly: DataFrame, cards: Iterable[DetectorEntry]) -> DataFrame:
    """gold.item_anomaly → findings, one a row that is an anomaly; its lines are the claim."""
    known = (card.model_dump_json() for card in cards)
    definition = digest(source_digest("jobs.anomalies"), *known)[:16]
    lines = F.array_sort("excess_lines")
    first = F.to_date(F.concat(MONTH, F.lit("-01")))
    nobody = F.array().cast("array<string>")
    return anomaly.where("is_anomaly").select(
        F.lit(ANOMALY).alias("finder"),
        F.concat_ws("|", "fixmedins_code", "ingredient").alias("anchor"),
        MONTH,
        F.lit(SCHEME).alias("scheme"),
        F.lit("C").alias("grade"),
        F.lit("institution").alias("subject_type"),
        F.array("fixmedins_code").alias("subject_ids"),
        "fixmedins_code",
        F.lit(None).cast("string").alias("listed_by"),
        "area",
        first.alias("period_begn"),
        F.last_day(first).alias("period_end"),
        F.lit(False).alias("is_whole"),
        F.array_sort(F.array_distinct(F.transform(lines, lambda x: x["setl_id"]))).alias(
            "setl_ids"
        ),
        lines.alias("lines"),
        nobody.alias("person_keys"),
        nobody.alias("staff_codes"),
        F.array("fixmedins_code").alias("fixmedins_codes"),
        _strength().alias("score"),
        _sentence().alias("says"),
        F.lit(definition).alias("definition"),
        F.transform(lines, _line_key).alias("evidence"),
    )


def _line_key(line: Column) -> Column:
    return F.struct(F.lit("silver.fee_line").alias("table"), line["bkkp_sn"].alias("key"))


def _strength() -> Column:
    """0.35 at the fence, nearing 0.7 far above it: a statistic is no proof."""
    return F.lit(0.7) - F.lit(0.35) / F.greatest(F.lit(1.0), F.col("peer_distance") / 5)


def _sentence() -> Column:
    grown = F.when(
        F.col("own_past").isNotNull() & F.col("growth").isNotNull(),
        F.format_string(
            ";本机构此前六个月为 %.2f 元, 为其 %.1f 倍",
            F.col("own_past") / 100,
            F.col("growth"),
        ),
    ).otherwise("")
    told = F.format_string(
        "截至 %s 的三个月 %s:%d 名患者使用, 每名就诊患者每月医保内费用 %.2f 元;"
        "同类 %d 家机构中位数 %.2f 元"
        "(稳健距离 %.1f)",
        F.col(MONTH),
        F.col("ingredient"),
        F.col("patients"),
        F.col("rate") / 100,
        F.col("peers"),
        F.col("peer_median") / 100,
        F.col("peer_distance"),
    )
    return F.concat(told, grown, F.lit("。"))
