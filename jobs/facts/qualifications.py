"""gold.qualification_fact: chronic-disease visits without a registration, or with a bare one."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_number, number_of_day, seen_by

BACK: Final = 11  # months before its own in which a registration that a month asks about begins
YEAR: Final = 12  # months before a registration in which something must support it
EXAM_DAYS: Final = 90  # before a registration in which an examination may support it
KNOWN_MONTHS: Final = 3  # fewest before a registration that let it be called bare
GRACE_DAYS: Final = 31  # after a registration's end
EXAMINED: Final = ("03", "04")  # charge_type: examination, laboratory
CASE: Final = ["person_key", "opsp_dise_code", "begun_on", "family"]
SUPPORT: Final = ("support_stays", "support_days", "exam_days", "months_known")
LISTED: Final = "posexplode(split(opsp_dise_code, ';')) AS (place, code)"
LISTED_FROM: Final = "split(opsp_begndate, ';')"


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
    the same answer: stays and visits with a diagnosis of the family that the chronic visits name,
    and examinations of any kind. Registered elsewhere are the people of elsewhere: left out.
    """
    held = _held(chronic_registration, insured, person)
    visit = _registered(visit_fact.where("care = 'chronic' AND NOT is_offsite"), held)
    seen = _supported(seen_by(visit, months, back=BACK), visit_fact, stay_fact, charge_fact,
                      diagnosis)  # fmt: skip
    own = seen.where(F.col(VIEW) == month_number())
    told = (
        own.join(_certifiers(seen), on=[VIEW, "certifier"], how="left")
        .join(
            F.broadcast(_share(visit.where(F.col("month").isin(*months)))), on="month", how="left"
        )
        .where("NOT is_registered OR is_bare")
        .withColumn("visited_code", F.col("fixmedins_code"))
    )
    return told.withColumn("fixmedins_code", F.coalesce("certifier_code", "visited_code"))


def _held(chronic_registration: DataFrame, insured: DataFrame, person: DataFrame) -> DataFrame:
    """Person and illness → since when, until when, and who established it first.

    From the register of chronic diseases and from what the register of the insured lists.
    """
    begun = F.expr(f"try_cast(trim(coalesce(get({LISTED_FROM}, place), {LISTED_FROM}[0])) AS DATE)")
    known = insured.select("insu_admdvs", "psn_key", "insu_begndate", "opsp_begndate",
                           F.expr(LISTED)).where("trim(code) <> ''")  # fmt: skip
    listed = known.select(
        *("insu_admdvs", "psn_key"),
        F.trim("code").alias("opsp_dise_code"),
        begun.alias("begndate"),
        F.concat_ws("|", "psn_key", "insu_admdvs").alias("insured_key"),
    )
    told = chronic_registration.select(
        *("insu_admdvs", "psn_key", "opsp_dise_code", "begndate", "enddate"),
        F.col("ide_fixmedins_no").alias("certifier_code"),
        F.col("diag_dr_codg").alias("certifier_doctor"),
        F.concat_ws("|", "psn_key", "insu_admdvs", "opsp_dise_code", "begndate").alias(
            "registration_key"
        ),
    )
    first = F.struct("begndate", F.col("registration_key").isNull(), "registration_key")
    of_first = ("certifier_code", "certifier_doctor", "registration_key", "insured_key")
    open_end = F.lit("9999-12-31").cast("date")
    since = insured.select("insu_admdvs", "psn_key", F.col("insu_begndate").alias("insured_on"))
    return (
        told.unionByName(listed, allowMissingColumns=True)
        .where("begndate IS NOT NULL")
        .join(person.select("insu_admdvs", "psn_key", "person_key"), ["insu_admdvs", "psn_key"])
        .join(since, on=["insu_admdvs", "psn_key"], how="left")
        .groupBy("person_key", "opsp_dise_code")
        .agg(
            F.min("begndate").alias("begun_on"),
            F.max(F.coalesce("enddate", open_end)).alias("held_until"),
            F.min("insured_on").alias("insured_on"),
            *(F.min_by(name, first).alias(name) for name in of_first),
        )
    )


