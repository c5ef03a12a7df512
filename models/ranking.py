"""How well a score ranks known labels, beside size alone, in honest cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from fundwatch.errors import UsageError


class Classifier(Protocol):
    """What a scikit-learn classifier offers."""

    def fit(self, X: Any, y: Any) -> Any: ...
    def predict_proba(self, X: Any) -> Any: ...


@dataclass(frozen=True)
class Quality:
    """Means over repeats of the figures on held-out groups; intervals: 5 % to 95 % of repeats."""

    rows: int
    positives: int
    auc: float
    auc_interval: tuple[float, float]
    ap: float  # average precision; a ranking at random has the share of positives
    ap_interval: tuple[float, float]
    size_auc: float
    size_ap: float
    ap_gain: float  # ap − size_ap
    ap_gain_interval: tuple[float, float]

    @property
    def verdict(self) -> str:
        """Whether the score ranks better than size alone."""
        if self.ap_gain_interval[0] > 0:
            return f"better than size alone by {self.ap_gain:.3f} in average precision"
        return "no gain over size"


def ranking_quality(
    scores: pd.DataFrame | pd.Series[float],
    labels: pd.Series[bool],
    groups: pd.Series[str],
    size: pd.Series[float],
    *,
    model: Classifier | None = None,
    folds: int = 5,
    repeats: int = 10,
    seed: int = 0,
) -> Quality:
    """AUC and average precision in repeated stratified cross-validation that never splits a group.

    Without `model`, `scores` is one score a row (greater is more suspicious) and each fold's rows
    are ranked by it. With a model, `scores` are features: a fresh clone is fitted on the other
    folds. Every row is held out once a repeat; a repeat's figure is formed over its folds' mean.
    Raises UsageError if either class has fewer groups than folds.
    """
    y, who = np.asarray(labels, dtype=int), np.asarray(groups, dtype=str)
    for label in (0, 1):
        if (count := len(np.unique(who[y == label]))) < folds:
            raise UsageError(f"{count} groups have label {label}: too few for {folds} folds")
    x, big = np.asarray(scores, dtype=float), np.asarray(size, dtype=float)
    runs = np.array(
        [_repeat((x, y, who, big), model, folds, seed + n) for n in range(repeats)], dtype=float
    )
    auc, ap, size_auc, size_ap = runs.T
    return Quality(
        rows=len(y),
        positives=int(y.sum()),
        auc=_mean(auc),
        auc_interval=_interval(auc),
        ap=_mean(ap),
        ap_interval=_interval(ap),
        size_auc=_mean(size_auc),
        size_ap=_mean(size_ap),
        ap_gain=_mean(ap - size_ap),
        ap_gain_interval=_interval(ap - size_ap),
    )


def _repeat(
    data: tuple[Any, Any, Any, Any], model: Classifier | None, folds: int, seed: int
) -> list[float]:
    """AUC, AP, and the same of size alone: means over the folds of one split."""
    x, y, who, size = data
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(x, y, who)
    figures = []
    for train, test in split:
        if len(np.unique(y[test])) < 2:  # groups of very uneven size can leave a fold one-sided
            continue
        ranked = x[test] if model is None else _fitted(model, x[train], y[train], x[test])
        figures.append([*_both(y[test], ranked), *_both(y[test], size[test])])
    return [float(value) for value in np.mean(figures, axis=0)]


def _fitted(model: Classifier, x: Any, y: Any, asked: Any) -> Any:
    fresh: Classifier = clone(model)
    fresh.fit(x, y)
    return fresh.predict_proba(asked)[:, 1]


def _both(y: Any, ranked: Any) -> tuple[float, float]:
    return float(roc_auc_score(y, ranked)), float(average_precision_score(y, ranked))


def _mean(values: Any) -> float:
    return round(float(np.mean(values)), 4)


def _interval(values: Any) -> tuple[float, float]:
    low, high = np.quantile(values, (0.05, 0.95))
    return round(float(low), 4), round(float(high), 4)
