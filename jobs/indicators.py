"""Every indicator over a fact for every entity and month, in one pass over that fact."""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.knowledge import Indicator
from fundwatch.schema import MONTH
from fundwatch.tables.gold import (
    CHARGE_FACT,
    INDICATOR_VALUE,
    INSTITUTION_DAY_FACT,
    STAY_FACT,
    SUPPLY_FACT,
    VISIT_FACT,
)
from jobs.levels import level

READS: Final = (CHARGE_FACT, VISIT_FACT, STAY_FACT, SUPPLY_FACT, INSTITUTION_DAY_FACT)
LEVEL: Final = "level"


def values(
    *facts: DataFrame, indicators: tuple[Indicator, ...], months: tuple[str, ...]
) -> DataFrame:
    """gold.indicator_value of the facts of READS, in that order.

    One scan and one shuffle for each pair of fact and kind of entity. A denominator below the
    floor gives a row without value; persons below it get no row: there are too many of them.
    """
    by_name = {table.name: fact for table, fact in zip(READS, facts, strict=True)}
    known = sorted(indicators, key=_pair)
    passes = [
        pass_over(by_name[over].where(F.col(MONTH).isin(*months)), tuple(group))
        for (over, _), group in groupby(known, key=_pair)
    ]
    nothing = facts[0].sparkSession.createDataFrame([], INDICATOR_VALUE.ddl)
    return reduce(DataFrame.unionByName, passes, nothing)


def pass_over(fact: DataFrame, indicators: tuple[Indicator, ...]) -> DataFrame:
    """Values of indicators that share their fact and their kind of entity."""
    first = indicators[0]
    sums = [
        F.expr(expression).alias(name)
        for indicator in indicators
        for expression, name in zip(
            (indicator.numerator, indicator.denominator), _sums(indicator), strict=True
        )
    ]
    has_level = "hosp_lv" in fact.columns
    band = F.max(level("hosp_lv")) if has_level else F.lit(None).cast("int")
    entity = F.expr(first.entity).alias("entity")
    totals = (
        fact.where(F.expr(first.entity).isNotNull())
        .groupBy(entity, MONTH)
        .agg(band.alias(LEVEL), *sums)
    )
    every = F.array(*map(_value, indicators))
    rows = totals.select(
        F.lit(first.of).alias("entity_type"), "entity", MONTH, LEVEL, F.inline(every)
    )
    kept = rows.where("value IS NOT NULL") if first.of == "person" else rows
    return kept.select(*INDICATOR_VALUE.names)


def _pair(indicator: Indicator) -> tuple[str, str]:
    return indicator.over, indicator.of


def _sums(indicator: Indicator) -> tuple[str, str]:
    return f"{indicator.id}__n", f"{indicator.id}__d"


def _value(indicator: Indicator) -> Column:
    above, below = (F.coalesce(F.col(name).cast("double"), F.lit(0.0)) for name in _sums(indicator))
    return F.struct(
        F.lit(indicator.id).alias("indicator_id"),
        above.alias("numerator"),
        below.alias("denominator"),
        F.when(below >= indicator.floor, above / below).alias("value"),
    )
