"""gold.origin_fact: people of one other city at one institution, more than others see of it."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, persons_seen_by, seen_by
from jobs.pinned import pinned

BACK: Final = 5  # months before its own that a month looks over: six together
FEWEST: Final = 3  # people that are told of; behind one phone, and of as many addresses, for a link
CROWD: Final = 3  # people that one terminal settles in minutes
BY_HAND: Final = "1"  # pay_loc
SETTLED: Final = "1"  # rloc_rea: lives there for long
HOUSE: Final = [VIEW, "setting", "fixmedins_code"]
GROUP: Final = [*HOUSE, "home"]
CITY: Final = [VIEW, "setting", "city"]
SIDE: Final = (
    "person_key", "mdtrt_id", "month", "fixmedins_code", "area", "insu_admdvs", "is_offsite",
    "tel_key", "addr_key", "coner_key", "main_diag", "pay_loc", "fund_fen", "acct_fen",
)  # fmt: skip


def origins(
    visit_fact: DataFrame,
    stay_fact: DataFrame,
    offsite_registration: DataFrame,
    person: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.origin_fact, of months with a case of such people.

    Expected is what the institution would see of that city if its people came to it as they come
    to the other institutions of its own city: by share of all people treated there.
    """
    case = _cases(visit_fact, stay_fact)
    guest = seen_by(case.where("is_offsite"), months, back=BACK)
    seen = pinned(guest.unionByName(_claims(guest)))
    told = (
        _groups(seen)
        .where(F.col("persons") >= FEWEST)
        .join(_expected(case, seen, months), on=GROUP, how="inner")
        .join(_looks(case, seen, months), on=GROUP, how="left")
        .join(_together(seen), on=GROUP, how="left")
        .join(_linked(seen), on=GROUP, how="left")
        .join(_local(seen, offsite_registration, person), on=GROUP, how="left")
        .withColumn("month", month_label(F.col(VIEW)))
    )
    counts = [
        "linked_persons", "rooted_persons", "settled_persons", "look_cases", "together_cases",
    ]  # fmt: skip
    return told.where("news AND persons > expected").fillna(0, subset=[*counts, "look_usual"])


def _cases(visit_fact: DataFrame, stay_fact: DataFrame) -> DataFrame:
    """Stays, visits and purchases alike, each with its settlements and what it `look`s like."""
    diagnosis = F.left("main_diag", F.lit(3))
    stay = stay_fact.select(
        *SIDE,
        F.lit("stay").alias("setting"),
        F.col("admitted_on").alias("day"),
        "setl_ids",
        F.concat_ws(" ", diagnosis, F.concat(F.col("stay_days"), F.lit("天"))).alias("look"),
        F.lit(False).alias("is_crowded"),
    )
    is_crowded = F.coalesce(F.col("terminal_cards") >= CROWD, F.lit(False))
    setting = F.when(F.col("fixmedins_code").startswith("P"), "purchase").otherwise("visit")
    visit = visit_fact.select(
        *SIDE,
        setting.alias("setting"),
        F.col("visited_on").alias("day"),
        F.array("setl_id").alias("setl_ids"),
        diagnosis.alias("look"),
        is_crowded.alias("is_crowded"),
    )
    return stay.unionByName(visit).withColumns(
        {"home": F.left("insu_admdvs", F.lit(4)), "city": F.left("area", F.lit(4))}
    )


def _claims(guest: DataFrame) -> DataFrame:
    """Claims by hand once more, in a setting of their own: of people who share a phone."""
    by_hand = guest.where(F.col("pay_loc") == BY_HAND).withColumn("setting", F.lit("claim"))
    people = _behind(by_hand).select(*GROUP, F.explode("people").alias("person_key")).distinct()
    return by_hand.join(people, on=[*GROUP, "person_key"], how="left_semi")


def _groups(case: DataFrame) -> DataFrame:
    """Institution and home city → people, cases, money and settlements of the six months."""
    return case.groupBy(*GROUP).agg(
        F.min("area").alias("area"),
        F.size(F.collect_set("person_key")).alias("persons"),
        F.count("*").cast("int").alias("cases"),
        F.count_if("is_crowded").cast("int").alias("crowded_cases"),
        F.sum("fund_fen").alias("fund_fen"),
        F.sum("acct_fen").alias("acct_fen"),
        F.min("day").alias("first_on"),
        F.max("day").alias("last_on"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("setl_ids")))).alias("setl_ids"),
        F.array_sort(F.collect_set("person_key")).alias("person_keys"),
        F.max(month_number() == F.col(VIEW)).alias("news"),
    )


