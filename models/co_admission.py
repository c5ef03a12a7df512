"""People who keep being admitted together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
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
class CoAdmission:
    """Groups whose members are admitted together, again and again, beyond chance.

    Sign of brokers who gather insured people. Innocent twins, and what keeps them out: families
    and care homes (ties of one household do not count, and a group has several households),
    neighbours (they meet by chance `neighbour_lift` times as often), courses of chemotherapy in
    step (two regulars are no tie), one outing or epidemic (`times`), crowded days (`expected`).
    """

    id: ClassVar[str] = "co_admission"
    reads: ClassVar[tuple[View, ...]] = (
        View(
            gold.SHARED_ADMISSION,
            tuple(
                "person_a person_b times stays_a stays_b expected is_household is_neighbour"
                " fixmedins_codes mdtrt_ids setl_ids first_on last_on".split()
            ),
        ),
    )

    times: int = 2  # shared admissions that can make a tie [days]
    tie_chance: float = 0.05  # a pair meets so often by chance at most so likely [0 to 1]
    shared_share: float = 0.34  # shared days of the stays of whoever has fewer [0 to 1]
    regular_stays: int = 8  # stays in twelve months that make a regular [count]
    neighbour_lift: float = 2.0  # neighbours meet by chance so many times as often [ratio]
    at_least: int = 3  # smallest group worth a clue [persons]
    households: int = 3  # fewest households in it [count]
    density: float = 0.4  # least share of all pairs that is tied [0 to 1]
    false_share: float = 0.01  # expected share of chance groups among the told [0 to 1]

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """One finding per group; its chance is family-wise over groups of its size and places."""
        (given,) = frames
        shared = given.sort_values(["person_a", "person_b"], ignore_index=True)
        ties = shared[self._is_tie(shared)]
        found = sorted(close_groups(ties, self.at_least, self.density))
        inside, tied = _by_group(shared, found), _by_group(ties, found)
        groups = [_Group(inside[n], self._graph(tied[n])) for n in range(len(found))]
        groups = [group for group in groups if group.households >= self.households]
        chances = false_discovery(_surprises(shared, groups))
        told = zip(groups, chances, strict=True)
        limit = math.log10(self.false_share)
        findings = (group.finding(chance) for group, chance in told if chance <= limit)
        yield from sorted((f for f in findings if f.setl_ids), key=lambda f: f.anchor)

    def refuses(self, *frames: pd.DataFrame) -> str:
        """Nothing: it needs no model."""
        return ""

    def _is_tie(self, shared: pd.DataFrame) -> Any:
        fewer = np.minimum(shared["stays_a"], shared["stays_b"])
        return (
            (shared["times"] >= self.times)
            & ~shared["is_household"].astype(bool)
            & (fewer < self.regular_stays)
            & (shared["times"] >= self.shared_share * fewer)
            & (log_tail(shared["times"], shared["expected"]) <= math.log(self.tie_chance))
        )

    def _expected(self, shared: pd.DataFrame) -> Any:
        lift = np.where(shared["is_neighbour"].astype(bool), self.neighbour_lift, 1.0)
        return shared["expected"].to_numpy(float) * lift

    def _graph(self, part: pd.DataFrame) -> nx.Graph[str]:
        graph: nx.Graph[str] = nx.Graph()
        expected = self._expected(part)
        ends = zip(part["person_a"], part["person_b"], part["times"], expected, strict=True)
        for a, b, times, chance in ends:
            graph.add_edge(a, b, times=int(times), expected=float(chance))
        return graph


def _by_group(pairs: pd.DataFrame, groups: Sequence[Sequence[str]]) -> dict[int, pd.DataFrame]:
    """Number of the group → pairs with both ends in it."""
    group = {person: number for number, people in enumerate(groups) for person in people}
    a, b = pairs["person_a"].map(group), pairs["person_b"].map(group)
    own = pairs[a.notna() & (a == b)]
    return {int(number): part for number, part in own.groupby(a[own.index])}


@dataclass(frozen=True)
class _Group:
    """A close group: every pair of its members in the table, and the ties among them."""

    pairs: pd.DataFrame
    ties: nx.Graph[str]

    @property
    def people(self) -> tuple[str, ...]:
        return sorted_tuple(self.ties)

    @property
    def places(self) -> tuple[str, ...]:
        return sorted_tuple(chain.from_iterable(self.pairs["fixmedins_codes"]))

    @property
    def households(self) -> int:
        homes = self.pairs[self.pairs["is_household"].astype(bool)]
        family = nx.Graph(zip(homes["person_a"], homes["person_b"], strict=True))
        family.add_nodes_from(self.people)
        return nx.number_connected_components(family)

    def shared_with_two(self, column: str) -> tuple[str, ...]:
        """Stays (or settlements) shared with at least two other members: one row each."""
        met = Counter(chain.from_iterable(set(ids) for ids in self.pairs[column]))
        return sorted_tuple(one for one, others in met.items() if others >= 2)

    def anchor(self) -> str:
        """First stay of the pair that met first: the group's core keeps it from month to month."""
        firsts = zip(self.pairs["first_on"], self.pairs["mdtrt_ids"], strict=True)
        earliest = min((first_on, str(min(ids))) for first_on, ids in firsts)
        return earliest[1]

    def finding(self, chance: float) -> Finding:
        setl_ids = self.shared_with_two("setl_ids")
        visits = self.shared_with_two("mdtrt_ids")
        return Finding(
            anchor=self.anchor(),
            subject_type="group",
            subject_ids=(*self.places, *self.people),
            score=(nx.density(self.ties) + min(1.0, chance / CERTAIN)) / 2,
            says=self.says(chance, len(setl_ids)),
            setl_ids=setl_ids,
            evidence=tuple(
                sorted(
                    [("silver.visit", visit) for visit in visits]
                    + [("silver.settlement", setl_id) for setl_id in setl_ids]
                )
            ),
            period_begn=self.pairs["first_on"].min(),
            period_end=self.pairs["last_on"].max(),
            fixmedins_codes=self.places,
            person_keys=self.people,
            area=area_in(self.places[0]),
        )

    def says(self, chance: float, setl_count: int) -> str:
        ties = list(self.ties.edges(data=True))
        times = [tie["times"] for *_, tie in ties]
        usual = sorted(tie["expected"] for *_, tie in ties)[len(ties) // 2]
        most = f"{min(times)}至{max(times)}" if min(times) < max(times) else f"{times[0]}"
        return (
            f"{len(self.people)}人(分属{self.households}户)在{len(self.places)}家机构"
            f"十二个月内反复同日入院:{len(ties)}对成员两两同日入院{most}天"
            f"(按各日入院人次随机相遇预期约{usual:.2g}天),"
            f"成员联系密度{nx.density(self.ties):.2f}(1为人人相互同进);"
            f"纯属巧合的概率不超过10的{math.ceil(chance)}次方;涉及结算{setl_count}笔"
        )


def _surprises(shared: pd.DataFrame, groups: Sequence[_Group]) -> list[float]:
    """log10 chance of each group among the people seen at any of its places."""
    if not groups:
        return []
    seen = shared[["fixmedins_codes", "person_a", "person_b"]].explode("fixmedins_codes")
    at = {
        place: set(part["person_a"]) | set(part["person_b"])
        for place, part in seen.groupby("fixmedins_codes")
    }
    crowds = (len(set().union(*(at[place] for place in group.places))) for group in groups)
    return [tree_surprise(group.ties, crowd) for group, crowd in zip(groups, crowds, strict=True)]