def _registered(visit: DataFrame, held: DataFrame) -> DataFrame:
    """Visits with the registration they rest on: that of their illness, or the only one.

    `is_registered`: some registration of the person held on the day, whatever its illness.
    """
    day = F.col("visited_on")
    holds = (F.col("begun_on") <= day) & (day <= F.date_add("held_until", GRACE_DAYS))
    of_visit = Window.partitionBy("setl_id")
    is_its = F.coalesce(F.col("opsp_dise_code") == F.col("dise_no"), F.lit(False))
    places = [c for c in held.columns if c != "person_key"]
    rests = F.coalesce(holds, F.lit(False)) & (F.col("is_its") | (F.col("illnesses") == 1))
    return (
        visit.withColumn("family", _family())
        .join(held, on="person_key", how="left")
        .withColumn("is_its", is_its)
        .withColumn("is_registered", F.max(F.coalesce(holds, F.lit(False))).over(of_visit))
        .withColumn("illnesses", F.count("opsp_dise_code").over(of_visit))
        .withColumn(
            "nth", F.row_number().over(of_visit.orderBy(F.desc("is_its"), "opsp_dise_code"))
        )
        .where("nth = 1")
        .withColumns({name: F.when(rests, F.col(name)) for name in places})
        .drop("nth", "is_its", "illnesses")
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
    asked = seen.where(is_young & F.col("family").isNotNull()).select(*CASE).distinct()
    begun = number_of_day("begun_on")
    in_time = month_number().between(begun - YEAR, begun)
    seen_ill = (
        asked.join(_seen_ill(asked, visit_fact, stay_fact, diagnosis), ["person_key", "family"])
        .where(in_time & (F.col("day") <= F.col("begun_on")))
        .groupBy(*CASE)
        .agg(
            F.count_distinct(F.when(F.col("is_stay"), F.col("mdtrt_id"))).alias("support_stays"),
            F.count_distinct(F.when(~F.col("is_stay"), F.col("day"))).alias("support_days"),
        )
    )
    examined = (
        asked.join(_examined(charge_fact), on="person_key", how="inner")
        .where(in_time & F.date_diff("begun_on", "day").between(0, EXAM_DAYS))
        .groupBy(*CASE)
        .agg(F.count_distinct("day").alias("exam_days"))
    )
    found = (
        asked.join(seen_ill, on=CASE, how="left")
        .join(examined, on=CASE, how="left")
        .join(F.broadcast(_known(asked, visit_fact)), on="begun_on", how="left")
        .select(*CASE, *(F.coalesce(name, F.lit(0)).cast("int").alias(name) for name in SUPPORT))
    )
    return (
        seen.join(found, on=CASE, how="left")
        .withColumns({name: F.when(is_young, F.col(name)) for name in SUPPORT})
        .withColumn("is_bare", F.coalesce(_is_bare(), F.lit(False)))
        .withColumn("certifier", F.coalesce("certifier_doctor", "certifier_code"))
    )


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
    ours = asked.select("person_key").distinct()
    kept = ("person_key", "mdtrt_id", "month", "main_diag")
    visit = visit_fact.where("care IN ('outpatient', 'emergency')").select(
        *kept, F.col("visited_on").alias("day"), F.lit(False).alias("is_stay")
    )
    stay = stay_fact.select(*kept, F.col("admitted_on").alias("day"), F.lit(True).alias("is_stay"))
    case = visit.unionByName(stay).join(ours, on="person_key", how="left_semi")
    valid = diagnosis.where("coalesce(vali_flag, '1') <> '0'").select("mdtrt_id", "diag_code")
    told = case.join(valid, on="mdtrt_id", how="inner").withColumn("main_diag", F.col("diag_code"))
    every = case.unionByName(told.select(*case.columns))
    return every.withColumn("family", _family()).drop("main_diag")


def _family() -> Column:
    """Illnesses of one block of ICD-10: letter and first digit; growths are one family."""
    is_growth = F.col("main_diag").rlike("^(C|D[0-4])")
    return F.when(is_growth, F.lit("C")).otherwise(F.left("main_diag", F.lit(2)))


def _examined(charge_fact: DataFrame) -> DataFrame:
    """(person_key, day, month) of examinations and laboratory tests."""
    return (
        charge_fact.where(F.col("charge_type").isin(*EXAMINED))
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


def _certifiers(seen: DataFrame) -> DataFrame:
    """Who established it → registrations of twelve months, the bare ones, and how many are usual.

    Usual is the share of bare ones among what all others established.
    """
    case = (
        seen.where(F.col("certifier").isNotNull() & (F.col("months_known") >= KNOWN_MONTHS))
        .groupBy(VIEW, "certifier", "person_key", "opsp_dise_code")
        .agg(F.min("is_bare").alias("is_bare"))
    )
    own = case.groupBy(VIEW, "certifier").agg(
        F.count("*").cast("int").alias("certified"),
        F.count_if("is_bare").cast("int").alias("certified_bare"),
    )
    all_ = own.groupBy(VIEW).agg(
        F.sum("certified").alias("all"), F.sum("certified_bare").alias("all_bare")
    )
    share = F.try_divide(
        F.col("all_bare") - F.col("certified_bare"), F.col("all") - F.col("certified")
    )
    expected = F.coalesce(share * F.col("certified"), F.lit(0.0))
    return (
        own.join(F.broadcast(all_), on=VIEW, how="inner")
        .withColumn("bare_expected", F.round(expected, 2).cast("decimal(16,2)"))
        .drop("all", "all_bare")
    )


def _share(visit: DataFrame) -> DataFrame:
    """Month → share of its chronic visits whose person was registered that day [0 to 1]."""
    share = F.count_if("is_registered") / F.count("*")
    return visit.groupBy("month").agg(
        F.round(share, 4).cast("decimal(5,4)").alias("registered_share")
    )
