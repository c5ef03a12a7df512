"""Purchases at pharmacies and who prescribed them, by the line or by the visit of that day."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import is_pharmacy
from jobs.facts.catalogue import with_dose_days
from jobs.facts.months import month_number

LATE: Final = 1  # months from the line that names a prescriber to its settlement
# Ready-made drugs. A course of decoctions (102) is fetched weekly.
DRUG: Final = "list_type IN ('101', '103', '104') AND cnt > 0"


def prescribed(
    visit_fact: DataFrame,
    charge_fact: DataFrame,
    fee_line: DataFrame,
    practitioner: DataFrame,
    catalogue_item: DataFrame,
) -> DataFrame:
    """One row per purchase of ready-made drugs; prescriber and home_code are null if not known.

    It is told by its dearest drug, and how many days that lasts: as prescribed, or else by the
    defined daily dose, where either is known. `prescriber` is whom its lines name (`named_by` is
    the line), else the registered doctor whom the person visited last before it on that day: the
    first of their staff codes, or the pseudonym of a person whom no house registered, without
    home_code. `visit_id` is a visit to the prescriber on that day, settled in the same month.
    """
    doctor = _doctors(practitioner)
    at_pharmacy = (F.col("care") == "pharmacy") | is_pharmacy("fixmedins_code")
    visits = _visits(visit_fact.where(~at_pharmacy), charge_fact.where(~at_pharmacy), doctor)
    bought = (
        visit_fact.where(at_pharmacy)
        .join(_drugs(charge_fact.where(at_pharmacy), catalogue_item), on="setl_id", how="inner")
        .join(_named(fee_line, doctor), on="setl_id", how="left")
        .withColumn("day", F.to_date("setl_time"))
        .join(visits, on=["person_key", "day", "month"], how="left")
    )
    return _with_prescriber(bought)


def _doctors(practitioner: DataFrame) -> DataFrame:
    """Registrations, each with whose it is: the first code and the first house of that person."""
    of_person = Window.partitionBy(F.coalesce("cert_key", "staff_code"))
    return practitioner.select(
        "cert_key",
        "staff_code",
        F.col("fixmedins_code").alias("house"),
        F.min("staff_code").over(of_person).alias("prescriber"),
        F.min("fixmedins_code").over(of_person).alias("home_code"),
    )


def _drugs(charge_fact: DataFrame, catalogue_item: DataFrame) -> DataFrame:
    """Settlement → the drug of its dearest line, and the days of supply of that line."""
    name = F.coalesce("ingredient", "hilist_code").alias("drug")
    days = F.coalesce(F.col("supply_days").cast("decimal(20,6)"), "dose_days").alias("supply_days")
    return (
        with_dose_days(charge_fact.where(DRUG), catalogue_item)
        .groupBy("setl_id")
        .agg(F.max(F.struct("det_fen", name, days)).alias("dearest"))
        .select("setl_id", "dearest.drug", "dearest.supply_days")
    )


def _named(fee_line: DataFrame, doctor: DataFrame) -> DataFrame:
    """Settlement → the prescriber whom its lines name, and the line; of several the first."""
    known = doctor.where("cert_key IS NOT NULL").select(
        F.col("cert_key").alias("cert"),
        F.struct("prescriber", "home_code").alias("registered"),
    )
    by = F.min(F.struct(F.col("prsc_dr_cert_key").alias("cert"), "bkkp_sn", "month"))
    return (
        fee_line.where("prsc_dr_cert_key IS NOT NULL AND setl_id IS NOT NULL AND cnt > 0")
        .groupBy("setl_id")
        .agg(by.alias("by"))
        .select("setl_id", "by.cert", "by.bkkp_sn", month_number("by.month").alias("line_number"))
        .join(F.broadcast(known.distinct()), on="cert", how="left")
    )


def _visits(visit_fact: DataFrame, charge_fact: DataFrame, doctor: DataFrame) -> DataFrame:
    """(person_key, day, month) → the visits to registered doctors on that day, first to last.

    A code that the house did not register is a placeholder and stands for nobody.
    """
    known = doctor.select(
        F.col("staff_code").alias("doctor"),
        F.col("house").alias("fixmedins_code"),
        "prescriber",
        "home_code",
    )
    ordered = charge_fact.where("care <> 'inpatient' AND bilg_dr_code IS NOT NULL")
    orders = ordered.groupBy("setl_id").agg(F.min("bilg_dr_code").alias("bilg_dr_code"))
    visit = F.struct("visited_at", "mdtrt_id", "prescriber", "home_code")
    return (
        visit_fact.join(orders, on="setl_id", how="left")
        .withColumn("doctor", F.coalesce("chfpdr_code", "bilg_dr_code"))
        .join(F.broadcast(known), on=["doctor", "fixmedins_code"], how="inner")
        .groupBy("person_key", F.col("visited_on").alias("day"), "month")
        .agg(F.array_sort(F.collect_list(visit)).alias("visits"))
    )


def _with_prescriber(bought: DataFrame) -> DataFrame:
    near = (month_number() - F.col("line_number")).between(0, LATE)
    is_named = F.coalesce(near, F.lit(False))
    before = F.filter("visits", lambda visit: visit["visited_at"] <= F.col("setl_time"))
    last = F.get(before, F.size(before) - 1)
    unregistered = F.struct(
        F.col("cert").alias("prescriber"), F.lit(None).cast("string").alias("home_code")
    )
    by_line = F.coalesce("registered", unregistered)
    by_visit = F.struct(
        last["prescriber"].alias("prescriber"), last["home_code"].alias("home_code")
    )
    by = F.when(F.col("is_named"), by_line).otherwise(by_visit)
    same = F.filter(before, lambda visit: visit["prescriber"] == F.col("by.prescriber"))
    return (
        bought.withColumn("is_named", is_named)
        .withColumn("by", by)
        .select(
            *("setl_id", "month", "fixmedins_code", "area", "person_key", "day", "setl_time"),
            F.coalesce("tel_key", "person_key").alias("phone"),
            *("drug", "supply_days", "watched_fen", "fund_fen", "acct_fen", "cash_fen"),
            *("is_named", "by.prescriber", "by.home_code"),
            F.when(F.col("is_named"), F.col("bkkp_sn")).alias("named_by"),
            F.get(same, F.size(same) - 1)["mdtrt_id"].alias("visit_id"),
        )
    )
