"""gold.qualification_fact: chronic-disease visits without a registration, or with a bare one."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.care import TESTS
from jobs.facts.diagnoses import every_diagnosis, family
from jobs.facts.months import VIEW, month_number, number_of_day, seen_by
from jobs.facts.registrations import batches, held, registered, registered_share
from jobs.pinned import pinned

BACK: Final = 11  # months before its own in which a registration that a month asks about begins
YEAR: Final = 12  # months before a registration in which something must support it
EXAM_DAYS: Final = 90  # before a registration in which an examination may support it
KNOWN_MONTHS: Final = 1  # fewest before a registration that let it be called bare
FEW_MONTHS: Final = 3  # so many or more known months are alike when registrations are compared
CASE: Final = ["person_key", "opsp_dise_code", "begun_on", "family"]
BATCH: Final = ["certifier_code", "opsp_dise_code", "begun_in"]
ILLNESS: Final = ["certifier_code", "opsp_dise_code"]
SUPPORT: Final = ("support_stays", "support_days", "exam_days", "months_known")


def qualifications(
    visit_fact: DataFrame,
    stay_fact: DataFrame,
    charge_fact: DataFrame,
    diagnosis: DataFrame,
    chronic_registration: DataFrame,
    insured: DataFrame,
    person: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.qualification_fact.

    A registration is asked about in the twelve months from its beginning. What supports it lies
    before that and was settled by the end of the month it began in, so every month that asks gets
    the same answer: stays and visits with a diagnosis of the family that the chronic visits name
    (pharmacies name none: the family of most visits for that disease), and examinations of any
    kind. Registered elsewhere are the people of elsewhere: left out.
    """
    known = held(chronic_registration, insured, person)
    visit = registered(visit_fact.where("care = 'chronic' AND NOT is_offsite"), known)
    asked_about = visit.where(F.col("month").isin(*months))
    seen = _supported(_with_families(seen_by(visit, months, back=BACK)), visit_fact, stay_fact,
                      charge_fact, diagnosis)  # fmt: skip
    own = seen.where(F.col(VIEW) == month_number())
    told = (
        own.join(_certified(seen, ["certifier"], ""), on=[VIEW, "certifier"], how="left")
        .join(_certified(seen, ILLNESS, "illness_"), on=[VIEW, *ILLNESS], how="left")
        .join(_batch_bare(seen), on=[VIEW, *BATCH], how="left")
        .join(_batch_here(seen), on=[VIEW, *BATCH, "fixmedins_code"], how="left")
        .join(batches(known), on=BATCH, how="left")
        .join(F.broadcast(registered_share(asked_about)), on="month", how="left")
        .where("NOT is_registered OR is_bare")
        .withColumn("visited_code", F.col("fixmedins_code"))
    )
    return told.withColumn("fixmedins_code", F.coalesce("certifier_code", "visited_code"))


def _with_families(seen: DataFrame) -> DataFrame:
    """Visits without a diagnosis with the family that most others of their disease have."""
    named = seen.where("family IS NOT NULL AND opsp_dise_code IS NOT NULL")
    counted = named.groupBy(VIEW, "opsp_dise_code", "family").agg(F.count("*").alias("n"))
    most = counted.groupBy(VIEW, "opsp_dise_code").agg(
        F.max(F.struct("n", "family")).getField("family").alias("most_named")
    )
    return (
        seen.join(F.broadcast(most), on=[VIEW, "opsp_dise_code"], how="left")
        .withColumn("family", F.coalesce("family", "most_named"))
        .drop("most_named")
    )


def _supported(
    seen: DataFrame,
    visit_fact: DataFrame,
    stay_fact: DataFrame,
    charge_fact: DataFrame,
    diagnosis: DataFrame,
) -> DataFrame:
    """Visits (with `view`) with SUPPORT of their registration where it is young, and `is_bare`."""
    is_young = number_of_day("begun_on").between(F.col(VIEW) - BACK, F.col(VIEW))
    asked = pinned(seen.where(is_young & F.col("family").isNotNull()).select(*CASE).distinct())
    begun = number_of_day("begun_on")
    in_time = month_number().between(begun - YEAR, begun)
    seen_ill = (
        asked.join(_seen_ill(asked, visit_fact, stay_fact, diagnosis), ["person_key", "family"])
        .where(in_time & (F.col("day") <= F.col("begun_on")))
        .groupBy(*CASE)
        .agg(
            _different(F.when(F.col("is_stay"), F.col("mdtrt_id"))).alias("support_stays"),
            _different(F.when(~F.col("is_stay"), F.col("day"))).alias("support_days"),
        )
    )
    examined = (
        asked.join(_examined(asked, charge_fact), on="person_key", how="inner")
        .where(in_time & F.date_diff("begun_on", "day").between(0, EXAM_DAYS))
        .groupBy(*CASE)
        .agg(_different(F.col("day")).alias("exam_days"))
    )
    found = (
        asked.join(seen_ill, on=CASE, how="left")
        .join(examined, on=CASE, how="left")
        .join(F.broadcast(_known(asked, visit_fact)), on="begun_on", how="left")
        .select(*CASE, *(F.coalesce(name, F.lit(0)).cast("int").alias(name) for name in SUPPORT))
    )
    return (
        seen.join(pinned(found), on=CASE, how="left")
        .withColumns({name: F.when(is_young, F.col(name)) for name in SUPPORT})
        .withColumn("is_bare", F.coalesce(_is_bare(), F.lit(False)))
        .withColumn("certifier", F.coalesce("certifier_doctor", "certifier_code"))
        .withColumn("begun_in", begun)
    )


