"""People who keep being admitted together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from fundwatch.tables import gold
from models.base import Finding, View, area_in, sorted_tuple
from models.groups import CloseGroups, Group


@dataclass(frozen=True)
class CoAdmission(CloseGroups):
    """Groups whose members are admitted together, again and again, beyond chance.

    Sign of brokers who gather insured people. Innocent twins, and what keeps them out: families
    and care homes (ties of one household do not count, and a group has several households),
    neighbours (they meet by chance `neighbour_lift` times as often), courses in step (two regulars
    are no tie; chemotherapy and dialysis do not come in), one outing or epidemic (`times`),
    crowded days (`expected`).
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

    shared_share: float = 0.34  # shared admissions of the stays of whoever has fewer [0 to 1]
    regular_stays: int = 8  # stays in twelve months that make a regular [count]

    def is_tie(self, pair: pd.DataFrame) -> Any:
        """Not two regulars, and a good part of the stays of whoever has fewer."""
        fewer = np.minimum(pair["stays_a"], pair["stays_b"])
        is_part = pair["times"] >= self.shared_share * fewer
        return super().is_tie(pair) & (fewer < self.regular_stays) & is_part

    def told(self, group: Group, chance: float) -> Finding:
        """The places and the people; wrong are the stays shared with two other members."""
        says = (
            f"{len(group.people)}人(分属{group.households}户)在{len(group.places)}家机构"
            f"十二个月内反复同进:{len(group.ties)}对成员两两同日或相隔一日入院{group.times}次"
            f"(按各日入院人次随机相遇预期约{group.usual:.2g}次),"
            f"成员联系密度{group.density:.2f}(1为人人相互同进)"
        )
        ids = _shared_with_two(group, "mdtrt_ids"), _shared_with_two(group, "setl_ids")
        area = area_in(group.places[0])
        return group.finding(chance, accused=group.places, says=says, area=area, ids=ids)


def _shared_with_two(group: Group, column: str) -> tuple[str, ...]:
    """Stays (or settlements) shared with at least two other members: one row each."""
    met = Counter(chain.from_iterable(set(ids) for ids in group.pairs[column]))
    return sorted_tuple(one for one, others in met.items() if others >= 2)
