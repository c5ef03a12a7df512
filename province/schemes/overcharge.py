"""Overcharging: more bed days than days, more units than a day allows, prices above the cap."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.items import catalogue, group_at, is_stay
from province.lines import new_lines
from province.schemes.base import EMPTY, Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.truth import Instance
from province.world import DAY, Bools, Floats, Ints, unit_hash

_HOSTS: Final = {
    "bed_days": (1, 3, 4), "over_cap": (0, 1, 2, 3), "above_price": (1, 3, 4, 6, 9, 12),
    "pairs": (1, 2, 3, 4),
    "both_days": (1, 3, 4), "two_operations": (0, 1), "local_cap": (0, 2), "patient_pays": (3, 2),
}  # fmt: skip
_SURGERY: Final = (
    "ip_hernia", "ip_kypho", "ip_frac", "ip_gall", "ip_append", "ip_hip", "ip_knee",
)  # fmt: skip
_HOURLY: Final = ("monitor", "spo2", "oxygen")
_PRICED: Final = ("us_color", "us_heart", "ct_head", "ecg", "mri", "ct_chest", "infusion", "cbc")
_PAIRS: Final = (("stool", "stool_para"), ("nurse2", "nurse3"), ("crp", "hscrp"))


class Overcharge(Scheme):
    """A place that bills too much; twins bill the same look with a reason that the data hold."""

    id = "overcharge"
    variants = ("bed_days", "over_cap", "above_price", "pairs")
    twins = ("both_days", "two_operations", "local_cap", "patient_pays")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A place, its months, and how often it does it."""
        place = stage.host(rng, one, *_HOSTS[one.variant])
        share = 1 - stage.carefulness(rng, 0.7)
        goods = catalogue().at(*rng.permutation(np.array(_PRICED))[:3])
        if one.variant in ("local_cap", "patient_pays"):
            _dear(stage, place, goods, own_cap=one.variant == "local_cap")
        plan = of_instance(one, place, EMPTY, stage.window(rng, 2, 8), 1 - share)
        plan.number_of |= {f"item{i}": int(g) for i, g in enumerate(goods)}
        return plan

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Visits at the place that can bear what the variant does."""
        mine: Bools = (parts["place"].to_numpy() == plan.place) & _able(parts, plan)
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """Bend a share of the place's lines of this month."""
        own: Bools = lines["tag"].to_numpy() < 0
        hit = own & (_coin(lines, plan) >= plan.careful)
        if plan.variant in ("bed_days", "over_cap"):
            return _more_units(rng, lines, hit, plan)
        if plan.variant == "pairs":
            return _pairs(lines, hit, plan)
        if plan.variant == "both_days":
            return _both_days(lines, parts, own, plan)
        if plan.variant == "two_operations":
            return _two_operations(lines, parts, own, plan)
        return _prices(stage, rng, lines, own if plan.twin else hit, plan)


def _able(parts: Frame, plan: Plan) -> Bools:
    group = parts["group"].to_numpy()
    if plan.variant == "two_operations":
        at = group_at()
        able: Bools = np.isin(group, [at[g] for g in _SURGERY])
        return able
    if plan.variant in ("above_price", "local_cap", "patient_pays"):
        return np.ones(len(parts), dtype=bool)
    return is_stay(group)


def _coin(lines: Frame, plan: Plan) -> Floats:
    """A draw for each part, so that whole visits are bent or left alone."""
    part = lines["part"].to_numpy()
    return unit_hash(part, np.full_like(part, 900 + plan.number))


def _is(lines: Frame, *slugs: str) -> Bools:
    chosen: Bools = np.isin(lines["item"].to_numpy(), catalogue().at(*slugs))
    return chosen


def _more_units(rng: np.random.Generator, lines: Frame, hit: Bools, plan: Plan) -> Frame:
    """Beds billed twice a day, or monitoring for more hours than a day has."""
    bed = plan.variant == "bed_days"
    hit = hit & (_is(lines, "bed") if bed else _is(lines, *_HOURLY))
    lines = lines.copy()
    qty = lines["qty"].to_numpy()
    extra = np.ones(len(lines), np.int64) if bed else 24 - qty + rng.integers(2, 24, len(lines))
    lines["qty"] = np.where(hit, qty + extra, qty)
    lines["excess"] = np.where(hit, lines["qty"] - np.where(bed, qty, 24), lines["excess"])
    lines["tag"] = np.where(hit, plan.number, lines["tag"])
    return lines


