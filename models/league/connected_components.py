"""Connected components: people who settle or are admitted together again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from models.base import View, sorted_tuple
from models.graph import components
from models.league.base import Claim
from models.league.pairs import SETTLED, settled


@dataclass(frozen=True)
class Components:
    """The plain co-visit graph, without what would be expected by chance.

    Two people meet who settle visits of one day at one institution within the same `minutes`, or
    are admitted there on one day. A component is as strong as its ties have meetings on average,
    times the logarithm of its people.
    """

    title: ClassVar[str] = "connected components"
    reads: ClassVar[tuple[View, ...]] = (SETTLED,)

    times: int = 2  # fewest meetings of a tie [count]
    minutes: int = 10  # [minutes]
    crowd: int = 30  # more people than this are no meeting, but a queue [persons]

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One a component: the settlements at which its tied members met."""
        (settlement,) = frames
        meeting = self._meetings(settled(settlement))
        times = meeting.groupby(["a", "b"])["day"].transform("nunique")
        ties = meeting[times >= self.times]
        of = {
            int(node): number
            for number, edges in enumerate(components(ties[["a", "b"]].to_numpy(np.int64)))
            for node in np.unique(edges)
        }
        for _, own in ties.groupby(ties["a"].map(of)):
            yield _claim(own)

    def _meetings(self, visits: pd.DataFrame) -> pd.DataFrame:
        """A row a meeting of two people, a before b by their first settlement in the lake."""
        slot = pd.to_datetime(visits["setl_time"]).dt.floor(f"{self.minutes}min")
        person, _ = pd.factorize(visits["person"])
        here = visits.assign(person=person, moment=slot.where(visits["days"] == 0, visits["day"]))
        place = ["fixmedins_code", "moment"]
        met = here.drop_duplicates([*place, "person"])[[*place, "person", "day", "setl_id"]]
        size = met.groupby(place)["person"].transform("size")
        met = met[(size > 1) & (size <= self.crowd)]
        both = met.merge(met, on=place, suffixes=("", "_b"))
        both = both[both["person"] < both["person_b"]]
        return both.rename(columns={"person": "a", "person_b": "b"})


def _claim(ties: pd.DataFrame) -> Claim:
    people = len(np.union1d(ties["a"], ties["b"]))
    meetings = len(ties) / len(ties[["a", "b"]].drop_duplicates())
    place = ties["fixmedins_code"].value_counts().sort_index()
    return Claim(
        scheme="",
        fixmedins_code=str(place.idxmax()),
        setl_ids=sorted_tuple([*ties["setl_id"], *ties["setl_id_b"]]),
        score=float(np.round(meetings * np.log(people), 10)),
    )
