"""gold.uniform_fact: doctors who give the same items whatever the illness."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.schema import MONTH
from jobs.facts.care import TESTS, is_pharmacy
from jobs.facts.diagnoses import family
from jobs.facts.elsewhere import outside, rate, usual_share
from jobs.facts.months import VIEW, month_label, month_number, seen_by
from jobs.facts.parts import gathered, part_of_line

BACK: Final = 5  # months before its own that a month counts: six together
RARE: Final = 0.01  # lines per visit for an illness at other houses, below which none is due
TREATED: Final = 100  # fewest visits for it there, or RARE cannot be told from none
HOUSES: Final = 3  # fewest other houses that give the item at all
SPREAD: Final = 3  # illnesses for which a doctor gives a rare item: whatever the illness
PEOPLE: Final = 5  # fewest people who got one so
FEW: Final = 100  # visits to other houses of the kind that weigh as much as those to all houses
READY: Final = ("101", "103", "104")  # decoctions (102) are made up for each
USE: Final = ["fixmedins_code", "illness", "kind", "item"]
DOCTOR: Final = [VIEW, "fixmedins_code", "staff_code"]
HABIT: Final = [*DOCTOR, "kind"]


def uniforms(
    visit_fact: DataFrame, charge_fact: DataFrame, *, months: tuple[str, ...]
) -> DataFrame:
    """gold.uniform_fact, of doctors who gave an item so in the month itself.

    An item is rare for an illness (see `family`, of the main diagnosis) if visits for it to other
    houses hardly ever got it. A doctor who gives an item to whom it is rare, and does so for SPREAD
    illnesses, gives it whatever the illness. How many of a doctor's visits would be so comes from
    the doctors of other houses of the same kind; where these are few, of all houses. What a house
    alone gives is not judged, nor are check-ups and other reasons to come (Z).
    """
    visit = _visits(visit_fact)
    line = _lines(charge_fact)
    rare = _rare(visit, _counted(line, visit), months)
    given = _given(line, visit, rare)
    told = _compared(given, visit, months)
    return _with_lines(told, given).withColumn(MONTH, month_label(F.col(VIEW)))


def _visits(visit_fact: DataFrame) -> DataFrame:
    """Visits with an illness: whose, where, when and to whom (null where that is not known)."""
    is_ill = "care <> 'pharmacy' AND main_diag IS NOT NULL AND NOT startswith(main_diag, 'Z')"
    return visit_fact.where(F.expr(is_ill) & ~is_pharmacy("fixmedins_code")).select(
        "setl_id", MONTH, "fixmedins_code", "medins_type", "person_key",
        family("main_diag").alias("illness"),
        F.col("chfpdr_code").alias("staff_code"),
    )  # fmt: skip


def _lines(charge_fact: DataFrame) -> DataFrame:
    """Lines of tests and of ready-made drugs outside stays."""
    is_drug = F.col("list_type").isin(*READY)
    kind = (
        F.when(F.col("charge_type").isin(*TESTS), "test")
        .when(is_drug & F.col("is_high_value"), "dear")
        .when(is_drug, "drug")
    )
    item = F.when(is_drug, F.coalesce("ingredient", "hilist_code")).otherwise(F.col("hilist_code"))
    return (
        charge_fact.where("care NOT IN ('inpatient', 'pharmacy') AND inscp_fen > 0")
        .withColumns({"kind": kind, "item": item})
        .where("kind IS NOT NULL")
        .select("setl_id", "kind", "item", "item_name", "area", "charged_on", "bkkp_sn",
                "inscp_fen", "bilg_dr_code")
    )  # fmt: skip


def _counted(line: DataFrame, visit: DataFrame) -> DataFrame:
    """House, illness and item by month: lines."""
    case = visit.select("setl_id", MONTH, "fixmedins_code", "illness")
    of_visit = line.select("setl_id", "kind", "item").join(case, on="setl_id", how="inner")
    return of_visit.groupBy(*USE, MONTH).agg(F.count("*").alias("lines"))


def _rare(visit: DataFrame, counted: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """USE and view where the item is rare, of items so given for SPREAD illnesses at the house."""
    case = visit.groupBy("fixmedins_code", "illness", MONTH).agg(F.count("*").alias("visits"))
    house = [VIEW, "fixmedins_code", "illness"]
    treated = (
        seen_by(case, months, back=BACK)
        .groupBy(*house)
        .agg(F.sum("visits").alias("own"))
        .withColumn("others", F.sum("own").over(Window.partitionBy(VIEW, "illness")) - F.col("own"))
        .where(F.col("others") >= TREATED)
    )
    used = seen_by(counted, months, back=BACK).groupBy(VIEW, *USE).agg(F.sum("lines").alias("here"))
    of_item = Window.partitionBy(VIEW, "kind", "item")
    alike = Window.partitionBy(VIEW, "kind", "item", "illness")
    of_house = Window.partitionBy(VIEW, "kind", "item", "fixmedins_code").orderBy("illness")
    elsewhere = (
        used.repartition(VIEW, "kind", "item")
        .withColumn("nth", F.row_number().over(of_house))
        .withColumn("elsewhere", F.sum("here").over(alike) - F.col("here"))
        .withColumn("houses", F.count_if(F.col("nth") == 1).over(of_item) - 1)
        .where(F.col("houses") >= HOUSES)
    )
    spread = F.count("*").over(Window.partitionBy(VIEW, "fixmedins_code", "kind", "item"))
    return (
        elsewhere.join(treated, on=house, how="inner")
        .where(F.col("elsewhere") < RARE * F.col("others"))
        .withColumn("spread", spread)
        .where(F.col("spread") >= SPREAD)
        .select(VIEW, *USE)
    )


def _given(line: DataFrame, visit: DataFrame, rare: DataFrame) -> DataFrame:
    """Lines of rare items, once for each view, of doctors who give them for SPREAD illnesses.

    A visit that names no doctor is taken to be the ordering doctor's.
    """
    few = rare.select("kind", "item").distinct()
    in_view = month_number().between(F.col(VIEW) - BACK, F.col(VIEW))
    of_item = Window.partitionBy(*HABIT, "item")
    return (
        line.join(few, on=["kind", "item"], how="left_semi")
        .join(visit, on="setl_id", how="inner")
        .join(rare, on=USE, how="inner")
        .where(in_view)
        .withColumn("staff_code", F.coalesce("staff_code", "bilg_dr_code"))
        .where("staff_code IS NOT NULL")
        .withColumn("spread", F.size(F.collect_set("illness").over(of_item)))
        .where(F.col("spread") >= SPREAD)
    )


def _compared(given: DataFrame, visit: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Doctors and kinds of item: visits so, and how many other houses' doctors would have."""
    so = given.groupBy(*HABIT).agg(
        F.size(F.collect_set("setl_id")).alias("uniform_visits"),
        F.size(F.collect_set("person_key")).alias("persons"),
        F.size(F.collect_set("illness")).alias("illnesses"),
        F.array_sort(F.collect_set(F.coalesce("item_name", "item"))).alias("items"),
        F.max(month_number() == F.col(VIEW)).alias("is_news"),
    )
    seen = _with_visits(so, visit, months)
    of_all = outside(seen, "uniform_visits", [VIEW, "kind"], "anywhere")
    of_alike = outside(of_all, "uniform_visits", [VIEW, "house_type", "kind"], "alike")
    usual = rate(F.col("uniform_visits_anywhere"), F.col("visits_anywhere"))
    alike = F.col("uniform_visits_alike"), F.col("visits_alike")
    share = usual_share(*alike, few=FEW, wider=usual)
    return (
        of_alike.where(F.col("is_news") & (F.col("persons") >= PEOPLE))
        .withColumn("expected", (F.col("visits") * share).cast("decimal(16,2)"))
        .withColumn("part", 1 - F.least(F.lit(1), F.col("expected") / F.col("uniform_visits")))
    )


