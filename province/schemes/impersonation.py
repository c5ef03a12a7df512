"""Borrowed and hoarded cards: one card in two far places at once, or many at one terminal."""

from __future__ import annotations

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.truth import Instance
from province.world import DAY


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
        who = stage.recruit(rng, able, stage.size(rng, 3, 20))
        return of_instance(one, place, who, stage.window(rng, 2, 6), stage.carefulness(rng))

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's use of each card, and where its owner is at that time."""
        at, people = group_at(), stage.people
        who = plan.people[rng.random(len(plan.people)) < 0.6]
        n = len(who)
        group = np.array([at[g] for g in ("op_gastric", "op_bronch", "op_check", "op_back")])[
            rng.integers(0, 4, n)
        ]
        stacked = plan.variant in ("card_stack", "one_terminal")
        if stacked:
            evening = 19.5 if plan.variant == "card_stack" else 9.0
            start = int(stage.day(rng, month, 1)[0]) * DAY + int(evening * 3600)
            step = (
                rng.integers(35, 70, n)
                if plan.variant == "card_stack"
                else rng.integers(60, 400, n)
            )
            beg = start + np.cumsum(step)
        else:
            beg = stage.day(rng, month, n) * DAY + clock(rng, n, 9, 16)
        who, group, beg = (x[idle(stage, who, beg)] for x in (who, group, beg))
        if plan.variant == "relative_pays":
            group = np.full(len(who), at["rx_home"])
        used = visits(who, group, beg, beg + 300, place=plan.place, tag=plan.number,
                      term=0 if stacked else -1,
                      relative=int(plan.variant == "relative_pays"))  # fmt: skip
        if stacked:
            return [used]
        away = beg + rng.integers(-900, 900, len(who))
        kind = np.array([at[g] for g in ("op_dental", "op_eye", "op_check")])[
            rng.integers(0, 3, len(who))
        ]
        own = stage.choice.usual(who, people.town[who], kind)
        return [used, visits(who, kind, away, away + 1800, place=own, tag=-2)]
