"""The rows a clue rests on, what they contain, and the digest that ties the claim to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import ABSENT, FIELD, ITEM, NULL, PROVENANCE
from fundwatch.schema import Table
from fundwatch.tables.silver import FEE_LINE, SETTLEMENT

ROW: Final = ["table", "key"]
CONTENT_DDL: Final = "`table` string, key string, content string"


def evidence_rows(claimed: DataFrame, claim: DataFrame, share: DataFrame) -> DataFrame:
    """(case, table, key): what the finders show, the lines and the settlements that are claimed.

    A settlement comes with its reversals, for the money in question is net of them.
    """
    shown = claimed.select("case", F.explode("evidence").alias("row")).select("case", "row.*")
    lines = _rows(claim.where("bkkp_sn is not null"), FEE_LINE, F.col("bkkp_sn"))
    settlements = _rows(share, SETTLEMENT, F.explode("setl_ids"))
    return shown.unionByName(lines).unionByName(settlements).distinct()


def _rows(frame: DataFrame, table: Table, key: Column) -> DataFrame:
    return frame.select("case", F.lit(table.name).alias("table"), key.alias("key"))


def contents(evidence: DataFrame, silver: Mapping[Table, DataFrame]) -> DataFrame:
    """(table, key, content) of every evidence row that stands in its silver table.

    The keys are broadcast: they are few beside the lines, which are then digested where they lie.
    """
    wanted = evidence.select(ROW).distinct()
    nothing = evidence.sparkSession.createDataFrame([], CONTENT_DDL)
    parts = (_contents(wanted, table, rows) for table, rows in silver.items())
    return reduce(DataFrame.unionByName, parts, nothing)


def _contents(wanted: DataFrame, table: Table, rows: DataFrame) -> DataFrame:
    keys = wanted.where(F.col("table") == table.name).select("key")
    named = rows.withColumn("key", key_of(table))
    return named.join(F.broadcast(keys), on="key", how="inner").select(
        F.lit(table.name).alias("table"), "key", content_of(table).alias("content")
    )


def key_of(table: Table) -> Column:
    """The key columns of a row, joined with |."""
    return F.concat_ws("|", *(F.col(name).cast("string") for name in table.key))


def content_of(table: Table) -> Column:
    """fundwatch.clue.content_of, in Spark."""
    cells = (
        F.coalesce(F.col(name).cast("string"), F.lit(NULL))
        for name in table.names
        if name not in PROVENANCE
    )
    return F.sha2(F.concat_ws(FIELD, *cells), 256)


def proved(evidence: DataFrame, content: DataFrame, versions: Mapping[str, int]) -> DataFrame:
    """One row a case: `evidence` with versions, sorted, and `contents`, a digest for each."""
    version = F.create_map(*(F.lit(x) for pair in sorted(versions.items()) for x in pair))
    rows = evidence.join(content, on=ROW, how="left").withColumn(
        "content", F.coalesce("content", F.lit(ABSENT))
    )
    of_case = rows.groupBy("case").agg(
        F.array_sort(F.collect_list(F.struct("table", "key", "content"))).alias("rows")
    )
    return of_case.select(
        "case",
        F.transform(
            "rows",
            lambda r: F.struct(
                r["table"].alias("table"),
                F.coalesce(F.try_element_at(version, r["table"]), F.lit(-1))
                .cast("bigint")
                .alias("version"),
                r["key"].alias("key"),
            ),
        ).alias("evidence"),
        F.transform("rows", lambda r: r["content"]).alias("contents"),
    )


def proof() -> Column:
    """fundwatch.clue.proof, in Spark, of a row with the claim, `evidence` and `contents`."""
    rows = F.zip_with(
        "evidence",
        "contents",
        lambda row, content: F.concat_ws("|", row["table"], row["key"], content),
    )
    return F.sha2(
        F.concat_ws(
            FIELD,
            "scheme",
            F.array_join("setl_ids", ITEM),
            *(
                F.col(name).cast("decimal(18,2)").cast("string")
                for name in ("amount", "amount_acct", "amount_low", "amount_high")
            ),
            F.array_join("says", ITEM),
            F.array_join(rows, ITEM),
        ),
        256,
    )
