"""gold.indication_fact: dear items given for what others hardly give them for."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.facts.care import CONSUMABLE, TESTS
from jobs.facts.diagnoses import VALID, every_diagnosis
from jobs.facts.months import VIEW, month_label, seen_by
from jobs.facts.parts import part_of_line
from jobs.pinned import pinned

BACK: Final = 5  # months before its own that a month looks over: six together
TREATED: Final = 10  # fewest stays with a reason at other houses from which its use is drawn
USUAL: Final = 0.1  # share of other houses' stays with a reason that makes an item usual for it
DRUGS: Final = ("101", "102", "103", "104")
OPERATION: Final = 5  # characters of a code of ICD-9-CM-3 that tell one operation from another
DEAR_TEST: Final = 1000  # from here on a single test, as of genes, is dear [yuan]
USE: Final = [VIEW, "fixmedins_code", "ingredient"]
REASON: Final = ["given_for", "reason"]  # an illness or an operation, and which
STAY: Final = ("mdtrt_id", "month", "fixmedins_code", "area", "chfpdr_code", "main_diag",
               "admitted_on", "discharged_on")  # fmt: skip


def indications(
    stay_fact: DataFrame,
    charge_fact: DataFrame,
    diagnosis: DataFrame,
    operation: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.indication_fact, of months in which the house gave the item so.

    Drugs and tests are given for illnesses: the first three characters of any diagnosis of the
    stay; a reason to come (Z: for chemotherapy, for a check) is none. Consumables are used in
    operations. For each such reason, how often the *other* houses give the item to those who have
    it; of a stay's reasons the greatest such share is what is usual for the stay. A stay is odd
    that got the item although that share is below USUAL. Stays none of whose reasons others have
    often enough (TREATED) are not judged: a unit that alone treats an illness or does an operation
    is compared with nobody.
    """
    stay = seen_by(stay_fact.select(*STAY), months, back=BACK)
    reason = _illnesses(stay, diagnosis).unionByName(_operations(stay, operation))
    line = seen_by(_lines(charge_fact), months, back=BACK)
    used = line.groupBy(*USE, "mdtrt_id").agg(
        F.min("list_type").alias("list_type"), F.min("given_for").alias("given_for")
    )
    counted = pinned(_counted(_usual(reason, used)))
    odd = counted.select(*USE, F.explode("odd").alias("mdtrt_id"))
    told = (
        counted.drop("odd")
        .join(_doctors(odd, stay, used), on=USE, how="inner")
        .withColumn("part", F.greatest(1 - F.col("odd_expected") / F.col("odd_stays"), F.lit(0.0)))
    )
    return _with_lines(told, odd.join(line, on=[*USE, "mdtrt_id"], how="inner")).withColumn(
        "month", month_label(F.col(VIEW))
    )


def _illnesses(stay: DataFrame, diagnosis: DataFrame) -> DataFrame:
    """(view, house, stay, given_for, reason): the main and all other diagnoses, each once.

    None of a stay for chemotherapy or radiation (Z51): it names the treatment for the illness.
    """
    own = stay.select(VIEW, "fixmedins_code", "mdtrt_id", "main_diag")
    coded = every_diagnosis(own, diagnosis).where("diag_code IS NOT NULL")
    treated = coded.where("startswith(diag_code, 'Z51')").select(VIEW, "mdtrt_id").distinct()
    illness = F.left("diag_code", F.lit(3)).alias("reason")
    return (
        coded.where("NOT startswith(diag_code, 'Z')")  # no illness
        .join(treated, on=[VIEW, "mdtrt_id"], how="left_anti")
        .select(VIEW, "fixmedins_code", "mdtrt_id", F.lit("illness").alias("given_for"), illness)
        .distinct()
    )


def _operations(stay: DataFrame, operation: DataFrame) -> DataFrame:
    """The same of operations."""
    done = operation.where(VALID).select(
        "mdtrt_id",
        F.lit("operation").alias("given_for"),
        F.left("oprn_oprt_code", F.lit(OPERATION)).alias("reason"),
    )
    return stay.select(VIEW, "fixmedins_code", "mdtrt_id").join(
        done.distinct(), on="mdtrt_id", how="inner"
    )


def _lines(charge_fact: DataFrame) -> DataFrame:
    """Lines of dear drugs, tests and consumables in stays."""
    is_drug = F.col("is_high_value") & F.col("list_type").isin(*DRUGS)
    is_test = F.coalesce(F.col("charge_type").isin(*TESTS), F.lit(False)) & (
        F.col("pric") >= DEAR_TEST
    )
    kept = ("mdtrt_id", "month", "fixmedins_code", "list_type", "bkkp_sn", "setl_id", "inscp_fen")
    can_be = (F.col("care") == "inpatient") & (
        F.col("is_high_value") | (F.col("pric") >= DEAR_TEST)
    )
    is_used_up = F.col("is_high_value") & (F.col("list_type") == CONSUMABLE)
    dear = charge_fact.where(can_be & (F.col("inscp_fen") > 0))
    name = F.coalesce("ingredient", F.when(~is_drug, F.col("item_name")), "hilist_code")
    given_for = F.when(is_used_up, "operation").otherwise("illness").alias("given_for")
    return dear.where(is_drug | is_test | is_used_up).select(
        *kept, name.alias("ingredient"), given_for
    )


