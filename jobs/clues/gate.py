"""Error or fraud: findings that a mistake in a register explains better than any wrongdoing."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import CONTEXT, LAST

DEATH: Final = "post_death"
LIVES_AT: Final = 3  # places: the dead whose cards are kept are seen at one or two


def gated(
    finding: DataFrame, settlement_net: DataFrame, insured: DataFrame, person: DataFrame
) -> DataFrame:
    """Findings; those on somebody who outlived the registered death are errors of data.

    Who is seen at LIVES_AT places or more after the day of death is alive, or somebody else died:
    whoever keeps a dead person's card uses it where he is. The claim is let go, the rows are told.
    """
    alive = F.broadcast(_alive(settlement_net, insured, person))
    marked = finding.withColumn("who", F.get("person_keys", 0)).join(alive, on="who", how="left")
    is_error = (
        (F.col("scheme") == DEATH)
        & (F.size("person_keys") == 1)
        & F.coalesce(F.col("places") >= LIVES_AT, F.lit(False))
    )
    told = F.concat(
        "says",
        F.format_string(
            ";此后本人在 %d 家机构就医购药,死亡登记疑有误(同名、录错),先核对登记", F.col("places")
        ),
    )
    no_lines = F.array().cast(finding.schema["lines"].dataType)
    instead = {
        "scheme": F.lit(LAST),
        "grade": F.lit(CONTEXT),
        "is_whole": F.lit(False),
        "lines": no_lines,
        "says": told,
    }
    return marked.withColumns(
        {name: F.when(is_error, value).otherwise(F.col(name)) for name, value in instead.items()}
    ).select(*finding.columns)


def _alive(settlement_net: DataFrame, insured: DataFrame, person: DataFrame) -> DataFrame:
    """(who, places): where each of the registered dead was treated after that day [count]."""
    number = ["insu_admdvs", "psn_key"]
    dead = insured.where("death_date IS NOT NULL").select(*number, "death_date")
    who = person.select(*number, F.col("person_key").alias("who"))
    died = (
        dead.join(who, on=number, how="inner")
        .groupBy("who")
        .agg(F.min("death_date").alias("died_on"))
    )
    seen = settlement_net.where("NOT is_void").select(*number, "begndate", "fixmedins_code")
    return (
        seen.join(who, on=number, how="inner")
        .join(F.broadcast(died), on="who", how="inner")
        .where("begndate > died_on")
        .groupBy("who")
        .agg(F.count_distinct("fixmedins_code").cast("int").alias("places"))
    )
