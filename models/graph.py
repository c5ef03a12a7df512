"""Groups in a graph of people: components, and the close groups within them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import gammaln
from scipy.stats import poisson

Numbers: TypeAlias = Any  # one number, or an array of them


def components(pairs: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The rows of `pairs` (person_a, person_b, …), component by component. Linear in the pairs."""
    if pairs.empty:
        return
    people, place = np.unique(pairs[["person_a", "person_b"]].to_numpy(str), return_inverse=True)
    a, b = place.reshape(-1, 2).T
    ties = coo_array((np.ones(len(a)), (a, b)), shape=(len(people), len(people)))
    _, label = connected_components(ties, directed=False)
    for _, part in pairs.groupby(label[a]):
        yield part


def close_groups(ties: nx.Graph[str], least: int, density: float) -> Iterator[list[str]]:
    """Groups of at least `least` people in which at least `density` of all pairs are tied.

    Bridges are cut and loose ends dropped first (everyone keeps two ties). A component that is
    still too thin loses every tie without k common acquaintances, for k = 1, 2, …: two rings
    joined by a few chance ties stay two. The result depends on the graph alone, not on any order
    or seed.
    """
    waiting = [(_core(ties), 2)]
    while waiting:
        graph, k = waiting.pop()
        for people in (sorted(part) for part in nx.connected_components(graph)):
            part = graph.subgraph(people)
            if len(people) < least:
                continue
            if nx.density(part) >= density:
                yield people
            else:
                waiting.append((nx.k_truss(part, k + 1), k + 1))


def _core(graph: nx.Graph[str]) -> nx.Graph[str]:
    """What is left when bridges are cut and people with fewer than two ties leave."""
    left: nx.Graph[str] = nx.Graph()
    left.add_edges_from(graph.edges)
    bridges: list[Any] = list(nx.bridges(left))
    left.remove_edges_from(bridges)
    return nx.k_core(left, 2)


def tree_surprise(group: nx.Graph[str], people: int) -> float:
    """log10 of the chance that any group of this size among `people` meets so often; at most 0.

    Each edge has `times` (meetings seen) and `expected` (by chance). Meetings along a spanning
    tree are independent if everyone chooses days alone, those that close a circle are not; so the
    most surprising tree is judged by the Poisson tail of its meetings, times the number of trees
    on that many of `people` (Cayley: C(n,k)·k^(k−2)). A union bound: it never flatters.
    """
    weighed: nx.Graph[str] = nx.Graph()
    for a, b, tie in group.edges(data=True):
        weighed.add_edge(a, b, weight=float(log_tail(tie["times"], tie["expected"])), **tie)
    tree = list(nx.minimum_spanning_edges(weighed, data=True))
    times = sum(tie["times"] for *_, tie in tree)
    expected = math.fsum(sorted(tie["expected"] for *_, tie in tree))
    k, n = len(weighed), max(people, len(weighed))
    trees = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + (k - 2) * math.log(k)
    return min(0.0, (float(log_tail(times, expected)) + float(trees)) / math.log(10))


def log_tail(times: Numbers, expected: Numbers) -> Numbers:
    """Natural log of P(X ≥ times) for X ~ Poisson(expected); no mean is known better than 1e-6."""
    mean = np.maximum(expected, 1e-6)
    tail = poisson.logsf(np.asarray(times) - 1, mean)
    # Where the tail is too small for a double, its first term is all of it to many digits.
    whole: Numbers = np.where(np.isneginf(tail), poisson.logpmf(times, mean), tail)
    return whole


def false_discovery(logs: Iterable[float]) -> list[float]:
    """Benjamini–Hochberg: log10 p-values adjusted for their number, in the given order."""
    given = np.asarray(list(logs), dtype=float)
    order = np.argsort(given, kind="stable")
    rank = np.arange(1, len(given) + 1)
    raised = given[order] + np.log10(len(given) / rank)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 0.0)
    return [float(value) for value in adjusted]
