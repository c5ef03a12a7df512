"""Ghost stays: a bed on paper while the person shops, sees other doctors or is at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from province.habits import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Scheme, Stage
from province.truth import Truth
from province.world import DAY, Bools, Ints

VARIANTS: Final = ("whole_ward", "weekday_signers", "low_income_cards")
TWINS: Final = ("family_bed", "transfer_day", "leave_day")


@dataclass
class _Plan:
    number: int
    twin: bool
    variant: str
    place: int
    people: Ints
    months: Ints
    careful: float  # share of stays without any contradiction


@dataclass
class Ghost(Scheme):
    """Hanging beds at small hospitals; twins are family beds, transfer days and lawful leave."""

    id: str = "ghost_inpatient"
    plans: list[_Plan] = field(default_factory=list)

    def plan(self, stage: Stage) -> None:
        """A few hospitals, each with its cards; as many twins at places of the same kinds."""
        self.plans = []
        rng = stage.world.rng(self.id, "plan")
        hosts = stage.places.of(3, 4, 11)
        for i in range(stage.count()):
            bad = stage.truth.open(self.id, VARIANTS[i % 3])
            self._add(stage, rng, bad.number, bad.variant, int(rng.choice(hosts)), twin=False)
            for twin in (TWINS[i % 3], TWINS[(i + 1) % 3])[: 1 + i % 2]:
                good = stage.truth.open(self.id, twin, "twin", bad.number)
                place = int(rng.choice(stage.places.of(*_TWIN_KINDS[twin])))
                self._add(stage, rng, good.number, twin, place, twin=True)

    def _add(
        self, stage: Stage, rng: np.random.Generator, number: int, variant: str, place: int, *, twin: bool
    ) -> None:
        people = stage.people
        able = (people.age > 45) & (people.age < 85) & ~people.has("hd")
        if variant == "low_income_cards":
            able &= people.poor > 0
        near = people.town == stage.places.town[place]
        able &= near if (able & near & ~stage.taken).sum() > 30 else np.ones_like(near)
        if variant == "family_bed":
            able &= people.age > 60
        cards = stage.recruit(rng, able, stage.size(rng, 4, 45))
        span = min(stage.world.months, int(rng.integers(2, 8)))
        first = int(rng.integers(0, stage.world.months - span + 1))
        careful = stage.world.camouflage + (1 - stage.world.camouflage) * float(rng.uniform(0, 0.5))
        self.plans.append(
            _Plan(number, twin, variant, place, cards, np.arange(first, first + span), careful)
        )

    def visits(self, stage: Stage, month: int, honest: Frame) -> list[Frame]:
        """Stays of the month's cards with what contradicts them elsewhere, and the twins' stays."""
        frames = []
        for plan in self.plans:
            if month in plan.months and len(plan.people):
                rng = stage.world.rng(self.id, plan.number, month)
                frames += self._act(stage, rng, month, plan)
        return frames

    def _act(self, stage: Stage, rng: np.random.Generator, month: int, plan: _Plan) -> list[Frame]:
        share = 0.9 / max(1.0, len(plan.months) / 2)
        who = plan.people[rng.random(len(plan.people)) < share]
        first, days = stage.world.first_day(month), stage.world.days(month)
        day = first + rng.integers(0, max(1, days - 2), len(who))
        if plan.variant == "whole_ward":
            day = first + np.minimum(days - 2, (rng.integers(0, 4, len(who)) * 7 + rng.integers(0, 3, len(who))))
        beg = day * DAY + clock(rng, len(who), 8, 18)
        who, beg, day = _idle(stage, who, beg, day)
        if plan.variant == "family_bed":
            return _family_bed(rng, plan, who, beg, day)
        if plan.variant == "transfer_day":
            return _transfer(stage, rng, plan, who, beg, day)
        if plan.variant == "leave_day":
            return _leave(stage, rng, plan, who, beg, day)
        return _ghosts(stage, rng, plan, who, beg, day)

    def free(self, tag: Ints, truth: Truth) -> Bools:
        """Ghosts live on at home."""
        ghosts = [p.number for p in self.plans if not p.twin or p.variant == "family_bed"]
        chosen: Bools = np.isin(tag, ghosts)
        return chosen


_TWIN_KINDS: Final = {"family_bed": (4, 5), "transfer_day": (3, 4), "leave_day": (10, 11)}


def _idle(stage: Stage, who: Ints, beg: Ints, day: Ints) -> tuple[Ints, Ints, Ints]:
    ok = stage.busy[who] < beg - DAY
    return who[ok], beg[ok], day[ok]


def _ghosts(
    stage: Stage, rng: np.random.Generator, plan: _Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    at, n = group_at(), len(who)
    group = np.array([at[g] for g in ("ip_weak", "ip_back", "ip_vertigo", "ip_htn")])
    kinds = group[rng.integers(0, 4, n)]
    length = np.clip(np.rint(rng.normal(8, 2.2, n)), 4, 14).astype(np.int64)
    end = (day + length) * DAY + clock(rng, n, 8.5, 15)
    thin = rng.integers(55, 95, n)
    stays = visits(
        who, kinds, beg, end, place=plan.place, tag=plan.number, thin=thin, planned=0,
    )  # fmt: skip
    doctor = _few_doctors(stage, rng, plan.place, n)
    stays["doctor"] = doctor
    seen = rng.random(n) >= plan.careful
    return [stays, _elsewhere(stage, rng, who[seen], day[seen], length[seen])]


def _few_doctors(stage: Stage, rng: np.random.Generator, place: int, n: int) -> Ints:
    count = int(stage.places.doctors[place].sum())
    if count == 0:
        return np.full(n, -1)
    start = int(stage.places.doctor_from[place, 0])
    return start + rng.integers(0, max(1, min(2, count)), n)


def _elsewhere(
    stage: Stage, rng: np.random.Generator, who: Ints, day: Ints, length: Ints
) -> Frame:
    """Ordinary purchases and visits of people who are at home, in the middle of their stay."""
    reps = rng.integers(1, 3, len(who))
    who, day, length = (np.repeat(x, reps) for x in (who, day, length))
    at, people = group_at(), stage.people
    group = np.array([at[g] for g in ("rx_cold", "rx_home", "op_cold", "op_gastric")])[
        rng.integers(0, 4, len(who))
    ]
    group = np.where(people.has("htn")[who], at["rx_htn"], group)
    inside = 1 + (rng.random(len(who)) * np.maximum(length - 2, 1)).astype(np.int64)
    beg = (day + inside) * DAY + clock(rng, len(who), 9, 19)
    place = stage.choice.usual(who, people.town[who], group)
    days = np.where(group == at["rx_htn"], 28, 0)
    return visits(who, group, beg, beg + 900, place=place, days=days, tag=-2)


def _family_bed(
    rng: np.random.Generator, plan: _Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    """At home by contract: med_type 71 says so, and life goes on."""
    end = (day + rng.integers(12, 28, len(who))) * DAY + clock(rng, len(who), 8, 15)
    group = np.full(len(who), group_at()["ip_family"])
    return [visits(who, group, beg, end, place=plan.place, tag=plan.number)]


def _transfer(
    stage: Stage, rng: np.random.Generator, plan: _Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    """Discharged to a bigger hospital and admitted there the same day: two stays share a day."""
    at, n = group_at(), len(who)
    kinds = np.array([at[g] for g in ("ip_chd", "ip_copd", "ip_pneu")])[rng.integers(0, 3, n)]
    length = rng.integers(2, 5, n)
    out = (day + length) * DAY + clock(rng, n, 9, 12)
    first = visits(who, kinds, beg, out, place=plan.place, tag=plan.number, out=2)
    back = out + rng.integers(3600, 3 * 3600, n)
    end = (day + length + rng.integers(4, 9, n)) * DAY + clock(rng, n, 9, 15)
    bigger = stage.places.of(0, 1)
    host = bigger[rng.integers(0, len(bigger), n)]
    second = visits(who, kinds, back, end, place=host, tag=plan.number, adm=3, follows=1)
    return [first, second]


def _leave(
    stage: Stage, rng: np.random.Generator, plan: _Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    """Lawful leave: nothing is charged on the day the patient sees a doctor elsewhere."""
    at, n = group_at(), len(who)
    name = "ip_psych" if stage.places.kind[plan.place] == 10 else "ip_rehab"
    length = rng.integers(14, 24, n)
    away = day + rng.integers(5, 12, n)
    end = (day + length) * DAY + clock(rng, n, 9, 15)
    stays = visits(
        who, np.full(n, at[name]), beg, end, place=plan.place, tag=plan.number, leave=away
    )
    group = np.array([at[g] for g in ("op_eye", "op_dental")])[rng.integers(0, 2, n)]
    place = stage.choice.usual(who, stage.people.town[who], group)
    t = away * DAY + clock(rng, n, 9, 15)
    out = visits(who, group, t, t + 2400, place=place, tag=-2)
    return [stays, out]


