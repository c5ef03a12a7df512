"""gold.support_fact: items charged without what they must rest on."""

from __future__ import annotations

from typing import Final

import pytest
from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, SUPPORT_FACT
from fundwatch.tables.silver import DIAGNOSIS, MEDICAL_ORDER, REPORT, TRACE_SCAN
from jobs.conform import conform
from jobs.facts.supports import supports
from tests.rows import assert_rows, rows

MONTHS: Final = ("2024-01", "2024-02")
LINES: Final = """
    bkkp_sn | setl_id | mdtrt_id | month   | fixmedins_code | hilist_code  | list_type | care       | lmt_diag      | needs_oprn  | cnt | inscp_fen
    l1      | s1      | m1       | 2024-01 | H1             | C14          | 301       | inpatient  |               | 00320; 0033 | 1   | 900
    l2      | s2      | m2       | 2024-01 | H1             | C14          | 301       | inpatient  |               | 00320; 0033 | 1   | 900
    l3      | s2      | m2       | 2024-01 | H1             | 003309990    | 201       | inpatient  |               |             | 1   | 500
    l4      | s3      | m3       | 2024-02 | H1             | C14          | 301       | inpatient  |               | 00320; 0033 | 1   | 900
    l5      | s3a     | m3       | 2024-01 | H1             | 003309990    | 201       | inpatient  |               |             | 1   | 500
    l6      | s4      | m4       | 2024-01 | H1             | X1           | 101       | outpatient | ^K7[0-4]      |             | 2   | 300
    l7      | s5      | m5       | 2024-01 | H1             | X1           | 101       | outpatient | ^K7[0-4]      |             | 2   | 300
    l8      | s6      | m6       | 2024-01 | H1             | X3           | 101       | outpatient | 肝硬化        |             | 2   | 300
    l9      | s7      | m7       | 2024-01 | H1             | X1           | 101       | outpatient | ^K7[0-4]      |             | 2   | 300
    l10     | s8      | m8       | 2024-01 | H1             | X2           | 101       | outpatient | (((           |             | 2   | 300
"""
DIAGNOSES: Final = """
    mdtrt_id | diag_srt_no | diag_code | diag_name | vali_flag
    m4       | 1           | K74.600   | 肝病      | 1
    m5       | 1           | J18.900   | 肺炎      | 1
    m5       | 2           | K74.600   | 肝硬化    | 0
    m6       | 1           | R18.x00   | 肝硬化腹水 | 1
    m8       | 1           | J18.900   | 肺炎      | 1
"""


def found(
    spark: SparkSession,
    months: tuple[str, ...] = MONTHS,
    *,
    lines: str = LINES,
    reports: str = "",
    orders: str = "",
    scans: str = "",
    last: str = "9",
) -> DataFrame:
    line = rows(spark, CHARGE_FACT, lines).where(f"month <= '{last}'")
    made = supports(
        line,
        rows(spark, DIAGNOSIS, DIAGNOSES),
        rows(spark, REPORT, reports),
        rows(spark, MEDICAL_ORDER, orders),
        rows(spark, TRACE_SCAN, scans),
        months=months,
    )
    return conform(made, SUPPORT_FACT)


def test_a_consumable_without_its_procedure_and_a_drug_without_its_illness_are_told(
    spark: SparkSession,
) -> None:
    """m2 and m3 had the procedure, m3 in the month before; m4 and m6 fit by code
    and by name, m7 has no diagnosis at all, and what X2 is limited to cannot be read."""
    assert_rows(
        found(spark),
        SUPPORT_FACT,
        """
        mdtrt_id | hilist_code | lacks     | month   | inscp_fen | others_share | house_cases | house_lacking
        m1       | C14         | operation | 2024-01 | 900       |              | 2           | 1
        m5       | X1          | diagnosis | 2024-01 | 300       |              | 3           | 1
        """,
    )


def test_the_diagnoses_there_are_and_the_lines_are_named(spark: SparkSession) -> None:
    told = {row.mdtrt_id: row for row in found(spark).collect()}
    assert told["m5"].diagnoses == ["J18.900"]
    assert [tuple(line) for line in told["m5"].excess_lines] == [("l7", "s5", 300)]
    assert told["m1"].needed_oprn == "00320; 0033"


def exams(care: str) -> str:
    """Ten cases of an item at H1, thirty at H2."""
    return "\n".join(
        ["bkkp_sn | setl_id | mdtrt_id | month | fixmedins_code | hilist_code | care | inscp_fen"]
        + [
            f"e{n} | s{n} | m{n} | 2024-01 | {'H1' if n < 10 else 'H2'} | 0021 | {care} | 100"
            for n in range(40)
        ]
    )


@pytest.mark.parametrize(
    ("lacks", "key", "care"),
    [
        ("report", "rpotc_no", "outpatient"),
        ("order", "drord_no", "inpatient"),
        ("trace", "scan_type | scan_id", "pharmacy"),
    ],
)
def test_what_the_house_lacks_stands_beside_what_others_lack(
    spark: SparkSession, lacks: str, key: str, care: str
) -> None:
    """Of ten at H1 four lack it, of thirty at H2 three: one would be usual."""
    there = [n for n in range(40) if n not in (0, 1, 2, 3, 10, 11, 12)]
    number = "2 | p" if lacks == "trace" else "p"
    register = f"{key} | mdtrt_id | hilist_code\n" + "\n".join(
        f"{number}{n} | m{n} | 0021" for n in there
    )
    told = found(
        spark,
        lines=exams(care),
        reports=register if lacks == "report" else "",
        orders=register if lacks == "order" else "",
        scans=register if lacks == "trace" else "",
    )
    here = told.where("fixmedins_code = 'H1'").collect()
    assert {(row.mdtrt_id, row.lacks) for row in here} == {(f"m{n}", lacks) for n in range(4)}
    counts = {
        (str(r.others_share), r.house_cases, r.house_lacking, str(r.house_expected)) for r in here
    }
    assert counts == {("0.1000", 10, 4, "1.00")}


def test_a_stay_without_any_of_several_reports_is_told_as_a_whole(spark: SparkSession) -> None:
    """One of four at H1; none of twenty at H2."""
    stays = [(f"m{n}", "H1" if n < 4 else "H2") for n in range(24)]
    lines = "bkkp_sn | setl_id | mdtrt_id | fixmedins_code | hilist_code | care | inscp_fen\n"
    lines += "\n".join(
        f"l{stay}{item} | s{stay} | {stay} | {house} | 002{item} | inpatient | 100"
        for stay, house in stays
        for item in range(3)
    )
    reports = "rpotc_no | mdtrt_id | hilist_code\n" + "\n".join(
        f"p{stay}{item} | {stay} | 002{item}" for stay, _ in stays[1:] for item in range(3)
    )
    assert_rows(
        found(spark, lines=lines, reports=reports),
        SUPPORT_FACT,
        """
        mdtrt_id | hilist_code | lacks        | inscp_fen | others_share | house_cases | house_lacking
        m0       | *           | every_report | 300       | 0.0          | 4           | 1
        m0       | 0020        | report       | 100       | 0.0          | 12          | 3
        m0       | 0021        | report       | 100       | 0.0          | 12          | 3
        m0       | 0022        | report       | 100       | 0.0          | 12          | 3
        """,
    )


def test_what_nobody_reports_is_not_asked_for(spark: SparkSession) -> None:
    assert found(spark, lines=exams("inpatient")).count() == 0


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(row) for m in MONTHS for row in found(spark, (m,), last=m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))
