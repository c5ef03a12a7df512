"""The evidence rows of the clue list with the few cells a supervisor reads, for the workbook."""

from __future__ import annotations

from functools import reduce
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.silver import (
    CHRONIC_REGISTRATION,
    FEE_LINE,
    INSTITUTION,
    INVOICE,
    SETTLEMENT,
    STOCK_MOVEMENT,
    TRACE_SCAN,
    VISIT,
)
from jobs.clues.proof import key_of

SHOWN: Final = 200  # rows of a clue in the workbook; clues.parquet has all
CELLS: Final = ("place", "happened", "what", "quantity", "yuan")
NO_NUMBER: Final = "cast(null as double)"
MINUTE: Final = "date_format({0}, 'yyyy-MM-dd HH:mm')"
# Table → its CELLS as Spark SQL; of other tables only the key is shown.
SAID: Final[dict[Table, tuple[str, str, str, str, str]]] = {
    FEE_LINE: (
        "fixmedins_code",
        MINUTE.format("fee_ocur_time"),
        "concat_ws(' ', hilist_code, hilist_name)",
        "cast(cnt as double)",
        "det_item_fee_sumamt_fen / 100",
    ),
    SETTLEMENT: (
        "fixmedins_code",
        MINUTE.format("setl_time"),
        "concat_ws(' 至 ', cast(begndate as string), cast(enddate as string))",
        NO_NUMBER,
        "fund_pay_sumamt_fen / 100",
    ),
    VISIT: (
        "fixmedins_code",
        MINUTE.format("begntime"),
        "concat_ws(' ', dscg_maindiag_code, adm_dept_codg, adm_bed)",
        NO_NUMBER,
        NO_NUMBER,
    ),
    TRACE_SCAN: (
        "fixmedins_code",
        MINUTE.format("scan_time"),
        "concat_ws(' ', drug_trac_codg, hilist_code)",
        NO_NUMBER,
        NO_NUMBER,
    ),
    STOCK_MOVEMENT: (
        "fixmedins_code",
        MINUTE.format("txn_time"),
        "hilist_code",
        "cast(qty as double)",
        NO_NUMBER,
    ),
    CHRONIC_REGISTRATION: (
        "ide_fixmedins_no",
        "cast(begndate as string)",
        "concat_ws(' ', opsp_dise_code, concat('认定医师 ', diag_dr_codg))",
        NO_NUMBER,
        NO_NUMBER,
    ),
    INVOICE: (
        "fixmedins_code",
        "cast(issue_date as string)",
        "concat_ws(' ', bill_code, bill_no, concat('红冲 ', cast(red_date as string)))",
        NO_NUMBER,
        "total_amt_fen / 100",
    ),
}
DESCRIBED: Final = {table.name: (table, cells) for table, cells in SAID.items()}


def shown_evidence(lake: Lake, clues: pa.Table) -> list[dict[str, Any]]:
    """Up to SHOWN rows a clue, in rank order: rank, table, key, CELLS, place_name.

    Rows are read as of the version the clue cites.
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
    declared, cells = DESCRIBED[table]
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
            *(F.expr(cell).alias(name) for name, cell in zip(CELLS, cells, strict=True)),
        )
    )
