"""Nothing lost, nothing twice: rows and money of every layer against the one before it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.errors import ReconciliationError
from fundwatch.flow import Read
from fundwatch.lake import Lake
from fundwatch.ledger import Ledger
from fundwatch.schema import MONTH
from fundwatch.tables.bronze import DELIVERY
from fundwatch.tables.gold import CHARGE_FACT, STAY_FACT, VISIT_FACT
from fundwatch.tables.landing import LANDING
from fundwatch.tables.ops import INTAKE, RECONCILIATION
from fundwatch.tables.silver import (
    FEE_LINE,
    NETTED,
    SETTLEMENT,
    SETTLEMENT_NET,
    WAITING_REVERSAL,
)
from jobs.ingest.arrival import lines_in_gold, nets_in_gold
from jobs.ingest.recount import lines_of_cases, recounted
from jobs.ingest.settle import CREATED
from jobs.ingest.standing import ROWS, Standing, in_all, of_batches, standing
from jobs.ingest.sums import Identity, by_month, total

CHECKS: Final = ("ingest", "recheck")  # entries of the run log that say whether silver reconciles
IN_GOLD_BY: Final = ("charges", "visits", "stays")  # steps that bring what reconcile_gold asks for
# What reconcile_gold reads.
RECONCILED: Final = tuple(map(Read, (SETTLEMENT_NET, FEE_LINE, CHARGE_FACT, STAY_FACT, VISIT_FACT)))


def reconcile_ingest(lake: Lake, run_id: str) -> list[Identity]:
    """Files = silver + superseded + quarantined in rows and money; settlements = their nets.

    Returns the rows it appends to ops.reconciliation. Raises ReconciliationError, after writing
    them, naming the first identity that does not hold.
    """
    stands = standing(lake, LANDING.values())
    found = [*_from_files(lake, stands), *of_batches(lake, stands), *_from_settlements(lake)]
    return _settled(lake, run_id, found)


def reconcile_lake(lake: Lake, run_id: str) -> list[Identity]:
    """The same, then every row and its money by batch and month, and lines of settlements.

    Costs a join of bronze and silver a table. Returns and raises as reconcile_ingest does.
    """
    reconcile_ingest(lake, run_id)
    return _settled(lake, run_id, [*recounted(lake), *lines_of_cases(lake, run_id)])


def reconcile_gold(
    lake: Lake, run_id: str, before: str = "", months: Container[str] | None = None
) -> list[Identity]:
    """Nets = visits and stays, and settled fee lines = charges, in money by month.

    `before` (YYYY-MM) leaves out that month and later ones: they are delivered but not computed.
    `months` are those that are looked at; None: all. Returns the rows it appends to
    ops.reconciliation. Raises ReconciliationError, after writing them, naming the first identity
    that does not hold.
    """
    found = [*nets_in_gold(lake), *lines_in_gold(lake)]
    looked = (row for row in found if months is None or row["month"] in months)
    return _settled(lake, run_id, [row for row in looked if not before or row["month"] < before])


def refuse_broken(lake: Lake) -> None:
    """Raises ReconciliationError where the last check of silver found a broken identity.

    Gold must not be computed from it; an ingest or a recheck that holds lifts the refusal.
    """
    checks = [run for run in lake.runs() if run["step"] in CHECKS]
    if checks and checks[-1]["outcome"] == "failed":
        raise ReconciliationError(
            f"silver does not reconcile: {checks[-1]['note']}; nothing is computed from it until"
            " fundwatch doctor --lake finds it right"
        )


def computed_months(lake: Lake) -> frozenset[str]:
    """Months of which charges, visits and stays were computed."""
    computed = Ledger.of(lake.runs()).computed
    by_step = ({month for name, month in computed if name == step} for step in IN_GOLD_BY)
    return frozenset(set.intersection(*by_step))


def _settled(lake: Lake, run_id: str, found: list[Identity]) -> list[Identity]:
    rows = [{"run_id": run_id, "batch": "", "gold": None, **identity} for identity in found]
    for row in rows:
        kept = row["current"] + row["superseded"] + row["quarantined"]
        row["holds"] = row["delivered"] == kept and row["gold"] in (None, row["current"])
    if rows:
        lake.append(RECONCILIATION, lake.spark.createDataFrame(rows, RECONCILIATION.ddl))
    broken = [_told(row) for row in rows if not row["holds"]]
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise ReconciliationError(broken[0] + more)
    return rows


def _told(row: Identity) -> str:
    places = (row["table"], row["identity"], row["batch"], row["month"])
    where = " ".join(part for part in places if part)
    gold = "" if row["gold"] is None else f", in gold {row['gold']}"
    return (
        f"{where}: delivered {row['delivered']}, but {row['current']} current"
        f" + {row['superseded']} superseded + {row['quarantined']} quarantined{gold}"
    )


def _from_files(lake: Lake, stands: Standing) -> Iterable[Identity]:
    delivered, intake = _delivered(lake), _accounts(lake)
    for table, sums in delivered.items():
        account, current = intake.get(table, {}), in_all(stands.get(table, {}))
        for name, value in sums.items():
            superseded, quarantined = account.get(name, (0, 0))
            yield {
                "table": table,
                "identity": name,
                "month": "",
                "delivered": value,
                "current": current[name],
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


def _from_settlements(lake: Lake) -> Iterable[Identity]:
    """Settlements by the month of their case against the nets, and what waits, of that month."""
    if lake.version(SETTLEMENT) <= CREATED:
        return
    nets, waiting = lake.read(SETTLEMENT_NET), lake.read(WAITING_REVERSAL)
    cases = nets.select(F.explode("setl_ids").alias("setl_id"), MONTH).unionByName(
        waiting.select("setl_id", MONTH)
    )
    own = lake.read(SETTLEMENT).select("setl_id", *NETTED)
    rows = own.join(cases, on="setl_id", how="left").groupBy(MONTH)
    came = by_month(rows.agg(*(total(name).alias(name) for name in NETTED)))
    kept = by_month(_nets(nets.where("not is_void")))
    void = by_month(_nets(nets.where("is_void")))
    waits = by_month(_nets(waiting))
    for month in sorted({*came, *kept, *void, *waits}):
        for name in NETTED:
            yield {
                "table": "setl_d",
                "identity": f"net {name}",
                "month": month,
                "delivered": came.get(month, {}).get(name, 0),
                "current": kept.get(month, {}).get(name, 0),
                "superseded": void.get(month, {}).get(name, 0),
                "quarantined": waits.get(month, {}).get(name, 0),
            }


def _nets(rows: DataFrame) -> DataFrame:
    return rows.groupBy(MONTH).agg(*(total(name).alias(name) for name in NETTED))
