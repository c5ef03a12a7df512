"""Chronic-disease benefits got by forged histories; twins were really ill, screened, or moved."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, stay_end, visits
from province.items import group_at, groups
from province.people import ILLS, PROOF
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.truth import Instance
from province.world import DAY, Ints

# illnesses that are registered, kinds of the places that establish them
_CASES: Final = {
    "paper_histories": (("stroke", "chd"), (1, 2, 3)), "favours": (("chd", "copd"), (1, 3, 4, 5)),
    "after_stay": (("stroke", "chd", "copd"), (0, 1, 2)),
    "screening_programme": (("chd", "copd", "dm"), (1, 2)),
    "moved_in": (("stroke", "chd"), (0, 1)), "moved_within": (("stroke", "chd"), (0, 1)),
}  # fmt: skip
_NEAR: Final = (4, 5, 6, 7)  # small houses that give out drugs
_PROVED: Final = ("after_stay", "screening_programme")


class OpspQualification(Scheme):
    """Registered as ill without ever having been, then drawing on the benefit month by month."""

    id = "opsp_qualification"
    variants = ("paper_histories", "favours")
    twins = ("after_stay", "screening_programme", "moved_in", "moved_within")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A hospital, one of its doctors, and healthy people whom he certifies."""
        ills, kinds = _CASES[one.variant]
        ill, people, places = str(rng.choice(np.array(ills))), stage.people, stage.places
        place, months = stage.host(rng, one, *kinds), stage.window(rng, 3, 9)
        able = (people.age > 42) & (people.age < 85) & ~people.offsite & ~people.has("hd")
        able &= ~people.has(ill) & ~people.enrolled_in(ill)
        most = max(2, stage.quota() // max(1, len(months) - 1))
        size = min(most, stage.size(rng, 3, 40))
        size = min(size, 4) if one.variant == "favours" else size
        who = stage.recruit(rng, stage.near(place, able, 30), size)
        doctor = int(places.doctor_from[place, int(places.doctors[place].argmax())])
        _enrol(stage, rng, one.variant, who, ill, int(months[0]))
        if not one.variant.startswith("moved"):
            stage.certified |= {int(p) * 100 + ILLS.index(ill): (place, doctor) for p in who}
        if one.kind != "twin":
            one.parties.append(("staff", doctor, "organiser"))
        careful = stage.carefulness(rng)
        rest = place if one.kind == "twin" else stage.host(rng, one, *_NEAR)
        both = np.array([place, rest])
        return of_instance(one, both, who, months, careful, ill=ILLS.index(ill), doctor=doctor)

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """What proves the illness, if anything does, and the month's draws on the benefit."""
        frames = [_proofs(stage, rng, plan)] if month == plan.months[0] else []
        frames.append(_draws(stage, rng, month, plan))
        return frames


def _enrol(
    stage: Stage, rng: np.random.Generator, variant: str, who: Ints, ill: str, month: int
) -> None:
    """Enter these people into the register: in the first month's second half, or years ago."""
    people, at = stage.people, ILLS.index(ill)
    first = stage.world.first_day(month)
    day = first + rng.integers(19, 28, len(who))
    people.enrolled[who, at] = True
    people.since[who, at] = day
    if variant == "moved_within":
        stage.moved |= {int(p) * 100 + at: int(d) for p, d in zip(who, day, strict=True)}
        people.since[who, at] = first - rng.integers(300, 1500, len(who))
        people.insured_from[who] = np.minimum(people.insured_from[who], people.since[who, at])
    if variant == "moved_in":
        people.insured_from[who] = day - rng.integers(2, 15, len(who))
    else:
        people.insured_from[who] = np.minimum(people.insured_from[who], first - 40)


def _proofs(stage: Stage, rng: np.random.Generator, plan: Plan) -> Frame:
    """Stays or work-ups before the registration; a careful forger sends some for a look as well."""
    ill, n = ILLS[plan.number_of["ill"]], len(plan.people)
    stay, _, workup = PROOF[ill]
    group = np.full(n, group_at()[stay if plan.variant == "after_stay" else workup])
    day = stage.people.since[plan.people, plan.number_of["ill"]]
    usual = np.array([g.days for g in groups()])[group]
    day = np.where(plan.variant == "screening_programme", day.min(initial=10**6) - 6, day)
    beg = (day - 4 - usual) * DAY + clock(rng, n, 8, 15)
    stay_over = np.minimum(stay_end(rng, beg, np.maximum(usual - 2, 1)), day * DAY - 14 * 3600)
    end = np.where(usual > 0, stay_over, beg + 3600)
    frame = visits(plan.people, group, beg, end, place=plan.place, tag=-2)
    told = np.full(n, plan.variant in _PROVED) if plan.twin else rng.random(n) < plan.careful / 2
    proofs: Frame = frame[told & (stage.busy[plan.people] < beg)]
    return proofs


def _draws(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> Frame:
    """Monthly visits for drugs from the day of registration on, most where it was got.

    The forged go to one small house besides; the honest to where they always go.
    """
    people, ill = stage.people, plan.number_of["ill"]
    since = people.since[plan.people, ill]
    who = plan.people[(since < stage.world.first_day(month)) & (rng.random(len(since)) < 0.9)]
    group = np.full(len(who), group_at()[f"chr_{ILLS[ill]}"])
    beg = stage.day(rng, month, len(who)) * DAY + clock(rng, len(who))
    usual = stage.choice.usual(who, people.town[who], group)
    usual = usual if plan.twin else np.full(len(who), plan.places[1])
    there = rng.random(len(who)) < (0.4 if plan.twin else 0.75 - 0.5 * plan.careful)
    place = np.where(there, plan.place, usual)
    tag = -2 if plan.variant == "moved_within" and month == plan.months[0] else plan.number
    frame = visits(who, group, beg, beg + 1800, place=place, tag=tag, days=30)
    drawn: Frame = frame[idle(stage, who, beg)]
    return drawn