def _pairs(lines: Frame, hit: Bools, plan: Plan) -> Frame:
    """A second item that the first one contains, billed on the same day."""
    pieces = [lines]
    for first, second in _PAIRS:
        rows = np.flatnonzero(hit & _is(lines, first))
        base = lines.iloc[rows]
        item = int(catalogue().at(second)[0])
        pieces.append(
            new_lines(
                base["part"].to_numpy(), np.full(len(rows), item), base["t"].to_numpy() + 120,
                base["qty"].to_numpy(), tag=plan.number, excess=base["qty"].to_numpy(),
                acord=base["acord"].to_numpy(),
            )
        )  # fmt: skip
    return sorted_lines(pieces)


def _both_days(lines: Frame, parts: Frame, own: Bools, plan: Plan) -> Frame:
    """The day of discharge billed as well: as many bed days as calendar days, no more."""
    rows = np.flatnonzero(own & _is(lines, "bed"))
    base = lines.iloc[rows]
    part = base["part"].to_numpy()
    last = base[np.r_[part[1:] != part[:-1], True]] if len(rows) else base
    at = last["part"].to_numpy()
    nights = parts["pend"].to_numpy()[at] > parts["pbeg"].to_numpy()[at]
    last, at = last[nights], at[nights]
    t = np.maximum(parts["pend"].to_numpy()[at] * DAY + 8 * 3600, last["t"].to_numpy())
    more = new_lines(at, last["item"].to_numpy(), t, last["qty"].to_numpy(), tag=plan.number,
                     excess=last["qty"].to_numpy(),
                     acord=last["acord"].to_numpy())  # fmt: skip
    return sorted_lines([lines, more])


def _two_operations(lines: Frame, parts: Frame, own: Bools, plan: Plan) -> Frame:
    """Two operations on one day, both on record: two anaesthesias and two sets of charges."""
    twice = np.zeros(len(parts), dtype=bool)
    twice[lines["part"].to_numpy()] = True
    parts.loc[twice, "ops"] = 2
    items = catalogue()
    surgery = items.chrg[lines["item"].to_numpy()] == "06"
    rows = np.flatnonzero(own & surgery)
    base = lines.iloc[rows].copy()
    base["t"] += 3600
    base["tag"], base["excess"] = plan.number, base["qty"]
    return sorted_lines([lines, base])


def _prices(stage: Stage, rng: np.random.Generator, lines: Frame, hit: Bools, plan: Plan) -> Frame:
    """Prices above the cap that the fund shares in; the twins' prices lie in the place's list."""
    goods = [v for k, v in plan.number_of.items() if k.startswith("item")]
    hit = hit & np.isin(lines["item"].to_numpy(), goods)
    lines = lines.copy()
    lines["tag"] = np.where(hit, plan.number, lines["tag"])
    if plan.twin:
        return lines
    cap = stage.places.ceiling[plan.place, lines["item"].to_numpy()]
    above = np.rint(cap * (1.12 + 0.5 * (1 - plan.careful) * rng.random())).astype(np.int64)
    hit &= cap > 0
    lines["price"] = np.where(hit, above, lines["price"])
    lines["paid_cap"] = np.where(hit, 1, lines["paid_cap"])
    lines["fair"] = np.where(hit, cap * 10_000, lines["fair"])
    return lines


def _dear(stage: Stage, place: int, goods: Ints, *, own_cap: bool) -> None:
    """High list prices: under a cap of the place's own, or above the cap at the patient's cost."""
    places = stage.places
    price = np.rint(places.price[place, goods] * 1.35).astype(np.int64)
    places.price[place, goods] = price
    if own_cap:
        places.ceiling[place, goods] = np.rint(price * 1.02).astype(np.int64)
