"""Which exported clue found which planted instance, by stated rules.

A clue **finds** an instance when
1. its scheme is the instance's, or one of the pairs in COMPATIBLE (either way round); and
2. the Jaccard index of its settlements and the instance's is at least 0.3; or at least 60 % of the
   clue's settlements lie inside the instance, and at least two of them (all, if it has but one).

A clue without settlements finds nothing. Clues are taken in rank order. A clue that finds several
instances **hits** the one that no earlier clue hit, of these the one with the greatest Jaccard
index (then the smaller id). If earlier clues hit all it finds, it is a **repeat**. A clue that
finds no instance but fulfils 2. for an innocent twin, whatever its scheme, is a **twin**. The rest
is **wrong**. Instances of data errors are found by clues of the scheme data_error alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.judged import DATA_ERROR, TWIN, Truth

LEAST_JACCARD: Final = 0.3
LEAST_INSIDE: Final = 0.6
# Schemes that share their footprint: which of the two it was, only the inspection tells.
COMPATIBLE: Final = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "ghost_inpatient/induced_co_admission",
        "ghost_inpatient/phantom_charge",
        "ghost_inpatient/impersonation",
        "induced_co_admission/low_threshold_admission",
        "impersonation/post_death",
        "drug_resale_ring/trace_code_repeat",
        "drug_resale_ring/collusion",
        "drug_resale_ring/impersonation",
        "pharmacy_fraud/item_swap",
        "item_swap/phantom_charge",
        "overcharge/phantom_charge",
        "high_cost_anomaly/overtreatment",
    )
)


@dataclass(frozen=True)
class Found:
    """An instance that a clue finds, and how well the settlements agree [0 to 1]."""

    instance_id: str
    jaccard: float


@dataclass(frozen=True)
class Candidates:
    """What one clue could be said to have found, best first, before earlier clues are heard."""

    instances: tuple[Found, ...]
    twins: tuple[Found, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of one clue: hit, repeat, twin or wrong."""

    status: str
    instance_id: str = ""
    jaccard: float = 0.0


def candidates(
    schemes: Sequence[str], setl_ids: Sequence[Iterable[str]], truth: Truth
) -> list[Candidates]:
    """Rules 1 and 2 for every clue."""
    known = truth.instance.set_index("instance_id")[["scheme", "kind"]].to_dict("index")
    return [
        _candidates(scheme, [(one, known[one.instance_id]) for one in agreeing])
        for scheme, agreeing in zip(schemes, agreements(setl_ids, truth), strict=True)
    ]


def agreements(setl_ids: Sequence[Iterable[str]], truth: Truth) -> list[list[Found]]:
    """Rule 2 alone: whose settlements agree with each clue's, best first; linear in these."""
    inside: dict[str, list[str]] = {}
    settled = truth.settlement[["instance_id", "setl_id"]].drop_duplicates()
    for instance_id, setl_id in settled.itertuples(index=False):
        inside.setdefault(setl_id, []).append(instance_id)
    sizes: dict[Any, int] = settled.groupby("instance_id").size().to_dict()
    return [_agreeing(set(ids), inside, sizes) for ids in setl_ids]


def verdicts(found: Iterable[Candidates]) -> list[Verdict]:
    """What became of each clue, in the order in which a supervisor reads them."""
    claimed: set[str] = set()
    told = []
    for one in found:
        fresh = next((f for f in one.instances if f.instance_id not in claimed), None)
        if fresh:
            claimed.add(fresh.instance_id)
            told.append(Verdict("hit", fresh.instance_id, fresh.jaccard))
        elif one.instances:
            told.append(Verdict("repeat", one.instances[0].instance_id, one.instances[0].jaccard))
        elif one.twins:
            told.append(Verdict("twin", one.twins[0].instance_id, one.twins[0].jaccard))
        else:
            told.append(Verdict("wrong"))
    return told


def _candidates(scheme: str, agreeing: Sequence[tuple[Found, Mapping[Any, str]]]) -> Candidates:
    return Candidates(
        tuple(o for o, k in agreeing if k["kind"] != TWIN and _same(scheme, k["scheme"])),
        tuple(o for o, k in agreeing if k["kind"] == TWIN),
    )


def _agreeing(
    clue: set[str], inside: Mapping[str, Sequence[str]], sizes: Mapping[Any, int]
) -> list[Found]:
    met = Counter(instance for setl_id in clue for instance in inside.get(setl_id, ()))
    found = (
        Found(one, shared / (len(clue) + sizes[one] - shared))
        for one, shared in met.items()
        if _agree(shared, len(clue), sizes[one])
    )
    return sorted(found, key=lambda one: (-one.jaccard, one.instance_id))


def _agree(shared: int, clue: int, instance: int) -> bool:
    is_inside = shared >= LEAST_INSIDE * clue and shared >= min(2, clue)
    return shared / (clue + instance - shared) >= LEAST_JACCARD or is_inside


def _same(clue: str, instance: str) -> bool:
    if DATA_ERROR in (clue, instance):
        return clue == instance
    return clue == instance or frozenset((clue, instance)) in COMPATIBLE
