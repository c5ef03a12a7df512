"""A visit as a row of the working table, and the days and hours at which visits begin and end."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from province.world import DAY, Floats, Ints, World, pick, whole

Frame = pd.DataFrame
WEEKDAY: Final = (1.15, 1.1, 1.05, 1.05, 1.1, 0.8, 0.7)  # Monday first


def visits(person: Ints, group: Ints, beg: Ints, end: Ints, **more: object) -> Frame:
    """Visits with every column of the working table; what is not given is undecided (-1)."""
    columns: dict[str, object] = {
        "person": person, "group": group, "beg": beg, "end": end, "place": -1, "tag": -1,
        "dept": -1, "doctor": -1, "planned": 0, "adm": 2, "out": 1, "refl": -1, "tel": -1,
        "term": -1, "leave": -1, "days": 0, "thin": 0, "follows": 0, "fundrx": 0,
        "ops": 1, "unseen": 0, "same": 0, "relative": 0, "wait": 0, "box": -1,
        "kept": 0, "lasts": -1, "cert": -1, "manual": -1, "writer": -1, "coded": -1, "paper": 0,
        "sheet": -1, "halves": 0,
    }  # fmt: skip
    frame = pd.DataFrame({**columns, **more})
    return frame.astype(np.int64)


def days_of(world: World, rng: np.random.Generator, month: int, size: int) -> Ints:
    """Days of the month, fewer of them at weekends."""
    first, count = world.first_day(month), world.days(month)
    days = first + np.arange(count)
    weights = np.array(WEEKDAY)[(days + 3) % 7]
    return first + pick(rng, weights, size)


def clock(rng: np.random.Generator, size: int, opens: float = 8.0, closes: float = 17.0) -> Ints:
    """Times of day [seconds], morning-heavy, to the second."""
    share = rng.beta(1.6, 2.2, size)
    return np.rint((opens + share * (closes - opens)) * 3600).astype(np.int64)


def any_hour(world: World, month: int, size: int) -> Ints:
    """When emergencies come: any day of the week alike, mostly in the forenoon and evening.

    Shares of hours after Pang et al., 中国公共卫生 2017, 33(10):1521 (no weekly pattern; 22 % come
    from 7 to 10, 32 % from 16 to 20). None comes so late that it would be paid for another day.
    """
    rng = world.rng("emergencies", month)
    day = world.first_day(month) + rng.integers(0, world.days(month), size)
    begins = np.array([0, 7, 10, 16, 20])
    part = pick(rng, np.array([0.14, 0.22, 0.25, 0.32, 0.07]), size)
    width = np.r_[begins[1:], 21] - begins
    hours = begins[part] + rng.random(size) * width[part]
    return whole(day * DAY + np.rint(hours * 3600))


def stay_end(rng: np.random.Generator, beg: Ints, usual: Ints) -> Ints:
    """Discharge times: log-normal stays around the usual days, in the late morning."""
    days = np.maximum(1, np.rint(usual * np.exp(rng.normal(-0.04, 0.35, len(beg))))).astype(
        np.int64
    )
    days = np.where(usual <= 1, rng.integers(0, 2, len(beg)), days)
    spread: Floats = 9.5 + 5 * rng.beta(2, 3, len(beg))
    end = (beg // DAY + days) * DAY + (spread * 3600).astype(np.int64)
    return np.where(days == 0, beg + 6 * 3600 + rng.integers(0, 3600, len(beg)), end)
