"""Split stays: discharged on paper and admitted again within days for the same illness."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.truth import Instance
from province.world import DAY, Ints

_HOSTS: Final = {
    "psychiatric_loop": (10,), "quota_split": (3, 4, 1), "sister_hospital": (3, 4, 2),
    "chemo_cycles": (0, 1), "transfer_and_back": (3, 4), "turned_worse": (1, 3),
}  # fmt: skip
_MILD: Final = ("ip_chd", "ip_htn", "ip_back", "ip_copd", "ip_dm", "ip_vertigo")


class Split(Scheme):
    """Stays cut in two or three; twins are planned chemotherapy, transfers and real relapses."""

    id = "split_admission"
    variants = ("quota_split", "psychiatric_loop", "sister_hospital")
    twins = ("chemo_cycles", "transfer_and_back", "turned_worse")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A hospital, or two under one hand, and patients who really are ill."""
        people = stage.people
        place = stage.host(rng, one, *_HOSTS[one.variant])
        other = (
            stage.host(rng, one, *_HOSTS[one.variant])
            if one.variant == "sister_hospital"
            else place
        )
        if one.variant == "sister_hospital":
            stage.places.chain[other] = stage.places.chain[place] = place
        able = (people.age > 40) & (people.age < 88) & ~people.has("hd") & ~people.has("chemo")
        who = stage.recruit(rng, stage.near(place, able), stage.size(rng, 3, 30))
        careful = stage.carefulness(rng)
        return of_instance(one, np.array([place, other]), who, stage.window(rng, 2, 6), careful)

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Chains of stays that begin this month; the later stays are the ones in question."""
        share = min(1.0, 1.3 / len(plan.months))
        who = plan.people[rng.random(len(plan.people)) < share]
        beg = stage.day(rng, month, len(who), 18) * DAY + clock(rng, len(who), 8, 17)
        ok = idle(stage, who, beg)
        who, beg = who[ok], beg[ok]
        if plan.variant == "chemo_cycles":
            return _chemo(rng, plan, who, beg)
        if plan.variant == "transfer_and_back":
            return _transfer(stage, rng, plan, who, beg)
        if plan.variant == "turned_worse":
            return _worse(stage, rng, plan, who, beg)
        return _chain(rng, plan, who, beg)


def _stay(rng: np.random.Generator, beg: Ints, least: int, most: int) -> Ints:
    n = len(beg)
    return (beg // DAY + rng.integers(least, most + 1, n)) * DAY + clock(rng, n, 8.5, 12)


def _chain(rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints) -> list[Frame]:
    at, n = group_at(), len(who)
    kinds = np.array([at[g] for g in _MILD])[rng.integers(0, len(_MILD), n)]
    loop = plan.variant == "psychiatric_loop"
    kinds = np.full(n, at["ip_psych"]) if loop else kinds
    frames, doctor_from = [], plan.places
    for k in range(3 if loop else 2):
        end = _stay(rng, beg, *((12, 15) if loop else (5, 9)))
        place = int(doctor_from[k % 2])
        tag = plan.number if k else -2
        frames.append(visits(who, kinds, beg, end, place=place, tag=tag, same=1))
        gap = 0 if loop and rng.random() > plan.careful else rng.integers(0, 3, n)
        hours = rng.integers(600, 5 * 3600, n)
        beg = np.where(gap == 0, end + hours, (end // DAY + gap) * DAY + clock(rng, n, 8, 12))
        again = rng.random(n) < 0.9
        who, beg, kinds, n = who[again], beg[again], kinds[again], int(again.sum())
    return frames


def _chemo(rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints) -> list[Frame]:
    """Planned cycles: readmission within 31 days was announced at discharge."""
    kinds = np.full(len(who), group_at()["ip_chemo"])
    first = visits(who, kinds, beg, _stay(rng, beg, 2, 4), place=plan.place, tag=-2, planned=1)
    again = (beg // DAY + 14) * DAY + clock(rng, len(who), 8, 11)
    second = visits(
        who, kinds, again, _stay(rng, again, 2, 4), place=plan.place, tag=plan.number, planned=1,
        same=1,
    )  # fmt: skip
    return [first, second]


def _transfer(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints
) -> list[Frame]:
    """Up to the bigger hospital and back for convalescence, each step by referral."""
    at, n = group_at(), len(who)
    kinds = np.array([at[g] for g in ("ip_chd", "ip_copd", "ip_stroke")])[rng.integers(0, 3, n)]
    bigger = stage.places.of(0, 1)
    host = bigger[rng.integers(0, len(bigger), n)]
    end = _stay(rng, beg, 2, 3)
    up = end + rng.integers(3600, 2 * 3600, n)
    up_end = _stay(rng, up, 4, 6)
    back = up_end + rng.integers(3600, 3 * 3600, n)
    return [
        visits(who, kinds, beg, end, place=plan.place, tag=-2, out=2),
        visits(who, kinds, up, up_end, place=host, tag=plan.number, adm=3, out=3, follows=1),
        visits(
            who, kinds, back, _stay(rng, back, 4, 7), place=plan.place, tag=plan.number, adm=3,
            follows=1,
        ),
    ]  # fmt: skip


def _worse(stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints) -> list[Frame]:
    """Home, then back as an emergency with something graver."""
    at, n = group_at(), len(who)
    kinds = np.array([at[g] for g in ("ip_pneu", "ip_chd", "ip_copd")])[rng.integers(0, 3, n)]
    grave = np.array([at[g] for g in ("ip_icu", "ip_chf", "ip_stroke")])[rng.integers(0, 3, n)]
    end = _stay(rng, beg, 4, 7)
    again = (end // DAY + rng.integers(1, 4, n)) * DAY + rng.integers(0, DAY, n)
    bigger = stage.places.of(0, 1)
    host = bigger[rng.integers(0, len(bigger), n)]
    return [
        visits(who, kinds, beg, end, place=plan.place, tag=-2),
        visits(who, grave, again, _stay(rng, again, 6, 12), place=host, tag=plan.number, adm=1),
    ]
