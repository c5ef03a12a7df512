"""Admissions that needed no bed: a short stay around examinations a clinic could have done."""

from __future__ import annotations

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, comers, of_instance
from province.truth import Instance
from province.world import DAY


class LowThreshold(Scheme):
    """Two-night stays for mild complaints; twins are day surgery, transfers, short crises."""

    id = "low_threshold_admission"
    variants = ("examination_stay", "drip_stay")
    twins = ("day_surgery", "sent_on", "left_against_advice")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A hospital and outpatients of its neighbourhood."""
        place = stage.host(rng, one, *((8,) if one.variant == "day_surgery" else (2, 3, 4)))
        people = stage.people
        able = (people.age > 30) & (people.age < 80) & ~people.has("hd") & ~people.has("chemo")
        who = stage.recruit(rng, stage.near(place, able), stage.size(rng, 4, 50))
        return of_instance(one, place, who, stage.window(rng, 2, 8), stage.carefulness(rng))

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's short stays."""
        who, beg = comers(stage, rng, month, plan, 8, 16, margin=4)
        at, n = group_at(), len(who)
        names = {
            "examination_stay": ("ip_vertigo", "ip_gastro", "ip_chd"),
            "drip_stay": ("ip_weak", "ip_vertigo"),
            "day_surgery": ("ip_cat",), "sent_on": ("ip_chd", "ip_pneu", "ip_stroke"),
            "left_against_advice": ("ip_copd", "ip_pneu", "ip_gastro"),
        }[plan.variant]  # fmt: skip
        group = np.array([at[g] for g in names])[rng.integers(0, len(names), n)]
        nights = rng.integers(0, 2, n) if plan.variant == "day_surgery" else rng.integers(2, 4, n)
        end = np.where(
            nights == 0, beg + 6 * 3600, (beg // DAY + nights) * DAY + clock(rng, n, 9, 14)
        )
        out = {"sent_on": 2, "left_against_advice": 4}.get(plan.variant, 1)
        thin = 60 if plan.variant == "drip_stay" else 0
        adm = 1 if plan.variant in ("sent_on", "left_against_advice") else 2
        return [
            visits(
                who, group, beg, end, place=plan.place, tag=plan.number, out=out, adm=adm, thin=thin
            )
        ]
