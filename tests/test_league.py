"""Methods of the league, on a small world whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from console.cli import app
from models.evaluation import evaluate
from models.league import METHODS
from models.league.base import LONGEST, Claim, Method, favoured, listed
from models.league.connected_components import Components
from models.league.pairs import pairs
from models.league.peeling import Peeling, densest
from models.league.rules_only import RulesOnly
from models.league.standing import pooled, proportion
from tests.league_world import RING, rows_of, settlements, truth, write_world

BY_TITLE = {method.title: method for method in METHODS}
each_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.title)


def frames(method: Method) -> list[pd.DataFrame]:
    return [rows_of(view.table, view.where)[list(view.columns)] for view in method.reads]


def claims(method: Method) -> pd.DataFrame:
    return listed(method.claims(*frames(method)))


def first(method: Method) -> tuple[str, ...]:
    return tuple(claims(method)["setl_ids"].iloc[0])


@each_method
def test_every_method_names_known_settlements_and_never_more_than_are_read(method: Method) -> None:
    told = claims(method)
    known = set(settlements()["setl_id"])
    assert 0 < len(told) <= LONGEST
    assert list(told["rank"]) == list(range(1, len(told) + 1))
    assert all(ids and set(ids) <= known and sorted(ids) == list(ids) for ids in told["setl_ids"])


@each_method
def test_no_method_minds_the_order_of_rows(method: Method) -> None:
    mixed = [frame.sample(frac=1, random_state=4) for frame in frames(method)]
    pd.testing.assert_frame_equal(listed(method.claims(*mixed)), claims(method))


@each_method
def test_no_method_minds_which_key_made_the_pseudonyms(method: Method) -> None:
    other = [
        frame.assign(cert_key=frame["cert_key"].map(lambda key: key[::-1] + "x"))
        if "cert_key" in frame
        else frame
        for frame in frames(method)
    ]
    pd.testing.assert_frame_equal(listed(method.claims(*other)), claims(method))


@each_method
def test_every_method_says_nothing_of_nothing(method: Method) -> None:
    assert list(method.claims(*(frame.head(0) for frame in frames(method)))) == []


def test_people_without_a_certificate_are_told_apart_by_their_number() -> None:
    two = settlements().head(2).assign(cert_key=None, psn_key=["x", "y"], fixmedins_code="H0")
    assert len(pairs(two)) == 2


def test_the_ring_is_the_densest_block_and_the_component_that_meets_most() -> None:
    assert first(Peeling()) == RING
    assert first(Components()) == RING


def test_a_clique_is_denser_than_what_hangs_on_it() -> None:
    clique = [(person, day) for person in range(4) for day in range(4)]
    edges = np.array([*clique, (0, 4), (4, 4), (4, 5)])
    inside, density = densest(edges, 5.0)
    assert [tuple(edge) for edge in edges[inside].tolist()] == clique
    assert density == pytest.approx(16 / np.log(9) / 8)  # 16 edges at days of four people, 8 nodes


def test_people_who_met_once_are_no_component_and_a_crowd_is_no_meeting() -> None:
    days = sorted(settlements().query("fixmedins_code == 'HX'")["begndate"].unique())
    ring = settlements().query("fixmedins_code == 'HX'")
    assert list(Components().claims(ring[ring["begndate"].isin(days[:1])])) == []
    assert list(Components(crowd=3).claims(ring)) == []


def test_lists_of_rules_are_one_a_house_and_scheme_dearest_first() -> None:
    told = sorted(RulesOnly().claims(*frames(RulesOnly())), key=lambda claim: -claim.score)
    assert told == [
        Claim("split_admission", "H1", ("s003",), 530.0),  # the whole settlement
        Claim("overcharge", "H0", ("s000", "s001"), 100.0),  # each line once
    ]


def test_our_clues_keep_their_order_and_corrections_are_left_out() -> None:
    told = claims(BY_TITLE["our clues"])
    assert list(told["scheme"]) == ["drug_resale_ring", "overcharge"]


def test_size_only_begins_with_who_got_most_money() -> None:
    who = ["fixmedins_code", "cert_key"]
    paid = settlements().groupby(who).agg({"fund_pay_sumamt_fen": "sum", "setl_id": tuple})
    assert (
        first(BY_TITLE["size only"]) == paid.nlargest(1, "fund_pay_sumamt_fen")["setl_id"].iloc[0]
    )


def test_the_truth_tells_the_scheme_only_where_a_method_names_none() -> None:
    told = listed(
        [
            Claim("", "HX", RING, 2.0),
            Claim("post_death", "HX", RING, 1.0),
            Claim("", "H3", ("s010",), 0.5),
        ]
    )
    favour = favoured(told, truth())
    assert list(favour["scheme"]) == ["drug_resale_ring", "post_death", ""]
    figures = evaluate(favour, truth()).figures
    assert (figures["recall"]["hit"], figures["wrong"], figures["twins_in_first_200"]) == (1, 1, 1)


def test_pooled_figures_are_formed_of_sums() -> None:
    one = evaluate(favoured(claims(BY_TITLE["our clues"]), truth()), truth()).figures
    none = evaluate(listed([]), truth()).figures
    total = pooled([one, none])
    assert total["recall"] | {"low": 0, "high": 0} == {
        "hit": 1, "planted": 4, "value": 0.25, "low": 0, "high": 0, "money": 24 / 52,
    } | {"money": round(24 / 52, 4)}  # fmt: skip
    assert (total["precision"]["20"]["k"], total["precision"]["20"]["value"]) == (4, 0.25)
    assert total["by_scheme"]["overcharge"]["planted"] == 2
    assert total["by_scheme"]["drug_resale_ring"]["precision"]["value"] == 1.0


def test_intervals_are_wilsons() -> None:
    found = proportion(8, 10)
    # (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n) with z = 1.6449
    assert (found["low"], found["high"]) == (0.5408, 0.9314)
    assert proportion(0, 0) == {"value": 0.0, "low": 0.0, "high": 1.0}


def test_the_command_judges_screened_worlds_without_a_jvm_and_repeats_itself(
    tmp_path: Path,
) -> None:
    worlds = [str(write_world(tmp_path / name)) for name in ("one", "two")]
    page = tmp_path / "docs" / "league.md"
    told = CliRunner().invoke(app, ["league", *worlds, "--out", str(page), "--json"])
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert figures["data"] == "planted data"
    assert list(figures["pooled"]) == [method.title for method in METHODS]
    assert figures["pooled"]["our clues"]["recall"]["hit"] == 2
    text = page.read_text(encoding="utf-8")
    assert all("planted data" in line for line in text.splitlines() if line.startswith("## "))
    assert "| our clues | 0.50 (0.18 to 0.82) |" in text
    CliRunner().invoke(app, ["league", *worlds, "--out", str(page)])
    assert page.read_text(encoding="utf-8") == text


def test_worlds_of_one_name_and_seeds_that_are_none_are_refused(tmp_path: Path) -> None:
    worlds = [str(write_world(tmp_path / name / "w")) for name in ("one", "two")]
    said = CliRunner().invoke(app, ["league", *worlds, "--out", str(tmp_path / "page.md")])
    assert "two worlds bear one name" in str(said.exception)
    said = CliRunner().invoke(app, ["league", "--seeds", "1;2", "--room", str(tmp_path)])
    assert "are no seeds" in str(said.exception)
