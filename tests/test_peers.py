"""Peers: who is compared with whom, and how far off is far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.knowledge import Indicator
from fundwatch.tables.gold import INDICATOR_VALUE, PEER_SCORE
from fundwatch.tables.silver import INSTITUTION
from jobs.conform import conform
from jobs.peers import scores
from tests.rows import rows
from tests.test_knowledge import INDICATORS

NAMED: Final = {indicator.id: indicator for indicator in INDICATORS}
FUND: Final = NAMED["stay_fund"]
LOW: Final = FUND.model_copy(update={"id": "low_one", "worse": "low"})


def valued(spark: SparkSession, values: Iterable[tuple[str, float]], **same: Any) -> DataFrame:
    """gold.indicator_value of one indicator and month; `same` is what all rows share."""
    cells = {
        "indicator_id": "stay_fund",
        "entity_type": "institution",
        "month": "2024-01",
        "numerator": 1.0,
        "denominator": 10.0,
    }
    shared = cells | same
    made = [
        [(shared | {"entity": entity, "value": value}).get(name) for name in INDICATOR_VALUE.names]
        for entity, value in values
    ]
    return spark.createDataFrame(made, INDICATOR_VALUE.ddl)


def register(spark: SparkSession, **kinds: tuple[str, ...]) -> DataFrame:
    """Institutions by kind "medins_type hosp_lv natu"."""
    lines = [f"{code}|1|{'|'.join(k.split())}" for k, codes in kinds.items() for code in codes]
    head = "fixmedins_code|fixmedins_type|medins_type|hosp_lv|medins_natu\n"
    return rows(spark, INSTITUTION, head + "\n".join(lines))


def scored(
    value: DataFrame, institution: DataFrame, *indicators: Indicator
) -> dict[str, dict[str, Any]]:
    found = scores(value, institution, indicators=indicators or (FUND,))
    return {row.entity: row.asDict() for row in conform(found, PEER_SCORE).collect()}


EIGHT: Final = tuple(f"H{n}" for n in range(8))


def test_distance_is_the_robust_one(spark: SparkSession) -> None:
    values = [(code, float(v)) for code, v in zip(EIGHT, (1, 2, 3, 4, 5, 6, 7, 100), strict=True)]
    found = scored(valued(spark, values), register(spark, **{"综合 05 1": EIGHT}))
    assert found["H7"]["median"] == 4.5
    assert found["H7"]["spread"] == pytest.approx(1.4826 * 2)
    assert found["H7"]["distance"] == pytest.approx((100 - 4.5) / (1.4826 * 2))
    assert (found["H7"]["percentile"], found["H0"]["percentile"]) == (1.0, 0.125)
    assert found["H7"]["excess"] == pytest.approx((100 - 4.5) * 10)
    assert found["H0"]["excess"] == 0


def test_a_low_value_is_worse_where_low_is_worse(spark: SparkSession) -> None:
    values = [
        (code, float(v)) for code, v in zip(EIGHT, (1, 52, 53, 54, 55, 56, 57, 58), strict=True)
    ]
    value = valued(spark, values, indicator_id="low_one")
    found = scored(value, register(spark, **{"综合 05 1": EIGHT}), LOW)
    assert found["H0"]["distance"] > 10
    assert found["H0"]["percentile"] == 1.0
    assert found["H0"]["median"] == 54.5
    assert found["H7"]["distance"] < 0


def test_few_peers_are_widened_to_the_level_and_then_to_all_houses(spark: SparkSession) -> None:
    mixed = {
        "综合 05 1": EIGHT,  # enough alike
        "中医 06 1": ("Z1", "Z2"),  # widened to second-level houses
        "综合 08 2": ("K1",),  # widened to all houses
    }
    values = [(code, 5.0) for codes in mixed.values() for code in codes]
    found = scored(valued(spark, values), register(spark, **mixed))
    assert (found["H1"]["peer_group"], found["H1"]["peers"]) == ("综合·二级·公立", 8)
    assert (found["Z1"]["peer_group"], found["Z1"]["peers"]) == ("医疗机构·二级", 10)
    assert (found["K1"]["peer_group"], found["K1"]["peers"]) == ("医疗机构", 11)


def test_an_institution_outside_the_register_is_compared_with_such(spark: SparkSession) -> None:
    found = scored(valued(spark, [("X1", 1.0)]), register(spark, **{"综合 05 1": EIGHT}))
    assert (found["X1"]["peer_group"], found["X1"]["peers"]) == ("未登记", 1)


def test_equal_peers_have_no_distance(spark: SparkSession) -> None:
    values = [(code, 0.0) for code in EIGHT]
    found = scored(valued(spark, values), register(spark, **{"综合 05 1": EIGHT}))
    assert {row["distance"] for row in found.values()} == {0.0}


def test_differences_under_a_twentieth_of_the_median_are_small(spark: SparkSession) -> None:
    values = [(code, 100.0) for code in EIGHT[:7]] + [("H7", 105.0)]
    found = scored(valued(spark, values), register(spark, **{"综合 05 1": EIGHT}))
    assert found["H7"]["distance"] == pytest.approx(1.0)


def test_one_value_among_zeros_is_far_but_not_infinitely(spark: SparkSession) -> None:
    values = [(code, 0.0) for code in EIGHT[:7]] + [("H7", 0.4)]
    found = scored(valued(spark, values), register(spark, **{"综合 05 1": EIGHT}))
    assert found["H7"]["distance"] == pytest.approx(8 / 1.253314)


def test_no_value_no_row(spark: SparkSession) -> None:
    value = rows(spark, INDICATOR_VALUE, "indicator_id|entity|value\nstay_fund|H1|")
    assert scored(value, register(spark, **{"综合 05 1": EIGHT})) == {}


def test_wards_are_compared_with_wards_of_the_same_code(spark: SparkSession) -> None:
    values = [(f"{code}|A03", 1.0) for code in EIGHT] + [("H1|B01", 9.0)]
    value = valued(spark, values, entity_type="department", indicator_id="ward_fund")
    found = scored(value, register(spark, **{"综合 05 1": EIGHT}), NAMED["ward_fund"])
    assert found["H1|A03"]["peer_group"] == "科室·A03·二级"
    assert found["H1|B01"]["peer_group"] == "科室·二级"


def test_doctors_are_compared_at_their_level(spark: SparkSession) -> None:
    three = [(f"D{n}", float(n)) for n in range(8)]
    value = valued(
        spark, three, entity_type="doctor", indicator_id="doctor_visit_fund", level=3
    ).unionByName(
        valued(
            spark, [("D9", 50.0)], entity_type="doctor", indicator_id="doctor_visit_fund", level=1
        )
    )
    found = scored(value, register(spark), NAMED["doctor_visit_fund"])
    assert (found["D1"]["peer_group"], found["D1"]["peers"]) == ("医师·三级", 8)
    assert (found["D9"]["peer_group"], found["D9"]["peers"]) == ("全部", 9)


def test_row_order_and_partitions_do_not_matter(spark: SparkSession) -> None:
    values = [(f"H{n}", n * 0.1 + 1 / (n + 3)) for n in range(20)]
    place = register(spark, **{"综合 05 1": tuple(code for code, _ in values)})
    one_way = scored(valued(spark, values).coalesce(1), place)
    other_way = scored(valued(spark, reversed(values)).repartition(5), place)
    assert one_way == other_way
