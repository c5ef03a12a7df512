"""Every delivered row against silver, one by one: what `fundwatch doctor` re-checks of a lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import MONTH
from fundwatch.tables.landing import LANDING, LandingTable
from fundwatch.tables.ops import DIFFERENCE
from fundwatch.tables.silver import FEE_LINE, SETTLEMENT_NET
from jobs.ingest import typed
from jobs.ingest.editions import from_files
from jobs.ingest.journal import Names, former_files
from jobs.ingest.settle import CREATED, OF_A_FILE
from jobs.ingest.standing import ROWS
from jobs.ingest.sums import Identity, by_month, total

SIDES: Final = ("delivered", "current", "superseded", "quarantined")

# Of a row that no file brought the month cannot be another than it came in.
IN_PLACE: Final = f"came_in <=> stands_in or b_{ROWS} is null"


def recounted(lake: Lake) -> Iterator[Identity]:
    """Rows and money of every table by batch and month, each row sought at its place in its file.

    A row of silver that no file brought, one that stands though it was refused, one in another
    month or with other money than delivered breaks it. Costs a join of bronze and silver a table.
    """
    former = former_files(lake)
    for table in LANDING.values():
        if lake.version(table.bronze) > CREATED:
            yield from _recounted(lake, table, former.get(table.name, frozenset()))


def _recounted(lake: Lake, table: LandingTable, gone: Names) -> Iterable[Identity]:
    places = list(OF_A_FILE)
    both = _came(lake, table, gone).join(_stands(lake, table), on=places, how="full")
    month = F.coalesce("came_in", F.lit("none"))
    kinds = {"superseded": "is_good and s_rows is null", "quarantined": "is_refused"}
    sums = [
        column
        for name in (ROWS, *table.money)
        for column in (
            total(f"b_{name}").alias(f"{name}|delivered"),
            _sum(f"s_{name}", IN_PLACE).alias(f"{name}|current"),
            *(_sum(f"b_{name}", when).alias(f"{name}|{kind}") for kind, when in kinds.items()),
        )
    ]
    told = both.groupBy("batch", month.alias(MONTH)).agg(*sums).collect()  # one a batch and month
    for row in sorted(told, key=lambda row: (row["batch"], row[MONTH])):
        for name in (ROWS, *table.money):
            yield {
                "table": table.name,
                "identity": f"recount {name}",
                "batch": row["batch"],
                "month": row[MONTH],
                **{side: row[f"{name}|{side}"] for side in SIDES},
            }


def _came(lake: Lake, table: LandingTable, gone: Names) -> DataFrame:
    """Rows of bronze: refused ones wait unless their file came again corrected."""
    is_gone = F.expr(from_files(gone)) if gone else F.lit(False)
    is_bad = F.col("faults").isNotNull()
    money = [F.expr(_read(table, name)).alias(f"b_{name}") for name in table.money]
    month = F.expr(typed.month(table)) if table.period else F.lit("")
    return lake.read(table.bronze).select(
        *OF_A_FILE,
        month.alias("came_in"),
        (is_bad & ~is_gone).alias("is_refused"),
        (~is_bad | is_gone).alias("is_good"),
        F.lit(1).alias(f"b_{ROWS}"),
        *money,
    )


def _read(table: LandingTable, name: str) -> str:
    """Money as delivered; the cells of a torn record may stand under wrong names."""
    return f"if(torn is null, {typed.typed(table[name])}, null)"


def _stands(lake: Lake, table: LandingTable) -> DataFrame:
    month = F.col(MONTH) if table.period else F.lit("")
    money = [F.col(table[name].silver).alias(f"s_{name}") for name in table.money]
    rows = lake.read(table.silver)
    return rows.select(*OF_A_FILE, month.alias("stands_in"), F.lit(1).alias(f"s_{ROWS}"), *money)


def _sum(name: str, when: str) -> Column:
    return F.coalesce(F.sum(F.when(F.expr(when), F.col(name))), F.lit(0))


def lines_of_cases(lake: Lake, run_id: str) -> list[Identity]:
    """Standing cases by month: those whose fee lines sum to them, and those that differ.

    Differing ones, cases without any line among them, count as superseded and are listed in
    ops.difference. Costs a sum over the fee lines.
    """
    told = _cases(lake).withColumn("run_id", F.lit(run_id)).select(list(DIFFERENCE.names))
    lake.append(DIFFERENCE, told.where("medfee_fen <> lines_fen"))
    sums = by_month(
        told.groupBy(MONTH).agg(
            total("medfee_fen").alias("delivered"),
            _sum("lines_fen", "medfee_fen = lines_fen").alias("current"),
            _sum("medfee_fen", "medfee_fen <> lines_fen").alias("superseded"),
        )
    )
    return [
        {
            "table": "setl_d",
            "identity": "lines medfee_sumamt_fen",
            "month": month,
            **{side: sums[month].get(side, 0) for side in SIDES},
        }
        for month in sorted(sums)
    ]


def _cases(lake: Lake) -> DataFrame:
    """Standing cases beside the sum of the lines of all their settlements."""
    nets = lake.read(SETTLEMENT_NET).where("not is_void")
    cases = nets.select(F.explode("setl_ids").alias("of_setl"), "setl_id")
    lines = lake.read(FEE_LINE).groupBy(F.col("setl_id").alias("of_setl"))
    of_setl = lines.agg(F.sum("det_item_fee_sumamt_fen").alias("fen"), F.count("*").alias("n"))
    of_case = (
        of_setl.join(cases, on="of_setl", how="inner")
        .groupBy("setl_id")
        .agg(F.sum("fen").alias("fen"), F.sum("n").alias("n"))
    )
    return nets.join(of_case, on="setl_id", how="left").select(
        "setl_id",
        MONTH,
        "fixmedins_code",
        F.col("medfee_sumamt_fen").alias("medfee_fen"),
        F.coalesce("fen", F.lit(0)).alias("lines_fen"),
        F.coalesce("n", F.lit(0)).alias("lines"),
    )
