"""gold.group_fact: stays paid by group that look like stays of a lighter group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import DataFrame, Row, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, GROUP_FACT, STAY_FACT
from fundwatch.tables.silver import PAYMENT_GROUP
from jobs.conform import conform
from jobs.facts.groups import groups
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02")
WEIGHTS = """
    dise_no | hi_paymtd | begndate   | enddate    | weight | rate
    ES23    | 4         | 2023-01-01 | 2023-12-31 | 9      | 5000
    ES23    | 4         | 2024-01-01 |            | 1.2    | 5000
    ES25    | 4         | 2024-01-01 |            | 0.7    | 5000
    ET21    | 4         | 2024-01-01 |            | 0.1    | 5000
"""
# Of each group three houses; H1 bills the heavy one for a stay that costs like a light one.
USUAL = "\n".join(
    f"    {dise_no}{house} | 2024-01 | {dise_no} | 4 | {house} | {fen} | 2024-01-20"
    for dise_no, fen in (("ES23", 600_000), ("ES25", 300_000), ("ET21", 310_000))
    for house in ("H2", "H3", "H4")
)
STAYS = f"""
    mdtrt_id | month   | dise_no | hi_paymtd | fixmedins_code | medfee_fen | discharged_on
    heavy    | 2024-02 | ES23    | 4         | H1             | 590000     | 2024-02-05
    light    | 2024-02 | ES25    | 4         | H1             | 310000     | 2024-02-05
    high     | 2024-02 | ES23    | 4         | H1             | 320000     | 2024-02-05
    by_item  | 2024-02 | ES23    | 1         | H1             | 320000     | 2024-02-05
{USUAL}
"""
LINES = """
    bkkp_sn | setl_id | month   | inscp_fen
    a       | high    | 2024-02 | 100000
    b       | high    | 2024-02 | 60000
    c       | heavy   | 2024-02 | 60000
"""


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    stay = rows(spark, STAY_FACT, STAYS).where(f"month <= '{last}'")
    return groups(
        stay.withColumn("setl_id", stay["mdtrt_id"]),
        rows(spark, CHARGE_FACT, LINES),
        rows(spark, PAYMENT_GROUP, WEIGHTS),
        months=months,
    )


def test_a_stay_that_cost_what_a_lighter_group_costs_is_told(spark: SparkSession) -> None:
    # 0.5 of weight at 5,000 yuan is 2,500 of 3,200 yuan: 78.125 % of every line.
    assert_rows(
        found(spark),
        GROUP_FACT,
        """
        mdtrt_id | ground | month   | fixmedins_code | dise_no | weight | usual_fen | right_no | right_weight | right_fen | houses | house_stays | house_lighter | house_expected | inscp_fen
        high     | cost   | 2024-02 | H1             | ES23    | 1.2000 | 600000    | ES25     | 0.7000       | 300000    | 4      | 2          | 1            | 0.00          | 125000
        """,
    )


def test_a_group_that_one_house_alone_bills_is_judged_by_its_weight(spark: SparkSession) -> None:
    """A unit of weight costs 4,285.71 yuan in one group of the family and 5,000 in the other."""
    stay = rows(
        spark, STAY_FACT, STAYS.replace("high     | 2024-02 | ES23", "high     | 2024-02 | ES21")
    )
    told = groups(
        stay.withColumn("setl_id", stay["mdtrt_id"]),
        rows(spark, CHARGE_FACT, LINES),
        rows(
            spark,
            PAYMENT_GROUP,
            WEIGHTS + "    ES21    | 4         | 2024-01-01 |            | 1.8    | 5000\n",
        ),
        months=MONTHS,
    )
    assert_rows(
        told,
        GROUP_FACT,
        """
        mdtrt_id | ground | dise_no | usual_fen | houses | right_no | right_fen
        high     | cost   | ES21    | 835714    | 1      | ES25     | 300000
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))


