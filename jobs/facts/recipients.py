"""gold.recipient_fact: doctors whose patients get a dear drug for what nobody else ever found."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.care import TESTS, is_pharmacy
from jobs.facts.diagnoses import every_diagnosis, family
from jobs.facts.elsewhere import outside, rate, usual_share
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.parts import gathered, part_of_line
from jobs.pinned import pinned

BACK: Final = 5  # months before its own that a month counts: six together
KNOWN: Final = 11  # months before its own in which others may have found the illness
PEOPLE: Final = 3  # fewest people with a drug of whom nobody else found the illness
FEW: Final = 10  # recipients of the drug elsewhere that weigh as much as all recipients of any
READY: Final = ("101", "103", "104")
GIVEN: Final = [VIEW, "fixmedins_code", "staff_code", "ingredient"]
RECIPIENT: Final = [*GIVEN, "person_key"]


def recipients(
    visit_fact: DataFrame,
    stay_fact: DataFrame,
    charge_fact: DataFrame,
    diagnosis: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.recipient_fact, of doctors with such a line in the month itself.

    A recipient got a dear drug at a visit. Somebody else found the illness (see `family`, of the
    visit's main diagnosis) if a stay names it, another doctor or house does, or a visit was paid
    under a chronic registration, in twelve months. Of whom nobody did, the recipient is bare. How
    many bare recipients would be usual comes from those of the same drug elsewhere, pharmacies
    included; where these are few, from recipients of any dear drug. Guests are left out: what was
    found of them is known where they live.
    """
    line = pinned(_lines(charge_fact, visit_fact))
    drug = seen_by(line.where("ingredient IS NOT NULL"), months, back=BACK)
    record = seen_by(_records(visit_fact, stay_fact, diagnosis, line), months, back=KNOWN)
    recipient = _recipients(drug, record)
    told = _compared(recipient)
    test = seen_by(line.where("ingredient IS NULL"), months, back=BACK)
    return _with_lines(told, recipient, drug, test).withColumn(MONTH, month_label(F.col(VIEW)))


def _lines(charge_fact: DataFrame, visit_fact: DataFrame) -> DataFrame:
    """Lines of dear drugs and of gene tests (without `ingredient`) outside stays, and for what."""
    is_drug = F.col("is_high_value") & F.col("list_type").isin(*READY)
    is_gene = F.col("charge_type").isin(*TESTS) & F.contains("item_name", F.lit("基因"))
    case = visit_fact.where("NOT is_offsite").select(
        "setl_id", "chfpdr_code", family("main_diag").alias("illness")
    )
    return (
        charge_fact.where("care <> 'inpatient' AND NOT is_offsite AND inscp_fen > 0")
        .where(is_drug | F.coalesce(is_gene, F.lit(False)))
        .withColumn("ingredient", F.when(is_drug, F.coalesce("ingredient", "hilist_code")))
        .select("setl_id", MONTH, "fixmedins_code", "area", "person_key", "ingredient",
                "charged_on", "bkkp_sn", "inscp_fen", "bilg_dr_code")
        .join(case, on="setl_id", how="inner")
        .withColumn("staff_code", F.coalesce("chfpdr_code", "bilg_dr_code"))
        .where("illness IS NOT NULL")
    )  # fmt: skip


def _records(
    visit_fact: DataFrame, stay_fact: DataFrame, diagnosis: DataFrame, line: DataFrame
) -> DataFrame:
    """(month, person, illness, by house, by doctor, is_sure): who found what of the recipients."""
    got = line.where("ingredient IS NOT NULL").select("person_key").distinct()
    name = ("mdtrt_id", MONTH, "person_key", "fixmedins_code", "main_diag", "chfpdr_code")
    seen = visit_fact.where(~is_pharmacy("fixmedins_code") | (F.col("care") == "chronic"))
    case = seen.select(*name, (F.col("care") == "chronic").alias("is_sure")).unionByName(
        stay_fact.select(*name, F.lit(True).alias("is_sure"))
    )
    own = case.join(got, on="person_key", how="left_semi")
    return (
        every_diagnosis(own, diagnosis)
        .where("diag_code IS NOT NULL")
        .groupBy(
            MONTH,
            "person_key",
            family("diag_code").alias("illness"),
            F.col("fixmedins_code").alias("by_house"),
            F.col("chfpdr_code").alias("by_doctor"),
        )
        .agg(F.max("is_sure").alias("is_sure"))
    )


def _recipients(drug: DataFrame, record: DataFrame) -> DataFrame:
    """RECIPIENT with `is_bare`, and the illnesses it got the drug for."""
    is_other = (F.col("by_house") != F.col("fixmedins_code")) | (
        F.col("by_doctor") != F.col("staff_code")
    )
    case = drug.groupBy(*RECIPIENT, "illness").agg(F.max(MONTH).alias("last_month"))
    found = case.join(record.drop(MONTH), on=[VIEW, "person_key", "illness"], how="left")
    return found.groupBy(*RECIPIENT).agg(
        F.coalesce(F.max(F.col("is_sure") | is_other), F.lit(False)).alias("is_found"),
        F.array_sort(F.collect_set("illness")).alias("illnesses"),
        F.max("last_month").alias("last_month"),
    )


def _compared(recipient: DataFrame) -> DataFrame:
    """Doctors and drugs: recipients, the bare of them, and how many would be elsewhere."""
    bare = F.count_if(~F.col("is_found"))
    given = recipient.groupBy(*GIVEN).agg(
        F.count("*").alias("persons"),
        bare.alias("bare_persons"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("illnesses")))).alias("illnesses"),
        F.max(F.when(~F.col("is_found"), month_number("last_month"))).alias("last"),
    )
    told = given
    for of, where in (([VIEW, "ingredient"], "same"), ([VIEW], "any")):
        for count in ("persons", "bare_persons"):
            told = outside(told, count, of, where)
    usual = rate(F.col("bare_persons_any"), F.col("persons_any"))
    same = F.col("bare_persons_same"), F.col("persons_same")
    share = usual_share(*same, few=FEW, wider=usual)
    return (
        told.where(f"staff_code IS NOT NULL AND bare_persons >= {PEOPLE} AND last = {VIEW}")
        .withColumn("expected", (F.col("persons") * share).cast("decimal(16,2)"))
        .withColumnRenamed("persons_same", "others_persons")
        .withColumn("part", 1 - F.least(F.lit(1), F.col("expected") / F.col("bare_persons")))
    )


def _with_lines(
    told: DataFrame, recipient: DataFrame, drug: DataFrame, test: DataFrame
) -> DataFrame:
    """With the bare recipients' lines of the drug and of gene tests, each with its part above."""
    part, excess = part_of_line("part")
    bare = recipient.where("NOT is_found").join(
        told.select(*GIVEN, "part"), on=GIVEN, how="inner"
    ).select(*RECIPIENT, "part")  # fmt: skip
    tested = test.drop("ingredient").join(bare, on=[*RECIPIENT[:3], "person_key"], how="inner")
    line = drug.join(bare, on=RECIPIENT, how="inner")
    is_test = F.col("is_test")
    every = line.withColumn("is_test", F.lit(False)).unionByName(
        tested.withColumn("is_test", F.lit(True))
    )
    more = (
        F.min("area").alias("area"),
        F.size(F.collect_set(F.when(is_test, F.col("person_key")))).alias("gene_persons"),
        F.size(F.collect_set(F.when(is_test, F.col("charged_on")))).alias("gene_days"),
        F.array_sort(F.collect_set("person_key")).alias("person_keys"),
    )
    return told.join(gathered(every, GIVEN, part, excess, *more), on=GIVEN, how="inner")
