"""gold.workup_fact: examinations given more often than the patients' illnesses explain."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.care import TESTS
from jobs.facts.diagnoses import family
from jobs.facts.months import VIEW, month_label, seen_by
from jobs.facts.parts import gathered, part_of_line

BACK: Final = 2  # months before its own that a month counts: a quarter
TREATED: Final = 20  # fewest cases of an illness at other houses from which their use is drawn
HOUSES: Final = 3  # fewest other houses
SETTING: Final = [VIEW, "setting"]
USE: Final = [*SETTING, "fixmedins_code", "hilist_code"]


def workups(
    charge_fact: DataFrame, visit_fact: DataFrame, stay_fact: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.workup_fact, of tests that a house gives above what is usual for its patients.

    A house is compared with the other houses that give the test at all in the quarter, illness by
    illness (block of the main diagnosis, see `family`), stays and visits apart: what they would
    have given to the same patients is the expected count of days with the test. The excess is told
    on the lines of the month itself, in proportion. What a house alone can do, and illnesses that
    others hardly treat, are not judged.
    """
    case = _cases(visit_fact, stay_fact)
    line = _lines(charge_fact)
    treated = _by_illness(seen_by(_counted_cases(case), months, back=BACK), "cases")
    given = seen_by(_counted_uses(line, case), months, back=BACK)
    told = _with_lines(_judged(treated, given), seen_by(line, months, back=0))
    return told.withColumn(MONTH, month_label(F.col(VIEW)))


def _cases(visit_fact: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """(mdtrt_id, month, setting, house, illness): stays, and visits but purchases."""
    illness = family("main_diag").alias("illness")
    stay = stay_fact.select("mdtrt_id", MONTH, F.lit("stay").alias("setting"),
                            "fixmedins_code", illness)  # fmt: skip
    seen = visit_fact.where("care <> 'pharmacy'").select(
        "mdtrt_id", MONTH, F.lit("visit").alias("setting"), "fixmedins_code", illness
    )
    return stay.unionByName(seen).where("illness IS NOT NULL")


def _lines(charge_fact: DataFrame) -> DataFrame:
    return charge_fact.where(F.col("charge_type").isin(*TESTS) & (F.col("inscp_fen") > 0)).select(
        "mdtrt_id", MONTH, "fixmedins_code", "area", "hilist_code", "item_name", "charged_on",
        "bkkp_sn", "setl_id", "inscp_fen",
        F.when(F.col("care") == "inpatient", "stay").otherwise("visit").alias("setting"),
    )  # fmt: skip


def _counted_cases(case: DataFrame) -> DataFrame:
    by = ["setting", "fixmedins_code", MONTH, "illness"]
    return case.groupBy(*by).agg(F.count("*").alias("cases"))


def _counted_uses(line: DataFrame, case: DataFrame) -> DataFrame:
    """House, illness and test by month: days on which a case had it, and cases that had it."""
    days = line.groupBy("mdtrt_id", MONTH, "hilist_code").agg(
        F.count_distinct("charged_on").alias("days")
    )
    by = ["setting", "fixmedins_code", MONTH, "illness", "hilist_code"]
    return (
        days.join(case, on=["mdtrt_id", MONTH], how="inner")
        .groupBy(*by)
        .agg(F.sum("days").alias("uses"), F.count("*").alias("persons"))
    )


def _by_illness(counted: DataFrame, *sums: str) -> DataFrame:
    """Months of a view together."""
    by = [name for name in counted.columns if name not in (*sums, MONTH)]
    return counted.groupBy(*by).agg(*(F.sum(name).alias(name) for name in sums))


def _judged(treated: DataFrame, given: DataFrame) -> DataFrame:
    """Houses and tests: days with it, and how many the others would have given."""
    of_illness = F.struct("uses", "persons")
    by_illness = _by_illness(given, "uses", "persons")
    able = by_illness.groupBy(*USE).agg(
        F.map_from_entries(F.collect_list(F.struct(F.col("illness"), of_illness))).alias("of")
    )
    grid = able.join(treated, on=[*SETTING, "fixmedins_code"], how="inner").select(
        *USE,
        "illness",
        "cases",
        *(
            F.coalesce(F.try_element_at("of", F.col("illness"))[name], F.lit(0)).alias(name)
            for name in ("uses", "persons")
        ),
    )
    alike = Window.partitionBy(*SETTING, "hilist_code", "illness")
    others = F.sum("cases").over(alike) - F.col("cases")
    rate = (F.sum("uses").over(alike) - F.col("uses")) / others
    is_known = (others >= TREATED) & (F.count("*").over(alike) > HOUSES)
    usual = F.when(is_known, (F.col("cases") * rate).cast("decimal(20,6)"))
    return (
        grid.withColumn("usual", usual)
        .where("usual IS NOT NULL")
        .groupBy(*USE)
        .agg(
            F.sum("cases").cast("int").alias("cases"),
            F.sum("uses").cast("int").alias("uses"),
            F.sum("persons").cast("int").alias("persons"),
            F.sum("usual").cast("decimal(16,2)").alias("expected"),
        )
        .where("uses > expected")
        .withColumn("part", (1 - F.col("expected") / F.col("uses")).cast("decimal(5,4)"))
    )


def _with_lines(judged: DataFrame, line: DataFrame) -> DataFrame:
    """With the month's lines of the test, each with the part that is above the expected."""
    part, excess = part_of_line("part")
    named = (F.min(name).alias(name) for name in ("area", "item_name"))
    return gathered(line.join(judged, on=USE, how="inner"), judged.columns, part, excess, *named)
