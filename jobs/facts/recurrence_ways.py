"""Cases of gold.recurrence_fact: visits in stacks, at two places, of inpatients; returns."""

from __future__ import annotations

from functools import reduce
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import DAY_SURGERY, HOME_BED, is_pharmacy
from jobs.facts.diagnoses import family
from jobs.facts.months import month_label, month_number

BACK: Final = 5  # months before its own that a month looks over: six together
AT_PLACE: Final = "coalesce(pay_loc, '2') <> '1'"  # not claimed by hand afterwards
SEEN: Final = f"care IN ('outpatient', 'emergency') AND {AT_PLACE}"
BOUGHT: Final = f"care IN ('outpatient', 'emergency', 'pharmacy') AND {AT_PLACE} AND drug_fen > 0"
# Of examinations alone: small houses send their patients to them.
CONSULTED: Final = f"{SEEN} AND test_fen = 0"
QUICK_SECONDS: Final = 900  # from arrival to settlement: hardly anybody was examined
LATE_MINUTES: Final = 60  # settled later than that after the arrival: entered afterwards
RUN_SECONDS: Final = 600  # between two settlements of one stack
CARDS: Final = 3  # people in a stack at least
EVENING, MORNING = 22, 5  # the night, from hour to hour
OPEN_MINUTES: Final = 480  # of a day on which a terminal settles what it settles
NEAR_KM: Final = 5  # less apart are places of one neighbourhood
FAR_KM: Final = 50  # from there on a motorway may lead
AT_ONCE_MINUTES: Final = 60
TOWN_SPEED: Final = 60  # km an hour, door to door
ROAD_SPEED: Final = 120
RETURN_DAYS: Final = 6  # after a discharge; sooner is a split admission
NOT_HOME: Final = (HOME_BED, DAY_SURGERY)
COURSES: Final = "^(Z|C|D[0-4]|O|P|S|T|N18)"  # illnesses for which one comes back, and accidents
MARKS: Final = ("quick", "paper", "drug", "far")  # is_…: what is counted of the cases
CASE: Final = (
    "way", "month", "first_number", "fixmedins_code", "ward_code", "lay_at", "area", "person_key",
    "day", "setl_ids", "staff_code", "illness", "run",
    *(f"is_{name}" for name in MARKS),
    "is_offsite", "tel_key", "fund_fen", "acct_fen",
)  # fmt: skip


