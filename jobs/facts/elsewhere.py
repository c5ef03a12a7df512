"""What is usual, from what is found elsewhere: rates that know how little they rest on."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

UNSEEN: Final = 3  # rule of three: where none of n is so, 3/n of them still may be


def rate(found: Column, of: Column) -> Column:
    """Share of `of` that is found so, at its cautious end [0 to 1]."""
    return (found + UNSEEN) / (of + UNSEEN)


def usual_share(found: Column, of: Column, *, few: int, wider: Column) -> Column:
    """Share of `of` that is found so; `few` weigh as much as the `wider` rate [0 to 1]."""
    return (found + few * wider) / (of + few)


def outside(rows: DataFrame, name: str, of: list[str], where: str) -> DataFrame:
    """With `{name}_{where}`: its sum `of` these, at all other houses."""
    everywhere = F.sum(name).over(Window.partitionBy(*of))
    here = F.sum(name).over(Window.partitionBy(*of, "fixmedins_code"))
    return rows.withColumn(f"{name}_{where}", everywhere - here)
