"""Induced co-admission: a broker gathers villagers who lie in one hospital together, again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from province.habits import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Scheme, Stage
from province.world import DAY, Ints

VARIANTS: Final = ("village_van", "two_hospitals", "shared_phone")
TWINS: Final = ("screening_day", "couples", "care_home")


@dataclass
class _Plan:
    number: int
    variant: str
    places: Ints
    people: Ints
    months: Ints
    drop: float  # share who stay away each time
    phone: int


@dataclass
class CoAdmission(Scheme):
    """Groups admitted together; twins are screening days, couples and care homes."""

    id: str = "induced_co_admission"
    plans: list[_Plan] = field(default_factory=list)

    def plan(self, stage: Stage) -> None:
        """Villages and hospitals for the groups and for their twins."""
        self.plans = []
        rng = stage.world.rng(self.id, "plan")
        for i in range(stage.count()):
            bad = stage.truth.open(self.id, VARIANTS[i % 3])
            self._add(stage, rng, bad.number, bad.variant)
            good = stage.truth.open(self.id, TWINS[i % 3], "twin", bad.number)
            self._add(stage, rng, good.number, good.variant)

    def _add(self, stage: Stage, rng: np.random.Generator, number: int, variant: str) -> None:
        people, months = stage.people, stage.world.months
        village = people.town * 8 + people.village
        able = (people.age > (65 if variant == "care_home" else 50)) & ~people.has("hd")
        counts = np.bincount(village[able & ~stage.taken], minlength=1)
        home = int(rng.choice(np.argsort(counts)[-max(3, len(counts) // 3) :]))
        size = 2 if variant == "couples" else stage.size(rng, 4, 28)
        group = stage.recruit(rng, able & (village == home), size)
        hosts = stage.places.of(8) if variant == "screening_day" else stage.places.of(3, 4)
        places = rng.choice(hosts, min(len(hosts), 2 if variant == "two_hospitals" else 1), False)
        rounds = 1 if variant == "screening_day" else int(rng.integers(3, 6))
        when = np.sort(rng.permutation(months)[: min(rounds, months)])
        drop = float(rng.uniform(0.05, 0.3)) + 0.3 * stage.world.camouflage
        phone = 3 * 10**9 + number if variant == "shared_phone" else -1
        self.plans.append(_Plan(number, variant, places.astype(np.int64), group, when, drop, phone))

    def visits(self, stage: Stage, month: int, honest: Frame) -> list[Frame]:
        """The groups whose turn it is this month."""
        frames = []
        for plan in self.plans:
            if month in plan.months and len(plan.people):
                frames.append(self._round(stage, month, plan))
        return frames

    def _round(self, stage: Stage, month: int, plan: _Plan) -> Frame:
        rng = stage.world.rng(self.id, plan.number, month)
        turn = int(np.flatnonzero(plan.months == month)[0])
        steady = plan.variant in ("couples", "screening_day")
        who = plan.people if steady else plan.people[rng.random(len(plan.people)) >= plan.drop]
        day = stage.world.first_day(month) + int(rng.integers(1, stage.world.days(month) - 4))
        late = (rng.random(len(who)) < 0.2).astype(np.int64)
        beg = (day + late) * DAY + clock(rng, 1, 8, 11)[0] + rng.integers(0, 3600, len(who))
        ok = stage.busy[who] < beg - DAY
        who, beg, late = who[ok], beg[ok], late[ok]
        group, length, thin = _illness(rng, plan.variant, len(who))
        end = (day + late + length) * DAY + clock(rng, len(who), 8.5, 14)
        end = np.where(length == 0, beg + 6 * 3600, end)
        place = int(plan.places[turn % len(plan.places)])
        return visits(
            who, group, beg, end, place=place, tag=plan.number, thin=thin, tel=plan.phone
        )


def _illness(rng: np.random.Generator, variant: str, n: int) -> tuple[Ints, Ints, Ints]:
    """Groups, nights and thinness: mild complaints for the induced, real illness for the twins."""
    at = group_at()
    if variant == "screening_day":
        return np.full(n, at["ip_cat"]), rng.integers(0, 2, n), np.zeros(n, dtype=np.int64)
    if variant in ("couples", "care_home"):
        kinds = np.array([at[g] for g in ("ip_copd", "ip_pneu")])
        return kinds[rng.integers(0, 2, n)], rng.integers(6, 13, n), np.zeros(n, dtype=np.int64)
    kinds = np.array([at[g] for g in ("ip_weak", "ip_back", "ip_neck", "ip_vertigo")])
    common = int(rng.integers(5, 10))
    length = np.clip(common + rng.integers(-1, 2, n), 3, 14)
    return kinds[rng.integers(0, 4, n)], length, rng.integers(10, 50, n)
