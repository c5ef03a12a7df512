"""The step `detectors`: the only place where rows reach the driver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from structlog.testing import capture_logs

from fundwatch.knowledge import DetectorEntry, Scheme
from fundwatch.tables.gold import (
    DETECTOR_FINDING,
    PEER_SCORE,
    PRESENCE_CONFLICT,
    SHARED_ADMISSION,
    SHARED_PURCHASE,
)
from jobs.conform import conform
from jobs.detect import findings, titled
from models import Configured, configured
from models.base import Finding, View
from tests.rows import assert_rows, rows
from tests.suspects import CONFLICT_HEAD, DEALERS, ENTRIES, RING, SHARED_HEAD, circle, conflict

MONTHS = ("2024-01", "2024-02")


def scheme(name: str, *, is_whole: bool) -> Scheme:
    return Scheme(
        id=name,
        title="某类",
        is_whole=is_whole,
        beyond=3,
        innocent=("正当理由",),
        cleared_if="有据可查",
        check=("核对",),
        legal_basis=("条例第四十条",),
        route_to=("MEDICAL_INSURANCE_AGENCY",),
        tier="agreement",
    )


SCHEMES = (
    scheme("induced_co_admission", is_whole=True),
    scheme("ghost_inpatient", is_whole=True),
    scheme("post_death", is_whole=True),
    scheme("drug_resale_ring", is_whole=True),
    scheme("pharmacy_fraud", is_whole=True),
    scheme("overtreatment", is_whole=False),
)


def dated(literal: str, month: str) -> str:
    head, *lines = literal.strip().splitlines()
    return "\n".join([f"{head} | month", *(f"{line} | {month}" for line in lines)])


def frames(spark: SparkSession) -> tuple[DataFrame, ...]:
    """A ring in January and a greater one in February; a ghost and dealers in February."""
    january = rows(spark, SHARED_ADMISSION, dated(RING, "2024-01"))
    february = rows(spark, SHARED_ADMISSION, dated(SHARED_HEAD + circle("abcdef", 3), "2024-02"))
    away = [conflict("m1", "elsewhere", f"o{day}", other_on=f"2024-01-0{day}") for day in (4, 6)]
    ghost = dated(CONFLICT_HEAD + "\n".join(away), "2024-02")
    return (
        january.unionByName(february),
        rows(spark, PRESENCE_CONFLICT, ghost),
        rows(spark, PEER_SCORE),
        rows(spark, SHARED_PURCHASE, dated(DEALERS, "2024-02")),
    )


def found(spark: SparkSession, *months: str) -> DataFrame:
    told = findings(*frames(spark), detectors=configured(ENTRIES), months=months, schemes=SCHEMES)
    return conform(told, DETECTOR_FINDING, months)


def test_findings_have_the_declared_shape_and_carry_the_card(spark: SparkSession) -> None:
    assert_rows(
        found(spark, *MONTHS),
        DETECTOR_FINDING,
        """
        finder           | month   | scheme               | grade | subject_type | is_whole | area
        co_admission     | 2024-01 | induced_co_admission | C     | group        | true     | 110101
        co_admission     | 2024-02 | induced_co_admission | C     | group        | true     | 110101
        ghost_inpatients | 2024-02 | ghost_inpatient      | A     | institution  | true     | 110101
        resale_ring      | 2024-02 | pharmacy_fraud       | C     | group        | true     | 110101
        """,
    )


def test_months_together_or_one_by_one_are_the_same(spark: SparkSession) -> None:
    apart = found(spark, MONTHS[0]).unionByName(found(spark, MONTHS[1]))
    together = found(spark, *MONTHS)
    assert sorted(map(repr, apart.collect())) == sorted(map(repr, together.collect()))


def test_partitions_do_not_matter(spark: SparkSession) -> None:
    given = tuple(frame.repartition(7) for frame in frames(spark))
    told = findings(*given, detectors=configured(ENTRIES), months=MONTHS, schemes=SCHEMES)
    usual = found(spark, *MONTHS).collect()
    assert sorted(map(repr, conform(told, DETECTOR_FINDING, MONTHS).collect())) == sorted(
        map(repr, usual)
    )


def test_the_group_of_february_keeps_the_anchor_of_january(spark: SparkSession) -> None:
    rings = found(spark, *MONTHS).where("finder = 'co_admission'")
    assert rings.select("anchor").distinct().count() == 1


def test_evidence_names_rows_of_silver(spark: SparkSession) -> None:
    ghost = found(spark, *MONTHS).where("finder = 'ghost_inpatients'").head()
    assert ghost is not None
    assert [tuple(one) for one in ghost["evidence"]] == [
        ("silver.settlement", "o4"),
        ("silver.settlement", "o6"),
        ("silver.settlement", "s-m1"),
        ("silver.visit", "m1"),
    ]
    assert ghost["definition"] == configured(ENTRIES)[1].definition


@dataclass(frozen=True)
class Stubborn:
    """A detector that looks at institutions' peer scores and refuses one month."""

    id: ClassVar[str] = "stubborn"
    reads: ClassVar[tuple[View, ...]] = (
        View(PEER_SCORE, ("entity",), where="entity_type = 'institution'"),
    )

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        """Nothing; it only counts that it was asked."""
        assert set(frames[0]["entity"]) == {"h1"}
        return iter(())

    def refuses(self, *frames: pd.DataFrame) -> str:
        """January."""
        return "closed" if frames and set(frames[0]["month"]) == {"2024-01"} else ""


def test_a_refused_month_is_told_with_its_reason_and_the_rest_goes_on(
    spark: SparkSession,
) -> None:
    entry: DetectorEntry = ENTRIES[2]
    peer_score = rows(
        spark,
        PEER_SCORE,
        """
        entity | entity_type | month
        h1     | institution | 2024-01
        h1     | institution | 2024-02
        ann    | person      | 2024-02
        """,
    )
    with capture_logs() as logged:
        told = findings(
            rows(spark, SHARED_ADMISSION),
            rows(spark, PRESENCE_CONFLICT),
            peer_score,
            rows(spark, SHARED_PURCHASE),
            detectors=(Configured(entry, Stubborn(), "d"),),
            months=MONTHS,
            schemes=SCHEMES,
        )
    assert told.count() == 0
    assert [(line["month"], line["reason"]) for line in logged] == [("2024-01", "closed")]


def test_indicators_are_told_by_their_titles() -> None:
    assert titled("[bed_share]高,[other]低", {"bed_share": "床日占比"}) == "床日占比高,other低"
