"""Collusion: a doctor, a counter and their customers; clinics that share empty sessions."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from province.calls import clock, visits
from province.items import catalogue, group_at
from province.lines import THERAPIST, new_lines
from province.schemes.base import Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.schemes.co_admission import BROKER
from province.truth import Instance
from province.world import DAY, Bools, Ints, unit_hash

# kinds of the doctors' places; pairs of the doctor's visit and the purchase, or one kind of session
_CASES: Final = {
    "desk_to_counter": ((4, 5, 7, 3), (("op_check", "rx_chd"), ("op_gastric", "rx_chd"))),
    "empty_sessions": ((7, 3, 5, 2), (("op_physio", ""),)),
    "only_pharmacy": ((6, 4), (("op_cold", "rx_cold"), ("op_back", "rx_home"),
                               ("op_bronch", "rx_cold"), ("op_gastric", "rx_home"))),
    "refill_day": ((5, 4), (("op_press", "rx_htn"),)),
    "course_of_needling": ((7, 3, 5, 2), (("op_physio", ""),)),
    "works_clinic": ((7, 2, 5), (("op_physio", ""),)),
}  # fmt: skip
_GOODS: Final = ("naoxin", "yindan", "shensong", "zhenyuan", "danshen_p", "xuesai")
_SESSIONS: Final = ("empty_sessions", "course_of_needling", "works_clinic")


class Collusion(Scheme):
    """Prescriptions and sessions for cards; twins have one shop, a refill day, a real course."""

    id = "collusion"
    variants = ("desk_to_counter", "empty_sessions")
    twins = ("only_pharmacy", "course_of_needling", "refill_day", "works_clinic")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A doctor's house and a pharmacy, or two houses, and the cards that go from one to one."""
        kinds, places = _CASES[one.variant][0], stage.places
        place = stage.host(rng, one, *kinds)
        sessions = one.variant in _SESSIONS
        other = place if sessions else stage.host(rng, one, 13)
        if one.variant == "empty_sessions":
            other = stage.host(rng, one, *kinds)
        if one.variant in ("only_pharmacy", "desk_to_counter"):
            places.town[other], places.area[other] = places.town[place], places.area[place]
        able = _able(stage, one.variant)
        size = min(stage.size(rng, 4, 26), max(3, stage.quota() // 12))
        who = stage.recruit(rng, stage.near(place, able), size)
        if one.variant == "works_clinic" and len(who):
            stage.people.emp[who] = int(stage.people.emp[who[0]])
        doctor = int(places.doctor_from[place, 0])
        phone = -1
        if one.kind != "twin":
            one.parties.append(("staff", doctor, "prescriber"))
        if one.variant == "empty_sessions":
            phone = BROKER + one.number
            one.parties.append(("phone", phone, "broker"))
        months, careful = stage.window(rng, 2, 5), stage.carefulness(rng)
        return of_instance(
            one, np.array([place, other]), who, months, careful, doctor=doctor, phone=phone
        )

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's days at the desk and the counter, or of sessions."""
        if plan.variant == "empty_sessions":
            return _bused(stage, rng, month, plan)
        if plan.variant in _SESSIONS:
            return _course(stage, rng, month, plan)
        if plan.variant == "only_pharmacy":
            return _village(stage, rng, month, plan)
        days = 1 if plan.twin else round(2 + 6 * (1 - plan.careful))
        return [f for _ in range(days) for f in _desk_day(stage, rng, month, plan)]

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """The plan's own visits."""
        mine: Bools = (parts["tag"].to_numpy() == plan.number) & (not plan.twin)
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """The same goods for everybody, or sessions of one therapist that used no needle."""
        if plan.variant == "empty_sessions":
            return _empty(lines, parts, plan)
        mine = np.unique(lines["part"].to_numpy())
        mine = mine[parts["place"].to_numpy()[mine] == plan.places[1]]
        goods = catalogue().at(*np.roll(np.array(_GOODS), plan.number)[:3])
        goods = goods[: 2 + int(plan.careful < 0.3)]
        row, item = np.repeat(mine, len(goods)), np.tile(goods, len(mine))
        keeps = np.isin(lines["part"].to_numpy(), mine)
        keeps &= unit_hash(lines["part"].to_numpy(), lines["item"].to_numpy()) >= plan.careful
        t = parts["beg"].to_numpy()[row] + 60
        qty = rng.integers(1, 3 + int(plan.careful < 0.3), len(row))
        return sorted_lines([lines[~keeps], new_lines(row, item, t, qty, prd=28)])


def _able(stage: Stage, variant: str) -> Bools:
    people = stage.people
    fit: Bools = (people.age > 30) & (people.age < 85) & ~people.has("hd") & ~people.offsite
    if variant in ("desk_to_counter", "empty_sessions"):
        fit &= people.insutype == 310  # the account pays what the fund leaves
    if variant == "refill_day":
        fit &= people.enrolled_in("htn", stage.world.first_day(0))
    if variant == "works_clinic":
        fit &= people.emp >= 0
    if variant == "course_of_needling":
        fit &= people.has("back")
    return fit


def _pair(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints, then: Ints
) -> list[Frame]:
    """A visit to the doctor and the purchase that follows, of each of these people."""
    who, beg, then = (x[stage.busy[who] < beg] for x in (who, beg, then))
    pairs = rng.integers(0, len(_CASES[plan.variant][1]), len(who))
    at, names = group_at(), _CASES[plan.variant][1]
    first, second = (np.array([at[p[i]] for p in names])[pairs] for i in (0, 1))
    doctor = plan.number_of["doctor"]
    seen = visits(who, first, beg, beg + 600, place=plan.place, tag=plan.number, doctor=doctor,
                  lasts=(then - beg) // 3)  # fmt: skip
    bought = visits(
        who, second, then, then + 200, place=int(plan.places[1]), tag=plan.number, writer=doctor,
        days=30, fundrx=1,
    )  # fmt: skip
    both = pd.concat([seen, bought])
    return [both.iloc[np.lexsort((both["beg"], np.tile(beg, 2)))]]


def _desk_day(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """One after the other at the desk, each at the counter minutes later."""
    come = rng.random(len(plan.people)) < (0.95 if plan.twin else 0.5)
    who = rng.permutation(plan.people[come])
    start = int(stage.day(rng, month, 1)[0]) * DAY + int(clock(rng, 1, 8.2, 14)[0])
    beg = start + np.cumsum(rng.integers(90, 420, len(who)))
    then = beg + rng.integers(240, 700 + round(3000 * plan.careful), len(who))
    return _pair(stage, rng, plan, who, beg, then)


def _village(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """Each on a day of his own, with a complaint of his own, next door afterwards."""
    who = plan.people[rng.random(len(plan.people)) < 0.5]
    beg = stage.day(rng, month, len(who)) * DAY + clock(rng, len(who), 8, 17)
    then = beg + rng.integers(700, 3000, len(who))
    return _pair(stage, rng, plan, who, beg, then)


def _bused(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """Days on which the same people sign at one house in the morning and at the other later."""
    frames, group = [], group_at()["op_physio"]
    for _ in range(round(3 + 9 * (1 - plan.careful))):
        who = rng.permutation(plan.people[rng.random(len(plan.people)) < 0.8])
        start = int(stage.day(rng, month, 1)[0]) * DAY + int(clock(rng, 1, 8, 11)[0])
        beg = start + np.cumsum(rng.integers(40, 300, len(who)))
        who, beg = (x[stage.busy[who] < beg] for x in (who, beg))
        later = int(rng.integers(9000, 16_000))
        for place, late in zip(plan.places, (0, later), strict=True):
            kinds = np.full(len(who), group)
            tel = np.where(rng.random(len(who)) < plan.careful, -1, plan.number_of["phone"])
            frames.append(visits(who, kinds, beg + late, beg + late + 1200, place=int(place),
                                 lasts=rng.integers(60, 400, len(who)), tag=plan.number,
                                 term=0, tel=tel))  # fmt: skip
    whole = pd.concat(frames)
    return [whole.iloc[np.lexsort((whole["beg"],))]]


def _course(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """One course of sessions each, on working days at an hour of his own or after the shift."""
    mine = np.array_split(plan.people, len(plan.months))[month - int(plan.months[0])]
    works = plan.variant == "works_clinic"
    mine = (plan.people if month == plan.months[0] else mine[:0]) if works else mine
    count = 6 if works else 9
    who, nth = np.repeat(mine, count), np.tile(np.arange(count), len(mine))
    first = stage.world.first_day(month) + (3 if works else rng.integers(0, 9, len(mine)))
    day = np.repeat(first + np.zeros(len(mine), np.int64), count) + nth + nth // 5 * 2
    hour = 17 * 3600 + np.arange(len(mine)) * 420 if works else clock(rng, len(mine), 8, 16)
    beg = day * DAY + np.repeat(hour, count) + rng.integers(-200, 200, len(who))
    ok = stage.busy[who] < beg
    group = np.full(len(who), group_at()["op_physio"])
    return [visits(who, group, beg, beg + 4000, place=plan.place, tag=plan.number)[ok]]


def _empty(lines: Frame, parts: Frame, plan: Plan) -> Frame:
    """No needle left the store, and one therapist signed for most."""
    part, item = lines["part"].to_numpy(), lines["item"].to_numpy()
    lax = unit_hash(part, np.full_like(part, 950 + plan.number)) >= plan.careful
    lines = lines.copy()
    one = THERAPIST + parts["place"].to_numpy()[part] * 1000
    lines["acord"] = np.where(lax & catalogue().therapy[item], one, lines["acord"])
    left: Frame = lines[~(lax & (item == catalogue().slug["needle_ac"]))]
    return left
