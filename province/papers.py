"""Electronic invoices of settlements, and what becomes of some: reddened, shared, missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import Cast
from province.money import MICRO
from province.places import Places
from province.records import INVOICE, INVOICE_CODE
from province.world import DAY, Bools, Ints, half_up, unit_hash
from province.write import Cells, constant, ids, table_of, texts

Frame = pd.DataFrame
# what is behind the invoice number that a bill names
PLAIN: Final = 0  # an invoice of the same amount
MISSING: Final = 1  # none: forged, or not yet uploaded
AGAIN: Final = 2  # that of an earlier bill with the same sheet
VOIDED: Final = 3  # one that is reddened afterwards
REISSUED: Final = 4  # one that is reddened, and replaced by another of the same amount
SEVERAL: Final = 5  # the first of two that make up the amount
RAISED: Final = 6  # one of the true amount, less than what is claimed
PARTS: Final = 7  # one for all bills of its sheet
_ROW: Final = ["invoice", "place", "det", "setl_time", "red", "updt"]


@dataclass
class Book:
    """Invoices remembered between months: by sheet, and those that will be reddened later."""

    sheets: dict[int, int] = field(default_factory=dict)
    waiting: Frame = field(default_factory=lambda: pd.DataFrame(columns=_ROW, dtype=np.int64))


def honest_papers(frame: Frame, places: Places) -> Ints:
    """Visits' papers where none is given: a few replaced, some claims of several, some late."""
    vid, place, given = (frame[c].to_numpy() for c in ("vid", "place", "paper"))
    draw = unit_hash(vid, np.full_like(vid, 35))
    by_hand = frame["claim"].to_numpy() >= 0
    slow = (unit_hash(place, np.full_like(place, 36)) < 0.06) & ~places.abroad[place]
    paper = np.where(by_hand & (draw < 0.12), SEVERAL, PLAIN)
    paper = np.where(draw > np.where(by_hand, 0.97, 0.9993), REISSUED, paper)
    paper = np.where(slow & ~by_hand & (draw < 0.01), MISSING, paper)
    free = (given == PLAIN) & (frame["sheet"].to_numpy() < 0)
    return np.where(free, paper, given).astype(np.int64)


def with_sheets(bills: Frame, lines: Frame, book: Book) -> Frame:
    """Numbered bills with the invoices that several of them share, and each invoice's `face`."""
    bills = bills.assign(face=_faces(bills, lines))
    shared = np.flatnonzero((bills["sheet"].to_numpy() >= 0) & (bills["refd"].to_numpy() == 0))
    number = bills["invoice"].to_numpy().copy()
    for row, key in zip(shared.tolist(), bills["sheet"].to_numpy()[shared].tolist(), strict=True):
        number[row] = book.sheets.setdefault(key, int(number[row]))
    return bills.assign(invoice=number)


def _faces(bills: Frame, lines: Frame) -> Ints:
    """What each invoice says [fen]: the bill's sum, without what was added to it by hand."""
    raised = bills["paper"].to_numpy()[lines["bill"].to_numpy()] == RAISED
    mine = lines[raised & (lines["excess"].to_numpy() > 0)]
    true = half_up((mine["qty"] - mine["excess"]).to_numpy() * mine["pric"].to_numpy(), MICRO)
    added = np.bincount(mine["bill"], mine["det"].to_numpy() - true, minlength=len(bills))
    return bills["det"].to_numpy() - np.rint(added).astype(np.int64)


def invoices(bills: Frame, cast: Cast, book: Book, close: int) -> pa.Table:
    """einvoice_d: one for each settlement, taken back with red ink where it was reversed.

    `close` is the day after the month; what is reddened later waits in the book.
    """
    coming = pd.concat([_extra(bills), book.waiting]).astype(np.int64)
    early = coming["setl_time"].to_numpy() >= close * DAY
    rows = pd.concat([_given(bills), coming[~early], _reddened(bills)]).astype(np.int64)
    later = rows["red"].to_numpy() >= close
    book.waiting = pd.concat([rows[later], coming[early]], ignore_index=True)
    rows = rows.assign(red=np.where(later, -1, rows["red"])).reset_index(drop=True)
    return _table(rows, cast)


