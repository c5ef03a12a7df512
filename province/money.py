"""Money in whole fen: lines by price and limits, settlements by the city's benefit rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from province.items import catalogue, group_at, groups
from province.people import ILLS, People
from province.places import Places
from province.world import Bools, Floats, Ints, World, half_up, whole

Frame = pd.DataFrame
MICRO: Final = 10_000  # a fen in millionths of a yuan, the grain of unit prices
RATE: Final = 485_000  # fen a unit of weight: what a group of weight 1 is paid
PARTS: Final = ("ownpay", "over", "preself", "inscp")
FUNDS: Final = ("hifp", "maf", "hifob", "hifmi", "hifes", "cvlserv", "othfund")
# deductible [fen] and reimbursed share [1/10000] of stays: tertiary, secondary, primary
_DEDUCTIBLE: Final = {310: (90_000, 60_000, 30_000), 390: (100_000, 60_000, 20_000)}
_STAY: Final = {310: (8500, 8800, 9200), 390: (6000, 7200, 8500)}
# share [1/10000] and most fund money a visit [fen] of outpatient care
_VISIT: Final = {
    "11": ((5500, 20_000), (5000, 6_000)), "13": ((6500, 60_000), (5000, 30_000)),
    "14": ((8000, 10**8), (6500, 10**8)), "41": ((6000, 10**8), (5000, 10**8)),
    "51": ((7000, 30_000), (7000, 30_000)), "71": ((8500, 10**8), (7500, 10**8)),
}  # fmt: skip


@dataclass
class Purses:
    """What persists between settlements: account balances [fen] and stays so far."""

    balance: Ints
    stays: Ints
    said: dict[str, int] = field(default_factory=dict)


def purses(world: World, people: People) -> Purses:
    """Opening account balances of employees, and no stays yet."""
    rng = world.rng("purses")
    opening = np.rint(np.exp(rng.normal(11.5, 0.9, len(people)))).astype(np.int64)
    has = people.insutype == 310
    return Purses(np.where(has, opening, 0), np.zeros(len(people), dtype=np.int64))


def priced(lines: Frame, parts: Frame, places: Places) -> Frame:
    """Lines with unit price and ceiling [millionths of a yuan] and their money [fen]."""
    items = catalogue()
    item = lines["item"].to_numpy()
    place = parts["place"].to_numpy()[lines["part"].to_numpy()]
    asked = lines["price"].to_numpy()
    fen = np.where(asked >= 0, asked, places.price[place, item])
    pack = np.where(lines["split"].to_numpy() > 0, items.pack[item], 1)
    lines["pric"] = half_up(fen * MICRO, pack)
    lines["ceil"] = half_up(places.ceiling[place, item] * MICRO, pack)
    return with_money(lines)


def with_money(lines: Frame) -> Frame:
    """det = ownpay + over + preself + inscp of every line, in whole fen."""
    qty, pric, ceil = (lines[c].to_numpy() for c in ("qty", "pric", "ceil"))
    selfpay = catalogue().selfpay[lines["item"].to_numpy()]
    det = half_up(qty * pric, MICRO)
    own = selfpay >= 10_000
    above = (ceil > 0) & (pric > ceil) & ~own & (lines["paid_cap"].to_numpy() == 0)
    over = np.where(above, half_up(qty * (pric - ceil), MICRO), 0)
    preself = np.where(own, 0, half_up((det - over) * selfpay, 10_000))
    lines["det"] = det
    lines["ownpay"] = np.where(own, det, 0)
    lines["over"] = over
    lines["preself"] = preself
    lines["inscp"] = np.where(own, 0, det - over - preself)
    return lines


def sums(lines: Frame, count: int) -> Frame:
    """The parts' money: line money added up [fen], one row a part."""
    part = lines["part"].to_numpy()
    return pd.DataFrame(
        {
            name: np.bincount(part, weights=lines[name].to_numpy(), minlength=count).astype(
                np.int64
            )
            for name in ("det", *PARTS)
        }
    )


def settled(parts: Frame, lines: Frame, people: People, places: Places, purses: Purses) -> Frame:
    """Parts with all settlement money [fen]; medfee = fund + acct + cash holds in each row."""
    money = sums(lines, len(parts))
    frame = pd.concat([parts.reset_index(drop=True), money], axis=1)
    place = frame["place"].to_numpy()
    med = np.array([int(g.med_type) for g in groups()])[frame["group"].to_numpy()]
    stay = np.isin(med, [21, 22, 24, 25, 28, 52])
    band = np.searchsorted([5, 8], places.level[place], side="right")
    frame["dedc"] = _deductible(frame, stay, band, people, purses)
    share, most = _benefit(frame, med, stay, band, people, places)
    covered = np.maximum(frame["inscp"].to_numpy() - frame["dedc"].to_numpy(), 0)
    hifp = np.minimum(half_up(covered * share, 10_000), most)
    frame["hifp"] = hifp
    _top_ups(frame, people, stay | (med == 14), hifp, share > 0)
    frame["fund"] = frame[list(FUNDS)].sum(axis=1)
    _accounts(frame, people, purses, stay)
    return frame


