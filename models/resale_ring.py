"""Cards that are run together through one place after another for drugs that can be sold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import networkx as nx
import numpy as np
import pandas as pd

from fundwatch.tables import gold
from models.base import Finding, View, area_in, sorted_tuple
from models.graph import close_groups, false_discovery, log_tail, tree_surprise

CERTAIN = -20.0  # log10 of a chance below which no further strength is counted


@dataclass(frozen=True)
class ResaleRing:
    """Groups who buy watched drugs within minutes at one terminal, again and again, here and there.

    Sign of a dealer with a stack of cards. Innocent twins, and what keeps them out: a relative who
    shops for the household (ties of one household do not count); the queue of one clinic or the
    neighbours' day at it (`places`, and `expected`, which takes every queue for crowded); long
    prescriptions fetched once in three months (`times`); neighbours (`neighbour_lift`).
    """

    id: ClassVar[str] = "resale_ring"
    reads: ClassVar[tuple[View, ...]] = (
        View(
            gold.SHARED_PURCHASE,
            tuple(
                "person_a person_b times visits_a visits_b expected is_household is_neighbour"
                " fixmedins_codes mdtrt_ids setl_ids watched_fen first_on last_on".split()
            ),
        ),
    )

    times: int = 2  # shared errands that can make a tie [days]
    tie_chance: float = 0.05  # a pair meets so often by chance at most so likely [0 to 1]
    neighbour_lift: float = 2.0  # neighbours meet by chance so many times as often [ratio]
    at_least: int = 3  # smallest group worth a clue [persons]
    households: int = 3  # fewest households in it [count]
    places: int = 2  # fewest institutions where it bought together [count]
    density: float = 0.4  # least share of all pairs that is tied [0 to 1]
    false_share: float = 0.01  # expected share of chance groups among the told [0 to 1]

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """One finding per group."""
        (given,) = frames
        shared = given.sort_values(["person_a", "person_b"], ignore_index=True)
        shared["chance"] = self._expected(shared)
        ties = shared[self._is_tie(shared)]
        groups = [
            _Group(_within(shared, people), _within(ties, people))
            for people in sorted(close_groups(ties, self.at_least, self.density))
        ]
        groups = [
            g for g in groups if g.households >= self.households and len(g.places) >= self.places
        ]
        chances = false_discovery([group.surprise(shared) for group in groups])
        limit = math.log10(self.false_share)
        told = [(g, c) for g, c in zip(groups, chances, strict=True) if c <= limit]
        yield from sorted((g.finding(c) for g, c in told), key=lambda finding: finding.anchor)

    def refuses(self, *frames: pd.DataFrame) -> str:
        """Nothing: it needs no model."""
        return ""

    def _is_tie(self, shared: pd.DataFrame) -> Any:
        is_rare = log_tail(shared["times"], shared["chance"]) <= math.log(self.tie_chance)
        return (shared["times"] >= self.times) & ~shared["is_household"].astype(bool) & is_rare

    def _expected(self, shared: pd.DataFrame) -> Any:
        lift = np.where(shared["is_neighbour"].astype(bool), self.neighbour_lift, 1.0)
        return shared["expected"].to_numpy(float) * lift


def _within(pairs: pd.DataFrame, people: list[str]) -> pd.DataFrame:
    return pairs[pairs["person_a"].isin(people) & pairs["person_b"].isin(people)]


@dataclass(frozen=True)
class _Group:
    """A close group: every pair of its members in the table, and those that are tied."""

    pairs: pd.DataFrame
    ties: pd.DataFrame

    @property
    def people(self) -> tuple[str, ...]:
        return sorted_tuple([*self.ties["person_a"], *self.ties["person_b"]])

    @property
    def places(self) -> tuple[str, ...]:
        return sorted_tuple(chain.from_iterable(self.ties["fixmedins_codes"]))

    @property
    def households(self) -> int:
        homes = self.pairs[self.pairs["is_household"].astype(bool)]
        family = nx.Graph(zip(homes["person_a"], homes["person_b"], strict=True))
        family.add_nodes_from(self.people)
        return nx.number_connected_components(family)

    def surprise(self, shared: pd.DataFrame) -> float:
        """log10 chance of the group among the people seen at any of its places."""
        own = set(self.places)
        seen = shared[[bool(own.intersection(codes)) for codes in shared["fixmedins_codes"]]]
        graph: nx.Graph[str] = nx.Graph()
        columns = (self.ties[n] for n in ("person_a", "person_b", "times", "chance"))
        for a, b, times, chance in zip(*columns, strict=True):
            graph.add_edge(a, b, times=int(times), expected=float(chance))
        return tree_surprise(graph, len({*seen["person_a"], *seen["person_b"]}))

    def finding(self, chance: float) -> Finding:
        setl_ids = sorted_tuple(chain.from_iterable(self.ties["setl_ids"]))
        visits = sorted_tuple(chain.from_iterable(self.ties["mdtrt_ids"]))
        firsts = zip(self.ties["first_on"], self.ties["mdtrt_ids"], strict=True)
        count = len(self.people)
        density = 2 * len(self.ties) / (count * (count - 1))
        return Finding(
            # First visit of the pair that met first: the core keeps it from month to month.
            anchor=min((first_on, str(min(ids))) for first_on, ids in firsts)[1],
            subject_type="group",
            subject_ids=self.people,
            score=(density + min(1.0, chance / CERTAIN)) / 2,
            says=self._says(chance, len(setl_ids)),
            setl_ids=setl_ids,
            evidence=tuple(
                sorted(
                    [("silver.visit", visit) for visit in visits]
                    + [("silver.settlement", setl_id) for setl_id in setl_ids]
                )
            ),
            period_begn=self.ties["first_on"].min(),
            period_end=self.ties["last_on"].max(),
            fixmedins_codes=self.places,
            person_keys=self.people,
            area=max(map(area_in, self.places)),
        )

    def _says(self, chance: float, setl_count: int) -> str:
        times = self.ties["times"]
        usual = self.ties["chance"].median()
        return (
            f"{len(self.people)}人(分属{self.households}户)六个月内在{len(self.places)}家机构或药店"
            f"反复于同一终端十分钟内先后结算易倒卖药品:{len(self.ties)}对成员两两相遇"
            f"{times.min()}至{times.max()}天(按各自购药次数与拥挤时段随机相遇预期约{usual:.2g}天);"
            f"纯属巧合的概率不超过10的{math.ceil(chance)}次方;涉及结算{setl_count}笔"
        )
