"""What every house does says little of one: a finder's findings beside those of other houses."""

from __future__ import annotations

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import RULE_FINDING
from fundwatch.tables.silver import INSTITUTION, SETTLEMENT_NET
from jobs.clues.usual import COMMON, RARE, usual
from tests.facts import codes
from tests.rows import rows

HOUSES = 20
STAYS = 100


def world(
    spark: SparkSession,
    named: dict[str, int],
    people: int = STAYS,
    grades: str = "B",
    large: int = 0,
    common: tuple[str, ...] = (),
) -> DataFrame:
    """Houses with STAYS stays each of `people`, some of which the finder names, once a grade.

    The last `large` of them are of the second level, the others of the first.
    """
    places = [f"h{n}" for n in range(HOUSES)]
    stays = [
        f"{place}_{n} | {place} | p{n % people} | 21 | false"
        for place in places
        for n in range(STAYS)
    ]
    net = "\n".join(["setl_id | fixmedins_code | psn_key | med_type | is_void", *stays])
    said = [
        f"limit | {place} | 2024-01 | {grade} | {' '.join(f'{place}_{n}' for n in range(count))}"
        for place, count in named.items()
        for grade in grades
    ]
    finding = "\n".join(["finder | anchor | month | grade | setl_ids", *said])
    owned = rows(spark, RULE_FINDING, finding).selectExpr("*", "concat('place:', anchor) AS owner")
    register = "\n".join(
        f"{place} | {'06' if n >= HOUSES - large else '09'}" for n, place in enumerate(places)
    )
    institution = rows(spark, INSTITUTION, f"fixmedins_code | hosp_lv\n{register}")
    known = rows(spark, SETTLEMENT_NET, net)
    return usual(owned, known, institution, common=common, codes=codes())


def above(made: DataFrame) -> dict[str, float]:
    return {row["owner"].removeprefix("place:"): row["above"] for row in made.collect()}


def test_what_nobody_else_does_stands_whole(spark: SparkSession) -> None:
    assert above(world(spark, {"h0": 5})) == {"h0": 1.0}


def test_what_all_houses_do_alike_says_nothing_of_one(spark: SparkSession) -> None:
    found = above(world(spark, {f"h{n}": 10 for n in range(HOUSES)}))
    assert set(found.values()) == {0.0}


def test_a_few_that_do_alike_are_no_custom(spark: SparkSession) -> None:
    found = above(world(spark, {"h0": 30, "h1": 20, "h2": 10}))
    few = 1 - (2 / 19 - RARE) / (COMMON - RARE)
    assert [found["h0"], found["h1"]] == pytest.approx([few, few], abs=1e-4)
    assert 0.3 < found["h2"] < 0.6  # ten of sixty people could be luck


def test_the_custom_of_small_houses_is_told_by_small_houses(spark: SparkSession) -> None:
    small = {f"h{n}": 10 for n in range(8)}
    assert set(above(world(spark, small, large=12)).values()) == {0.0}
    few_large = above(world(spark, small, large=7))  # too few on their side: all are compared
    assert min(few_large.values()) > 0.0


def test_a_house_far_above_the_custom_stands_out(spark: SparkSession) -> None:
    custom = {f"h{n}": 4 for n in range(1, HOUSES)}
    found = above(world(spark, custom | {"h0": 60}))
    assert found.pop("h0") == pytest.approx(1 - (4 + 2 * 2) / 60, abs=1e-4)
    assert set(found.values()) == {0.0}


def test_one_finding_where_every_third_house_has_one_is_chance(spark: SparkSession) -> None:
    found = above(world(spark, {f"h{n}": 1 for n in range(7)}))
    assert max(found.values()) < 0.1


def test_one_person_anywhere_is_luck_and_one_of_many_stays_is_no_pattern(
    spark: SparkSession,
) -> None:
    assert above(world(spark, {"h0": 1})) == {"h0": 0.0}
    assert above(world(spark, {"h0": 5}, people=1)) == {"h0": 0.0}
    assert above(world(spark, {"h0": 5}, people=1, grades="C")) == {"h0": 1.0}
    common = world(spark, {"h0": 5}, people=1, grades="C", common=("limit",))
    assert above(common) == {"h0": 0.0}


def test_what_is_named_twice_counts_once(spark: SparkSession) -> None:
    (told,) = world(spark, {"h0": 5}, grades="AC").collect()
    assert "本机构 5 笔" in told["comparison"]


def test_the_sentence_tells_all_figures_and_what_they_mean(spark: SparkSession) -> None:
    custom = {f"h{n}": 4 for n in range(1, HOUSES)}
    told = {row["owner"]: row["comparison"] for row in world(spark, custom | {"h0": 60}).collect()}
    far, usual_ = told["place:h0"], told["place:h1"]
    assert "60 笔" in far
    assert "0 家有相近比例" in far
    assert "4.0 笔" in far
    assert "不支持" in far
    assert "清退" in usual_