def test_stays_in_heavy_groups_are_counted_beside_what_others_bill(spark: SparkSession) -> None:
    """H1 bills all twelve in the heavy group, H2 three of twelve."""
    stays = STAYS + "\n".join(
        f"    {house}{n} | 2024-02 | {group} | 4 | {house} | 300000 | 2024-02-05"
        for house, heavy in (("H1", 12), ("H2", 3))
        for n in range(12)
        for group in ["ES23" if n < heavy else "ES25"]
    )
    stay = rows(spark, STAY_FACT, stays)
    told = groups(
        stay.withColumn("setl_id", stay["mdtrt_id"]),
        rows(spark, CHARGE_FACT, LINES),
        rows(spark, PAYMENT_GROUP, WEIGHTS),
        months=MONTHS,
    )
    (one,) = told.where("mdtrt_id = 'high'").collect()
    # Of fifteen stays at H1, fourteen are heavy; of the others' eighteen, six.
    assert (one.house_heavy, str(one.heavy_expected)) == (14, "5.00")


# Three honest houses treat strokes, dizziness and pneumonia; each illness brings its own.
FAMILIES: Final = {
    "BR25": (900_000, ("磁共振平扫", "依达拉奉", "颈部血管超声"), "2.0", "脑梗死"),
    "BU15": (200_000, ("倍他司汀", "前庭功能检查", "眼震电图"), "0.5", "眩晕综合征"),
    "ES25": (300_000, ("痰培养", "头孢曲松", "胸部CT"), "0.7", "肺炎"),
    "FR15": (310_000, ("呋塞米", "心脏超声", "脑钠肽"), "0.8", "心力衰竭"),
}
HONEST: Final = ("H2", "H3", "H4")
GROUPS: Final = "\n".join(
    ["dise_no | hi_paymtd | begndate | weight | rate | dise_name"]
    + [f"{no} | 4 | 2023-01-01 | {w} | 5000 | {name}" for no, (_, _, w, name) in FAMILIES.items()]
    + ["AH11 | 4 | 2023-01-01 | 6.2 | 5000 | 有创呼吸机支持≥96小时"]
)


@dataclass(frozen=True)
class Stay:
    """One stay: what was billed, what was given (items and their number) and what it cost."""

    mdtrt_id: str
    house: str
    dise_no: str
    fen: int
    given: dict[str, int]
    days: int = 7
    icu_hours: str = ""
    dscg_way: str = "1"
    month: str = "2024-02"


def usual_stays() -> list[Stay]:
    return [
        Stay(f"{house}{no}{n}", house, no, fen, dict.fromkeys(items, 1), month="2024-01")
        for house in HONEST
        for no, (fen, items, _, _) in FAMILIES.items()
        for n in range(4)
    ]


def like(no: str, name: str, house: str = "H1", *, billed: str = "BR25", **more: Any) -> Stay:
    """A stay that was treated as `no` and billed as something else."""
    fen, items, _, _ = FAMILIES[no]
    return Stay(name, house, billed, fen, dict.fromkeys(items, 1), **more)


def judged(spark: SparkSession, stays: list[Stay], months: tuple[str, ...] = MONTHS) -> list[Row]:
    table = ["mdtrt_id | setl_id | month | dise_no | hi_paymtd | fixmedins_code | medfee_fen"
             " | discharged_on | stay_days | icu_hours | dscg_way"]  # fmt: skip
    line = ["bkkp_sn | mdtrt_id | setl_id | month | care | hi_paymtd | list_type | charge_type"
            " | item_name | hilist_code | cnt | inscp_fen"]  # fmt: skip
    for s in (one for one in stays if one.month <= max(months)):
        table.append(
            f"{s.mdtrt_id} | {s.mdtrt_id} | {s.month} | {s.dise_no} | 4 | {s.house} | {s.fen}"
            f" | {s.month}-20 | {s.days} | {s.icu_hours} | {s.dscg_way}"
        )
        line += [
            f"{s.mdtrt_id}{n} | {s.mdtrt_id} | {s.mdtrt_id} | {s.month} | inpatient | 4 | 201 | 05"
            f" | {item} | {CODES.get(item, item)} | {cnt} | 1000"
            for n, (item, cnt) in enumerate(s.given.items())
        ]
    told = groups(
        rows(spark, STAY_FACT, "\n".join(table)),
        rows(spark, CHARGE_FACT, "\n".join(line)),
        rows(spark, PAYMENT_GROUP, GROUPS),
        months=months,
    )
    return sorted(conform(told, GROUP_FACT, months).where("ground <> 'cost'").collect())


