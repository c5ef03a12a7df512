"""Insured people: age, insurance, home, lasting illnesses, contacts and identity numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from province.places import Places
from province.world import Bools, Floats, Ints, Texts, World, coin, pick, unit_hash

ILLS: Final = (
    "htn", "dm", "chd", "stroke", "copd", "ckd", "hd", "tumor", "chemo", "hepb", "tx", "psy",
    "back", "amd", "cataract", "gut",
)  # fmt: skip
# share at ages 0-17, 18-44, 45-64, 65+
_AT_AGE: Final = {
    "htn": (0, 0.03, 0.22, 0.42), "dm": (0, 0.012, 0.09, 0.17), "chd": (0, 0.002, 0.04, 0.13),
    "stroke": (0, 0.001, 0.02, 0.08), "copd": (0, 0.002, 0.02, 0.07),
    "ckd": (0, 0.002, 0.006, 0.015), "hd": (0, 0.0003, 0.0009, 0.0018),
    "tumor": (0, 0.0004, 0.002, 0.004), "chemo": (0.0001, 0.0005, 0.0022, 0.0035),
    "hepb": (0, 0.01, 0.015, 0.01), "tx": (0, 0.0002, 0.0004, 0.0002),
    "psy": (0.0005, 0.003, 0.004, 0.003), "back": (0, 0.06, 0.18, 0.24),
    "amd": (0, 0, 0.0005, 0.004), "cataract": (0, 0, 0.01, 0.08), "gut": (0.01, 0.05, 0.09, 0.09),
}  # fmt: skip
CHRONIC_CODE: Final = {
    "htn": "M03900", "dm": "M01600", "chd": "M04600", "stroke": "M04803", "copd": "M05300",
    "ckd": "M07805", "hd": "M07801", "tumor": "M00500", "hepb": "M00201", "tx": "M08300",
    "psy": "M02102", "amd": "M02901",
}  # fmt: skip
# what proves an illness before it is registered: a stay, for this share of people, or a work-up
PROOF: Final = {
    "htn": ("ip_htn", 0.2, "op_press"), "dm": ("ip_dm", 0.3, "op_sugar"),
    "chd": ("ip_chd", 0.5, "op_heart"), "stroke": ("ip_stroke", 0.85, "op_neuro"),
    "copd": ("ip_copd", 0.7, "op_lung"), "ckd": ("ip_ckd", 0.7, "op_kidney"),
    "hepb": ("ip_liver", 0.2, "op_liver"), "tumor": ("ip_tumor", 1.0, "op_lung"),
}  # fmt: skip
_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国玉兰红梅志文"
FAR: Final = 10**6  # [days]: still alive
AWAY: Final = (379602, 379702, 340102)  # home areas of offsite patients


@dataclass(frozen=True)
class People:
    """All insured people by position."""

    birth: Ints  # [days since 1970-01-01]
    age: Floats  # at the start [years]
    female: Bools
    insutype: Ints
    psn_type: Ints
    poor: Ints  # 0 none, 1 低保, 2 特困, 3 残疾
    civil: Bools
    emp: Ints  # -1 none
    area: Ints  # where insured
    offsite: Bools
    away: Bools  # guests who live at home and only come here for care
    town: Ints
    village: Ints
    household: Ints
    ills: Bools  # people × ILLS
    enrolled: Bools  # people × ILLS: registered as a chronic disease
    since: Ints  # people × ILLS: first day of the registration, FAR where there is none
    visits: Floats  # personal multiplier of ordinary visits
    death: Ints  # [days], far future where alive
    insured_from: Ints  # [days]
    certno: Texts
    name: Texts
    psn_no: Texts

    def __len__(self) -> int:
        return len(self.birth)

    def enrolled_in(self, ill: str, by: Ints | int = FAR - 1) -> Bools:
        """Who is registered for outpatient benefits of this illness by that day."""
        who: Bools = self.since[:, ILLS.index(ill)] <= by
        return who

    def has(self, ill: str) -> Bools:
        """Who has this illness."""
        who: Bools = self.ills[:, ILLS.index(ill)]
        return who


def people(world: World, places: Places) -> People:
    """The city's insured, 4 % of them insured elsewhere and living or treated here."""
    rng = world.rng("people")
    n, start = world.persons, world.first_day(0)
    age = _ages(rng, n)
    town = pick(rng, _falling(len(places.town_area), 0.5), n)
    village = rng.integers(0, 8, n)
    household = (town * 8 + village) * 100_000 + rng.integers(0, max(1, n // 150), n)
    offsite = coin(rng, 0.04, n)
    worker = (age >= 18) & coin(rng, np.where(age < 60, 0.45, 0.35), n)
    retired = worker & (age >= 58)
    female = coin(rng, 0.5, n)
    insutype = np.where(worker, 310, 390)
    psn_type = np.select(
        [retired, worker, age < 18, age < 60], [12, 11, 14, 15], default=16
    ).astype(np.int64)
    poor = np.where(worker, 0, pick(rng, np.array([0.91, 0.055, 0.012, 0.023]), n))
    emp = np.where(worker & ~retired, _employers(rng, n), -1)
    area = np.where(offsite, np.array(AWAY)[rng.integers(0, 3, n)], places.town_area[town])
    birth = start - np.rint(age * 365.25).astype(np.int64) - rng.integers(0, 365, n)
    horizon = world.months * 30.4
    dies = coin(rng, np.where(age > 60, 0.025 * np.exp((age - 70) / 14), 0.001) * horizon / 365, n)
    death = np.where(dies, start + rng.integers(20, max(21, int(horizon)), n), FAR)
    ills = _ills(rng, age)
    since = start - rng.integers(30, 4000, n)
    enrolled, insured_from = _enrolled(ills), np.maximum(since, birth)
    return People(
        birth, age, female, insutype, psn_type, poor.astype(np.int64), worker & coin(rng, 0.12, n),
        emp, area, offsite, offsite & (unit_hash(np.arange(n), np.full(n, 51)) >= 0.85),
        town, village, household, ills, enrolled,
        _since(world, enrolled, insured_from), np.exp(rng.normal(-0.25, 0.7, n)), death,
        insured_from, _certnos(rng, area, birth, female), _names(rng, n), _numbers(rng, offsite),
    )  # fmt: skip


def _falling(count: int, power: float) -> Floats:
    """Weights of ranks 1 to count, falling as rank ** -power."""
    return np.arange(1, count + 1).astype(np.float64) ** -power


def _ages(rng: np.random.Generator, n: int) -> Floats:
    low = np.array([0, 6, 18, 35, 50, 60, 70, 80])
    high = np.array([6, 18, 35, 50, 60, 70, 80, 98])
    band = pick(rng, np.array([0.06, 0.12, 0.21, 0.22, 0.16, 0.13, 0.07, 0.03]), n)
    ages: Floats = low[band] + rng.random(n) * (high - low)[band]
    return ages


def _employers(rng: np.random.Generator, n: int) -> Ints:
    count = max(10, n // 60)
    return pick(rng, _falling(count, 0.8), n)


def _ills(rng: np.random.Generator, age: Floats) -> Bools:
    band = np.searchsorted([18, 45, 65], age, side="right")
    ills = np.stack([coin(rng, np.array(_AT_AGE[ill])[band], len(age)) for ill in ILLS], axis=1)
    ills[:, ILLS.index("ckd")] &= ~ills[:, ILLS.index("hd")]
    return ills


def _enrolled(ills: Bools) -> Bools:
    """Four in five of the chronically ill are registered, all who are dialysed or transplanted."""
    person = np.arange(len(ills))[:, None]
    life = unit_hash(person, np.arange(len(ILLS))[None, :] + 40)
    always = np.isin(np.array(ILLS), ["hd", "tx"])[None, :]
    able = np.isin(np.array(ILLS), list(CHRONIC_CODE))[None, :]
    registered: Bools = ills & able & ((life < 0.8) | always)
    return registered


def _since(world: World, enrolled: Bools, insured_from: Ints) -> Ints:
    """When each registration began: mostly years ago, one in ten a year within the world."""
    person, ill = np.nonzero(enrolled)
    start = world.first_day(0)
    old = start - 60 - (unit_hash(person, ill + 300) * 1500).astype(np.int64)
    span = world.first_day(world.months) - start - 25
    new = start + 25 + (unit_hash(person, ill + 310) * span).astype(np.int64)
    fresh = np.isin(np.array(ILLS), list(PROOF))[ill]
    fresh &= unit_hash(person, ill + 311) < 0.1 * world.months / 12
    since = np.full(enrolled.shape, FAR, dtype=np.int64)
    since[person, ill] = np.maximum(np.where(fresh, new, old), insured_from[person])
    return since


def check_digits(body: Ints) -> Texts:
    """Check character of 17-digit identity numbers (GB 11643), one per row of n × 17 digits."""
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    checks: Texts = np.array(list("10X98765432"), dtype=object)[(body * weights).sum(1) % 11]
    return checks


def certnos(area: Ints, birth: Ints, order: Ints) -> Texts:
    """18-digit identity numbers: area, birthday, order code (odd = male), check digit."""
    day = birth.astype("datetime64[D]")
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    month = day.astype("datetime64[M]").astype(np.int64) % 12 + 1
    in_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    value = ((area * 10_000 + year) * 100 + month) * 100 + in_month
    digits = np.stack(
        [(value // 10**p) % 10 for p in range(13, -1, -1)]
        + [(order // 10**p) % 10 for p in (2, 1, 0)],
        axis=1,
    )
    bodies = (value * 1000 + order).astype(str).astype(object)
    whole: Texts = bodies + check_digits(digits)
    return whole


def _certnos(rng: np.random.Generator, area: Ints, birth: Ints, female: Bools) -> Texts:
    order = rng.integers(0, 499, len(area)) * 2 + np.where(female, 0, 1)
    _, first, back = np.unique(
        np.stack([area, birth, order]), axis=1, return_index=True, return_inverse=True
    )
    again = first[back.ravel()] != np.arange(len(area))
    shifted = (order + np.where(again, 2 * (1 + np.arange(len(area)) % 400), 0)) % 998
    return certnos(area, birth, shifted)


def _names(rng: np.random.Generator, n: int) -> Texts:
    family = np.array(list(_FAMILY), dtype=object)[pick(rng, _falling(20, 0.5), n)]
    given = np.array(list(_GIVEN), dtype=object)
    one, two = given[rng.integers(0, len(given), n)], given[rng.integers(0, len(given), n)]
    whole: Texts = family + one + np.where(rng.random(n) < 0.75, two, "")
    return whole


def _numbers(rng: np.random.Generator, offsite: Bools) -> Texts:
    """psn_no: unique among the city's own; guests' numbers, given elsewhere, may collide."""
    n = len(offsite)
    own = rng.permutation(n) + 1_000_000
    serial = np.where(offsite, rng.permutation(n) + 1_000_000, own)
    numbers = ("3799" + np.char.zfill(serial.astype(str), 12)).astype(object)
    return np.asarray(numbers, dtype=object)


def phone(owner: Ints) -> Ints:
    """11-digit number of an owner; brokers' phones are owners of their own."""
    head = np.array([130, 131, 135, 138, 139, 150, 158, 177, 186, 189])
    mixed = (unit_hash(owner, np.full_like(owner, 77)) * 10**8).astype(np.int64)
    return head[(unit_hash(owner, np.full_like(owner, 78)) * 10).astype(np.int64)] * 10**8 + mixed
