"""gold.mix_fact: dear variants of an implant used far more often than others use them."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.points import Variant
from fundwatch.tables.gold import CHARGE_FACT, MIX_FACT
from jobs.conform import conform
from jobs.facts.mixes import mixes
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
# House → imported and domestic knees a month.
KNEES: Final = {"H1": (4, 1), "H2": (1, 4), "H3": (1, 4), "H4": (1, 4)}


KNEE: Final = Variant(
    id="knee", title="膝部超声", source="s1", innocent="i1", needs=(), items=("~国产", "~进口")
)


def found(
    spark: SparkSession,
    months: tuple[str, ...] = MONTHS,
    last: str = "9",
    dear: bool = True,
    kind: str = "301",
) -> DataFrame:
    head = (
        "bkkp_sn | setl_id | fixmedins_code | month | ingredient | hilist_code | item_name"
        " | list_type | is_high_value | cnt | pric | inscp_fen\n"
    )
    literal = head + "\n".join(
        f"{m}{house}{code}{n} | s{m}{house}{code}{n} | {house} | {m} | 膝关节 | {code} | {name}"
        f" | {kind} | true | 1 | {price} | {price * 100}"
        for m in MONTHS
        for house, numbers in KNEES.items()
        for (code, name, price), count in zip(
            (("C1", "进口", 8000 if dear else 4100), ("C2", "国产", 4000)), numbers, strict=True
        )
        for n in range(count)
    )
    charge = rows(spark, CHARGE_FACT, literal).where(f"month <= '{last}'")
    return conform(mixes(charge, points=(KNEE,), months=months), MIX_FACT)


def test_a_house_of_imported_knees_is_told_with_what_is_above_the_plain_price(
    spark: SparkSession,
) -> None:
    """Others implant one imported knee in five: one of five would be usual, three quarters above."""
    assert_rows(
        found(spark),
        MIX_FACT,
        """
        fixmedins_code | ingredient | month   | units | dear_units | expected | plain_pric | inscp_fen | items
        H1             | 膝关节     | 2024-01 | 5     | 4          | 1.00     | 4000       | 1200000   | 进口
        H1             | 膝关节     | 2024-02 | 10    | 8          | 2.00     | 4000       | 1200000   | 进口
        """,
    )


def test_services_that_points_call_variants_are_compared_too(spark: SparkSession) -> None:
    told = found(spark, kind="201").select("ingredient", "month", "inscp_fen").collect()
    assert sorted(map(tuple, told)) == [("膝部超声", m, 1200000) for m in MONTHS]


def test_variants_of_like_price_are_no_swap(spark: SparkSession) -> None:
    assert found(spark, dear=False).count() == 0


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(row) for m in MONTHS for row in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))
