"""Reports of several worlds as one: counts are added, and the shares formed of the sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.stats import binomtest

from models.figures import rounded, share

LEVEL: Final = 0.9  # of every interval
Figures = Mapping[str, Any]


def pooled(reports: Sequence[Figures]) -> dict[str, Any]:
    """Figures of models.evaluation over all worlds; intervals after Wilson.

    Wilson takes instances as independent. Those of one world share its institutions, so the
    intervals are rather too narrow; one per world stands in the single reports. nDCG is the mean of
    the worlds.
    """
    schemes = sorted({scheme for report in reports for scheme in report["by_scheme"]})
    return {
        "worlds": len(reports),
        "precision": {
            asked: _precision([r["precision"][asked] for r in reports if asked in r["precision"]])
            for asked in sorted({a for r in reports for a in r["precision"]}, key=int)
        },
        "recall": _recall([report["recall"] for report in reports]),
        "by_scheme": {
            scheme: _of_scheme(
                [r["by_scheme"][scheme] for r in reports if scheme in r["by_scheme"]]
            )
            for scheme in schemes
        },
        "twins_in_first_200": sum(report["twins_in_first_200"] for report in reports),
        "repeats": sum(report["repeats"] for report in reports),
        "ndcg_by_money": rounded(np.mean([r["ndcg_by_money"]["value"] for r in reports])),
    }


def proportion(part: int, whole: int) -> dict[str, float]:
    """part ÷ whole with its Wilson interval; 0 to 1 of nothing."""
    if not whole:
        return {"value": 0.0, "low": 0.0, "high": 1.0}
    found = binomtest(part, whole).proportion_ci(LEVEL, method="wilson")
    return {
        "value": share(part, whole),
        "low": rounded(found.low),
        "high": rounded(found.high),
    }


def _precision(each: Sequence[Figures]) -> dict[str, Any]:
    hits, k = _sum(each, "hits"), _sum(each, "k")
    return {"k": k, "hits": hits, **proportion(hits, k)}


def _recall(each: Sequence[Figures]) -> dict[str, Any]:
    hit, planted = _sum(each, "hit"), _sum(each, "planted")
    named = sum(one["money_named"] for one in each)
    money = share(named, sum(one["money_planted"] for one in each))
    return {"hit": hit, "planted": planted, **proportion(hit, planted), "money": money}


def _of_scheme(each: Sequence[Figures]) -> dict[str, Any]:
    clues, right = _sum(each, "clues"), _sum(each, "right")
    return _recall(each) | {"clues": clues, "right": right, "precision": proportion(right, clues)}


def _sum(each: Iterable[Figures], name: str) -> int:
    return sum(int(one[name]) for one in each)
