"""What must have arrived in gold, by month, and what may wait outside it for a named reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import MONTH
from fundwatch.tables.gold import CHARGE_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.silver import FEE_LINE, SETTLEMENT_NET
from jobs.facts.charges import LINE_MONTHS
from jobs.facts.months import month_number
from jobs.ingest.sums import Identity, by_month, total

# Money of a settlement → what gold calls it.
IN_GOLD: Final = {
    "medfee_sumamt_fen": "medfee_fen",
    "inscp_amt_fen": "inscp_fen",
    "fund_pay_sumamt_fen": "fund_fen",
    "acct_pay_fen": "acct_fen",
    "cash_payamt_fen": "cash_fen",
}


def nets_in_gold(lake: Lake) -> Iterable[Identity]:
    """Standing nets by the month of the visit or stay that holds them, else by their own.

    Two kinds of settlement of a stay are in no fact yet and count as superseded: mid settlements
    while it is open, and what is settled after the month that closed it.
    """
    visits, stays = lake.read(VISIT_FACT), lake.read(STAY_FACT)
    gold_names = list(IN_GOLD.values())
    facts = visits.select(MONTH, *gold_names).unionByName(stays.select(MONTH, *gold_names))
    gold = facts.groupBy(MONTH).agg(*(total(of).alias(name) for name, of in IN_GOLD.items()))
    held = visits.select("setl_id", MONTH).unionByName(
        stays.select(F.explode("setl_ids").alias("setl_id"), MONTH)
    )
    nets = lake.read(SETTLEMENT_NET).where("not is_void").withColumnRenamed(MONTH, "settled_in")
    closed = stays.groupBy("mdtrt_id").agg(F.min(MONTH).alias("closed_in"))
    is_held = F.col(MONTH).isNotNull()
    is_later = F.coalesce(F.col("settled_in") > F.col("closed_in"), F.lit(False))
    is_mid = F.coalesce(F.col("mid_setl_flag") == "1", F.lit(False))
    placed = (
        nets.join(held, on="setl_id", how="left")
        .join(closed, on="mdtrt_id", how="left")
        .withColumn("waits", ~is_held & (is_mid | is_later))
        .withColumn(MONTH, F.coalesce(MONTH, "settled_in"))
    )
    yield from _in_gold("setl_d", IN_GOLD, by_month(gold), placed)


def lines_in_gold(lake: Lake) -> Iterable[Identity]:
    """Lines of standing settlements by their case's month against the charges of that month.

    Lines of another visit than their settlement's, or dated too far from it to be looked for
    (LINE_MONTHS), are no charges: they count as superseded.
    """
    names = {"det_item_fee_sumamt_fen": "det_fen", "inscp_amt_fen": "inscp_fen"}
    charges = lake.read(CHARGE_FACT).groupBy(MONTH)
    gold = charges.agg(*(total(of).alias(name) for name, of in names.items()))
    nets = lake.read(SETTLEMENT_NET).where("not is_void")
    cases = nets.select(F.explode("setl_ids").alias("setl_id"), "mdtrt_id", MONTH)
    lines = lake.read(FEE_LINE).select(
        "setl_id", F.col("mdtrt_id").alias("of_visit"), F.col(MONTH).alias("charged_in"), *names
    )
    before, after = LINE_MONTHS
    age = month_number() - month_number("charged_in")
    is_own = (F.col("of_visit") == F.col("mdtrt_id")) & age.between(-after, before)
    placed = lines.join(cases, on="setl_id", how="inner").withColumn(
        "waits", ~F.coalesce(is_own, F.lit(False))
    )
    yield from _in_gold("fee_list_d", names, by_month(gold), placed)


def _in_gold(
    table: str, names: Mapping[str, str], gold: Mapping[str, Mapping[str, int]], placed: DataFrame
) -> Iterable[Identity]:
    """What came, by month: what must be in gold, and what `waits` outside it."""
    sums = (
        column
        for name in names
        for column in (
            total(name).alias(name),
            F.coalesce(F.sum(F.when(F.col("waits"), F.col(name))), F.lit(0)).alias(f"{name}|waits"),
        )
    )
    came = by_month(placed.groupBy(MONTH).agg(*sums))
    for month in sorted({*gold, *came}):
        own = came.get(month, {})
        for name in names:
            came_fen, waits = own.get(name, 0), own.get(f"{name}|waits", 0)
            yield {
                "table": table,
                "identity": f"gold {name}",
                "month": month,
                "delivered": came_fen,
                "current": came_fen - waits,
                "superseded": waits,
                "quarantined": 0,
                "gold": gold.get(month, {}).get(name, 0),
            }
