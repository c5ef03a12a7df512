"""gold.prescriber_fact: prescribers whose few patients fetch one drug too often at one pharmacy."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.tables.gold import CHARGE_FACT, PRESCRIBER_FACT, VISIT_FACT
from fundwatch.tables.silver import CATALOGUE_ITEM, FEE_LINE, PRACTITIONER
from jobs.facts.prescribers import prescribers
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02")
OFTEN = ("2024-01-21", "2024-01-31", "2024-02-10", "2024-02-20")
MONTHLY = ("2024-01-05", "2024-02-05")
SIX, HOME, ONLY = ([f"{name}{n}" for n in range(6)] for name in ("s", "h", "o"))
WEEKLY = ("2024-02-01", "2024-02-08", "2024-02-15", "2024-02-22")
REGISTER = """
    staff_code | fixmedins_code | cert_key
    D1         | H1             | c1
    D2         | H1             | c2
    D3         | H3             | c3
    D4         | H4             | c4
    D5         | H4             | c5
    D6         | H6             | c6
    D7         | H7             | c7
    D8         | H8             | c8
    D9         | H8             | c9
    D10        | H10            | c10
    D11        | H11            | c11
    D12        | H12            | c12
    D13        | H13            | c13
    D14        | H14            | c14
"""
CATALOGUE = """
    hilist_code | begndate   | ddd
    dosed       | 2020-01-01 | 2
