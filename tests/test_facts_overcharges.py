"""gold.overcharge_fact: items charged twice, at discharge, on top, or again too soon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, OVERCHARGE_FACT
from jobs.conform import conform
from jobs.facts.overcharges import overcharges
from tests.rows import assert_rows, rows
from tests.test_points import POINTS

MONTHS: Final = ("2024-01", "2024-02")
HEAD: Final = (
    "fixmedins_code | mdtrt_id | charged_at | hilist_code | item_name | cnt | visit_days"
    " | care | person_key | month | bkkp_sn | setl_id | charged_on | list_type | inscp_fen"
)
BED: Final = "001109000010000 | 普通病房床位费"
NURSING: Final = "001201000040000 | Ⅱ级护理"
INTENSIVE: Final = "001201000010000 | 重症监护"
RESCUE: Final = "001202000010000 | 大抢救"
LESSER: Final = "001202000020000 | 中抢救"
OXYGEN: Final = "001203000010000 | 氧气吸入"
ON_TOP: Final = "001203000010001 | 持续吸氧加收"
GLYCATED: Final = "002503020030000 | 糖化血红蛋白测定"
BIRTH: Final = "003314000020000 | 单胎顺产接生"
MONITORED: Final = "003112010260000 | 胎心监测"
GINKGO: Final = "Z02AAG0666 | 银杏叶提取物注射液"
GINKGO_FEN: Final = 900
GINSENG: Final = "Z02AAJ3307 | 参麦注射液"
PILLS: Final = "Z02AAX1111 | 银杏叶片"
Line = tuple[str, str, str, str, int]  # house, visit, time, item, quantity


def stay(house: str, visit: str, item: str, days: Iterable[int]) -> list[Line]:
    return [(house, visit, f"2024-01-{day:02}T08:00:00", item, 1) for day in days]


def found(
    spark: SparkSession,
    lines: Iterable[Line],
    months: tuple[str, ...] = ("2024-01",),
    *,
    visit_days: int = 5,
    last: str = "9",
) -> DataFrame:
    """Each visit is its own person's but for what follows a dash in its name."""
    literal = [HEAD] + [
        f"{house} | {visit} | {at} | {item} | {cnt} | {visit_days} | inpatient"
        f" | {visit.split('-')[0]} | {at[:7]} | {visit}/{n} | s{visit} | {at[:10]}"
        f" | {'101' if item.startswith('Z') else '201'} | {GINKGO_FEN if item == GINKGO else 100}"
        for n, (house, visit, at, item, cnt) in enumerate(lines)
    ]
    charge = rows(spark, CHARGE_FACT, "\n".join(literal)).where(f"month <= '{last}'")
    return conform(overcharges(charge, points=POINTS, months=months), OVERCHARGE_FACT)


def rescues(houses: Iterable[tuple[str, int]], day: int = 2) -> list[Line]:
    """At each house five visits with a major rescue, so many of them with a lesser beside it."""
    return [
        line
        for house, both in houses
        for n in range(5)
        for line in (
            *stay(house, f"{house}v{n}", RESCUE, [2]),
            *(stay(house, f"{house}v{n}", LESSER, [day]) if n < both else ()),
        )
    ]


def test_what_a_main_item_contains_is_told_beside_what_others_do(spark: SparkSession) -> None:
    told = found(spark, rescues([("H1", 4), ("H2", 0), ("H3", 1), ("H4", 0)]))
    assert_rows(
        told.where("fixmedins_code = 'H1'"),
        OVERCHARGE_FACT,
        "mdtrt_id | hilist_code | how | basis | beside | house_cases | house_found"
        " | others_share | others_houses | others_doing | inscp_fen\n"
        + "\n".join(
            f"H1v{n} | 001202000020000 | excluded | nhsa_same_day | 大抢救 | 5 | 4 | 0 | 3 | 1 | 100"
            for n in range(4)
        ),
    )
    one = told.where("mdtrt_id = 'H1v0'").collect()[0]
    assert [tuple(line) for line in one.excess_lines] == [("H1v0/1", "sH1v0", 100)]
    assert one.other_sns == ["H1v0/0"]


