"""Dear drugs without a reason: one doctor's patients all get them, whatever they came with."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, visits
from province.items import catalogue, group_at
from province.lines import new_lines
from province.schemes.base import EMPTY, Frame, Plan, Scheme, Stage, idle, of_instance, sorted_lines
from province.truth import Instance
from province.world import DAY, Bools, Ints, unit_hash

_DRUGS: Final = {"albumin_for_all": "albumin", "nerve_factor": "mngf", "natriuretic": "rhbnp"}
_PLAIN: Final = (
    "ip_chd",
    "ip_htn",
    "ip_back",
    "ip_vertigo",
    "ip_gastro",
    "ip_copd",
    "ip_weak",
    "ip_dm",
)


class HighCost(Scheme):
    """One prescriber, one dear drug; twins are wards whose patients need it and say why."""

    id = "high_cost_anomaly"
    variants = ("albumin_for_all", "nerve_factor", "natriuretic")
    twins = ("liver_unit", "intensive_care")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A hospital and the hash share of its patients who get the drug."""
        place = stage.host(rng, one, *((0, 1) if one.kind == "twin" else (0, 1, 2, 3)))
        item = int(catalogue().at(_DRUGS.get(one.variant, "albumin"))[0])
        if one.kind != "twin":
            one.parties.append(("staff", int(stage.places.doctor_from[place, 0]), "prescriber"))
        return of_instance(
            one, place, EMPTY, stage.window(rng, 2, 7), stage.carefulness(rng, 0.8), item=item
        )

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Twins: the patients of such a unit, referred from all over the city."""
        if not plan.twin:
            return []
        group = group_at()["ip_liver" if plan.variant == "liver_unit" else "ip_icu"]
        people = stage.people
        able = (people.age > 45) & ~people.has("hd")
        who = stage.recruit(rng, able, 2 + stage.size(rng, 1, 8))
        beg = stage.day(rng, month, len(who), 14) * DAY + clock(rng, len(who), 8, 17)
        end = (beg // DAY + rng.integers(7, 14, len(who))) * DAY + clock(rng, len(who), 9, 14)
        kinds = np.full(len(who), group)
        stays = visits(who, kinds, beg, end, place=plan.place, tag=-2)
        return [stays[idle(stage, who, beg)]]

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Stays of the right kind at the place."""
        mine: Bools = (parts["place"].to_numpy() == plan.place) & np.isin(
            parts["group"].to_numpy(), _kinds(plan)
        )
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """A few units for each chosen stay, under one doctor's name."""
        item, mine = plan.number_of["item"], np.unique(lines["part"].to_numpy())
        mine = mine[parts["tag"].to_numpy()[mine] < 0]
        draw = unit_hash(parts["vid"].to_numpy()[mine], np.full_like(mine, plan.number))
        mine = mine[draw >= (0.1 if plan.twin else plan.careful)]
        if not plan.twin and len(mine):
            doctor = int(stage.places.doctor_from[plan.place, 0])
            parts.loc[mine, "doctor"] = doctor
        return sorted_lines([lines, _given(rng, parts, mine, item, plan)])


def _kinds(plan: Plan) -> list[int]:
    names = ("ip_liver", "ip_icu", "ip_tumor") if plan.twin else _PLAIN
    return [group_at()[g] for g in names]


def _given(rng: np.random.Generator, parts: Frame, mine: Ints, item: int, plan: Plan) -> Frame:
    days = rng.integers(2, 4, len(mine))
    row = np.repeat(mine, days)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(days) - days, days)
    beg, end = parts["beg"].to_numpy()[row], parts["end"].to_numpy()[row]
    t = np.minimum(beg + (nth + 1) * DAY // 2 + 3600, end - 600)
    qty = rng.integers(1, 3, len(row))
    return new_lines(row, np.full(len(row), item), t, qty, tag=plan.number, excess=qty)