def _deductible(frame: Frame, stay: Bools, band: Ints, people: People, purses: Purses) -> Ints:
    person = frame["person"].to_numpy()
    resident = people.insutype[person] == 390
    table = np.stack([np.array(_DEDUCTIBLE[310]), np.array(_DEDUCTIBLE[390])])
    full = table[resident.astype(np.int64), band]
    earlier = purses.stays[person] + frame.groupby("person").cumcount().to_numpy()
    due = np.where(earlier > 0, full // 2, full)
    day = frame["group"].to_numpy() == group_at()["ip_cat"]
    later = frame["pbeg"].to_numpy() * 86_400 > frame["beg"].to_numpy()
    due = np.where(later | ~stay, 0, np.where(day, 20_000, due))
    np.add.at(purses.stays, person[stay & ~later], 1)
    return whole(np.minimum(due, np.maximum(frame["inscp"].to_numpy(), 0)))


def _benefit(
    frame: Frame, med: Ints, stay: Bools, band: Ints, people: People, places: Places
) -> tuple[Ints, Ints]:
    person, group = frame["person"].to_numpy(), frame["group"].to_numpy()
    resident = (people.insutype[person] == 390).astype(np.int64)
    share = np.stack([np.array(_STAY[310]), np.array(_STAY[390])])[resident, band]
    share = share + 300 * (people.psn_type[person] == 12)
    most = np.full(len(frame), 10**10)
    for code, (worker, other) in _VISIT.items():
        mine = med == int(code)
        share = np.where(mine, np.where(resident == 1, other[0], worker[0]), share)
        most = np.where(mine, np.where(resident == 1, other[1], worker[1]), most)
    share = np.where(group == group_at()["hd"], np.where(resident == 1, 8800, 9200), share)
    tertiary = (med == 11) & (resident == 1) & (band == 0)
    share = np.where(tertiary | ((med == 41) & ~_registered(frame, people)), 0, share)
    outside = places.abroad[frame["place"].to_numpy()] | people.offsite[person]
    return np.where(outside & (share > 0), share - 1000, share), most


def _registered(frame: Frame, people: People) -> Bools:
    """Pharmacy visits the pooled fund shares: chronic drugs of people registered for them."""
    at = group_at()
    ok = np.zeros(len(frame), dtype=bool)
    for shop, ill in (("rx_htn", "htn"), ("rx_dm", "dm"), ("rx_chd", "chd")):
        since = people.since[frame["person"].to_numpy(), ILLS.index(ill)]
        enrolled = since <= frame["pend"].to_numpy()
        ok |= (frame["group"].to_numpy() == at[shop]) & enrolled
    return ok | (frame["fundrx"].to_numpy() > 0)


def _top_ups(frame: Frame, people: People, serious: Bools, hifp: Ints, shared: Bools) -> None:
    person = frame["person"].to_numpy()
    resident = people.insutype[person] == 390
    left = np.maximum(frame["inscp"].to_numpy() - hifp, 0)
    big = np.maximum(left - np.where(resident, 1_400_000, 1_000_000), 0)
    extra = np.where(shared & serious, half_up(big * 6000, 10_000), 0)
    frame["hifmi"] = np.where(resident, extra, 0)
    frame["hifob"] = np.where(resident, 0, extra)
    left = left - extra
    aid: Floats = np.array([0, 5000, 9000, 3000])[people.poor[person]]
    frame["maf"] = np.where(serious & shared, half_up(left * aid.astype(np.int64), 10_000), 0)
    frame["cvlserv"] = np.where(
        people.civil[person] & serious & shared, half_up(left * 3000, 10_000), 0
    )
    frame["hifes"] = 0
    frame["othfund"] = 0


def _accounts(frame: Frame, people: People, purses: Purses, stay: Bools) -> None:
    person = frame["person"].to_numpy()
    rest = frame["det"].to_numpy() - frame["fund"].to_numpy()
    wants = np.where(stay, 0, rest)
    before = pd.Series(wants).groupby(person).cumsum().to_numpy() - wants
    acct = np.clip(purses.balance[person] - before, 0, wants)
    shop = np.array([g.setting == "rx" for g in groups()])[frame["group"].to_numpy()]
    kin = shop & (people.insutype[person] == 390)
    kin &= (frame["vid"].to_numpy() % 11 == 0) | (frame["relative"].to_numpy() > 0)
    frame["acct"] = np.where(kin, wants, acct)
    frame["kin"] = np.where(kin, wants, 0)
    frame["cash"] = rest - frame["acct"].to_numpy()
    np.subtract.at(purses.balance, person, acct)
    purses.balance += np.where(people.insutype == 310, 11_000, 0)
