"""gold.prescriber_fact: prescribers whose patients fetch one drug too often, or all the same."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from jobs.facts.elsewhere import rate
from jobs.facts.months import VIEW, month_label, month_number, persons_seen_by, seen_by
from jobs.facts.pair_customs import as_decimal, compared
from jobs.facts.prescribed import prescribed
from jobs.pinned import pinned

BACK: Final = 5  # months before its own that a month counts: six together
AGAIN: Final = 4  # days on which a drug was fetched; fewer have no rhythm [days]
GAP_DAYS: Final = 20  # between two of them on average; chronic patients come monthly [days]
EARLY: Final = 1.5  # what was dispensed before the last time, over the days it had to last
ALIKE: Final = 2  # people who fetch the same drug so
CLOSE_SECONDS: Final = 300  # between two of them at the till
LEAST: Final = 12  # purchases of a pair that can be called all the same
DRUGS: Final = 3  # different drugs that make them so
ALL: Final = 0.8  # share of the purchases that these must have
CLOSE: Final = 0.6  # share of the purchases within CLOSE_SECONDS of another person's
PAIR: Final = [VIEW, "prescriber", "fixmedins_code"]
OF_CIRCLE: Final = [*PAIR, "pattern"]
PATTERNS: Final = ("often", "alike", "close")
MONEY: Final = ("watched_fen", "fund_fen", "acct_fen")


def prescribers(
    visit_fact: DataFrame,
    charge_fact: DataFrame,
    fee_line: DataFrame,
    practitioner: DataFrame,
    catalogue_item: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.prescriber_fact, of months with a purchase of the circle, by three patterns.

    `often`: the circle are people who fetched one drug of this prescriber at this pharmacy on AGAIN
    days, less than GAP_DAYS apart on average and long before it was used up (EARLY, where the days
    of supply are known), where ALIKE people do so. `alike`: LEAST purchases or more, ALL of them of
    the same DRUGS, by people who came twice or more; the circle are those who fetched these.
    `close`: LEAST purchases or more, CLOSE of them within CLOSE_SECONDS of another person's; the
    circle are these. What the circle fetched is told; others are its measure.
    """
    purchase = pinned(prescribed(visit_fact, charge_fact, fee_line, practitioner, catalogue_item))
    known = purchase.where("prescriber IS NOT NULL")
    marked = _with_circle(seen_by(known, months, back=BACK))
    circle = pinned(marked.where(" OR ".join(f"is_{name}" for name in PATTERNS)))
    told = _circles(_with_others(circle, purchase))
    pair = _pairs(known, months).join(told, on=OF_CIRCLE, how="left")
    return (
        compared(pair.withColumn("circle", F.coalesce("circle", F.lit(0))))
        .where("now > 0")
        .withColumn("staff_code", F.when(F.col("home_code").isNotNull(), F.col("prescriber")))
        .withColumn("month", month_label(F.col(VIEW)))
    )


def _with_others(circle: DataFrame, purchase: DataFrame) -> DataFrame:
    """A circle's purchases beside those its prescriber has no part in: of the drug, of the person.

    How many there are in the area, or of the person at all, and of them at this pharmacy. Circles
    are few, so that purchases are compared with them, and not each with all.
    """
    sold = purchase.select(
        *("area", "drug", "person_key", month_number().alias("number")),
        *(F.col(name).alias(f"other_{name}") for name in ("prescriber", "fixmedins_code")),
    )
    is_seen = F.col("number").between(F.col(VIEW) - BACK, F.col(VIEW))
    is_others = ~F.col("other_prescriber").eqNullSafe(F.col("prescriber"))
    is_here = F.col("other_fixmedins_code") == F.col("fixmedins_code")
    for name, of in (("drug", ["area", "drug"]), ("person", ["person_key"])):
        by = [*of, *PAIR]
        asked = F.broadcast(circle.select(*by).distinct())
        others = (
            sold.join(asked, on=of, how="inner")
            .where(is_seen & is_others)
            .groupBy(*by)
            .agg(F.count("*").alias(f"{name}_all"), F.count_if(is_here).alias(f"{name}_here"))
        )
        circle = circle.join(others, on=by, how="left").fillna(0, [f"{name}_all", f"{name}_here"])
    return circle


def _with_circle(seen: DataFrame) -> DataFrame:
    """Purchases with `is_…` for each pattern, and whether close to another such; one shuffle."""
    of_drug, of_pair = (Window.partitionBy(*PAIR, *more) for more in (["drug"], []))
    second = F.unix_seconds(F.col("setl_time").cast("timestamp"))
    near = of_pair.orderBy(second).rangeBetween(-CLOSE_SECONDS, CLOSE_SECONDS)
    by_drug = of_pair.orderBy(F.desc("of_drug"), "drug")
    return (
        _counted(seen.repartition(*PAIR), of_pair)
        .withColumns(
            {
                "is_again": _is_often(),
                "is_common": F.dense_rank().over(by_drug) <= DRUGS,
                "is_beside": F.size(F.collect_set("person_key").over(near)) >= 2,
            }
        )
        .withColumns(
            {
                "is_often": F.col("is_again") & _are("is_again", of_drug, ALIKE),
                "is_alike": F.col("is_common") & _is_all_the_same(of_pair),
                "is_close": F.col("is_beside") & _is_all_beside(of_pair),
            }
        )
        .withColumns(
            {
                f"{name}_close": F.col(f"is_{name}") & _are(f"is_{name}", near, 2)
                for name in PATTERNS
            }
        )
    )


