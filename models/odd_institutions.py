"""Institutions that differ from their peers on several unrelated indicators at once."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd

from fundwatch.schema import MONTH
from fundwatch.tables import gold
from models.base import Finding, Scored, View, area_in

MISSING: Final = "missing"  # the feature that counts indicators without a value
FARTHEST: Final = 10.0  # distances beyond it are told apart by nothing but luck


@dataclass(frozen=True)
class OddInstitutions:
    """Institutions odder than nearly all of the training, far off on several indicators.

    A learned score of context grade: it points, it proves nothing, it claims no money. Innocent
    twin: an honest specialist is far off on the one or two indicators of its trade; `several`
    keeps it out. Only the worse side counts: who is cheaper than all is not odd.
    """

    id: ClassVar[str] = "odd_institutions"
    model: ClassVar[str] = "odd_institutions"
    reads: ClassVar[tuple[View, ...]] = (
        View(
            gold.PEER_SCORE,
            ("indicator_id", "entity", MONTH, "peers", "value", "median", "distance"),
            where="entity_type = 'institution'",
        ),
    )

    scored: Scored | None = None
    least_score: float = 0.975  # share of the training that is less odd [0 to 1]
    far: float = 3.5  # distance from the peers that counts as far [spreads]
    several: int = 3  # indicators that must be far off [count]

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """One finding an institution, its three strongest contributions named."""
        (peer_score,) = frames
        if self.scored is None or peer_score.empty or self.refuses(peer_score):
            return
        matrix = peer_matrix(peer_score, self.scored.features)
        share = share_less_odd(self.scored, matrix)
        far = (matrix.drop(columns=MISSING) >= self.far).sum(axis=1)
        odd = matrix[(share >= self.least_score) & (far >= self.several)]
        for (_, entity), row in odd.sort_index().iterrows():
            own = peer_score[peer_score["entity"] == entity].set_index("indicator_id")
            score = float(share[matrix.index.get_loc(row.name)])
            far_off = row[row >= self.far].index.drop(MISSING, errors="ignore")
            named = [name for name in contributions(self.scored, row).index if name in far_off]
            says = _says(self.scored, named[:3], own, score)
            yield _finding(entity, row.name[0], score, says)

    def refuses(self, *frames: pd.DataFrame) -> str:
        """No model, an indicator it was not trained on, or most of its own without a value."""
        if self.scored is None:
            return f"尚无模型 {self.model},须先训练(fundwatch models train)"
        (peer_score,) = frames or (pd.DataFrame({"indicator_id": []}),)
        if peer_score.empty:
            return ""
        known, here = set(self.scored.features) - {MISSING}, set(peer_score["indicator_id"])
        if new := sorted(here - known):
            return f"模型第 {self.scored.version} 版不识指标 {'、'.join(new)},须重新训练"
        if 2 * len(here) < len(known):
            gone = "、".join(sorted(known - here))
            return f"模型第 {self.scored.version} 版所用指标过半无值:{gone}"
        return ""


def peer_matrix(peer_score: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Distances as the model sees them: (month, entity) × features, sorted, 0 where missing.

    Worse than the peers is positive; better is 0; beyond FARTHEST is FARTHEST. `missing` is the
    share of indicators without a value [0 to 1].
    """
    wide = peer_score.pivot(index=[MONTH, "entity"], columns="indicator_id", values="distance")
    names = [name for name in features if name != MISSING]
    wide = wide.reindex(columns=names).astype(float).sort_index()
    matrix = wide.fillna(0.0).clip(0.0, FARTHEST)
    matrix[MISSING] = wide.isna().mean(axis=1)
    return matrix[list(features)]


def share_less_odd(scored: Scored, matrix: pd.DataFrame) -> Any:
    """Oddness of each row as the share of training rows that are less odd [0 to 1]."""
    oddness = -np.asarray(scored.scorer.score_samples(matrix), dtype=float)
    steps = np.linspace(0.0, 1.0, len(scored.quantiles))
    return np.interp(oddness, scored.quantiles, steps)


def contributions(scored: Scored, row: pd.Series[float]) -> pd.Series[float]:
    """What each feature adds to the oddness of the row, strongest first, ties by name.

    Mean of two differences of −score_samples: what the row loses with the feature at its peers'
    median (0), and what a row of medians gains with the feature alone as it is. The first alone
    misses one of two features that each suffice. Scores twice as many rows as there are features.
    """
    n = len(row)
    own = np.tile(row.to_numpy(float), (n + 1, 1))
    own[np.arange(1, n + 1), np.arange(n)] = 0.0
    alone = np.vstack([np.zeros(n), np.diag(row.to_numpy(float))])
    asked = pd.DataFrame(np.vstack([own, alone]), columns=row.index)
    oddness = -np.asarray(scored.scorer.score_samples(asked), dtype=float)
    lost = oddness[0] - oddness[1 : n + 1]
    gained = oddness[n + 2 :] - oddness[n + 1]
    part = pd.Series(np.round((lost + gained) / 2, 10), index=row.index)
    return part.sort_index().sort_values(ascending=False, kind="stable")


# Indicators stand in the sentence as [id]; jobs.detect puts their titles there.
def _says(scored: Scored, strongest: Sequence[str], own: pd.DataFrame, score: float) -> str:
    told = ";".join(
        f"[{name}]为{own.at[name, 'value']:.4g}(同类{own.at[name, 'peers']}家中位数"
        f"{own.at[name, 'median']:.4g},偏离{own.at[name, 'distance']:.1f}个离散单位)"
        for name in strongest
    )
    return (
        f"比{score:.1%}的训练样本更异常(孤立森林版本{scored.version}),贡献最大的指标:{told};"
        "正常机构各项指标多在同类3.5个离散单位以内;仅供选案参考,不构成违规认定"
    )


def _finding(entity: str, month: str, score: float, says: str) -> Finding:
    year, number = map(int, month.split("-"))
    return Finding(
        anchor=entity,
        subject_type="institution",
        subject_ids=(entity,),
        score=score,
        says=says,
        setl_ids=(),
        evidence=(("silver.institution", entity),),
        period_begn=dt.date(year, number, 1),
        period_end=dt.date(year, number, monthrange(year, number)[1]),
        fixmedins_codes=(entity,),
        person_keys=(),
        area=area_in(entity),
        fixmedins_code=entity,
    )
