"""Examinations for everybody and courses without end; twins had the illness, or the operation."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, stay_end, visits
from province.items import catalogue, group_at, groups
from province.lines import new_lines
from province.schemes.base import (
    EMPTY,
    Frame,
    Plan,
    Scheme,
    Stage,
    comers,
    idle,
    of_instance,
    sorted_lines,
)
from province.truth import Instance
from province.world import DAY, Bools, Ints, unit_hash

_HOSTS: Final = {
    "panels_for_all": (1, 2, 3, 4), "long_courses": (2, 3, 5, 7), "repeat_imaging": (1, 2, 3),
    "specialty_centre": (0, 1), "after_operation": (0, 1, 2), "followed_up": (0, 1),
}  # fmt: skip
_PANEL: Final = (
    "cea", "afp", "ca125", "tsh", "ft4", "hscrp", "ddimer", "us_limb", "us_heart", "holter",
)  # fmt: skip
_COMPLAINTS: Final = (
    "op_cold", "op_gastric", "op_back", "op_joint", "op_check", "op_skin", "ip_vertigo", "ip_back",
    "ip_gastro", "ip_weak", "ip_htn", "ip_neck",
)  # fmt: skip
# what guidelines ask for with these illnesses
_FITTING: Final = {
    "op_heart": ("bnp", "holter", "us_heart", "ctni"), "op_liver": ("afp", "us_color", "hbvdna"),
    "op_kidney": ("ipth", "ferritin", "phos"), "op_lung": ("cea", "ca125", "ct_chest"),
}  # fmt: skip
_AGAIN: Final = {
    "ip_stroke": "mri", "ip_back": "mri", "ip_pneu": "ct_chest", "ip_copd": "ct_chest",
    "ip_vertigo": "ct_head", "ip_chd": "us_heart",
}  # fmt: skip
_CONTROL: Final = {"ip_pneu_m": "ct_chest", "ip_tumor": "ct_abd", "ip_stroke_m": "ct_head"}
_COURSE: Final = 10  # sessions of a course; what follows at once is in excess
_MODES: Final = ("midfreq", "infrared", "magnet", "cupping", "herb_plaster", "moxa")


class Overtreatment(Scheme):
    """Tests and sessions beyond need; twins' diagnoses, operations and intervals ask for them."""

    id = "overtreatment"
    variants = ("panels_for_all", "long_courses", "repeat_imaging")
    twins = ("specialty_centre", "after_operation", "followed_up")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A house and what it adds to whoever comes; or one and its patients."""
        place, months = stage.host(rng, one, *_HOSTS[one.variant]), stage.window(rng, 3, 8)
        careful, who = stage.carefulness(rng, 0.6), EMPTY
        people = stage.people
        able = (people.age > 40) & (people.age < 86) & ~people.has("hd") & ~people.has("chemo")
        if one.variant == "long_courses":
            months, size = months[:3], max(1, stage.quota() // 40)
            who = stage.recruit(rng, stage.near(place, able & people.has("back"), 8), size)
        elif one.variant != "panels_for_all":
            size = stage.size(rng, 3, 30)
            if one.variant == "after_operation":
                months, size = months[:2], max(1, min(size, stage.quota() // 12))
            who = stage.recruit(rng, stage.near(place, able), size)
        return of_instance(one, place, who, months, careful, seed=int(rng.integers(10**6)))

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Courses, work-ups and stays of the plan's own patients."""
        if plan.variant == "long_courses":
            return [_sessions(stage, rng, month, plan)]
        if plan.variant == "after_operation":
            return _operated(stage, rng, month, plan)
        if plan.variant == "panels_for_all":
            return []
        kinds = np.array([group_at()[g] for g in _names(plan.variant)])
        who, beg = comers(stage, rng, month, plan, 8, 16)
        group = kinds[rng.integers(0, len(kinds), len(who))]
        usual = np.array([g.days for g in groups()])[group]
        end = np.where(usual > 0, stay_end(rng, beg, np.maximum(usual, 9)), beg + 3600)
        tag = plan.number if plan.twin else -2  # those imaged again are chosen among all
        return [visits(who, group, beg, end, place=plan.place, tag=tag)]

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """The plan's own visits, or those at the house that can bear more."""
        tag = parts["tag"].to_numpy()
        if plan.twin or plan.variant == "long_courses":
            own: Bools = tag == plan.number
            return own
        kinds = [group_at()[g] for g in _names(plan.variant)]
        mine: Bools = (parts["place"].to_numpy() == plan.place) & (tag < 0)
        mine &= np.isin(parts["group"].to_numpy(), kinds)
        if plan.variant == "repeat_imaging":
            mine &= parts["pend"].to_numpy() - parts["pbeg"].to_numpy() >= 5
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """What is added is in excess, or, for the twin, would be without the reason."""
        mine = np.unique(lines["part"].to_numpy())
        if plan.variant in ("long_courses", "after_operation"):
            more = _modes(rng, lines, parts, plan) if plan.variant == "long_courses" else []
            whole = sorted_lines([lines, *more])
            free = whole["tag"].to_numpy() < 0  # what another scheme bent is that one's
            return whole.assign(
                tag=np.where(free, plan.number, whole["tag"]),
                excess=np.where(free, whole["qty"], whole["excess"]),
            )
        draw = unit_hash(parts["vid"].to_numpy()[mine], np.full_like(mine, plan.number))
        mine = mine[draw >= (0 if plan.twin else plan.careful)]
        if plan.variant in ("repeat_imaging", "followed_up"):
            return sorted_lines([lines, _imaged_again(lines, parts, mine, plan)])
        return sorted_lines([lines, _added(rng, lines, parts, mine, plan)])


