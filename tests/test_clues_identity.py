"""A case keeps its name while it lives: through growth, merging and splitting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession

from fundwatch.clue import clue_id
from jobs.clues.identity import named

Told = Mapping[str, str]  # case or clue_id → its settlements, the anchor first
DDL = (
    "{} string, scheme string, kind int, grade string, anchor string, subject_type string,"
    " subject_ids array<string>, setl_ids array<string>, period_begn date, period_end date"
)


def frame(spark: SparkSession, name: str, told: Told) -> DataFrame:
    day = dt.date(2024, 1, 1)
    rows = [
        (key, "overcharge", 1, "B", told_.split()[0], "institution", [key], told_.split(), day, day)
        for key, told_ in told.items()
    ]
    return spark.createDataFrame(rows, DDL.format(name))


def names(spark: SparkSession, cases: Told, before: Told) -> dict[str, str]:
    found = named(frame(spark, "case", cases), frame(spark, "clue_id", before))
    return {row["case"]: row["clue_id"] for row in found.select("case", "clue_id").collect()}


def test_a_new_case_is_named_by_scheme_and_anchor(spark: SparkSession) -> None:
    assert names(spark, {"case": "s1 s2"}, {}) == {"case": clue_id("overcharge", "s1")}


def test_a_case_whose_earliest_settlement_went_keeps_its_name(spark: SparkSession) -> None:
    assert names(spark, {"case": "s2 s3"}, {"old": "s1 s2"}) == {"case": "old"}


def test_of_two_cases_that_were_one_the_larger_keeps_the_name(spark: SparkSession) -> None:
    found = names(spark, {"large": "s2 s3", "small": "s1"}, {"old": "s1 s2 s3"})
    assert found == {"large": "old", "small": clue_id("overcharge", "s1")}


def test_a_case_that_was_two_keeps_the_name_of_its_anchor(spark: SparkSession) -> None:
    own = clue_id("overcharge", "s1")
    assert names(spark, {"case": "s1 s2 s3 s4"}, {own: "s1", "other": "s2 s3 s4"}) == {"case": own}


def test_a_name_is_given_to_one_case_only(spark: SparkSession) -> None:
    own = clue_id("overcharge", "s1")
    found = names(spark, {"large": "s2 s3", "small": "s1"}, {own: "s1 s2 s3"})
    assert found["large"] == own
    assert found["small"] != own
