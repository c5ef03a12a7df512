"""gold.support_fact: items charged without the diagnosis, procedure or paper they must rest on."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fundwatch.schema import MONTH
from jobs.facts.diagnoses import VALID
from jobs.facts.months import month_number
from jobs.facts.parts import gathered
from jobs.facts.support_registers import ASKED, CASE, items_of, lines_asked, sold, with_register
from jobs.pinned import pinned

BACK: Final = 2  # months before its own in which a procedure may have been charged to the stay
ENOUGH: Final = 20  # fewest cases at other houses from which their share is drawn
CUSTOM: Final = 0.2  # share of the others' cases without it from which lacking it is no misfit
HOUSE: Final = ["lacks", MONTH, "fixmedins_code"]
WHOLE_STAY: Final = "*"  # in the place of the item
BY_CATALOGUE: Final = ("diagnosis", "operation")  # all else is asked by what others do
OF_STAYS: Final = ("report", "order")
SEVERAL: Final = 3  # papers that a stay must be asked for, before having none says something


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
    house and the others lack it stands beside each case, and what is others' custom (CUSTOM), or
    the house's own to leave away more often than not, is no misfit: a register with gaps is no
    fraud, and a house that keeps none is no peer.
    """
    line = charge_fact.where(F.col(MONTH).isin(*months) & (F.col("inscp_fen") > 0))
    registers = {"report": report, "order": medical_order, "trace": sold(trace_scan)}
    known = pinned(items_of(registers))
    judged = (
        _cases(lines_asked(line, known))
        .join(_indicated(line, diagnosis), on=CASE, how="left")
        .join(_performed(line, charge_fact), on=CASE, how="left")
    )
    for name, register in registers.items():
        judged = with_register(judged, name, register, known)
    asked = judged.where(F.coalesce(*_answers().values()).isNotNull())  # of most, nothing is
    answers = (F.struct(F.lit(n).alias("lacks"), has.alias("has")) for n, has in _answers().items())
    each = (
        asked.select("*", F.inline(F.array(*answers)))
        .where("has IS NOT NULL")
        .drop(*(f"has_{name}" for name in ASKED))
    )
    return _with_lines(_misfits(_with_stays(each)), line)


def _cases(line: DataFrame) -> DataFrame:
    """Items of visits; all lines of one say the same of the item, the visit and the house."""
    return line.groupBy(*CASE).agg(
        *(F.min(name).alias(name) for name in
          ("fixmedins_code", "area", "person_key", "care", "item_name", "list_type")),
        F.max("is_high_value").alias("is_high_value"),
        F.min("lmt_diag").alias("needed_diag"),
        F.min("needs_oprn").alias("needed_oprn"),
    )  # fmt: skip


