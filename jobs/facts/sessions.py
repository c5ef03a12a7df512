"""gold.session_fact: people charged the same treatment at one house on many days of a month."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import is_pharmacy

LEAST: Final = 10  # days of one charge; less is no long course [days]
COURSE: Final = ["fixmedins_code", "person_key", "month"]
SUMS: Final = ("cash_fen", "fund_fen", "acct_fen")
TREATED: Final = "care IN ('outpatient', 'chronic') AND drug_fen = 0 AND medfee_fen > 0"


def sessions(visit_fact: DataFrame) -> DataFrame:
    """gold.session_fact, of treatments without drugs: visits of one charge are one treatment.

    Told is the charge of most days, of equals the higher. All hangs on the house and the person:
    one shuffle of the month's visits, and one of the few long courses.
    """
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
    as_many = Window.partitionBy("fixmedins_code", "month", "is_free").orderBy(F.desc("days"))
    is_one = F.col("first_doctor") == F.col("last_doctor")
    return (
        by_charge.withColumn("nth", F.row_number().over(most))
        .where((F.col("nth") == 1) & (F.col("days") >= LEAST))
        .withColumn("is_free", F.col("cash_fen") == 0)
        .withColumn("people", F.count("*").over(as_many).cast("int"))  # with ties
        .withColumn("staff_code", F.when(is_one, F.col("first_doctor")))
        .withColumnRenamed("medfee_fen", "charge_fen")
    )
