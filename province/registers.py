"""Registers delivered once: institutions, staff, insured people, departments, catalogue, groups."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from province.emit import Names
from province.items import catalogue
from province.people import ILLS, People, certnos
from province.places import DEPTS, KINDS, PHARMACY, Places, place_name
from province.world import DAY, Ints, Texts, World, unit_hash
from province.write import Cells, ids, table_of, texts

TOWNS: Final = 100  # town numbers in village codes start here
_CHRONIC: Final = {
    "htn": "M03900", "dm": "M01600", "chd": "M04600", "stroke": "M04803", "copd": "M05300",
    "ckd": "M07805", "hd": "M07801", "tumor": "M00500", "hepb": "M00201", "tx": "M08300",
    "psy": "M02102", "amd": "M02901",
}  # fmt: skip


def names_of(people: People, places: Places) -> Names:
    """Codes of places, staff, people, areas and departments by position."""
    n = len(places)
    head = np.where(places.kind == PHARMACY, "P", "H").astype(object)
    serial = np.char.zfill((unit_hash(np.arange(n), np.full(n, 21)) * 900).astype(int).astype(str), 3)
    area = places.area.astype(str)
    place = head + np.char.add(np.char.add(area, serial), np.char.zfill(np.arange(n).astype(str), 3)).astype(object)
    count = len(places.staff_place)
    letter = np.array(["D", "N", "Y", "T"], dtype=object)[places.staff_type - 1]
    number = np.char.zfill((np.arange(count) * 7919 % 1_000_003).astype(str), 8)
    staff = letter + np.char.add("3799", number).astype(object)
    dept = np.tile(np.array([f"{c}" for c in _CATY], dtype=object), n)
    return Names(place, staff, people.psn_no, people.area.astype(str).astype(object), dept)


_CATY: Final = ("A03", "A04", "A0406", "A05", "A07", "A10", "A50", "A20", "A0308", "A19", "A28", "A15", "A21")
_DEPT_NAMES: Final = (
    "内科", "外科", "骨科", "妇产科", "儿科", "眼科", "中医科", "急诊科", "血液净化室", "肿瘤科",
    "重症医学科", "精神科", "康复医学科",
)  # fmt: skip


def _updated(world: World, size: int) -> Cells:
    return Cells(np.full(size, (world.first_day(0) - 1) * DAY + 3 * 3600))


def institutions(world: World, places: Places, names: Names, beds: dict[int, int]) -> pa.Table:
    """fixmedins_b: places of the city; those elsewhere are in no register."""
    at = np.flatnonzero(~places.abroad)
    kind = places.kind[at]
    rng = world.rng("fixmedins")
    town = places.town[at]
    ward = np.array([places.doctors[p].sum() > 0 and KINDS[places.kind[p]].size >= 3 for p in at])
    approved = np.array([round(beds.get(int(p), 0) * 1.06) + 8 for p in at])
    begun = world.first_day(0) - rng.integers(200, 5000, len(at))
    columns = {
        "fixmedins_code": texts(names.place, at),
        "fixmedins_name": texts([place_name(places, int(p)) for p in at], np.arange(len(at))),
        "fixmedins_type": texts(["1", "2"], (kind == PHARMACY).astype(np.int64)),
        "medins_type": texts([k.name for k in KINDS], kind),
        "hosp_lv": texts([f"{i:02d}" for i in range(15)], places.level[at]),
        "medins_natu": texts(["1", "2"], places.private[at].astype(np.int64)),
        "fix_blng_admdvs": ids(places.area[at]),
        "lnt": Cells(1_175_000 + (town % 8) * 900 + rng.integers(0, 500, len(at))),
        "lat": Cells(361_000 + (town // 8) * 900 + rng.integers(0, 500, len(at))),
        "approved_beds": Cells(approved, ward), "hd_machines": Cells(_machines(places)[at], _machines(places)[at] > 0),
        "legrep": texts(_heads(world), (unit_hash(np.where(places.chain[at] >= 0, places.chain[at], at), np.full(len(at), 22)) * 400).astype(np.int64)),
        "parent_code": texts(names.place, places.chain[at]),
        "begndate": Cells(begun),
        "cred_lv": texts(list("ABCDE"), rng.integers(0, 3, len(at))),
        "updt_time": _updated(world, len(at)),
    }  # fmt: skip
    return table_of("fixmedins_b", columns, len(at))


def _machines(places: Places) -> Ints:
    return np.where(places.doctors[:, DEPTS.index("hemo")] > 0, np.maximum(10, places.weight * 5), 0).astype(np.int64)


def _heads(world: World) -> list[str]:
    rng = world.rng("heads")
    family, given = list("王李张刘陈杨黄赵吴周"), list("建国志文明强军伟芳兰")
    return [
        family[int(a)] + given[int(b)] + given[int(c)] for a, b, c in rng.integers(0, 10, (400, 3))
    ]


def staff(world: World, places: Places, names: Names) -> pa.Table:
    """staff_b: doctors, nurses, pharmacists and therapists of the city's places."""
    rng = world.rng("staff")
    at = np.flatnonzero(~places.abroad[places.staff_place])
    place, n = places.staff_place[at], len(at)
    birth = world.first_day(0) - rng.integers(24 * 365, 62 * 365, n)
    columns = {
        "staff_code": texts(names.staff, at), "fixmedins_code": texts(names.place, place),
        "staff_name": texts(_heads(world), rng.integers(0, 400, n)),
        "certno": Cells(pa.array(certnos(places.area[place], birth, rng.integers(0, 999, n)).tolist(), pa.string())),
        "staff_type": texts(["1", "2", "3", "4"], places.staff_type[at] - 1),
        "dept_codg": texts(names.dept, place * len(DEPTS) + places.staff_dept[at]),
        "begndate": Cells(world.first_day(0) - rng.integers(30, 4000, n)),
        "stas": texts(["1", "2", "3"], (rng.random(n) > 0.99).astype(np.int64)),
        "points": Cells(np.where(rng.random(n) < 0.97, 0, rng.integers(1, 6, n))),
        "updt_time": _updated(world, n),
    }  # fmt: skip
    return table_of("staff_b", columns, n)


