"""Worlds drawn from a commit's hash."""

from __future__ import annotations

import pytest

from fundwatch.errors import UsageError
from province import World
from province.drawn import DRAWN, drawn_worlds

COMMIT = "3a96ce20" + "0" * 32


def test_a_commit_draws_the_same_worlds_for_everybody() -> None:
    """Whoever changes how worlds are drawn draws again: these very ones are written down."""
    assert drawn_worlds(COMMIT, 1) == (
        World(
            persons=9000, institutions=67, months=10, seed=2123591733, dirty=0.01, camouflage=0.31
        ),
    )


def test_more_worlds_begin_with_the_same_ones_and_none_is_drawn_twice() -> None:
    five = drawn_worlds(COMMIT, 5)
    assert drawn_worlds(COMMIT, 2) == five[:2]
    assert len({world.seed for world in five}) == 5


def test_another_commit_draws_other_worlds() -> None:
    other = COMMIT[:-1] + "1"
    assert not {w.seed for w in drawn_worlds(COMMIT, 5)} & {w.seed for w in drawn_worlds(other, 5)}


def test_worlds_vary_in_every_argument_within_its_bounds() -> None:
    worlds = drawn_worlds(COMMIT, 60)
    for name, (least, most, unit) in DRAWN.items():
        drawn = [getattr(world, name) for world in worlds]
        assert len(set(drawn)) > 3
        assert min(drawn) >= least * unit
        assert max(drawn) <= most * unit + 1e-9


@pytest.mark.parametrize("word", ["", "3a96ce2", COMMIT.upper(), COMMIT + "0"])
def test_anything_but_a_full_hash_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="no full commit hash"):
        drawn_worlds(word, 1)
