"""gold.charge_fact: settled fee lines net of refunds, with their case, catalogue row and counts.

The plan is ruled by the fee lines, a hundred times more rows than all else. They are shuffled
once, by mdtrt_id; every join on mdtrt_id and every window that starts with mdtrt_id reuses that
order (Spark takes a hash by mdtrt_id as clustered by mdtrt_id and anything more). Therefore
* the case of a line is found by mdtrt_id and then by whether its setl_ids hold the line's setl_id:
  as an equality on setl_id too, Spark would want the lines hashed by both and shuffle again;
* the windows run on the narrow lines; person, place and catalogue join afterwards, the first by
  merging two inputs that are sorted already, the other by broadcast;
* refunds are netted through a map per visit, made of the few lines that name another.
"""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.care import Codes
from jobs.facts.catalogue import valid_periods
from jobs.facts.months import month_number
from jobs.facts.people import age_years, cases, people, with_visit
from jobs.facts.refunds import net_of_refunds, refunds

# Lines are read from so many months before a settlement, and after it (a later reversal's lines).
LINE_MONTHS: Final = (12, 3)
WATCHED: Final = "coalesce(watch_flag = '1', false)"
# Drugs that tend to be resold are of high value from this price [yuan] on, flagged so or not:
# hospitals lock away what costs that much a pack.
DEAR: Final = 200
HIGH_VALUE: Final = (
    "coalesce(high_value_flag = '1', false)"
    f" OR ({WATCHED} AND coalesce(pric_uplmt_amt >= {DEAR}, false))"
)


def charges(
    settlement_net: DataFrame,
    fee_line: DataFrame,
    visit: DataFrame,
    person: DataFrame,
    insured: DataFrame,
    institution: DataFrame,
    catalogue_item: DataFrame,
    procurement_price: DataFrame,
    *,
    codes: Codes,
) -> DataFrame:
    """gold.charge_fact. Counts of a visit's lines are over the lines settled in one month.

    Σ inscp_fen and Σ det_fen over a settlement's rows are those of the lines of the case, to the
    fen. A line belongs to a case of its own visit only.
    """
    case = cases(settlement_net, people(person, insured), institution, codes)
    line = _lines(fee_line)
    netted = net_of_refunds(_of_case(line, _standing(settlement_net, line)))
    placed = _of_case(_counted(netted), _described(case, visit))
    item = F.broadcast(_item(catalogue_item))
    listed = F.broadcast(_listed(procurement_price))
    on_day = F.col("charged_on").between(F.col("valid_from"), F.col("valid_to"))
    same = F.col("hilist_code") == F.col("item_code")
    described = placed.join(item, on=same & on_day, how="left")
    return described.join(listed, on="hilist_code", how="left").withColumns(_by_catalogue())


def _lines(fee_line: DataFrame) -> DataFrame:
    """Settled lines in the narrow shape that is shuffled and sorted."""
    return fee_line.where("setl_id IS NOT NULL").select(
        "bkkp_sn",
        "init_feedetl_sn",
        "setl_id",
        "mdtrt_id",
        month_number().alias("line_number"),
        F.col("fee_ocur_time").alias("charged_at"),
        F.col("fee_ocur_time").cast("date").alias("charged_on"),
        "hilist_code",
        "hilist_name",
        F.col("list_type").alias("line_list_type"),
        F.col("med_chrgitm_type").alias("charge_type"),
        "cnt",
        F.coalesce(F.col("trdn_flag") == "1", F.lit(False)).alias("is_split"),
        "pric",
        F.col("det_item_fee_sumamt_fen").alias("det_fen"),
        F.col("inscp_amt_fen").alias("inscp_fen"),
        "pric_uplmt_amt",
        "prd_days",
        "bilg_dr_code",
        "bilg_dept_codg",
        "acord_dr_code",
        "opter_id",
        F.col("crte_time").alias("entered_at"),
    )


def _standing(settlement_net: DataFrame, line: DataFrame) -> DataFrame:
    """Cases that count, with the refunds of their visit: all that netting and counting need."""
    standing = settlement_net.where("NOT is_void").select(
        "mdtrt_id", F.col("setl_id").alias("case_id"), "setl_ids", "month"
    )
    return standing.join(refunds(line, standing), on="mdtrt_id", how="left")