def _with_visits(so: DataFrame, visit: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """With the doctor's visits (where none names a doctor, the house's), and those elsewhere."""
    house = [VIEW, "fixmedins_code", "house_type"]
    kind_of_house = F.coalesce("medins_type", F.lit("")).alias("house_type")
    by_month = visit.groupBy(kind_of_house, "fixmedins_code", "staff_code", MONTH).agg(
        F.count("*").alias("visits")
    )
    of_doctor = (
        seen_by(by_month, months, back=BACK)
        .groupBy(*house, "staff_code")
        .agg(F.sum("visits").alias("visits"))
    )
    by_house = of_doctor.groupBy(*house).agg(F.sum("visits").alias("visits"))
    of_all = outside(by_house, "visits", [VIEW], "anywhere")
    of_house = outside(of_all, "visits", [VIEW, "house_type"], "alike")
    return (
        so.join(
            of_house.withColumnRenamed("visits", "house_visits"),
            on=[VIEW, "fixmedins_code"],
            how="inner",
        )
        .join(of_doctor.select(*DOCTOR, "visits"), on=DOCTOR, how="left")
        .withColumn("visits", F.coalesce("visits", "house_visits"))
    )


def _with_lines(told: DataFrame, given: DataFrame) -> DataFrame:
    """With those lines, each with the part that is above the expected."""
    part, excess = part_of_line("part")
    line = given.select(*HABIT, "area", "charged_on", "bkkp_sn", "setl_id", "inscp_fen")
    of_line = line.join(told.select(*HABIT, "part"), on=HABIT, how="inner")
    lines = gathered(of_line, HABIT, part, excess, F.min("area").alias("area"))
    return told.join(lines, on=HABIT, how="inner")
