"""Groups in graphs, against networkx and by hand."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.graph import close_groups, components, false_discovery, log_tail, tree_surprise

EDGES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda e: e[0] < e[1]), max_size=30
)


def named(edges: list[tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(f"p{a:02}", f"p{b:02}") for a, b in edges], columns=["person_a", "person_b"]
    )


def graph(*edges: str, **tie: float) -> nx.Graph[str]:
    made: nx.Graph[str] = nx.Graph()
    made.add_edges_from((edge[0], edge[1]) for edge in edges)
    nx.set_edge_attributes(made, {e: {"times": 3, "expected": 0.03} | tie for e in made.edges})
    return made


def clique(people: str) -> list[str]:
    return [a + b for a, b in combinations(people, 2)]


def people_of(part: pd.DataFrame) -> frozenset[Any]:
    return frozenset(part["person_a"]) | frozenset(part["person_b"])


@given(EDGES)
def test_components_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    pairs = named(edges)
    theirs: nx.Graph[str] = nx.Graph()
    theirs.add_edges_from(pairs.itertuples(index=False, name=None))
    ours = {people_of(part) for part in components(pairs)}
    assert ours == {frozenset(part) for part in nx.connected_components(theirs)}


def test_two_rings_with_a_chance_acquaintance_stay_two() -> None:
    both = graph(*clique("abcd"), *clique("wxyz"), "dw")
    assert sorted(close_groups(both, 4, 0.5)) == [list("abcd"), list("wxyz")]


def test_two_rings_with_a_common_friend_or_two_stay_two() -> None:
    both = graph(*clique("abcdef"), *clique("uvwxyz"), "au", "bv")
    assert sorted(close_groups(both, 4, 0.6)) == [list("abcdef"), list("uvwxyz")]


def test_a_chain_of_acquaintances_is_no_group() -> None:
    assert list(close_groups(graph("ab", "bc", "cd", "de"), 4, 0.4)) == []


def test_a_group_too_small_or_too_thin_is_none() -> None:
    assert list(close_groups(graph(*clique("abc")), 4, 0.4)) == []
    wheel = graph(*(f"{a}{b}" for a, b in zip("abcdefgh", "bcdefgha", strict=True)))
    assert list(close_groups(wheel, 4, 0.4)) == []


@given(EDGES, st.permutations(range(13)))
def test_renaming_people_renames_groups(edges: list[tuple[int, int]], order: list[int]) -> None:
    one = nx.Graph([(f"{a:02}", f"{b:02}") for a, b in edges])
    new = {f"{old:02}": f"{renamed:02}" for old, renamed in enumerate(order)}
    groups = sorted(sorted(new[person] for person in g) for g in close_groups(one, 3, 0.5))
    assert groups == sorted(close_groups(nx.relabel_nodes(one, new), 3, 0.5))


def test_the_surprise_of_a_group_is_a_union_bound_over_trees() -> None:
    four = graph(*clique("abcd"), times=3, expected=0.1)
    tail = 1 - sum(math.exp(-0.3) * 0.3**n / math.factorial(n) for n in range(9))
    trees = math.comb(20, 4) * 4**2
    assert tree_surprise(four, 20) == pytest.approx(math.log10(tail * trees), abs=1e-3)


def test_more_meetings_or_fewer_people_are_more_surprising() -> None:
    four = graph(*clique("abcd"))
    assert tree_surprise(graph(*clique("abcd"), times=4), 50) < tree_surprise(four, 50)
    assert tree_surprise(four, 50) < tree_surprise(four, 5000)


def test_chance_groups_are_rarely_surprising() -> None:
    """Independent stays: the bound must not flatter. 200 hospitals of 40 people and 60 days."""
    rng = np.random.default_rng(3)
    flagged = 0
    for _ in range(200):
        days = [set(rng.choice(60, 4, replace=False)) for _ in range(40)]
        ties: nx.Graph[str] = nx.Graph()
        for a, b in combinations(range(40), 2):
            if (times := len(days[a] & days[b])) >= 2:
                ties.add_edge(str(a), str(b), times=times, expected=16 / 60)
        groups = (ties.subgraph(g) for g in close_groups(ties, 4, 0.4))
        flagged += any(tree_surprise(group, 40) < math.log10(0.05) for group in groups)
    assert flagged <= 10  # 5 % of 200


def test_tails_too_small_for_a_double_stay_finite_and_ordered() -> None:
    tails = log_tail(np.array([2, 40, 90]), np.array([0.01, 0.01, 0.01]))
    assert np.isfinite(tails).all()
    assert list(tails) == sorted(tails, reverse=True)


def test_false_discovery_is_benjamini_hochberg() -> None:
    # p = 0.01, 0.02, 0.9: adjusted 0.03, 0.03, 0.9
    adjusted = [10**p for p in false_discovery([math.log10(p) for p in (0.02, 0.9, 0.01)])]
    assert adjusted == pytest.approx([0.03, 0.9, 0.03])
    assert false_discovery([]) == []
