"""gold.presence_conflict: what contradicts a stay, each contradiction with its proof."""

from __future__ import annotations

from functools import reduce
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.tables.gold import PRESENCE_CONFLICT
from jobs.facts.care import HOME_BED
from jobs.facts.months import month_label, month_number
from jobs.facts.places import km_between, places
from jobs.features import conflict_words as words
from jobs.features.houses import with_house

BACK: Final = 12  # months between the settlements of the two sides, at most
HOUSE_BACK: Final = 2  # months before a stay's settlement whose house days it can fill
MOVED_OUT: Final = ("2", "3")  # dscg_way: to another hospital, to the community
MOVED_IN: Final = "3"  # adm_way
IDLE_NIGHTS: Final = 4  # from so many nights on a stay without treatment is odd
IDLE_SHARE: Final = 0.25  # of the nights, with treatment; less is idle
CHARGED_SHARE: Final = 0.5  # of the nights, with any line; fewer: lines were posted in batches
OVERFULL_SHARE: Final = 1.1  # of the approved beds; less are the extra beds of a busy week
GRACE_DAYS: Final = 1  # from death to discharge
SENT_OUT: Final = "other_care <> 'pharmacy' AND visit_drug_fen = 0 AND visit_test_fen > 0"
HOUSE_APART: Final = 3  # months between stay and visit, at most, for these counts
STAY: Final = (
    *("mdtrt_id", "fixmedins_code", "area", "person_key", "setl_ids", "admitted_on"),
    *("discharged_on", "stay_days", "active_days", "fund_fen", "is_claim"),
)
CLAIM: Final = "coalesce(pay_loc = '1', false) AND is_offsite"
ADDED_LAST: Final = ("month", "km", "house_stays", "house_away")
SHAPE: Final = [c for c in PRESENCE_CONFLICT.names if c not in ADDED_LAST] + ["number", "is_plain"]


def presence_conflicts(
    stay_fact: DataFrame,
    visit_fact: DataFrame,
    institution_day_fact: DataFrame,
    institution: DataFrame,
) -> DataFrame:
    """gold.presence_conflict. Home beds contradict nothing: who lies at home may go out.

    overlap: a night shared with a stay elsewhere, told from both sides; a single night between two
    stays in a row may be a discharge booked late, so it is an edge; a day case within the stay is
    leave. elsewhere: a visit or purchase at another place during the stay; on its first or last day
    it is an edge, and of examinations alone a transfer: small houses send their patients to them.
    after_death, idle, overfull: of one stay. Exceptions are marked (is_edge, is_transfer, is_leave,
    other_care), not dropped. An institution's count of stays seen elsewhere leaves them all out.
    """
    at_house = stay_fact.where(F.substring("med_type", 1, 2) != HOME_BED)
    stay = at_house.withColumns({"stay_number": month_number(), "is_claim": F.expr(CLAIM)})
    kinds = (
        _overlaps(stay),
        _elsewhere(stay, visit_fact),
        _after_death(stay),
        _idle(stay),
        _overfull(stay, institution_day_fact),
    )
    every = reduce(DataFrame.unionByName, (kind.select(*SHAPE) for kind in kinds))
    here, there = places(institution, "here"), places(institution, "there")
    is_here = F.col("fixmedins_code") == F.col("here_code")
    is_there = F.col("other_fixmedins_code") == F.col("there_code")
    return (
        with_house(every, stay)
        .join(here, on=is_here, how="left")
        .join(there, on=is_there, how="left")
        .withColumn("km", km_between("here", "there"))
        .withColumn("says", words.with_distance("says", "km"))
        .withColumn("month", month_label(F.col("number")))
    )


def _overlaps(stay: DataFrame) -> DataFrame:
    ways = ("adm_way", "dscg_way", "stay_number")
    one = stay.select(*STAY, *ways)
    other = stay.select(
        "person_key", *(F.col(n).alias(f"other_{n}") for n in (*STAY, *ways) if n != "person_key")
    )
    last_in = F.greatest("admitted_on", "other_admitted_on")
    first_out = F.least("discharged_on", "other_discharged_on")
    within = _within("admitted_on", "discharged_on", "other_") | _within(
        "other_admitted_on", "other_discharged_on", ""
    )
    is_first = F.col("admitted_on") <= F.col("other_admitted_on")
    out = F.when(is_first, F.col("dscg_way")).otherwise(F.col("other_dscg_way"))
    into = F.when(is_first, F.col("other_adm_way")).otherwise(F.col("adm_way"))
    met = (
        one.join(other, on="person_key", how="inner")
        .where("fixmedins_code <> other_fixmedins_code")
        .withColumn("nights", F.date_diff(first_out, last_in))
        .where((F.col("nights") >= 1) | within)
        .where(_near(F.col("other_stay_number")))
    )
    return met.select(
        "*",
        _later(F.col("other_stay_number")),
        F.lit("overlap").alias("kind"),
        F.col("other_mdtrt_id").alias("other"),
        F.lit("inpatient").alias("other_care"),
        last_in.alias("other_on"),
        *((F.col("nights") == 0).alias("is_leave"), F.lit(False).alias("is_plain")),
        ((F.col("nights") <= 1) & ~within).alias("is_edge"),
        (_true(out.isin(*MOVED_OUT)) | _true(into == MOVED_IN)).alias("is_transfer"),
        words.overlap().alias("says"),
        words.evidence(
            *_proof(),
            words.rows_of("visit", F.array("other_mdtrt_id")),
            words.rows_of("settlement", F.col("other_setl_ids")),
        ).alias("evidence"),
    )


