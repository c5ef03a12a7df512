"""Asks every detector about every stale month; the only place where rows reach the driver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import structlog
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.flow import step_named
from fundwatch.knowledge import Indicator, Scheme
from fundwatch.schema import MONTH
from fundwatch.tables.gold import DETECTOR_FINDING
from models import Configured
from models.base import Finding, View

log = structlog.get_logger(__name__)


def findings(
    *read: DataFrame,
    detectors: Sequence[Configured],
    months: Sequence[str] | None,
    schemes: Sequence[Scheme],
    indicators: Sequence[Indicator] = (),
) -> DataFrame:
    """What the step reads, in its order → gold.detector_finding.

    Each detector looks at one month at a time, so months give the same rows together or apart.
    Months that a detector refuses (no model, other indicators) are logged with the reason.
    """
    nouns = (one.table.noun for one in step_named("detectors").reads)
    frames = dict(zip(nouns, read, strict=True))
    is_whole = {scheme.id: scheme.is_whole for scheme in schemes}
    titles = {indicator.id: indicator.title for indicator in indicators}
    rows = [
        _row(detector, month, finding, is_whole) | {"says": titled(finding.says, titles)}
        for detector in detectors
        if not detector.not_evaluable
        for month, found in _found(detector, frames, months)
        for finding in found
    ]
    told = [tuple(row[name] for name in DETECTOR_FINDING.names) for row in rows]
    return read[0].sparkSession.createDataFrame(told, DETECTOR_FINDING.ddl)


def titled(says: str, titles: Mapping[str, str]) -> str:
    """The sentence with each [indicator id] replaced by the indicator's title."""
    return re.sub(r"\[(\w+)\]", lambda found: titles.get(found[1], found[1]), says)


def _found(
    detector: Configured, frames: Mapping[str, DataFrame], months: Sequence[str] | None
) -> Iterator[tuple[str, Iterable[Finding]]]:
    looked = [_looked(frames[view.table.noun], view, months) for view in detector.reads]
    for month in sorted(set().union(*(set(frame[MONTH]) for frame in looked))):
        own = [frame[frame[MONTH] == month].reset_index(drop=True) for frame in looked]
        if reason := detector.refuses(*own):
            log.warning("not evaluable", detector=detector.id, month=month, reason=reason)
        else:
            yield month, detector.find(*own)


def _looked(frame: DataFrame, view: View, months: Sequence[str] | None) -> pd.DataFrame:
    wanted = frame.where(view.where)
    if months is not None:
        wanted = wanted.where(F.col(MONTH).isin(list(months)))
    arrow = wanted.select(*dict.fromkeys((MONTH, *view.columns))).toArrow()
    looked: pd.DataFrame = arrow.to_pandas()
    return looked


def _row(
    detector: Configured, month: str, finding: Finding, is_whole: Mapping[str, bool]
) -> dict[str, Any]:
    scheme = finding.scheme or detector.entry.scheme
    return {
        "finder": detector.id,
        "anchor": finding.anchor,
        MONTH: month,
        "scheme": scheme,
        "grade": finding.grade or detector.entry.grade,
        "subject_type": finding.subject_type,
        "subject_ids": list(finding.subject_ids),
        "fixmedins_code": finding.fixmedins_code,
        "listed_by": None,
        "area": finding.area,
        "period_begn": finding.period_begn,
        "period_end": finding.period_end,
        "is_whole": is_whole[scheme] and bool(finding.setl_ids),
        "setl_ids": list(finding.setl_ids),
        "lines": [],
        "person_keys": list(finding.person_keys),
        "staff_codes": [],
        "fixmedins_codes": list(finding.fixmedins_codes),
        "score": float(finding.score),
        "definition": detector.definition,
        "evidence": list(finding.evidence),
    }
