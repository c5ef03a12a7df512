"""Exported clues judged against planted truth; models/matching.py states what finds what.

Figures, all over clues in rank order that are not data errors, unless they say otherwise:

* precision at K: hits among the first K clues ÷ K; K is never more than the planted instances, and
  a missing clue counts as wrong. A repeat is wrong: it puts nothing new on the table.
* recall: instances hit ÷ planted, and fund money of the instances' settlements that their clues
  (hit or repeat) name ÷ planted fund money; also scheme by scheme, and of data errors.
* twins: clues among the first 200 that accuse an innocent twin. repeats: over the whole list.
* amount ratio: claimed ÷ planted money over the hits; median of the single ratios; share of hits
  whose interval holds the planted amount.
* calibration: `probability` against hit-or-repeat in ten equal bins; ECE weighs bins by clues.
* nDCG by money: gain is the planted money of the instance hit, discount log2(rank + 1), against
  all instances in order of money.
* Jaccard: mean over the hits.
* beside: the same clues in random order (mean of 200) and by claimed amount, largest first.
* intervals: 90 %, bootstrap over planted instances.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from models import figures
from models.matching import DATA_ERROR, Truth, Verdict, candidates, load_truth, verdicts
from models.ranking import Quality, ranking_quality

__all__ = ["Quality", "Report", "Truth", "evaluate", "load_truth", "ranking_quality"]

CUTS: Final = (20, 100, 200)
FIRST: Final = 200
SHUFFLES: Final = 200


@dataclass(frozen=True)
class Report:
    """Figures by name; each may have `low`, `high` (90 %) and baselines beside it."""

    figures: Mapping[str, Any]

    def to_json(self) -> str:
        """One JSON object that says of what data it speaks."""
        return json.dumps({"data": "planted data", **self.figures}, ensure_ascii=False, indent=1)

    def to_text(self) -> str:
        """Sentences; each with a figure says that the data were planted."""
        return "\n".join(_sentences(self.figures))


@dataclass(frozen=True)
class _Orders:
    """The same clues judged as ranked, at random, and by claimed amount."""

    ranked: list[Verdict]
    random: list[list[Verdict]]
    by_amount: list[Verdict]

    def beside(self, figure: Callable[[Sequence[Verdict]], float]) -> dict[str, float]:
        return {
            "value": figure(self.ranked),
            "random": figures.rounded(np.mean([figure(order) for order in self.random])),
            "by_claimed_amount": figure(self.by_amount),
        }


@dataclass(frozen=True)
class _Found:
    """What the clues found: fund money they name by instance [fen], and the instances hit."""

    named: pd.Series[Any]
    hit: set[str]


def evaluate(clues: pd.DataFrame, truth: Truth, *, seed: int = 0) -> Report:
    """The report on clues of contract/clue.yml's shape; equal seeds give equal reports."""
    draw = np.random.default_rng(seed)
    ordered = clues.sort_values("rank", kind="stable", ignore_index=True)
    is_error = ordered["scheme"] == DATA_ERROR
    main = ordered[~is_error].reset_index(drop=True)
    orders = _orders(main, truth, draw)
    told, planted = orders.ranked, truth.of_kind("scheme")
    found = _found(told, main, truth)
    return Report(
        {
            "clues": len(ordered),
            "planted": len(planted),
            "precision": _precision(orders, planted.index, draw),
            "recall": figures.recall(planted, found.named, found.hit, draw),
            "by_scheme": _by_scheme(found, planted, draw)
            | _data_errors(ordered[is_error], truth, draw),
            "twins_in_first_200": _count(told[:FIRST], "twin"),
            "repeats": _count(told, "repeat"),
            "wrong": _count(told, "wrong"),
            "amount": figures.amounts(told, main, planted["amount_fen"]),
            "calibration": figures.calibration(told, main["probability"].to_numpy(float)),
            "ndcg_by_money": orders.beside(lambda o: figures.ndcg(o, planted["amount_fen"])),
            "jaccard": figures.share(
                sum(v.jaccard for v in told if v.status == "hit"), _count(told, "hit")
            ),
        }
    )


