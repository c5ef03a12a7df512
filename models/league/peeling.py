"""FRAUDAR-like peeling: blocks of people and days at an institution that hang densely together."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import pandas as pd

from models.base import View, sorted_tuple
from models.league.base import Claim
from models.league.pairs import SETTLED, settled

Edges: TypeAlias = Any  # array of shape (edges, 2): number of a person, number of an occasion


@dataclass(frozen=True)
class Peeling:
    """Hooi and others (KDD 2016): the block of greatest weight a node, then the next without it.

    An edge ties a person to an occasion (one day at one institution). It weighs
    1 / log(`softness` + people of the occasion), so that a crowded day binds less. Cost of a block:
    edges × log(nodes).
    """

    title: ClassVar[str] = "FRAUDAR-like peeling"
    reads: ClassVar[tuple[View, ...]] = (SETTLED,)

    blocks: int = 60  # most blocks [count]
    softness: float = 5.0  # the paper's c

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a block: the settlements of its people on its occasions; the score is its density."""
        (settlement,) = frames
        visits = settled(settlement)
        edge = np.column_stack(
            [
                pd.factorize(visits["person"])[0],
                visits.groupby(["fixmedins_code", "day"], sort=False).ngroup(),
            ]
        )
        left = _meeting(np.unique(edge, axis=0))
        for _ in range(self.blocks):
            if not len(left):
                return
            inside, density = densest(left, self.softness)
            block = left[inside]
            is_own = _within(edge, block)
            yield _claim(visits[is_own], density)
            left = _meeting(left[~inside])


def densest(edges: Edges, softness: float) -> tuple[Any, float]:
    """Which edges lie in the densest block that greedy peeling meets, and its weight a node."""
    count = int(edges[:, 0].max()) + 1
    ends = np.column_stack([edges[:, 0], edges[:, 1] + count])
    weight = (1 / np.log(softness + np.bincount(edges[:, 1])))[edges[:, 1]]
    order = _peeled(ends, weight)
    last = order[ends].min(axis=1)  # an edge goes with the first of its ends
    steps = int(order.max()) + 1
    gone = np.bincount(last, weights=weight, minlength=steps)
    kept = weight.sum() - np.concatenate([[0.0], np.cumsum(gone)[:-1]])
    density = np.round(kept / np.arange(steps, 0, -1), 10)
    best = int(np.argmax(density))
    return last >= best, float(density[best])


def _peeled(ends: Edges, weight: Any) -> Any:
    """In which step each node goes if always the one that hangs least does; ties by number."""
    degree = np.bincount(ends.ravel(), weights=np.repeat(weight, 2)).tolist()
    beside: list[list[tuple[int, float]]] = [[] for _ in degree]
    for (a, b), w in zip(ends.tolist(), weight.tolist(), strict=True):
        beside[a].append((b, w))
        beside[b].append((a, w))
    heap = [(degree[node], node) for node, near in enumerate(beside) if near]
    heapq.heapify(heap)
    order = [-1] * len(degree)
    step = 0
    while heap:
        hangs, node = heapq.heappop(heap)
        if order[node] >= 0 or hangs > degree[node]:
            continue
        order[node], step = step, step + 1
        for other, w in beside[node]:
            if order[other] < 0:
                degree[other] -= w
                heapq.heappush(heap, (degree[other], other))
    return np.array(order)


def _meeting(edges: Edges) -> Edges:
    """What is left when people and occasions with a single tie go, until there are none."""
    while len(edges):
        ties = [np.bincount(edges[:, side])[edges[:, side]] for side in (0, 1)]
        kept = edges[np.minimum(*ties) > 1]
        if len(kept) == len(edges):
            break
        edges = kept
    return edges


def _within(edge: Edges, block: Edges) -> Any:
    width = int(edge[:, 1].max()) + 1
    return np.isin(edge[:, 0] * width + edge[:, 1], block[:, 0] * width + block[:, 1])


def _claim(visits: pd.DataFrame, density: float) -> Claim:
    place = visits["fixmedins_code"].value_counts().sort_index()
    return Claim("", str(place.idxmax()), sorted_tuple(visits["setl_id"]), density)
