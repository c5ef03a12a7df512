"""Visits that hang together: proofs of illness, purchases after, casualty before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from province.calls import clock, days_of, visits
from province.choice import Choice
from province.items import group_at, groups, severe
from province.people import ILLS, PROOF, People
from province.world import DAY, Ints, World, coin, unit_hash

Frame = pd.DataFrame


def with_purchases(
    rng: np.random.Generator, living: Frame, people: People, choice: Choice
) -> Frame:
    """The visits, some followed by a purchase at the usual pharmacy on the way home."""
    at = group_at()
    pairs = {at["op_cold"]: at["rx_cold"], at["op_bronch"]: at["rx_cold"],
             at["op_gastric"]: at["rx_home"], at["op_back"]: at["rx_home"]}  # fmt: skip
    shops = living["group"].isin(list(pairs)).to_numpy() & coin(rng, 0.08, len(living))
    rows = living[shops]
    n, who = len(rows), rows["person"].to_numpy()
    group = rows["group"].map(pairs).to_numpy().astype(np.int64)
    stays = rng.integers(300, 2400, n)
    beg = rows["beg"].to_numpy() + stays + rng.integers(300, 2700, n)
    living.loc[shops, "lasts"] = stays
    place = choice.usual(who, people.town[who], group)
    bought = visits(who, group, beg, beg + 300, place=place, kept=2)
    return pd.concat([living, bought], ignore_index=True)


def with_arrivals(rng: np.random.Generator, living: Frame) -> Frame:
    """The visits, and those to casualty or clinic from which people were kept in at once."""
    at = group_at()
    kept_in = (living["adm"] == 1).to_numpy() & coin(rng, 0.35, len(living))
    rows = living[kept_in]
    belly = [at[g] for g in ("ip_gastro", "ip_gall", "ip_append", "ip_stone", "ip_gall_m")]
    group = np.where(rows["group"].isin(belly), at["er_abd"], at["op_check"])
    lasts = rng.integers(900, 3000, len(rows))
    beg = rows["beg"].to_numpy() - lasts - rng.integers(1200, 3600, len(rows))
    came = visits(rows["person"].to_numpy(), group, beg, beg + lasts,
                  place=rows["place"].to_numpy(), lasts=lasts, kept=2)  # fmt: skip
    same_day = came["beg"].to_numpy() // DAY == rows["beg"].to_numpy() // DAY
    return pd.concat([living, came[same_day]], ignore_index=True)


def checks(world: World, rng: np.random.Generator, month: int, people: People) -> Frame:
    """Work-ups of the chronically ill: about one in two years for each illness."""
    parts = []
    for ill, (_, _, group) in PROOF.items():
        who = np.flatnonzero(people.has(ill) & coin(rng, 0.04, len(people)))
        beg = days_of(world, rng, month, len(who)) * DAY + clock(rng, len(who), 8, 15)
        parts.append(visits(who, np.full(len(who), group_at()[group]), beg, beg + 3600))
    return pd.concat(parts, ignore_index=True)


def proof_of(person: Ints, ill: str) -> tuple[Ints, Ints]:
    """Group of the stay or work-up that proves the illness, and days from its end to entry."""
    stay, share, workup = PROOF[ill]
    salt = np.full_like(person, ILLS.index(ill))
    in_ward = unit_hash(person, salt + 320) < share
    lag = 3 + (unit_hash(person, salt + 321) * 18).astype(np.int64)
    return np.where(in_ward, group_at()[stay], group_at()[workup]), lag


def newcomers(world: World, month: int, people: People) -> Frame:
    """Whoever is registered within the world was in hospital, or examined, shortly before."""
    parts = []
    for ill in PROOF:
        at = ILLS.index(ill)
        who = np.flatnonzero(people.ills[:, at] & people.enrolled[:, at])
        group, lag = proof_of(who, ill)
        usual = np.array([g.days for g in groups()])[group]
        day = people.since[who, at] - lag - usual
        due = (day >= world.first_day(month)) & (day < world.first_day(month + 1))
        who, group, day, usual = (x[due] for x in (who, group, day, usual))
        beg = day * DAY + (8.5 * 3600 + unit_hash(who, day) * 6 * 3600).astype(np.int64)
        end = np.where(usual > 0, (day + usual) * DAY + 11 * 3600, beg + 3600)
        parts.append(visits(who, group, beg, end, kept=1))
    return pd.concat(parts, ignore_index=True)


def graver(rng: np.random.Generator, people: People, who: Ints, group: Ints) -> Ints:
    """The groups, those of complicated cases turned into their siblings: more of the old."""
    turn = np.arange(len(groups()))
    turn[list(severe())] = list(severe().values())
    chance = np.clip(0.03 + 0.0035 * (people.age[who] - 45), 0.02, 0.22)
    return np.where(coin(rng, chance, len(who)), turn[group], group)