def _orders(clues: pd.DataFrame, truth: Truth, draw: np.random.Generator) -> _Orders:
    found = candidates(list(clues["scheme"]), list(clues["setl_ids"]), truth)
    largest = np.argsort(-figures.fen(clues["amount"]), kind="stable")
    shuffles = [draw.permutation(len(found)) for _ in range(SHUFFLES)]
    return _Orders(
        ranked=verdicts(found),
        random=[verdicts([found[n] for n in order]) for order in shuffles],
        by_amount=verdicts([found[n] for n in largest]),
    )


def _precision(
    orders: _Orders, instances: pd.Index[Any], draw: np.random.Generator
) -> dict[str, dict[str, Any]]:
    return {
        str(asked): {
            "k": k,
            **orders.beside(lambda order, k=k: figures.precision(order, k)),  # type: ignore[misc]
            **figures.precision_interval(orders.ranked, k, instances, draw),
        }
        for asked in CUTS
        if (k := min(asked, len(instances)))
    }


def _found(told: Sequence[Verdict], clues: pd.DataFrame, truth: Truth) -> _Found:
    named = figures.named_money(told, list(clues["setl_ids"]), truth.settlement)
    return _Found(named, {verdict.instance_id for verdict in told if verdict.status == "hit"})


def _by_scheme(
    found: _Found, instances: pd.DataFrame, draw: np.random.Generator
) -> dict[str, dict[str, Any]]:
    return {
        str(scheme): figures.recall(own, found.named, found.hit, draw)
        for scheme, own in instances.groupby("scheme")
    }


def _data_errors(
    clues: pd.DataFrame, truth: Truth, draw: np.random.Generator
) -> dict[str, dict[str, Any]]:
    told = verdicts(candidates(list(clues["scheme"]), list(clues["setl_ids"]), truth))
    errors = truth.of_kind(DATA_ERROR)
    return _by_scheme(_found(told, clues, truth), errors, draw)


def _count(told: Sequence[Verdict], status: str) -> int:
    return sum(verdict.status == status for verdict in told)


def _sentences(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['clues']} clues were judged on planted data with {told['planted']} instances."
    for asked, one in told["precision"].items():
        yield (
            f"On planted data, precision at {asked} (K = {one['k']}) is {_with_interval(one)};"
            f" at random {one['random']:.3f}, by claimed amount {one['by_claimed_amount']:.3f}."
        )
    yield f"On planted data, {_recalled(told['recall'])}."
    for scheme, one in told["by_scheme"].items():
        yield f"  {scheme}, on planted data: {_recalled(one)}."
    yield (
        f"On planted data, {told['twins_in_first_200']} of the first 200 clues accuse an innocent"
        f" twin, {told['repeats']} clues repeat a claimed case, {told['wrong']} are wrong."
    )
    if told["amount"]["hits"]:
        one = told["amount"]
        yield (
            f"On planted data, hits claim {one['ratio']:.3f} of the planted money (median"
            f" {one['median_ratio']:.3f}); {one['interval_coverage']:.1%} of intervals hold it."
        )
    one = told["ndcg_by_money"]
    yield (
        f"On planted data, nDCG by money is {one['value']:.3f} (at random {one['random']:.3f}, by"
        f" claimed amount {one['by_claimed_amount']:.3f}), mean Jaccard {told['jaccard']:.3f},"
        f" calibration error {told['calibration']['ece']:.3f}."
    )


def _with_interval(one: Mapping[str, Any]) -> str:
    return f"{one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f})"


def _recalled(one: Mapping[str, Any]) -> str:
    return (
        f"{one['hit']} of {one['planted']} instances were found: recall {_with_interval(one)},"
        f" of money {one['money']:.3f} ({one['money_low']:.3f} to {one['money_high']:.3f})"
    )