def _counted(purchase: DataFrame, of_pair: WindowSpec) -> DataFrame:
    """Purchases of pairs that have some, beside the person's others of the drug, and all of it."""
    of_person = Window.partitionBy(*PAIR, "drug", "person_key")
    by_day = Window.partitionBy(*PAIR, "person_key").orderBy("day")
    return (
        purchase.withColumn("purchases", F.count("*").over(of_pair))
        .where(F.col("purchases") >= min(AGAIN, LEAST))  # most pairs have one or two
        .withColumns(
            {
                "days": F.size(F.collect_set("day").over(of_person)),
                "span": F.datediff(F.max("day").over(of_person), F.min("day").over(of_person)),
                "supply": F.sum("supply_days").over(of_person).cast("double"),
                "of_drug": F.count("*").over(Window.partitionBy(*PAIR, "drug")),
                "nth": F.row_number().over(by_day),
            }
        )
    )


def _is_all_the_same(of_pair: WindowSpec) -> Column:
    purchases = F.col("purchases")
    common = F.count_if("is_common").over(of_pair)
    people = F.count_if(F.col("nth") == 1).over(of_pair)
    return (purchases >= LEAST) & (common >= ALL * purchases) & (purchases >= 2 * people)


def _is_all_beside(of_pair: WindowSpec) -> Column:
    purchases = F.col("purchases")
    beside = F.count_if("is_beside").over(of_pair)
    return (purchases >= LEAST) & (beside >= CLOSE * purchases)


def _is_often() -> Column:
    gaps = F.col("days") - 1
    lasted = F.col("supply") * gaps / F.col("days")  # all but the last time's
    is_early = F.coalesce(lasted >= F.col("span") * EARLY, F.lit(True))
    return (F.col("days") >= AGAIN) & (F.col("span") < gaps * GAP_DAYS) & is_early


def _are(mark: str, window: WindowSpec, least: int) -> Column:
    """Whether so many different people of the window have the mark."""
    people = F.collect_set(F.when(F.col(mark), F.col("person_key"))).over(window)
    return F.size(people) >= least


def _pairs(purchase: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """One row a prescriber, pharmacy, `view` and pattern; months are counted, then seen."""
    of_pair = ["prescriber", "fixmedins_code"]
    of_month = purchase.groupBy("month", *of_pair).agg(
        F.min("home_code").alias("home_code"),
        F.min("area").alias("area"),
        F.count("*").alias("purchases"),
        F.count_if("is_named").alias("named"),
    )
    persons = persons_seen_by(purchase, of_pair, months, back=BACK)
    return (
        seen_by(of_month, months, back=BACK)
        .groupBy(*PAIR)
        .agg(
            F.min("home_code").alias("home_code"),
            F.min("area").alias("area"),
            F.sum("purchases").cast("int").alias("purchases"),
            F.sum("named").cast("int").alias("named"),
        )
        .join(persons.withColumn("persons", F.col("persons").cast("int")), on=PAIR, how="inner")
        .withColumn("pattern", F.explode(F.array(*map(F.lit, PATTERNS))))
    )


def _circles(purchase: DataFrame) -> DataFrame:
    """What each circle fetched, by pair and pattern; of purchases of some circle."""
    patterns = F.array(*(F.struct(*_circle(name)) for name in PATTERNS)).alias("patterns")
    return purchase.groupBy(*PAIR).agg(patterns).select(*PAIR, F.inline("patterns"))


def _circle(pattern: str) -> tuple[Column, ...]:
    """What one pattern's circle fetched; `now` counts what it did in that very month."""
    circle = F.col(f"is_{pattern}")

    def of_circle(name: str) -> Column:
        return F.array_sort(F.collect_set(F.when(circle, F.col(name))))

    def share(name: str) -> Column:
        people = F.size(F.collect_set(F.when(circle, F.col("person_key"))))
        here, everywhere = (
            F.coalesce(F.avg(F.when(circle, F.col(f"{name}_{of}"))), F.lit(0.0)) * people
            for of in ("here", "all")
        )
        return rate(here, everywhere)

    return (
        F.lit(pattern).alias("pattern"),
        _count(circle).alias("circle"),
        _count(circle & (month_number() == F.col(VIEW))).alias("now"),
        _count(F.col(f"{pattern}_close")).alias("circle_close"),
        _count(circle & F.col("visit_id").isNotNull()).alias("circle_seen"),
        _count(circle & (F.col("cash_fen") == 0)).alias("circle_cashless"),
        F.size(of_circle("person_key")).alias("circle_persons"),
        F.size(of_circle("phone")).alias("circle_phones"),
        F.size(of_circle("day")).alias("circle_days"),
        as_decimal(_count(circle) * share("person")).alias("person_expected"),
        as_decimal(_sum_of_shares(circle)).alias("drug_expected"),
        *(F.sum(F.when(circle, F.col(name)).otherwise(0)).alias(name) for name in MONEY),
        F.min(F.when(circle, F.col("day"))).alias("first_on"),
        F.max(F.when(circle, F.col("day"))).alias("last_on"),
        of_circle("drug").alias("drugs"),
        of_circle("person_key").alias("person_keys"),
        of_circle("setl_id").alias("setl_ids"),
        of_circle("named_by").alias("bkkp_sns"),
        of_circle("visit_id").alias("mdtrt_ids"),
    )


def _count(condition: Column) -> Column:
    return F.count_if(condition).cast("int")


def _sum_of_shares(circle: Column) -> Column:
    """Of the circle's purchases, how many others of the same drug in the area would have here."""
    share = rate(F.col("drug_here"), F.col("drug_all"))
    return F.sum(F.when(circle, share.cast("decimal(20,6)")).otherwise(0))
