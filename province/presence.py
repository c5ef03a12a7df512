"""Who is where: no honest person lies in two beds, and few send others to shop meanwhile."""

from __future__ import annotations

import numpy as np
import pandas as pd

from province.items import groups
from province.world import Bools, Ints, unit_hash

Frame = pd.DataFrame
_ON_THE_WAY = 5400  # seconds from leaving one place to being seen at another
_WIDE = 1 << 34  # seconds, wider than any calendar used here


def in_bed(group: Ints) -> Bools:
    """Which groups keep a person in hospital: stays, family beds and day surgery apart."""
    keeps = np.array([g.setting == "ip" and g.med_type not in ("71",) for g in groups()])
    chosen: Bools = keeps[group]
    return chosen


def settle_conflicts(frame: Frame, busy: Ints, free: Bools) -> Frame:
    """The month's visits without honest overlaps.

    `busy` is until when each person is in hospital [seconds]; `free` marks rows (planted ghosts)
    whose person is really elsewhere, so that life goes on during them.
    """
    tagged = frame["tag"].to_numpy() != -1
    stay = in_bed(frame["group"].to_numpy())
    keep = tagged | (frame["beg"].to_numpy() >= busy[frame["person"].to_numpy()])
    keep &= tagged | ~stay | ~_meets(frame, stay & ~tagged, frame[stay & tagged])
    frame, stay, free = frame[keep], stay[keep], free[keep]
    keep = ~_second(frame, stay & (frame["tag"].to_numpy() == -1))
    frame, stay, free = frame[keep], stay[keep], free[keep]
    tagged = frame["tag"].to_numpy() != -1
    walking = ~stay & ~tagged
    away = _meets(frame, walking, frame[stay & ~free])
    sent = away & _errand(frame)
    settled: Frame = frame.assign(relative=np.where(sent, 1, frame["relative"]))[~away | sent]
    return settled[~_hurried(settled)].reset_index(drop=True)


def _hurried(frame: Frame) -> Bools:
    """Visits at another place sooner after the last one than anybody gets there and is seen."""
    walking = ~in_bed(frame["group"].to_numpy()) & (frame["tag"].to_numpy() == -1)
    walking &= frame["kept"].to_numpy() < 2  # on the way home from the doctor
    rows = np.flatnonzero(walking & (frame["relative"].to_numpy() == 0))
    part = frame.iloc[rows]
    order = rows[np.lexsort((part["place"], part["beg"], part["person"]))]
    col = {name: frame[name].to_numpy()[order] for name in ("person", "place", "beg", "end")}
    same = (col["person"][1:] == col["person"][:-1]) & (col["place"][1:] != col["place"][:-1])
    late = np.zeros(len(frame), dtype=bool)
    late[order[1:]] = same & (col["beg"][1:] < col["end"][:-1] + _ON_THE_WAY)
    return late


def _errand(frame: Frame) -> Bools:
    """Purchases that a relative may make for someone in hospital: some of those at pharmacies."""
    shop = np.array([g.setting == "rx" for g in groups()])[frame["group"].to_numpy()]
    lucky: Bools = shop & (unit_hash(frame["person"].to_numpy(), frame["beg"].to_numpy()) < 0.3)
    return lucky


def _meets(frame: Frame, asked: Bools, stays: Frame) -> Bools:
    """Which asked rows overlap in time with one of the stays of the same person."""
    met = np.zeros(len(frame), dtype=bool)
    if not len(stays):
        return met
    stays = stays.sort_values(["person", "beg"], kind="stable")
    keys = stays["person"].to_numpy() * _WIDE + stays["beg"].to_numpy()
    until = np.maximum.accumulate(stays["person"].to_numpy() * _WIDE + stays["end"].to_numpy())
    person = frame["person"].to_numpy()[asked] * _WIDE
    last = np.searchsorted(keys, person + frame["end"].to_numpy()[asked]) - 1
    begun = person + frame["beg"].to_numpy()[asked]
    met[asked] = (last >= 0) & (until[np.maximum(last, 0)] > begun)
    return met


def _second(frame: Frame, asked: Bools) -> Bools:
    """Which asked stays begin before an earlier stay of the same person is over."""
    rows = np.flatnonzero(asked)
    order = rows[np.lexsort((frame["beg"].to_numpy()[rows], frame["person"].to_numpy()[rows]))]
    base = frame["person"].to_numpy()[order] * _WIDE
    until = np.maximum.accumulate(base + frame["end"].to_numpy()[order])
    late = np.zeros(len(frame), dtype=bool)
    late[order[1:]] = (base + frame["beg"].to_numpy()[order])[1:] < until[:-1]
    return late
