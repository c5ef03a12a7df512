"""gold.indication_fact: dear items given for illnesses for which others do not give them."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, INDICATION_FACT, STAY_FACT
from fundwatch.tables.silver import DIAGNOSIS, OPERATION
from jobs.facts.indications import indications
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02")
# Twelve stays for back pain and twelve of the liver at H2; half of the latter get albumin there.
ELSEWHERE: Final = [(f"b{n}", "H2", "M54.500", "2024-01") for n in range(12)] + [
    (f"v{n}", "H2", "K74.600", "2024-01") for n in range(12)
]
HERE: Final = [
    ("odd", "H1", "M54.500", "2024-01"),
    ("odd2", "H1", "M54.501", "2024-02"),
    ("also", "H1", "M54.500", "2024-02"),  # has a liver as well
    ("liver", "H1", "K74.600", "2024-02"),
    ("alone", "H1", "Q99.000", "2024-02"),  # which nobody else treats
    ("plain", "H1", "M54.500", "2024-02"),
    ("chemo", "H1", "M54.500", "2024-02"),  # which names what for, somewhere else
]
STAYS = "\n".join(
    ["mdtrt_id | fixmedins_code | main_diag | month | chfpdr_code | admitted_on | discharged_on"]
    + [f"{s} | {h} | {d} | {m} | D1 | {m}-02 | {m}-09" for s, h, d, m in (*ELSEWHERE, *HERE)]
)
GIVEN: Final = [(f"v{n}", "2024-01") for n in range(6)] + [
    (stay, month) for stay, _, _, month in HERE if stay != "plain"
]
LINES = "\n".join(
    ["bkkp_sn | setl_id | mdtrt_id | month | fixmedins_code | ingredient | is_high_value | list_type"
     " | care | inscp_fen"]
    + [
        f"l-{stay} | s-{stay} | {stay} | {month} | {'H2' if stay[0] == 'v' else 'H1'} | 白蛋白"
        " | true | 101 | inpatient | 1000"
        for stay, month in GIVEN
    ]
)  # fmt: skip
DIAGNOSES = """
    mdtrt_id | diag_srt_no | diag_code | vali_flag
    also     | 2           | K74.600   | 1
    odd      | 2           | K74.600   | 0
    chemo    | 2           | Z51.103   | 1
"""


def found(
    spark: SparkSession,
    months: tuple[str, ...] = MONTHS,
    last: str = "9",
    lines: str = LINES,
    operations: str = "",
) -> DataFrame:
    stay, line = (
        rows(spark, table, literal).where(f"month <= '{last}'")
        for table, literal in ((STAY_FACT, STAYS), (CHARGE_FACT, lines))
    )
    known = rows(spark, DIAGNOSIS, DIAGNOSES), rows(spark, OPERATION, operations)
    return indications(stay, line, *known, months=months)


def test_an_item_for_an_illness_that_others_treat_without_it_is_told(spark: SparkSession) -> None:
    assert_rows(
        found(spark),
        INDICATION_FACT,
        """
        fixmedins_code | ingredient | month   | stays | stays_with | odd_stays | odd_expected | doctors | top_doctor | top_doctor_stays | diagnoses | first_on   | last_on    | inscp_fen
        H1             | 白蛋白     | 2024-01 | 1     | 1          | 1         | 0.0          | 1       | D1         | 1                | M54       | 2024-01-02 | 2024-01-09 | 1000
        H1             | 白蛋白     | 2024-02 | 5     | 4          | 2         | 0.0          | 1       | D1         | 2                | M54       | 2024-01-02 | 2024-02-09 | 2000
        """,
    )


def test_the_lines_of_the_odd_stays_are_named(spark: SparkSession) -> None:
    last = {row.month: row.excess_lines for row in found(spark).collect()}["2024-02"]
    assert [(line.bkkp_sn, line.setl_id) for line in last] == [
        ("l-odd", "s-odd"),
        ("l-odd2", "s-odd2"),
    ]


def test_a_consumable_is_compared_by_operation_and_a_test_by_illness(spark: SparkSession) -> None:
    """H1 staples an appendix, as H2 never does; of who had no operation nothing is said."""
    operations = "\n".join(
        ["mdtrt_id | oprn_srt_no | oprn_oprt_code | vali_flag"]
        + [f"{stay} | 1 | 47.0900 | 1" for stay, *_ in (*ELSEWHERE, *HERE) if stay != "alone"]
    )
    stapled = LINES.replace("白蛋白 | true | 101", "吻合器 | true | 301")
    kept = [line for line in stapled.split("\n") if not line.startswith("l-v")]
    told = found(spark, lines="\n".join(kept), operations=operations).where("month = '2024-02'")
    assert [(row.list_type, row.stays, row.odd_stays) for row in told.collect()] == [("301", 6, 5)]
    tested = LINES.replace("白蛋白 | true | 101", "基因 | false | 201").replace(
        "| inscp_fen", "| inscp_fen | charge_type | pric", 1
    )
    lines = [line if "bkkp_sn" in line else f"{line} | 04 | 1500" for line in tested.split("\n")]
    told = found(spark, lines="\n".join(lines)).where("month = '2024-02'")
    assert [(row.list_type, row.odd_stays) for row in told.collect()] == [("201", 2)]


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))
