"""Resale rings: cards run through pharmacies and clinics for watched drugs far above need."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, visits
from province.dress import HOUSEHOLD
from province.items import catalogue, group_at
from province.lines import new_lines
from province.schemes.base import Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.schemes.co_admission import BROKER
from province.truth import Instance
from province.world import DAY, Bools, Ints

# illness of the cards, group of the visits, drugs wanted
_GOODS: Final = {
    "pharmacy_run": ("htn", "rx_htn", ("benid", "rosuva", "reserp", "naoxin", "atorva")),
    "hospital_hop": ("chd", "chr_chd", ("shensong", "qili", "atorva", "danshen_p", "xuesai")),
    "kidney_goods": ("ckd", "chr_ckd", ("niaodu", "bailing", "ketoacid", "huangkui", "roxadu")),
    "diabetes_goods": ("dm", "chr_dm", ("dapag", "insulin", "repag", "semag")),
    "long_prescription": ("htn", "chr_htn", ("benid", "rosuva", "atorva")),
    "family_caretaker": ("dm", "rx_dm", ("dapag", "repag")),
    "leaving_town": ("chd", "chr_chd", ("atorva", "shensong", "danshen_p")),
}  # fmt: skip


class Resale(Scheme):
    """Rings of cards; twins hold long prescriptions, shop for relatives, or are about to leave."""

    id = "drug_resale_ring"
    variants = ("pharmacy_run", "hospital_hop", "kidney_goods", "diabetes_goods")
    twins = ("long_prescription", "family_caretaker", "leaving_town")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """The cards, and the three to six places they are run through."""
        ill, group, _ = _GOODS[one.variant]
        shops = group.startswith("rx")
        count = 1 if one.variant in ("long_prescription", "family_caretaker") else 4
        kinds = (13,) if shops else (1, 2, 4, 5, 6, 6)
        hosts = [
            stage.host(rng, one, *kinds)
            for _ in range(count + int(rng.integers(0, 3)) * (count > 1))
        ]
        able = stage.people.has(ill) & ~stage.people.has("hd")
        size = stage.size(rng, 3, 24)
        size = max(size, 4) if one.kind == "twin" else size  # two cards are nobody's twin
        if one.variant == "family_caretaker":
            size, able = int(rng.integers(3, 6)), _kin(stage, rng, able)
        cards = stage.recruit(rng, stage.near(hosts[0], able, 12), size)
        if one.variant == "family_caretaker":
            stage.under_one_roof(cards)
        careful = stage.carefulness(rng)
        sessions = 1 if one.kind == "twin" else round(2 + 5 * (1 - careful))
        phone = BROKER + one.number if rng.random() < 0.3 and one.kind != "twin" else -1
        if one.variant == "family_caretaker" and len(cards):
            phone = int(stage.people.household[cards[0]]) + HOUSEHOLD
        elif phone >= 0:
            one.parties.append(("phone", phone, "organiser"))
        months = stage.window(rng, 3, 9)
        if one.variant == "leaving_town":
            stage.leaving |= {int(p): stage.world.first_day(int(months[0])) + 27 for p in cards}
        return of_instance(
            one, np.unique(hosts), cards, months, careful, sessions=sessions, phone=phone
        )

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Sessions: some cards at one place within minutes, at one terminal."""
        twin_rest = plan.variant == "long_prescription" and (month - plan.months[0]) % 3
        if twin_rest or (plan.variant == "leaving_town" and month != plan.months[0]):
            return []
        at, frames = group_at(), []
        group = at[_GOODS[plan.variant][1]]
        for _ in range(plan.number_of["sessions"]):
            come = rng.random(len(plan.people)) < (0.95 if plan.twin else 0.75)
            who = rng.permutation(plan.people[come])
            day = int(stage.day(rng, month, 1)[0])
            place = int(rng.choice(plan.places))
            start = day * DAY + int(clock(rng, 1, 8.5, 18)[0])
            beg = start + np.cumsum(rng.integers(40, 260, len(who)))
            ok = stage.busy[who] < beg
            days = _supply(plan)
            frames.append(
                visits(who, np.full(len(who), group), beg, beg + 240, place=place, days=days,
                       tag=plan.number, term=0, tel=plan.number_of["phone"], fundrx=1,
                       lasts=rng.integers(60, 900, len(who)))[ok]
            )  # fmt: skip
        return frames

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """The plan's own visits."""
        mine: Bools = parts["tag"].to_numpy() == plan.number
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """The wanted drugs on every visit of the plan: full packs, as many as pass."""
        mine = np.flatnonzero(parts["tag"].to_numpy() == plan.number)
        if not len(mine):
            return lines
        goods = catalogue().at(*_GOODS[plan.variant][2])
        row, item = _baskets(rng, mine, goods)
        days = _supply(plan)
        need = catalogue().ddd[item] * days / catalogue().pack[item]
        times = 1.0 if plan.twin else 1.0 + (1 - plan.careful) * rng.uniform(0.3, 1.6, len(item))
        qty = np.maximum(1, np.ceil(need * times)).astype(np.int64)
        t = parts["beg"].to_numpy()[row] + 90
        return _merged(lines, new_lines(row, item, t, qty, prd=days))


def _supply(plan: Plan) -> int:
    if plan.variant in ("long_prescription", "leaving_town"):
        return 90
    return 30


def _kin(stage: Stage, rng: np.random.Generator, able: Bools) -> Bools:
    """The able of one village: relatives one of them shops for."""
    village = stage.people.town * 8 + stage.people.village
    counts = np.bincount(village[able & ~stage.taken], minlength=1)
    home = int(rng.choice(np.argsort(counts, kind="stable")[-max(3, len(counts) // 3) :]))
    kin: Bools = able & (village == home)
    return kin


def _baskets(rng: np.random.Generator, parts: Ints, goods: Ints) -> tuple[Ints, Ints]:
    """Two or three of the goods for each part, as pairs of part and item."""
    order = np.argsort(rng.random((len(parts), len(goods))), axis=1)
    take = order < rng.integers(2, 4, len(parts))[:, None]
    row, col = np.nonzero(take)
    return parts[row], goods[col]


def _merged(lines: Frame, more: Frame) -> Frame:
    """Lines with more of them, an item already on the visit replaced rather than doubled."""
    keys = more["part"].to_numpy() * 10_000 + more["item"].to_numpy()
    old = lines["part"].to_numpy() * 10_000 + lines["item"].to_numpy()
    return sorted_lines([lines[~np.isin(old, keys)], more])
