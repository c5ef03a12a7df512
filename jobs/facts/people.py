"""Standing settlements with who was treated and where: what every fact starts from."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.care import Codes, care
from jobs.facts.months import month_number

VISIT_MONTHS = 12  # visits are read from so many months before a settlement


def people(person: DataFrame, insured: DataFrame) -> DataFrame:
    """One row per (insu_admdvs, psn_key): the person and what the register knows of them."""
    known = insured.select(
        "insu_admdvs",
        "psn_key",
        F.col("gend").alias("known_gend"),
        F.col("brdy").alias("known_brdy"),
        F.col("emp_no").alias("known_emp_no"),
        F.col("sp_psn_type").alias("known_sp_psn_type"),
        "village",
    )
    named = person.select("insu_admdvs", "psn_key", "person_key")
    return named.join(known, on=["insu_admdvs", "psn_key"], how="left")


def deaths(person: DataFrame, insured: DataFrame) -> DataFrame:
    """One row per dead person: the earliest registered death in any pooling area, and its row."""
    died = insured.where("death_date IS NOT NULL").join(
        person.select("insu_admdvs", "psn_key", "person_key"),
        on=["insu_admdvs", "psn_key"],
        how="inner",
    )
    key = F.concat_ws("|", "psn_key", "insu_admdvs").alias("key")
    first = F.min(F.struct("death_date", key))
    return died.groupBy("person_key").agg(
        first.getField("death_date").alias("died_on"), first.getField("key").alias("death_key")
    )


def cases(
    settlement_net: DataFrame, known: DataFrame, institution: DataFrame, codes: Codes
) -> DataFrame:
    """Settlements that are not void, with the columns of facts.WHO (but the age) and `care`."""
    lead = institution.select(
        F.col("fixmedins_code").alias("parent_code"), F.col("hosp_lv").alias("lead_lv")
    )
    place = institution.select(
        "fixmedins_code", "hosp_lv", "medins_type", "medins_natu", "parent_code"
    ).join(F.broadcast(lead), on="parent_code", how="left")
    standing = settlement_net.where("NOT is_void").drop(
        "cert_key", "is_void", "reversals", "automatic_reversals"
    )
    return (
        standing.join(known, on=["insu_admdvs", "psn_key"], how="inner")
        .join(F.broadcast(place), on="fixmedins_code", how="left")
        .withColumns(
            {
                "care": care(codes),
                "area": F.col("fix_blng_admdvs"),
                "is_offsite": is_offsite(),
                "gend": _sex(F.coalesce(_sex("gend"), "known_gend")),
                "brdy": F.coalesce("brdy", "known_brdy"),
                "fund_fen": F.col("fund_pay_sumamt_fen"),
                "acct_fen": F.col("acct_pay_fen"),
                "cash_fen": F.col("cash_payamt_fen"),
                "medfee_fen": F.col("medfee_sumamt_fen"),
                "inscp_fen": F.col("inscp_amt_fen"),
            }
        )
    )


def with_visit(case: DataFrame, visit: DataFrame, back: int = VISIT_MONTHS) -> DataFrame:
    """Cases with the columns of `visit` beside mdtrt_id; null where it is not there.

    A visit begun more than `back` months before the settlement counts as not there, whatever else
    was read: a month computed alone does not see it.
    """
    told = visit.withColumnRenamed("month", "visit_month")
    recent = month_number() - month_number("visit_month") <= back
    shared = set(case.columns) & set(told.columns) - {"mdtrt_id"}
    joined = case.join(told.drop(*shared), on="mdtrt_id", how="left")
    own = [F.when(recent, F.col(c)).alias(c) for c in told.columns if c not in case.columns]
    return joined.select(*case.columns, *own)


def age_years(born: str, on: Column) -> Column:
    """Whole years of life on that day; null where the birth is unknown or later [years]."""
    years = F.floor(F.months_between(on, F.col(born)) / 12).cast("int")
    return F.when(years >= 0, years)


def is_offsite() -> Column:
    """Whether a settlement was made in another pooling area than the person's own."""
    return _city("insu_admdvs") != _city("fix_blng_admdvs")


def _city(area: str) -> Column:
    return F.substring(area, 1, 4)


def _sex(told: Column | str) -> Column:
    name = F.col(told) if isinstance(told, str) else told
    return F.when(name.isin("1", "2"), name)  # 9 is 'not said'