def _table(rows: Frame, cast: Cast) -> pa.Table:
    col = {name: rows[name].to_numpy() for name in _ROW}
    reddened = col["red"] >= 0
    inside = ~cast.places.abroad[col["place"]]
    paper = unit_hash(col["invoice"], np.full_like(col["invoice"], 37)) < 0.01
    columns = {
        "bill_code": constant(INVOICE_CODE, len(rows)), "bill_no": ids(INVOICE + col["invoice"]),
        "fixmedins_code": texts(cast.place, np.where(inside, col["place"], -1)),
        "issue_date": Cells(col["setl_time"] // DAY), "total_amt": Cells(col["det"]),
        "stas": texts(("1", "2", "3"), np.where(reddened, 1, np.where(paper, 2, 0))),
        "red_date": Cells(col["red"], reddened),
        "updt_time": Cells(np.where(reddened, (col["red"] + 1) * DAY, col["updt"])),
    }  # fmt: skip
    return table_of("einvoice_d", columns, len(rows))


def _issued(bills: Frame) -> Ints:
    """When the invoices were issued [seconds]: as the patient left, days before a claim by hand."""
    return np.where(bills["claim"] >= 0, bills["end"] + 3600, bills["setl_time"]).astype(np.int64)


def _given(bills: Frame) -> Frame:
    """The invoices of this month's bills."""
    back = bills[bills["refd"] == 1]
    red = pd.Series(back["setl_time"].to_numpy() // DAY, index=back["invoice"].to_numpy())
    there = (bills["refd"] == 0) & ~bills["paper"].isin([MISSING, AGAIN])
    given = bills[there]
    face = given.groupby("invoice")["face"].transform("sum")
    given = given.assign(det=face, red=_red_days(given, red), setl_time=_issued(given))
    half = (given["paper"] == SEVERAL).to_numpy()
    given["det"] = np.where(half, given["det"] - _other_half(given), given["det"])
    return given.drop_duplicates("invoice")[_ROW]


def _red_days(given: Frame, red: pd.Series[int]) -> Ints:
    """The day each is reddened, -1 if never: with its reversal, or days after the claim."""
    when = red.reindex(given["invoice"].to_numpy()).fillna(-1).to_numpy().astype(np.int64)
    vid = given["vid"].to_numpy()
    later = given["setl_time"].to_numpy() // DAY + 3
    later += (unit_hash(vid, np.full_like(vid, 38)) * 25).astype(np.int64)
    return np.where(given["paper"].isin([VOIDED, REISSUED]), later, when).astype(np.int64)


def _other_half(given: Frame) -> Ints:
    vid = given["vid"].to_numpy()
    share = 2000 + (unit_hash(vid, np.full_like(vid, 39)) * 5000).astype(np.int64)
    return half_up(given["face"].to_numpy() * share, 10_000)


def _extra(bills: Frame) -> Frame:
    """Invoices that no bill names: the second of two, and those that replace reddened ones."""
    mine = bills[(bills["refd"] == 0) & bills["paper"].isin([SEVERAL, REISSUED])]
    again: Bools = (mine["paper"] == REISSUED).to_numpy()
    day = _red_days(mine, pd.Series(dtype="int64"))
    number = bills["invoice"].max() + 1 + np.arange(len(mine))
    issued = np.where(again, day * DAY + 10 * 3600, _issued(mine))
    made = mine.assign(
        invoice=number, red=-1, setl_time=issued, updt=issued + 3600,
        det=np.where(again, mine["face"], _other_half(mine)),
    )  # fmt: skip
    return made[_ROW]


def _reddened(bills: Frame) -> Frame:
    """Invoices of earlier months taken back now: the same invoice in its new state."""
    back = bills[bills["refd"] == 1]
    late = back[~np.isin(back["invoice"], bills.loc[bills["refd"] == 0, "invoice"])]
    made = late.assign(
        red=late["setl_time"] // DAY, det=-late["det"], setl_time=late["first_time"],
    )  # fmt: skip
    return made[_ROW]
