"""Nothing lost, nothing twice: rows and money of every layer against the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.errors import ReconciliationError
from fundwatch.lake import Lake
from fundwatch.schema import MONTH
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.gold import CHARGE_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.landing import LANDING, LandingTable
from fundwatch.tables.ops import INTAKE, RECONCILIATION
from fundwatch.tables.silver import FEE_LINE, NETTED, SETTLEMENT, SETTLEMENT_NET
from jobs.facts.charges import LINE_MONTHS
from jobs.facts.months import month_number
from jobs.ingest.settle import CREATED

ROWS: Final = "rows"
# Money of a settlement → what gold calls it.
IN_GOLD: Final = {
    "medfee_sumamt_fen": "medfee_fen",
    "inscp_amt_fen": "inscp_fen",
    "fund_pay_sumamt_fen": "fund_fen",
    "acct_pay_fen": "acct_fen",
    "cash_payamt_fen": "cash_fen",
}
Identity = dict[str, Any]


def reconcile_ingest(lake: Lake, run_id: str) -> list[Identity]:
    """Files = silver + superseded + quarantined in rows and money; settlements = their nets.

    Returns the rows it appends to ops.reconciliation. Raises ReconciliationError, after writing
    them, naming the first identity that does not hold.
    """
    return _settled(lake, run_id, [*_from_files(lake), *_from_settlements(lake)])


def reconcile_gold(lake: Lake, run_id: str, before: str = "") -> list[Identity]:
    """Nets = visits and stays, and settled fee lines = charges, in money by month.

    `before` (YYYY-MM) leaves out that month and later ones: they are delivered but not computed.
    Returns the rows it appends to ops.reconciliation. Raises ReconciliationError, after writing
    them, naming the first identity that does not hold.
    """
    found = [*_nets_in_gold(lake), *_lines_in_gold(lake)]
    return _settled(lake, run_id, [row for row in found if not before or row["month"] < before])


def _settled(lake: Lake, run_id: str, found: list[Identity]) -> list[Identity]:
    rows = [{"run_id": run_id, "gold": None, **identity} for identity in found]
    for row in rows:
        kept = row["current"] + row["superseded"] + row["quarantined"]
        row["holds"] = row["delivered"] == kept and row["gold"] in (None, row["current"])
    if rows:
        lake.append(RECONCILIATION, lake.spark.createDataFrame(rows, RECONCILIATION.ddl))
    broken = sorted(_told(row) for row in rows if not row["holds"])
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise ReconciliationError(broken[0] + more)
    return rows


def _told(row: Identity) -> str:
    where = " ".join(part for part in (row["table"], row["identity"], row["month"]) if part)
    gold = "" if row["gold"] is None else f", in gold {row['gold']}"
    return (
        f"{where}: delivered {row['delivered']}, but {row['current']} current"
        f" + {row['superseded']} superseded + {row['quarantined']} quarantined{gold}"
    )


def _from_files(lake: Lake) -> Iterable[Identity]:
    delivered, intake = _delivered(lake), _accounts(lake)
    standing = _standing(lake, [LANDING[name] for name in delivered])
    for table, sums in delivered.items():
        account, stands = intake.get(table, {}), standing.get(table, {})
        for name, total in sums.items():
            superseded, quarantined = account.get(name, (0, 0))
            yield {
                "table": table,
                "identity": name,
                "month": "",
                "delivered": total,
                "current": stands.get(name, 0),
                "superseded": superseded,
                "quarantined": quarantined,
            }


def _delivered(lake: Lake) -> dict[str, dict[str, int]]:
    """Table → rows and the money columns that could be summed in each of its files."""
    found: dict[str, dict[str, int]] = {}
    files = lake.read(DELIVERY).select("table", ROWS, "money_fen").collect()  # a row a file
    for table in {file["table"] for file in files}:
        own = [file for file in files if file["table"] == table]
        summed = set.intersection(*(set(file["money_fen"]) for file in own))
        found[table] = {ROWS: sum(file[ROWS] for file in own)} | {
            name: sum(file["money_fen"][name] for file in own) for name in sorted(summed)
        }
    return dict(sorted(found.items()))


def _accounts(lake: Lake) -> dict[str, dict[str, tuple[int, int]]]:
    """Table → rows and money columns → superseded, quarantined, over all intakes."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in lake.read(INTAKE).collect():  # a row a table and intake
        own = found.setdefault(row["table"], {})
        told = {ROWS: (row["superseded"], row["quarantined"])} | {
            name: (fen, row["quarantined_fen"][name]) for name, fen in row["superseded_fen"].items()
        }
        for name, (over, out) in told.items():
            before = own.get(name, (0, 0))
            own[name] = (before[0] + over, before[1] + out)
    return found


