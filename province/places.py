"""Institutions, pharmacies, towns and staff of the made-up city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from province.items import catalogue
from province.world import Bools, Floats, Ints, World, pick, whole

CITY: Final = 3799  # no such city: every region code of the province is made up
DISTRICTS: Final = tuple(CITY * 100 + i for i in (2, 3, 11, 21, 22))
ABROAD: Final = (379802, 379602, 110105)  # where outbound patients go
DEPTS: Final = (
    "gen", "surg", "ortho", "obs", "ped", "eye", "tcm", "er", "hemo", "onc", "icu", "psy", "rehab",
)  # fmt: skip
DEPT: Final = {name: i for i, name in enumerate(DEPTS)}
_HOSPITAL = "gen surg ortho obs ped eye tcm er hemo onc icu rehab"


@dataclass(frozen=True)
class Kind:
    """One kind of place: how common, how big, of what level, with which departments."""

    name: str
    sign: str  # what its name ends in
    core: int  # number in the smallest city
    share: float  # of the further ones
    levels: tuple[int, ...]
    private: float
    size: float
    doctors: int
    depts: str
    factor: float  # service prices against the catalogue


KINDS: Final = (
    Kind("综合", "人民医院", 1, 0.012, (2, 3), 0.0, 60, 90, _HOSPITAL, 1.3),
    Kind("综合", "中心医院", 2, 0.03, (5, 6), 0.1, 20, 36, _HOSPITAL, 1.0),
    Kind("中医", "中医医院", 1, 0.02, (5, 2), 0.1, 14, 26, "gen surg ortho tcm er rehab", 1.0),
    Kind("综合", "医院", 2, 0.10, (9, 10, 11), 1.0, 5, 9, "gen surg ortho tcm", 0.8),
    Kind("乡镇卫生院", "卫生院", 2, 0.10, (8, 9, 10), 0.0, 5, 9, "gen tcm", 0.75),
    Kind("社区", "社区卫生服务中心", 1, 0.06, (8, 11), 0.2, 4, 7, "gen tcm ped", 0.75),
    Kind("村卫生室", "村卫生室", 3, 0.22, (11,), 0.0, 0.6, 1, "gen", 0.7),
    Kind("诊所", "诊所", 1, 0.06, (11,), 1.0, 0.8, 2, "gen tcm", 0.8),
    Kind("眼科", "眼科医院", 1, 0.01, (5, 11), 0.9, 5, 9, "eye", 1.0),
    Kind("血透中心", "血液透析中心", 2, 0.006, (11,), 0.9, 3, 4, "hemo", 1.0),
    Kind("精神", "精神卫生中心", 1, 0.012, (5, 2, 11), 0.4, 6, 9, "psy", 1.0),
    Kind("康复", "康复医院", 1, 0.012, (5, 11), 0.7, 4, 8, "rehab tcm gen", 1.0),
    Kind("妇幼", "妇幼保健院", 1, 0.006, (5,), 0.1, 9, 16, "obs ped gen", 1.0),
    Kind("药店", "大药房", 6, 0.35, (11,), 1.0, 1.0, 0, "", 1.1),
)
PHARMACY: Final = 13
GENERAL: Final = 8  # kinds before it treat everything, and within the limits of their level
_NAMES: Final = (
    "康和 仁济 惠民 安泰 博爱 同德 长青 福源 永安 益寿 "
    "广济 明德 宏仁 华康 新城 东关 西苑 南湖 北园 春晖"
)


@dataclass(frozen=True)
class Places:
    """All places by position; the last ones lie in other cities and are in no register."""

    kind: Ints
    level: Ints
    town: Ints
    area: Ints
    weight: Floats
    factor: Floats
    private: Bools
    abroad: Bools
    chain: Ints  # position of the lead, -1 where none
    price: Ints  # places × items [fen per catalogue unit]
    ceiling: Ints  # places × items [fen per catalogue unit], 0 where none binds
    town_area: Ints
    doctors: Ints  # places × departments
    doctor_from: Ints  # position of the first doctor of that department
    nurses: Ints
    nurse_from: Ints
    staff_place: Ints
    staff_dept: Ints
    staff_type: Ints

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, *kinds: int) -> Ints:
        """Positions of the places of these kinds within the city."""
        return np.flatnonzero(np.isin(self.kind, kinds) & ~self.abroad).astype(np.int64)


def places(world: World) -> Places:
    """The city's institutions: a fixed core, then kinds by their shares, sizes heavy-tailed."""
    rng = world.rng("places")
    kind = _kinds(rng, world.institutions)
    abroad = np.r_[np.zeros(len(kind), bool), np.ones(len(ABROAD), bool)]
    kind = np.r_[kind, np.zeros(len(ABROAD), np.int64)]
    n = len(kind)
    town_area = _towns(world)
    town = rng.integers(0, len(town_area), n)
    big = np.isin(kind, [0, 1, 2])
    town[big] = rng.integers(0, max(1, len(town_area) // 3), int(big.sum()))
    area = np.where(abroad, np.r_[np.zeros(n - len(ABROAD), np.int64), ABROAD], town_area[town])
    level = np.array([KINDS[k].levels[int(rng.integers(len(KINDS[k].levels)))] for k in kind])
    level[abroad] = 2
    size = np.array([KINDS[k].size for k in kind])
    weight = size * np.exp(rng.normal(0, 0.7, n))
    private = rng.random(n) < np.array([KINDS[k].private for k in kind])
    factor = np.array([KINDS[k].factor for k in kind]) * np.where(level <= 4, 1.15, 1.0)
    price, ceiling = _prices(rng, factor, kind, level)
    return Places(
        kind, level, town, area, weight, factor, private, abroad, _chains(rng, kind, abroad),
        price, ceiling, town_area, *_staff(rng, kind, weight, size),
    )  # fmt: skip


def _kinds(rng: np.random.Generator, count: int) -> Ints:
    core = np.repeat(np.arange(len(KINDS)), [k.core for k in KINDS])
    shares = np.array([k.share for k in KINDS])
    more = pick(rng, shares, max(0, count - len(core)))
    return whole(np.r_[core, more])


def _towns(world: World) -> Ints:
    count = max(5, min(60, world.persons // 3500 + 5))
    return np.array([DISTRICTS[i % len(DISTRICTS)] for i in range(count)], dtype=np.int64)


def _prices(rng: np.random.Generator, factor: Floats, kind: Ints, level: Ints) -> tuple[Ints, Ints]:
    items = catalogue()
    services = items.list_type == "201"
    by_level = np.where(services[None, :], factor[:, None], 1.0)
    noise = np.exp(rng.normal(0, np.where(services, 0.02, 0.04), (len(kind), len(items))))
    retail = np.where((kind == PHARMACY)[:, None] & items.is_goods[None, :], 1.12, 1.0)
    dear = (kind == 3)[:, None] & items.is_goods[None, :] & (rng.random(noise.shape) < 0.015)
    price = items.price[None, :] * by_level * noise * retail * np.where(dear, 1.3, 1.0)
    price = np.maximum(np.rint(price), 1)
    tidy = (kind == PHARMACY) & (rng.random(len(kind)) < 0.15)  # prices in whole tens of yuan
    tens = np.maximum(np.rint(price / 1000), 1) * 1000
    price = np.where(tidy[:, None] & (price > 900), tens, price)
    room = np.where(items.list_type == "101", 1.15, 1.10)
    ceiling = np.rint(items.price[None, :] * by_level * room[None, :])
    capped = services | items.high | (items.lv != "03")
    ceiling = np.where(capped[None, :] & (kind != PHARMACY)[:, None], ceiling, 0)
    silent = (rng.random(len(kind)) < 0.06) & (kind != 3)  # names no cap of any drug
    ceiling = np.where(silent[:, None] & (items.list_type == "101")[None, :], 0, ceiling)
    return price.astype(np.int64), ceiling.astype(np.int64)


def _chains(rng: np.random.Generator, kind: Ints, abroad: Bools) -> Ints:
    chain = np.full(len(kind), -1, dtype=np.int64)
    shops = np.flatnonzero(kind == PHARMACY)
    heads = shops[:: max(3, len(shops) // 4)]
    member = rng.random(len(shops)) < 0.6
    chain[shops[member]] = heads[rng.integers(0, len(heads), int(member.sum()))]
    leads = np.flatnonzero((kind == 1) & ~abroad)
    rural = np.flatnonzero((kind == 4) | (kind == 6))
    chain[rural] = leads[rng.integers(0, len(leads), len(rural))]
    chain[heads] = heads
    return chain


def _staff(
    rng: np.random.Generator, kind: Ints, weight: Floats, size: Floats
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    doctors = np.zeros((len(kind), len(DEPTS)), dtype=np.int64)
    nurses = np.zeros(len(kind), dtype=np.int64)
    for p, k in enumerate(kind.tolist()):
        depts = [DEPT[d] for d in KINDS[k].depts.split()]
        count = max(1, round(KINDS[k].doctors * float(weight[p] / size[p]) ** 0.6))
        for i, one in enumerate(depts):
            share = 0.4 if i == 0 and len(depts) > 1 else (0.6 if len(depts) > 1 else 1.0)
            doctors[p, one] = max(1, round(count * share / (1 if i == 0 else len(depts) - 1)))
        nurses[p] = 2 if k == PHARMACY else max(1, round(count * 1.4))
    starts = np.cumsum(np.r_[0, (doctors.sum(1) + nurses)])[:-1]
    doctor_from = starts[:, None] + np.cumsum(doctors, 1) - doctors
    nurse_from = starts + doctors.sum(1)
    total = doctors.sum(1) + nurses
    where = np.repeat(np.arange(len(kind)), total)
    dept = np.concatenate([_dept_of(doctors[p], int(nurses[p]), rng) for p in range(len(kind))])
    kinds = np.where(kind[where] == PHARMACY, 3, 2)
    types = np.where(np.arange(len(where)) < nurse_from[where], 1, kinds)
    therapist = (types == 2) & np.isin(dept, [DEPT["tcm"], DEPT["rehab"]])
    return doctors, doctor_from, nurses, nurse_from, where, dept, np.where(therapist, 4, types)


def _dept_of(doctors: Ints, nurses: int, rng: np.random.Generator) -> Ints:
    own = np.repeat(np.arange(len(DEPTS)), doctors)
    there = np.flatnonzero(doctors) if doctors.any() else np.array([0])
    return whole(np.r_[own, np.sort(there[rng.integers(0, len(there), nurses)])])


def place_name(places: Places, position: int) -> str:
    """Its name: town word, a proper name where private, and the sign of its kind."""
    words = _NAMES.split()
    kind, town = KINDS[places.kind[position]], int(places.town[position])
    own = words[position % len(words)] if places.private[position] else ""
    return f"云州{words[town % len(words)]}{town}{own}{kind.sign}{position}"
