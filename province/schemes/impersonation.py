"""Borrowed and hoarded cards: one card in two far places at once, or many at one terminal."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.truth import Instance
from province.world import DAY, Ints

_STACKED: Final = ("card_stack", "one_terminal")


class Impersonation(Scheme):
    """Cards used without their owners; twins are relatives who say so, and slow night uploads."""

    id = "impersonation"
    variants = ("two_places", "card_stack")
    twins = ("relative_pays", "one_terminal")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A place with the cards, or the far place the owner is seen at meanwhile."""
        kinds = {"relative_pays": (13,), "one_terminal": (6, 7)}.get(one.variant, (4, 5, 6, 7, 3))
        place = stage.host(rng, one, *kinds)
        people, places = stage.people, stage.places
        able = (people.age > 40) & ~people.has("hd")
        if one.variant in ("two_places", "relative_pays"):
            able &= people.area != places.area[place]
        if one.variant == "relative_pays":
            able &= people.insutype == 390
        size = stage.size(rng, 3, 20)
        if one.variant == "one_terminal":
            size = max(size, 6)  # a queue of two is nobody's twin
        who = stage.recruit(rng, able, size)
        return of_instance(one, place, who, stage.window(rng, 2, 6), stage.carefulness(rng))

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's use of each card, and where its owner is at that time."""
        at, people = group_at(), stage.people
        who = plan.people[rng.random(len(plan.people)) < 0.6]
        n = len(who)
        group = np.array([at[g] for g in ("op_gastric", "op_bronch", "op_check", "op_back")])[
            rng.integers(0, 4, n)
        ]
        beg, lasts = _times(stage, rng, month, plan.variant, n)
        who, group, beg, lasts = (x[idle(stage, who, beg)] for x in (who, group, beg, lasts))
        if plan.variant == "relative_pays":
            group = np.full(len(who), at["rx_home"])
        stacked = plan.variant in _STACKED
        used = visits(who, group, beg, beg + 300, place=plan.place, tag=plan.number,
                      term=0 if stacked else -1, lasts=lasts,
                      relative=int(plan.variant == "relative_pays"))  # fmt: skip
        if stacked:
            return [used]
        away = beg + rng.integers(-900, 900, len(who))
        kind = np.array([at[g] for g in ("op_dental", "op_eye", "op_check")])[
            rng.integers(0, 3, len(who))
        ]
        own = stage.choice.usual(who, people.town[who], kind)
        return [used, visits(who, kind, away, away + 1800, place=own, tag=-2)]


def _times(
    stage: Stage, rng: np.random.Generator, month: int, variant: str, n: int
) -> tuple[Ints, Ints]:
    """When each visit begins, and until it is paid for; -1: as long as such visits last.

    Stacked cards are paid for one after the other in an evening. A village clinic's patients come
    one after the other too, and it settles the whole morning at noon.
    """
    if variant not in _STACKED:
        return stage.day(rng, month, n) * DAY + clock(rng, n, 9, 16), np.full(n, -1)
    day = int(stage.day(rng, month, 1)[0]) * DAY
    if variant == "card_stack":
        beg = day + round(19.5 * 3600) + np.cumsum(rng.integers(35, 70, n))
        return beg, rng.integers(20, 200, n)
    beg = day + 9 * 3600 + np.cumsum(rng.integers(60, 400, n))
    return beg, day + round(11.5 * 3600) + np.cumsum(rng.integers(30, 120, n)) - beg