"""
Fetched = tuple[str, str, str, str, str, str, str, str]


def fetched(
    person: str,
    days: Iterable[str],
    by: str,
    at: str,
    drug: str = "pill",
    supply: str = "",
    kind: str = "101",
) -> list[Fetched]:
    """Purchases of a person: settlement, person, day, who prescribed, where, and what."""
    return [(f"{person}-{day}", person, day, by, at, drug, supply, kind) for day in days]


def once(by: str, at: str) -> list[Fetched]:
    """Ten purchases by ten people."""
    return [f for n in range(10) for f in fetched(f"{by}{at}{n}", MONTHLY[1:], by, at)]


FETCHED = [
    # Two people too often, and one once a month; colleagues and others of the area go elsewhere.
    *fetched("ann", OFTEN, "c1", "P1"),
    *fetched("bob", OFTEN, "c1", "P1"),
    *fetched("carl", MONTHLY, "c1", "P1"),
    *once("c2", "P2"),
    *once("c3", "P2"),
    # The same beside the pharmacy next door, where colleagues' patients go too.
    *fetched("gus", OFTEN, "c4", "P4"),
    *fetched("hal", OFTEN, "c4", "P4"),
    *once("c5", "P4"),
    *once("c6", "P6"),
    # Used up by the prescription or by the daily dose, decoctions, and somebody alone.
    *fetched("ivy", WEEKLY, "c7", "P7", "short", "7"),
    *fetched("joe", WEEKLY, "c7", "P7", "short", "7"),
    *fetched("flo", WEEKLY, "c7", "P7", "dosed"),
    *fetched("geo", WEEKLY, "c7", "P7", "dosed"),
    *fetched("kim", WEEKLY, "c7", "P7", "herb", kind="102"),
    *fetched("lee", WEEKLY, "c7", "P7", "herb", kind="102"),
    *fetched("mia", WEEKLY, "c7", "P7", "alone"),
    # No line names who prescribed; and one whom nobody registered.
    *fetched("ned", OFTEN, "", "P8"),
    *fetched("oli", OFTEN, "", "P8"),
    *fetched("pat", OFTEN, "nobody", "P9"),
    *fetched("quy", OFTEN, "nobody", "P9"),
    # Six people twice each, all the same drug: at a pharmacy where they buy nothing else and where
    # others get it too; where they buy everything; and where nobody else has it.
    *(f for who in SIX for f in fetched(who, MONTHLY, "c10", "P10", "same")),
    *(f for who in SIX for f in fetched(f"{who}", ("2024-02-06", "2024-02-07"), "c11", "P11", "x")),
    *(f for n in range(20) for f in fetched(f"z{n}", MONTHLY[1:], "c12", "P11", "same")),
    *(f for who in HOME for f in fetched(who, MONTHLY, "c13", "P12", "same2")),
    *(f for who in HOME for f in fetched(who, ("2024-02-06", "2024-02-07"), "c12", "P12", "y")),
    *(f for who in ONLY for f in fetched(who, MONTHLY, "c14", "P13", "rare")),
]
# Of ned the visit tells the doctor, of oli the order; 'D0' is no doctor, and D9 was seen later.
SEEN = [
    (f"{person}-{doctor}-{day}", person, f"{day}T{at}", doctor, code, ordered)
    for person in ("ned", "oli")
    for day in OFTEN
    for at, doctor, code, ordered in (
        ("08:00", "D8", "D8" if person == "ned" else "", "D8"),
        ("08:30", "D0", "D0", ""),
        ("23:00", "D9", "D9", ""),
    )
]
AREA_OF = {"P1": 1, "P2": 1, "P4": 2, "P6": 2, "P7": 3, "P8": 4, "P9": 5}
AREA_OF |= {"P10": 6, "P11": 6, "P12": 6, "P13": 6}


def table(names: str, lines: Iterable[str]) -> str:
    return "\n".join((names, *lines))


VISITED = table(
    "setl_id | mdtrt_id | month | care | fixmedins_code | area | person_key | visited_at | visited_on | setl_time | chfpdr_code | fund_fen | acct_fen | cash_fen | watched_fen",
    [
        *(
            f"{s} | {s} | {day[:7]} | pharmacy | {at} | 14010{AREA_OF[at]} | {who} | {day} | {day} | {day}T09:00 | | 100 | 0 | 0 | 50"
            for s, who, day, _, at, *_ in FETCHED
        ),
        *(
            f"{s} | {s} | {at[:7]} | outpatient | H8 | 140104 | {who} | {at} | {at[:10]} | {at} | {code} | 100 | 0 | 0 | 0"
            for s, who, at, _, code, _ in SEEN
        ),
    ],
)
CHARGED = table(
    "bkkp_sn | setl_id | month | care | fixmedins_code | list_type | hilist_code | base_cnt | charged_on | det_fen | supply_days | bilg_dr_code",
    [
        *(
            f"{s}{n} | {s} | {day[:7]} | pharmacy | {at} | {kind} | {name} | 14 | {day} | {fen} | {supply} |"
            for s, _, day, _, at, drug, supply, kind in FETCHED
            for n, name, fen in ((1, drug, 500), (2, "cheap", 100))
            if (n, kind) != (2, "102")
        ),
        *(
            f"{s}1 | {s} | {at[:7]} | outpatient | H8 | 201 | seen | | {at[:10]} | 100 | | {ordered}"
            for s, _, at, _, _, ordered in SEEN
        ),
    ],
)
LINES = table(
    "bkkp_sn | setl_id | month | prsc_dr_cert_key",
    [f"{s}{n} | {s} | {day[:7]} | {by}" for s, _, day, by, *_ in FETCHED for n in (1, 2)],
)


def found(
    spark: SparkSession,
    months: tuple[str, ...] = MONTHS,
    last: str = "9",
    settled: str = "setl_time",
) -> DataFrame:
    visit = rows(spark, VISIT_FACT, VISITED).withColumn("setl_time", F.expr(settled))
    return prescribers(
        visit.where(f"month <= '{last}'"),
        rows(spark, CHARGE_FACT, CHARGED).where(f"month <= '{last}'"),
        rows(spark, FEE_LINE, LINES).where(f"month <= '{last}'"),
        rows(spark, PRACTITIONER, REGISTER),
        rows(spark, CATALOGUE_ITEM, CATALOGUE),
        months=months,
    )


@pytest.fixture(scope="module")
def told(spark: SparkSession) -> DataFrame:
    return found(spark).cache()


def test_few_people_who_fetch_one_drug_too_often_are_told_beside_what_is_usual(
    told: DataFrame,
) -> None:
    # Of H3's ten purchases none is at P1, 3/13 may be; of D2's ten neither: (0 + 10 x 3/13) / 20
    # of D1's ten are expected there, and 3/13 of the ten by a circle.
    assert_rows(
        told.where("fixmedins_code = 'P1'"),
        PRESCRIBER_FACT,
        """
        prescriber | month   | area   | staff_code | home_code | purchases | persons | named | doctor_purchases | expected | circle | circle_persons | circle_expected | circle_close | circle_seen | circle_cashless | drugs | watched_fen | fund_fen | first_on   | last_on    | person_keys
        D1         | 2024-02 | 140101 | D1         | H1        | 10        | 3       | 10    | 10               | 1.15     | 8      | 2              | 2.31            | 8            | 0           | 8               | pill  | 400         | 800      | 2024-01-21 | 2024-02-20 | ann bob
        """,
    )


def test_the_circle_alone_is_claimed(told: DataFrame) -> None:
    (row,) = told.where("fixmedins_code = 'P1'").collect()
    assert row["setl_ids"] == [f"{who}-{day}" for who in ("ann", "bob") for day in OFTEN]
    assert row["bkkp_sns"] == [f"{setl_id}1" for setl_id in row["setl_ids"]]


def test_where_colleagues_patients_go_too_it_is_expected(told: DataFrame) -> None:
    assert_rows(
        told.where("fixmedins_code = 'P4'"),
        PRESCRIBER_FACT,
        """
        prescriber | purchases | expected
        D4         | 8         | 4.92
        """,
    )


def test_drugs_used_up_decoctions_and_one_alone_are_nobodys_circle(told: DataFrame) -> None:
    assert told.where("fixmedins_code = 'P7' AND pattern = 'often'").isEmpty()


def test_where_no_line_names_who_prescribed_the_visit_before_it_does(told: DataFrame) -> None:
    assert_rows(
        told.where("fixmedins_code = 'P8'"),
        PRESCRIBER_FACT,
        """
        prescriber | staff_code | home_code | purchases | named | circle | circle_seen
        D8         | D8         | H8        | 8         | 0     | 8      | 8
        """,
    )
    (row,) = told.where("fixmedins_code = 'P8'").collect()
    assert row["mdtrt_ids"] == [f"{who}-D8-{day}" for who in ("ned", "oli") for day in OFTEN]


def test_a_prescriber_whom_nobody_registered_keeps_the_pseudonym(told: DataFrame) -> None:
    assert_rows(
        told.where("fixmedins_code = 'P9'"),
        PRESCRIBER_FACT,
        """
        prescriber | staff_code | home_code | doctor_purchases | expected
        nobody     |            |           | 8                | 8.00
        """,
    )


def test_the_same_drug_for_all_at_one_pharmacy_is_told_beside_the_drug_and_the_people(
    told: DataFrame,
) -> None:
    """Of 20 others of the drug none was here, 3/23 might be; of their 12 other purchases 3/15."""
    assert_rows(
        told.where("pattern = 'alike' AND area = '140106' AND prescriber <> 'D12'"),
        PRESCRIBER_FACT,
        """
        prescriber | fixmedins_code | purchases | persons | circle | circle_persons | drugs | drug_expected | person_expected
        D10        | P10            | 12        | 6       | 12     | 6              | same  | 1.57          | 2.40
        D11        | P11            | 12        | 6       | 12     | 6              | x     | 12.00         | 2.40
        D13        | P12            | 12        | 6       | 12     | 6              | same2 | 12.00         | 12.00
        D14        | P13            | 12        | 6       | 12     | 6              | rare  | 12.00         | 12.00
        """,
    )


def test_people_who_settle_one_prescribers_word_one_after_the_other_are_told(
    told: DataFrame,
) -> None:
    assert_rows(
        told.where("pattern = 'close' AND fixmedins_code = 'P10'"),
        PRESCRIBER_FACT,
        """
        prescriber | purchases | circle | circle_close | circle_persons | circle_phones | circle_days | drugs
        D10        | 12        | 12     | 12           | 6              | 6             | 2           | same
        """,
    )
    assert told.where("pattern = 'close' AND fixmedins_code IN ('P1', 'P4')").isEmpty()  # too few


def test_who_settles_half_an_hour_apart_is_not_close(spark: SparkSession) -> None:
    apart = "setl_time + make_interval(0, 0, 0, 0, 0, 30 * (ascii(right(person_key, 1)) - 48))"
    close = found(spark, settled=apart).where("pattern = 'close'")
    assert close.where("fixmedins_code IN ('P10', 'P12', 'P13')").isEmpty()


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession, told: DataFrame) -> None:
    names = PRESCRIBER_FACT.names
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).select(*names).collect()]
    assert sorted(alone) == sorted(map(repr, told.select(*names).collect()))


def test_nothing_says_nothing(spark: SparkSession) -> None:
    reads = (VISIT_FACT, CHARGE_FACT, FEE_LINE, PRACTITIONER, CATALOGUE_ITEM)
    assert prescribers(*(rows(spark, table) for table in reads), months=MONTHS).isEmpty()
