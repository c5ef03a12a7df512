"""Rolls of people: the insured, chronic registrations, insurance periods, offsite registrations."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import Cast
from province.enrolment import standing, told
from province.people import CHRONIC_CODE, ILLS, People
from province.places import ABROAD, Places
from province.registers import updated
from province.world import DAY, Ints, Texts, World, unit_hash
from province.write import Cells, ids, table_of, texts

Frame = pd.DataFrame
TOWN: Final = 100  # town numbers in village codes start here


def village_codes(people: People, places: Places) -> Ints:
    """12-digit codes of the villages people live in."""
    town = TOWN + people.town
    return places.town_area[people.town] * 10**6 + town * 1000 + 200 + people.village


def insured(world: World, cast: Cast, registered: Frame, month: int) -> pa.Table:
    """psn_info_b: the city's own insured at first, then those whose registrations changed."""
    people = cast.people
    changed = np.unique(registered["person"].to_numpy()[registered["month"].to_numpy() == month])
    at = changed.astype(np.int64) if month else np.flatnonzero(~people.offsite)
    codes, since = _joined(people, standing(registered, month))
    dead = people.death[at] < world.first_day(world.months)
    columns = {
        "psn_no": texts(people.psn_no, at), "insu_admdvs": texts(cast.area, at),
        "certno": texts(people.certno, at),
        "gend": texts(("1", "2"), people.female[at].astype(np.int64)),
        "brdy": Cells(people.birth[at]), "insutype": ids(people.insutype[at]),
        "emp_no": ids(np.where(people.emp[at] >= 0, 37_990_000 + people.emp[at], -1), "E"),
        "village": ids(village_codes(people, cast.places)[at]),
        "sp_psn_type": texts(("低保", "特困", "残疾"), people.poor[at] - 1),
        "opsp_dise_code": Cells(pa.array([codes[i] or None for i in at], pa.string())),
        "opsp_begndate": Cells(pa.array([since[i] or None for i in at], pa.string())),
        "insu_begndate": Cells(people.insured_from[at]),
        "insu_enddate": Cells(people.death[at] + 5, dead),
        "death_date": Cells(people.death[at], dead), "updt_time": _told(world, month, len(at)),
    }  # fmt: skip
    return table_of("psn_info_b", columns, len(at))


def _told(world: World, month: int, size: int) -> Cells:
    """When the rows of a batch last changed: the registers of later months as the month closed."""
    if not month:
        return updated(world, size)
    return Cells(np.full(size, world.first_day(month + 1) * DAY - 21 * 3600))


def _joined(people: People, rows: Frame) -> tuple[Texts, Texts]:
    """Each person's chronic codes and their first days, separated by semicolons."""
    codes, days = (np.full(len(people), "", dtype=object) for _ in range(2))
    for kind, mine in rows.groupby("ill", sort=True):
        who = mine["person"].to_numpy()
        day = mine["since"].to_numpy().astype("datetime64[D]").astype(str).astype(object)
        comma = np.where(codes[who] == "", "", ";").astype(object)
        codes[who] += comma + CHRONIC_CODE[ILLS[int(str(kind))]]
        days[who] += comma + day
    return codes, days


def chronic(world: World, cast: Cast, registered: Frame, month: int) -> pa.Table:
    """opsp_reg_d of one batch: a registration a row, with who established it."""
    rows = told(registered, month)
    col = {name: rows[name].to_numpy() for name in rows.columns}
    columns = {
        "psn_no": texts(cast.people.psn_no, col["person"]), "insu_admdvs": ids(col["area"]),
        "opsp_dise_code": texts([CHRONIC_CODE.get(i, "") for i in ILLS], col["ill"]),
        "begndate": Cells(col["since"]), "enddate": Cells(col["until"], col["until"] >= 0),
        "ide_fixmedins_no": texts(cast.place, col["place"]),
        "diag_dr_codg": texts(cast.staff, col["doctor"]),
        "updt_time": _told(world, month, len(rows)),
    }  # fmt: skip
    return table_of("opsp_reg_d", columns, len(rows))


def periods(world: World, cast: Cast) -> pa.Table:
    """psn_insu_d: one period a person, closed by death."""
    people = cast.people
    at = np.flatnonzero(~people.offsite)
    dead = people.death[at] < world.first_day(world.months)
    columns = {
        "psn_no": texts(people.psn_no, at), "insu_admdvs": texts(cast.area, at),
        "insutype": ids(people.insutype[at]), "psn_insu_date": Cells(people.insured_from[at]),
        "paus_insu_date": Cells(people.death[at] + 5, dead), "updt_time": updated(world, len(at)),
    }  # fmt: skip
    return table_of("psn_insu_d", columns, len(at))


def registered_away(
    world: World, cast: Cast, travellers: dict[int, int], coming: dict[int, tuple[int, int]]
) -> pa.Table:
    """out_appy_d: guests who live here or come for care, and the city's own who went elsewhere.

    `coming` has day and reason (2 sent, 4 by themselves, 0 never told) of guests of schemes.
    """
    people = cast.people
    guests = np.flatnonzero(people.offsite & ~people.away)
    visitors, arrived, why = _visitors(world, people, coming)
    away = np.array(sorted(travellers), dtype=np.int64)
    away = away[unit_hash(away, away * 0 + 52) < 0.8]
    who = np.r_[guests, visitors, away]
    first = np.array([travellers[int(i)] for i in away], dtype=np.int64) - 3
    settled = np.maximum(world.first_day(0) - 200, people.insured_from[guests])
    begun = np.r_[settled, arrived, first]
    far = np.array(ABROAD)[(unit_hash(away, away * 0 + 53) * 3).astype(np.int64)]
    area = np.r_[cast.places.town_area[people.town[np.r_[guests, visitors]]], far]
    lives = np.r_[np.zeros(len(guests), np.int64), why, 1 + (away % 2)]
    columns = {
        "psn_no": texts(people.psn_no, who), "insu_admdvs": texts(cast.area, who),
        "begndate": Cells(begun), "enddate": Cells(begun + 180, lives > 0),
        "rloc_admdvs": ids(area), "rloc_rea": texts(("1", "2", "3", "4"), lives),
        "updt_time": updated(world, len(who)),
    }  # fmt: skip
    return table_of("out_appy_d", columns, len(who))


def _visitors(
    world: World, people: People, coming: dict[int, tuple[int, int]]
) -> tuple[Ints, Ints, Ints]:
    """Guests who come only for care and said so: who, since when, position of the reason."""
    away = np.flatnonzero(people.offsite & people.away)
    known = np.isin(away, list(coming))
    other = away[~known & (unit_hash(away, away * 0 + 54) < 0.6)]
    span = world.first_day(world.months) - world.first_day(0) + 90
    day = world.first_day(0) - 90 + (unit_hash(other, other * 0 + 55) * span).astype(np.int64)
    why = np.where(unit_hash(other, other * 0 + 56) < 0.5, 1, 3)
    told = [(p, d, r - 1) for p, (d, r) in sorted(coming.items()) if r and people.away[p]]
    rows = np.array(told, dtype=np.int64).reshape(-1, 3)
    return np.r_[other, rows[:, 0]], np.r_[day, rows[:, 1]], np.r_[why, rows[:, 2]]
