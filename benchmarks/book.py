"""What a plain rule reads of a province, and the three things plain rules ask of it."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import pandas as pd

from benchmarks.delivered import Delivered

Frame = pd.DataFrame
Named = set[str]
STAYS: Final = ("21", "22", "23", "24", "25", "26", "27", "28", "52", "71")


class Book:
    """What the rules read of a province: bills with their visits, and charged lines."""

    def __init__(self, province: Delivered) -> None:
        self.of = province

    @cached_property
    def bills(self) -> Frame:
        """Settlements that were not taken back at once, with their visit; one row each."""
        setl = self.of.standing("setl_d")
        setl = setl[setl["refd_setl_flag"] == "0"].drop(columns=["updt_time", "batch", "nth"])
        visits = self.of.standing(
            "mdtrt_d", "mdtrt_id", "begntime", "endtime", "tel", "addr", "dscg_way", "adm_way",
        ).drop(columns=["updt_time", "batch", "nth"])  # fmt: skip
        rows = setl.merge(visits, on="mdtrt_id")
        person = rows["psn_no"] + rows["insu_admdvs"]
        return rows.assign(
            person=person, care=rows["med_type"].str[:2], nights=_nights(rows),
            endtime=rows["endtime"].fillna(rows["begntime"]),
        )  # fmt: skip

    @cached_property
    def stays(self) -> Frame:
        """Bills of stays."""
        return self.bills[self.bills["care"].isin(STAYS)]

    @cached_property
    def lines(self) -> Frame:
        """Charged lines of those bills."""
        rows = self.of.standing(
            "fee_list_d", "setl_id", "hilist_code", "hilist_name", "cnt", "pric", "trdn_flag",
            "fee_ocur_time", "med_chrgitm_type", "list_type", "fixmedins_code",
        )  # fmt: skip
        rows = rows[(rows["cnt"] > 0) & rows["setl_id"].isin(self.bills["setl_id"])]
        kind = rows["med_chrgitm_type"].str.zfill(2)
        return rows.assign(kind=kind, day=rows["fee_ocur_time"].dt.normalize())


def _nights(rows: Frame) -> pd.Series:
    return (rows["enddate"] - rows["begndate"]).dt.days


def named(rows: Frame) -> Named:
    return set(rows["setl_id"])


def many(rows: Frame, keys: list[str], least: int, of: str = "person") -> Named:
    """Bills that share these keys with so many different persons (or other things)."""
    count = rows.groupby(keys)[of].transform("nunique")
    return named(rows[count >= least])


def queue(rows: Frame, least: int, within: pd.Timedelta) -> Named:
    """Bills in a run of so many different cards at one terminal within so long."""
    rows = rows.dropna(subset="term_no").sort_values(["term_no", "setl_time"])
    found: Named = set()
    ids, far = rows["setl_id"].to_numpy(), least - 1
    for shift in range(least):
        first, last = rows.shift(shift), rows.shift(shift - far)
        run = (first["term_no"] == rows["term_no"]) & (last["term_no"] == rows["term_no"])
        run &= last["setl_time"] - first["setl_time"] <= within
        found |= set(ids[run.to_numpy()])
    return found
