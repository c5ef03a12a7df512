"""Fee lines: each visit's recipe, spread over its days."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from province.items import WHEN, Group, catalogue, groups
from province.people import People
from province.places import GENERAL, Places
from province.world import DAY, Bools, Floats, Ints, World, coin, unit_hash, whole

Frame = pd.DataFrame
THERAPIST: Final = 10_000_000  # therapists are numbered from here: 1000 to a place
_AT: Final = {name: i for i, name in enumerate(WHEN)}
_ERRS: Final = 0.01  # of patients, for whom a doctor overlooks a limit of the catalogue
_STEP: Final = np.array([1, 1, 1, 1, 1, 3, 5, 1, 1, 1])


def fee_lines(world: World, month: int, parts: Frame, people: People, places: Places) -> Frame:
    """The lines of these parts of visits, in order of part and time.

    One row a charged line: `part` (row of parts), item, t [seconds], qty (catalogue units, or
    smallest units where split is 1), price [fen, -1 = the place's], prd [days of supply].
    """
    rng = world.rng("lines", month)
    pieces = []
    group = parts["group"].to_numpy()
    for index, kind in enumerate(groups()):
        mine = np.flatnonzero(group == index)
        if len(mine):
            pieces.append(_lines_of(rng, kind, parts.iloc[mine], (people, places), mine))
    lines = pd.concat(pieces, ignore_index=True)
    away = parts["leave"].to_numpy()[lines["part"].to_numpy()] == lines["t"].to_numpy() // DAY
    lines = _with_hands(lines[~away].reset_index(drop=True), parts, places, world.first_day(month))
    return lines.sort_values(["part", "t", "item"], kind="stable").reset_index(drop=True)


def new_lines(part: Ints, item: Ints, t: Ints, qty: Ints, **more: object) -> Frame:
    """Lines with every column of the working table."""
    columns: dict[str, object] = {
        "part": part, "item": item, "t": t, "qty": qty, "price": -1, "split": 0, "prd": 0,
        "last": 0, "acord": -1, "refund": -1, "paid_cap": 0, "given": -1, "books": 0,
        "giveback": 0, "tag": -1, "excess": 0, "fair": -1, "box": -1,
    }  # fmt: skip
    return pd.DataFrame({**columns, **more}).astype(np.int64)


def bed_days(parts: Frame) -> Ints:
    """Days of ward charges: the day of admission counts, that of discharge does not."""
    nights = parts["pend"].to_numpy() - parts["pbeg"].to_numpy()
    return whole(np.maximum(1, nights + (parts["mid"].to_numpy() > 0)))


def _lines_of(
    rng: np.random.Generator, kind: Group, parts: Frame, where: tuple[People, Places], rows: Ints
) -> Frame:
    chosen = _chosen(rng, kind, parts, _allowed(kind, parts, *where))
    row, col = np.nonzero(chosen)
    when, days = kind.when[col], bed_days(parts)[row]
    reps = np.where(np.isin(when, [_AT["daily"], _AT["restdaily"]]), days, 1)
    step = _STEP[when]
    reps = np.where(step > 1, (days + step - 1) // step, reps)
    reps = np.where(when == _AT["early"], np.minimum(days, 3), reps)
    reps = np.minimum(reps, _course(kind.item[col], parts["person"].to_numpy()[row]))
    qty = kind.least[col] + (rng.random(len(col)) * (kind.most[col] - kind.least[col] + 1)).astype(
        np.int64
    )
    qty = np.where(
        when == _AT["supply"], _packs(kind.item[col], parts["days"].to_numpy()[row]), qty
    )
    nth = np.arange(int(reps.sum())) - np.repeat(np.cumsum(reps) - reps, reps)
    row, col, qty, step = (np.repeat(x, reps) for x in (row, col, qty, step))
    when = kind.when[col]
    t = _times(rng, kind, parts, row, when, nth * step)
    split = _split(rng, kind, col, when, parts, row)
    pack = catalogue().pack[kind.item[col]]
    units = np.maximum(1, np.minimum(catalogue().ddd[kind.item[col]] * 7, pack)).astype(np.int64)
    dispensed = np.where(split > 0, units, qty * pack)
    return new_lines(
        rows[row], kind.item[col], t, np.where(split, units, qty), split=split,
        prd=_supply_days(rng, kind, col, dispensed, parts["days"].to_numpy()[row]),
        last=(when == _AT["last"]).astype(np.int64) * (kind.setting == "ip"),
    )  # fmt: skip


def _supply_days(rng: np.random.Generator, kind: Group, col: Ints, units: Ints, days: Ints) -> Ints:
    """Days a dispensed drug lasts: as prescribed for the chronic, else what its dose gives."""
    items, item = catalogue(), kind.item[col]
    told = items.is_drug[item] & (kind.setting != "ip") & coin(rng, 0.7, len(col))
    lasts = np.clip(np.rint(units / items.ddd[item]), 1, 30).astype(np.int64)
    chronic = kind.when[col] == _AT["supply"]
    return whole(np.where(chronic, days, np.where(told, lasts, 0)))


def _chosen(rng: np.random.Generator, kind: Group, parts: Frame, allowed: Bools) -> Bools:
    n, k = len(parts), len(kind.item)
    person = parts["person"].to_numpy()[:, None]
    unit: Floats = rng.random((n, k))
    life = unit_hash(person, kind.item[None, :] + 5000)
    unit = np.where((kind.when == _AT["supply"])[None, :], life, unit)
    chosen = unit < kind.share[None, :]
    for col in np.flatnonzero(np.isin(kind.when, [_AT["rest"], _AT["restdaily"]])):
        chosen[:, col] = ~chosen[:, col - 1]
    first = (parts["pbeg"].to_numpy() * DAY <= parts["beg"].to_numpy())[:, None]
    ends = (parts["mid"].to_numpy() == 0)[:, None]
    once = np.isin(kind.when, [_AT["once"], _AT["rest"], _AT["early"], _AT["opday"]])
    chosen &= first | ~once[None, :]
    chosen &= ends | (kind.when != _AT["last"])[None, :]
    chosen &= allowed
    bare = ~chosen.any(1)
    chosen[bare, 0] = True
    return _thinned(rng, kind, parts, chosen)


def _allowed(kind: Group, parts: Frame, people: People, places: Places) -> Bools:
    """Which items the catalogue allows to this age and sex and in this house; a few doctors err."""
    who, items = parts["person"].to_numpy()[:, None], catalogue()
    least, most = (limit[kind.item][None, :] for limit in items.ages)
    own = np.where(people.female[who], "2", "1")
    sex = items.sex[kind.item][None, :]
    fits = (least <= people.age[who]) & (people.age[who] <= most) & ((sex == "") | (sex == own))
    place = parts["place"].to_numpy()[:, None]
    low = places.level[place] > items.lowest[kind.item][None, :]
    fits &= ~low | (places.kind[place] >= GENERAL)
    allowed: Bools = fits | (unit_hash(who, kind.item[None, :] + 7000) < _ERRS)
    return allowed


def _course(item: Ints, person: Ints) -> Ints:
    """Most days that a stay is charged for the item: what the catalogue allows, if it is known."""
    course = catalogue().course[item]
    heeds = (course > 0) & (unit_hash(person, item + 8000) >= _ERRS)
    return whole(np.where(heeds, course, 1 << 20))


def _thinned(rng: np.random.Generator, kind: Group, parts: Frame, chosen: Bools) -> Bools:
    """Leave only ward charges and infusions in thin stays, with the share thin/100 of the rest."""
    thin = parts["thin"].to_numpy()
    if not thin.any():
        return chosen
    core = np.isin(kind.item, catalogue().at(*_CORE))
    kept = rng.random(chosen.shape) * 100 >= thin[:, None]
    left: Bools = chosen & (core[None, :] | kept | (thin == 0)[:, None])
    return left


_CORE = ("bed", "ward_visit", "nurse2", "nurse3", "infusion", "ivset", "ns250", "cbc", "urine")


def _packs(item: Ints, days: Ints) -> Ints:
    items = catalogue()
    need = items.ddd[item] * np.maximum(days, 7)
    return np.maximum(1, np.rint(need / items.pack[item])).astype(np.int64)


def op_begin(parts: Frame) -> Ints:
    """When each stay's operation begins [seconds]: the second day, or an hour after arrival."""
    vid = parts["vid"].to_numpy()
    hour = 8.5 + 6.5 * unit_hash(vid, np.full_like(vid, 81))
    day = parts["pbeg"].to_numpy() + 1
    at = day * DAY + np.rint(hour * 3600).astype(np.int64)
    short = parts["pend"].to_numpy() <= parts["pbeg"].to_numpy()
    return np.where(short, parts["beg"].to_numpy() + 3600, at)


def _times(
    rng: np.random.Generator, kind: Group, parts: Frame, row: Ints, when: Ints, day: Ints
) -> Ints:
    beg, end = parts["beg"].to_numpy()[row], parts["end"].to_numpy()[row]
    if kind.setting != "ip":
        return whole(beg + (rng.random(len(row)) * np.minimum(end - beg, 2400)).astype(np.int64))
    start = parts["pbeg"].to_numpy()[row]
    minute = (7.5 * 3600 + rng.random(len(row)) * 8 * 3600).astype(np.int64)
    t = (start + day) * DAY + minute
    theatre = op_begin(parts)[row]
    t = np.where(when == _AT["opday"], theatre + minute % 4000, t)
    t = np.where(when == _AT["last"], end - 1800 - (minute % 3000), t)
    return whole(np.clip(t, beg + 60 + minute % 600, np.maximum(end - 60, beg + 700)))


def _split(
    rng: np.random.Generator, kind: Group, col: Ints, when: Ints, parts: Frame, row: Ints
) -> Ints:
    """Lines billed in tablets out of an opened pack: take-home drugs and small shops."""
    items = catalogue()
    able = items.is_drug[kind.item[col]] & (items.pack[kind.item[col]] >= 10)
    able &= np.isin(when, [_AT["last"], _AT["once"]]) & ~items.watch[kind.item[col]]
    share = np.where(when == _AT["last"], 0.4, 0.06)
    split: Ints = (able & coin(rng, share, len(col))).astype(np.int64)
    return split


def _with_hands(lines: Frame, parts: Frame, places: Places, first_day: int) -> Frame:
    """Who carried it out: nurses for services, therapists one after another for therapy."""
    items, part = catalogue(), lines["part"].to_numpy()
    place = parts["place"].to_numpy()[part]
    service = (items.list_type == "201")[lines["item"].to_numpy()]
    unit = unit_hash(parts["person"].to_numpy()[part], lines["t"].to_numpy() // DAY)
    nurse = places.nurse_from[place] + (places.nurses[place] * unit).astype(np.int64)
    hands = np.where(service & (places.nurses[place] > 0), nurse, -1)
    therapy = np.flatnonzero(items.therapy[lines["item"].to_numpy()])
    hands[therapy] = (
        THERAPIST + place[therapy] * 1000 + _shifts(lines.iloc[therapy], place[therapy], first_day)
    )
    lines["acord"] = hands
    return lines


def _shifts(therapy: Frame, place: Ints, first_day: int) -> Ints:
    """Which therapist of the place takes each session: the next when a day of 7 hours is full.

    Days before `first_day` were shared out last month already: they get further therapists.
    """
    day = therapy["t"].to_numpy() // DAY
    minutes = therapy["qty"].to_numpy() * catalogue().minutes[therapy["item"].to_numpy()]
    order = np.lexsort((therapy["t"].to_numpy(), day, place))
    group = place[order] * 100_000 + day[order]
    total = np.cumsum(minutes[order])
    first = np.r_[True, group[1:] != group[:-1]]
    base = np.maximum.accumulate(np.where(first, total - minutes[order], 0))
    shift = np.empty(len(order), dtype=np.int64)
    shift[order] = (total - minutes[order] - base) // 420
    return np.minimum(np.where(day < first_day, shift + 60, shift), 999)
