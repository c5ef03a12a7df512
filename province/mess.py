"""Honest disorder: reversals, settlements made again, partial refunds and late clocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from province.items import groups
from province.money import FUNDS, PARTS, with_money
from province.places import Places
from province.world import DAY, Ints, World, coin, unit_hash

Frame = pd.DataFrame
MONEY = ("det", *PARTS, "dedc", *FUNDS, "fund", "acct", "kin", "cash")


@dataclass
class Late:
    """Reversals that fall into the next month: bills and lines waiting with their ids."""

    bills: Frame | None = None
    lines: Frame | None = None


def with_refunds(rng: np.random.Generator, lines: Frame, parts: Frame) -> Frame:
    """Some charged lines taken back before settlement: a negative line that names the first."""
    stay = np.array([g.setting == "ip" for g in groups()])[parts["group"].to_numpy()]
    share = np.where(stay, 0.006, 0.001)[lines["part"].to_numpy()]
    taken = coin(rng, share, len(lines)) & (lines["tag"].to_numpy() < 0)
    rows = np.flatnonzero(taken)
    back = lines.iloc[rows].copy()
    back["refund"] = rows
    back["qty"] = -np.maximum(1, (back["qty"].to_numpy() * rng.random(len(rows))).astype(np.int64))
    end = parts["end"].to_numpy()[back["part"].to_numpy()]
    later = back["t"].to_numpy() + rng.integers(600, 5 * 3600, len(rows))
    back["t"] = np.minimum(later, np.maximum(end, back["t"].to_numpy() + 30))
    return pd.concat([lines, with_money(back)], ignore_index=True)


def billed(world: World, month: int, parts: Frame, places: Places) -> Frame:
    """The parts as settlements: when they were settled and uploaded."""
    rng = world.rng("bills", month)
    n = len(parts)
    stay = np.array([g.setting == "ip" for g in groups()])[parts["group"].to_numpy()]
    place = parts["place"].to_numpy()
    lag = np.where(stay, rng.integers(900, 9000, n), rng.integers(30, 900, n))
    batch = (unit_hash(place, np.full_like(place, 71)) < 0.08) & ~stay  # posts at night
    done = np.where(parts["mid"].to_numpy() > 0, (parts["pend"].to_numpy() + 1) * DAY - 3600, parts["end"].to_numpy())
    night = (done // DAY + 1) * DAY - 600 + rng.integers(0, 540, n)
    bills = parts.copy()
    bills["setl_time"] = np.where(batch, night, done + lag)
    bills["src"] = -1
    bills["init_id"] = -1
    bills["refd"] = 0
    bills["updt"] = bills["setl_time"] + 3600 + upload_lag(place, parts["vid"].to_numpy())
    return bills


def upload_lag(place: Ints, key: Ints) -> Ints:
    """Seconds between settlement and upload: a few hours, at some places days."""
    slow = 1 + 6 * unit_hash(place, np.full_like(place, 72)) ** 4
    return (slow * unit_hash(key, np.full_like(key, 73)) * 8 * 3600).astype(np.int64)


def with_reversals(
    world: World, month: int, bills: Frame, lines: Frame, late: Late
) -> tuple[Frame, Frame, Frame, Frame]:
    """Bills and lines with the month's reversals; then those that will come next month.

    A reversal repeats its original with negative money; most are settled again at once.
    """
    rng = world.rng("reversals", month)
    drawn = coin(rng, 0.006, len(bills)) & (bills["tag"].to_numpy() < 0)
    drawn &= ~np.isin(np.arange(len(bills)), lines.loc[lines["tag"] >= 0, "bill"].to_numpy())
    rows = np.flatnonzero(drawn)
    technical = rng.random(len(rows)) < 0.4
    wait = np.where(technical, rng.integers(60, 500, len(rows)), rng.integers(3600, 20 * DAY, len(rows)))
    when = bills["setl_time"].to_numpy()[rows] + wait
    over = when >= world.first_day(month + 1) * DAY
    again = technical | (rng.random(len(rows)) < 0.4)
    now = rows[~over]
    bills, lines = _append(bills, lines, now, when[~over], -1)
    bills, lines = _append(bills, lines, now[again[~over]], when[~over][again[~over]] + 240, 1)
    return bills, lines, bills.iloc[rows[over]].assign(when=when[over]), _lines_of(lines, rows[over])


def _lines_of(lines: Frame, rows: Ints) -> Frame:
    kept = lines[np.isin(lines["bill"].to_numpy(), rows)].copy()
    kept["origin"] = kept.index.to_numpy()
    return kept


def _append(bills: Frame, lines: Frame, rows: Ints, when: Ints, sign: int) -> tuple[Frame, Frame]:
    if not len(rows):
        return bills, lines
    more = _signed(bills.iloc[rows], sign)
    more["setl_time"] = when
    more["updt"] = when + 1800
    more["src"] = rows if sign < 0 else -1
    more["refd"] = int(sign < 0)
    copied = _lines_of(lines, rows)
    place_of = np.full(len(bills), -1, dtype=np.int64)
    place_of[rows] = len(bills) + np.arange(len(rows))
    copied["bill"] = place_of[copied["bill"].to_numpy()]
    if sign < 0:
        copied["refund"] = copied["origin"]
    else:
        copied["refund"] = _shifted(copied, len(lines))
    copied = flipped(copied.drop(columns="origin"), sign)
    return pd.concat([bills, more], ignore_index=True), pd.concat([lines, copied], ignore_index=True)


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


def came_late(late: Late) -> tuple[Frame, Frame] | None:
    """Last month's postponed reversals, negative and naming the ids they take back."""
    if late.bills is None or late.lines is None or not len(late.bills):
        return None
    bills = _signed(late.bills, -1)
    bills["init_id"] = late.bills["setl_id"].to_numpy()
    bills["setl_time"] = late.bills["when"].to_numpy()
    bills["updt"] = bills["setl_time"] + 1800
    bills["refd"] = 1
    bills["src"] = -1
    lines = flipped(late.lines, -1)
    lines["init_sn"] = late.lines["bkkp_sn"].to_numpy()
    lines["refund"] = -1
    lines["bill"] = np.searchsorted(late.bills["setl_id"].to_numpy(), late.lines["setl_no"].to_numpy())
    return bills.drop(columns="when"), lines


