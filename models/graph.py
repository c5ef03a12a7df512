"""Groups in a graph of people: components, and the close groups within them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import gammaln
from scipy.stats import poisson

Numbers: TypeAlias = Any  # one number, or an array of them
Edges: TypeAlias = Any  # array of shape (edges, 2): the numbers of two nodes


def components(edges: Edges) -> Iterator[Edges]:
    """The edges (rows of two node numbers), component by component. Linear in the edges."""
    if not len(edges):
        return
    matrix, node = _adjacency(edges)
    _, label = connected_components(matrix, directed=False)
    own = label[node[:, 0]]
    order = np.argsort(own, kind="stable")
    yield from np.split(edges[order], np.flatnonzero(np.diff(own[order])) + 1)


def close_groups(pairs: pd.DataFrame, least: int, density: float) -> Iterator[list[str]]:
    """Groups of at least `least` people in which at least `density` of all pairs are tied.

    `pairs` has a row a tie (person_a, person_b). Loose ends are dropped first: everyone keeps two
    ties. A component that is still too thin loses every tie without k common acquaintances, for
    k = 1, 2, …, and a bridge between two groups is cut: two rings joined by a few chance ties stay
    two. The result depends on the ties alone, not on any order or seed.
    """
    if pairs.empty:
        return
    people, place = np.unique(pairs[["person_a", "person_b"]].to_numpy(str), return_inverse=True)
    edges = np.unique(place.reshape(-1, 2), axis=0)
    waiting = [(_without_loose_ends(edges), 0)]
    while waiting:
        edges, k = waiting.pop()
        for own in components(edges):
            nodes = np.unique(own)
            if len(nodes) < least:
                continue
            is_close = 2 * len(own) >= density * len(nodes) * (len(nodes) - 1)
            if not is_close:
                waiting.append((_embedded(own, k + 1), k + 1))
            elif len(kept := _without_bridges(own)) < len(own):
                waiting.append((_without_loose_ends(kept), k))
            else:
                yield [str(person) for person in people[nodes]]


def _adjacency(edges: Edges) -> tuple[Any, Edges]:
    """Symmetric matrix of the edges, and the edges in its row numbers."""
    nodes, node = np.unique(edges, return_inverse=True)
    node = node.reshape(-1, 2)
    both = np.vstack([node, node[:, ::-1]])
    ones = np.ones(len(both), dtype=np.int32)
    return csr_array((ones, (both[:, 0], both[:, 1])), shape=(len(nodes), len(nodes))), node


def _without_loose_ends(edges: Edges) -> Edges:
    """What is left when people with a single tie leave, and again, until nobody has."""
    while len(edges):
        degree = np.bincount(edges.ravel())
        kept = edges[(degree[edges] > 1).all(axis=1)]
        if len(kept) == len(edges):
            break
        edges = kept
    return edges


def _without_bridges(edges: Edges) -> Edges:
    """What is left when ties in no circle are cut."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from((int(a), int(b)) for a, b in edges)
    cut: list[Any] = list(nx.bridges(graph))
    graph.remove_edges_from(cut)
    return np.array(sorted(sorted(edge) for edge in graph.edges), dtype=np.int64).reshape(-1, 2)


def _embedded(edges: Edges, k: int) -> Edges:
    """What is left when ties with fewer than `k` common acquaintances go, until none is left."""
    while len(edges):
        matrix, node = _adjacency(edges)
        common = (matrix @ matrix)[node[:, 0], node[:, 1]]
        kept = edges[np.asarray(common).ravel() >= k]
        if len(kept) == len(edges):
            break
        edges = kept
    return edges


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