def registered(people: People) -> tuple[Ints, Texts]:
    """Chronic registrations: row (person, illness) pairs and the code of each illness."""
    codes = np.array([_CHRONIC.get(ill, "") for ill in ILLS], dtype=object)
    person, ill = np.nonzero(people.ills & np.array([bool(c) for c in codes])[None, :])
    life = unit_hash(person, ill + 40)
    kept = (life < 0.8) | np.isin(ill, [ILLS.index("hd"), ILLS.index("tx")])
    return np.stack([person[kept], ill[kept]], 1), codes


def insured(world: World, people: People, places: Places) -> pa.Table:
    """psn_info_b: the city's own insured; guests are registered at home."""
    at = np.flatnonzero(~people.offsite)
    n = len(at)
    pairs, codes = registered(people)
    diseases = np.full(len(people), "", dtype=object)
    for ill in np.unique(pairs[:, 1]):
        who = pairs[pairs[:, 1] == ill, 0]
        diseases[who] = np.where(diseases[who] == "", codes[ill], diseases[who] + ";" + codes[ill])
    since = str(np.datetime64(world.first_day(0) - 700, "D"))
    dated = np.array([";".join([since] * d.count(";") + [since]) if d else None for d in diseases[at]], dtype=object)
    village = places.town_area[people.town[at]] * 10**6 + (TOWNS + people.town[at]) * 1000 + 200 + people.village[at]
    dead = people.death[at] < world.first_day(world.months)
    columns = {
        "psn_no": texts(people.psn_no, at), "insu_admdvs": ids(people.area[at]),
        "certno": texts(people.certno, at),
        "gend": texts(["1", "2"], people.female[at].astype(np.int64)),
        "brdy": Cells(people.birth[at]), "insutype": ids(people.insutype[at]),
        "emp_no": ids(np.where(people.emp[at] >= 0, 37_990_000 + people.emp[at], -1), "E"),
        "village": ids(village),
        "sp_psn_type": texts(["低保", "特困", "残疾"], people.poor[at] - 1),
        "opsp_dise_code": Cells(pa.array([d or None for d in diseases[at]], pa.string())),
        "opsp_begndate": Cells(pa.array(dated.tolist(), pa.string())),
        "insu_begndate": Cells(people.insured_from[at]),
        "death_date": Cells(people.death[at], dead),
        "updt_time": _updated(world, n),
    }  # fmt: skip
    return table_of("psn_info_b", columns, n)


def items_register(world: World) -> pa.Table:
    """hilist_b: the catalogue in one validity period."""
    items = catalogue()
    rows, n = items.rows, len(items)

    def numbers(column: str, scale: int) -> Cells:
        there = np.array([bool(r[column]) for r in rows])
        return Cells(np.array([round(float(r[column] or 0) * scale) for r in rows]), there)

    def words(column: str) -> Cells:
        return Cells(pa.array([r[column] or None for r in rows], pa.string()))

    top = np.where(items.list_type == "201", 1.3 * 1.15 * 1.10, 1.15)
    ceiling = np.rint(items.price * top).astype(np.int64) * 10_000
    flags = [r["flags"].split() for r in rows]
    columns = {
        "hilist_code": texts(items.code, np.arange(n)),
        "begndate": Cells(np.full(n, world.first_day(0) - 365 * 2)),
        "hilist_name": texts(items.name, np.arange(n)), "list_type": texts(items.list_type, np.arange(n)),
        "ingredient": words("cls"), "spec": words("spec"), "unit": words("unit"),
        "pack_size": numbers("pack", 10_000), "ddd": numbers("ddd", 10_000),
        "chrgitm_lv": texts(items.lv, np.arange(n)),
        "pric_uplmt_amt": Cells(ceiling, items.lv != "03"),
        "nego_flag": texts(["0", "1"], np.array([int("n" in f) for f in flags])),
        "high_value_flag": texts(["0", "1"], items.high.astype(np.int64)),
        "watch_flag": texts(["0", "1"], items.watch.astype(np.int64)),
        "lmt_sex": words("sex"), "lmt_age_min": numbers("age_min", 10_000),
        "lmt_age_max": numbers("age_max", 10_000), "lmt_setting": words("setting"),
        "lmt_hosp_lv": words("hosp_lv"), "lmt_diag": words("diag"),
        "lmt_days": numbers("days", 1), "daily_cap": numbers("cap", 10_000),
        "minutes": numbers("minutes", 10_000), "needs_oprn": words("needs"),
        "updt_time": _updated(world, n),
    }  # fmt: skip
    return table_of("hilist_b", columns, n)


