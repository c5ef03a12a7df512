"""Error or fraud: findings that a mistake in a register explains better than any wrongdoing."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import CONTEXT, LAST
from jobs.facts.people import deaths

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
    one = F.get("person_keys", 0)
    marked = finding.withColumn("person_key", one).join(alive, on="person_key", how="left")
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
    """(person_key, places): where each of the registered dead was treated after it [count]."""
    number = ["insu_admdvs", "psn_key"]
    died = deaths(person, insured).select("person_key", "died_on")
    numbers = person.select(*number, "person_key").join(died, on="person_key", how="inner")
    return (
        settlement_net.where("NOT is_void")
        .select(*number, "begndate", "fixmedins_code")
        .join(F.broadcast(numbers), on=number, how="inner")
        .where("begndate > died_on")
        .groupBy("person_key")
        .agg(F.count_distinct("fixmedins_code").cast("int").alias("places"))
    )
