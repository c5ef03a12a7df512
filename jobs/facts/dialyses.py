"""gold.dialysis_fact: dialysis charged on more days of a week than a patient comes."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.care import CONSUMABLE
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.parts import gathered

BACK: Final = 3  # months before its own: a quarter is judged, the first of them shows its weeks
AHEAD: Final = 1  # month after, for the week that follows
QUARTER: Final = 2
# National codes: haemodialysis, haemofiltration and both. Continuous treatment runs for days, and
# perfusion is done on a day of dialysis.
SESSIONS: Final = ("00311000006", "00311000007", "00311000008")
OF_DIALYSIS: Final = "003110000"  # services of the blood and their monitoring
WEEKLY: Final = 3  # sessions that are the norm
OFTEN: Final = 4  # sessions of a patient who comes four times, week after week
SHIFT: Final = 3  # patients with one more on the same day: a shift that was moved
PERSON: Final = [VIEW, "person_key"]
HOUSE: Final = [VIEW, "fixmedins_code"]


def dialyses(charge_fact: DataFrame, *, months: tuple[str, ...]) -> DataFrame:
    """gold.dialysis_fact, of sessions outside stays, whoever gave them.

    A week from Monday may have three sessions, or four where two thirds of the person's weeks have.
    What is above is surplus if the weeks before and after do not make up for it: three weeks have
    more than three times as many. Surplus are the days of the week on which the person comes least.
    A week with dialysis in a stay is left out, and so is a day on which half of the patients whom
    the house had in that week would have one session too many: their shift was moved. Later months
    may add to a month's last week until one month on.
    """
    day = seen_by(_days(charge_fact), months, back=BACK, ahead=AHEAD)
    judged = _without_moved_shifts(_above_week(day)).where(
        month_number().between(F.col(VIEW) - QUARTER, F.col(VIEW))
    )
    own = judged.where(F.col(MONTH) == month_label(F.col(VIEW)))
    person = [*HOUSE, "person_key", MONTH]
    day_name = F.col("day").cast("string")
    told = own.groupBy(*person).agg(
        F.min("area").alias("area"),
        F.count("*").cast("int").alias("sessions"),
        F.count_if("is_surplus").cast("int").alias("surplus"),
        F.min("allowed").alias("allowed"),
        F.array_sort(F.collect_set(F.when(F.col("is_surplus"), day_name))).alias("days"),
        F.array_distinct(F.flatten(F.collect_list(F.when(F.col("is_surplus"), F.col("setl_ids")))))
        .alias("settled_as"),
    )  # fmt: skip
    beside = told.where("surplus > 0").join(F.broadcast(_houses(judged)), on=HOUSE, how="inner")
    return _with_lines(beside, charge_fact.where(F.col(MONTH).isin(*months)))


def _is_session() -> Column:
    return (F.col("list_type") == "201") & F.substring("hilist_code", 1, 11).isin(*SESSIONS)


def _days(charge_fact: DataFrame) -> DataFrame:
    """Days with a session of a person at a house, as settled in one month."""
    return (
        charge_fact.where(_is_session() & (F.col("cnt") > 0))
        .withColumnRenamed("charged_on", "day")
        .groupBy("person_key", "fixmedins_code", "day", MONTH)
        .agg(
            F.min("area").alias("area"),
            F.max(F.col("care") == "inpatient").alias("in_stay"),
            F.array_sort(F.collect_set("setl_id")).alias("setl_ids"),
        )
        .withColumn("week", F.floor((F.unix_date("day") + 3) / 7))  # 1 January 1970: a Thursday
        .withColumn("weekday", F.pmod(F.unix_date("day") + 3, F.lit(7)))
    )


def _above_week(day: DataFrame) -> DataFrame:
    """Sessions outside stays, with how many of a week are `allowed` and which are surplus."""
    of_week, of_person = Window.partitionBy(*PERSON, "week"), Window.partitionBy(*PERSON)
    three_weeks = of_person.orderBy("week").rangeBetween(-1, 1)
    weekday = Window.partitionBy(*PERSON, "weekday")
    comes = F.when(F.col("in_stay"), 0).otherwise(1)
    once = F.when(F.row_number().over(of_week.orderBy("day", "fixmedins_code", MONTH)) == 1, 1)
    seldom = of_week.orderBy("in_stay", "usual_day", F.desc("day"), "fixmedins_code", MONTH)
    allowed = F.when(F.col("often") * 3 >= F.col("weeks") * 2, OFTEN).otherwise(WEEKLY)
    too_many = (F.col("n") > F.col("allowed")) & (F.col("around") > F.col("allowed") * 3)
    is_last = F.row_number().over(seldom) <= F.col("n") - F.col("allowed")
    return (
        day.withColumns(
            {
                "n": F.sum(comes).over(of_week),
                "around": F.sum(comes).over(three_weeks),
                "stayed": F.max("in_stay").over(of_week),
                "usual_day": F.sum(comes).over(weekday),
                "once": once,
            }
        )
        .withColumns(
            {
                "weeks": F.sum("once").over(of_person),
                "often": F.sum(F.when(F.col("n") >= OFTEN, F.col("once"))).over(of_person),
            }
        )
        .withColumn("allowed", F.coalesce(allowed, F.lit(WEEKLY)))
        .withColumn("is_surplus", too_many & is_last & ~F.col("stayed"))
        .where("NOT in_stay")
    )


def _without_moved_shifts(session: DataFrame) -> DataFrame:
    of_day = Window.partitionBy(*HOUSE, "day")
    of_week = Window.partitionBy(*HOUSE, "week")
    crowd = F.count_if(F.col("is_surplus")).over(of_day)
    patients = F.size(F.collect_set("person_key").over(of_week))
    is_moved = (F.col("crowd") >= SHIFT) & (F.col("crowd") * 2 >= F.col("patients"))
    return session.withColumns({"crowd": crowd, "patients": patients}).withColumn(
        "is_surplus", F.col("is_surplus") & ~is_moved
    )


def _houses(judged: DataFrame) -> DataFrame:
    """House → weeks of its patients, sessions above, and how many the others would have."""
    of_patient = judged.groupBy(*HOUSE, "person_key", "week").agg(
        F.count_if("is_surplus").alias("surplus")
    )
    house = of_patient.groupBy(*HOUSE).agg(
        F.count("*").cast("int").alias("house_weeks"),
        F.sum("surplus").cast("int").alias("house_surplus"),
    )
    everybody = Window.partitionBy(VIEW)

    def others(name: str) -> Column:
        return F.sum(name).over(everybody) - F.col(name)

    share = others("house_surplus") / F.nullif(others("house_weeks"), F.lit(0))
    expected = F.coalesce((F.col("house_weeks") * share).cast("decimal(16,2)"), F.lit(0))
    return house.withColumn("house_expected", expected)


def _with_lines(told: DataFrame, charge_fact: DataFrame) -> DataFrame:
    """With the lines of dialysis and its consumables on the surplus days."""
    rows = told.drop("settled_as")
    case = told.select("*", F.explode("settled_as").alias("setl_id")).drop("settled_as")
    is_of_it = F.startswith("hilist_code", F.lit(OF_DIALYSIS)) | (F.col("list_type") == CONSUMABLE)
    line = charge_fact.where(is_of_it).select("setl_id", "bkkp_sn", "charged_on", "inscp_fen")
    of_day = F.array_contains("days", F.col("charged_on").cast("string"))
    excess = F.struct("bkkp_sn", "setl_id", "inscp_fen")
    of_case = case.join(line, on="setl_id", how="inner").where(of_day)
    return gathered(of_case, rows.columns, F.col("inscp_fen"), excess)
