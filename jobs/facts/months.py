"""Months as whole numbers, and which rows a computed month may see.

A month computed alone reads less than the same month computed with others. A look-back that
reaches as far as the frame does would give two answers, so every look-back says its own bounds.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH

VIEW = "view"  # number of the month that is being computed


def month_number(month: Column | str = MONTH) -> Column:
    """YYYY-MM as months since year 0 [int]; differences are months."""
    name = F.col(month) if isinstance(month, str) else month
    return F.substring(name, 1, 4).cast("int") * 12 + F.substring(name, 6, 2).cast("int") - 1


def number_of_day(day: Column | str) -> Column:
    """Number of the month that holds the day."""
    return F.year(day) * 12 + F.month(day) - 1


def month_label(number: Column) -> Column:
    """The month of that number as YYYY-MM."""
    year, month = F.floor(number / 12).cast("int"), number % 12 + 1
    return F.format_string("%04d-%02d", year, month.cast("int"))


def first_day(number: Column) -> Column:
    """First day of the month of that number."""
    return F.make_date(F.floor(number / 12).cast("int"), (number % 12 + 1).cast("int"), F.lit(1))


def seen_by(rows: DataFrame, months: Iterable[str], *, back: int, ahead: int = 0) -> DataFrame:
    """Each row once for every one of `months` that sees it; `view` is that month's number.

    A month sees the rows of its own month, of `back` months before it and `ahead` after it.
    """
    own = month_number()
    views = F.sequence(own - ahead, own + back)
    return rows.withColumn(VIEW, F.explode(views)).where(F.col(VIEW).isin(_numbers(months)))


def persons_seen_by(
    rows: DataFrame, by: list[str], months: Iterable[str], *, back: int
) -> DataFrame:
    """How many `persons` each of `months` sees, by the columns `by` and `view`.

    A person of many rows is told once by the months that see one, instead of every row being.
    """
    seen = F.transform("own", lambda own: F.sequence(own, own + back))
    return (
        rows.groupBy(*by, "person_key")
        .agg(F.collect_set(month_number()).alias("own"))
        .withColumn(VIEW, F.explode(F.array_distinct(F.flatten(seen))))
        .where(F.col(VIEW).isin(_numbers(months)))
        .groupBy(*by, VIEW)
        .agg(F.count("*").alias("persons"))
    )


def _numbers(months: Iterable[str]) -> list[int]:
    return [int(m[:4]) * 12 + int(m[5:7]) - 1 for m in sorted(months)]