def _indicated(line: DataFrame, diagnosis: DataFrame) -> DataFrame:
    """Cases with a limit and a diagnosis: whether one `fits`, and the `diagnoses` there are."""
    known = diagnosis.where(VALID).select(
        "mdtrt_id", "diag_code", F.coalesce("diag_name", F.lit("")).alias("diag_name")
    )
    return (
        line.where("lmt_diag IS NOT NULL")
        .select(*CASE, "lmt_diag")
        .distinct()
        .join(known, on="mdtrt_id", how="inner")
        .withColumn("is_fit", _fits()(F.col("lmt_diag"), F.col("diag_code"), F.col("diag_name")))
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

    def fits(*columns: pa.Array) -> pa.Array:
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([_is_fit(*row) for row in rows], pa.bool_())

    # The stubs of PySpark 4.2 do not know it yet.
    made: Callable[..., Column] = F.arrow_udf(fits, T.BooleanType())  # type: ignore[attr-defined]
    return made


@cache  # the same few pairs of limit and diagnosis come again and again
def _is_fit(limit: str, code: str, name: str) -> bool | None:
    try:
        return bool(re.search(limit, code) or re.search(limit, name))
    except re.error:
        return None


def _performed(line: DataFrame, charge_fact: DataFrame) -> DataFrame:
    """Cases whose stay was charged one of the services they need."""
    prefix = F.explode(F.split("needs_oprn", r"\s*;\s*")).alias("prefix")
    needing = line.where("needs_oprn IS NOT NULL").select(*CASE, "needs_oprn").distinct()
    service = charge_fact.where("list_type = '201' AND cnt > 0").select(
        "mdtrt_id", F.col("hilist_code").alias("by"), month_number().alias("done_in")
    )
    is_near = F.col("done_in").between(month_number() - BACK, month_number())
    return (
        needing.select(*CASE, prefix)
        .join(service, on="mdtrt_id", how="inner")
        .where(is_near & F.expr("prefix <> '' AND startswith(by, prefix) AND by <> hilist_code"))
        .select(*CASE, F.lit(True).alias("performed"))
        .distinct()
    )


def _answers() -> dict[str, Column]:
    """Support → whether the case has it; null: it is not asked for."""
    needs = F.col("needed_oprn").isNotNull()
    return {
        "diagnosis": F.col("fits"),
        "operation": F.when(needs, F.coalesce("performed", F.lit(False))),
        **{name: F.col(f"has_{name}") for name in ASKED},
    }


def _with_stays(each: DataFrame) -> DataFrame:
    """With a case more for each stay of which several papers are asked: has it any of them?"""
    of_stay = Window.partitionBy("mdtrt_id", MONTH, "lacks")
    is_asked = F.col("lacks").isin(*OF_STAYS) & (F.col("care") == "inpatient")
    is_first = F.row_number().over(of_stay.orderBy("hilist_code")) == 1
    counted = each.withColumns({
        "speaks": is_asked & is_first & (F.count("*").over(of_stay) >= SEVERAL),
        "any": F.max("has").over(of_stay),
    })  # fmt: skip
    of_case = ["hilist_code", "item_name", "list_type", "lacks", "has"]
    whole = F.struct(
        F.lit(WHOLE_STAY).alias("hilist_code"),
        F.lit(None).cast("string").alias("item_name"),
        F.col("list_type"),
        F.concat(F.lit("every_"), "lacks").alias("lacks"),
        F.col("any").alias("has"),
    )
    cases = F.array(F.struct(*of_case), F.when(F.col("speaks"), whole))
    kept = [name for name in each.columns if name not in of_case]
    return counted.select(*kept, F.inline(cases)).where("lacks IS NOT NULL")


def _misfits(asked: DataFrame) -> DataFrame:
    """Cases without it, with how often the house and the others lack it."""
    house = [name for name in asked.columns if name not in (*HOUSE, "hilist_code", "has")]
    case = F.struct(*house)
    counted = asked.groupBy(*HOUSE, "hilist_code").agg(
        F.count("*").alias("cases"),
        F.count_if(~F.col("has")).alias("lacking"),
        F.collect_list(F.when(~F.col("has"), case)).alias("lacking_cases"),
    )
    by_catalogue = F.col("lacks").isin(*BY_CATALOGUE)
    of_house = Window.partitionBy(*HOUSE)
    is_own_habit = F.sum("lacking").over(of_house) * 2 >= F.sum("cases").over(of_house)
    keeps = counted.withColumn("is_own_habit", is_own_habit & ~by_catalogue).where(
        "NOT is_own_habit"
    )
    of_item = Window.partitionBy("lacks", MONTH, "hilist_code")
    alike = _share_of_others(of_item, None)
    any_item = _share_of_others(Window.partitionBy("lacks", MONTH), of_house)
    is_had = F.sum(F.col("cases") - F.col("lacking")).over(of_item) > 0
    sums = {
        "house_cases": F.col("cases"),
        "house_lacking": F.col("lacking"),
        "house_expected": F.col("cases") * F.col("others_share"),
    }
    return (
        keeps.withColumn("is_had", is_had | by_catalogue)
        .where("is_had")
        .withColumn("others_share", F.coalesce(alike, F.when(~by_catalogue, any_item)))
        .withColumns({n: F.coalesce(F.sum(c).over(of_house), F.lit(0)) for n, c in sums.items()})
        .where(F.coalesce(F.col("others_share"), F.lit(0)) < CUSTOM)
        .drop("cases", "lacking", "is_had", "is_own_habit")
        .select("*", F.inline("lacking_cases"))
        .drop("lacking_cases")
    )


def _share_of_others(among: WindowSpec, own: WindowSpec | None) -> Column:
    """Share of the other houses' cases without it, where they are enough [0 to 1]."""

    def others(name: str) -> Column:
        mine = F.sum(name).over(own) if own is not None else F.col(name)
        return F.sum(name).over(among) - mine

    share = others("lacking") / F.nullif(others("cases"), F.lit(0))
    return F.when(others("cases") >= ENOUGH, share).cast("decimal(5,4)")


def _with_lines(told: DataFrame, line: DataFrame) -> DataFrame:
    """With the lines of the item, or of the whole stay."""
    excess = F.struct("bkkp_sn", "setl_id", "inscp_fen")
    own = line.select(
        "mdtrt_id", MONTH, F.col("hilist_code").alias("item"), "bkkp_sn", "setl_id", "inscp_fen",
        "bilg_dr_code", "charged_on",
    )  # fmt: skip
    is_of = (F.col("hilist_code") == F.col("item")) | (F.col("hilist_code") == WHOLE_STAY)
    of_case = told.join(own, on=["mdtrt_id", MONTH], how="inner").where(is_of)
    doctor = F.min("bilg_dr_code").alias("bilg_dr_code")
    return gathered(of_case, told.columns, F.col("inscp_fen"), excess, doctor)
