"""Groups too heavy for the care, and a stay's costs billed beside it; twins really were so ill."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from province.calls import clock, stay_end, visits
from province.items import group_at, groups, severe
from province.schemes.base import Frame, Plan, Scheme, Stage, comers, of_instance
from province.truth import Instance
from province.world import DAY, Bools, Ints, unit_hash

_HOSTS: Final = {
    "added_illness": (1, 2, 3, 4), "main_switch": (1, 2, 3, 4), "costs_outside": (1, 2, 3),
    "truly_severe": (1, 2, 3), "referral_house": (0,), "kept_in": (0, 1),
}  # fmt: skip
# a mild stay, and the graver illness it is said to be
_SWITCH: Final = {
    "ip_vertigo": "ip_stroke", "ip_weak": "ip_stroke", "ip_htn": "ip_chf", "ip_gastro": "ip_liver",
}  # fmt: skip
# a stay, and the examinations of it that are billed as a clinic's
_BESIDE: Final = (("ip_chd", "op_heart"), ("ip_stroke", "op_neuro"), ("ip_copd", "op_lung"))
_KEPT_IN: Final = (("ip_append", "er_abd"), ("ip_gall", "er_abd"), ("ip_stone", "er_abd"))


class DrgGaming(Scheme):
    """Coded up, or shifted out; twins are complicated cases, referred, or kept in from casualty."""

    id = "drg_gaming"
    variants = ("added_illness", "costs_outside", "main_switch")
    twins = ("truly_severe", "kept_in", "referral_house")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A house that codes; or one and its patients."""
        place, months = stage.host(rng, one, *_HOSTS[one.variant]), stage.window(rng, 3, 9)
        careful = stage.carefulness(rng)
        people = stage.people
        able = (people.age > 50) & (people.age < 90) & ~people.has("hd") & ~people.has("chemo")
        who = stage.recruit(rng, stage.near(place, able), stage.size(rng, 3, 30))
        return of_instance(one, place, who, months, careful)

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Stays of the plan's own patients with what is billed beside them."""
        who, beg = comers(stage, rng, month, plan, 10, 18)
        if plan.variant in ("costs_outside", "kept_in"):
            return _beside(rng, plan, who, beg)
        codes = _codes(plan.variant)
        kinds = np.array(list(codes) if codes else list(severe().values()))
        group = kinds[rng.integers(0, len(kinds), len(who))]
        end = stay_end(rng, beg, np.array([g.days for g in groups()])[group])
        if plan.variant == "referral_house":
            return _referred(stage, rng, plan, who, group, np.stack([beg, end]))
        tag = -2 if codes else plan.number  # those coded up are chosen among all of the house
        return [visits(who, group, beg, end, place=plan.place, tag=tag)]

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Stays at the house that a group pays and that could be said to be graver."""
        codes = _codes(plan.variant)
        mine: Bools = (parts["place"].to_numpy() == plan.place) & np.isin(
            parts["group"].to_numpy(), list(codes)
        )
        mine &= (parts["claim"].to_numpy() < 0) & (parts["coded"].to_numpy() < 0)
        mine &= stage.people.age[parts["person"].to_numpy()] > 40 + 40 * plan.careful
        mine &= parts["tag"].to_numpy() < 0
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """The same lines under a heavier group."""
        codes, mine = _codes(plan.variant), np.unique(lines["part"].to_numpy())
        draw = unit_hash(parts["vid"].to_numpy()[mine], np.full_like(mine, plan.number))
        mine = mine[draw >= plan.careful / 2]
        group = parts["group"].to_numpy()[mine]
        parts.loc[mine, "coded"] = np.array([codes[g] for g in group.tolist()], dtype=np.int64)
        parts.loc[mine, "tag"] = plan.number
        return lines


def _codes(variant: str) -> dict[int, int]:
    """What each kind of stay is said to be."""
    at = group_at()
    if variant == "added_illness":
        return severe()
    return {at[a]: at[b] for a, b in _SWITCH.items()} if variant == "main_switch" else {}


def _beside(rng: np.random.Generator, plan: Plan, who: Ints, beg: Ints) -> list[Frame]:
    """A stay, and visits to the same house just before or during it; casualty only before."""
    at, n, twin = group_at(), len(who), plan.twin
    pairs = _KEPT_IN if twin else _BESIDE
    pick = rng.integers(0, len(pairs), n)
    ward, clinic = (np.array([at[p[i]] for p in pairs])[pick] for i in (0, 1))
    end = stay_end(rng, beg, np.array([g.days for g in groups()])[ward])
    stays = visits(who, ward, beg, end, place=plan.place, tag=-2, adm=1 if twin else 2,
                   thin=0 if twin else rng.integers(20, 50, n))  # fmt: skip
    lasts = rng.integers(900, 2400, n)
    before = beg - lasts - rng.integers(1200, 4800, n)
    inside = (beg // DAY + rng.integers(1, 4, n)) * DAY + clock(rng, n, 8, 16)
    hidden = rng.random(n) < 0.3 + 0.6 * plan.careful
    t = np.where(hidden | twin, before, np.minimum(inside, end - 7200))
    seen = visits(who, clinic, t, t + lasts, place=plan.place, tag=plan.number, lasts=lasts)
    return [pd.concat([stays, seen])]


def _referred(
    stage: Stage, rng: np.random.Generator, plan: Plan, who: Ints, group: Ints, when: Ints
) -> list[Frame]:
    """A day in a smaller house, then sent to this one with what it could not treat."""
    beg, end = when
    plain = {v: k for k, v in severe().items()}
    small = stage.places.of(1, 3, 4)
    first = small[rng.integers(0, len(small), len(who))]
    kinds = np.array([plain[g] for g in group.tolist()], dtype=np.int64)
    out = beg + rng.integers(16 * 3600, 26 * 3600, len(who))
    up = out + rng.integers(3600, 3 * 3600, len(who))
    return [
        visits(who, kinds, beg, out, place=first, tag=-2, out=2, adm=1),
        visits(who, group, up, end + 2 * DAY, place=plan.place, tag=plan.number, adm=3, follows=1),
    ]
