"""Invoices claimed twice, voided, forged or raised, and selected drugs sold above their price."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from province.calls import stay_end, visits
from province.items import Group, catalogue, group_at, groups, selected
from province.papers import AGAIN, MISSING, PARTS, PLAIN, RAISED, REISSUED, SEVERAL, VOIDED
from province.schemes.base import (
    EMPTY,
    Frame,
    Plan,
    Scheme,
    Stage,
    comers,
    of_instance,
    sorted_lines,
)
from province.schemes.co_admission import BROKER
from province.truth import Instance
from province.world import Bools, Ints, half_up, unit_hash

_PAPER: Final = {
    "claimed_twice": AGAIN, "voided_after": VOIDED, "forged_invoice": MISSING,
    "raised_amount": RAISED, "reissued": REISSUED, "several_bills": SEVERAL, "parts_on_one": PARTS,
}  # fmt: skip
_STAYS: Final = ("ip_pneu", "ip_stroke", "ip_chf", "ip_gastro", "ip_dm", "ip_copd")


class PriceInvoice(Scheme):
    """False papers and false prices; twins' invoices were reissued, shared by parts, or several."""

    id = "price_invoice_fraud"
    variants = (
        "claimed_twice", "above_selected", "voided_after", "forged_invoice", "raised_amount",
    )  # fmt: skip
    twins = ("reissued", "within_the_law", "several_bills", "parts_on_one")

    def __init__(self) -> None:
        super().__init__()
        self.copies: dict[int, Frame] = {}  # lines of first bills, by sheet

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """Claimants with their bills from a hospital here or elsewhere, or a house and drugs."""
        months, careful = _early(stage, stage.window(rng, 2, 7)), stage.carefulness(rng)
        if one.variant not in _PAPER:
            return _dear_house(stage, rng, one, months, careful)
        here = one.variant in ("claimed_twice", "parts_on_one") or rng.random() < 0.5
        far = np.flatnonzero(stage.places.abroad)
        place = stage.host(rng, one, 0, 1, 2) if here else int(rng.choice(far))
        people = stage.people
        able = (people.age > 20) & (people.age < 86) & ~people.offsite & ~people.has("hd")
        who = stage.recruit(rng, able & ~people.has("chemo"), stage.size(rng, 2, 24))
        phone = -1
        if one.kind != "twin" and rng.random() > careful:
            phone = BROKER + one.number
            one.parties.append(("phone", phone, "broker"))
        return of_instance(one, place, who, months, careful, phone=phone)

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's stays, with the papers they are claimed on."""
        if plan.variant not in _PAPER:
            return []
        who, beg = comers(stage, rng, month, plan, 8, 17)
        group = np.array([group_at()[g] for g in _STAYS])[rng.integers(0, len(_STAYS), len(who))]
        end = stay_end(rng, beg, np.array([g.days for g in groups()])[group])
        sheet = (plan.number * 1000 + month) * 1000 + np.arange(len(who))
        if plan.variant == "claimed_twice":
            return _twice(rng, plan, who, group, np.stack([beg, end, sheet]))
        paper, parts = _PAPER[plan.variant], plan.variant == "parts_on_one"
        return [visits(who, group, beg, end, place=plan.place, tag=plan.number, paper=paper,
                       manual=int(not parts), sheet=sheet if parts else -1, halves=int(parts),
                       tel=plan.number_of["phone"])]  # fmt: skip

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """The plan's own bills and those they copy, or all that the house bills."""
        if plan.variant in _PAPER:
            own: Bools = (parts["tag"].to_numpy() == plan.number) | _copied(parts, plan)
            return own
        sells = np.array([_sells(group) for group in groups()])[parts["group"].to_numpy()]
        house: Bools = (parts["place"].to_numpy() == plan.place) & sells
        return house

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """All of a false bill is in excess, of a raised one what was added, of prices the rest."""
        if plan.variant not in _PAPER:
            return _dear(stage, lines, plan)
        if plan.variant == "claimed_twice":
            lines = self._same_lines(lines, parts)
        first = parts["tag"].to_numpy()[lines["part"].to_numpy()] != plan.number
        first |= lines["tag"].to_numpy() >= 0  # what another scheme bent is that one's
        qty = lines["qty"].to_numpy()
        if plan.variant == "raised_amount":
            return _raised(rng, lines, plan)
        return lines.assign(
            tag=np.where(first, lines["tag"], plan.number),
            excess=np.where(first, lines["excess"], qty),
            giveback=np.where(first, -1, lines["giveback"]),
        )

    def _same_lines(self, lines: Frame, parts: Frame) -> Frame:
        """Second bills with the lines of the first ones, which are kept for them."""
        sheet = parts["sheet"].to_numpy()[lines["part"].to_numpy()]
        again = parts["paper"].to_numpy()[lines["part"].to_numpy()] == AGAIN
        for key in np.unique(sheet[~again]).tolist():
            self.copies[int(key)] = lines[~again & (sheet == key)]
        pieces = [lines[~again]]
        for part in np.unique(lines["part"].to_numpy()[again]).tolist():
            key = int(parts["sheet"].iloc[part])
            own = lines[lines["part"].to_numpy() == part]
            copy = self.copies.get(key, own)
            pieces.append(copy.assign(part=part, tag=-1, excess=0, fair=-1))
        return sorted_lines(pieces)


