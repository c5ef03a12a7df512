"""The stay before a stay, and how many the person had in a year."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_number, seen_by

BACK: Final = 12  # months before its own in which a stay's predecessors are looked for
YEAR_DAYS: Final = 365
PLANNED_DAYS: Final = 31
TRANSFERRED: Final = ("2", "3")  # dscg_way: to another hospital, to the community
REMEMBERED: Final = (
    "mdtrt_id",
    "fixmedins_code",
    "discharged_on",
    "main_diag",
    "dscg_way",
    "days_rinp_flag_31",
)


def with_previous(stay: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Stays of `months` with prev_*, is_planned and stays_year.

    A month sees the stays that were closed in it or in the twelve months before, if their
    admission was in that span too; the one before comes first by (admitted_on, mdtrt_id).
    """
    day = F.unix_date("admitted_on").alias("admitted_day")
    narrow = stay.select(
        "person_key", "month", "visit_month", "refl_old_mdtrt_id", "admitted_on", day, *REMEMBERED
    )
    is_own = F.col(VIEW) == month_number()
    is_told = month_number("visit_month") >= F.col(VIEW) - BACK
    seen = seen_by(narrow, months, back=BACK).where(is_own | F.coalesce(is_told, F.lit(False)))
    person = Window.partitionBy("person_key", VIEW)
    before = person.orderBy("admitted_on", "mdtrt_id")
    year = person.orderBy("admitted_day").rangeBetween(1 - YEAR_DAYS, 0)
    remembered = (
        seen.withColumns({f"prev_{name}": F.lag(name).over(before) for name in REMEMBERED})
        .withColumn("stays_year", F.count("*").over(year).cast("int"))
        .where(is_own)
        .withColumn("prev_gap_days", F.date_diff("admitted_on", "prev_discharged_on"))
        .withColumn("is_planned", F.coalesce(_is_planned(), F.lit(False)))
    )
    found = [c for c in remembered.columns if c.startswith("prev_")]
    return stay.join(
        remembered.select("mdtrt_id", "stays_year", "is_planned", *found),
        on="mdtrt_id",
        how="inner",
    )


def _is_planned() -> Column:
    """Foretold at the discharge before, or one episode carried on elsewhere by a transfer."""
    gap = F.col("prev_gap_days")
    foretold = (F.col("prev_days_rinp_flag_31") == "2") & (gap <= PLANNED_DAYS)
    moved = F.col("prev_dscg_way").isin(*TRANSFERRED) & gap.between(0, 1)
    referred = F.col("refl_old_mdtrt_id") == F.col("prev_mdtrt_id")
    none = F.lit(False)
    return F.coalesce(foretold, none) | F.coalesce(moved, none) | F.coalesce(referred, none)
