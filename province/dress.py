"""Departments, doctors, beds, terminals and contacts of visits, honest and planted alike."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from province.choice import Choice
from province.items import group_at, groups, is_stay
from province.people import People
from province.places import DEPT, PHARMACY, Places
from province.presence import in_bed
from province.world import DAY, Floats, Ints, World, coin, unit_hash, whole

Frame = pd.DataFrame
# shortest and longest stay in the house [seconds]
_LASTS: Final = {"op": (400, 9000), "rx": (60, 1500), "ip": (0, 0), "hd": (13_800, 16_500)}
HOUSEHOLD: Final = 10**9  # phones of households are numbered from here
_BED = ("place", "beg", "end", "person", "same")


@dataclass
class Beds:
    """Beds given out so far: per place the free ones and when each taken one falls free."""

    free: dict[int, list[int]] = field(default_factory=dict)
    taken: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    most: dict[int, int] = field(default_factory=dict)
    last: dict[tuple[int, int], int] = field(default_factory=dict)  # of a person at a place
    visit: dict[int, int] = field(default_factory=dict)  # last stay of a person

    def take(self, place: int, beg: int, end: int, person: int, same: int) -> int:
        """The lowest bed free at `beg`, or on paper the person's last; in order of admission."""
        bed = self._free(place, beg, end)
        if same:
            bed = self.last.setdefault((place, person), bed)
        return bed

    def _free(self, place: int, beg: int, end: int) -> int:
        free, taken = self.free.setdefault(place, []), self.taken.setdefault(place, [])
        while taken and taken[0][0] <= beg:
            heapq.heappush(free, heapq.heappop(taken)[1])
        if not free:
            self.most[place] = self.most.get(place, 0) + 1
            free.append(self.most[place])
        bed = heapq.heappop(free)
        heapq.heappush(taken, (end, bed))
        return bed


def dressed(
    world: World, month: int, frame: Frame, people: People, places: Places, beds: Beds
) -> Frame:
    """The month's visits in order of time, with everything a record needs filled in."""
    rng = world.rng("dress", month)
    frame = frame.sort_values(["beg", "person", "place"], kind="stable").reset_index(drop=True)
    frame["lasts"] = _at_once(rng, frame)
    frame["end"] = _ends(rng, frame)
    n, place, person = len(frame), frame["place"].to_numpy(), frame["person"].to_numpy()
    dept = _dept(frame, places)
    frame["dept"] = dept
    given = frame["doctor"].to_numpy()
    drawn = _doctor(rng, places, place, dept, person, frame["same"].to_numpy())
    frame["doctor"] = np.where(given >= 0, given, drawn)
    count = terminals(places)[place]
    frame["term"] = np.where(
        frame["term"] >= 0, frame["term"], (rng.random(n) * count).astype(np.int64)
    )
    frame["shift"] = rng.integers(0, 3, n)
    own = np.where(
        (people.age[person] < 16) | (unit_hash(person, np.full_like(person, 31)) < 0.25),
        people.household[person] + HOUSEHOLD, person,
    )  # fmt: skip
    frame["tel"] = np.where(frame["tel"] >= 0, frame["tel"], own)
    shown = np.array([1, 1, 1, 1, 1, 1, 2, 3, 3, 3])[rng.integers(0, 10, n)]
    frame["cert"] = np.where(frame["cert"] >= 0, frame["cert"], shown)
    frame["bed"] = -1
    stay = np.flatnonzero(in_bed(frame["group"].to_numpy()))
    frame.loc[stay, "bed"] = [
        beds.take(*row)
        for row in zip(*(frame[c].to_numpy()[stay].tolist() for c in _BED), strict=True)
    ]
    frame["vid"] = month * 10_000_000 + np.arange(n)
    frame["refl"] = _referrals(frame, stay, beds.visit)
    frame["claim"] = _claims(frame, people, places)
    return frame