def _elsewhere(stay: DataFrame, visit_fact: DataFrame) -> DataFrame:
    is_first = F.col("other_on") == F.col("admitted_on")
    is_last = F.col("other_on") == F.col("discharged_on")
    moved_in = is_first & _true(F.col("adm_way") == MOVED_IN)
    moved_out = is_last & _true(F.col("dscg_way").isin(*MOVED_OUT))
    is_leave = ~F.array_contains("active_on", F.col("other_on")) & ~(is_first | is_last)
    is_usual = is_leave | is_first | is_last | F.expr(f"other_care = 'chronic' OR {SENT_OUT}")
    is_close = F.abs(F.col("stay_number") - F.col("visit_number")) <= HOUSE_APART
    met = (
        stay.select(*STAY, "active_on", "adm_way", "dscg_way", "stay_number")
        .join(_visits(visit_fact), on="person_key", how="inner")
        .where("fixmedins_code <> other_fixmedins_code")
        .where("other_on BETWEEN admitted_on AND discharged_on")
        .where(_near(F.col("visit_number")))
    )
    return met.select(
        "*",
        _later(F.col("visit_number")),
        F.lit("elsewhere").alias("kind"),
        (is_first | is_last).alias("is_edge"),
        is_leave.alias("is_leave"),
        (is_close & ~is_usual).alias("is_plain"),
        (moved_in | moved_out | F.expr(SENT_OUT)).alias("is_transfer"),
        words.elsewhere().alias("says"),
        words.evidence(
            *_proof(),
            words.rows_of("visit", F.array("visit_id")),
            words.rows_of("settlement", F.array("other")),
        ).alias("evidence"),
    )


def _visits(visit_fact: DataFrame) -> DataFrame:
    return visit_fact.select(
        "person_key",
        F.col("setl_id").alias("other"),
        F.col("mdtrt_id").alias("visit_id"),
        F.col("fixmedins_code").alias("other_fixmedins_code"),
        F.col("care").alias("other_care"),
        F.col("visited_on").alias("other_on"),
        "visited_at",
        *(F.col(f"{n}_fen").alias(f"visit_{n}_fen") for n in ("fund", "acct", "drug", "test")),
        month_number().alias("visit_number"),
    )


def _after_death(stay: DataFrame) -> DataFrame:
    after = F.date_add("died_on", GRACE_DAYS)
    is_after = (F.col("admitted_on") > F.col("died_on")) | (F.col("discharged_on") > after)
    dead = stay.where(is_after).withColumn("other_on", F.col("died_on"))
    register = words.rows_of("insured", F.array("death_key"))
    return _alone(dead, "after_death", F.col("died_on").cast("string")).withColumns(
        {"says": words.after_death(), "evidence": words.evidence(*_proof(), register)}
    )


def _idle(stay: DataFrame) -> DataFrame:
    nights = F.col("stay_days")
    idle = stay.where(
        (nights >= IDLE_NIGHTS)
        & (F.col("active_days") < nights * IDLE_SHARE)
        & (F.col("charged_days") > nights * CHARGED_SHARE)
    ).withColumn("other_on", F.col("admitted_on"))
    return _alone(idle, "idle", F.col("mdtrt_id")).withColumn("says", words.idle())


def _overfull(stay: DataFrame, institution_day_fact: DataFrame) -> DataFrame:
    full = institution_day_fact.where(F.col("census") > F.col("approved_beds") * OVERFULL_SHARE)
    above = full.select(
        F.explode("excess_setl_ids").alias("setl_id"),
        month_number().alias("house_number"),
        "day",
        "census",
        "approved_beds",
    )
    days = (
        stay.select("setl_id", "stay_number")
        .join(above, on="setl_id", how="inner")
        .where(
            F.col("house_number").between(F.col("stay_number") - HOUSE_BACK, F.col("stay_number"))
        )
        .groupBy("setl_id")
        .agg(
            F.min("day").alias("other_on"),
            F.count("*").alias("full_days"),
            F.max("census").alias("most"),
            F.max("approved_beds").alias("approved_beds"),
        )
    )
    crowded = stay.join(days, on="setl_id", how="inner")
    first = F.col("other_on").cast("string")
    return _alone(crowded, "overfull", first).withColumn("says", words.overfull())


def _alone(stay: DataFrame, kind: str, other: Column) -> DataFrame:
    """Stays that a fact of their own speaks against."""
    return stay.withColumns(
        {
            "number": F.col("stay_number"),
            "kind": F.lit(kind),
            "other": other,
            "other_fixmedins_code": F.lit(None).cast("string"),
            "other_care": F.lit(None).cast("string"),
            "is_edge": F.lit(False),
            "is_transfer": F.lit(False),
            **dict.fromkeys(("is_leave", "is_plain"), F.lit(False)),
            "evidence": words.evidence(*_proof()),
        }
    )


def _proof() -> tuple[Column, Column]:
    """The stay's own rows."""
    return (
        words.rows_of("visit", F.array("mdtrt_id")),
        words.rows_of("settlement", F.col("setl_ids")),
    )


def _within(since: str, until: str, prefix: str) -> Column:
    """The other span lies between these two days and touches neither."""
    starts = F.col(f"{prefix}admitted_on") > F.col(since)
    return starts & (F.col(f"{prefix}discharged_on") < F.col(until))


def _near(other_number: Column) -> Column:
    return F.abs(F.col("stay_number") - other_number) <= BACK


def _later(other_number: Column) -> Column:
    return F.greatest(F.col("stay_number"), other_number).alias("number")


def _true(condition: Column) -> Column:
    return F.coalesce(condition, F.lit(False))
