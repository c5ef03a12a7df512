"""Pharmacies that swipe cards for nothing, for other goods, or for another shop."""

from __future__ import annotations

from typing import Final

import numpy as np

from province.calls import clock, visits
from province.dress import terminals
from province.items import catalogue, group_at
from province.lines import new_lines
from province.places import PHARMACY
from province.schemes.base import Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.schemes.swap import BILL, SHELF
from province.truth import Instance
from province.world import DAY, Bools, Ints, unit_hash

_ROUND: Final = (5_000, 10_000, 10_000, 15_000, 20_000, 20_000, 30_000, 50_000)  # fen
_GOODS: Final = ("ejiao", "zhenyuan", "caltrate", "jintiange", "liuwei", "shenling")
_MIXED: Final = ("rx_cold", "rx_home", "rx_tonic", "rx_cold", "rx_home")
_SHARED: Final = 0.6  # of purchases, which the fund shares; the others drain the account alone
_AT_ONCE: Final = ("empty_swipe", "market_day", "health_fair")  # one card after the other
_ALIKE: Final = ("empty_swipe", "shop_goods", "health_fair", "package_prices")  # few kinds of goods


class PharmacyFraud(Scheme):
    """Money for cards, flour for pills, a lent terminal; twins: market, fair, and round prices."""

    id = "pharmacy_fraud"
    variants = ("empty_swipe", "shop_goods", "lent_terminal")
    twins = ("market_day", "health_fair", "package_prices")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """A pharmacy, its cards, and the few kinds of goods that stand for everything."""
        place, people = stage.host(rng, one, PHARMACY), stage.people
        able = (people.age > 22) & ~people.offsite
        if one.variant != "market_day":
            able &= people.insutype == 310  # those with an account
        if one.variant == "lent_terminal":
            town = int(rng.choice(people.town[people.area != stage.places.area[place]]))
            mine = able & (people.town == town)
        else:
            mine = stage.near(place, able, 30)
        size = min(stage.size(rng, 5, 60), max(4, stage.quota() // 2))
        if one.variant in ("market_day", "health_fair"):
            size = max(size, 8)  # a queue of two is nobody's twin
        who = stage.recruit(rng, mine, size)
        goods = rng.permutation(catalogue().at(*_GOODS))[: int(rng.integers(2, 4))]
        months = stage.window(rng, 2, 7)
        if one.variant == "package_prices":
            _round_prices(stage, place, goods)
        if one.variant == "health_fair":
            months = months[:1]
        plan = of_instance(one, place, who, months, stage.carefulness(rng))
        plan.number_of |= {f"item{i}": int(g) for i, g in enumerate(goods)}
        return plan

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The month's sessions of cards one after the other, or customers on days of their own."""
        at = group_at()
        if plan.variant not in _AT_ONCE:
            who = plan.people[rng.random(len(plan.people)) < 0.6]
            beg = stage.day(rng, month, len(who)) * DAY + clock(rng, len(who), 8, 21)
            lent = plan.variant == "lent_terminal"
            term = int(terminals(stage.places)[plan.place]) if lent else -1
            kinds = _MIXED if lent else ("rx_tonic",)
            group = np.array([at[g] for g in kinds])[rng.integers(0, len(kinds), len(who))]
            frame = visits(who, group, beg, beg + 300, place=plan.place, tag=plan.number,
                           term=term, fundrx=rng.random(len(who)) < _SHARED)  # fmt: skip
            return [frame[stage.busy[who] < beg]]
        sessions = {"market_day": 3, "health_fair": 1}.get(
            plan.variant, round(1 + 3 * (1 - plan.careful))
        )
        return [_session(stage, rng, month, plan, nth) for nth in range(sessions)]

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """The plan's own purchases, unless they are of all sorts and real."""
        mine: Bools = (parts["tag"].to_numpy() == plan.number) & (plan.variant != "market_day")
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """The few goods of the plan, at round sums where cards are swiped for nothing."""
        if plan.variant == "lent_terminal":
            return lines.assign(books=SHELF)
        mine = np.unique(lines["part"].to_numpy())
        draw = unit_hash(mine, np.full_like(mine, 970 + plan.number))
        mine = mine[draw >= (0 if plan.twin else plan.careful)]
        old = np.isin(lines["part"].to_numpy(), mine)
        goods = np.array([v for k, v in plan.number_of.items() if k.startswith("item")])
        item = goods[rng.integers(0, len(goods), len(mine))]
        t = parts["beg"].to_numpy()[mine] + 10
        return sorted_lines([lines[~old], _basket(rng, plan, mine, item, t)])


def _session(stage: Stage, rng: np.random.Generator, month: int, plan: Plan, nth: int) -> Frame:
    """Cards one after the other at one terminal; on market days the third, thirteenth and so on."""
    share = 0.85 if plan.variant == "health_fair" else 0.5
    who = rng.permutation(plan.people[rng.random(len(plan.people)) < share])
    day = int(stage.day(rng, month, 1)[0])
    if plan.variant == "market_day":
        day = stage.world.first_day(month) + 2 + 10 * nth
    late = plan.variant == "empty_swipe" and rng.random() < 0.4
    start = day * DAY + int(clock(rng, 1, *((19, 23) if late else (8, 11)))[0])
    slow = 60 + round(500 * plan.careful) if plan.variant == "empty_swipe" else 110
    beg = start + np.cumsum(rng.integers(20, slow, len(who)))
    kinds = np.array([group_at()[g] for g in _MIXED])
    group = kinds[rng.integers(0, len(kinds), len(who))]
    if plan.variant in _ALIKE:
        group = np.full(len(who), group_at()["rx_tonic"])
    frame = visits(who, group, beg, beg + 60, place=plan.place, tag=plan.number, term=0,
                   fundrx=rng.random(len(who)) < _SHARED,
                   lasts=rng.integers(12, 60, len(who)))  # fmt: skip
    there: Frame = frame[stage.busy[who] < beg]
    return there


def _basket(rng: np.random.Generator, plan: Plan, part: Ints, item: Ints, t: Ints) -> Frame:
    """One line for each purchase: how many, at what price, and what the stock book says of it."""
    qty = rng.integers(1, 3, len(part))
    if plan.variant == "empty_swipe":
        price = np.array(_ROUND)[rng.integers(0, len(_ROUND), len(part))]
        return new_lines(part, item, t, np.ones_like(part), price=price, books=SHELF)
    if plan.variant == "shop_goods":
        return new_lines(part, item, t, rng.integers(1, 5, len(part)), books=BILL)
    return new_lines(part, item, t, qty)


def _round_prices(stage: Stage, place: int, goods: Ints) -> None:
    """Packages at 20, 50 or 100 yuan: the next such sum to their price."""
    price = stage.places.price
    price[place, goods] = np.maximum(1, np.rint(price[place, goods] / 1000)).astype(np.int64) * 1000
