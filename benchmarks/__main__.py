"""`make bench ARGS="--lake LAKE"`: wide sums over the fee lines of a lake, Spark beside DataFusion.

The same question in both, in turn, and the median of several: what an indicator pass costs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Final

from fundwatch.lake import Lake
from fundwatch.reader import open_lake
from fundwatch.session import spark_session
from fundwatch.tables.gold import CHARGE_FACT

TURNS: Final = 5
SUMS: Final = ", ".join(
    f"sum({column.name}) AS {column.name}"
    for column in CHARGE_FACT.columns
    if column.type == "bigint"
)
QUESTION: Final = f"SELECT fixmedins_code, month, {SUMS} FROM {{}} GROUP BY fixmedins_code, month"


def main() -> None:
    """Print medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--lake", default=None, help="default $FUNDWATCH_LAKE, else ./lake")
    reader = open_lake(parser.parse_args().lake)
    lake = Lake(reader.root, spark_session())
    lake.read(CHARGE_FACT).createOrReplaceTempView("charge_fact")
    spark = _seconds(lambda: len(lake.spark.sql(QUESTION.format("charge_fact")).toArrow()))
    peer = _seconds(lambda: len(reader.sql(QUESTION.format(CHARGE_FACT.name))))
    rows = lake.read(CHARGE_FACT).count()
    print(f"wide sums over {rows:,} fee lines, median of {TURNS}:")
    print(f"Spark {spark:.2f} s, DataFusion {peer:.2f} s, ratio {spark / peer:.1f}")


def _seconds(ask: Callable[[], int]) -> float:
    ask()  # compiled and read once
    return median(_once(ask) for _ in range(TURNS))


def _once(ask: Callable[[], int]) -> float:
    clock = time.monotonic()
    ask()
    return time.monotonic() - clock


if __name__ == "__main__":
    main()
