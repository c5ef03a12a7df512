"""People who keep meeting beyond chance, in close groups: what every detector of groups does."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import networkx as nx
import numpy as np
import pandas as pd

from models.base import Finding, sorted_tuple
from models.graph import close_groups, false_discovery, log_tail, tree_surprise

CERTAIN: Final = -20.0  # log10 of a chance below which no further strength is counted
Ids = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Group:
    """A close group: every pair of its members in the table, and those of them that are tied.

    Both with the columns of the pairs' table and `chance`, the days expected by chance.
    """

    pairs: pd.DataFrame
    ties: pd.DataFrame

    @property
    def people(self) -> tuple[str, ...]:
        """person_key of the members, sorted."""
        return sorted_tuple([*self.ties["person_a"], *self.ties["person_b"]])

    @property
    def places(self) -> tuple[str, ...]:
        """Institutions where tied members met, sorted."""
        return sorted_tuple(chain.from_iterable(self.ties["fixmedins_codes"]))

    @property
    def households(self) -> int:
        """Households the members come from [count]."""
        homes = self.pairs[self.pairs["is_household"].astype(bool)]
        family = nx.Graph(zip(homes["person_a"], homes["person_b"], strict=True))
        family.add_nodes_from(self.people)
        return nx.number_connected_components(family)

    @property
    def density(self) -> float:
        """Tied pairs of all pairs [0 to 1]."""
        count = len(self.people)
        return 2 * len(self.ties) / (count * (count - 1))

    @property
    def anchor(self) -> str:
        """First visit of the pair that met first: the core keeps it from month to month."""
        firsts = zip(self.ties["first_on"], self.ties["mdtrt_ids"], strict=True)
        return min((first_on, str(min(ids))) for first_on, ids in firsts)[1]

    @property
    def usual(self) -> float:
        """Days that chance would let a tied pair meet: the median pair [days]."""
        return float(self.ties["chance"].median())

    @property
    def times(self) -> str:
        """Days that tied pairs met, least to most, as told."""
        least, most = self.ties["times"].min(), self.ties["times"].max()
        return f"{least}至{most}" if least < most else f"{most}"

    def surprise(self, crowd: int) -> float:
        """log10 of the chance of such a group among so many people."""
        graph: nx.Graph[str] = nx.Graph()
        columns = (self.ties[name] for name in ("person_a", "person_b", "times", "chance"))
        for a, b, times, chance in zip(*columns, strict=True):
            graph.add_edge(a, b, times=int(times), expected=float(chance))
        return tree_surprise(graph, crowd)

    def finding(
        self, chance: float, *, accused: Iterable[str], says: str, area: str, ids: Ids
    ) -> Finding:
        """What is said of the group; `ids` are the visits and settlements that are wrong."""
        visits, setl_ids = ids
        rows = [("silver.visit", one) for one in visits]
        rows += [("silver.settlement", one) for one in setl_ids]
        return Finding(
            anchor=self.anchor,
            subject_type="group",
            subject_ids=(*accused, *self.people),
            score=(self.density + min(1.0, chance / CERTAIN)) / 2,
            says=f"{says};纯属巧合的概率不超过10的{math.ceil(chance)}次方;涉及结算{len(setl_ids)}笔",
            setl_ids=setl_ids,
            evidence=tuple(sorted(rows)),
            period_begn=self.ties["first_on"].min(),
            period_end=self.ties["last_on"].max(),
            fixmedins_codes=self.places,
            person_keys=self.people,
            area=area,
        )


@dataclass(frozen=True)
class CloseGroups(ABC):
    """A detector of close groups over a table of pairs; a subclass says what ties and what tells.

    Groups are told whose chance, family-wise over groups of their size and places, stays below
    `false_share` after Benjamini and Hochberg.
    """

    times: int = 2  # shared days that can make a tie [days]
    tie_chance: float = 0.05  # a pair meets so often by chance at most so likely [0 to 1]
    neighbour_lift: float = 2.0  # neighbours meet by chance so many times as often [ratio]
    at_least: int = 3  # smallest group worth a clue [persons]
    households: int = 3  # fewest households in it [count]
    density: float = 0.4  # least share of all pairs that is tied [0 to 1]
    false_share: float = 0.01  # expected share of chance groups among the told [0 to 1]

    @abstractmethod
    def told(self, group: Group, chance: float) -> Finding:
        """What is said of a group, `chance` being the log10 of its chance."""

    def is_tie(self, pair: pd.DataFrame) -> Any:
        """Which pairs are tied: not of one household, and together too often for chance."""
        is_rare = log_tail(pair["times"], pair["chance"]) <= math.log(self.tie_chance)
        return (pair["times"] >= self.times) & ~pair["is_household"].astype(bool) & is_rare

    def is_told(self, group: Group) -> bool:
        """Whether the group is worth a clue."""
        return group.households >= self.households

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """One finding per group, in order of anchors."""
        (given,) = frames
        pair = given.sort_values(["person_a", "person_b"], ignore_index=True)
        lift = np.where(pair["is_neighbour"].astype(bool), self.neighbour_lift, 1.0)
        pair["chance"] = pair["expected"].to_numpy(float) * lift
        groups = [group for group in self._groups(pair) if self.is_told(group)]
        chances = false_discovery(_surprises(pair, groups))
        limit = math.log10(self.false_share)
        found = (
            self.told(group, chance)
            for group, chance in zip(groups, chances, strict=True)
            if chance <= limit
        )
        yield from sorted((one for one in found if one.setl_ids), key=lambda one: one.anchor)

    def refuses(self, *frames: pd.DataFrame) -> str:
        """Nothing: it needs no model."""
        return ""

    def _groups(self, pair: pd.DataFrame) -> list[Group]:
        ties = pair[self.is_tie(pair)]
        found = sorted(close_groups(ties, self.at_least, self.density))
        inside, tied = _by_group(pair, found), _by_group(ties, found)
        return [Group(inside[n], tied[n]) for n in range(len(found))]


def _by_group(pairs: pd.DataFrame, groups: Sequence[Sequence[str]]) -> dict[int, pd.DataFrame]:
    """Number of the group → pairs with both ends in it."""
    group = {person: number for number, people in enumerate(groups) for person in people}
    a, b = pairs["person_a"].map(group), pairs["person_b"].map(group)
    own = pairs[a.notna() & (a == b)]
    return {int(number): part for number, part in own.groupby(a[own.index])}


def _surprises(pair: pd.DataFrame, groups: Sequence[Group]) -> list[float]:
    """log10 chance of each group among the people seen at any of its places."""
    if not groups:
        return []
    seen = pair[["fixmedins_codes", "person_a", "person_b"]].explode("fixmedins_codes")
    at = {
        place: set(part["person_a"]) | set(part["person_b"])
        for place, part in seen.groupby("fixmedins_codes")
    }
    return [
        group.surprise(len(set().union(*(at[place] for place in group.places)))) for group in groups
    ]
