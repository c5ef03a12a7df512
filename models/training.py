"""Training of the learned detectors, with what must be known before one is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.ensemble import IsolationForest
from sklearn.pipeline import Pipeline

from fundwatch.errors import UsageError
from fundwatch.schema import MONTH
from models.odd_institutions import MISSING, OddInstitutions, peer_matrix
from models.tracking import Registry, Trained, Version

SIZE = "fund_fen"


@dataclass(frozen=True)
class TrainingSettings:
    """How the forest is grown and how its steadiness is measured."""

    trees: int = 200
    sample: int = 256  # rows a tree sees at most [rows]
    seed: int = 20240101
    seeds: int = 5  # other seeds tried for steadiness [count]
    resamples: int = 10  # bootstraps over institutions [count]
    top: int = 20  # rows whose overlap is measured [rows]
    quantiles: int = 200  # steps of the calibration [count]
    least_institutions: int = 20  # fewer cannot tell odd from rare [count]


def train(
    peer_score: pd.DataFrame,
    *,
    registry: Registry,
    versions: Mapping[str, int],
    size: pd.DataFrame | None = None,
    settings: TrainingSettings | None = None,
) -> Version:
    """Train odd_institutions and register it; the first version becomes champion."""
    return registry.log(
        train_odd_institutions(peer_score, versions, settings or TrainingSettings(), size=size)
    )


def train_odd_institutions(
    peer_score: pd.DataFrame,
    data_versions: Mapping[str, int],
    settings: TrainingSettings,
    *,
    size: pd.DataFrame | None = None,
) -> Trained:
    """An isolation forest over the distances of institution-months from their peers.

    `size` (entity, month, fund_fen) gives the baseline: fund money alone. Without it the metric is
    absent and the card says so. Raises UsageError with fewer than least_institutions.
    """
    own = peer_score[peer_score["entity_type"] == "institution"]
    if (count := own["entity"].nunique()) < settings.least_institutions:
        raise UsageError(
            f"{count} institutions have peer scores; training needs {settings.least_institutions}"
        )
    features = (*sorted(own["indicator_id"].unique()), MISSING)
    matrix = peer_matrix(own, features)
    pipeline = _forest(matrix, settings, settings.seed)
    oddness = _oddness(pipeline, matrix)
    metrics = _metrics(matrix, oddness, settings, size)
    steps = np.linspace(0.0, 1.0, settings.quantiles + 1)
    return Trained(
        name=OddInstitutions.model,
        pipeline=pipeline,
        features=features,
        quantiles=tuple(float(value) for value in np.quantile(oddness, steps)),
        parameters=asdict(settings),
        metrics=metrics,
        data_versions=data_versions,
        example=pd.DataFrame(
            [[0.0] * len(features), [4.0] * len(features)], columns=list(features)
        ),
        card=_card(features, data_versions, settings, metrics),
    )


def _forest(matrix: pd.DataFrame, settings: TrainingSettings, seed: int) -> Pipeline:
    forest = IsolationForest(
        n_estimators=settings.trees,
        max_samples=min(settings.sample, len(matrix)),
        random_state=seed,
        n_jobs=1,
    )
    return Pipeline([("forest", forest)]).fit(matrix)


def _oddness(pipeline: Pipeline, matrix: pd.DataFrame) -> Any:
    return -np.asarray(pipeline.score_samples(matrix), dtype=float)


def _metrics(
    matrix: pd.DataFrame, oddness: Any, settings: TrainingSettings, size: pd.DataFrame | None
) -> dict[str, float]:
    entities = matrix.index.get_level_values("entity")
    seeds = [
        _oddness(_forest(matrix, settings, settings.seed + n), matrix)
        for n in range(1, settings.seeds + 1)
    ]
    resampled = [
        _oddness(_forest(_resample(matrix, settings.seed + n), settings, settings.seed), matrix)
        for n in range(1, settings.resamples + 1)
    ]
    distances = matrix.drop(columns=MISSING).sum(axis=1).to_numpy()
    measured = {
        "rows": float(len(matrix)),
        "institutions": float(entities.nunique()),
        "seed_rank_correlation": float(np.mean([_rank(oddness, other) for other in seeds])),
        "seed_top_overlap": _overlap(oddness, seeds, settings.top),
        "bootstrap_rank_correlation": float(np.mean([_rank(oddness, o) for o in resampled])),
        "bootstrap_top_overlap": _overlap(oddness, resampled, settings.top),
        "distance_sum_rank_correlation": _rank(oddness, distances),
        "missing_rank_correlation": _rank(oddness, matrix[MISSING].to_numpy()),
    }
    if size is not None:
        fund = size.set_index([MONTH, "entity"])[SIZE].reindex(matrix.index).fillna(0)
        measured["size_rank_correlation"] = _rank(oddness, fund.to_numpy(float))
        measured["size_top_overlap"] = _overlap(oddness, [fund.to_numpy(float)], settings.top)
    return {name: round(value, 6) for name, value in measured.items()}


def _resample(matrix: pd.DataFrame, seed: int) -> pd.DataFrame:
    """All months of institutions drawn with replacement: months of one are not independent."""
    entities = matrix.index.get_level_values("entity")
    known = np.unique(entities.to_numpy(str))
    drawn = np.random.default_rng(seed).choice(known, len(known))
    rows = {entity: np.flatnonzero(entities == entity) for entity in known}
    return matrix.iloc[np.concatenate([rows[entity] for entity in drawn])]


def _rank(one: Any, other: Any) -> float:
    """Spearman's rank correlation [−1 to 1]; 0 where either never varies."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(spearmanr(one, other).statistic)


def _overlap(oddness: Any, others: list[Any], top: int) -> float:
    """Share of the `top` oddest rows that the others put there too [0 to 1]."""
    mine = set(np.argsort(-oddness, kind="stable")[:top])
    shares = [len(mine & set(np.argsort(-o, kind="stable")[:top])) / len(mine) for o in others]
    return float(np.mean(shares))


def _card(
    features: tuple[str, ...],
    data_versions: Mapping[str, int],
    settings: TrainingSettings,
    metrics: Mapping[str, float],
) -> str:
    data = "\n".join(f"* {table} at version {at}" for table, at in sorted(data_versions.items()))
    figures = "\n".join(f"* {name}: {value:g}" for name, value in metrics.items())
    baseline = (
        "The size-only baseline stands among the figures: a high size_rank_correlation would mean"
        " that the model only finds large institutions."
        if "size_rank_correlation" in metrics
        else "Not compared with a size-only baseline: no fund money was given to the training."
    )
    return f"""# odd_institutions

An isolation forest (Liu, Ting, Zhou, ICDM 2008) over the robust distances of institutions from
their peers, one row an institution and month. It learns from no verdict: odd is not wrong.

**For**: pointing an inspector at institutions that are worse than their peers on several unrelated
indicators at once (grade D, no money). **Not for**: accusing, ranking by money, single indicators.

**Inputs**: distances towards the worse side, better than the median is 0, cut at 10 spreads, 0
where there is no value; `{MISSING}` is the share of indicators without one.
Features: {", ".join(features)}.

**Data**
{data}

**Grown with** {settings.trees} trees of at most {settings.sample} rows, seed {settings.seed}.

**Figures** (steadiness of the ranking over {settings.seeds} seeds and {settings.resamples}
bootstraps over institutions; overlaps are of the {settings.top} oddest rows)
{figures}

{baseline}

**Known limits**: honest specialists are odd on their trade's indicators (the detector asks for
several far indicators); institutions with few cases lack values; it repeats the peers' errors.
"""
