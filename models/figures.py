"""The single figures of an evaluation: each a pure function of verdicts, clues and truth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from models.matching import Verdict

DRAWS: Final = 1000
BINS: Final = 10
Figure = dict[str, Any]
Weights: TypeAlias = Any  # array of shape (DRAWS, clues or instances): how often each counts


def precision(told: Sequence[Verdict], k: int) -> float:
    """Hits among the first `k` clues ÷ k: a clue that is missing counts as wrong."""
    return rounded(sum(verdict.status == "hit" for verdict in told[:k]) / k)


def precision_interval(told: Sequence[Verdict], k: int, weight: Weights) -> Figure:
    """Bootstrap over instances: a hit weighs as often as its instance is drawn, the rest once."""
    is_hit = _are(told[:k], "hit")
    drawn = weight[:, :k][:, is_hit].sum(axis=1)
    rest = k - is_hit.sum()
    return interval(drawn / np.maximum(drawn + rest, 1))


def recall(
    instances: pd.DataFrame, named: pd.Series[Any], hit: set[str], draw: np.random.Generator
) -> Figure:
    """Share of instances hit, and of their fund money that clues name, each with its interval.

    `money_planted` and `money_named` are the two sides of the second share [yuan].
    """
    is_hit = np.array([instance in hit for instance in instances.index], dtype=float)
    money = instances["amount_fen"].to_numpy(float)
    found = np.minimum(named.reindex(instances.index).fillna(0).to_numpy(float), money)
    draws = bootstrap(len(instances), draw)
    of_money = interval((draws @ found) / np.maximum(draws @ money, 1))
    return {
        "planted": len(instances),
        "hit": int(is_hit.sum()),
        "value": share(is_hit.sum(), len(instances)),
        **interval(draws @ is_hit / max(len(instances), 1)),
        "money": share(found.sum(), money.sum()),
        "money_low": of_money["low"],
        "money_high": of_money["high"],
        "money_planted": round(money.sum() / 100, 2),
        "money_named": round(found.sum() / 100, 2),
    }


def named_money(
    told: Sequence[Verdict], setl_ids: Sequence[Any], settlement: pd.DataFrame
) -> pd.Series[Any]:
    """Instance → fund money of its settlements that its hits and repeats name [fen]."""
    rows = [
        (verdict.instance_id, setl_id)
        for verdict, ids in zip(told, setl_ids, strict=True)
        if verdict.status in ("hit", "repeat")
        for setl_id in ids
    ]
    named = pd.DataFrame(rows, columns=["instance_id", "setl_id"], dtype=object)
    met = settlement.merge(named.drop_duplicates(), on=["instance_id", "setl_id"])
    return met.groupby("instance_id")["amount_fen"].sum()


def amounts(
    told: Sequence[Verdict], clues: pd.DataFrame, money: pd.Series[Any], weight: Weights
) -> Figure:
    """Claimed against planted money of the hits, single ratios, and intervals that hold it."""
    is_hit = _are(told, "hit")
    if not is_hit.any():
        return {"hits": 0}
    planted = money.reindex([v.instance_id for v in told if v.status == "hit"]).to_numpy(float)
    low, claimed, high = (
        fen(clues[name])[is_hit] for name in ("amount_low", "amount", "amount_high")
    )
    ratios = claimed[planted > 0] / planted[planted > 0]
    holds = ((low <= planted) & (planted <= high)).astype(float)
    drawn = weight[:, is_hit]
    ratio = interval((drawn @ claimed) / np.maximum(drawn @ planted, 1))
    held = interval((drawn @ holds) / np.maximum(drawn.sum(axis=1), 1))
    return {
        "hits": len(planted),
        "ratio": share(claimed.sum(), planted.sum()),
        "ratio_low": ratio["low"],
        "ratio_high": ratio["high"],
        "median_ratio": rounded(np.median(ratios) if len(ratios) else 0.0),
        "interval_coverage": rounded(holds.mean()),
        "interval_coverage_low": held["low"],
        "interval_coverage_high": held["high"],
    }


def calibration(told: Sequence[Verdict], said: Any, weight: Weights) -> Figure:
    """Reliability table and expected calibration error: `said` against hit or repeat."""
    is_true = (_are(told, "hit") | _are(told, "repeat")).astype(float)
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    bins = [(number, own) for number in range(BINS) if (own := place == number).any()]
    table = [
        {
            "from": number / BINS,
            "clues": int(own.sum()),
            "said": rounded(said[own].mean()),
            "confirmed": rounded(is_true[own].mean()),
        }
        for number, own in bins
    ]
    gap = said - is_true
    error = sum(abs(gap[own].sum()) for _, own in bins)
    drawn = sum(np.abs(weight[:, own] @ gap[own]) for _, own in bins)
    whole = np.maximum(weight.sum(axis=1), 1)
    return {"ece": share(error, len(said)), **interval(drawn / whole), "table": table}


def ndcg(told: Sequence[Verdict], money: pd.Series[Any]) -> float:
    """Discounted money of the hits against that of all instances in order of money [0 to 1]."""
    gains = _gains(told, money)
    best = -np.sort(-money.to_numpy(float))
    once = _discounts(np.ones((1, max(len(gains), len(best)))))[0]
    return share(gains @ once[: len(gains)], best @ once[: len(best)])


def ndcg_interval(
    told: Sequence[Verdict], money: pd.Series[Any], weight: Weights, draws: Weights
) -> Figure:
    """Bootstrap: a clue, or an instance of the best order, takes as many ranks as it weighs."""
    gained = _discounts(weight) @ _gains(told, money)
    order = np.argsort(-money.to_numpy(float), kind="stable")
    best = _discounts(draws[:, order]) @ money.to_numpy(float)[order]
    return interval(gained / np.maximum(best, 1))


def jaccard(told: Sequence[Verdict], weight: Weights) -> Figure:
    """Mean agreement of settlements over the hits."""
    is_hit = _are(told, "hit")
    index = np.array([verdict.jaccard for verdict in told], dtype=float)[is_hit]
    drawn = weight[:, is_hit]
    return {
        "value": share(index.sum(), len(index)),
        **interval((drawn @ index) / np.maximum(drawn.sum(axis=1), 1)),
    }


def bootstrap(n: int, draw: np.random.Generator) -> Any:
    """DRAWS × n: how often each of `n` instances is drawn."""
    return draw.multinomial(n, np.full(n, 1 / n), size=DRAWS) if n else np.zeros((DRAWS, 0))


def weights(told: Sequence[Verdict], instances: pd.Index[Any], draws: Weights) -> Weights:
    """DRAWS × clues: a hit or repeat weighs as often as its instance is drawn, the rest once."""
    weight = np.ones((len(draws), len(told)))
    place = instances.get_indexer(pd.Index([verdict.instance_id for verdict in told], dtype=object))
    weight[:, place >= 0] = draws[:, place[place >= 0]]
    return weight


def interval(values: Any) -> Figure:
    """5 % and 95 % of drawn values."""
    low, high = np.quantile(values, (0.05, 0.95)) if len(values) else (0.0, 0.0)
    return {"low": rounded(low), "high": rounded(high)}


def fen(yuan: pd.Series[Any]) -> Any:
    """Whole fen of decimals, however they were exported."""
    return np.array([int(Decimal(str(value)) * 100) for value in yuan], dtype=np.int64)


def share(part: float, whole: float) -> float:
    """part ÷ whole, 0 of nothing."""
    return rounded(part / whole) if whole else 0.0


def rounded(value: Any) -> float:
    """To four digits: no figure is known better."""
    return round(float(value), 4)


def _are(told: Sequence[Verdict], status: str) -> Any:
    return np.array([verdict.status == status for verdict in told], dtype=bool)


def _gains(told: Sequence[Verdict], money: pd.Series[Any]) -> Any:
    """What each clue puts on the table: the planted money of the instance it hits [fen]."""
    known = money.astype(float).to_dict()
    return np.array([known.get(v.instance_id, 0.0) if v.status == "hit" else 0.0 for v in told])


def _discounts(weight: Weights) -> Weights:
    """Summed 1/log2(rank + 1) of the ranks that each takes if it stands there so often."""
    last = weight.cumsum(axis=1).astype(int)
    most = int(last[:, -1:].max(initial=0))
    summed = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, most + 2)))])
    return np.asarray(summed[last] - summed[last - weight.astype(int)])