def _sells(group: Group) -> bool:
    """Whether most visits of the group are given some selected drug."""
    chances = group.share[np.isin(group.item, selected())]
    return bool(1 - np.prod(1 - chances) > 0.7)


def _early(stage: Stage, months: Ints) -> Ints:
    """The months moved back so that what becomes of a paper is still seen."""
    back = max(0, min(int(months[0]), int(months[-1]) - (stage.world.months - 3)))
    return months - back


def _copied(parts: Frame, plan: Plan) -> Bools:
    """First bills whose invoice is claimed a second time."""
    mine: Bools = (parts["sheet"].to_numpy() // 10**6 == plan.number) & (
        parts["paper"].to_numpy() == PLAIN
    )
    return mine


def _twice(rng: np.random.Generator, plan: Plan, who: Ints, group: Ints, when: Ints) -> list[Frame]:
    """Bills paid direct, and the same ones brought to the bureau afterwards; some by a cousin."""
    beg, end, sheet = when
    first = visits(who, group, beg, end, place=plan.place, tag=-2, manual=0, sheet=sheet)
    cousin = rng.permutation(plan.people)[: len(who)]
    claims = np.where(rng.random(len(who)) < 0.35, cousin, who)
    second = visits(claims, group, beg, end, place=plan.place, tag=plan.number, manual=1,
                    paper=AGAIN, sheet=sheet, tel=plan.number_of["phone"])  # fmt: skip
    return [pd.concat([first, second]).iloc[np.lexsort((np.tile(sheet, 2),))]]


def _raised(rng: np.random.Generator, lines: Frame, plan: Plan) -> Frame:
    """Quantities of the dearer lines written up by hand."""
    dear = catalogue().price[lines["item"].to_numpy()] >= 1500
    hit = dear & (rng.random(len(lines)) >= plan.careful) & (lines["tag"].to_numpy() < 0)
    more = np.where(hit, lines["qty"] * rng.integers(1, 4, len(lines)), 0)
    return lines.assign(
        qty=lines["qty"] + more, excess=more, giveback=-1,
        tag=np.where(hit, plan.number, lines["tag"]),
    )  # fmt: skip


def _dear_house(
    stage: Stage, rng: np.random.Generator, one: Instance, months: Ints, careful: float
) -> Plan:
    """A house that names no cap for some selected drugs, or one that buys little and dear."""
    dialysis = (9,) if stage.world.persons >= 20_000 else ()  # hardly a guest in a smaller city
    kinds = (3, 6, 7, *dialysis) if one.kind == "twin" else (1, 3, 4, 5)
    place = stage.host(rng, one, *kinds)
    goods = selected()
    if one.kind == "twin":
        stage.places.price[place, goods] = np.rint(catalogue().price[goods] * 1.14).astype(np.int64)
    else:
        stage.places.ceiling[place, goods] = 0
    return of_instance(one, place, EMPTY, months, careful, seed=int(rng.integers(10**6)))


def _dear(stage: Stage, lines: Frame, plan: Plan) -> Frame:
    """Selected drugs that the house names no cap for, above the cap in the register.

    The twin's prices are above the selected ones and within the cap.
    """
    item = lines["item"].to_numpy()
    goods = np.isin(item, selected()) & (lines["tag"].to_numpy() < 0)
    goods &= unit_hash(lines["part"].to_numpy(), item + plan.number_of["seed"]) >= plan.careful
    listed = catalogue().price[item]
    if plan.twin:
        hit = goods & (stage.places.price[plan.place, item] == np.rint(listed * 1.14))
        fair = listed
    else:
        hit = goods & (stage.places.ceiling[plan.place, item] == 0)
        fair = np.rint(listed * 1.15).astype(np.int64)
    pack = np.where(lines["split"].to_numpy() > 0, catalogue().pack[item], 1)
    times = 1.3 + 1.2 * unit_hash(item, np.full_like(item, plan.number_of["seed"]))
    asked = lines["price"] if plan.twin else np.rint(listed * times).astype(np.int64)
    return lines.assign(
        price=np.where(hit, asked, lines["price"]),
        fair=np.where(hit, half_up(fair * 10_000, pack), lines["fair"]),
        tag=np.where(hit, plan.number, lines["tag"]),
    )
