"""Cards that are run together through one place after another for drugs that can be sold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import ClassVar

from fundwatch.tables import gold
from models.base import Finding, View, area_in, is_pharmacy, sorted_tuple
from models.groups import CloseGroups, Group


@dataclass(frozen=True)
class ResaleRing(CloseGroups):
    """Groups who buy watched drugs within minutes at one terminal, again and again, here and there.

    Sign of a dealer with a stack of cards; at pharmacies alone, no more than `shops`, sign of
    pharmacies that keep the cards (pharmacy_fraud). Innocent twins, and what keeps them out: a
    relative who shops for the household (ties of one household do not count); the queue of one
    clinic or the neighbours' day at it (`places`, and `expected`, which takes every queue for
    crowded); long prescriptions fetched once in three months (`times`); neighbours
    (`neighbour_lift`).
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

    places: int = 2  # fewest institutions where it bought together [count]
    shops: int = 2  # most pharmacies that pass a stack of cards between them [count]

    def is_told(self, group: Group) -> bool:
        """At several places, and of several households."""
        return super().is_told(group) and len(group.places) >= self.places

    def told(self, group: Group, chance: float) -> Finding:
        """The people; wrong are all purchases that tied members made together."""
        says = (
            f"{len(group.people)}人(分属{group.households}户)六个月内在{len(group.places)}家机构或药店"
            f"反复于同一终端十分钟内先后结算易倒卖药品:{len(group.ties)}对成员两两相遇{group.times}天"
            f"(按各自购药次数与拥挤时段随机相遇预期约{group.usual:.2g}天)"
        )
        visits, setl_ids = (
            sorted_tuple(chain.from_iterable(group.ties[name]))
            for name in ("mdtrt_ids", "setl_ids")
        )
        area = max(map(area_in, group.places))
        found = group.finding(chance, accused=(), says=says, area=area, ids=(visits, setl_ids))
        of_shops = len(group.places) <= self.shops and all(map(is_pharmacy, group.places))
        return replace(found, scheme="pharmacy_fraud") if of_shops else found
