"""The proof on drawn worlds: what it asks, what it says, and that a miss is written too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.figures import record
from benchmarks.proofs import acceptance
from benchmarks.prove import stands
from models.evaluation import evaluate
from models.league.base import Claim, listed
from models.league.standing import pooled
from tests.league_world import RING, truth

PAGE = """# Figures

| figure | value | peer | commit | machine | depends on |
|-|-|-|-|-|-|
"""


def report(*claims: Claim) -> Any:
    told = listed(claims).assign(amount="1.00", amount_low="1.00", amount_high="1.00")
    return evaluate(told.assign(probability=0.5), truth()).figures


RIGHT = Claim("drug_resale_ring", "HX", RING, 2.0)
WRONG = Claim("drug_resale_ring", "H0", ("s007",), 1.0)


def test_resale_clues_that_are_seldom_right_or_miss_rings_miss_the_goal() -> None:
    assert list(acceptance._missed(pooled([report(RIGHT)] * 3))) == []
    (told,) = acceptance._missed(pooled([report(RIGHT, WRONG)] * 3))
    assert told == "precision of resale clues 0.50, asked 0.90"
    assert len(list(acceptance._missed(pooled([report(WRONG)] * 3)))) == 2


def test_the_value_tells_each_scheme_with_its_interval_and_the_orders_beside() -> None:
    both = [report(RIGHT, WRONG), report(WRONG)]
    told = list(acceptance._sentences(pooled(both), both))
    assert told[0].startswith("precision at 20 0.25 (")
    assert "at random 0.25" in told[0]
    assert any(line.startswith("drug_resale_ring 1 of 2, 0.50 (") for line in told)


def test_a_value_that_is_not_proven_does_not_stand(tmp_path: Path) -> None:
    page = tmp_path / "figures.md"
    page.write_text(PAGE)
    for value, is_standing in (("not proven: drawn", False), ("recall 0.9", True)):
        record(acceptance.NAME, value, peer="none", modules=acceptance.MODULES, page=page)
        assert stands(acceptance, page) is is_standing
