"""Silver beyond the landing tables, kept up with what an intake changed."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import reduce
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.schema import Table
from fundwatch.tables.landing import LANDING
from fundwatch.tables.silver import PERSON, SETTLEMENT, SETTLEMENT_NET, WAITING_REVERSAL
from jobs.ingest import net, person
from jobs.ingest.settle import CREATED, order

NAMING: Final = ("setl_d", "mdtrt_d", "psn_info_b")  # landing tables that say who a number is


def update_derived(
    lake: Lake, since: Mapping[str, int], received_at: datetime, *, is_again: bool = False
) -> None:
    """Bring nets, waiting reversals and persons up to date with the changes after `since`.

    Where files came again (`is_again`), cases and numbers that nothing is left of go.
    """
    with ThreadPoolExecutor(2) as pool:  # neither reads what the other writes
        parts = (_update_nets, _update_persons)
        begun = [pool.submit(part, lake, since, received_at, is_again) for part in parts]
    for part in begun:
        part.result()


def _update_nets(
    lake: Lake, since: Mapping[str, int], received_at: datetime, is_again: bool
) -> None:
    if lake.version(SETTLEMENT) <= since.get("setl_d", lake.version(SETTLEMENT)):
        return
    whole = lake.version(SETTLEMENT_NET) <= CREATED
    wanted = lake.read(SETTLEMENT) if whole else _cases(lake, since["setl_d"])
    rows = wanted if whole else _affected(lake, wanted)
    shaped = net.settlements_net(rows).select(list(SETTLEMENT_NET.names))
    _put(lake, SETTLEMENT_NET, shaped, net.CHANGED, received_at)
    waiting = net.waiting_reversals(rows)
    if whole:
        _wait(lake, waiting)
        return
    cases = wanted.withColumnRenamed("case", "setl_id")
    if _wait(lake, waiting, cases) or is_again:
        _leave(lake, SETTLEMENT_NET, cases, shaped)


def _wait(lake: Lake, waiting: DataFrame, cases: DataFrame | None = None) -> bool:
    """Put the reversals that wait in the place of those of `cases` (None: of all).

    Returns whether any of them waits or waited; where none does nothing is written.
    """
    before = lake.read(WAITING_REVERSAL)
    if waiting.isEmpty() and before.isEmpty():
        return False
    if cases is not None:
        asked = cases.select(F.col("setl_id").alias("original_id")).distinct()
        others = before.join(asked, on="original_id", how="left_anti")
        waiting = others.select(list(WAITING_REVERSAL.names)).unionByName(waiting)
    lake.replace(WAITING_REVERSAL, waiting)
    return True


def _update_persons(
    lake: Lake, since: Mapping[str, int], received_at: datetime, is_again: bool
) -> None:
    moved = {
        name: since[name]
        for name in NAMING
        if name in since and lake.version(LANDING[name].silver) > since[name]
    }
    if not moved:
        return
    numbers = _numbers(lake, moved) if lake.version(PERSON) > CREATED else None
    shaped = person.persons(_naming(lake, numbers))
    _put(lake, PERSON, shaped, person.CHANGED, received_at)
    if is_again and numbers is not None:
        _leave(lake, PERSON, numbers, shaped)


def _put(lake: Lake, table: Table, rows: DataFrame, changed: str, received_at: datetime) -> None:
    if lake.version(table) > CREATED:
        lake.merge(table, rows, when_newer=changed)
    else:
        lake.append(table, rows, app=f"ingest/{table.noun}", txn=order(received_at))


def _leave(lake: Lake, table: Table, asked: DataFrame, shaped: DataFrame) -> None:
    """Delete the rows of `table` that were asked for and of which nothing is left."""
    key = list(table.key)
    gone = asked.select(key).distinct().join(shaped.select(key), on=key, how="left_anti")
    if not gone.isEmpty():
        lake.remove(table, gone)


def _cases(lake: Lake, since: int) -> DataFrame:
    """The cases that changed rows belong to, or belonged to."""
    changes = lake.changes(SETTLEMENT, since)
    cases = net.reversing(lake.read(SETTLEMENT)).select("setl_id", "case")
    moved = changes.select("setl_id").union(
        changes.where(f"not ({net.ORIGINAL})").select("init_setl_id")
    )
    told = moved.join(cases, on="setl_id", how="left")
    return told.select(F.coalesce("case", "setl_id").alias("case")).distinct()


def _affected(lake: Lake, wanted: DataFrame) -> DataFrame:
    """Every settlement of the cases."""
    settlement = lake.read(SETTLEMENT)
    cases = net.reversing(settlement).select("setl_id", "case")
    members = cases.join(wanted, on="case", how="left_semi").select("setl_id")
    ids = members.union(wanted.select("case")).distinct()
    return settlement.join(ids, on="setl_id", how="left_semi")


def _numbers(lake: Lake, moved: Mapping[str, int]) -> DataFrame:
    """The numbers that a change of the naming tables concerns."""
    changed = [
        lake.changes(LANDING[name].silver, since).select(*person.NUMBER)
        for name, since in moved.items()
    ]
    return reduce(DataFrame.union, changed).where("insu_admdvs is not null").distinct()


def _naming(lake: Lake, numbers: DataFrame | None) -> list[DataFrame]:
    """The naming tables, in the rows of `numbers` only where these are given."""
    there = [
        LANDING[name].silver for name in NAMING if lake.version(LANDING[name].silver) > CREATED
    ]
    known = [lake.read(table).select(*person.NUMBER, "cert_key") for table in there]
    if numbers is None:
        return known
    return [rows.join(numbers, on=person.NUMBER, how="left_semi") for rows in known]
