"""gold.visit_fact: outpatient settlements, where else the person was, and who else settled then."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.agreements import with_stop
from jobs.facts.care import TESTS, Codes, is_pharmacy
from jobs.facts.diagnoses import diagnoses
from jobs.facts.months import VIEW, month_number, seen_by
from jobs.facts.people import age_years, cases, deaths, people, with_visit
from jobs.facts.places import km_between, places

BACK: Final = 1  # months before its own in which a visit's predecessor is looked for
NEAR_SECONDS: Final = 300  # before and after a settlement: whom else its terminal settled
BESIDE: Final = ("setl_id", "fixmedins_code", "visited_at")  # told of the visits before and after
COUNTS: Final = ("drug_fen", "test_fen", "watched_fen", "line_count", "item_count")
DRUG: Final = "list_type IN ('101', '102', '103', '104')"


def visits(
    settlement_net: DataFrame,
    visit: DataFrame,
    charge_fact: DataFrame,
    person: DataFrame,
    insured: DataFrame,
    institution: DataFrame,
    diagnosis: DataFrame,
    agreement: DataFrame,
    *,
    codes: Codes,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.visit_fact. The visit before is looked for in the same month and the one before it.

    The visit after it is looked for among what was settled by the end of the month.
    """
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
    own = _with_terminal(_with_neighbours(told, months))
    counted = own.join(_lines(charge_fact), on="setl_id", how="left")
    far = _with_distances(counted.fillna(0, subset=list(COUNTS)), institution)
    return with_stop(far, agreement, "visited_on")


def _lines(charge_fact: DataFrame) -> DataFrame:
    """Sums and counts of each settlement's lines, after one shuffle by settlement."""
    line = charge_fact.where("care <> 'inpatient'").select(
        "setl_id",
        "hilist_code",
        F.expr(f"CASE WHEN {DRUG} THEN det_fen ELSE 0 END").alias("drug"),
        F.when(F.col("charge_type").isin(*TESTS), F.col("det_fen")).otherwise(0).alias("test"),
        F.expr("CASE WHEN is_watched THEN det_fen ELSE 0 END").alias("watched"),
        "supply_days",
    )
    per_item = (
        line.repartition("setl_id")
        .groupBy("setl_id", "hilist_code")
        .agg(
            F.sum("drug").alias("drug"),
            F.sum("test").alias("test"),
            F.sum("watched").alias("watched"),
            F.count("*").alias("lines"),
            F.max("supply_days").alias("supply_days"),
        )
    )
    return per_item.groupBy("setl_id").agg(
        F.sum("drug").alias("drug_fen"),
        F.sum("test").alias("test_fen"),
        F.sum("watched").alias("watched_fen"),
        F.sum("lines").cast("int").alias("line_count"),
        F.count("*").cast("int").alias("item_count"),
        F.max("supply_days").alias("max_supply_days"),
    )


def _with_neighbours(told: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Visits of `months` beside the person's visits before and after, by arrival and settlement."""
    by_arrival = Window.partitionBy("person_key", VIEW).orderBy("visited_at", "setl_id")
    return (
        seen_by(told, months, back=BACK)
        .withColumns({f"prev_{name}": F.lag(name).over(by_arrival) for name in BESIDE})
        .withColumns({f"next_{name}": F.lead(name).over(by_arrival) for name in BESIDE})
        .where(F.col(VIEW) == month_number())
        .withColumns(
            {
                "prev_gap_minutes": F.timestamp_diff("MINUTE", "prev_visited_at", "visited_at"),
                "next_gap_minutes": F.timestamp_diff("MINUTE", "visited_at", "next_visited_at"),
            }
        )
    )


def _with_terminal(visit: DataFrame) -> DataFrame:
    """With what else its terminal settled: within NEAR_SECONDS, and on a usual day of the month.

    Of the people settled then, those whose phone is not known count as a phone each.
    """
    of_month = Window.partitionBy("fixmedins_code", F.coalesce("term_no", "setl_id"), "month")
    near = of_month.orderBy(F.unix_seconds(F.col("setl_time").cast("timestamp"))).rangeBetween(
        -NEAR_SECONDS, NEAR_SECONDS
    )
    days = F.size(F.collect_set(F.to_date("setl_time")).over(of_month))
    is_known = F.col("term_no").isNotNull()
    phone = F.coalesce("tel_key", "person_key")
    return visit.withColumns(
        {
            "terminal_cards": F.when(is_known, F.size(F.collect_set("person_key").over(near))),
            "terminal_phones": F.when(is_known, F.size(F.collect_set(phone).over(near))),
            "terminal_daily": F.when(is_known, F.count("*").over(of_month) / days),
        }
    )


def _with_distances(visit: DataFrame, institution: DataFrame) -> DataFrame:
    """With the way from the visit before, and `other_*`: it or the visit after, by the speed."""
    far = visit.join(places(institution, "here"), F.expr("fixmedins_code = here_code"), "left")
    for side in ("prev", "next"):
        is_there = F.col(f"{side}_fixmedins_code") == F.col(f"{side}_code")
        far = far.join(places(institution, side), on=is_there, how="left").withColumn(
            f"{side}_km", km_between("here", side)
        )
    before, after = (_speed(side) for side in ("prev", "next"))
    is_after = F.coalesce(after, F.lit(0.0)) > F.coalesce(before, F.lit(0.0))
    return far.withColumns(
        {
            f"other_{name}": F.when(is_after, F.col(f"next_{name}")).when(
                before.isNotNull(), F.col(f"prev_{name}")
            )
            for name in ("setl_id", "fixmedins_code", "gap_minutes", "km")
        }
    )


def _speed(side: str) -> Column:
    """Of the way to the neighbour [km a minute]; a minute at least.

    Null where that was a pharmacy, to which relatives go, or its time is not known (midnight).
    """
    is_timed = F.date_format(f"{side}_visited_at", "HH:mm") != "00:00"
    speed = F.col(f"{side}_km") / F.greatest(f"{side}_gap_minutes", F.lit(1))
    return F.when(~is_pharmacy(f"{side}_fixmedins_code") & is_timed, speed)