def _usual(reason: DataFrame, used: DataFrame) -> DataFrame:
    """Stays of houses that use an item, with or without it: `is_used`, the usual `share`, `is_odd`.

    Only reasons of stays that got the item anywhere are asked about; all others have no share.
    """
    treated = _treated(reason)
    same = [VIEW, "fixmedins_code", "given_for"]
    with_item = reason.join(used, on=[*same, "mdtrt_id"], how="inner")
    by_house = with_item.groupBy(*USE, *REASON).agg(F.count("*").alias("given_here"))
    given = by_house.groupBy(VIEW, "ingredient", *REASON).agg(
        F.sum("given_here").alias("given_all")
    )
    house = used.select(*USE, "given_for").distinct()
    case = reason.join(house, on=same, how="inner")
    given_all, given_here = (F.coalesce(name, F.lit(0)) for name in ("given_all", "given_here"))
    share = (given_all - given_here) / F.col("others")
    return (
        case.join(treated, on=[VIEW, "fixmedins_code", *REASON], how="inner")
        .join(given, on=[VIEW, "ingredient", *REASON], how="left")
        .join(by_house, on=[*USE, *REASON], how="left")
        .groupBy(*USE, "mdtrt_id")
        .agg(F.max(share).alias("share"))
        .join(
            used.select(*USE, "mdtrt_id", F.lit(True).alias("is_used")),
            on=[*USE, "mdtrt_id"],
            how="left",
        )
        .withColumn("is_used", F.coalesce("is_used", F.lit(False)))
        .withColumn("is_odd", F.col("is_used") & (F.col("share") < USUAL))
    )


def _treated(reason: DataFrame) -> DataFrame:
    """House and reason → stays with it at other houses, where they are enough [count]."""
    here = reason.groupBy(VIEW, "fixmedins_code", *REASON).agg(F.count("*").alias("own"))
    everywhere = here.groupBy(VIEW, *REASON).agg(F.sum("own").alias("all"))
    return (
        here.join(everywhere, on=[VIEW, *REASON], how="inner")
        .withColumn("others", F.col("all") - F.col("own"))
        .where(F.col("others") >= TREATED)
        .select(VIEW, "fixmedins_code", *REASON, "others")
    )


def _counted(usual: DataFrame) -> DataFrame:
    """House and item → stays judged, those with it, how many would be usual, and the odd ones."""
    below = F.when(F.col("share") < USUAL, F.col("share")).otherwise(0.0)
    return (
        usual.groupBy(*USE)
        .agg(
            F.count("*").cast("int").alias("stays"),
            F.count_if("is_used").cast("int").alias("stays_with"),
            F.count_if("is_odd").cast("int").alias("odd_stays"),
            F.round(F.sum(below), 2).alias("odd_expected"),
            F.collect_list(F.when(F.col("is_odd"), F.col("mdtrt_id"))).alias("odd"),
        )
        .where("odd_stays > 0")
    )


def _doctors(odd: DataFrame, stay: DataFrame, used: DataFrame) -> DataFrame:
    """House and item → who was in charge of the odd stays, for what and when."""
    told = odd.join(stay.drop("month"), on=[VIEW, "fixmedins_code", "mdtrt_id"], how="inner")
    case = told.join(used, on=[*USE, "mdtrt_id"], how="inner")
    by_doctor = case.groupBy(*USE, "chfpdr_code").agg(
        F.count("*").cast("int").alias("stays"),
        F.min("area").alias("area"),
        F.collect_set(F.left("main_diag", F.lit(3))).alias("diagnoses"),
        F.min("admitted_on").alias("first_on"),
        F.max("discharged_on").alias("last_on"),
        F.max("list_type").alias("list_type"),
    )
    most = F.max(F.when(F.col("chfpdr_code").isNotNull(), F.struct("stays", "chfpdr_code")))
    return by_doctor.groupBy(*USE).agg(
        F.count("chfpdr_code").cast("int").alias("doctors"),
        most.getField("chfpdr_code").alias("top_doctor"),
        F.coalesce(most.getField("stays"), F.lit(0)).alias("top_doctor_stays"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("diagnoses")))).alias("diagnoses"),
        *(F.min(name).alias(name) for name in ("area", "first_on")),
        *(F.max(name).alias(name) for name in ("last_on", "list_type")),
    )


def _with_lines(told: DataFrame, line: DataFrame) -> DataFrame:
    """With the lines of the odd stays, each with the part that is above the expected.

    Of houses with such a line settled in the month itself.
    """
    part, excess = part_of_line("part")
    gathered = (
        line.select(*USE, "bkkp_sn", "setl_id", "inscp_fen", "month")
        .join(told.select(*USE, "part"), on=USE, how="inner")
        .groupBy(*USE)
        .agg(
            F.array_sort(F.collect_list(F.when(part > 0, excess))).alias("excess_lines"),
            F.sum(part).alias("inscp_fen"),
            F.max(F.col("month") == month_label(F.col(VIEW))).alias("news"),
        )
    )
    return told.join(gathered, on=USE, how="inner").where("news")
