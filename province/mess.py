"""Honest disorder: reversals, settlements made again, partial refunds and late clocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from province.items import groups
from province.money import FUNDS, PARTS, with_money
from province.world import DAY, Ints, World, coin, unit_hash

Frame = pd.DataFrame
MONEY = ("det", *PARTS, "dedc", *FUNDS, "fund", "acct", "kin", "cash")


@dataclass
class Late:
    """Reversals that fall into the next month: bills and lines waiting with their ids."""

    bills: Frame = field(default_factory=pd.DataFrame)
    lines: Frame = field(default_factory=pd.DataFrame)


def with_refunds(rng: np.random.Generator, lines: Frame, parts: Frame) -> Frame:
    """Some charged lines taken back before settlement: a negative line that names the first."""
    stay = np.array([g.setting == "ip" for g in groups()])[parts["group"].to_numpy()]
    share = np.where(stay, 0.006, 0.001)[lines["part"].to_numpy()]
    given = lines["giveback"].to_numpy()
    taken = coin(rng, share, len(lines)) & (lines["tag"].to_numpy() < 0) & (given >= 0)
    whole = given > 0
    rows = np.flatnonzero(taken | whole)
    back = lines.iloc[rows].copy()
    back["refund"] = rows
    some = np.maximum(1, (back["qty"].to_numpy() * rng.random(len(rows))).astype(np.int64))
    back["qty"] = -np.where(whole[rows], back["qty"], some)
    back[["tag", "given"]] = -1
    end = parts["end"].to_numpy()[back["part"].to_numpy()]
    later = back["t"].to_numpy() + rng.integers(600, 5 * 3600, len(rows))
    back["t"] = np.minimum(later, np.maximum(end, back["t"].to_numpy() + 30))
    return pd.concat([lines, with_money(back)], ignore_index=True)


def billed(world: World, month: int, parts: Frame) -> Frame:
    """The parts as settlements: when they were settled and uploaded."""
    rng = world.rng("bills", month)
    n = len(parts)
    stay = np.array([g.setting == "ip" for g in groups()])[parts["group"].to_numpy()]
    place = parts["place"].to_numpy()
    lag = np.where(stay, rng.integers(900, 9000, n), rng.integers(30, 900, n))
    lag = np.where(parts["lasts"].to_numpy() >= 0, 20 + lag // 12, lag)  # they went on at once
    batch = (unit_hash(place, np.full_like(place, 71)) < 0.08) & ~stay  # posts at night
    done = np.where(
        (parts["mid"].to_numpy() > 0) & (parts["halves"].to_numpy() == 0),
        (parts["pend"].to_numpy() + 1) * DAY - 3600,
        parts["end"].to_numpy(),
    )
    lag = lag + parts["wait"].to_numpy() * rng.integers(1, 13, n) * DAY
    night = (done // DAY + 1) * DAY - 600 + rng.integers(0, 540, n)
    bills = parts.copy()
    bills["setl_time"] = np.where(batch, night, done + lag)
    claim = bills["claim"].to_numpy()
    bills["setl_time"] = np.where(claim >= 0, claim, bills["setl_time"])
    bills["first_time"] = bills["setl_time"]
    bills[["src", "init_id", "invoice"]] = -1
    bills["refd"] = 0
    bills["updt"] = bills["setl_time"] + 3600 + upload_lag(place, parts["vid"].to_numpy())
    return bills


def upload_lag(place: Ints, key: Ints) -> Ints:
    """Seconds between settlement and upload: a few hours, at some places days."""
    slow = 1 + 6 * unit_hash(place, np.full_like(place, 72)) ** 4
    return (slow * unit_hash(key, np.full_like(key, 73)) * 8 * 3600).astype(np.int64)


def with_reversals(
    world: World, month: int, bills: Frame, lines: Frame
) -> tuple[Frame, Frame, pd.Series[int]]:
    """Bills and lines with the month's reversals, and when others will be reversed next month.

    A reversal repeats its original with negative money; most are settled again at once. The last
    result has the rows of bills that wait as its index.
    """
    rng = world.rng("reversals", month)
    odd = (bills["paper"].to_numpy() > 0) | (bills["sheet"].to_numpy() >= 0)
    rows = np.flatnonzero(coin(rng, 0.006, len(bills)) & ~odd)
    tagged = bills["tag"].to_numpy()[rows] >= 0
    tagged |= np.isin(rows, lines.loc[lines["tag"] >= 0, "bill"].to_numpy())
    technical = (rng.random(len(rows)) < 0.4) | tagged
    slow = rng.integers(3600, 20 * DAY, len(rows))
    wait = np.where(technical, rng.integers(60, 500, len(rows)), slow)
    when = bills["setl_time"].to_numpy()[rows] + wait
    over = (when >= world.first_day(month + 1) * DAY) & ~tagged
    again = (technical | (rng.random(len(rows)) < 0.4)) & ~over
    bills, lines = _append(bills, lines, rows[~over], when[~over], -1)
    bills, lines = _append(bills, lines, rows[again], when[again] + 240, 1)
    _hand_on_tags(bills, lines, rows[~over])
    return bills, lines, pd.Series(when[over], index=rows[over], dtype="int64")


def _hand_on_tags(bills: Frame, lines: Frame, rows: Ints) -> None:
    """What was tagged and reversed is tagged in the settlement made again, nowhere else."""
    void = np.isin(np.arange(len(bills)), rows) | (bills["refd"].to_numpy() > 0)
    bills["tag"] = np.where(void, -1, bills["tag"])
    lines["tag"] = np.where(void[lines["bill"].to_numpy()], -1, lines["tag"])


def _append(bills: Frame, lines: Frame, rows: Ints, when: Ints, sign: int) -> tuple[Frame, Frame]:
    if not len(rows):
        return bills, lines
    more = _signed(bills.iloc[rows], sign)
    more["setl_time"] = when
    more["updt"] = when + 1800
    more["src"] = rows if sign < 0 else -1
    more["refd"] = int(sign < 0)
    copied = lines[np.isin(lines["bill"].to_numpy(), rows)].copy()
    copied["origin"] = copied.index.to_numpy()
    place_of = np.full(len(bills), -1, dtype=np.int64)
    place_of[rows] = len(bills) + np.arange(len(rows))
    copied["bill"] = place_of[copied["bill"].to_numpy()]
    if sign < 0:
        copied["refund"] = copied["origin"]
    else:
        copied["refund"] = _shifted(copied, len(lines))
    copied = flipped(copied.drop(columns="origin"), sign)
    return pd.concat([bills, more], ignore_index=True), pd.concat(
        [lines, copied], ignore_index=True
    )


def _shifted(copied: Frame, base: int) -> Ints:
    """Refunds inside a settlement made again name the new copies of their lines."""
    new = pd.Series(base + np.arange(len(copied)), index=copied["origin"].to_numpy())
    named = copied["refund"].to_numpy()
    return np.where(named >= 0, new.reindex(named).fillna(-1).to_numpy(), -1).astype(np.int64)


def _signed(bills: Frame, sign: int) -> Frame:
    more = bills.copy()
    more[list(MONEY)] = more[list(MONEY)].to_numpy() * sign
    return more


def flipped(lines: Frame, sign: int) -> Frame:
    """Lines with quantity and money times the sign."""
    columns = ["qty", "det", *PARTS]
    lines = lines.copy()
    lines[columns] = lines[columns].to_numpy() * sign
    return lines


def with_late(late: Late, bills: Frame, lines: Frame) -> tuple[Frame, Frame]:
    """Bills and lines with last month's postponed reversals, which name the ids they take back."""
    if not len(late.bills):
        return bills, lines
    back = _signed(late.bills.drop(columns="when"), -1)
    back["init_id"] = late.bills["setl_id"].to_numpy()
    back["setl_time"] = late.bills["when"].to_numpy()
    back["updt"] = back["setl_time"] + 1800
    back["refd"] = 1
    taken = flipped(late.lines.drop(columns="setl_no"), -1)
    taken["init_sn"] = late.lines["bkkp_sn"].to_numpy()
    taken["refund"] = -1
    order = np.searchsorted(late.bills["setl_id"].to_numpy(), late.lines["setl_no"].to_numpy())
    taken["bill"] = len(bills) + order
    return pd.concat([bills, back], ignore_index=True), pd.concat([lines, taken], ignore_index=True)


def postponed(bills: Frame, lines: Frame, waiting: pd.Series[int]) -> Late:
    """Numbered bills and lines that wait to be reversed; `row` is their place before numbering."""
    kept = bills[np.isin(bills["row"].to_numpy(), waiting.index.to_numpy())]
    when = waiting.reindex(kept["row"].to_numpy()).to_numpy()
    taken = lines[np.isin(lines["bill"].to_numpy(), kept.index.to_numpy())]
    number = bills["setl_id"].to_numpy()[taken["bill"].to_numpy()]
    return Late(kept.assign(when=when).drop(columns="row"),
                taken.assign(setl_no=number).drop(columns="row"))  # fmt: skip
