"""Registers of places: institutions, departments, agreements and staff."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from province.cast import Cast, depts_of, therapist_number
from province.lines import THERAPIST
from province.places import DEPT, KINDS, PHARMACY, Places, place_name
from province.world import DAY, Ints, World, unit_hash
from province.write import Cells, ids, table_of, texts

_DEPT_NAMES: Final = (
    "内科", "外科", "骨科", "妇产科", "儿科", "眼科", "中医科", "急诊科", "血液净化室", "肿瘤科",
    "重症医学科", "精神科", "康复医学科",
)  # fmt: skip


def updated(world: World, size: int) -> Cells:
    """The registers' time of last change: the night before the first month."""
    return Cells(np.full(size, (world.first_day(0) - 1) * DAY + 3 * 3600))


def institutions(world: World, cast: Cast, beds: dict[int, int]) -> pa.Table:
    """fixmedins_b: places of the city; those elsewhere are in no register."""
    places = cast.places
    at = np.flatnonzero(~places.abroad)
    kind, town, rng = places.kind[at], places.town[at], world.rng("fixmedins")
    ward = np.array([bool(KINDS[k].size >= 3 and KINDS[k].doctors) for k in kind])
    approved = np.array([round(beds.get(int(p), 0) * 1.06) + 8 for p in at])
    machines = _machines(places)[at]
    owner = np.where(places.chain[at] >= 0, places.chain[at], at)
    columns = {
        "fixmedins_code": texts(cast.place, at),
        "fixmedins_name": texts([place_name(places, int(p)) for p in at], np.arange(len(at))),
        "fixmedins_type": texts(("1", "2"), (kind == PHARMACY).astype(np.int64)),
        "medins_type": texts([k.name for k in KINDS], kind),
        "hosp_lv": texts([f"{i:02d}" for i in range(15)], places.level[at]),
        "medins_natu": texts(("1", "2"), places.private[at].astype(np.int64)),
        "fix_blng_admdvs": ids(places.area[at]),
        "lnt": Cells(1_175_000 + (town % 8) * 900 + rng.integers(0, 500, len(at))),
        "lat": Cells(361_000 + (town // 8) * 900 + rng.integers(0, 500, len(at))),
        "approved_beds": Cells(approved, ward), "hd_machines": Cells(machines, machines > 0),
        "legrep": texts(_heads(world), (unit_hash(owner, owner * 0 + 22) * 400).astype(np.int64)),
        "parent_code": texts(cast.place, places.chain[at]),
        "begndate": Cells(world.first_day(0) - rng.integers(200, 5000, len(at))),
        "cred_lv": texts(tuple("ABCDE"), rng.integers(0, 3, len(at))),
        "updt_time": updated(world, len(at)),
    }  # fmt: skip
    return table_of("fixmedins_b", columns, len(at))


def _machines(places: Places) -> Ints:
    has = places.doctors[:, DEPT["hemo"]] > 0
    return np.where(has, np.maximum(10, places.weight * 5), 0).astype(np.int64)


def _heads(world: World) -> list[str]:
    rng = world.rng("heads")
    family, given = list("王李张刘陈杨黄赵吴周"), list("建国志文明强军伟芳兰")
    return [
        family[int(a)] + given[int(b)] + given[int(c)] for a, b, c in rng.integers(0, 10, (400, 3))
    ]


def staff(world: World, cast: Cast, therapists: set[int]) -> pa.Table:
    """staff_b: doctors, nurses, pharmacists, and every therapist who worked."""
    rng, places = world.rng("staff"), cast.places
    at = np.flatnonzero(~places.abroad[places.staff_place])
    extra = np.array(sorted(therapists), dtype=np.int64)
    extra = extra[~places.abroad[(extra - THERAPIST) // 1000]]
    there = (extra - THERAPIST) // 1000
    place = np.r_[places.staff_place[at], there]
    n, rehab = len(place), places.doctors[there, DEPT["rehab"]] > 0
    own = places.staff_dept[at]
    dept = np.r_[own, np.where(rehab, DEPT["rehab"], DEPT["tcm"])]
    codes = [*cast.staff[at], *(f"T{c}" for c in therapist_number(extra))]
    certs = [*cast.staff_cert[at], *cast.people.certno[extra % len(cast.people)]]
    columns = {
        "staff_code": texts(codes, np.arange(n)), "fixmedins_code": texts(cast.place, place),
        "staff_name": texts(_heads(world), rng.integers(0, 400, n)),
        "certno": texts(certs, np.arange(n)),
        "staff_type": ids(np.r_[places.staff_type[at], np.full(len(extra), 4)]),
        "dept_codg": depts_of(cast, place, dept, places.kind[place] != PHARMACY),
        "begndate": Cells(world.first_day(0) - rng.integers(30, 4000, n)),
        "stas": texts(("1", "2", "3"), (rng.random(n) > 0.99).astype(np.int64)),
        "points": Cells(np.where(rng.random(n) < 0.97, 0, rng.integers(1, 6, n))),
        "updt_time": updated(world, n),
    }  # fmt: skip
    return table_of("staff_b", columns, n)


def departments(world: World, cast: Cast, beds: dict[int, int]) -> pa.Table:
    """medins_dept_b: the departments that have doctors."""
    places = cast.places
    place, dept = np.nonzero((places.doctors > 0) & ~places.abroad[:, None])
    share = places.doctors[place, dept] / places.doctors.sum(1)[place]
    count = np.array([beds.get(int(p), 0) for p in place]) * 1.1 * share
    columns = {
        "fixmedins_code": texts(cast.place, place), "dept_no": texts(cast.dept, dept),
        "dept_name": texts(_DEPT_NAMES, dept), "caty": texts(cast.dept, dept),
        "aprv_bed_cnt": Cells(np.rint(count).astype(np.int64), count > 0),
        "updt_time": updated(world, len(place)),
    }  # fmt: skip
    return table_of("medins_dept_b", columns, len(place))


def agreements(world: World, cast: Cast) -> pa.Table:
    """fixmedins_cntr_reg_d: a status from before the first month; a few were suspended a while."""
    places, rng = cast.places, world.rng("agreements")
    at = np.flatnonzero(~places.abroad)
    first = world.first_day(0) - 200
    paused = np.sort(rng.permutation(at)[: max(1, len(at) // 60)])
    place = np.r_[at, paused, paused]
    begun = np.r_[
        np.full(len(at), first), np.full(len(paused), first + 60), np.full(len(paused), first + 120)
    ]
    until = np.r_[
        np.where(np.isin(at, paused), first + 59, 0),
        np.full(len(paused), first + 119),
        np.zeros(len(paused)),
    ]
    status = np.r_[np.zeros(len(at)), np.ones(len(paused)), np.zeros(len(paused))].astype(np.int64)
    target = np.rint(places.weight[place] * world.persons * 900).astype(np.int64)
    columns = {
        "fixmedins_code": texts(cast.place, place), "efft_date": Cells(begun),
        "invd_date": Cells(until.astype(np.int64), until > 0),
        "cntr_stas": texts(("1", "2"), status), "fund_target": Cells(target),
        "updt_time": updated(world, len(place)),
    }  # fmt: skip
    return table_of("fixmedins_cntr_reg_d", columns, len(place))
