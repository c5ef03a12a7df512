"""gold.support_fact: items charged without the diagnosis, procedure or paper they must rest on."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fundwatch.schema import MONTH
from jobs.facts.diagnoses import VALID
from jobs.facts.months import VIEW, month_label, seen_by

BACK: Final = 2  # months before its own in which a procedure may have been charged to the stay
SALE: Final = "2"  # scan_type
ENOUGH: Final = 20  # fewest cases at other houses from which their share is drawn
CASE: Final = ["mdtrt_id", MONTH, "hilist_code"]
HOUSE: Final = ["lacks", MONTH, "fixmedins_code"]
TOLD: Final = (*CASE, "fixmedins_code", "area", "person_key", "care", "item_name", "list_type",
               "needed_diag", "needed_oprn", "diagnoses")  # fmt: skip
WHOLE_STAY: Final = "*"  # in the place of the item
OF_STAYS: Final = ("report", "order")
SEVERAL: Final = 3  # papers that a stay must be asked for, before having none says something
# A register, and the care in which an item that it names anywhere in a month is asked for in it.
ASKED: Final = {"report": "true", "order": "care = 'inpatient'", "trace": "care = 'pharmacy'"}


def supports(
    charge_fact: DataFrame,
    diagnosis: DataFrame,
    report: DataFrame,
    medical_order: DataFrame,
    trace_scan: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.support_fact: a case is one item charged to one visit in a month.

    What a case must rest on is said by the catalogue (a diagnosis that fits lmt_diag, a service of
    needs_oprn in the same stay) or by what others do in that month: an item of which there are
    reports has a report, one that is ordered in stays has an order, one whose boxes pharmacies
    scan was scanned. A visit without any diagnosis is not asked for a fitting one. How often the
    house and the others lack it stands beside each case: a register with gaps is no fraud.
    """
    line = charge_fact.where(F.col(MONTH).isin(*months) & (F.col("inscp_fen") > 0))
    case = _cases(line)
    judged = case.join(_indicated(case, diagnosis), on=CASE, how="left").join(
        _performed(case, charge_fact, months), on=CASE, how="left"
    )
    sold = trace_scan.where(F.col("scan_type") == SALE)
    for name, register in {"report": report, "order": medical_order, "trace": sold}.items():
        judged = _with_register(judged, case, name, register)
    each = judged.select(*TOLD, F.inline(F.array(*_answers()))).where("has IS NOT NULL")
    asked = each.unionByName(_of_stays(each), allowMissingColumns=True)
    told = asked.where("NOT has").join(_counted(asked), on=[*HOUSE, "hilist_code"], how="inner")
    return _with_lines(told.drop("has"), line)


def _cases(line: DataFrame) -> DataFrame:
    """Items of visits; all lines of one say the same of the item, the visit and the house."""
    return line.groupBy(*CASE).agg(
        *(F.min(name).alias(name) for name in
          ("fixmedins_code", "area", "person_key", "care", "item_name", "list_type")),
        F.min("lmt_diag").alias("needed_diag"),
        F.min("needs_oprn").alias("needed_oprn"),
    )  # fmt: skip


def _with_register(judged: DataFrame, case: DataFrame, name: str, register: DataFrame) -> DataFrame:
    """With has_`name`: whether the register names the case; null where it is not asked to."""
    same = [key for key in CASE if key in register.columns]
    named = register.where("hilist_code IS NOT NULL").select(*same).distinct()
    known = case.join(named, on=same, how="left_semi").where(ASKED[name])
    kept = F.broadcast(
        known.select(MONTH, "hilist_code").distinct().withColumn("is_known", F.lit(True))
    )
    there = F.when(F.col("is_known") & F.expr(ASKED[name]), F.coalesce("is_named", ~F.lit(True)))
    return (
        judged.join(named.withColumn("is_named", F.lit(True)), on=same, how="left")
        .join(kept, on=[MONTH, "hilist_code"], how="left")
        .withColumn(f"has_{name}", there)
        .drop("is_named", "is_known")
    )


def _answers() -> list[Column]:
    """For each support, whether the case has it; null: it is not asked for."""
    needs = F.col("needed_oprn").isNotNull()
    has = {
        "diagnosis": F.col("fits"),
        "operation": F.when(needs, F.coalesce("performed", F.lit(False))),
        **{name: F.col(f"has_{name}") for name in ASKED},
    }
    return [F.struct(F.lit(name).alias("lacks"), of.alias("has")) for name, of in has.items()]


def _of_stays(each: DataFrame) -> DataFrame:
    """Stays of which several papers are asked: whether there is any of them at all."""
    by = ["mdtrt_id", MONTH, "fixmedins_code", "area", "person_key", "care", "lacks"]
    return (
        each.where(F.col("lacks").isin(*OF_STAYS) & (F.col("care") == "inpatient"))
        .groupBy(*by)
        .agg(F.count("*").alias("papers"), F.max("has").alias("has"))
        .where(F.col("papers") >= SEVERAL)
        .drop("papers")
        .withColumn("lacks", F.concat(F.lit("every_"), "lacks"))
        .withColumn("hilist_code", F.lit(WHOLE_STAY))
    )


