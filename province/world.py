"""The arguments of a made-up world, its calendar and its seeds."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fundwatch.errors import UsageError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

DAY: Final = 86_400  # seconds; all times are whole seconds since 1970-01-01, local wall clock
SCHEME_COUNT: Final = 20  # more schemes, smaller shares
LEAST_ROOM: Final = 4  # settlements of an instance, however small the world
LEAST: Final = {"persons": 200, "institutions": 24, "months": 1}


@dataclass(frozen=True)
class World:
    """What to make: sizes, seed, and how dirty, camouflaged and fraudulent it shall be.

    `dirty` is the share of malformed rows [0 to 0.2], `camouflage` the share of real behaviour
    mixed into schemes [0 to 1], `schemes` "all", "none" or the ids wanted, `start` the first month,
    `instances` the least number of each scheme; 0: as many as the size suggests.
    """

    persons: int
    institutions: int
    months: int
    seed: int
    dirty: float = 0.0
    camouflage: float = 0.0
    schemes: str | tuple[str, ...] = "all"
    start: str = "2024-01"
    instances: int = 0

    def __post_init__(self) -> None:
        faults = [
            f"{name} is {getattr(self, name)}, at least {least} are needed"
            for name, least in LEAST.items()
            if getattr(self, name) < least
        ]
        if not 0 <= self.dirty <= 0.2:
            faults.append(f"dirty is {self.dirty}, allowed is 0 to 0.2")
        if not 0 <= self.camouflage <= 1:
            faults.append(f"camouflage is {self.camouflage}, allowed is 0 to 1")
        most = 2 * self.room // (3 * LEAST_ROOM)  # half as many again are planned
        if not 0 <= self.instances <= most:
            faults.append(
                f"instances is {self.instances}, a world of this size has room for 0 to {most} "
                "of each scheme"
            )
        if faults:
            raise UsageError("; ".join(faults))

    @property
    def room(self) -> int:
        """Settlements of each scheme: all together stay below 3 % of about 0.6 a person-month."""
        return int(0.024 * 0.6 * self.persons * self.months / SCHEME_COUNT)

    def rng(self, *key: object) -> np.random.Generator:
        """A generator of its own for each named part, so that parts do not shift one another."""
        word = zlib.crc32(repr(key).encode())
        return np.random.default_rng(np.random.SeedSequence([self.seed, word]))

    def month(self, index: int) -> str:
        """YYYY-MM of the index-th month, counted from 0."""
        return str(np.datetime64(self.start, "M") + index)

    def first_day(self, index: int) -> int:
        """First day of the index-th month [days since 1970-01-01]."""
        return int(
            (np.datetime64(self.start, "M") + index).astype("datetime64[D]").astype(np.int64)
        )

    def days(self, index: int) -> int:
        """Days in the index-th month."""
        return self.first_day(index + 1) - self.first_day(index)

    def wants(self, scheme: str) -> bool:
        """Whether this scheme is to be planted."""
        return self.schemes == "all" or (isinstance(self.schemes, tuple) and scheme in self.schemes)


def whole(values: Any) -> Ints:
    """The values as 64-bit whole numbers."""
    return np.asarray(values, dtype=np.int64)


def pick(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """`size` indices drawn with these weights, by one search in the cumulated weights."""
    edges = np.cumsum(weights)
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return whole(np.minimum(found, len(weights) - 1))


def coin(rng: np.random.Generator, share: float | Floats, size: int) -> Bools:
    """`size` independent yes-or-no draws."""
    drawn: Bools = rng.random(size) < share
    return drawn


def unit_hash(*parts: Ints) -> Floats:
    """A number in [0, 1) fixed by the parts: choices that stay with a person for life."""
    mixed = np.zeros(np.broadcast_shapes(*(p.shape for p in parts)), dtype=np.uint64)
    for part in parts:
        mixed = (mixed ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def half_up(numerator: Ints, denominator: Ints | int) -> Ints:
    """numerator / denominator rounded half up, away from zero for negatives, exact in integers."""
    sign = np.where(numerator < 0, -1, 1)
    return whole(sign * ((2 * np.abs(numerator) + denominator) // (2 * denominator)))