def _of_case(line: DataFrame, case: DataFrame) -> DataFrame:
    """Each line with the case that holds its settlement; lines of no case fall away."""
    before, after = LINE_MONTHS
    age = month_number() - F.col("line_number")
    held = F.array_contains("setl_ids", F.col("setl_id")) & age.between(-after, before)
    joined = line.join(case, on="mdtrt_id", how="inner").where(held)
    return joined.drop("setl_ids")


def _counted(line: DataFrame) -> DataFrame:
    """Lines with the counts of their item, on the day and in the visit."""
    item = ["mdtrt_id", "month", "hilist_code"]
    of_item = Window.partitionBy(*item)
    of_day = Window.partitionBy(*item, "charged_on")
    first_of_day = F.when(F.col("day_rank") == 1, 1)
    return (
        line.withColumn("day_rank", F.row_number().over(of_day.orderBy("charged_at", "bkkp_sn")))
        .withColumn("day_cnt", F.sum("cnt").over(of_day))
        .withColumn("item_days", F.count(first_of_day).over(of_item))
        .withColumn("item_cnt", F.sum("cnt").over(of_item))
        .drop("month", "case_id")
    )


def _described(case: DataFrame, visit: DataFrame) -> DataFrame:
    """Cases with what every line of them says alike, under other names than the line's."""
    times = visit.select("mdtrt_id", "month", "begntime", "endtime")
    begun = F.coalesce(F.col("begntime").cast("date"), "begndate")
    ended = F.coalesce(F.col("endtime").cast("date"), "enddate")
    return with_visit(case, times).select(
        "mdtrt_id",
        F.col("setl_id").alias("case_id"),
        "setl_ids",
        "month",
        "care",
        "fixmedins_code",
        "area",
        "hosp_lv",
        "lead_lv",
        "medins_type",
        "medins_natu",
        "insu_admdvs",
        "is_offsite",
        "person_key",
        "gend",
        age_years("brdy", begun).alias("age_years"),
        "insutype",
        "hi_paymtd",
        F.col("inscp_fen").alias("setl_inscp_fen"),
        F.col("fund_fen").alias("setl_fund_fen"),
        F.col("acct_fen").alias("setl_acct_fen"),
        F.greatest(F.date_diff(ended, begun) + 1, F.lit(1)).alias("visit_days"),
    )


def _item(catalogue_item: DataFrame) -> DataFrame:
    return valid_periods(catalogue_item).select(
        F.col("hilist_code").alias("item_code"),
        "valid_from",
        "valid_to",
        F.col("hilist_name").alias("catalogue_name"),
        "ingredient",
        "pack_size",
        F.col("pric_uplmt_amt").alias("catalogue_cap"),
        F.expr(HIGH_VALUE).alias("high_value"),
        F.expr(WATCHED).alias("watched"),
        "lmt_sex",
        "lmt_age_min",
        "lmt_age_max",
        "lmt_setting",
        "lmt_hosp_lv",
        "lmt_diag",
        "lmt_days",
        "daily_cap",
        "minutes",
        "needs_oprn",
    )


def _listed(procurement_price: DataFrame) -> DataFrame:
    """The highest price at which an item was ever to be bought: none is accused of a lower one."""
    return procurement_price.groupBy("hilist_code").agg(F.max("pric").alias("listed_pack"))


def _by_catalogue() -> dict[str, Column]:
    """Columns that need both the line and its catalogue row."""
    pack = F.when(F.col("pack_size") > 0, F.col("pack_size"))
    per_unit = F.col("catalogue_cap") / pack
    cap = F.when(F.col("is_split"), per_unit).otherwise(F.col("catalogue_cap"))
    listed = F.when(F.col("is_split"), F.col("listed_pack") / pack).otherwise(F.col("listed_pack"))
    return {
        "setl_id": F.col("case_id"),
        "item_name": F.coalesce("hilist_name", "catalogue_name"),
        "list_type": F.col("line_list_type"),
        "base_cnt": F.when(F.col("is_split"), F.col("cnt")).otherwise(F.col("cnt") * pack),
        "cap_pric": F.coalesce("pric_uplmt_amt", cap.cast("decimal(16,6)")),
        "listed_pric": listed.cast("decimal(16,6)"),
        "is_high_value": F.coalesce("high_value", F.lit(False)),
        "is_watched": F.coalesce("watched", F.lit(False)),
        "supply_days": F.col("prd_days"),
    }
