"""Which landing column a foreign column is like, by its name and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

import numpy as np
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from scipy.optimize import linear_sum_assignment

from fundwatch.tables.landing import LANDING, LandingColumn, LandingTable
from jobs.extract.foreign import Group
from jobs.ingest.typed import READ, read

LEAST: Final = 0.6  # of a likeness that is proposed at all
LEAST_TABLE: Final = 0.35
BY_NAME: Final = 0.7  # of a likeness; the rest is whether the cells can be read
UNKNOWN: Final = 0.5  # where there are no cells, or text may hold anything
# Words of one meaning in the headings of hospitals' and bureaus' systems.
SAME: Final = (
    ("机构", r"定点医药机构|定点医疗机构|医疗机构|定点机构|医院|hospital|provider"),
    ("人员", r"参保人员?|患者|病人|patient|person|bene|beneficiary"),
    ("开始", r"入院|admission|admit|start|begin"),
    ("结束", r"出院|discharge|end"),
    ("结算", r"settlement|settle|claim"),
    ("就诊", r"住院|门诊|visit|encounter"),
    ("号", r"编号|编码|代码|号码|流水号|序号|code|codg|number|id|no"),
    ("时", r"时间|日期|datetime|date|time|dt"),
    ("额", r"金额|费用|总额|合计|amount|amt|fee"),
    ("名", r"名称|姓名|name"),
)
NOISE: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Match:
    """A landing column and the foreign column it may come from; `sure` is 0 to 1."""

    column: LandingColumn
    foreign: str
    place: int
    sure: float


@dataclass(frozen=True)
class Likeness:
    """A landing table that a group may be; `sure` is 0 to 1, of the columns that must be there."""

    table: LandingTable
    group: Group
    sure: float
    matches: tuple[Match, ...]


def likest(spark: SparkSession, group: Group) -> list[Likeness]:
    """The landing tables that a group may be, the likest first."""
    fits = readable(spark, group)
    every = (_likeness(group, table, fits) for table in LANDING.values())
    found = [one for one in every if one.sure >= LEAST_TABLE]
    return sorted(found, key=lambda one: (-one.sure, one.table.name))


def readable(spark: SparkSession, group: Group) -> Mapping[tuple[int, str], float]:
    """(place, kind) → the share of the sample's cells that ingest would read as that kind."""
    places = [f"c{n}" for n in range(len(group.columns))]
    if not group.rows:
        return {}
    cells = spark.createDataFrame(
        [[cell or None for cell in row] for row in group.rows],
        ", ".join(f"{place} string" for place in places),
    )
    told = cells.agg(
        *(F.count(place).alias(place) for place in places),
        *(F.count(F.expr(read(p, kind))).alias(f"{p} {kind}") for p in places for kind in READ),
    ).first()
    assert told is not None
    return {
        (n, kind): told[f"{place} {kind}"] / told[place]
        for n, place in enumerate(places)
        for kind in READ
        if told[place]
    }


def _likeness(group: Group, table: LandingTable, fits: Mapping[tuple[int, str], float]) -> Likeness:
    score = np.array(
        [
            [_score(group, place, column, fits) for column in table.columns]
            for place in range(len(group.columns))
        ]
    ).reshape(len(group.columns), len(table.columns))
    pairs = zip(*linear_sum_assignment(-score), strict=True)
    matches = tuple(
        Match(table.columns[at], group.columns[place], int(place), _short(score[place, at]))
        for place, at in sorted(pairs, key=lambda pair: pair[1])
        if score[place, at] >= LEAST
    )
    needed = [column.name for column in table.columns if column.need != "may"]
    met = sum(match.sure for match in matches if match.column.name in needed) / len(needed)
    spent = sum(match.sure for match in matches) / max(len(group.columns), 1)
    called = max(alike(group.stem, name) for name in (table.name, table.title))
    return Likeness(table, group, _short(0.6 * met + 0.2 * spent + 0.2 * called), matches)


def _score(
    group: Group, place: int, column: LandingColumn, fits: Mapping[tuple[int, str], float]
) -> float:
    name = max(alike(group.columns[place], told) for told in (column.name, column.term))
    fit = UNKNOWN if column.kind == "s" else fits.get((place, column.kind), UNKNOWN)
    if column.among and (values := group.values(place)):
        known = sum(value.zfill(column.width) in column.among for value in values) / len(values)
        fit = max(UNKNOWN, known)  # foreign codes are to be translated
    if fit < UNKNOWN:
        return 0.0
    return 1.0 if name == 1.0 else BY_NAME * name + (1 - BY_NAME) * fit


@cache
def alike(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: the same once words of one meaning are one word."""
    left, right = _plain(one), _plain(other)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    return 0.95 * SequenceMatcher(None, left, right, autojunk=False).ratio()


def _short(share: float) -> float:
    return round(float(share), 2)


@cache
def _plain(name: str) -> str:
    told = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower()
    if told.isascii():
        words = [word for word in NOISE.split(told) if word]
        return "".join(_word(word) for word in words)
    for word, others in SAME:
        told = re.sub(others, word, told)
    return NOISE.sub("", told)


def _word(word: str) -> str:
    return next((one for one, others in SAME if re.fullmatch(others, word)), word)
