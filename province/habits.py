"""Honest visits of one month: what people with their ages, illnesses and habits do."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from province.calls import any_hour, clock, days_of, stay_end, visits
from province.choice import Choice
from province.followups import checks, graver, newcomers, with_arrivals, with_purchases
from province.items import group_at, groups
from province.people import People
from province.world import DAY, Bools, Ints, World, coin, pick, unit_hash

Frame = pd.DataFrame
# chronic groups: illness, usual pharmacy group
CHRONIC: Final = {
    "chr_htn": ("htn", "rx_htn"), "chr_dm": ("dm", "rx_dm"), "chr_chd": ("chd", "rx_chd"),
    "chr_stroke": ("stroke", ""), "chr_copd": ("copd", ""), "chr_ckd": ("ckd", ""),
    "chr_hepb": ("hepb", ""), "chr_tx": ("tx", ""), "chr_psy": ("psy", ""),
    "chr_tumor": ("tumor", ""), "op_amd": ("amd", ""),
}  # fmt: skip
# stays: illness ("" = anyone), share a month, age from, age to, women only
STAYS: Final = {
    "ip_stroke": ("stroke", 0.026, 30, 99), "ip_chd": ("chd", 0.026, 30, 99),
    "ip_chf": ("chd", 0.012, 65, 99), "ip_copd": ("copd", 0.045, 40, 99),
    "ip_htn": ("htn", 0.008, 30, 99), "ip_dm": ("dm", 0.016, 18, 99),
    "ip_ckd": ("ckd", 0.04, 18, 99), "ip_liver": ("hepb", 0.010, 40, 99),
    "ip_back": ("back", 0.014, 30, 90), "ip_neck": ("back", 0.006, 30, 90),
    "ip_gastro": ("gut", 0.012, 18, 99), "ip_psych": ("psy", 0.022, 18, 80),
    "ip_rehab": ("stroke", 0.012, 30, 90), "ip_family": ("stroke", 0.004, 60, 99),
    "ip_cat": ("cataract", 0.014, 45, 99), "ip_pci": ("chd", 0.004, 40, 85),
    "ip_tumor": ("tumor", 0.06, 18, 99), "ip_pneu": ("", 0.0022, 18, 99),
    "ip_child": ("", 0.0075, 0, 14), "ip_vertigo": ("", 0.0028, 45, 99),
    "ip_weak": ("", 0.0030, 58, 99), "ip_gall": ("", 0.0008, 25, 80),
    "ip_append": ("", 0.0005, 5, 70), "ip_hernia": ("", 0.0004, 30, 85),
    "ip_hip": ("", 0.0009, 65, 99), "ip_knee": ("back", 0.002, 58, 85),
    "ip_frac": ("", 0.0006, 10, 90), "ip_spine": ("back", 0.0012, 45, 80),
    "ip_kypho": ("back", 0.0016, 62, 99), "ip_stone": ("", 0.0005, 20, 75),
    "ip_hemor": ("", 0.0006, 20, 75), "ip_icu": ("", 0.0010, 60, 99),
    "ip_birth": ("f", 0.0045, 20, 40), "ip_csec": ("f", 0.0033, 20, 42),
}  # fmt: skip
COMMON: Final = {
    "op_cold": 0.24, "op_bronch": 0.10, "op_gastric": 0.09, "op_back": 0.06, "op_joint": 0.05,
    "op_skin": 0.06, "op_gyn": 0.04, "op_eye": 0.04, "op_dental": 0.06, "op_tcm": 0.08,
    "op_check": 0.08, "er_abd": 0.03, "er_wound": 0.03, "op_prenatal": 0.02,
}  # fmt: skip
COLD: Final = (1.5, 1.3, 1.1, 0.9, 0.8, 0.8, 0.9, 0.8, 0.9, 1.0, 1.2, 1.5)  # by calendar month


def ordinary_visits(world: World, month: int, people: People, choice: Choice) -> Frame:
    """All honest visits that begin in this month, places chosen, nothing else decided."""
    rng = world.rng("habits", month)
    parts = [
        _common(world, rng, month, people), _pharmacy(world, rng, month, people),
        _chronic(world, rng, month, people), _dialysis(world, month, people),
        _courses(world, rng, month, people), _stays(world, rng, month, people),
        _chemo(world, month, people), checks(world, rng, month, people),
        newcomers(world, month, people), _from_afar(world, rng, month, people),
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)
    who = frame["person"].to_numpy()
    frame = _until_death(frame, people)
    alive = (people.death[who] >= frame["end"].to_numpy() // DAY) & (
        people.insured_from[who] <= frame["beg"].to_numpy() // DAY
    )
    living: Frame = frame[alive].reset_index(drop=True)
    who, group = living["person"].to_numpy(), living["group"].to_numpy()
    kept = np.isin(group, _KEPT) | (living["kept"].to_numpy() > 0)
    living["place"] = np.where(
        kept, choice.usual(who, people.town[who], group),
        choice.draw(rng, who, people.town[who], group),
    )  # fmt: skip
    return with_arrivals(rng, with_purchases(rng, living, people, choice))


def _until_death(frame: Frame, people: People) -> Frame:
    """Stays that death cuts short end on that day, and are settled when the family comes."""
    death = people.death[frame["person"].to_numpy()]
    beg, end = frame["beg"].to_numpy(), frame["end"].to_numpy()
    stay = np.array([g.setting == "ip" for g in groups()])[frame["group"].to_numpy()]
    cut = stay & (beg // DAY < death) & (death <= end // DAY)
    hour = (unit_hash(frame["person"].to_numpy(), death) * 22 * 3600).astype(np.int64)
    frame["end"] = np.where(cut, death * DAY + 1800 + hour, end)
    frame["out"] = np.where(cut, 5, frame["out"])
    frame["wait"] = np.where(cut, 1, frame["wait"])
    return frame


_KEPT = np.array([group_at()[g] for g in ("hd", "ip_chemo", "ip_psych", "op_physio", "chr_tx")])


def _common(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    calendar = int(world.month(month)[5:]) - 1
    age = people.age
    need = 0.22 * people.visits * np.where(age < 6, 1.8, np.where(age > 60, 1.5, 0.85))
    count = rng.poisson(need)
    who = np.repeat(np.arange(len(people)), count)
    names = list(COMMON)
    weights = np.array([COMMON[g] * (COLD[calendar] if g in _COLDS else 1.0) for g in names])
    group = np.array([group_at()[g] for g in names])[pick(rng, weights, len(who))]
    group = _fit(rng, people, who, group, calendar)
    beg = days_of(world, rng, month, len(who)) * DAY + clock(rng, len(who))
    beg = np.where(np.isin(group, _urgent()), any_hour(world, month, len(who)), beg)
    return visits(who, group, beg, beg + rng.integers(600, 7200, len(who)))


_COLDS = ("op_cold", "op_bronch")


def _urgent() -> list[int]:
    return [group_at()[g] for g in ("er_abd", "er_wound")]


def _fit(rng: np.random.Generator, people: People, who: Ints, group: Ints, month: int) -> Ints:
    at, age, n = group_at(), people.age[who], len(who)
    flu = coin(rng, 0.25 if month in (11, 0, 1) else 0.02, n) & (group == at["op_cold"])
    group = np.where(flu, at["op_flu"], group)
    women = np.isin(group, [at["op_gyn"], at["op_prenatal"]])
    able = people.female[who] & (age > 18) & (age < 50)
    group = np.where(women & ~able, at["op_cold"], group)
    child = (age < 14) & np.isin(group, [at["op_cold"], at["op_bronch"], at["op_gastric"]])
    group = np.where(child, at["op_child"], group)
    old_only = np.isin(group, [at["op_joint"], at["op_back"], at["op_check"], at["op_tcm"]])
    return np.where(old_only & (age < 18), at["op_skin"], group)


def _pharmacy(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    count = rng.poisson(0.16 * people.visits * (people.age > 16))
    who = np.repeat(np.arange(len(people)), count)
    at = group_at()
    names = np.array([at[g] for g in ("rx_cold", "rx_home", "rx_tonic")])
    group = names[pick(rng, np.array([0.45, 0.35, 0.2]), len(who))]
    for _, (ill, shop) in CHRONIC.items():
        if shop:
            group = np.where(people.has(ill)[who] & coin(rng, 0.35, len(who)), at[shop], group)
    beg = days_of(world, rng, month, len(who)) * DAY + clock(rng, len(who), 8, 21)
    return visits(who, group, beg, beg + 300, days=np.where(group >= at["rx_htn"], 28, 0))


def _chronic(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    parts = []
    for name, (ill, _) in CHRONIC.items():
        who = np.flatnonzero(people.has(ill) & people.enrolled_in(ill, world.first_day(month)))
        life = unit_hash(who, np.full_like(who, group_at()[name])) * 0.8
        every = np.where(life < 0.35, 1, np.where(life < 0.6, 2, 3))
        if name in ("chr_tx", "chr_tumor", "op_amd", "chr_ckd"):
            every = np.ones_like(every)
        due = ((month + (life * 1e6).astype(np.int64)) % every == 0) & coin(rng, 0.93, len(who))
        who, every = who[due], every[due]
        beg = days_of(world, rng, month, len(who)) * DAY + clock(rng, len(who))
        group = np.full(len(who), group_at()[name])
        parts.append(visits(who, group, beg, beg + 1800, days=every * 30))
    return pd.concat(parts, ignore_index=True)


def _dialysis(world: World, month: int, people: People) -> Frame:
    who = np.flatnonzero(people.has("hd"))
    first, count = world.first_day(month), world.days(month)
    days = first + np.arange(count)
    odd = unit_hash(who, np.full_like(who, 5)) < 0.5
    weekday = (days + 3) % 7
    on = np.where(odd[:, None], np.isin(weekday, [0, 2, 4]), np.isin(weekday, [1, 3, 5]))
    row, col = np.nonzero(on)
    slot = np.array([7.5, 12.5, 17.5])[(unit_hash(who, np.full_like(who, 6)) * 3).astype(int)]
    jitter = unit_hash(who[row], days[col]) * 1500
    beg = days[col] * DAY + (slot[row] * 3600 + jitter).astype(np.int64)
    group = np.full(len(row), group_at()["hd"])
    return visits(who[row], group, beg, beg + 4 * 3600 + 600)


def _courses(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    who = np.flatnonzero(people.has("back") & coin(rng, 0.02, len(people)))
    sessions = rng.integers(5, 11, len(who))
    row = np.repeat(np.arange(len(who)), sessions)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(sessions) - sessions, sessions)
    first = world.first_day(month) + rng.integers(0, 14, len(who))
    hour = clock(rng, len(who))
    beg = (first[row] + nth + nth // 5 * 2) * DAY + hour[row] + rng.integers(-900, 900, len(row))
    inside = beg // DAY < world.first_day(month + 1)
    group = np.full(len(row), group_at()["op_physio"])
    return visits(who[row], group, beg, beg + 5400)[inside]


def _stays(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    who, group = [], []
    for name, (ill, share, low, high) in STAYS.items():
        able: Bools = (people.age >= low) & (people.age <= high)
        if ill:
            able &= people.female if ill == "f" else people.has(ill)
        drawn = rng.random(len(people)) < share * able
        found = np.flatnonzero(drawn)
        who.append(found)
        group.append(np.full(len(found), group_at()[name]))
    person, kind = np.concatenate(who), graver(rng, people, *map(np.concatenate, (who, group)))
    beg = days_of(world, rng, month, len(person)) * DAY + clock(rng, len(person), 8, 19)
    end = stay_end(rng, beg, np.array([g.days for g in groups()])[kind])
    urgent = coin(rng, 0.25, len(person))
    return visits(person, kind, beg, end, adm=np.where(urgent, 1, 2))


def _from_afar(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    """Stays of guests who live at home: they come for an operation, a course, a second opinion."""
    who = np.flatnonzero(people.away & (people.age > 35) & coin(rng, 0.08, len(people)))
    names = ("ip_cat", "ip_pci", "ip_hip", "ip_tumor", "ip_rehab", "ip_spine", "ip_back", "ip_chd")
    group = np.array([group_at()[g] for g in names])[rng.integers(0, len(names), len(who))]
    beg = days_of(world, rng, month, len(who)) * DAY + clock(rng, len(who), 8, 16)
    return visits(who, group, beg, stay_end(rng, beg, np.array([g.days for g in groups()])[group]))


def _chemo(world: World, month: int, people: People) -> Frame:
    who = np.flatnonzero(people.has("chemo"))
    phase = (unit_hash(who, np.full_like(who, 9)) * 21).astype(np.int64)
    cycles = world.first_day(0) + phase[:, None] + 21 * np.arange(-1, world.months * 2 + 2)[None, :]
    begun = 21 * (unit_hash(who, np.full_like(who, 10)) * 8).astype(np.int64)
    inside = (cycles >= world.first_day(month)) & (cycles < world.first_day(month + 1))
    course = (cycles >= world.first_day(0) + begun[:, None] - 63) & (
        cycles < world.first_day(0) + begun[:, None] + 150
    )
    row, col = np.nonzero(inside & course)
    day = cycles[row, col]
    wobble = unit_hash(who[row], day)
    beg = day * DAY + (8.3 * 3600 + wobble * 7200).astype(np.int64)
    end = (
        (day + 2 + (wobble * 2.9).astype(np.int64)) * DAY
        + 10 * 3600
        + (wobble * 9000).astype(np.int64)
    )
    return visits(who[row], np.full(len(row), group_at()["ip_chemo"]), beg, end, planned=1)