def _different(values: Column) -> Column:
    """How many different ones; a few of one person, so no distinct that doubles the rows."""
    return F.size(F.collect_set(values))


def _is_bare() -> Column:
    """Nothing but one visit at most speaks for it, and enough months were seen to say so."""
    return F.expr(
        f"months_known >= {KNOWN_MONTHS} AND support_stays = 0 AND support_days <= 1"
        " AND exam_days = 0"
    )


def _seen_ill(
    asked: DataFrame, visit_fact: DataFrame, stay_fact: DataFrame, diagnosis: DataFrame
) -> DataFrame:
    """(person_key, family, day, month, mdtrt_id, is_stay): who was treated for what, when."""
    kept = ("person_key", "mdtrt_id", "month", "main_diag")
    visit = visit_fact.where("care IN ('outpatient', 'emergency')").select(
        *kept, F.col("visited_on").alias("day"), F.lit(False).alias("is_stay")
    )
    stay = stay_fact.select(*kept, F.col("admitted_on").alias("day"), F.lit(True).alias("is_stay"))
    case = visit.unionByName(stay).join(_people(asked), "person_key", "left_semi")
    every = every_diagnosis(case, diagnosis)
    return every.withColumn("family", family("diag_code")).drop("diag_code")


def _people(asked: DataFrame) -> DataFrame:
    """Who registered within a year: few of all, and nobody else's rows need to be moved."""
    return F.broadcast(asked.select("person_key").distinct())


def _examined(asked: DataFrame, charge_fact: DataFrame) -> DataFrame:
    """(person_key, day, month) of examinations and laboratory tests of those asked about."""
    return (
        charge_fact.where(F.col("charge_type").isin(*TESTS))
        .join(_people(asked), on="person_key", how="left_semi")
        .select("person_key", F.col("charged_on").alias("day"), "month")
        .distinct()
    )


def _known(asked: DataFrame, visit_fact: DataFrame) -> DataFrame:
    """Day of a registration → months with data among the twelve before it [months]."""
    begun = number_of_day("begun_on")
    months = F.broadcast(visit_fact.select(month_number().alias("number")).distinct())
    before = F.col("number").between(begun - YEAR, begun - 1)
    return (
        asked.select("begun_on")
        .distinct()
        .join(months, on=before, how="inner")
        .groupBy("begun_on")
        .agg(F.count("*").cast("int").alias("months_known"))
    )


def _certified(seen: DataFrame, by: list[str], prefix: str) -> DataFrame:
    """Who established it → registrations of twelve months, the bare ones, and how many are usual.

    `by` says whose they are: one doctor's of any illness, or one house's of one. Usual is the share
    of bare ones among what all others established, of registrations before which as many months
    are known: the fewer are, the more look bare.
    """
    known = F.least("months_known", F.lit(FEW_MONTHS)).alias("known")
    is_known = F.col("months_known") >= KNOWN_MONTHS
    case = (
        seen.where(F.col(by[0]).isNotNull() & is_known)
        .groupBy(VIEW, by[0], "person_key", "opsp_dise_code", known)
        .agg(F.min("is_bare").alias("is_bare"))
    )
    own = case.groupBy(VIEW, *by, "known").agg(
        F.count("*").alias("own"), F.count_if("is_bare").alias("own_bare")
    )
    everybody = own.groupBy(VIEW, "known").agg(
        F.sum("own").alias("all"), F.sum("own_bare").alias("all_bare")
    )
    share = F.try_divide(F.col("all_bare") - F.col("own_bare"), F.col("all") - F.col("own"))
    expected = F.round(F.coalesce(share * F.col("own"), F.lit(0.0)), 6).cast("decimal(16,6)")
    return (
        own.join(F.broadcast(everybody), on=[VIEW, "known"], how="inner")
        .groupBy(VIEW, *by)
        .agg(
            F.sum("own").cast("int").alias(f"{prefix}certified"),
            F.sum("own_bare").cast("int").alias(f"{prefix}certified_bare"),
            F.round(F.sum(expected), 2).cast("decimal(16,2)").alias(f"{prefix}bare_expected"),
        )
    )


def _batch_bare(seen: DataFrame) -> DataFrame:
    """Of the registrations a house began of an illness in a month: those used by now, the bare."""
    known = seen.where(F.col("months_known") >= KNOWN_MONTHS)
    case = known.groupBy(VIEW, *BATCH, "person_key")
    return (
        case.agg(F.min("is_bare").alias("is_bare"))
        .groupBy(VIEW, *BATCH)
        .agg(
            F.count("*").cast("int").alias("batch_used"),
            F.count_if("is_bare").cast("int").alias("batch_bare"),
        )
    )


def _batch_here(seen: DataFrame) -> DataFrame:
    """Of the batch, who drew on it at each place."""
    known = seen.where(
        (F.col("months_known") >= KNOWN_MONTHS) & F.col("certifier_code").isNotNull()
    )
    return known.groupBy(VIEW, *BATCH, "fixmedins_code").agg(
        F.size(F.collect_set("person_key")).alias("batch_here")
    )
