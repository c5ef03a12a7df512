"""Which clue to check first: fundwatch.clue.in_order, in Spark."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.clue import CONTEXT, LAST, LIKELY, PROVED

MOST: float = 0.97  # no number of findings makes certain before a check
MOST_CONTEXT: float = 0.3


def probability(grade: Column, chances: Column) -> Column:
    """Noisy-or of the finders' chances: each may be right on its own. An uncalibrated prior.

    `chances` is a sorted array, so that the product has one order. Context stays at 0.3.
    """
    none = F.aggregate(chances, F.lit(1.0), lambda left, chance: left * (F.lit(1.0) - chance))
    most = F.when(grade == CONTEXT, F.lit(MOST_CONTEXT)).otherwise(F.lit(MOST))
    return F.round(F.least(F.lit(1.0) - none, most), 4)


def ranked(clue: DataFrame) -> DataFrame:
    """Clues with `rank`, from 1; windows over all of them, for they are few.

    `clue` is read twice: it should be pinned.
    """
    placed = clue.select(
        "clue_id",
        "scheme",
        _is_lead().alias("is_lead"),
        F.array_union("fixmedins_codes", "person_keys").alias("parties"),
        F.row_number().over(Window.orderBy(*_order(F.lit(False)))).alias("place"),
    )
    following = _following(placed.where("is_lead"))
    rank = F.row_number().over(Window.orderBy(*_order(F.coalesce("follows", F.lit(False)))))
    return clue.join(following, on="clue_id", how="left").withColumn("rank", rank).drop("follows")


def _following(lead: DataFrame) -> DataFrame:
    """(clue_id, follows): whether a better lead of the same scheme shares a party with it."""
    of_party = Window.partitionBy("scheme", "party")
    party = lead.select("clue_id", "scheme", "place", F.explode("parties").alias("party"))
    first = party.withColumn("first", F.min("place").over(of_party))
    return first.groupBy("clue_id").agg(F.max(F.col("first") < F.col("place")).alias("follows"))


def _is_lead() -> Column:
    is_likely = (F.col("grade") == PROVED) | (F.col("probability") >= LIKELY)
    return is_likely & (F.col("scheme") != LAST) & (F.col("grade") != CONTEXT)


def _order(follows: Column) -> tuple[Column, ...]:
    fen = F.col("amount_fen") + F.col("acct_fen")
    is_proved = F.col("grade") == PROVED
    chance = F.when(is_proved, 10_000).otherwise(F.round(F.col("probability") * 10_000).cast("int"))
    yuan = fen.cast("decimal(20,0)") * chance / 1_000_000
    band = F.when(yuan < 1, 0).otherwise(F.length(F.floor(yuan).cast("string")))
    return (
        F.col("scheme") == LAST,
        F.col("grade") == CONTEXT,
        ~_is_lead(),
        follows,
        F.desc(band),
        ~is_proved,
        F.desc(F.round(F.col("probability") * F.col("low_fen"), 2)),
        F.col("clue_id"),
    )
