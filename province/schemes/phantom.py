"""Phantom therapy: sessions on the bill that no therapist had the hours to give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from province.items import catalogue, is_stay
from province.lines import THERAPIST, new_lines
from province.schemes.base import EMPTY, Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.truth import Instance
from province.world import DAY, Bools, Ints, unit_hash

_SESSIONS = ("needle", "tuina_back", "midfreq", "moxa", "exercise", "infrared", "magnet", "wax")


class Phantom(Scheme):
    """One therapist credited with everybody's sessions; twins share the work among several."""

    id = "phantom_charge"
    variants = ("one_pair_of_hands", "every_day_full")
    twins = ("busy_department",)

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A place with a therapy room."""
        rehab = (11,) if stage.world.persons >= 20_000 else ()  # no guests in a smaller city
        place = stage.host(rng, one, 2, 3, 4, *rehab)
        if one.kind != "twin":
            one.parties.append(("therapist", THERAPIST + place * 1000, "executor"))
        return of_instance(one, place, EMPTY, stage.window(rng, 2, 7), stage.carefulness(rng, 0.6))

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Stays at the place."""
        mine: Bools = (parts["place"].to_numpy() == plan.place) & is_stay(parts["group"].to_numpy())
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """Sessions added to the stays of the place, day by day."""
        own = parts["place"].to_numpy()[lines["part"].to_numpy()] == plan.place
        ward = own & (lines["item"].to_numpy() == catalogue().slug["ward_visit"])
        part = lines["part"].to_numpy()
        ward &= unit_hash(part, np.full_like(part, 800 + plan.number)) >= plan.careful
        base = lines.iloc[np.flatnonzero(ward)]
        goods = catalogue().at(*rng.permutation(np.array(_SESSIONS))[: int(rng.integers(4, 8))])
        row = np.repeat(np.arange(len(base)), len(goods))
        item = np.tile(goods, len(base))
        base = base.iloc[row]
        more = new_lines(
            base["part"].to_numpy(), item, base["t"].to_numpy() + 1800, np.ones(len(row), np.int64),
            acord=_hands(plan, base, item, _first_day(parts)), tag=plan.number, excess=1,
        )  # fmt: skip
        return sorted_lines([lines, _within_cap(lines, more) if plan.twin else more])


def _within_cap(lines: Frame, more: Frame) -> Frame:
    """Added lines of items that the stay has not on that day: honest houses keep daily caps."""

    def of_day(frame: Frame) -> list[Ints]:
        return [frame["part"].to_numpy(), frame["item"].to_numpy(), frame["t"].to_numpy() // DAY]

    there = pd.MultiIndex.from_arrays(of_day(lines))
    return more[~pd.MultiIndex.from_arrays(of_day(more)).isin(there)]


def _first_day(parts: Frame) -> int:
    """Of the month in which these visits end."""
    last = np.datetime64(int(parts["end"].max()) // DAY, "D")
    return int(last.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))


def _hands(plan: Plan, base: Frame, item: Ints, first_day: int) -> Ints:
    """One therapist for all, or, for the twin, as many as the minutes of the day need."""
    first = THERAPIST + plan.place * 1000
    if not plan.twin:
        return np.full(len(base), first)
    first += 40  # others than those who treat the usual patients
    day = base["t"].to_numpy() // DAY
    minutes = np.maximum(catalogue().minutes[item], 20)
    order = np.argsort(day, kind="stable")
    total = np.cumsum(minutes[order])
    begins = np.r_[True, day[order][1:] != day[order][:-1]]
    start = np.maximum.accumulate(np.where(begins, total - minutes[order], 0))
    hands = np.empty(len(base), dtype=np.int64)
    shift = (total - minutes[order] - start) // 400
    # Days before this month were shared out last month already: they get further hands.
    hands[order] = first + np.where(day[order] < first_day, shift + 100, shift)
    return hands
