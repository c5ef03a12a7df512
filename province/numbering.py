"""Ids, given only after honest and planted rows are mixed and sorted by time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from province.cast import LINE, SETL
from province.world import Ints

Frame = pd.DataFrame


def numbered(bills: Frame, lines: Frame, month: int) -> tuple[Frame, Frame]:
    """Bills in order of settlement and lines in order of bill and time, with their ids.

    `src` and `refund` name rows of the frames as given; they become init_id and init_sn.
    """
    order = np.lexsort((bills["vid"].to_numpy(), bills["setl_time"].to_numpy()))
    to_new = _inverse(order)
    bills = bills.iloc[order].reset_index(drop=True)
    bills["setl_id"] = SETL + month * 10**10 + np.arange(len(bills)) + 1
    src = bills["src"].to_numpy()
    own = month * 10**7 + np.arange(len(bills)) + 1
    taken_back = np.where(src >= 0, own[to_new[np.maximum(src, 0)]], bills["invoice"].to_numpy())
    bills["invoice"] = np.where(bills["refd"].to_numpy() > 0, taken_back, own)
    known = bills["setl_id"].to_numpy()[to_new[np.maximum(src, 0)]]
    bills["init_id"] = np.where(src >= 0, known, bills["init_id"].to_numpy())
    bill = to_new[lines["bill"].to_numpy()]
    order = np.lexsort((lines["item"].to_numpy(), lines["t"].to_numpy(), bill))
    to_new = _inverse(order)
    lines = lines.iloc[order].reset_index(drop=True)
    lines["bill"] = bill[order]
    lines["bkkp_sn"] = LINE + month * 10**10 + np.arange(len(lines)) + 1
    refund = lines["refund"].to_numpy()
    named = lines["bkkp_sn"].to_numpy()[to_new[np.maximum(refund, 0)]]
    lines["init_sn"] = np.where(refund >= 0, named, lines["init_sn"].to_numpy())
    return bills, lines


def _inverse(order: Ints) -> Ints:
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    return inverse
