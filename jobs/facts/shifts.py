"""gold.shift_fact: tests of stays paid by group, charged to outpatient visits."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.facts.care import TESTS
from jobs.facts.elsewhere import outside, rate
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.parts import gathered

BACK: Final = 5  # months before its own that a month counts: six together
BEFORE: Final = 3  # days before the admission that belong to the stay (domain P-25)
LATE: Final = 2  # months before the stay's closing in which the visit may have been settled
MOSTLY: Final = 0.5  # share of a visit's charges that its tests must have
BY_GROUP: Final = ("3", "4")  # hi_paymtd
EMERGENCY: Final = "1"  # adm_way: whoever comes so is examined before he is admitted
CASE: Final = ["fixmedins_code", "area", "month", "mdtrt_id", "person_key"]


def shifts(
    visit_fact: DataFrame, stay_fact: DataFrame, charge_fact: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.shift_fact, of months with such a stay, each with those of six months together.

    A stay paid by group is shifted that has an outpatient visit to the same house in the three days
    before the admission, or during it, which was mostly examinations and laboratory: their lines
    are told. Of a house's stays so many are expected as of all others' together.
    """
    stay = _stays(stay_fact)
    seen = seen_by(_with_visits(stay, visit_fact), months, back=BACK)
    house = seen.groupBy(VIEW, "fixmedins_code").agg(*_measures())
    others = outside(outside(house, "stays", [VIEW], "others"), "shifted", [VIEW], "others")
    expected = F.col("stays") * rate(F.col("shifted_others"), F.col("stays_others"))
    told = (
        others.where("news")
        .withColumn("expected", expected.cast("decimal(16,2)"))
        .withColumn("month", month_label(F.col(VIEW)))
        .drop("stays_others", "shifted_others", "news")
    )
    return _with_lines(told, charge_fact)


def _stays(stay_fact: DataFrame) -> DataFrame:
    is_urgent = F.coalesce(F.col("adm_way") == EMERGENCY, F.lit(False))
    return stay_fact.where(F.col("hi_paymtd").isin(*BY_GROUP) & ~is_urgent).select(
        *CASE, "admitted_on", "discharged_on", month_number().alias("closing")
    )


def _with_visits(stay: DataFrame, visit_fact: DataFrame) -> DataFrame:
    """Stays, each with the `visits` it shifted tests to, or none."""
    is_of_tests = (F.col("test_fen") > 0) & (F.col("test_fen") >= MOSTLY * F.col("medfee_fen"))
    visit = visit_fact.where((F.col("care") == "outpatient") & is_of_tests).select(
        "fixmedins_code", "person_key", month_number().alias("settled"),
        "visited_on", F.col("setl_id").alias("visit"),
    )  # fmt: skip
    near = F.col("visited_on").between(
        F.date_sub("admitted_on", BEFORE), F.col("discharged_on")
    ) & F.col("settled").between(F.col("closing") - LATE, F.col("closing"))
    met = (
        stay.join(visit, on=["fixmedins_code", "person_key"], how="inner")
        .where(near)
        .groupBy("mdtrt_id")
        .agg(F.collect_list("visit").alias("visits"))
    )
    return stay.select(*CASE).join(met, on="mdtrt_id", how="left")


def _measures() -> tuple[Column, ...]:
    """What the months of a view say of a house; a visit beside two stays is one."""
    is_shifted = F.col("visits").isNotNull()

    def of_shifted(name: str) -> Column:
        return F.array_sort(F.collect_set(F.when(is_shifted, F.col(name))))

    return (
        F.min("area").alias("area"),
        F.count("*").cast("int").alias("stays"),
        F.count_if(is_shifted).cast("int").alias("shifted"),
        of_shifted("mdtrt_id").alias("mdtrt_ids"),
        of_shifted("person_key").alias("person_keys"),
        F.array_distinct(F.flatten(F.collect_list("visits"))).alias("visits"),
        F.max(is_shifted & (month_number() == F.col(VIEW))).alias("news"),
    )


def _with_lines(told: DataFrame, charge_fact: DataFrame) -> DataFrame:
    """With the lines of tests of the visits."""
    test = charge_fact.where(F.col("charge_type").isin(*TESTS) & (F.col("care") == "outpatient"))
    line = test.select("setl_id", "bkkp_sn", "charged_on", "inscp_fen")
    house = [name for name in told.columns if name != "visits"]
    visit = told.withColumn("setl_id", F.explode("visits"))
    excess = F.struct("bkkp_sn", "setl_id", "inscp_fen")
    return gathered(
        line.join(F.broadcast(visit), on="setl_id", how="inner"),
        house,
        F.col("inscp_fen"),
        excess,
        F.size(F.collect_set("setl_id")).alias("visits"),
    )