def with_prescribers(frame: Frame, choice: Choice, people: People, places: Places) -> Frame:
    """The visits with who wrote what pharmacies dispense: a doctor where the buyer usually goes."""
    person, place = frame["person"].to_numpy(), frame["place"].to_numpy()
    shop = places.kind[place] == PHARMACY
    usual = choice.usual(person, people.town[person], np.full(len(frame), group_at()["chr_htn"]))
    first = places.doctors[usual].argmax(1)
    unit = unit_hash(person, np.full_like(person, 66)) ** 1.5
    doctor = places.doctor_from[usual, first] + (places.doctors[usual, first] * unit).astype(int)
    given, vid = frame["writer"].to_numpy(), frame["vid"].to_numpy()
    shared = shop & (unit_hash(vid, np.full_like(vid, 40)) < 0.15)  # on a prescription
    return frame.assign(
        writer=np.where(given >= 0, given, np.where(shop, doctor, -1)),
        fundrx=np.where(shared, 1, frame["fundrx"]),
    )


def _claims(frame: Frame, people: People, places: Places) -> Ints:
    """When a bill paid in cash is brought to the bureau [seconds], -1 where it was paid direct.

    Mostly of the city's own people treated elsewhere; at home now and then, without a card.
    """
    person, place, vid = (frame[c].to_numpy() for c in ("person", "place", "vid"))
    chance = np.where(
        places.abroad[place], 0.25, np.where(is_stay(frame["group"].to_numpy()), 0.004, 2e-4)
    )
    chance = np.where(people.offsite[person], 0.0, chance)
    drawn = unit_hash(vid, np.full_like(vid, 32)) < chance
    by_hand = np.where(frame["manual"] >= 0, frame["manual"] > 0, drawn)
    day = frame["end"] // DAY + 6 + (unit_hash(vid, np.full_like(vid, 33)) * 35).astype(np.int64)
    hour = 9 * 3600 + (unit_hash(vid, np.full_like(vid, 34)) * 7 * 3600).astype(np.int64)
    return whole(np.where(by_hand, day * DAY + hour, -1))


def _referrals(frame: Frame, stay: Ints, visit: dict[int, int]) -> Ints:
    """For stays that follow another one: that stay's visit, the person's last before it."""
    refl = np.full(len(frame), -1, dtype=np.int64)
    follows = frame["follows"].to_numpy() > 0
    rows = zip(
        stay.tolist(), *(frame[c].to_numpy()[stay].tolist() for c in ("person", "vid")), strict=True
    )
    for row, person, vid in rows:
        if follows[row]:
            refl[row] = visit.get(person, -1)
        visit[person] = vid
    return refl


def _at_once(rng: np.random.Generator, frame: Frame) -> Ints:
    """How long visits last that are paid as soon as they are over: two in five at a counter."""
    shop = np.array([g.setting == "rx" for g in groups()])[frame["group"].to_numpy()]
    quick = shop & coin(rng, 0.4, len(frame)) & (frame["lasts"].to_numpy() < 0)
    return whole(np.where(quick, rng.integers(20, 300, len(frame)), frame["lasts"]))


def _ends(rng: np.random.Generator, frame: Frame) -> Ints:
    """Stays end as decided; visits and purchases last as long as such things do."""
    group, n = frame["group"].to_numpy(), len(frame)
    least, most = (
        np.array([_LASTS.get(g.name, _LASTS[g.setting])[i] for g in groups()]) for i in (0, 1)
    )
    lasting = least[group] + (rng.random(n) ** 2 * (most - least)[group]).astype(np.int64)
    told = frame["lasts"].to_numpy()
    lasting = np.where(told >= 0, told, lasting)
    return whole(np.where(is_stay(group), frame["end"], frame["beg"] + lasting))


def terminals(places: Places) -> Ints:
    """Settlement terminals of each place."""
    return np.maximum(1, np.rint(places.weight / 6)).astype(np.int64)


def _dept(frame: Frame, places: Places) -> Ints:
    wanted = np.array([DEPT[g.dept] for g in groups()])[frame["group"].to_numpy()]
    place = frame["place"].to_numpy()
    has = places.doctors > 0
    first = np.where(has.any(1), has.argmax(1), 0)
    return whole(np.where(has[place, wanted], wanted, first[place]))


def _doctor(
    rng: np.random.Generator, places: Places, place: Ints, dept: Ints, person: Ints, same: Ints
) -> Ints:
    count = places.doctors[place, dept]
    loyal = coin(rng, 0.6, len(place)) | (same > 0)
    unit: Floats = np.where(loyal, unit_hash(person, place), rng.random(len(place)))
    nth = (count * unit**1.5).astype(np.int64)
    return np.where(count > 0, places.doctor_from[place, dept] + nth, -1)