def _names(variant: str) -> tuple[str, ...]:
    """Kinds of visits that the variant works on."""
    if variant == "panels_for_all":
        return _COMPLAINTS
    if variant == "specialty_centre":
        return tuple(_FITTING)
    return tuple(_CONTROL if variant == "followed_up" else _AGAIN)


def _added(rng: np.random.Generator, lines: Frame, parts: Frame, mine: Ints, plan: Plan) -> Frame:
    """Tests that the visit has not: a panel for all, or those that go with its illness."""
    names = {i: n for n, i in group_at().items()}
    goods = [
        catalogue().at(*_FITTING[names[g]]) if plan.twin
        else rng.permutation(catalogue().at(*_PANEL))[: 3 + g % 4]
        for g in parts["group"].to_numpy()[mine].tolist()
    ]  # fmt: skip
    row = np.repeat(mine, [len(g) for g in goods])
    item = np.concatenate([*goods, EMPTY])
    have = lines["part"].to_numpy() * 1000 + lines["item"].to_numpy()
    fresh = ~np.isin(row * 1000 + item, have)
    row, item = row[fresh], item[fresh]
    t = parts["beg"].to_numpy()[row] + 300 + rng.integers(0, 300, len(row))
    return new_lines(row, item, t, np.ones_like(row), tag=plan.number, excess=1)


def _imaged_again(lines: Frame, parts: Frame, mine: Ints, plan: Plan) -> Frame:
    """The same picture two to four days after the first, or a control before discharge."""
    again = {group_at()[g]: int(catalogue().at(i)[0]) for g, i in (_AGAIN | _CONTROL).items()}
    item = np.array([again[g] for g in parts["group"].to_numpy()[mine].tolist()], dtype=np.int64)
    once = np.isin(mine * 1000 + item, lines["part"].to_numpy() * 1000 + lines["item"].to_numpy())
    mine, item = mine[once], item[once]
    beg, end = parts["beg"].to_numpy()[mine], parts["end"].to_numpy()[mine]
    nth = 2 + (unit_hash(mine, item) * 2.9).astype(np.int64)
    noon = 10 * 3600 + (unit_hash(mine, item + 7) * 4 * 3600).astype(np.int64)
    day = np.where(plan.twin, end // DAY - 1, beg // DAY + nth)
    t = np.minimum(day * DAY + noon, end - 600)
    return new_lines(mine, item, t, np.ones_like(mine), tag=plan.number, excess=1)


def _sessions(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> Frame:
    """Session after session, on most working days, month after month."""
    first, count = stage.world.first_day(month), stage.world.days(month)
    days = first + np.arange(count)
    days = days[(days + 3) % 7 < 6]
    on = rng.random((len(plan.people), len(days))) < 0.75 * (1 - plan.careful / 2)
    row, col = np.nonzero(on)
    who, day = plan.people[row], days[col]
    before = (on.cumsum(1) - 1)[row, col] + 10**3 * (month - int(plan.months[0]))
    beg = day * DAY + clock(rng, len(who), 8, 16)
    tag = np.where(before < _COURSE, -2, plan.number)
    frame = visits(who, np.full(len(who), group_at()["op_physio"]), beg, beg + 3000,
                   place=plan.place, tag=tag)  # fmt: skip
    ok = stage.busy[who] < beg
    return frame[ok].iloc[np.argsort(beg[ok], kind="stable")]


def _modes(rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan) -> list[Frame]:
    """Two or three more kinds of therapy in each session."""
    mine = np.unique(lines["part"].to_numpy())
    goods = catalogue().at(*np.roll(np.array(_MODES), plan.number)[:3])
    row, item = np.repeat(mine, len(goods)), np.tile(goods, len(mine))
    have = lines["part"].to_numpy() * 1000 + lines["item"].to_numpy()
    fresh = ~np.isin(row * 1000 + item, have) & (rng.random(len(row)) < 0.8)
    row, item = row[fresh], item[fresh]
    t = parts["beg"].to_numpy()[row] + 600
    hands = lines["acord"].to_numpy()[np.searchsorted(lines["part"].to_numpy(), row)]
    return [new_lines(row, item, t, np.ones_like(row), acord=hands)]


def _operated(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """A joint replaced in the first month, exercise on many days of the second."""
    turn = month - int(plan.months[0])
    if turn == 0:
        beg = (stage.world.first_day(month) + rng.integers(1, 9, len(plan.people))) * DAY + 36_000
        kinds = np.array([group_at()[g] for g in ("ip_knee", "ip_hip")])
        group = kinds[rng.integers(0, 2, len(plan.people))]
        end = stay_end(rng, beg, np.full(len(plan.people), 11))
        ok = idle(stage, plan.people, beg)
        return [visits(plan.people, group, beg, end, place=plan.place, tag=-2)[ok]]
    if turn > 1:
        return []
    who = np.repeat(plan.people, 14)
    nth = np.tile(np.arange(14), len(plan.people))
    beg = (stage.world.first_day(month) + 2 + nth + nth // 5 * 2) * DAY
    beg = beg + clock(rng, len(who), 8, 16)
    frame = visits(who, np.full(len(who), group_at()["op_exercise"]), beg, beg + 3600,
                   place=plan.place, tag=plan.number)  # fmt: skip
    return [frame[stage.busy[who] < beg].sort_values("beg", kind="stable")]
