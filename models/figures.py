"""The single figures of an evaluation: each a pure function of verdicts, clues and truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

from models.matching import Verdict

DRAWS: Final = 1000
BINS: Final = 10
Figure = dict[str, Any]


def precision(told: Sequence[Verdict], k: int) -> float:
    """Hits among the first `k` clues ÷ k: a clue that is missing counts as wrong."""
    return rounded(sum(verdict.status == "hit" for verdict in told[:k]) / k)


def precision_interval(
    told: Sequence[Verdict], k: int, instances: pd.Index[Any], draw: np.random.Generator
) -> Figure:
    """Bootstrap over instances: a hit weighs as often as its instance is drawn, the rest once."""
    hits = [verdict.instance_id for verdict in told[:k] if verdict.status == "hit"]
    weight = _draws(len(instances), draw)[:, instances.get_indexer(pd.Index(hits))].sum(axis=1)
    rest = k - len(hits)
    return interval(weight / np.maximum(weight + rest, 1))


def recall(
    instances: pd.DataFrame, named: pd.Series[Any], hit: set[str], draw: np.random.Generator
) -> Figure:
    """Share of instances hit, and of their fund money that clues name, each with its interval."""
    is_hit = np.array([instance in hit for instance in instances.index], dtype=float)
    money = instances["amount_fen"].to_numpy(float)
    found = np.minimum(named.reindex(instances.index).fillna(0).to_numpy(float), money)
    draws = _draws(len(instances), draw)
    of_money = interval((draws @ found) / np.maximum(draws @ money, 1))
    return {
        "planted": len(instances),
        "hit": int(is_hit.sum()),
        "value": share(is_hit.sum(), len(instances)),
        **interval(draws @ is_hit / max(len(instances), 1)),
        "money": share(found.sum(), money.sum()),
        "money_low": of_money["low"],
        "money_high": of_money["high"],
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


def amounts(told: Sequence[Verdict], clues: pd.DataFrame, money: pd.Series[Any]) -> Figure:
    """Claimed against planted money of the hits, single ratios, and intervals that hold it."""
    is_hit = np.array([verdict.status == "hit" for verdict in told], dtype=bool)
    if not is_hit.any():
        return {"hits": 0}
    hits = [verdict.instance_id for verdict in told if verdict.status == "hit"]
    planted = money.reindex(hits).to_numpy(float)
    low, claimed, high = (
        fen(clues[name])[is_hit] for name in ("amount_low", "amount", "amount_high")
    )
    ratios = claimed[planted > 0] / planted[planted > 0]
    return {
        "hits": len(hits),
        "ratio": share(claimed.sum(), planted.sum()),
        "median_ratio": rounded(np.median(ratios) if len(ratios) else 0.0),
        "interval_coverage": rounded(np.mean((low <= planted) & (planted <= high))),
    }


def calibration(told: Sequence[Verdict], said: Any) -> Figure:
    """Reliability table and expected calibration error: `said` against hit or repeat."""
    is_true = np.array([v.status in ("hit", "repeat") for v in told], dtype=float)
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    table = [
        {
            "from": number / BINS,
            "clues": int(own.sum()),
            "said": rounded(said[own].mean()),
            "confirmed": rounded(is_true[own].mean()),
        }
        for number in range(BINS)
        if (own := place == number).any()
    ]
    error = sum(row["clues"] * abs(row["said"] - row["confirmed"]) for row in table)
    return {"ece": rounded(error / max(len(said), 1)), "table": table}


def ndcg(told: Sequence[Verdict], money: pd.Series[Any]) -> float:
    """Discounted money of the hits against that of all instances in order of money [0 to 1]."""
    known: Mapping[Any, float] = money.astype(float).to_dict()
    gains = [known.get(v.instance_id, 0.0) if v.status == "hit" else 0.0 for v in told]
    return share(_discounted(gains), _discounted(sorted(known.values(), reverse=True)))


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


def _draws(n: int, draw: np.random.Generator) -> Any:
    """DRAWS × n: how often each of `n` instances is drawn."""
    return draw.multinomial(n, np.full(n, 1 / n), size=DRAWS) if n else np.zeros((DRAWS, 0))


def _discounted(gains: Sequence[float]) -> float:
    ranks = np.arange(2, len(gains) + 2)
    return float(np.asarray(gains, dtype=float) @ (1 / np.log2(ranks))) if gains else 0.0
