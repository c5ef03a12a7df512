"""What money is in question: excess only, no line twice in a case, whole fen per settlement.

The interval is stated, and calibrated on made-up data alone until verdicts exist
(docs/decisions/054): the low end keeps of each claim the part its finder is sure of (`sure`
percent); the high end is what the whole case may come to, so many times the amount as its scheme
says (`beyond`), for a clue seldom shows all of a case.
"""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

MONEY: Final = ("amount_fen", "acct_fen", "low_fen")
CARRIED: Final = (
    *("setl_time", "setl_ids", "fix_blng_admdvs", "fixmedins_code", "psn_key", "insu_admdvs"),
    *("hi_paymtd", "inscp_amt_fen", "fund_pay_sumamt_fen", "acct_pay_fen"),
)


def shares(claim: DataFrame, settlement_net: DataFrame) -> DataFrame:
    """One row a case and settlement, with MONEY.

    A settlement claimed whole gives all its money; else the excess of its lines × money / inscp,
    half up to fen, at most the money. A line claimed by several finders counts once, at its most.
    """
    standing = settlement_net.where("not is_void").select("setl_id", *CARRIED)
    priced = _claimed(claim).join(standing, on="setl_id", how="inner")
    with_amount = priced.withColumn("amount_fen", _share("excess_fen", "fund_pay_sumamt_fen"))
    low = F.when(F.col("is_whole"), F.expr("amount_fen * sure div 100")).otherwise(
        F.least("amount_fen", _share("sure_fen", "fund_pay_sumamt_fen"))
    )
    return with_amount.withColumns(
        {"acct_fen": _share("excess_fen", "acct_pay_fen"), "low_fen": low}
    )


def _claimed(claim: DataFrame) -> DataFrame:
    """One row a case and settlement: the excess claimed of its lines, each at its most."""
    line = claim.groupBy("case", "setl_id", "bkkp_sn").agg(
        F.max("is_whole").alias("is_whole"),
        F.greatest(F.max("inscp_fen"), F.lit(0)).alias("excess_fen"),
        F.greatest(F.max(F.expr("inscp_fen * sure div 100")), F.lit(0)).alias("sure_fen"),
        F.max("sure").alias("sure"),
    )
    return line.groupBy("case", "setl_id").agg(
        F.max("is_whole").alias("is_whole"),
        F.sum("excess_fen").alias("excess_fen"),
        F.sum("sure_fen").alias("sure_fen"),
        F.max(F.when(F.col("is_whole"), F.col("sure"))).alias("sure"),
    )


def _share(excess: str, money: str) -> Column:
    """The part of the settlement's `money` that falls on the excess [fen], exact, half up."""
    part = F.expr(
        f"(cast({excess} as decimal(18,0)) * cast({money} as decimal(18,0)) * 2"
        " + cast(inscp_amt_fen as decimal(18,0)))"
        " div (2 * cast(nullif(inscp_amt_fen, 0) as decimal(18,0)))"
    )
    paid = F.greatest(F.col(money), F.lit(0))
    whole_or_part = F.when(F.col("is_whole"), paid).otherwise(F.coalesce(part, F.lit(0)))
    return F.greatest(F.least(whole_or_part, paid), F.lit(0)).cast("bigint")
