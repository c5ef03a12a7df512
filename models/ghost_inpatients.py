"""Stays that other records contradict: proofs gathered by institution."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd
from scipy.stats import binom

from fundwatch.tables import gold
from models.base import Finding, View, pairs, sorted_tuple

NAMES: Final = {
    "overlap": "同时在另一处住院",
    "elsewhere": "住院期间在他处就医购药",
    "after_death": "死亡登记之后入院",
    "idle": "多日无任何诊疗活动",
    "overfull": "在院人数超过核定床位",
}
STRONG: Final = ("overlap", "elsewhere", "after_death")
# Suffix of the anchor: an institution has at most one case of each kind a month.
DEATH, CLAIM, PROOF, DOUBT = "|after_death", "|claim", "", "|doubt"
SCHEME: Final = {DEATH: "post_death", CLAIM: "offsite_fraud"}  # where it is not the detector's


@dataclass(frozen=True)
class GhostInpatients:
    """Stays that cannot have been as billed, by institution.

    A stay elsewhere that a claim by hand alone tells of is a matter of the claim (offsite_fraud).

    Contradictions of different kinds are independent legs: one strong leg proves, one weak leg
    says nothing, two weak legs are worth a look, and so is one where far more of the institution's
    stays than usual (`house_share`) were seen elsewhere while it charged for treating them.
    Innocent twins, and what keeps them out: the day of admission, discharge or transfer (never a
    leg alone); a single day elsewhere, drugs that relatives fetch again and again from a near
    pharmacy while the stay is lively, dialysis elsewhere (weak; nothing where the stay charged no
    treatment that day); a death registered late (`grace_days`); a quiet stay of a convalescent
    (weak); a real stay that another hospital's ghost overlaps (the stay with more against it is
    accused).
    """

    id: ClassVar[str] = "ghost_inpatients"
    reads: ClassVar[tuple[View, ...]] = (
        View(
            gold.PRESENCE_CONFLICT,
            tuple(
                "mdtrt_id kind other fixmedins_code area person_key setl_ids"
                " other_fixmedins_code other_care admitted_on discharged_on other_on stay_days"
                " active_days fund_fen is_claim km is_edge is_transfer is_leave house_stays"
                " house_away says evidence".split()
            ),
        ),
    )

    strong: float = 0.9  # weight of a contradiction that only a false record explains [0 to 1]
    weak: float = 0.4  # weight of one that has common honest explanations [0 to 1]
    far_km: float = 50.0  # from here on nobody goes often to fetch drugs for a patient [km]
    out_days: int = 1  # days that leave or an errand explains [days]
    lively_share: float = 0.75  # nights with treatment from which a stay is lively [0 to 1]
    grace_days: int = 1  # from death to admission, by slips of the register [days]
    activity_gap: float = 0.4  # difference in active share that tells the real stay [0 to 1]
    leave_days: int = 3  # days of leave in one stay that need no other explanation [days]
    house_share: float = 0.05  # of honest stays, seen elsewhere amid treatment at most [0 to 1]
    house_chance: float = 0.01  # that an honest institution has so many of them [0 to 1]
    house_least: int = 3  # fewest such stays that tell of the institution [count]

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """At most four findings an institution: after death, claimed by hand, proven, doubtful."""
        (conflict,) = frames
        legs = self._legs(conflict.sort_values(["mdtrt_id", "kind", "other"], ignore_index=True))
        if legs.empty:
            return
        legs["case"] = _case(legs, self._is_of_house(legs))
        counted = legs[legs["case"].notna()]
        cases = counted.groupby(["fixmedins_code", "case"], sort=True)
        found = (_finding(str(place), str(case), part) for (place, case), part in cases)
        yield from sorted(found, key=lambda finding: finding.anchor)

    def refuses(self, *frames: pd.DataFrame) -> str:
        """Nothing: it needs no model."""
        return ""

    def _legs(self, conflict: pd.DataFrame) -> pd.DataFrame:
        """Contradictions that count, each with `is_strong` and the `strength` of its stay."""
        legs: pd.DataFrame = conflict[
            ~conflict["is_edge"].astype(bool) & ~_is_late_death(self, conflict)
        ]
        legs = legs[~self._is_on_leave(legs)]
        legs = legs[~self._is_cleared(legs)].copy()
        legs["is_strong"] = self._is_strong(legs)
        weight = np.where(legs["is_strong"], self.strong, self.weak)
        legs["doubt"] = 1.0 - weight
        left = legs.groupby(["mdtrt_id", "kind"])["doubt"].min().groupby("mdtrt_id").prod()
        legs["strength"] = 1.0 - legs["mdtrt_id"].map(left).astype(float)
        return legs

    def _is_on_leave(self, legs: pd.DataFrame) -> Any:
        """Visits on days for which the stay charged no treatment, few of them in one stay."""
        is_leave = legs["is_leave"].astype(bool)
        days = legs["other_on"].where(is_leave).groupby(legs["mdtrt_id"]).transform("nunique")
        return is_leave & (days <= self.leave_days)

    def _is_of_house(self, legs: pd.DataFrame) -> Any:
        """Treated here on a day spent elsewhere, at an institution where that is common."""
        away, stays = legs["house_away"], legs[["house_stays", "house_away"]].max(axis=1)
        is_common = binom.sf(away - 1, stays, self.house_share) <= self.house_chance
        is_plain = (legs["kind"] == "elsewhere") & ~legs["is_leave"].astype(bool)
        is_plain &= (legs["other_care"] != "chronic") & ~legs["is_transfer"].astype(bool)
        return is_plain & is_common & (away >= self.house_least)

    def _is_strong(self, legs: pd.DataFrame) -> Any:
        is_sure = legs["kind"].isin(STRONG) & ~legs["is_transfer"].astype(bool)
        is_sure &= ~legs["is_leave"].astype(bool)
        return is_sure & ~((legs["kind"] == "elsewhere") & self._is_excused(legs))

    def _is_excused(self, legs: pd.DataFrame) -> Any:
        """Visits elsewhere with a common honest reason: a day's leave, errands nearby, dialysis.

        One day proves nothing: relatives fetch a prescription with the card, far away too, and a
        visit is entered on the wrong day.
        """
        days = legs.groupby(["mdtrt_id", "kind"])["other_on"].transform("nunique")
        is_lively = _active_share(legs) >= self.lively_share
        is_near = ~(legs["km"].astype(float) >= self.far_km)
        is_errand = (legs["other_care"] == "pharmacy") & is_near & is_lively
        return (legs["other_care"] == "chronic") | (days <= self.out_days) | is_errand

    def _is_cleared(self, legs: pd.DataFrame) -> Any:
        """Overlaps in which the other stay has more against it, or this one is clearly livelier."""
        kinds = legs.groupby("mdtrt_id")["kind"].nunique()
        stays = legs.drop_duplicates("mdtrt_id").set_index("mdtrt_id")
        share = _active_share(stays)
        other = legs["other"].where(legs["kind"] == "overlap")
        against = other.map(kinds) - legs["mdtrt_id"].map(kinds)
        livelier = legs["mdtrt_id"].map(share) - other.map(share)
        return (against > 0) | ((against == 0) & (livelier >= self.activity_gap))


def _active_share(stays: pd.DataFrame) -> Any:
    """Nights of the stay with treatment [0 to 1]."""
    return stays["active_days"] / stays["stay_days"].clip(lower=1)


def _is_late_death(detector: GhostInpatients, conflict: pd.DataFrame) -> Any:
    """Admitted alive, or so soon after the registered death that the register may have slipped."""
    since = pd.to_datetime(conflict["admitted_on"]) - pd.to_datetime(conflict["other_on"])
    return (conflict["kind"] == "after_death") & (since.dt.days <= detector.grace_days)


def _case(legs: pd.DataFrame, is_of_house: pd.Series[Any]) -> pd.Series[Any]:
    """Which case of its institution a leg's stay belongs to; null: one weak leg says nothing."""
    stay = legs.groupby("mdtrt_id")
    is_dead = legs["mdtrt_id"].map((legs["kind"] == "after_death").groupby(legs["mdtrt_id"]).any())
    is_proven = stay["is_strong"].transform("any")
    is_doubtful = stay["kind"].transform("nunique") >= 2
    is_doubtful |= is_of_house.groupby(legs["mdtrt_id"]).transform("any")
    is_claim = legs["is_claim"].astype(bool) & (is_proven | is_doubtful)
    conditions, cases = [is_dead, is_claim, is_proven, is_doubtful], [DEATH, CLAIM, PROOF, DOUBT]
    case = np.select(conditions, cases, default="none")
    return pd.Series(case, index=legs.index).replace("none", None)


