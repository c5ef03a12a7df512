"""Boxes sold twice: a trace code settled at one place turns up in another place's sale."""

from __future__ import annotations

import numpy as np

from province.calls import clock, visits
from province.items import catalogue, group_at
from province.lines import new_lines
from province.schemes.base import Frame, Plan, Scheme, Stage, of_instance, sorted_lines
from province.truth import Instance
from province.world import DAY, Bools

_BOXES = ("rosuva", "reserp", "naoxin", "benid", "danshen_p")


class TraceRepeat(Scheme):
    """Returned drugs sold again at pharmacies; twins split a pack, or took a box back first."""

    id = "trace_code_repeat"
    variants = ("bought_back", "photographed_code")
    twins = ("split_pack", "returned_box")

    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """Two pharmacies, or one, and customers registered for high blood pressure."""
        places = np.array([stage.host(rng, one, 13), stage.host(rng, one, 13)])
        if one.kind == "twin":
            places = places[:1]
        able = stage.people.enrolled_in("htn", stage.world.first_day(0))
        who = stage.recruit(rng, stage.near(int(places[0]), able, 12), stage.size(rng, 5, 30))
        months = stage.window(rng, 2, 6)
        item = int(catalogue().at(str(rng.choice(np.array(_BOXES))))[0])
        return of_instance(one, places, who, months, stage.carefulness(rng), item=item)

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """Each pair of customers buys the same box one after the other; the later sale counts."""
        who = rng.permutation(plan.people)[: len(plan.people) // 2 * 2]
        first, later = who[::2], who[1::2]
        n, group = len(first), group_at()["rx_htn"]
        day = stage.day(rng, month, n, 12)
        beg = day * DAY + clock(rng, n, 8, 20)
        again = (day + rng.integers(2, 10, n)) * DAY + clock(rng, n, 8, 20)
        fine = (stage.busy[first] < beg) & (stage.busy[later] < again)
        box = (plan.number * 1000 + month) * 100_000 + np.arange(n)
        one = visits(
            first, np.full(n, group), beg, beg + 200, place=plan.place, tag=-2, days=28, box=box
        )
        two = visits(later, np.full(n, group), again, again + 200, place=int(plan.places[-1]),
                     tag=plan.number, days=28, box=box)  # fmt: skip
        return [one[fine], two[fine]]

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Both visits of each box."""
        mine: Bools = parts["box"].to_numpy() // 10**8 == plan.number
        return mine

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """The box itself on both visits."""
        box = parts["box"].to_numpy()
        mine = np.flatnonzero((box >= 0) & (box // 10**8 == plan.number))
        item = plan.number_of["item"]
        old = np.isin(lines["part"].to_numpy(), mine) & (lines["item"].to_numpy() == item)
        split = int(plan.variant == "split_pack")
        qty = np.full(len(mine), catalogue().pack[item] // 2 if split else 1)
        first = parts["tag"].to_numpy()[mine] != plan.number
        back = first & (plan.variant == "returned_box")
        more = new_lines(
            mine, np.full(len(mine), item), parts["beg"].to_numpy()[mine] + 60, qty, split=split,
            prd=28, box=box[mine], giveback=back,
        )  # fmt: skip
        return sorted_lines([lines[~old], more])
