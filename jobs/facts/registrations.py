"""Who is registered for which chronic disease, since when, and by whom."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.diagnoses import family
from jobs.facts.months import number_of_day

GRACE_DAYS: Final = 31  # after a registration's end
LISTED: Final = "posexplode(split(opsp_dise_code, ';')) AS (place, code)"
LISTED_FROM: Final = "split(opsp_begndate, ';')"


def held(chronic_registration: DataFrame, insured: DataFrame, person: DataFrame) -> DataFrame:
    """Person and illness → since when, until when, and who established it first.

    From the register of chronic diseases and from what the register of the insured lists.
    """
    begun = F.expr(f"try_cast(trim(coalesce(get({LISTED_FROM}, place), {LISTED_FROM}[0])) AS DATE)")
    known = insured.select("insu_admdvs", "psn_key", "insu_begndate", "opsp_begndate",
                           F.expr(LISTED)).where("trim(code) <> ''")  # fmt: skip
    listed = known.select(
        *("insu_admdvs", "psn_key"),
        F.trim("code").alias("opsp_dise_code"),
        begun.alias("begndate"),
        F.concat_ws("|", "psn_key", "insu_admdvs").alias("insured_key"),
    )
    told = chronic_registration.select(
        *("insu_admdvs", "psn_key", "opsp_dise_code", "begndate", "enddate"),
        F.col("ide_fixmedins_no").alias("certifier_code"),
        F.col("diag_dr_codg").alias("certifier_doctor"),
        F.concat_ws("|", "psn_key", "insu_admdvs", "opsp_dise_code", "begndate").alias(
            "registration_key"
        ),
    )
    first = F.struct("begndate", F.col("registration_key").isNull(), "registration_key")
    of_first = ("certifier_code", "certifier_doctor", "registration_key", "insured_key")
    open_end = F.lit("9999-12-31").cast("date")
    since = insured.select("insu_admdvs", "psn_key", F.col("insu_begndate").alias("insured_on"))
    return (
        told.unionByName(listed, allowMissingColumns=True)
        .where("begndate IS NOT NULL")
        .join(person.select("insu_admdvs", "psn_key", "person_key"), ["insu_admdvs", "psn_key"])
        .join(since, on=["insu_admdvs", "psn_key"], how="left")
        .groupBy("person_key", "opsp_dise_code")
        .agg(
            F.min("begndate").alias("begun_on"),
            F.max(F.coalesce("enddate", open_end)).alias("held_until"),
            F.min("insured_on").alias("insured_on"),
            *(F.min_by(name, first).alias(name) for name in of_first),
        )
    )


def registered(visit: DataFrame, held: DataFrame) -> DataFrame:
    """Visits with the registration they rest on: that of their illness, or the only one.

    `is_registered`: some registration of the person held on the day, whatever its illness.
    """
    day = F.col("visited_on")
    holds = (F.col("begun_on") <= day) & (day <= F.date_add("held_until", GRACE_DAYS))
    of_visit = Window.partitionBy("setl_id")
    is_its = F.coalesce(F.col("opsp_dise_code") == F.col("dise_no"), F.lit(False))
    places = [c for c in held.columns if c != "person_key"]
    rests = F.coalesce(holds, F.lit(False)) & (F.col("is_its") | (F.col("illnesses") == 1))
    return (
        visit.withColumn("family", family("main_diag"))
        .join(held, on="person_key", how="left")
        .withColumn("is_its", is_its)
        .withColumn("is_registered", F.max(F.coalesce(holds, F.lit(False))).over(of_visit))
        .withColumn("illnesses", F.count("opsp_dise_code").over(of_visit))
        .withColumn(
            "nth", F.row_number().over(of_visit.orderBy(F.desc("is_its"), "opsp_dise_code"))
        )
        .where("nth = 1")
        .withColumns({name: F.when(rests, F.col(name)) for name in places})
        .drop("nth", "is_its", "illnesses")
    )


def batches(held: DataFrame) -> DataFrame:
    """House, illness and month (`begun_in`) → registrations it began, and how many are usual.

    Usual is what the house began of the illness a month in the twelve months before.
    """
    begun = held.where("certifier_code IS NOT NULL").groupBy(
        "certifier_code", "opsp_dise_code", number_of_day("begun_on").alias("begun_in")
    )
    year = Window.partitionBy("certifier_code", "opsp_dise_code").orderBy("begun_in")
    before = F.coalesce(F.sum("batch").over(year.rangeBetween(-12, -1)), F.lit(0))
    return begun.agg(F.count("*").cast("int").alias("batch")).withColumn(
        "batch_usual", (before / 12).cast("decimal(16,2)")
    )


def registered_share(visit: DataFrame) -> DataFrame:
    """Month → share of its chronic visits whose person was registered that day [0 to 1]."""
    share = F.count_if("is_registered") / F.count("*")
    return visit.groupBy("month").agg(
        F.round(share, 4).cast("decimal(5,4)").alias("registered_share")
    )
