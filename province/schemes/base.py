"""What every planted scheme offers, and what it is given to work with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from province.choice import Choice
from province.people import People
from province.places import Places
from province.truth import Instance, Truth
from province.world import DAY, Bools, Ints, World

Frame = pd.DataFrame


@dataclass
class Stage:
    """The world as schemes see it while they plan and act."""

    world: World
    people: People
    places: Places
    choice: Choice
    truth: Truth
    busy: Ints  # until when each person is in hospital [seconds]
    taken: Bools  # people already in a plan: a person plays in one instance of a kind

    def recruit(self, rng: np.random.Generator, able: Bools, count: int) -> Ints:
        """Up to `count` untaken people out of the able, now taken."""
        pool = np.flatnonzero(able & ~self.taken & (self.people.death > 20_000_000 // DAY))
        pool = pool[self.people.death[pool] >= 10**6]
        chosen = np.sort(rng.permutation(pool)[:count])
        self.taken[chosen] = True
        return chosen.astype(np.int64)

    def size(self, rng: np.random.Generator, least: int, most: int) -> int:
        """A heavy-tailed size between clumsy and careful, smaller in small worlds."""
        scale = min(1.0, (self.world.persons / 100_000) ** 0.5 + 0.15)
        drawn = least + (most - least) * scale * float(rng.beta(0.8, 2.0))
        return int(round(drawn))

    def count(self) -> int:
        """Instances of each scheme in a world of this size."""
        return int(np.clip(round(self.world.persons / 16_000), 2, 14))


class Scheme:
    """A scheme with its twins: plans once, then adds visits and bends lines month by month."""

    id = ""

    def plan(self, stage: Stage) -> None:
        """Choose places, people and months; open instances in the truth."""

    def visits(self, stage: Stage, month: int, honest: Frame) -> list[Frame]:
        """Visits to add this month, tagged with their instance."""
        return []

    def lines(self, stage: Stage, month: int, lines: Frame, parts: Frame) -> Frame:
        """The month's lines, bent; parts are the rows they belong to."""
        return lines

    def free(self, tag: Ints, truth: Truth) -> Bools:
        """Which tags are stays whose person really lives elsewhere meanwhile."""
        return np.zeros(len(tag), dtype=bool)


def scheme_and_twin(
    truth: Truth, scheme: str, variant: str, twin: str
) -> tuple[Instance, Instance]:
    """An instance of the scheme and the twin that looks like it."""
    bad = truth.open(scheme, variant)
    return bad, truth.open(scheme, twin, "twin", bad.number)
