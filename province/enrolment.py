"""Chronic-disease registrations as the bureau holds them: who, since when, on whose word."""

from __future__ import annotations

import numpy as np
import pandas as pd

from province.followups import proof_of
from province.people import ILLS, PROOF
from province.places import DISTRICTS
from province.schemes.base import Stage
from province.world import Ints, unit_hash

Frame = pd.DataFrame


def registrations(stage: Stage) -> Frame:
    """One row a registration: person, ill, since, until (-1 open), area, place, doctor, month.

    `month` is that of the batch which tells it. A registration moved to another district is two
    rows, the older one closed the day before the newer begins. Guests are registered at home.
    """
    people = stage.people
    person, ill = np.nonzero(people.enrolled & ~people.offsite[:, None])
    since = people.since[person, ill]
    there = since <= people.death[person]
    person, ill, since = person[there], ill[there], since[there]
    place, doctor = _certified(stage, person, ill, since)
    rows = pd.DataFrame(
        {"person": person, "ill": ill, "since": since, "until": -1,
         "area": people.area[person], "place": place, "doctor": doctor}
    )  # fmt: skip
    return _batched(stage, _moved(stage, rows))


def _batched(stage: Stage, rows: Frame) -> Frame:
    """Rows with the month in which they are told: the first, unless they begin later."""
    starts = np.array([stage.world.first_day(m) for m in range(1, stage.world.months)])
    told = np.maximum(rows["since"].to_numpy(), rows["until"].to_numpy())
    month = np.searchsorted(starts, told, side="right")
    order = np.lexsort((rows["since"], rows["ill"], rows["person"]))
    return rows.assign(month=month).iloc[order].reset_index(drop=True)


def _certified(stage: Stage, person: Ints, ill: Ints, since: Ints) -> tuple[Ints, Ints]:
    """Where and by whom each illness was established: for new ones where it was proved."""
    places = stage.places
    hospitals = places.of(0, 1, 2)
    place = hospitals[(unit_hash(person, ill + 301) * len(hospitals)).astype(np.int64)]
    for name in PROOF:
        mine = (ill == ILLS.index(name)) & (since >= stage.world.first_day(0))
        who = person[mine]
        usual = stage.choice.usual(who, stage.people.town[who], proof_of(who, name)[0])
        place[mine] = np.where(places.abroad[usual], place[mine], usual)
    first = np.maximum(places.doctors[place].argmax(1), 0)
    count = places.doctors[place, first]
    doctor = places.doctor_from[place, first] + (unit_hash(person, ill + 302) * count).astype(
        np.int64
    )
    key = pd.Series(person * 100 + ill)
    for out, at in ((place, 0), (doctor, 1)):
        said = key.map({k: v[at] for k, v in stage.certified.items()})
        out[:] = said.fillna(pd.Series(out)).to_numpy()
    return place, doctor


def _moved(stage: Stage, rows: Frame) -> Frame:
    """The rows, those of people who moved within the city as two; one old one in a hundred."""
    world, person, ill = stage.world, rows["person"].to_numpy(), rows["ill"].to_numpy()
    start, span = world.first_day(0) - 200, world.first_day(world.months) - world.first_day(0)
    chance = start + (unit_hash(person, ill + 331) * (span + 200)).astype(np.int64)
    moves = (unit_hash(person, ill + 330) < 0.01) & (rows["since"].to_numpy() < start)
    said = pd.Series(person * 100 + ill).map(stage.moved).fillna(-1).to_numpy().astype(np.int64)
    day = np.where(said >= 0, said, np.where(moves, chance, -1))
    day = np.where(day < stage.people.death[person], day, -1)
    gone = rows[day >= 0].assign(until=day[day >= 0] - 1)
    other = np.array(DISTRICTS)
    here = np.searchsorted(other, gone["area"].to_numpy())
    step = 1 + (unit_hash(gone["person"].to_numpy(), here + 332) * 4).astype(np.int64)
    gone["area"] = other[(here + step) % len(other)]
    rows = rows.assign(since=np.where(day >= 0, day, rows["since"]))
    return pd.concat([rows, gone], ignore_index=True)


def standing(rows: Frame, month: int) -> Frame:
    """The registrations that hold for the bureau when this month's batch is written."""
    known = (rows["month"] <= month) & (rows["until"] < 0)
    coming = (rows["month"] > month) & (rows["until"] >= 0)
    held: Frame = rows[known | coming]
    return held


def told(rows: Frame, month: int) -> Frame:
    """Rows of this month's batch of the register: new and closed ones; at first all that stand."""
    fresh = rows[rows["month"] == month]
    if month:
        return fresh
    later = rows[(rows["month"] > 0) & (rows["until"] >= 0)]
    return pd.concat([fresh, later.assign(until=-1)], ignore_index=True)
