"""One person at one institution: the unit about which methods without knowledge speak.

An institution as a whole is too coarse to be right, a settlement too fine to be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pandas as pd

from fundwatch.tables.silver import SETTLEMENT_NET
from models.base import View
from models.league.base import Claim

SETTLED: Final = View(
    SETTLEMENT_NET,
    tuple(
        "setl_id fixmedins_code cert_key psn_key begndate enddate setl_time medfee_sumamt_fen"
        " fund_pay_sumamt_fen".split()
    ),
    where="NOT is_void",
)
PAIR: Final = ["fixmedins_code", "person"]


def settled(settlement: pd.DataFrame) -> pd.DataFrame:
    """Settlements in order of setl_id, with `person`, `day` of beginning and `days` it lasted."""
    day, end = (pd.to_datetime(settlement[name]) for name in ("begndate", "enddate"))
    return settlement.assign(
        person=settlement["cert_key"].fillna(settlement["psn_key"]),
        day=day,
        days=(end - day).dt.days,
    ).sort_values("setl_id", ignore_index=True)


def pairs(settlement: pd.DataFrame) -> pd.DataFrame:
    """A row a pair: its settlements, how often, how long and for how much money [fen].

    In order of institution and first settlement: pseudonyms, which differ from key to key, decide
    nothing.
    """
    own = settled(settlement).groupby(PAIR, sort=False)
    found = own.agg(
        setl_ids=("setl_id", tuple),
        visits=("setl_id", "size"),
        visit_days=("day", "nunique"),
        stay_days=("days", "sum"),
        first_on=("day", "min"),
        last_on=("day", "max"),
        fund_fen=("fund_pay_sumamt_fen", "sum"),
        largest_fen=("fund_pay_sumamt_fen", "max"),
        medfee_fen=("medfee_sumamt_fen", "sum"),
    ).reset_index()
    found["span_days"] = (found["last_on"] - found["first_on"]).dt.days
    return found.sort_values(["fixmedins_code", "setl_ids"], ignore_index=True)


def claimed(found: pd.DataFrame, scores: Iterable[float]) -> Iterator[Claim]:
    """A claim a pair, with these scores in the order of the pairs."""
    for code, setl_ids, score in zip(
        found["fixmedins_code"], found["setl_ids"], scores, strict=True
    ):
        yield Claim("", code, setl_ids, float(score))
