"""Exported clues judged against planted truth; models/matching.py states what finds what.

Figures, all over clues in rank order that are not data errors, unless they say otherwise:

* precision at K: hits among the first K clues ÷ K; K is never more than the planted instances, and
  a missing clue counts as wrong. A repeat is wrong: it puts nothing new on the table.
* recall: instances hit ÷ planted, and fund money of the instances' settlements that their clues
  (hit or repeat) name ÷ planted fund money; also scheme by scheme, and of data errors. Beside each
  scheme: the clues that name it, and how many of these hit.
* twins: clues among the first 200 that accuse an innocent twin. repeats: over the whole list.
* amount ratio: claimed ÷ planted money over the hits; median of the single ratios; share of hits
  whose interval holds the planted amount.
* calibration: `probability` against hit-or-repeat in ten equal bins; ECE weighs bins by clues.
* nDCG by money: gain is the planted money of the instance hit, discount log2(rank + 1), against
  all instances in order of money.
* Jaccard: mean over the hits.
* beside: the same clues in random order (mean of 200) and by claimed amount, largest first.
* intervals: 90 %, bootstrap over planted instances: a hit or repeat weighs as often as its
  instance is drawn, any other clue once.

Clues that state no amount or no probability (methods of models/league) have no figures of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from models import figures
from models.judged import DATA_ERROR, SCHEME, Truth, load_clues, load_truth
from models.matching import Verdict, candidates, verdicts
from models.ranking import Quality, ranking_quality
from models.report import Report

__all__ = [
    "Quality", "Report", "Truth", "evaluate", "load_clues", "load_truth", "ranking_quality",
]  # fmt: skip

CUTS: Final = (20, 100, 200)
FIRST: Final = 200
SHUFFLES: Final = 200


@dataclass(frozen=True)
class _Orders:
    """The same clues judged as ranked, at random, and, if they claim money, by its amount."""

    ranked: list[Verdict]
    random: list[list[Verdict]]
    by_amount: list[Verdict] | None

    def beside(self, figure: Callable[[Sequence[Verdict]], float]) -> dict[str, float]:
        told = {
            "value": figure(self.ranked),
            "random": figures.rounded(np.mean([figure(order) for order in self.random])),
        }
        if self.by_amount is not None:
            told["by_claimed_amount"] = figure(self.by_amount)
        return told


@dataclass(frozen=True)
class _Found:
    """What clues found: fund money they name by instance [fen], instances hit, clues by scheme."""

    named: pd.Series[Any]
    hit: set[str]
    clues: pd.Series[Any]  # how many name each scheme
    right: pd.Series[Any]  # how many of them hit


def evaluate(clues: pd.DataFrame, truth: Truth, *, seed: int = 0) -> Report:
    """The report on clues of contract/clue.yml's shape; equal seeds give equal reports.

    Needed are rank, scheme and setl_ids. Cost: linear in the clues, times 200 shuffles.
    """
    draw = np.random.default_rng(seed)
    ordered = clues.sort_values("rank", kind="stable", ignore_index=True)
    is_error = ordered["scheme"] == DATA_ERROR
    main = ordered[~is_error].reset_index(drop=True)
    orders = _orders(main, truth, draw)
    told, planted = orders.ranked, truth.of_kind(SCHEME)
    draws = figures.bootstrap(len(planted), draw)
    weight = figures.weights(told, planted.index, draws)
    found = _found(told, main, truth)
    return Report(
        {
            "clues": len(ordered),
            "planted": len(planted),
            "precision": _precision(orders, len(planted), weight),
            "recall": figures.recall(planted, found.named, found.hit, draw),
            "by_scheme": _by_scheme(found, planted, draw)
            | _data_errors(ordered[is_error], truth, draw),
            "twins_in_first_200": _count(told[:FIRST], "twin"),
            "repeats": _count(told, "repeat"),
            "wrong": _count(told, "wrong"),
            **_claimed(told, main, planted["amount_fen"], weight),
            "ndcg_by_money": _ndcg(orders, planted["amount_fen"], weight, draws),
            "jaccard": figures.jaccard(told, weight),
        }
    )


def _orders(clues: pd.DataFrame, truth: Truth, draw: np.random.Generator) -> _Orders:
    found = candidates(list(clues["scheme"]), list(clues["setl_ids"]), truth)
    shuffles = [draw.permutation(len(found)) for _ in range(SHUFFLES)]
    by_amount = None
    if "amount" in clues:
        largest = np.argsort(-figures.fen(clues["amount"]), kind="stable")
        by_amount = verdicts([found[n] for n in largest])
    return _Orders(
        ranked=verdicts(found),
        random=[verdicts([found[n] for n in order]) for order in shuffles],
        by_amount=by_amount,
    )


def _precision(orders: _Orders, planted: int, weight: figures.Weights) -> dict[str, dict[str, Any]]:
    return {
        str(asked): {
            "k": k,
            "hits": _count(orders.ranked[:k], "hit"),
            **orders.beside(lambda order, k=k: figures.precision(order, k)),  # type: ignore[misc]
            **figures.precision_interval(orders.ranked, k, weight),
        }
        for asked in CUTS
        if (k := min(asked, planted))
    }


def _claimed(
    told: Sequence[Verdict], clues: pd.DataFrame, money: pd.Series[Any], weight: figures.Weights
) -> dict[str, Any]:
    """What the clues claim beyond settlements, if they do: money, and their own chance."""
    claimed: dict[str, Any] = {}
    if "amount" in clues:
        claimed["amount"] = figures.amounts(told, clues, money, weight)
    if "probability" in clues:
        said = clues["probability"].to_numpy(float)
        claimed["calibration"] = figures.calibration(told, said, weight)
    return claimed


def _ndcg(
    orders: _Orders, money: pd.Series[Any], weight: figures.Weights, draws: figures.Weights
) -> dict[str, float]:
    return orders.beside(lambda order: figures.ndcg(order, money)) | figures.ndcg_interval(
        orders.ranked, money, weight, draws
    )


def _found(told: Sequence[Verdict], clues: pd.DataFrame, truth: Truth) -> _Found:
    is_hit = np.array([verdict.status == "hit" for verdict in told], dtype=bool)
    return _Found(
        named=figures.named_money(told, list(clues["setl_ids"]), truth.settlement),
        hit={verdict.instance_id for verdict in told if verdict.status == "hit"},
        clues=clues["scheme"].value_counts(),
        right=clues["scheme"][is_hit].value_counts(),
    )


def _by_scheme(
    found: _Found, instances: pd.DataFrame, draw: np.random.Generator
) -> dict[str, dict[str, Any]]:
    return {
        str(scheme): figures.recall(own, found.named, found.hit, draw)
        | {"clues": int(found.clues.get(scheme, 0)), "right": int(found.right.get(scheme, 0))}
        for scheme, own in instances.groupby("scheme")
    }


def _data_errors(
    clues: pd.DataFrame, truth: Truth, draw: np.random.Generator
) -> dict[str, dict[str, Any]]:
    own = clues.reset_index(drop=True)
    told = verdicts(candidates(list(own["scheme"]), list(own["setl_ids"]), truth))
    return _by_scheme(_found(told, own, truth), truth.of_kind(DATA_ERROR), draw)


def _count(told: Sequence[Verdict], status: str) -> int:
    return sum(verdict.status == status for verdict in told)
