"""Cards used after their owners' deaths; the twins' last stays are only settled late."""

from __future__ import annotations

import numpy as np

from province.calls import clock, visits
from province.items import group_at
from province.schemes.base import Frame, Plan, Scheme, Stage, of_instance
from province.truth import Instance
from province.world import DAY


class PostDeath(Scheme):
    """Someone draws on a dead person's card; twins died in hospital and were billed later."""

    id = "post_death"
    variants = ("family_keeps_card", "clinic_keeps_cards")
    twins = ("settled_after_death",)

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """One or several of those who die during the world's months."""
        people, world = stage.people, stage.world
        able = (people.age > 66) & ~people.offsite & ~people.has("hd")
        size = 1 if one.variant == "family_keeps_card" else stage.size(rng, 2, 10)
        who = stage.recruit(rng, able, size)
        early = world.months if one.kind == "twin" else max(1, world.months * 2 // 3)
        month = rng.integers(0, early, len(who))
        starts = np.array([world.first_day(m) for m in range(world.months)])
        people.death[who] = starts[month] + rng.integers(9, 27, len(who))
        place = stage.host(rng, one, *((0, 1, 4) if one.kind == "twin" else (4, 5, 6, 6, 13)))
        return of_instance(one, place, who, np.arange(world.months), stage.carefulness(rng))

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """After death: refills month by month. Twins: the stay that death ended."""
        first, close = stage.world.first_day(month), stage.world.first_day(month + 1)
        death = stage.people.death[plan.people]
        at = group_at()
        if plan.twin:
            who = plan.people[(death >= first + 8) & (death < close)]
            end = stage.people.death[who] * DAY + rng.integers(3600, 20 * 3600, len(who))
            beg = (end // DAY - rng.integers(4, 8, len(who))) * DAY + clock(rng, len(who), 8, 17)
            ok = stage.busy[who] < beg
            group = np.full(len(who), at["ip_icu"])
            stay = visits(
                who, group, beg, end, place=plan.place, tag=plan.number, out=5, adm=1, wait=1
            )
            return [stay[ok]]
        who = plan.people[(death + 3 < first) & (death > first - 240)]
        who = who[rng.random(len(who)) < 0.8]
        kinds = (
            ("rx_htn", "rx_chd") if stage.places.kind[plan.place] == 13 else ("chr_htn", "chr_chd")
        )
        group = np.array([at[g] for g in kinds])[rng.integers(0, 2, len(who))]
        beg = stage.day(rng, month, len(who)) * DAY + clock(rng, len(who), 8, 18)
        return [
            visits(who, group, beg, beg + 600, place=plan.place, tag=plan.number, days=30, fundrx=1)
        ]
