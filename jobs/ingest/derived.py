"""Silver beyond the landing tables, kept up with what an intake changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.landing import LANDING
from fundwatch.tables.silver import PERSON, SETTLEMENT, SETTLEMENT_NET
from jobs.ingest import net, person
from jobs.ingest.settle import CREATED, order

NAMING: Final = ("setl_d", "mdtrt_d", "psn_info_b")  # landing tables that say who a number is


def update_derived(lake: Lake, since: Mapping[str, int], received_at: datetime) -> None:
    """Bring settlement_net and person up to date with the changes after the versions in `since`."""
    if lake.version(SETTLEMENT) > since.get("setl_d", lake.version(SETTLEMENT)):
        whole = lake.version(SETTLEMENT_NET) <= CREATED
        rows = lake.read(SETTLEMENT) if whole else _affected(lake, since["setl_d"])
        shaped = net.settlements_net(rows).select(list(SETTLEMENT_NET.names))
        _put(lake, SETTLEMENT_NET, shaped, net.CHANGED, received_at)
    moved = {
        name: since[name]
        for name in NAMING
        if name in since and lake.version(LANDING[name].silver) > since[name]
    }
    if moved:
        _put(lake, PERSON, person.persons(_naming(lake, moved)), person.CHANGED, received_at)


def _put(lake: Lake, table: Table, rows: DataFrame, changed: str, received_at: datetime) -> None:
    if lake.version(table) > CREATED:
        lake.merge(table, rows, when_newer=changed)
    else:
        lake.append(table, rows, app=f"ingest/{table.noun}", txn=order(received_at))


def _affected(lake: Lake, since: int) -> DataFrame:
    """Every settlement of a case that a changed row belongs to, or belonged to."""
    settlement, changes = lake.read(SETTLEMENT), lake.changes(SETTLEMENT, since)
    cases = net.reversing(settlement).select("setl_id", "case")
    moved = changes.select("setl_id").union(
        changes.where(f"not ({net.ORIGINAL})").select("init_setl_id")
    )
    told = moved.join(cases, on="setl_id", how="left")
    wanted = told.select(F.coalesce("case", "setl_id").alias("case")).distinct()
    members = cases.join(wanted, on="case", how="left_semi").select("setl_id")
    ids = members.union(wanted.select("case")).distinct()
    return settlement.join(ids, on="setl_id", how="left_semi")


def _naming(lake: Lake, moved: Mapping[str, int]) -> list[DataFrame]:
    """The naming tables; once persons stand, only the numbers that a change concerns."""
    there = [
        LANDING[name].silver for name in NAMING if lake.version(LANDING[name].silver) > CREATED
    ]
    known = [lake.read(table).select(*person.NUMBER, "cert_key") for table in there]
    if lake.version(PERSON) <= CREATED:
        return known
    changed = [
        lake.changes(LANDING[name].silver, since).select(*person.NUMBER)
        for name, since in moved.items()
    ]
    numbers = reduce(DataFrame.union, changed).distinct()
    return [rows.join(numbers, on=person.NUMBER, how="left_semi") for rows in known]
