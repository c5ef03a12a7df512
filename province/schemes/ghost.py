"""Ghost stays: a bed on paper while the person shops, sees other doctors or is at work."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.truth import Instance
from province.world import DAY, Ints

_HOSTS: Final = {"family_bed": (4, 5), "transfer_day": (3, 4), "leave_day": (10, 11)}


class Ghost(Scheme):
    """Hanging beds at small hospitals; twins are family beds, transfer days and lawful leave."""

    id = "ghost_inpatient"
    variants = ("whole_ward", "weekday_signers", "low_income_cards")
    twins = ("family_bed", "transfer_day", "leave_day")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A hospital and the cards it holds: elderly people of the neighbourhood."""
        people = stage.people
        place = stage.host(rng, one, *_HOSTS.get(one.variant, (3, 4, 11)))
        able = (people.age > 48) & (people.age < 86) & ~people.has("hd") & ~people.has("chemo")
        if one.variant == "low_income_cards":
            able &= people.poor > 0
        if one.variant == "family_bed":
            able &= people.age > 62
        cards = stage.recruit(rng, stage.near(place, able, 40), stage.size(rng, 4, 45))
        return of_instance(one, place, cards, stage.window(rng, 2, 7), stage.carefulness(rng))

    def free(self, plan: Plan) -> bool:
        """Ghosts live on at home, and so do people in family beds."""
        return not plan.twin or plan.variant == "family_bed"

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Stays of the month's cards with what contradicts them, or what explains the likeness."""
        share = 0.9 / max(1.0, len(plan.months) / 2)
        who = plan.people[rng.random(len(plan.people)) < share]
        day = stage.day(rng, month, len(who))
        if plan.variant == "whole_ward":
            waves = rng.integers(0, 4, len(who)) * 7 + rng.integers(0, 3, len(who))
            day = stage.world.first_day(month) + np.minimum(waves, 26)
        beg = day * DAY + clock(rng, len(who), 8, 18)
        ok = idle(stage, who, beg)
        who, beg, day = who[ok], beg[ok], day[ok]
        if plan.variant == "family_bed":
            return _family_bed(stage, rng, plan, who, beg, day)
        if plan.variant == "transfer_day":
            return _transfer(stage, rng, plan, who, beg, day)
        if plan.variant == "leave_day":
            return _leave(stage, rng, plan, who, beg, day)
        return _ghosts(stage, rng, plan, who, beg, day)


def _ghosts(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    at, n = group_at(), len(who)
    kinds = np.array([at[g] for g in ("ip_weak", "ip_back", "ip_vertigo", "ip_htn")])
    length = np.clip(np.rint(rng.normal(8, 2.2, n)), 4, 14).astype(np.int64)
    end = (day + length) * DAY + clock(rng, n, 8.5, 15)
    stays = visits(
        who, kinds[rng.integers(0, 4, n)], beg, end, place=plan.place, tag=plan.number,
        thin=rng.integers(55, 95, n), unseen=round(90 * (1 - plan.careful)),
        doctor=_few_doctors(stage, rng, plan.place, n),
    )  # fmt: skip
    seen = rng.random(n) >= plan.careful
    return [stays, elsewhere(stage, rng, who[seen], day[seen], length[seen])]


def _few_doctors(stage: Stage, rng: np.random.Generator, place: int, n: int) -> Ints:
    count = int(stage.places.doctors[place].sum())
    if count == 0:
        return np.full(n, -1)
    return int(stage.places.doctor_from[place, 0]) + rng.integers(0, min(2, count), n)


def elsewhere(stage: Stage, rng: np.random.Generator, who: Ints, day: Ints, length: Ints) -> Frame:
    """Ordinary purchases and visits of people who are at home, in the middle of their stay."""
    reps = rng.integers(1, 3, len(who))
    who, day, length = (np.repeat(x, reps) for x in (who, day, length))
    at, people = group_at(), stage.people
    kinds = np.array([at[g] for g in ("rx_cold", "rx_home", "op_cold", "op_gastric")])
    group = kinds[rng.integers(0, 4, len(who))]
    group = np.where(people.has("htn")[who], at["rx_htn"], group)
    inside = 1 + (rng.random(len(who)) * np.maximum(length - 2, 1)).astype(np.int64)
    beg = (day + inside) * DAY + clock(rng, len(who), 9, 19)
    place = stage.choice.usual(who, people.town[who], group)
    days = np.where(group == at["rx_htn"], 28, 0)
    return visits(who, group, beg, beg + 900, place=place, days=days, tag=-2)


def _family_bed(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    """At home by contract: med_type 71 says so, and life goes on."""
    length = rng.integers(12, 28, len(who))
    end = (day + length) * DAY + clock(rng, len(who), 8, 15)
    group = np.full(len(who), group_at()["ip_family"])
    beds = visits(who, group, beg, end, place=plan.place, tag=plan.number)
    seen = rng.random(len(who)) < 0.8
    return [beds, elsewhere(stage, rng, who[seen], day[seen], length[seen])]


def _transfer(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints, day: Ints
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
    return [first, visits(who, kinds, back, end, place=host, tag=plan.number, adm=3, follows=1)]


def _leave(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints, day: Ints
) -> list[Frame]:
    """Lawful leave: nothing is charged on the day the patient sees a doctor elsewhere."""
    at, n = group_at(), len(who)
    name = "ip_psych" if stage.places.kind[plan.place] == 10 else "ip_rehab"
    away = day + rng.integers(5, 12, n)
    end = (day + rng.integers(14, 24, n)) * DAY + clock(rng, n, 9, 15)
    stays = visits(
        who, np.full(n, at[name]), beg, end, place=plan.place, tag=plan.number, leave=away
    )
    group = np.array([at[g] for g in ("op_eye", "op_dental")])[rng.integers(0, 2, n)]
    place = stage.choice.usual(who, stage.people.town[who], group)
    t = away * DAY + clock(rng, n, 9, 15)
    return [stays, visits(who, group, t, t + 2400, place=place, tag=-2)]
