"""Groups in graphs, against networkx and by hand."""

from __future__ import annotations

import math
from itertools import combinations

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


def graph(*edges: str, **tie: float) -> nx.Graph[str]:
    made: nx.Graph[str] = nx.Graph()
    made.add_edges_from((edge[0], edge[1]) for edge in edges)
    nx.set_edge_attributes(made, {e: {"times": 3, "expected": 0.03} | tie for e in made.edges})
    return made


def clique(people: str) -> list[str]:
    return [a + b for a, b in combinations(people, 2)]


def pairs_of(graph: nx.Graph[str]) -> pd.DataFrame:
    return pd.DataFrame(sorted(map(sorted, graph.edges)), columns=["person_a", "person_b"])


def groups(of: nx.Graph[str], least: int, density: float) -> list[list[str]]:
    return sorted(close_groups(pairs_of(of), least, density))


@given(EDGES)
def test_components_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    theirs: nx.Graph[int] = nx.Graph()
    theirs.add_edges_from(edges)
    given = np.array(edges, dtype=int).reshape(-1, 2)
    ours = {frozenset(part.ravel().tolist()) for part in components(given)}
    assert ours == {frozenset(part) for part in nx.connected_components(theirs)}
    assert sum(map(len, components(given))) == len(edges)


def test_two_rings_with_a_chance_acquaintance_stay_two() -> None:
    both = graph(*clique("abcd"), *clique("wxyz"), "dw")
    for density in (0.4, 0.5):  # with the bridge, the two are dense enough for 0.4
        assert groups(both, 4, density) == [list("abcd"), list("wxyz")]


def test_two_rings_joined_by_two_chance_ties_stay_two() -> None:
    both = graph(*clique("abcdef"), *clique("uvwxyz"), "au", "bv")
    assert groups(both, 4, 0.6) == [list("abcdef"), list("uvwxyz")]


def test_a_chain_of_acquaintances_is_no_group() -> None:
    assert groups(graph("ab", "bc", "cd", "de"), 4, 0.4) == []


def test_a_circle_of_four_is_a_group_and_loose_ends_are_not_in_it() -> None:
    assert groups(graph("ab", "bc", "cd", "da", "de", "ef"), 4, 0.4) == [list("abcd")]


def test_a_group_too_small_or_too_thin_is_none() -> None:
    assert groups(graph(*clique("abc")), 4, 0.4) == []
    wheel = graph(*(a + b for a, b in zip("abcdefgh", "bcdefgha", strict=True)))
    assert groups(wheel, 4, 0.4) == []


@given(EDGES, st.permutations(range(13)))
def test_renaming_people_renames_groups(edges: list[tuple[int, int]], order: list[int]) -> None:
    one: nx.Graph[str] = nx.Graph()
    one.add_edges_from((f"{a:02}", f"{b:02}") for a, b in edges)
    new = {f"{old:02}": f"{renamed:02}" for old, renamed in enumerate(order)}
    renamed = sorted(sorted(new[person] for person in group) for group in groups(one, 3, 0.5))
    assert renamed == groups(nx.relabel_nodes(one, new), 3, 0.5)


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
        met = (ties.subgraph(people) for people in groups(ties, 4, 0.4))
        flagged += any(tree_surprise(group, 40) < math.log10(0.05) for group in met)
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