def cases(visit_fact: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """Every case of every way, in the columns CASE; `first_number` is the earliest month it needs.

    stack: one of several people whom a terminal settled one after another, more than it is used to.
    torn: on a day on which the person was at a doctor's elsewhere, too far to be at both. ward,
    counter: drugs charged to who lay in a ward (`lay_at`), by its own house or by a pharmacy. away:
    at a doctor's elsewhere meanwhile, and not for an examination alone. night: drugs fetched in the
    dead of the night. returns: a stay of who was discharged from the same house some time before,
    for another illness.
    """
    every = visit_fact.withColumn("illness", family("main_diag"))
    ways = (
        _stacks(every.where(is_visit())),
        _torn(every.where(SEEN)),
        _at_night(every),
        _in_wards(visit_fact, stay_fact),
        _returns(stay_fact),
    )
    return reduce(DataFrame.unionByName, (way.select(*CASE) for way in ways))


def is_visit() -> Column:
    """Seen at a doctor's, or there for drugs on a chronic benefit.

    Dialysis and other courses come by the clock.
    """
    fetched = F.expr(f"care = 'chronic' AND {AT_PLACE} AND drug_fen * 2 > medfee_fen")
    return F.expr(SEEN) | (fetched & ~is_pharmacy("fixmedins_code"))


def is_quick() -> Column:
    """Settled within a quarter of an hour of an arrival whose time is known."""
    seconds = F.timestamp_diff("SECOND", F.col("visited_at"), F.col("setl_time"))
    return _is_timed() & seconds.between(0, QUICK_SECONDS)


def _is_timed() -> Column:
    return F.date_format("visited_at", "HH:mm") != "00:00"


def _visits(visit: DataFrame, way: str, run: Column, is_far: Column) -> DataFrame:
    return visit.withColumns(
        {
            "way": F.lit(way),
            "first_number": month_number(),
            "ward_code": F.col("fixmedins_code"),
            "lay_at": F.lit(None).cast("string"),
            "day": F.col("visited_on"),
            "setl_ids": F.array("setl_id"),
            "staff_code": F.col("opter_id"),
            "run": run,
            "is_quick": is_quick(),
            "is_paper": F.coalesce(F.col("mdtrt_cert_type") != "01", F.lit(False)),
            "is_drug": F.coalesce(F.col("drug_fen") > 0, F.lit(False)),
            "is_far": is_far,
        }
    )


def _stacks(visit: DataFrame) -> DataFrame:
    """Visits of CARDS people or more with no RUN_SECONDS between two settlements at one terminal.

    No stack is what the terminal would settle in that time on its usual day of the month.
    """
    late = F.abs(F.timestamp_diff("MINUTE", F.col("visited_at"), F.col("setl_time")))
    day = F.to_date("setl_time")
    terminal: list[str | Column] = ["fixmedins_code", "term_no", "month", day]
    in_time = Window.partitionBy(*terminal).orderBy("setl_time", "setl_id")
    since = F.unix_seconds(F.col("setl_time").cast("timestamp"))
    is_new = F.coalesce(since - F.lag(since).over(in_time) > RUN_SECONDS, F.lit(True))
    run = Window.partitionBy(*terminal, "nth")
    minutes = (F.max(since).over(run) - F.min(since).over(run) + RUN_SECONDS) / 60
    usual = F.col("terminal_daily") * minutes / OPEN_MINUTES
    timed = visit.where(F.col("term_no").isNotNull() & (late <= LATE_MINUTES))
    stacked = (
        timed.withColumn("is_new", is_new.cast("int"))
        .withColumn("nth", F.sum("is_new").over(in_time))
        .withColumn("people", F.size(F.collect_set("person_key").over(run)))
        .withColumn("usual", usual)
        .withColumn("run", F.concat_ws("|", "term_no", F.min("setl_id").over(run)))
        .where(F.col("people") >= CARDS)
        .where(F.col("people") > 1 + F.col("usual") + 4 * F.sqrt("usual"))
    )
    return _visits(stacked, "stack", F.col("run"), F.lit(False))


def _torn(visit: DataFrame) -> DataFrame:
    """Visits whose person was at a doctor's elsewhere in a time too short for the way.

    Or, for a guest, on the same day in another city for another illness: a referral, and what is
    fetched after it, is for the same one.
    """
    city = F.left("area", F.lit(4))
    here = F.struct(city.alias("city"), "illness")
    day = Window.partitionBy("person_key", "visited_on")
    seen = F.collect_set(F.when(F.col("illness").isNotNull(), here)).over(day)
    marked = visit.withColumns({"city": city, "seen": seen})
    elsewhere = F.exists(
        "seen",
        lambda other: (other["city"] != F.col("city")) & (other["illness"] != F.col("illness")),
    )
    is_far = F.col("is_offsite") & F.coalesce(elsewhere, F.lit(False))
    is_torn = is_far | F.coalesce(_is_at_once(), F.lit(False))
    return _visits(marked.where(is_torn), "torn", F.lit(None).cast("string"), is_far)


def _is_at_once() -> Column:
    km, minutes = F.col("other_km"), F.col("other_gap_minutes")
    speed = F.when(km >= FAR_KM, ROAD_SPEED).otherwise(TOWN_SPEED)
    return (
        _is_timed()
        & (km >= NEAR_KM)
        & (minutes <= AT_ONCE_MINUTES)
        & (km * 60 > speed * F.greatest(minutes, F.lit(1)))
    )


def _at_night(visit: DataFrame) -> DataFrame:
    """Visits and purchases that came and were settled at night, no emergency, with drugs."""

    def is_late(moment: str) -> Column:
        return (F.hour(moment) >= EVENING) | (F.hour(moment) < MORNING)

    is_night = _is_timed() & is_late("visited_at") & is_late("setl_time")
    fetched = visit.where(f"care <> 'emergency' AND drug_fen > 0 AND {AT_PLACE}")
    return _visits(fetched.where(is_night), "night", F.lit(None).cast("string"), F.lit(False))


def _in_wards(visit_fact: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """Visits on a day that a stay covers, and purchases of drugs that are resold."""
    stay = stay_fact.where(~F.substring("med_type", 1, 2).isin(*NOT_HOME)).select(
        "person_key", "admitted_on", "discharged_on", F.col("fixmedins_code").alias("lay"),
        month_number().alias("stay_number"), "mdtrt_id",
    )  # fmt: skip
    day = F.col("visited_on")
    at_pharmacy, at_own = is_pharmacy("fixmedins_code"), F.col("fixmedins_code") == F.col("lay")
    way = (
        F.when(at_own, F.when(F.col("drug_fen") > 0, "ward"))
        .when(~at_pharmacy, "away")
        .when(F.col("watched_fen") > 0, "counter")
    )
    first = Window.partitionBy("setl_id").orderBy(F.desc(at_own), "lay", "mdtrt_id")
    inside = (
        visit_fact.where(f"({BOUGHT}) OR ({CONSULTED})")
        .drop("mdtrt_id")
        .join(stay, on="person_key", how="inner")
        .where((F.col("admitted_on") < day) & (day < F.col("discharged_on")))
        .withColumn("inside", way)
        .where("inside IS NOT NULL")
        .withColumn("nth", F.row_number().over(first))
        .where("nth = 1")
        .withColumn("illness", family("main_diag"))
    )
    none = F.lit(None).cast("string")
    numbers = (month_number(), F.col("stay_number"))
    is_counter = F.col("inside") == "counter"
    return _visits(inside, "ward", none, F.lit(False)).withColumns(
        {
            "way": F.col("inside"),
            "ward_code": F.when(is_counter, F.col("lay")).otherwise(F.col("fixmedins_code")),
            "lay_at": F.col("lay"),
            "first_number": F.least(*numbers),
            "month": month_label(F.greatest(*numbers)),
        }
    )


def _returns(stay_fact: DataFrame) -> DataFrame:
    """Stays that nobody planned, without operation, of the house's own former patients.

    For an illness of another block than the one before: who is ill comes back with the same.
    """
    illness, before = family("main_diag"), family("prev_main_diag")
    is_return = (
        (F.col("prev_fixmedins_code") == F.col("fixmedins_code"))
        & (F.col("prev_gap_days") >= RETURN_DAYS)
        & ~F.col("is_planned")
        & (F.col("oprn_count") == 0)
        & (illness != before)
        & ~F.col("main_diag").rlike(COURSES)
        & (F.substring("med_type", 1, 2) != HOME_BED)
    )
    return stay_fact.where(is_return).withColumns(
        {
            "way": F.lit("returns"),
            "first_number": month_number(),
            "ward_code": F.col("fixmedins_code"),
            "day": F.col("admitted_on"),
            "staff_code": F.col("chfpdr_code"),
            "illness": illness,
            **dict.fromkeys(("lay_at", "run"), F.lit(None).cast("string")),
            **{f"is_{name}": F.lit(False) for name in MARKS},
        }
    )