def _finding(place: str, case: str, legs: pd.DataFrame) -> Finding:
    stays = legs.drop_duplicates("mdtrt_id")
    evidence = set().union(*(pairs(cell) for cell in legs["evidence"]))
    return Finding(
        anchor=place + case,
        subject_type="institution",
        subject_ids=(place,),
        # Ten stays that each leave a doubt are stronger than one, but share causes: not ten times.
        score=1.0 - float(1.0 - stays["strength"].mean()) / math.sqrt(len(stays)),
        says=_says(legs, stays),
        setl_ids=sorted_tuple(chain.from_iterable(stays["setl_ids"])),
        evidence=tuple(sorted(evidence)),
        period_begn=stays["admitted_on"].min(),
        period_end=stays["discharged_on"].max(),
        fixmedins_codes=sorted_tuple([place, *legs["other_fixmedins_code"].dropna()]),
        person_keys=sorted_tuple(legs["person_key"]),
        area=min(stays["area"]),
        fixmedins_code=place,
        scheme=SCHEME.get(case, ""),
        grade="A" if case == DEATH or legs["is_strong"].any() else "C",
    )


def _says(legs: pd.DataFrame, stays: pd.DataFrame) -> str:
    kinds = legs.groupby("kind")["mdtrt_id"].nunique()
    told = "、".join(f"{NAMES[kind]}{kinds[kind]}人次" for kind in NAMES if kind in kinds)
    strongest = legs.sort_values(
        ["is_strong", "strength", "fund_fen", "mdtrt_id", "kind", "other"],
        ascending=[False, False, False, True, True, True],
    ).drop_duplicates("mdtrt_id")
    examples = ";".join(text.rstrip("。;") for text in strongest["says"].head(3))
    seen = legs.sort_values(["house_away", "house_stays"]).iloc[-1]
    house = f"该院近六个月{seen['house_stays']}人次住院中{seen['house_away']}人次被在他处看见"
    return (
        f"{len(stays)}人次住院与其他记录矛盾:{told};例如:{examples}。{house}。"
        "正常情形:住院期间人在院内,每日有诊疗记录,不在别处就医"
    )
