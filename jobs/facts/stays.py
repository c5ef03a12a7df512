"""gold.stay_fact: inpatient stays, closed by the first settlement that is no mid settlement."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import Codes
from jobs.facts.diagnoses import diagnoses
from jobs.facts.months import month_number
from jobs.facts.people import age_years, cases, deaths, people, with_visit
from jobs.facts.stay_history import with_previous
from jobs.facts.stay_lines import line_sums

BACK: Final = 12  # months before its closing in which a stay's other settlements are looked for
MONEY: Final = ("medfee_fen", "inscp_fen", "fund_fen", "acct_fen", "cash_fen")


def stays(
    settlement_net: DataFrame,
    visit: DataFrame,
    charge_fact: DataFrame,
    diagnosis: DataFrame,
    operation: DataFrame,
    person: DataFrame,
    insured: DataFrame,
    institution: DataFrame,
    *,
    codes: Codes,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.stay_fact. Money is of all standing settlements up to the month of the closing one.

    A visit with mid settlements only is no stay yet; what is settled after the month of the
    closing settlement is not counted.
    """
    known = people(person, insured).join(deaths(person, insured), on="person_key", how="left")
    case = cases(settlement_net, known, institution, codes).where("care = 'inpatient'")
    closed = _described(with_visit(_closed(case), visit, back=BACK))
    diagnosed = closed.join(diagnoses(diagnosis), on="mdtrt_id", how="left").withColumn(
        "main_diag", F.coalesce("dscg_maindiag_code", "first_diag")
    )
    told = with_previous(diagnosed, months)
    lines = line_sums(charge_fact, told.select("mdtrt_id", "month"), BACK)
    summed = (name for name in lines.columns if name not in ("mdtrt_id", "active_on"))
    counts = ("diag_count", "oprn_count", *summed)
    return (
        told.join(_operations(operation), on="mdtrt_id", how="left")
        .join(lines, on="mdtrt_id", how="left")
        .fillna(dict.fromkeys(counts, 0))
        .withColumn("active_on", F.coalesce("active_on", F.array().cast("array<date>")))
    )


def _closed(case: DataFrame) -> DataFrame:
    """One row per visit: its closing settlement, with sums over the settlements that count."""
    visit = Window.partitionBy("mdtrt_id")
    own = F.struct("setl_time", "setl_id", month_number().alias("number"))
    is_last = F.coalesce(F.col("mid_setl_flag"), F.lit("0")) != "1"
    closing = F.col("closing.number")
    seen = (
        case.withColumn("closing", F.min(F.when(is_last, own)).over(visit))
        .where(month_number().between(closing - BACK, closing))
        .withColumns({name: F.sum(name).over(visit) for name in MONEY})
        .withColumns(
            {
                "dedc_fen": F.sum("act_pay_dedc_fen").over(visit),
                "began_on": F.min("begndate").over(visit),
                "ended_on": F.max("enddate").over(visit),
                "every_setl_id": F.array_sort(F.collect_set("setl_id").over(visit)),
            }
        )
    )
    return seen.where("setl_id = closing.setl_id").drop("closing")


def _described(stay: DataFrame) -> DataFrame:
    """Stays in the words of the fact: the visit's where it is there, else the settlements'."""
    admitted_on = F.coalesce(F.col("begntime").cast("date"), "began_on")
    discharged_on = F.coalesce(F.col("endtime").cast("date"), "ended_on")
    return stay.withColumns(
        {
            "setl_ids": F.col("every_setl_id"),
            "emp_no": F.coalesce("emp_no", "known_emp_no"),
            "sp_psn_type": F.coalesce("sp_psn_type", "known_sp_psn_type"),
            "dept": F.col("adm_dept_codg"),
            "bed": F.col("adm_bed"),
            "coner_key": F.col("coner_name_key"),
            "admitted_at": F.coalesce("begntime", F.col("began_on").cast("timestamp_ntz")),
            "admitted_on": admitted_on,
            "discharged_on": F.greatest(discharged_on, admitted_on),
            "stay_days": F.greatest(F.date_diff(discharged_on, admitted_on), F.lit(1)),
            "age_years": age_years("brdy", admitted_on),
        }
    )


def _operations(operation: DataFrame) -> DataFrame:
    valid = operation.where("coalesce(vali_flag, '1') <> '0'")
    return valid.groupBy("mdtrt_id").agg(F.count("*").cast("int").alias("oprn_count"))
