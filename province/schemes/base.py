"""What every planted scheme offers, and what it is given to work with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from province.calls import clock
from province.choice import Choice
from province.people import FAR, People
from province.places import Places
from province.truth import Instance, Truth
from province.world import DAY, LEAST_ROOM, Bools, Ints, World

Frame = pd.DataFrame
TWIN_ROOM: Final = (
    12  # settlements a twin may have however small the world, or it looks like nothing
)
EMPTY: Ints = np.zeros(0, dtype=np.int64)


@dataclass
class Stage:
    """The world as schemes see it while they plan and act."""

    world: World
    people: People
    places: Places
    choice: Choice
    truth: Truth
    busy: Ints  # until when each person is in hospital [seconds]
    taken: Bools  # people already in a plan: a person plays in one instance
    hosts: set[int] = field(default_factory=set)  # places of schemes
    clean: set[int] = field(default_factory=set)  # places of twins
    ways: dict[tuple[int, int], str] = field(default_factory=dict)  # odd supply of (place, item)
    leaving: dict[int, int] = field(default_factory=dict)  # people who move away, and when [days]
    coming: dict[int, tuple[int, int]] = field(default_factory=dict)  # guests, when, why (0 untold)
    certified: dict[int, tuple[int, int]] = field(default_factory=dict)  # registration → by whom
    moved: dict[int, int] = field(default_factory=dict)  # registration → when it changed districts

    def recruit(self, rng: np.random.Generator, able: Bools, count: int) -> Ints:
        """Up to `count` people out of the able who play nowhere yet and stay alive; now taken."""
        pool = np.flatnonzero(able & ~self.taken & (self.people.death >= FAR))
        chosen = np.sort(rng.permutation(pool)[:count])
        self.taken[chosen] = True
        return chosen.astype(np.int64)

    def near(self, place: int, able: Bools, least: int = 20) -> Bools:
        """The able who live in the place's town, else its district, else all: enough of them."""
        people, places = self.people, self.places
        town = able & (people.town == places.town[place])
        area = able & (people.area == places.area[place])
        pools: tuple[Bools, ...] = (town, area)
        for pool in pools:
            if int((pool & ~self.taken).sum()) >= least:
                return pool
        return able

    def size(self, rng: np.random.Generator, least: int, most: int) -> int:
        """A heavy-tailed size between careful and clumsy, smaller in small worlds, never below."""
        scale = min(1.0, (self.world.persons / 100_000) ** 0.5 + 0.15)
        drawn = round(least + (most - least) * scale * float(rng.beta(0.8, 2.0)), 0)
        return max(2, least, min(int(drawn), self.quota() // 2))

    def count(self) -> int:
        """Instances of each scheme to plan; where so many are asked for, half as many again.

        Some come to nothing: nobody goes to the house, or it has none of the goods.
        """
        asked = self.world.instances
        return max(2, asked + (asked + 1) // 2, int(self.world.persons**0.5 / 32 + 0.5))

    def quota(self) -> int:
        """Most settlements of one instance: all schemes together stay below 3 % of the world's."""
        return max(LEAST_ROOM, self.world.room // self.count())

    def under_one_roof(self, who: Ints) -> None:
        """Let these people share an address: relatives, or a home for the aged."""
        if len(who):
            self.people.household[who] = self.people.household[who[0]]
            self.people.village[who] = self.people.village[who[0]]
            self.people.town[who] = self.people.town[who[0]]

    def left(self, plan: Plan, month: int) -> int:
        """How many settlements the plan may still make this month, its quota spread evenly."""
        most = max(self.quota(), TWIN_ROOM) if plan.twin else self.quota()
        rest = most - plan.done
        months = max(1, int((plan.months >= month).sum()))
        return max(0, min(rest, max(3, -(-rest // months))))

    def host(self, rng: np.random.Generator, one: Instance, *kinds: int) -> int:
        """A place of these kinds: schemes often come back to one, twins want a clean one."""
        able = self.places.of(*kinds)
        mine, other = (self.clean, self.hosts) if one.kind == "twin" else (self.hosts, self.clean)
        known = able[np.isin(able, list(mine))]
        fresh = able[~np.isin(able, list(mine | other))]
        own = able[~np.isin(able, list(other))]
        again = one.kind != "twin" and len(known) > 0 and rng.random() < 0.6
        pool = known if again else fresh if len(fresh) else own if len(own) else able
        chosen = int(rng.choice(pool))
        mine.add(chosen)
        return chosen

    def window(self, rng: np.random.Generator, least: int, most: int) -> Ints:
        """Consecutive months of the world, between `least` and `most` of them."""
        span = min(self.world.months, int(rng.integers(least, most + 1)))
        first = int(rng.integers(0, self.world.months - span + 1))
        return np.arange(first, first + span)

    def day(self, rng: np.random.Generator, month: int, size: int, margin: int = 2) -> Ints:
        """Days of the month, the last `margin` of it left out."""
        days = max(1, self.world.days(month) - margin)
        return self.world.first_day(month) + rng.integers(0, days, size)

    def carefulness(self, rng: np.random.Generator, most: float = 0.5) -> float:
        """How well this one hides, 0 clumsy to 1 perfect; camouflage raises it."""
        hidden = self.world.camouflage
        return hidden + (1 - hidden) * float(rng.uniform(0, most))


@dataclass
class Plan:
    """One instance as planned: where, with whom, in which months, how carefully."""

    number: int
    variant: str
    twin: bool
    places: Ints
    people: Ints
    months: Ints
    careful: float = 0.0
    number_of: dict[str, int] = field(default_factory=dict)  # what else the scheme must remember
    done: int = 0  # settlements tagged so far

    @property
    def place(self) -> int:
        """Its first place."""
        return int(self.places[0])


class Scheme(ABC):
    """A scheme with its twins: plans once, then adds visits and bends lines month by month."""

    id: ClassVar[str]
    variants: ClassVar[tuple[str, ...]]
    twins: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self.plans: list[Plan] = []

    def plan(self, stage: Stage) -> None:
        """Instances of each variant in turn, each with a twin of its own and some with two."""
        rng = stage.world.rng(self.id, "plan")
        self.plans = []
        for i in range(stage.count()):
            bad = stage.truth.open(self.id, self.variants[i % len(self.variants)])
            self.plans.append(self.cast(stage, rng, bad))
            for k in range(1 + i % 2):
                name = self.twins[(i + k) % len(self.twins)]
                good = stage.truth.open(self.id, name, "twin", bad.number)
                self.plans.append(self.cast(stage, rng, good))

    @abstractmethod
    def cast(self, stage: Stage, rng: np.random.Generator, one: Instance) -> Plan:
        """Choose places, people and months of one instance."""

    def act(self, stage: Stage, rng: np.random.Generator, month: int, plan: Plan) -> list[Frame]:
        """The plan's visits of one of its months."""
        return []

    def bend(
        self, stage: Stage, rng: np.random.Generator, lines: Frame, parts: Frame, plan: Plan
    ) -> Frame:
        """The touched parts' lines with what the plan does to them."""
        return lines

    def touches(self, stage: Stage, parts: Frame, plan: Plan) -> Bools:
        """Parts whose lines the plan may bend this month; none unless a scheme says so."""
        return np.zeros(len(parts), dtype=bool)

    def visits(self, stage: Stage, month: int) -> list[Frame]:
        """Visits to add this month; tag -2 marks an honest visit that must not be dropped."""
        frames = []
        for plan in self.plans:
            if month in plan.months:
                rng = stage.world.rng(self.id, plan.number, month)
                left = stage.left(plan, month)
                for frame in self.act(stage, rng, month, plan):
                    kept = _within(frame, left)
                    tagged = int((kept["tag"] >= 0).sum())
                    left, plan.done = left - tagged, plan.done + tagged
                    frames.append(kept)
        return frames

    def free(self, plan: Plan) -> bool:
        """Whether the people of this plan's stays really live elsewhere meanwhile."""
        return False


def sorted_lines(pieces: list[Frame]) -> Frame:
    """Lines put together, in order of part, time and item."""
    whole = pd.concat(pieces, ignore_index=True)
    return whole.sort_values(["part", "t", "item"], kind="stable").reset_index(drop=True)


def _within(frame: Frame, left: int) -> Frame:
    """The visits of which no more than `left` are tagged."""
    tagged = frame["tag"].to_numpy() >= 0
    kept: Frame = frame[~tagged | (np.cumsum(tagged) <= left)]
    return kept


def idle(stage: Stage, who: Ints, beg: Ints) -> Bools:
    """Who is in no hospital when the visit begins, nor the day before."""
    ok: Bools = stage.busy[who] < beg - DAY
    return ok


def comers(
    stage: Stage, rng: np.random.Generator, month: int, plan: Plan, opens: float, closes: float,
    margin: int = 12,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Who of the plan's people comes this month, and when; a bit more than once in all its months.

    Between these hours, not in the last `margin` days; who is in hospital does not come.
    """
    who = plan.people[rng.random(len(plan.people)) < 1.2 / len(plan.months)]
    beg = stage.day(rng, month, len(who), margin) * DAY + clock(rng, len(who), opens, closes)
    can = idle(stage, who, beg)
    return who[can], beg[can]


def of_instance(one: Instance, places: Ints | int, people: Ints, months: Ints, careful: float = 0.0,
                **number_of: int) -> Plan:  # fmt: skip
    """A plan for this instance."""
    return Plan(
        one.number, one.variant, one.kind == "twin", np.atleast_1d(np.asarray(places)), people,
        months, careful, number_of,
    )  # fmt: skip
