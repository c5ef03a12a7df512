"""Item swaps: a cheap thing is given, a dear one billed, and the stock book knows."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.items import catalogue, group_at
from province.lines import new_lines
from province.schemes.base import EMPTY, Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.truth import Instance
from province.world import Bools, unit_hash

# kinds of places, what is given, what is billed; the rare ones need a city
_COMMON: Final = (
    ((1, 2, 4, 5), "atorva_g", "atorva"), ((1, 4, 5, 6, 6), "amlod", "benid"),
    ((1, 4, 5), "insulin_mix", "insulin"), ((1, 2, 3, 4), "cefur_i", "cefop_i"),
)  # fmt: skip
_RARE: Final = (
    ((8,), "iol", "iol_prem"), ((0, 1), "mesh", "mesh_imp"), ((0, 1), "knee", "knee_imp"),
    ((0, 1), "hip", "hip_imp"), ((1, 3), "ginkgo_i", "butyl"), ((13,), "atorva_g", "atorva"),
)  # fmt: skip
_OPERATIONS: Final = {"iol": "ip_cat", "mesh": "ip_hernia", "knee": "ip_knee", "hip": "ip_hip"}
BILL, SHELF = 1, 2  # stock books that follow the bill, or the shelf


class Swap(Scheme):
    """Billed but never bought; twins got it from a sister, bought early, or split packs."""

    id = "item_swap"
    variants = ("book_follows_bill", "book_follows_shelf")
    twins = ("moved_in", "opening_stock", "split_packs")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A place and one pair of goods it deals in."""
        number = one.number if one.kind != "twin" else one.twin_of  # twins deal in the same
        pairs = _COMMON + (_RARE if stage.world.persons >= 20_000 else ())
        pair = stage.world.rng(self.id, "pair", number).integers(len(pairs))
        kinds, cheap, dear = pairs[int(pair)]
        place = stage.host(rng, one, *kinds)
        given, billed = (int(x) for x in catalogue().at(cheap, dear))
        if one.variant != "split_packs":
            stage.ways[place, billed] = one.variant if one.kind == "twin" else "lean"
        return of_instance(
            one, place, EMPTY, stage.window(rng, 3, 10), stage.carefulness(rng, 0.6),
            given=given, billed=billed,
        )  # fmt: skip

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Visits at the place that may carry such an item."""
        mine: Bools = (parts["place"].to_numpy() == plan.place) & np.isin(
            parts["group"].to_numpy(), _kinds(plan)
        )
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """Turn the cheap lines of the place into dear ones; twins only show the dear ones."""
        given, billed = plan.number_of["given"], plan.number_of["billed"]
        lines = _enough(rng, lines, parts, plan, billed if plan.twin else given)
        own: Bools = (lines["tag"].to_numpy() < 0) & (lines["refund"].to_numpy() < 0)
        if plan.twin:
            return _shown(lines, own & (lines["item"].to_numpy() == billed), plan)
        part = lines["part"].to_numpy()
        draw = unit_hash(part, np.full_like(part, 700 + plan.number)) >= plan.careful
        hit = own & draw & (lines["item"].to_numpy() == given)
        return _swapped(stage, lines, hit, plan)


def _kinds(plan: Plan) -> list[int]:
    """Chronic and pharmacy visits for boxes, stays for ampoules, the operation for implants."""
    given = plan.number_of["given"]
    surgical = _OPERATIONS.get(catalogue().rows[given]["slug"])
    if surgical:
        return [group_at()[surgical]]
    boxes = ("chr_", "rx_htn", "rx_dm", "rx_chd")  # the fund has no part in other purchases
    kinds = boxes if catalogue().pack[given] > 1 else ("ip_",)
    return [i for name, i in group_at().items() if name.startswith(kinds)]


def _swapped(stage: Stage, lines: Frame, hit: Bools, plan: Plan) -> Frame:
    given, billed = plan.number_of["given"], plan.number_of["billed"]
    cheap = int(stage.places.price[plan.place, given])
    lines = lines.copy()
    lines["item"] = np.where(hit, billed, lines["item"])
    lines["split"] = np.where(hit, 0, lines["split"])
    lines["given"] = np.where(hit, given, lines["given"])
    lines["books"] = np.where(
        hit, BILL if plan.variant == "book_follows_bill" else SHELF, lines["books"]
    )
    lines["fair"] = np.where(hit, cheap * 10_000, lines["fair"])
    lines["tag"] = np.where(hit, plan.number, lines["tag"])
    return lines


def _shown(lines: Frame, hit: Bools, plan: Plan) -> Frame:
    lines = lines.copy()
    lines["tag"] = np.where(hit, plan.number, lines["tag"])
    lines["excess"] = np.where(hit, lines["qty"], lines["excess"])
    if plan.variant == "split_packs":
        pack = catalogue().pack[lines["item"].to_numpy()]
        able = hit & (pack > 1)
        lines["qty"] = np.where(able, lines["qty"] * pack // 2, lines["qty"])
        lines["excess"] = np.where(able, lines["qty"], lines["excess"])
        lines["split"] = np.where(able, 1, lines["split"])
    return lines


def _enough(rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan, item: int) -> Frame:
    """Lines of the item on a few visits of the place, so that its trade in it is no accident."""
    if catalogue().list_type[item] == "301":
        return lines
    there = np.unique(lines["part"].to_numpy()[lines["item"].to_numpy() == item])
    fresh = np.setdiff1d(np.unique(lines["part"].to_numpy()), there)
    chosen = fresh[rng.random(len(fresh)) < 0.85]
    beg, end = parts["beg"].to_numpy()[chosen], parts["end"].to_numpy()[chosen]
    qty = (
        rng.integers(1, 3, len(chosen))
        if catalogue().pack[item] > 1
        else rng.integers(3, 9, len(chosen))
    )
    t = beg + ((end - beg) * 0.3).astype(np.int64)
    more = new_lines(chosen, np.full(len(chosen), item), t, qty, prd=28)
    return sorted_lines([lines, more])
