"""The order of clues is total and never lets statistics outrank facts over like money."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from fundwatch.clue import GRADES, LIKELY, Standing, in_order, money_band, order
from jobs.clues.rank import ranked

yuan = st.integers(0, 10**9).map(lambda fen: Decimal(fen) / 100)
standings = st.builds(
    Standing,
    clue_id=st.uuids().map(str),
    scheme=st.sampled_from(["overcharge", "ghost_inpatient", "data_error"]),
    grade=st.sampled_from(GRADES),
    money=yuan,
    probability=st.floats(0, 1),
    recoverable=st.floats(0, 1e7),
)


@given(st.lists(standings, unique_by=lambda s: s.clue_id))
def test_statistics_never_outrank_facts_in_the_same_band_of_money(clues: list[Standing]) -> None:
    placed = sorted((c for c in clues if c.scheme != "data_error"), key=order)
    for at, later in enumerate(placed):
        for earlier in placed[:at]:
            if money_band(earlier.money) == money_band(later.money):
                assert earlier.grade == "A" or later.grade != "A"
                assert earlier.grade != "D" or later.grade == "D"


def test_of_like_money_the_likelier_comes_first_whatever_the_grade() -> None:
    likely, lead = (
        Standing(name, "overcharge", grade, Decimal(90_000), chance, chance * 90_000)
        for name, grade, chance in (("likely", "C", 0.8), ("lead", "B", 0.4))
    )
    assert sorted([lead, likely], key=order) == [likely, lead]
    few = Standing("few", "overcharge", "C", Decimal(20_000), 0.4, 8_000)  # 8,000 expected
    sure = Standing("sure", "overcharge", "A", Decimal(10_000), 0.1, 1_000)
    assert sorted([few, sure], key=order) == [sure, few]


@given(st.lists(standings, unique_by=lambda s: s.clue_id))
def test_what_is_every_house_s_custom_comes_after_the_leads(clues: list[Standing]) -> None:
    wanted = (c for c in clues if c.scheme != "data_error" and c.grade in "BC")
    kinds = [c.probability < LIKELY for c in sorted(wanted, key=order)]
    assert kinds == sorted(kinds)


@given(st.lists(standings, unique_by=lambda s: s.clue_id))
def test_data_errors_come_after_all_and_context_after_the_rest(clues: list[Standing]) -> None:
    placed = sorted(clues, key=order)
    kinds = [(c.scheme == "data_error", c.grade == "D") for c in placed]
    assert kinds == sorted(kinds)


@given(st.lists(standings, unique_by=lambda s: s.clue_id), st.randoms())
def test_the_order_is_total(clues: list[Standing], random_: random.Random) -> None:
    shuffled = random_.sample(clues, len(clues))
    assert sorted(shuffled, key=order) == sorted(clues, key=order)


def lead(name: str, fen: int, *parties: str, scheme: str = "overcharge") -> Standing:
    yuan = Decimal(fen) / 100
    return Standing(name, scheme, "B", yuan, 0.7, 0.7 * fen / 100, frozenset(parties))


def test_what_one_visit_sees_as_well_follows_what_opens_something_new() -> None:
    best, other = lead("best", 9_000_00, "house", "ann"), lead("other", 10_00, "elsewhere")
    also, same_person = lead("also", 8_000_00, "house"), lead("same", 7_000_00, "far", "ann")
    wrong = lead("wrong", 6_000_00, "house", scheme="post_death")
    unlikely = replace(lead("unlikely", 9_999_00, "house"), probability=LIKELY / 2)
    given = [other, same_person, unlikely, also, wrong, best]
    assert in_order(given) == [best, wrong, other, also, same_person, unlikely]


def test_who_shares_a_party_with_an_unlikely_clue_alone_follows_nobody() -> None:
    unlikely = replace(lead("unlikely", 9_000_00, "house"), probability=LIKELY / 2)
    first, second = lead("first", 500_00, "house"), lead("second", 400_00, "elsewhere")
    assert in_order([second, first, unlikely]) == [first, second, unlikely]


def test_spark_ranks_as_the_order_says(spark: SparkSession) -> None:
    draw = random.Random(7)
    rows = [
        (
            f"{n:03d}",
            draw.choice(["overcharge", "data_error"]),
            draw.choice(GRADES),
            fen := draw.choice([0, 99, 100, 999, 1000, draw.randrange(10**9)]),
            draw.choice([0, fen]),
            fen // 2,
            draw.choice([0.1, 0.3, 0.9]),
            [f"h{draw.randrange(60)}"],
            [f"p{draw.randrange(60)}" for _ in range(draw.randrange(3))],
        )
        for n in range(200)
    ]
    ddl = "clue_id string, scheme string, grade string, amount_fen bigint, acct_fen bigint,"
    ddl += " low_fen bigint, probability double, fixmedins_codes array<string>,"
    clue = spark.createDataFrame(rows, f"{ddl} person_keys array<string>")
    expected = in_order(
        Standing(
            *(id_, scheme, grade, Decimal(fen + acct) / 100, chance, round(chance * low, 2)),
            frozenset([*houses, *people]),
        )
        for id_, scheme, grade, fen, acct, low, chance, houses, people in rows
    )
    found = ranked(clue).orderBy("rank").select("clue_id").collect()
    assert [row["clue_id"] for row in found] == [standing.clue_id for standing in expected]
