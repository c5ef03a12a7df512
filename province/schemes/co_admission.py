"""Induced co-admission: villagers gathered into one hospital together, again and again."""

from __future__ import annotations

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.truth import Instance
from province.world import DAY, Ints

BROKER = 3 * 10**9  # phones of brokers are numbered from here


class CoAdmission(Scheme):
    """Groups admitted together; twins are screening days, couples and care homes."""

    id = "induced_co_admission"
    variants = ("village_van", "two_hospitals", "shared_phone")
    twins = ("screening_day", "couples", "care_home")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """One village, one hospital (or two in turn), a few months."""
        people, months = stage.people, stage.world.months
        village = people.town * 8 + people.village
        able = (people.age > (65 if one.variant == "care_home" else 50)) & ~people.has("hd")
        counts = np.bincount(village[able & ~stage.taken], minlength=1)
        home = int(rng.choice(np.argsort(counts, kind="stable")[-max(3, len(counts) // 3) :]))
        kinds = (8,) if one.variant == "screening_day" else (3, 4)
        count = 2 if one.variant == "two_hospitals" else 1
        places = np.array([stage.host(rng, one, *kinds) for _ in range(count)])
        rounds = 1 if one.variant == "screening_day" else int(rng.integers(3, 6))
        when = np.sort(rng.permutation(months)[: min(rounds, months)])
        size = min(stage.size(rng, 4, 28), max(3, stage.quota() // len(when)))
        size = 2 if one.variant == "couples" else size
        group = stage.recruit(rng, able & (village == home), size)
        if one.variant in ("couples", "care_home"):
            stage.under_one_roof(group)
        away = float(rng.uniform(0.05, 0.3)) + 0.3 * stage.world.camouflage
        phone = BROKER + one.number if one.variant == "shared_phone" else -1
        if phone >= 0:
            one.parties.append(("phone", phone, "broker"))
        return of_instance(one, places, group, when, away, phone=phone)

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """All who come this time, admitted within a morning or two."""
        steady = plan.variant in ("couples", "screening_day")
        come = rng.random(len(plan.people)) >= (0 if steady else plan.careful)
        who = plan.people[come]
        day = stage.world.first_day(month) + int(rng.integers(6, stage.world.days(month) - 4))
        late = (rng.random(len(who)) < 0.2).astype(np.int64)
        beg = (day + late) * DAY + clock(rng, 1, 8, 11)[0] + rng.integers(0, 3600, len(who))
        ok = idle(stage, who, beg)
        who, beg, late = who[ok], beg[ok], late[ok]
        group, length, thin = _illness(rng, plan.variant, len(who))
        end = (day + late + length) * DAY + clock(rng, len(who), 8.5, 14)
        end = np.where(length == 0, beg + 6 * 3600, end)
        if plan.variant == "screening_day":
            return _screened(rng, plan, who, day, group, beg, end)
        turn = int(np.flatnonzero(plan.months == month)[0])
        place = int(plan.places[turn % len(plan.places)])
        return [
            visits(who, group, beg, end, place=place, tag=plan.number, thin=thin,
                   tel=plan.number_of["phone"])
        ]  # fmt: skip


def _screened(
    rng: np.random.Generator, plan: Plan, who: Ints, day: int, group: Ints, beg: Ints, end: Ints
) -> list[Frame]:
    """Seen by the eye doctors together a few days before, then operated on together, once."""
    seen = (day - 5) * DAY + clock(rng, len(who), 8, 11)
    first = visits(who, np.full(len(who), group_at()["op_screen"]), seen, seen + 1800,
                   place=plan.place, tag=-2)  # fmt: skip
    return [first, visits(who, group, beg, end, place=plan.place, tag=plan.number)]


def _illness(rng: np.random.Generator, variant: str, n: int) -> tuple[Ints, Ints, Ints]:
    """Groups, nights and thinness: mild complaints for the induced, real illness for the twins."""
    at = group_at()
    if variant == "screening_day":
        return np.full(n, at["ip_cat"]), rng.integers(0, 2, n), np.zeros(n, dtype=np.int64)
    if variant in ("couples", "care_home"):
        kinds = np.array([at[g] for g in ("ip_copd", "ip_pneu")])
        return kinds[rng.integers(0, 2, n)], rng.integers(6, 13, n), np.zeros(n, dtype=np.int64)
    kinds = np.array([at[g] for g in ("ip_weak", "ip_back", "ip_neck", "ip_vertigo")])
    length = np.clip(int(rng.integers(5, 10)) + rng.integers(-1, 2, n), 3, 14)
    return kinds[rng.integers(0, 4, n)], length, rng.integers(10, 50, n)
