"""gold.entry_fact: operators who enter services late at night, long after they were given."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, ENTRY_FACT
from jobs.conform import conform
from jobs.facts.entries import entries
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
HEAD: Final = (
    "bkkp_sn | setl_id | person_key | month | fixmedins_code | opter_id | care | list_type"
    " | charge_type | item_name | charged_at | charged_on | entered_at | inscp_fen"
)
DAY: Final = "2024-01-05T10:00:00"
NIGHT: Final = "2024-01-06T23:10:00"


def line(
    n: str,
    entered_at: str = NIGHT,
    charged_at: str = DAY,
    *,
    opter: str = "O1",
    house: str = "H1",
    item: str = "201 | 05 | 心电监测",
    month: str = "2024-01",
) -> str:
    return (
        f"{n} | s{n} | p{n} | {month} | {house} | {opter} | inpatient | {item} | {charged_at}"
        f" | {charged_at[:10]} | {entered_at} | 100"
    )


def found(spark: SparkSession, *lines: str, last: str = "9") -> DataFrame:
    charge = rows(spark, CHARGE_FACT, "\n".join([HEAD, *lines])).where(f"month <= '{last}'")
    return conform(entries(charge), ENTRY_FACT)


def batch(house: str = "H1", opter: str = "O1", **more: str) -> list[str]:
    """Five services of five patients, two of them after midnight of the same night."""
    return [
        line(f"{house}{opter}{n}", "2024-01-07T00:20:00" if n > 2 else NIGHT, house=house,
             opter=opter, **more)
        for n in range(5)
    ]  # fmt: skip


def test_services_entered_in_the_night_long_after_are_told_beside_other_houses(
    spark: SparkSession,
) -> None:
    """Of H2's ten services one is late: of six here 0.6 would be."""
    by_day = line("d", "2024-01-05T10:05:00")
    drug = line("x", item="101 | 09 | 头孢曲松")
    elsewhere = [line(f"e{n}", NIGHT if n == 0 else DAY, house="H2") for n in range(10)]
    assert_rows(
        found(spark, *batch(), by_day, drug, *elsewhere),
        ENTRY_FACT,
        """
        fixmedins_code | opter_id | month   | lines | services | late_lines | late_services | expected | house_late_share | nights | cases | persons | items    | first_on   | inscp_fen
        H1             | O1       | 2024-01 | 7     | 6        | 6          | 5             | 0.60     | 0.8571           | 1      | 5     | 5       | 心电监测 | 2024-01-05 | 500
        """,
    )


def test_the_night_shift_its_beds_and_a_charge_of_midnight_are_not_late(
    spark: SparkSession,
) -> None:
    """Given at 21:00 and entered at 23:10; bed-days that a system posts; known by the day only."""
    evening = [line(f"n{n}", charged_at="2024-01-06T21:00:00") for n in range(5)]
    beds = [line(f"b{n}", item="201 | 01 | 床位费") for n in range(5)]
    midnight = [line(f"m{n}", charged_at="2024-01-06T00:00:00") for n in range(5)]
    morning = [line(f"t{n}", entered_at="2024-01-07T06:00:00") for n in range(5)]
    assert found(spark, *evening, *beds, *midnight, *morning).count() == 0


def test_a_system_that_posts_everything_at_night_shows_in_the_house(spark: SparkSession) -> None:
    """One technical operator posts all, drugs too; a failed system is caught up in one night."""
    drugs = [line(f"x{n}", item="101 | 09 | 头孢曲松") for n in range(15)]
    (one,) = found(spark, *batch(), *drugs).collect()
    assert (str(one.house_late_share), one.late_lines, one.late_services) == ("1.0000", 20, 5)
    assert one.nights == 1


def test_a_pharmacy_is_not_asked(spark: SparkSession) -> None:
    sold = [row.replace("inpatient", "pharmacy") for row in batch()]
    assert found(spark, *sold).count() == 0


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    lines = [*batch(), *batch("H2", "O2", month="2024-02"), *batch("H3", month="2024-02")]
    every = sorted(found(spark, *lines).collect())
    alone = [
        row
        for month in MONTHS
        for row in found(spark, *(one for one in lines if f"| {month} |" in one)).collect()
    ]
    assert (len(every), sorted(alone)) == (3, every)
