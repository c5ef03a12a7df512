"""Offsite fraud: cards and people of one far area, claims for stays elsewhere that never were."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, stay_end, visits
from province.dress import HOUSEHOLD
from province.items import group_at, groups
from province.papers import MISSING
from province.people import AWAY
from province.schemes.base import Frame, Plan, Scheme, Stage, idle, of_instance
from province.schemes.co_admission import BROKER
from province.schemes.ghost import elsewhere
from province.truth import Instance
from province.world import DAY, Bools, Ints

# kinds of places (none: in another city), kinds of visits
_CASES: Final = {
    "village_on_tour": ((3, 4), ("ip_weak", "ip_back", "ip_vertigo", "ip_chd")),
    "card_parcel": ((13,), ("rx_htn", "rx_chd")),
    "paper_stays": ((), ("ip_stroke", "ip_chf", "ip_pci", "ip_tumor")),
    "home_town_workers": ((3, 4), ("ip_pneu", "ip_back", "ip_gastro", "ip_hemor", "ip_append")),
    "regional_draw": ((8, 11, 0), ("ip_cat", "ip_rehab", "ip_pci")),
    "wintering": ((1, 4), ("ip_copd", "ip_pneu", "ip_chd")),
    "claims_from_afar": ((), ("ip_stroke", "ip_tumor", "ip_hip", "ip_pci")),
}  # fmt: skip
_DRAWN: Final = {8: "ip_cat", 11: "ip_rehab", 0: "ip_pci"}


class Offsite(Scheme):
    """People or cards brought from afar, claims by hand; twins live, work, or are treated there."""

    id = "offsite_fraud"
    variants = ("village_on_tour", "card_parcel", "paper_stays")
    twins = ("home_town_workers", "regional_draw", "claims_from_afar", "wintering")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """One home area, one place, a broker's telephone; or claimants of this city."""
        kinds, months = _CASES[one.variant][0], stage.window(rng, 2, 6)
        far = np.flatnonzero(stage.places.abroad)
        place = stage.host(rng, one, *kinds) if kinds else int(rng.choice(far))
        size = min(stage.size(rng, 4, 40), max(2, stage.quota() // len(months) + 1))
        who = stage.recruit(rng, _able(stage, rng, one.variant), size)
        _settle(stage, rng, one.variant, who, place, int(months[0]))
        phone = BROKER + one.number if one.kind != "twin" else -1
        if phone >= 0:
            one.parties.append(("phone", phone, "broker"))
        if one.variant == "claims_from_afar" and len(who):
            phone = int(stage.people.household[who[0]]) + HOUSEHOLD
        names = _CASES[one.variant][1]
        group = group_at()[str(rng.choice(np.array(names)))]
        if one.variant == "regional_draw":
            group = group_at()[_DRAWN[int(stage.places.kind[place])]]
        careful = stage.carefulness(rng)
        return of_instance(one, place, who, months, careful, phone=phone, group=group)

    def free(self, plan: Plan) -> bool:
        """Who lies elsewhere on paper only lives on here."""
        return plan.variant == "paper_stays"

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's swipes, stays or claims."""
        if plan.variant == "card_parcel":
            return _swipes(stage, rng, month, plan)
        if plan.variant == "village_on_tour":
            return _tour(stage, rng, month, plan)
        share = 1.2 / len(plan.months)
        if plan.variant == "regional_draw":
            who = np.array_split(plan.people, len(plan.months))[month - int(plan.months[0])]
        else:
            who = plan.people[rng.random(len(plan.people)) < share]
        return _apart(stage, rng, month, plan, who)


def _able(stage: Stage, rng: np.random.Generator, variant: str) -> Bools:
    """Guests of one far area, or the city's own for claims by hand."""
    people = stage.people
    fit = (people.age > 30) & ~people.has("hd") & ~people.has("chemo")
    if variant in ("paper_stays", "claims_from_afar"):
        own: Bools = fit & (people.age < 86) & ~people.offsite
        return own
    counts = [int((people.offsite & (people.area == a) & ~stage.taken & fit).sum()) for a in AWAY]
    area = AWAY[int(np.argsort(counts, kind="stable")[-int(rng.integers(1, 3))])]
    able: Bools = fit & people.offsite & (people.area == area)
    if variant == "wintering":
        able &= people.age > 50
    if variant == "home_town_workers":
        able &= people.insutype == 310
    return able


def _settle(
    stage: Stage, rng: np.random.Generator, variant: str, who: Ints, place: int, month: int
) -> None:
    """Where these people live, and what the bureau at home was told of their coming."""
    people, first = stage.people, stage.world.first_day(month)
    if not len(who):
        return
    brought = variant in ("village_on_tour", "card_parcel", "regional_draw")
    people.away[who] = brought & people.offsite[who]
    if variant == "regional_draw":
        stage.coming |= {int(p): (first - int(rng.integers(1, 9)), 2) for p in who}
    elif brought:
        told = rng.random(len(who)) < 0.3
        stage.coming |= {int(p): (first - 1, 4 if t else 0) for p, t in zip(who, told, strict=True)}
        people.village[who] = people.village[who[0]]
    if variant in ("home_town_workers", "wintering"):
        people.town[who] = stage.places.town[place]
    if variant == "home_town_workers":
        people.emp[who] = int(people.emp.max()) - int(who[0]) % 5
    if variant == "claims_from_afar":
        stage.under_one_roof(who[: len(who) // 2 * 2])


def _tour(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """All admitted within two days, for the same complaint and almost as long."""
    who = plan.people[rng.random(len(plan.people)) >= plan.careful / 2]
    day = int(stage.day(rng, month, 1, 6)[0])
    late = rng.integers(0, 2, len(who))
    beg = (day + late) * DAY + clock(rng, len(who), 8, 12)
    who, beg = (x[idle(stage, who, beg)] for x in (who, beg))
    n, nights = len(who), int(rng.integers(5, 9))
    names = np.array([group_at()[g] for g in _CASES[plan.variant][1]])
    other = rng.random(n) < plan.careful
    group = np.where(other, names[rng.integers(0, len(names), n)], plan.number_of["group"])
    end = (beg // DAY + nights + rng.integers(0, 2, n)) * DAY + clock(rng, n, 8.5, 12)
    tel = np.where(rng.random(n) < plan.careful, -1, plan.number_of["phone"])
    return [visits(who, group, beg, end, place=plan.place, tag=plan.number, tel=tel,
                   thin=rng.integers(20, 60, n))]  # fmt: skip


def _swipes(stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
    """The parcel's cards one after the other at one terminal, by code instead of card."""
    who = rng.permutation(plan.people[rng.random(len(plan.people)) < 0.9])
    start = int(stage.day(rng, month, 1)[0]) * DAY + int(clock(rng, 1, 9, 20)[0])
    slow = 200 + round(2000 * plan.careful)
    beg = start + np.cumsum(rng.integers(25, slow, len(who)))
    names = np.array([group_at()[g] for g in _CASES[plan.variant][1]])
    group = names[rng.integers(0, len(names), len(who))]
    return [visits(who, group, beg, beg + 200, place=plan.place, tag=plan.number, term=0, days=30,
                   cert=1, fundrx=1)]  # fmt: skip


def _apart(
    stage: Stage, rng: np.random.Generator, month: int, plan: Plan, who: Ints
) -> list[Frame]:
    """Stays each at a time of its own: the twins', and the ones that are on paper only."""
    n = len(who)
    beg = stage.day(rng, month, n, 6) * DAY + clock(rng, n, 8, 17)
    who, beg = (x[idle(stage, who, beg)] for x in (who, beg))
    names = np.array([group_at()[g] for g in _CASES[plan.variant][1]])
    n = len(who)
    group = names[rng.integers(0, len(names), n)]
    if plan.variant == "regional_draw":
        group = np.full(n, plan.number_of["group"])
    end = stay_end(rng, beg, np.array([g.days for g in groups()])[group])
    by_hand = int(plan.variant in ("paper_stays", "claims_from_afar"))
    forged = (plan.variant == "paper_stays") & (rng.random(n) < 0.8 * (1 - plan.careful))
    stays = visits(who, group, beg, end, place=plan.place, tag=plan.number, manual=by_hand,
                   tel=plan.number_of["phone"], paper=MISSING * forged)  # fmt: skip
    if plan.variant != "paper_stays":
        return [stays]
    seen = rng.random(n) >= plan.careful
    length = np.maximum(2, end // DAY - beg // DAY)
    return [stays, elsewhere(stage, rng, who[seen], beg[seen] // DAY, length[seen])]
