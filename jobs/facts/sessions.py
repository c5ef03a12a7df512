"""gold.session_fact: people treated on many days of a month, or at two houses in turn."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import is_pharmacy

LEAST: Final = 10  # days of one charge; less is no long course [days]
IN_TURN: Final = 2  # days at each of two houses [days]
TOGETHER: Final = 3  # people who go to the same two
COURSE: Final = ["fixmedins_code", "person_key", "month"]
SUMS: Final = ("cash_fen", "fund_fen", "acct_fen")
TREATED: Final = "care IN ('outpatient', 'chronic') AND drug_fen = 0 AND medfee_fen > 0"


def sessions(visit_fact: DataFrame) -> DataFrame:
    """gold.session_fact, of treatments without drugs: visits of one charge are one treatment.

    Told is the charge of most days, of equals the higher: of LEAST days, or of IN_TURN days at each
    of two houses in turn (each was begun before the other was over), where TOGETHER people did so.
    All hangs on the house and the person: one shuffle of the month's visits, and two of the few
    who came again.
    """
    as_many = Window.partitionBy("fixmedins_code", "month", "is_free").orderBy(F.desc("days"))
    is_one = F.col("first_doctor") == F.col("last_doctor")
    return (
        _in_turn(_courses(visit_fact))
        .where((F.col("days") >= LEAST) | (F.col("other_people") >= TOGETHER))
        .withColumn("is_free", F.col("cash_fen") == 0)
        .withColumn("people", F.count("*").over(as_many).cast("int"))  # with ties
        .withColumn("staff_code", F.when(is_one, F.col("first_doctor")))
        .withColumnRenamed("medfee_fen", "charge_fen")
    )


def _courses(visit_fact: DataFrame) -> DataFrame:
    """House, person and month: the treatment of most days, of those on IN_TURN days or more."""
    visit = visit_fact.where(F.expr(TREATED) & ~is_pharmacy("fixmedins_code"))
    by_charge = (
        visit.repartition(*COURSE)
        .groupBy(*COURSE, "medfee_fen")
        .agg(
            F.size(F.collect_set("visited_on")).alias("days"),
            F.min("area").alias("area"),
            F.min("chfpdr_code").alias("first_doctor"),
            F.max("chfpdr_code").alias("last_doctor"),
            F.min("visited_on").alias("first_on"),
            F.max("visited_on").alias("last_on"),
            *(F.sum(name).alias(name) for name in SUMS),
            F.array_sort(F.collect_list("setl_id")).alias("setl_ids"),
        )
    )
    most = Window.partitionBy(*COURSE).orderBy(F.desc("days"), F.desc("medfee_fen"))
    return by_charge.withColumn("nth", F.row_number().over(most)).where(
        (F.col("nth") == 1) & (F.col("days") >= IN_TURN)
    )


def _in_turn(course: DataFrame) -> DataFrame:
    """With `other_code`, where the person was treated in turn, and `other_people` of those two.

    Of several such houses the one of most days; of equals the greater code.
    """
    place = F.struct("days", "fixmedins_code", "first_on", "last_on")
    places = F.collect_list(place).over(Window.partitionBy("person_key", "month"))
    in_turn = F.filter(
        "places",
        lambda x: (
            (x["fixmedins_code"] != F.col("fixmedins_code"))
            & (x["first_on"] < F.col("last_on"))
            & (F.col("first_on") < x["last_on"])
        ),
    )
    two = F.array_sort(F.array("fixmedins_code", "other_code"))
    is_first = F.col("fixmedins_code") == F.get("two", F.lit(0))
    people = F.count_if(is_first).over(Window.partitionBy("month", "two")).cast("int")
    return (
        course.withColumn("places", places)
        .withColumn("other_code", F.array_max(in_turn)["fixmedins_code"])
        .withColumn("two", F.when(F.col("other_code").isNotNull(), two))
        .where((F.col("days") >= LEAST) | F.col("two").isNotNull())
        .withColumn("other_people", F.when(F.col("two").isNotNull(), people))
    )