def _indicated(case: DataFrame, diagnosis: DataFrame) -> DataFrame:
    """Cases with a limit and a diagnosis: whether one `fits`, and the `diagnoses` there are."""
    asked = case.where("needed_diag IS NOT NULL").select(*CASE, "needed_diag")
    known = diagnosis.where(VALID).select(
        "mdtrt_id", "diag_code", F.coalesce("diag_name", F.lit("")).alias("diag_name")
    )
    met = asked.join(known, on="mdtrt_id", how="inner")
    pair = ["needed_diag", "diag_code", "diag_name"]
    # The same few pairs come again and again: each is matched once.
    fitting = met.select(*pair).distinct().withColumn("is_fit", _fits()(*map(F.col, pair)))
    return (
        met.join(fitting, on=pair, how="inner")
        .groupBy(*CASE)
        .agg(
            F.max("is_fit").alias("fits"),
            F.array_sort(F.collect_set("diag_code")).alias("diagnoses"),
        )
    )


def _fits() -> Callable[..., Column]:
    """Whether a limit (a regular expression) is found in a diagnosis' code or name.

    Null where the catalogue's expression is none: in Spark SQL it would end the whole run.
    """

    def fits(limit: pa.Array, code: pa.Array, name: pa.Array) -> pa.Array:
        rows = zip(limit.to_pylist(), code.to_pylist(), name.to_pylist(), strict=True)
        found = [
            None if (known := _expression(limit)) is None
            else bool(known.search(code or "") or known.search(name or ""))
            for limit, code, name in rows
        ]  # fmt: skip
        return pa.array(found, pa.bool_())

    # The stubs of PySpark 4.2 do not know it yet.
    made: Callable[..., Column] = F.arrow_udf(fits, T.BooleanType())  # type: ignore[attr-defined]
    return made


@cache
def _expression(limit: str) -> re.Pattern[str] | None:
    try:
        return re.compile(limit)
    except re.error:
        return None


def _performed(case: DataFrame, charge_fact: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Cases whose stay was charged one of the services they need."""
    service = (
        seen_by(charge_fact.where("list_type = '201' AND cnt > 0"), months, back=BACK)
        .select("mdtrt_id", month_label(F.col(VIEW)).alias(MONTH), F.col("hilist_code").alias("by"))
        .distinct()
    )
    prefix = F.explode(F.split("needed_oprn", r"\s*;\s*")).alias("prefix")
    return (
        case.where("needed_oprn IS NOT NULL")
        .select(*CASE, prefix)
        .join(service, on=["mdtrt_id", MONTH], how="inner")
        .where("prefix <> '' AND startswith(by, prefix) AND by <> hilist_code")
        .select(*CASE, F.lit(True).alias("performed"))
        .distinct()
    )


def _counted(asked: DataFrame) -> DataFrame:
    """Of each house and item where it is lacking: how often it is, here and at the others."""
    cases = asked.groupBy(*HOUSE, "hilist_code").agg(
        F.count("*").alias("cases"), F.count_if(~F.col("has")).alias("lacking")
    )
    of_item = Window.partitionBy("lacks", MONTH, "hilist_code")
    of_house = Window.partitionBy(*HOUSE)
    others = F.sum("cases").over(of_item) - F.col("cases")
    share = (F.sum("lacking").over(of_item) - F.col("lacking")) / others
    compared = F.when(F.col("others_share").isNotNull(), F.col("cases"))
    lacking = F.when(F.col("others_share").isNotNull(), F.col("lacking"))
    expected = F.sum(F.col("cases") * F.col("others_share")).over(of_house)
    return (
        cases.withColumn("others_share", F.when(others >= ENOUGH, share).cast("decimal(5,4)"))
        .withColumn("house_cases", F.coalesce(F.sum(compared).over(of_house), F.lit(0)).cast("int"))
        .withColumn(
            "house_lacking", F.coalesce(F.sum(lacking).over(of_house), F.lit(0)).cast("int")
        )
        .withColumn("house_expected", F.coalesce(expected, F.lit(0)).cast("decimal(16,2)"))
        .where("lacking > 0")
        .drop("cases", "lacking")
    )


def _with_lines(told: DataFrame, line: DataFrame) -> DataFrame:
    """With the lines of the item, or of the whole stay."""
    excess = F.struct("bkkp_sn", "setl_id", "inscp_fen")
    of = told.select("lacks", *CASE).withColumnRenamed("hilist_code", "item")
    is_of = (F.col("item") == F.col("hilist_code")) | (F.col("item") == WHOLE_STAY)
    gathered = (
        line.join(of, on=["mdtrt_id", MONTH], how="inner")
        .where(is_of)
        .drop("hilist_code")
        .withColumnRenamed("item", "hilist_code")
        .groupBy("lacks", *CASE)
        .agg(
            F.min("bilg_dr_code").alias("bilg_dr_code"),
            F.min("charged_on").alias("first_on"),
            F.max("charged_on").alias("last_on"),
            F.sum("inscp_fen").alias("inscp_fen"),
            F.array_sort(F.collect_list(excess)).alias("excess_lines"),
        )
    )
    return told.join(gathered, on=["lacks", *CASE], how="inner")
