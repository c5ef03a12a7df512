"""What does not change from month to month, and the texts every table shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from province.items import groups, is_stay
from province.lines import THERAPIST
from province.people import People, certnos
from province.places import DEPTS, PHARMACY, Places
from province.world import Bools, Ints, Texts, World, unit_hash
from province.write import Cells, ids, texts

Frame = pd.DataFrame
SETL: Final = 379_901_000_000_000_000  # heads of the id ranges; the rest counts in order of time
VISIT: Final = 379_902_000_000_000_000
LINE: Final = 379_903_000_000_000_000
TXN: Final = 379_904_000_000_000_000
SCAN: Final = 379_905_000_000_000_000
_CATY: Final = (
    "A03", "A04", "A0406", "A05", "A07", "A10", "A50", "A20", "A0308", "A19", "A28", "A15", "A21",
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """People, places and their codes by position."""

    people: People
    places: Places
    number: Ints  # of places: what their codes are made of, and tells nothing of their kind
    place: Texts
    staff: Texts
    staff_cert: Texts
    area: Texts  # of people
    dept: Texts  # places × DEPTS, flat


def cast_of(world: World, people: People, places: Places) -> Cast:
    """The codes of everything that has one."""
    n = len(places)
    head = np.where(places.kind == PHARMACY, "P", "H").astype(object)
    salt = (unit_hash(np.arange(n), np.full(n, 21)) * 900).astype(np.int64)
    order = world.rng("place numbers").permutation(n)
    body = (places.area * 1_000_000 + salt * 1000 + order).astype(str).astype(object)
    count = len(places.staff_place)
    letter = np.array(["D", "N", "Y", "T"], dtype=object)[places.staff_type - 1]
    number = 379_900_000_000 + np.arange(count) * 7919 % 1_000_003
    rng = world.rng("staff numbers")
    birth = world.first_day(0) - rng.integers(24 * 365, 62 * 365, count)
    home = np.where(places.abroad[places.staff_place], 379902, places.area[places.staff_place])
    return Cast(
        people, places, order, head + body, letter + number.astype(str).astype(object),
        certnos(home, birth, rng.integers(0, 999, count)),
        people.area.astype(str).astype(object), np.tile(np.array(_CATY, dtype=object), n),
    )  # fmt: skip


@cache
def of_group(column: str) -> tuple[str, ...]:
    """One column of data/groups.csv."""
    return tuple(g.row[column] for g in groups())


def padded(cells: tuple[str, ...], at: Ints, bare: Bools) -> Cells:
    """Codes from a list, without their leading zeros where the sender leaves them out."""
    both = [*cells, *(c.lstrip("0") or "0" for c in cells)]
    return texts(both, np.where(at < 0, -1, at + len(cells) * bare))


def flags(at: Ints | Bools, there: Bools) -> Cells:
    """0 or 1 where there, else empty."""
    return texts(("0", "1"), np.where(there, np.asarray(at).astype(np.int64), -1))


def careless(places: Places) -> Bools:
    """Places whose software sends codes without leading zeros."""
    at = np.arange(len(places))
    bare: Bools = unit_hash(at, np.full_like(at, 61)) < 0.15
    return bare


def undiagnosed(seen: Frame) -> Bools:
    """Visits whose diagnosis never arrived: a matter of place and chance, not of the case."""
    vid, place = seen["vid"].to_numpy(), seen["place"].to_numpy()
    share = 0.04 + 0.5 * unit_hash(place, np.full_like(place, 62)) ** 3
    share = np.where(is_stay(seen["group"].to_numpy()), 0.01, share)
    missing: Bools = unit_hash(vid, np.full_like(vid, 63)) < share
    return missing


def depts_of(cast: Cast, place: Ints, dept: Ints, there: Bools) -> Cells:
    """Department codes where there is a department."""
    return texts(cast.dept, np.where(there, place * len(DEPTS) + dept, -1))


def hands(cast: Cast, acord: Ints) -> Cells:
    """Codes of who carried a line out: staff by position, therapists by number."""
    therapist = acord >= THERAPIST
    staff = texts(cast.staff, np.where(therapist, -1, acord))
    number = ids(therapist_number(acord), "T")
    chosen = pc.if_else(pa.array(therapist), number.values, staff.values)
    return Cells(chosen, acord >= 0)


def therapist_number(acord: Ints) -> Ints:
    """Registered number of a therapist."""
    mixed = (acord - THERAPIST) * 7919 % 1_000_003
    return np.where(acord >= THERAPIST, 379_800_000_000 + mixed, 0)
