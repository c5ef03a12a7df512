"""gold.visit_fact: settled outpatient visits and purchases, and where the person was before."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import Codes
from jobs.facts.diagnoses import diagnoses
from jobs.facts.months import VIEW, month_number, seen_by
from jobs.facts.people import age_years, cases, deaths, people, with_visit
from jobs.facts.places import km_between, places

BACK: Final = 1  # months before its own in which a visit's predecessor is looked for
COUNTS: Final = ("drug_fen", "watched_fen", "line_count", "item_count")
DRUG: Final = "list_type IN ('101', '102', '103', '104')"


def visits(
    settlement_net: DataFrame,
    visit: DataFrame,
    charge_fact: DataFrame,
    person: DataFrame,
    insured: DataFrame,
    institution: DataFrame,
    diagnosis: DataFrame,
    *,
    codes: Codes,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.visit_fact. The visit before is looked for in the same month and the one before it."""
    known = people(person, insured).join(deaths(person, insured), on="person_key", how="left")
    case = cases(settlement_net, known, institution, codes)
    outside = case.where("care <> 'inpatient'")
    diagnosed = with_visit(outside, visit, back=12 - BACK).join(
        diagnoses(diagnosis).select("mdtrt_id", "first_diag"), on="mdtrt_id", how="left"
    )
    told = diagnosed.withColumns(
        {
            "visited_at": F.coalesce("begntime", F.col("begndate").cast("timestamp_ntz")),
            "visited_on": F.coalesce(F.col("begntime").cast("date"), "begndate"),
            "age_years": age_years("brdy", F.coalesce(F.col("begntime").cast("date"), "begndate")),
            "main_diag": F.coalesce("dscg_maindiag_code", "first_diag"),
            "coner_key": F.col("coner_name_key"),
        }
    )
    counted = _with_previous(told, months).join(_lines(charge_fact), on="setl_id", how="left")
    return _with_distance(counted.fillna(0, subset=list(COUNTS)), institution)


def _lines(charge_fact: DataFrame) -> DataFrame:
    """Sums and counts of each settlement's lines, after one shuffle by settlement."""
    line = charge_fact.where("care <> 'inpatient'").select(
        "setl_id",
        "hilist_code",
        F.expr(f"CASE WHEN {DRUG} THEN det_fen ELSE 0 END").alias("drug"),
        F.expr("CASE WHEN is_watched THEN det_fen ELSE 0 END").alias("watched"),
        "supply_days",
    )
    per_item = (
        line.repartition("setl_id")
        .groupBy("setl_id", "hilist_code")
        .agg(
            F.sum("drug").alias("drug"),
            F.sum("watched").alias("watched"),
            F.count("*").alias("lines"),
            F.max("supply_days").alias("supply_days"),
        )
    )
    return per_item.groupBy("setl_id").agg(
        F.sum("drug").alias("drug_fen"),
        F.sum("watched").alias("watched_fen"),
        F.sum("lines").cast("int").alias("line_count"),
        F.count("*").cast("int").alias("item_count"),
        F.max("supply_days").alias("max_supply_days"),
    )


def _with_previous(told: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Visits of `months` beside the person's visit before each, by arrival and then settlement."""
    by_arrival = Window.partitionBy("person_key", VIEW).orderBy("visited_at", "setl_id")
    gap = F.timestamp_diff("MINUTE", "prev_visited_at", "visited_at")
    return (
        seen_by(told, months, back=BACK)
        .withColumns(
            {
                f"prev_{name}": F.lag(name).over(by_arrival)
                for name in ("setl_id", "fixmedins_code", "visited_at")
            }
        )
        .where(F.col(VIEW) == month_number())
        .withColumn("prev_gap_minutes", gap)
    )


def _with_distance(visit: DataFrame, institution: DataFrame) -> DataFrame:
    here, there = places(institution, "here"), places(institution, "there")
    is_here = F.col("fixmedins_code") == F.col("here_code")
    is_there = F.col("prev_fixmedins_code") == F.col("there_code")
    return (
        visit.join(here, on=is_here, how="left")
        .join(there, on=is_there, how="left")
        .withColumn("prev_km", km_between("here", "there"))
    )