def _expected(case: DataFrame, seen: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Institution and home city → people to expect, all people of the house, other home cities."""
    of_house = ["setting", "fixmedins_code", "home", "city", "is_offsite"]
    claim = seen.where("setting = 'claim'").groupBy(*of_house, VIEW)
    claiming = claim.agg(F.count_distinct("person_key").alias("persons"))
    counted = persons_seen_by(case, of_house, months, back=BACK).unionByName(claiming)
    here = pinned(counted.withColumnRenamed("persons", "own"))
    house = here.groupBy(*HOUSE, "city").agg(
        F.sum("own").cast("int").alias("house_persons"),
        F.count_if("is_offsite").cast("int").alias("homes"),
    )
    of_home = here.groupBy(*CITY, "home").agg(F.sum("own").alias("home_all"))
    of_city = here.groupBy(*CITY).agg(F.sum("own").alias("city_all"))
    elsewhere = F.try_divide(
        F.col("home_all") - F.col("own"), F.col("city_all") - F.col("house_persons")
    )
    expected = F.coalesce(elsewhere * F.col("house_persons"), F.lit(0.0))
    return (
        here.where("is_offsite")
        .join(house, on=[*HOUSE, "city"], how="inner")
        .join(F.broadcast(of_home), on=[*CITY, "home"], how="inner")
        .join(F.broadcast(of_city), on=CITY, how="inner")
        .select(*GROUP, "house_persons", "homes", F.round(expected, 2).alias("expected"))
    )


def _looks(case: DataFrame, seen: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Institution and home city → its commonest look, and how common that is in the house else."""
    count = F.count("*").alias("cases")
    guest = seen.where("look <> ''").groupBy(*GROUP, "look").agg(count)
    in_month = ["setting", "fixmedins_code", "month", "look"]
    local = case.where("NOT is_offsite AND look <> ''").groupBy(*in_month).agg(count)
    alike = [*HOUSE, "look", "cases"]
    everybody = guest.select(alike).unionByName(seen_by(local, months, back=BACK).select(alike))
    of_look = everybody.groupBy(*HOUSE, "look").agg(F.sum("cases").alias("all_alike"))
    house = of_look.groupBy(*HOUSE).agg(F.sum("all_alike").alias("house_cases"))
    first = F.struct(F.col("cases"), F.col("look"))
    own = (
        guest.groupBy(*GROUP)
        .agg(F.max(first).alias("most"), F.sum("cases").alias("own_cases"))
        .select(*GROUP, "own_cases", "most.look", F.col("most.cases").alias("alike"))
    )
    usual = F.try_divide(
        F.col("all_alike") - F.col("alike"), F.col("house_cases") - F.col("own_cases")
    )
    return (
        own.join(house, on=HOUSE, how="inner")
        .join(of_look, on=[*HOUSE, "look"], how="inner")
        .select(
            *GROUP,
            "look",
            F.col("alike").cast("int").alias("look_cases"),
            F.round(usual, 4).alias("look_usual"),
        )
    )


def _together(seen: DataFrame) -> DataFrame:
    """Institution and home city → stays begun within a day of those of CROWD - 1 others of it."""
    number = F.unix_date("day")
    near = Window.partitionBy(*GROUP).orderBy(number).rangeBetween(-1, 1)
    stay = seen.where("setting = 'stay'")
    people = F.size(F.collect_set("person_key").over(near))
    return (
        stay.withColumn("people", people)
        .groupBy(*GROUP)
        .agg(F.count_if(F.col("people") >= CROWD).cast("int").alias("together_cases"))
    )


def _linked(case: DataFrame) -> DataFrame:
    """Institution and home city → people who share a phone or contact though they live apart."""
    linked = F.size(F.array_distinct(F.flatten(F.collect_list("people"))))
    return _behind(case).groupBy(*GROUP).agg(linked.cast("int").alias("linked_persons"))


def _behind(case: DataFrame) -> DataFrame:
    """Phones and contacts of several people at one institution who live apart, and these people."""
    shared = F.explode(F.array("tel_key", "coner_key")).alias("shared")
    return (
        case.select(*GROUP, "person_key", "addr_key", shared)
        .where("shared IS NOT NULL")
        .groupBy(*GROUP, "shared")
        .agg(
            F.collect_set("person_key").alias("people"),
            F.size(F.collect_set(F.coalesce("addr_key", "person_key"))).alias("addresses"),
        )
        .where((F.size("people") >= FEWEST) & (F.col("addresses") >= FEWEST))
    )


def _local(seen: DataFrame, offsite_registration: DataFrame, person: DataFrame) -> DataFrame:
    """Institution and home city → people who live here, by other visits and by registration."""
    who = [VIEW, "person_key", "city"]
    rooted = seen.groupBy(*who).agg((F.count_distinct("fixmedins_code") > 1).alias("is_rooted"))
    lives = (
        offsite_registration.where(F.col("rloc_rea") == SETTLED)
        .join(person.select("insu_admdvs", "psn_key", "person_key"), ["insu_admdvs", "psn_key"])
        .select("person_key", F.left("rloc_admdvs", F.lit(4)).alias("city"), "begndate", "enddate")
    )
    case = seen.select(*GROUP, "city", "person_key", "day")
    is_now = (F.col("begndate") <= F.col("day")) & _is_open(F.col("day"))
    return (
        case.join(lives, on=["person_key", "city"], how="left")
        .withColumn("is_settled", F.coalesce(is_now, F.lit(False)))
        .groupBy(*GROUP, "city", "person_key")
        .agg(F.max("is_settled").alias("is_settled"))
        .join(rooted, on=who, how="inner")
        .groupBy(*GROUP)
        .agg(
            F.count_if("is_rooted").cast("int").alias("rooted_persons"),
            F.count_if("is_settled").cast("int").alias("settled_persons"),
        )
    )


def _is_open(day: Column) -> Column:
    return F.col("enddate").isNull() | (F.col("enddate") >= day)