def test_what_the_middle_house_does_is_custom(spark: SparkSession) -> None:
    assert found(spark, rescues([("H1", 4), ("H2", 5), ("H3", 2), ("H4", 0)])).count() == 0


def test_two_rescues_on_two_days_are_two(spark: SparkSession) -> None:
    assert found(spark, rescues([("H1", 4), ("H2", 0)], day=3)).count() == 0


def test_where_hardly_anybody_gives_the_main_item_nothing_is_known_of_custom(
    spark: SparkSession,
) -> None:
    told = found(spark, rescues([("H1", 1), ("H2", 0)])).collect()
    assert [(row.others_share, row.others_houses) for row in told] == [(None, 1)]


def test_an_item_is_known_by_its_name_under_another_code(spark: SparkSession) -> None:
    lines = [*stay("H1", "v1", "9 | 大抢救", [2]), *stay("H1", "v1", "8 | 中抢救", [2])]
    assert [row.hilist_code for row in found(spark, lines).collect()] == ["8"]


@pytest.mark.parametrize(("hours", "told"), [(24, 1), (8, 0)])
def test_nursing_beside_intensive_care_is_told_where_that_fills_the_day(
    spark: SparkSession, hours: int, told: int
) -> None:
    """On the day of a change of ward both are right."""
    lines = [
        ("H1", "v1", "2024-01-02T08:00:00", INTENSIVE, hours),
        *stay("H1", "v1", NURSING, [2, 3]),
    ]
    assert found(spark, lines).where("basis = 'intensive_nursing'").count() == told


@pytest.mark.parametrize(
    ("birth", "monitored", "told"),
    [("14:00:00", "09:30:00", 1), ("14:00:00", "07:30:00", 0), ("00:00:00", "00:00:00", 0)],
)
def test_hours_are_counted_where_the_time_of_day_is_known(
    spark: SparkSession, birth: str, monitored: str, told: int
) -> None:
    lines = [
        ("H1", "v1", f"2024-01-02T{birth}", BIRTH, 1),
        ("H1", "v1", f"2024-01-02T{monitored}", MONITORED, 1),
    ]
    assert found(spark, lines).count() == told


def lying(house: str, stays: int, days: Iterable[int]) -> list[Line]:
    return [line for n in range(stays) for line in stay(house, f"{house}v{n}", BED, days)]


def test_the_day_of_discharge_is_told_where_others_do_not_charge_it(spark: SparkSession) -> None:
    """Five days, the first and the last counted, are four nights."""
    others = [line for house in ("H2", "H3", "H4") for line in lying(house, 4, [1, 2, 3, 4])]
    told = found(spark, [*lying("H1", 2, [1, 2, 3, 4, 5]), *others])
    assert_rows(
        told,
        OVERCHARGE_FACT,
        """
        mdtrt_id | hilist_code     | how       | basis   | house_cases | house_found | others_share | first_on   | last_on    | inscp_fen
        H1v0     | 001109000010000 | discharge | bed_day | 2           | 2           | 0            | 2024-01-05 | 2024-01-05 | 100
        H1v1     | 001109000010000 | discharge | bed_day | 2           | 2           | 0            | 2024-01-05 | 2024-01-05 | 100
        """,
    )


def test_two_beds_on_the_day_of_a_change_of_ward_are_no_day_of_discharge(
    spark: SparkSession,
) -> None:
    ward = "001109000030000 | 监护病房床位费"
    lines = [*lying("H1", 2, [1, 2, 3, 4]), *stay("H1", "H1v0", ward, [2])]
    assert found(spark, lines).count() == 0


def test_where_most_houses_charge_the_day_of_discharge_it_is_custom(spark: SparkSession) -> None:
    every = [line for n in range(1, 6) for line in lying(f"H{n}", 4, [1, 2, 3, 4, 5])]
    assert found(spark, every).count() == 0


def oxygen(visits: int) -> list[Line]:
    """At four houses so many visits with oxygen on two days."""
    return [
        line
        for house in ("H1", "H2", "H3", "H4")
        for n in range(visits)
        for line in stay(house, f"{house}v{n}", OXYGEN, [1, 2])
    ]