def _standing(lake: Lake, tables: list[LandingTable]) -> dict[str, dict[str, int]]:
    """Table → rows and money as silver holds them."""
    there = [table for table in tables if lake.version(table.silver) > CREATED]
    frames = [
        lake.read(table.silver).agg(
            F.lit(table.name).alias("table"),
            F.map_from_arrays(
                F.array(F.lit(ROWS), *map(F.lit, table.money)),
                F.array(F.count("*"), *(_total(table[n].silver) for n in table.money)),
            ).alias("sums"),
        )
        for table in there
    ]
    rows = reduce(DataFrame.unionByName, frames).collect() if frames else []  # a row a table
    return {row["table"]: dict(row["sums"]) for row in rows}


def _from_settlements(lake: Lake) -> Iterable[Identity]:
    """Settlements by the month of their case against the nets of that month."""
    if lake.version(SETTLEMENT) <= CREATED:
        return
    nets = lake.read(SETTLEMENT_NET)
    cases = nets.select(F.explode("setl_ids").alias("setl_id"), MONTH)
    own = lake.read(SETTLEMENT).select("setl_id", *NETTED)
    rows = own.join(cases, on="setl_id", how="left").groupBy(MONTH)
    came = _by_month(rows.agg(*(_total(name).alias(name) for name in NETTED)))
    kept = _by_month(_nets(nets.where("not is_void")))
    void = _by_month(_nets(nets.where("is_void")))
    for month in sorted({*came, *kept, *void}):
        for name in NETTED:
            yield {
                "table": "setl_d",
                "identity": f"net {name}",
                "month": month,
                "delivered": came.get(month, {}).get(name, 0),
                "current": kept.get(month, {}).get(name, 0),
                "superseded": void.get(month, {}).get(name, 0),
                "quarantined": 0,
            }


def _nets(rows: DataFrame) -> DataFrame:
    return rows.groupBy(MONTH).agg(*(_total(name).alias(name) for name in NETTED))


def _nets_in_gold(lake: Lake) -> Iterable[Identity]:
    """Standing nets by the month of the visit or stay that holds them, else by their own.

    Two kinds of settlement of a stay are in no fact yet and count as superseded: mid settlements
    while it is open, and what is settled after the month that closed it.
    """
    visits, stays = lake.read(VISIT_FACT), lake.read(STAY_FACT)
    gold_names = list(IN_GOLD.values())
    facts = visits.select(MONTH, *gold_names).unionByName(stays.select(MONTH, *gold_names))
    gold = facts.groupBy(MONTH).agg(*(_total(of).alias(name) for name, of in IN_GOLD.items()))
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
    yield from _in_gold("setl_d", IN_GOLD, _by_month(gold), placed)


def _lines_in_gold(lake: Lake) -> Iterable[Identity]:
    """Lines of standing settlements by their case's month against the charges of that month.

    Lines of another visit than their settlement's, or dated too far from it to be looked for
    (LINE_MONTHS), are no charges: they count as superseded.
    """
    names = {"det_item_fee_sumamt_fen": "det_fen", "inscp_amt_fen": "inscp_fen"}
    charges = lake.read(CHARGE_FACT).groupBy(MONTH)
    gold = charges.agg(*(_total(of).alias(name) for name, of in names.items()))
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
    yield from _in_gold("fee_list_d", names, _by_month(gold), placed)


def _in_gold(
    table: str, names: Mapping[str, str], gold: Mapping[str, Mapping[str, int]], placed: DataFrame
) -> Iterable[Identity]:
    """What came, by month: what must be in gold, and what `waits` outside it."""
    sums = (
        column
        for name in names
        for column in (
            _total(name).alias(name),
            F.coalesce(F.sum(F.when(F.col("waits"), F.col(name))), F.lit(0)).alias(f"{name}|waits"),
        )
    )
    came = _by_month(placed.groupBy(MONTH).agg(*sums))
    for month in sorted({*gold, *came}):
        own = came.get(month, {})
        for name in names:
            total, waits = own.get(name, 0), own.get(f"{name}|waits", 0)
            yield {
                "table": table,
                "identity": f"gold {name}",
                "month": month,
                "delivered": total,
                "current": total - waits,
                "superseded": waits,
                "quarantined": 0,
                "gold": gold.get(month, {}).get(name, 0),
            }


def _total(name: str) -> Column:
    return F.coalesce(F.sum(name), F.lit(0))


def _by_month(rows: DataFrame) -> dict[str, dict[str, int]]:
    """Month → sums; rows that found no month stand under 'none'."""
    return {row[MONTH] or "none": row.asDict() for row in rows.collect()}  # a row a month