CODES: Final = {"呼吸机": "003106030010000", "重症监护": "001201000010000"}


def test_a_stay_without_what_its_illness_brings_elsewhere_is_told_by_what_it_is_like(
    spark: SparkSession,
) -> None:
    """The accused billed two strokes treated as dizziness, and a real one that cost little."""
    cheap = Stay("real", "H1", "BR25", 250_000, dict.fromkeys(FAMILIES["BR25"][1], 1))
    stays = [*usual_stays(), like("BU15", "dizzy1"), like("BU15", "dizzy2"), cheap]
    one, two = judged(spark, stays)
    assert (one.mdtrt_id, two.mdtrt_id, one.ground) == ("dizzy1", "dizzy2", "care")
    assert (one.right_no, one.right_name, one.right_fen) == ("BU15", "眩晕综合征", 200_000)
    assert (one.marks, one.marked) == (3, 0)
    assert one.unmarked == sorted(FAMILIES["BR25"][1])
    # Of its three strokes two; the others' twelve are all treated as strokes.
    assert (one.house_stays, one.house_lighter, str(one.house_expected)) == (3, 2, "0.00")
    # 1.5 of weight at 5,000 yuan is more than the stay cost: all of its three lines.
    assert (one.inscp_fen, len(one.excess_lines)) == (3000, 3)


def test_who_left_early_or_had_little_of_anything_is_not_taken_for_another_illness(
    spark: SparkSession,
) -> None:
    """Transfers and deaths end the treatment; a house that does little shows no other illness."""
    moved = [like("BU15", f"way{way}", dscg_way=way) for way in ("2", "4", "5")]
    little = Stay("little", "H1", "BR25", 190_000, {"倍他司汀": 1})
    near = like("ES25", "near", billed="FR15")  # 0.8 for 0.7: nobody swaps for that
    assert judged(spark, [*usual_stays(), *moved, little, near]) == []


def ventilated(name: str, house: str, hours: int, **more: Any) -> Stay:
    given = {"痰培养": 1, "头孢曲松": 1, "胸部CT": 1, "呼吸机": hours}
    return Stay(name, house, "AH11", 500_000, given, **more)


def test_fewer_hours_of_ventilation_than_the_group_asks_for_are_told(spark: SparkSession) -> None:
    """Charged for 60 of 96, or for 100 beside 24 of intensive care; a real unit for 168."""
    few = ventilated("few", "H1", 60)
    outside = ventilated("outside", "H1", 100, icu_hours="24")
    in_four_nights = ventilated("room", "H1", 120, days=2)
    real = [ventilated(f"real{n}", "H2", 168, days=12, icu_hours="192") for n in range(3)]
    unknown = ventilated("unknown", "H2", 120, days=12, icu_hours="0")
    told = judged(spark, [*usual_stays(), few, outside, in_four_nights, *real, unknown])
    assert [one.mdtrt_id for one in told] == ["few", "outside", "room"]
    one = told[0]
    assert (one.ground, one.least_hours, str(one.vent_hours)) == ("hours", 96, "60.0000")
    assert (one.right_no, one.house_stays, one.house_lighter) == ("ES25", 3, 3)


def test_a_house_that_charges_ventilation_by_the_day_is_not_asked_for_hours(
    spark: SparkSession,
) -> None:
    assert judged(spark, [*usual_stays(), ventilated("daily", "H1", 1)]) == []


def test_months_alone_tell_care_and_hours_as_all_at_once_do(spark: SparkSession) -> None:
    stays = [*usual_stays(), like("BU15", "dizzy"), ventilated("few", "H1", 60)]
    stays.append(like("BU15", "before", month="2024-01"))
    alone = [row for month in MONTHS for row in judged(spark, stays, (month,))]
    assert sorted(alone) == judged(spark, stays)
    assert {row.mdtrt_id for row in alone} == {"dizzy", "few", "before"}