def test_a_surcharge_that_no_other_house_takes_is_told(spark: SparkSession) -> None:
    """H1 charges it beside the oxygen on one of the two days."""
    told = found(spark, [*oxygen(4), *stay("H1", "H1v0", ON_TOP, [2])])
    assert_rows(
        told.where("how = 'surcharge'"),
        OVERCHARGE_FACT,
        """
        mdtrt_id | hilist_code     | beside   | house_cases | house_found | others_share | others_houses | others_doing | first_on
        H1v0     | 001203000010001 | 氧气吸入 | 4           | 1           | 0            | 3             | 0            | 2024-01-02
        """,
    )


def test_a_surcharge_without_its_main_item_is_told(spark: SparkSession) -> None:
    lines = [*stay("H1", "v1", ON_TOP, [2]), *stay("H1", "v2", OXYGEN, [2])]
    told = found(spark, lines).collect()
    assert [(row.how, row.mdtrt_id) for row in told] == [("orphan", "v1")]


def test_the_same_again_before_its_days_are_over_is_told_here_and_elsewhere(
    spark: SparkSession,
) -> None:
    """Ann on the 1st, the 10th and at another house on the 20th; bob waits fifteen days."""
    lines = [
        *stay("H1", "ann-1", GLYCATED, [1]),
        *stay("H1", "ann-2", GLYCATED, [10]),
        *stay("H2", "ann-3", GLYCATED, [20]),
        *stay("H1", "bob-1", GLYCATED, [1]),
        *stay("H1", "bob-2", GLYCATED, [16]),
    ]
    assert_rows(
        found(spark, lines),
        OVERCHARGE_FACT,
        """
        mdtrt_id | how            | other_sns | other_code | house_cases | house_found
        ann-2    | soon           | ann-1/0   | H1         | 4           | 1
        ann-3    | soon_elsewhere | ann-2/1   | H1         | 1           | 1
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    january = [
        *rescues([("H1", 4), ("H2", 0), ("H3", 1), ("H4", 0)]),
        *(line for house in ("H2", "H3", "H4") for line in lying(house, 4, [1, 2, 3, 4])),
        *lying("H5", 2, [1, 2, 3, 4, 5]),
        *oxygen(4),
        *stay("H1", "H1v0", ON_TOP, [2]),
        *stay("H1", "ann-1", GLYCATED, [25]),
    ]
    later = [(h, f"{v}-b", at.replace("-01-", "-02-"), i, c) for h, v, at, i, c in january]
    soon = ("H1", "ann-2", "2024-02-03T08:00:00", GLYCATED, 1)
    lines = [*january, *later, soon]
    whole = found(spark, lines, MONTHS).collect()
    alone = [repr(row) for m in MONTHS for row in found(spark, lines, (m,), last=m).collect()]
    assert {row.how for row in whole} == {"excluded", "discharge", "surcharge", "soon"}
    assert sorted(alone) == sorted(map(repr, whole))


def test_two_chinese_injections_on_one_day_are_told_where_others_give_one(
    spark: SparkSession,
) -> None:
    """The cheaper one is too much; not pills beside it, nor another on the next day."""
    both = [*stay("H1", "v1", GINKGO, [2, 3]), *stay("H1", "v1", GINSENG, [2, 4])]
    pills = stay("H1", "v1", PILLS, [3])
    others = [line for n in range(4) for line in stay(f"H{2 + n}", f"o{n}", GINKGO, [2, 3, 4])]
    assert_rows(
        found(spark, [*both, *pills, *others]),
        OVERCHARGE_FACT,
        """
        mdtrt_id | hilist_code | how      | beside               | house_cases | house_found | others_share | others_houses | inscp_fen
        v1       | Z02AAJ3307  | combined | 银杏叶提取物注射液   | 3           | 1           | 0            | 4             | 100
        """,
    )
    custom = [
        *both,
        *others,
        *(line for n in range(4) for line in stay(f"H{2 + n}", f"o{n}", GINSENG, [2])),
    ]
    assert found(spark, custom).count() == 0
