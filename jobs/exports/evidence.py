"""The evidence rows of the clue list with the few cells a supervisor reads, for the workbook."""

from __future__ import annotations

from functools import reduce
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.silver import FEE_LINE, INSTITUTION, SETTLEMENT, VISIT
from jobs.clues.proof import key_of

SHOWN: Final = 200  # rows of a clue in the workbook; clues.parquet has all
CELLS: Final = ("place", "happened", "what", "quantity", "yuan")


def shown_evidence(lake: Lake, clues: pa.Table) -> list[dict[str, Any]]:
    """Up to SHOWN rows a clue, in rank order: rank, table, key, CELLS, place_name.

    Lines and settlements are read as of the version the clue cites.
    """
    listed = [
        (clue["rank"], n, row["table"], row["version"], row["key"])
        for clue in clues.select(["rank", "evidence"]).to_pylist()
        for n, row in enumerate(clue["evidence"][:SHOWN])
    ]
    ddl = "rank int, n int, `table` string, version bigint, key string"
    rows = lake.spark.createDataFrame(listed, ddl)
    known = [
        _described(lake, rows, table, version)
        for table, version in sorted(
            {(t, v) for _, _, t, v, _ in listed if t in DESCRIBED}, key=str
        )
    ]
    if not known:
        return [dict(zip(("rank", "n", "table", "version", "key"), r, strict=True)) for r in listed]
    cells = reduce(DataFrame.unionByName, known)
    names = lake.read(INSTITUTION).select(
        F.col("fixmedins_code").alias("place"), F.col("fixmedins_name").alias("place_name")
    )
    told = rows.join(cells, on=["table", "version", "key"], how="left").join(
        F.broadcast(names), on="place", how="left"
    )
    found: list[dict[str, Any]] = told.orderBy("rank", "n").toArrow().to_pylist()
    return found


def _described(lake: Lake, rows: DataFrame, table: str, version: int) -> DataFrame:
    declared = DESCRIBED[table]
    same = (F.col("table") == table) & (F.col("version") == version)
    keys = rows.where(same).select("key").distinct()
    return (
        lake.read(declared, version=version)
        .withColumn("key", key_of(declared))
        .join(F.broadcast(keys), on="key", how="inner")
        .select(
            F.lit(table).alias("table"),
            F.lit(version).cast("bigint").alias("version"),
            "key",
            *(cell.alias(name) for name, cell in zip(CELLS, _cells(declared), strict=True)),
        )
    )


def _cells(table: Table) -> tuple[Column, ...]:
    nothing = F.lit(None).cast("string")
    no_number = F.lit(None).cast("double")
    if table is FEE_LINE:
        return (
            F.col("fixmedins_code"),
            _time("fee_ocur_time"),
            F.concat_ws(" ", "hilist_code", "hilist_name"),
            F.col("cnt").cast("double"),
            F.col("det_item_fee_sumamt_fen") / 100,
        )
    if table is SETTLEMENT:
        stay = F.concat_ws(
            " 至 ", F.col("begndate").cast("string"), F.col("enddate").cast("string")
        )
        fund = F.col("fund_pay_sumamt_fen") / 100
        return F.col("fixmedins_code"), _time("setl_time"), stay, no_number, fund
    if table is VISIT:
        what = F.concat_ws(" ", "dscg_maindiag_code", "adm_dept_codg", "adm_bed")
        return F.col("fixmedins_code"), _time("begntime"), what, no_number, no_number
    return (nothing,) * 3 + (no_number,) * 2


def _time(name: str) -> Column:
    return F.date_format(name, "yyyy-MM-dd HH:mm")


DESCRIBED: Final[dict[str, Table]] = {t.name: t for t in (FEE_LINE, SETTLEMENT, VISIT)}
