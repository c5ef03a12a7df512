"""Suspicious crowds and their innocent twins, as literals of the tables that detectors read."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fundwatch.knowledge import DetectorEntry, load
from fundwatch.tables.gold import (
    PEER_SCORE,
    PRESENCE_CONFLICT,
    SHARED_ADMISSION,
    SHARED_PURCHASE,
)
from models.base import Detector, Finding, Scored
from models.co_admission import CoAdmission
from models.ghost_inpatients import GhostInpatients
from models.odd_institutions import OddInstitutions
from models.resale_ring import ResaleRing
from models.training import TrainingSettings, train_odd_institutions
from tests.rows import frame

ENTRIES = load(DetectorEntry, Path("conf/detectors.yml"))


def circle(
    people: str,
    days: int,
    *,
    stays: int | None = None,
    expected: float = 0.02,
    kin: str = "",
    where: str = "H110101000001",
) -> str:
    """Everyone of `people` admitted with everyone on the same `days`; `kin` share a home."""
    rows = [
        " | ".join(
            (
                *(a, b, str(days), str(stays or days), str(stays or days), str(expected)),
                "true" if a in kin and b in kin else "false",
                "false",
                where,
                " ".join(sorted(f"{p}{d}" for p in (a, b) for d in range(days))),
                " ".join(sorted(f"s{p}{d}" for p in (a, b) for d in range(days))),
                "2024-01-05 | 2024-03-09",
            )
        )
        for a, b in combinations(people, 2)
    ]
    return "\n".join(rows)


SHARED_HEAD = (
    "person_a | person_b | times | stays_a | stays_b | expected | is_household | is_neighbour"
    " | fixmedins_codes | mdtrt_ids | setl_ids | first_on | last_on\n"
)
RING = SHARED_HEAD + circle("abcde", 3) + "\n" + circle("xy", 2, expected=0.5)
CARE_HOME = SHARED_HEAD + circle("abcde", 3, kin="abcde")
TWO_COUPLES = SHARED_HEAD + circle("ab", 4, kin="ab") + "\n" + circle("yz", 5, kin="yz")
CHEMOTHERAPY = SHARED_HEAD + circle("abcde", 9, stays=12, expected=0.3)
BUSY_HOUSE = SHARED_HEAD + circle("abcde", 3, expected=1.5)

PURCHASE_HEAD = (
    "person_a | person_b | times | expected | is_household | is_neighbour | fixmedins_codes"
    " | mdtrt_ids | setl_ids | first_on | last_on\n"
)


def errands(
    people: str,
    days: int,
    *,
    expected: float = 0.02,
    kin: str = "",
    where: str = "P110101000001 P110101000002",
) -> str:
    """Everyone of `people` buys with everyone on the same `days`; `kin` share a home."""
    rows = [
        " | ".join(
            (
                *(a, b, str(days), str(expected)),
                "true" if a in kin and b in kin else "false",
                *("true", where),
                " ".join(sorted(f"{p}{d}" for p in (a, b) for d in range(days))),
                " ".join(sorted(f"s{p}{d}" for p in (a, b) for d in range(days))),
                "2024-01-05 | 2024-03-09",
            )
        )
        for a, b in combinations(people, 2)
    ]
    return "\n".join(rows)


DEALERS = PURCHASE_HEAD + errands("abcd", 4) + "\n" + errands("xy", 2, expected=0.5)
CARETAKER = PURCHASE_HEAD + errands("abcd", 6, kin="abcd")
ONE_QUEUE = PURCHASE_HEAD + errands("abcd", 4, where="H110101000001")
CLINIC_DAY = PURCHASE_HEAD + errands("abcd", 6, expected=5.0)

# A stay of ten nights with treatment on three days, and a visit to another doctor amid it.
CONFLICT_HEAD = (
    "mdtrt_id | kind | other | fixmedins_code | area | person_key | setl_ids"
    " | other_fixmedins_code | other_care | admitted_on | discharged_on | other_on | stay_days"
    " | active_days | is_claim | km | is_edge | is_transfer | is_leave | house_stays | house_away"
    " | says | evidence\n"
)


def conflict(stay: str, kind: str, other: str, **told: Any) -> str:
    cells = {
        "fixmedins_code": "H110101000001",
        "area": "110101",
        "person_key": f"p-{stay}",
        "other_fixmedins_code": "H110101000002" if kind in ("overlap", "elsewhere") else "",
        "other_care": "outpatient" if kind == "elsewhere" else "",
        "admitted_on": "2024-01-02",
        "discharged_on": "2024-01-12",
        "other_on": "2024-01-06",
        "stay_days": 10,
        "active_days": 3,
        "is_claim": "false",
        "km": "5",
        "is_edge": "false",
        "is_transfer": "false",
        "is_leave": "false",
        "house_stays": 40,
        "house_away": 1,
    } | told
    rows = [
        ("silver.visit", stay),
        ("silver.settlement", f"s-{stay}"),
        ("silver.settlement", other),
    ]
    evidence = json.dumps([{"table": t, "key": k} for t, k in rows])
    names = [name.strip() for name in CONFLICT_HEAD.split("|")][3:]
    fixed = {"setl_ids": f"s-{stay}", "says": f"{stay}-{kind}", "evidence": evidence}
    return " | ".join([stay, kind, other, *(str((cells | fixed)[name]) for name in names)])


GHOSTS = CONFLICT_HEAD + "\n".join(
    [
        conflict("m1", "elsewhere", "o1"),
        conflict("m1", "idle", "m1"),
        conflict("m2", "overlap", "m9", other_fixmedins_code="H110101000009"),
        conflict("m3", "idle", "m3"),
        conflict("m3", "overfull", "2024-01-05"),
        conflict("m4", "idle", "m4"),  # one weak leg
        conflict("m5", "after_death", "2023-12-20", other_on="2023-12-20"),
    ]
)
HONEST = CONFLICT_HEAD + "\n".join(
    [
        conflict("m1", "elsewhere", "o1", is_edge="true", other_on="2024-01-02"),
        conflict("m2", "overlap", "m9", is_transfer="true"),
        conflict("m3", "elsewhere", "o3", other_care="pharmacy"),  # a relative fetched drugs
        conflict("m4", "elsewhere", "o4", active_days=9),  # a day's leave
        conflict("m10", "elsewhere", "o10", stay_days=20),  # leave from a long stay
        conflict("m5", "elsewhere", "o5", other_care="chronic"),  # dialysis goes on
        conflict("m11", "elsewhere", "o11", is_leave="true"),  # leave, and nothing charged
        conflict("m6", "after_death", "2024-01-01", other_on="2024-01-01"),  # a slip of a day
        conflict("m7", "after_death", "2024-01-10", other_on="2024-01-10"),  # died in hospital
        conflict("m8", "idle", "m8"),  # a quiet convalescence
        conflict("m9", "overfull", "2024-01-05"),
    ]
)

PEER_HEAD = "indicator_id | entity_type | entity | peers | value | median | distance\n"
INDICATORS = "bed_share drug_share exam_share lab_share stay_days".split()


def institution(entity: str, *distances: float) -> str:
    return "\n".join(
        f"{name} | institution | {entity} | 30 | 0.9 | 0.5 | {distance}"
        for name, distance in zip(INDICATORS, distances, strict=True)
    )


ODD = PEER_HEAD + institution("H110101000001", 8.0, 7.0, 6.0, 0.2, 0.1)
SPECIALIST = PEER_HEAD + institution("H110101000002", 9.0, 9.0, 0.1, 0.3, 0.2)

SAMPLES = {
    SHARED_ADMISSION.name: RING,
    PRESENCE_CONFLICT.name: GHOSTS,
    PEER_SCORE.name: ODD,
    SHARED_PURCHASE.name: DEALERS,
}
TWINS = [
    (CoAdmission, CARE_HOME),
    (CoAdmission, TWO_COUPLES),
    (CoAdmission, CHEMOTHERAPY),
    (CoAdmission, BUSY_HOUSE),
    (GhostInpatients, HONEST),
    (OddInstitutions, SPECIALIST),
    (ResaleRing, CARETAKER),
    (ResaleRing, ONE_QUEUE),
    (ResaleRing, CLINIC_DAY),
]


@cache
def scored() -> Scored:
    """A forest grown on forty-eight honest institutions."""
    rng = np.random.default_rng(0)
    honest = (institution(f"H{n:012}", *rng.normal(0, 1, 5).round(2)) for n in range(48))
    trained = train_odd_institutions(
        frame(PEER_SCORE, PEER_HEAD + "\n".join(honest)),
        {},
        TrainingSettings(trees=50, seeds=1, resamples=1),
    )
    return Scored("odd", "1", "d" * 16, trained.pipeline, trained.features, trained.quantiles)


def ready(detector: Detector) -> Detector:
    return replace(detector, scored=scored()) if isinstance(detector, OddInstitutions) else detector


def looked(detector: Detector, literal: str = "") -> list[pd.DataFrame]:
    """The sample's frames as the detector sees them: projected to its columns."""
    return [
        frame(view.table, literal or SAMPLES[view.table.name])[list(dict.fromkeys(view.columns))]
        for view in detector.reads
    ]


def found(detector: Detector, literal: str = "") -> list[Finding]:
    return list(ready(detector).find(*looked(detector, literal)))
