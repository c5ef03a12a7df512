"""Which months a change of silver can move, from the change data feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.ledger import ALL
from fundwatch.schema import MONTH, Table
from fundwatch.tables.silver import SETTLEMENT_NET, SILVER
from jobs.ingest.settle import CREATED

# Where a row came from and when it was written say nothing that a result rests on.
NO_CONTENT: Final = frozenset({"updt_time", "batch", "file", "line"})


def touched(lake: Lake, recorded: Mapping[str, int]) -> dict[str, list[str]]:
    """Silver table → sorted months that its changes since the `recorded` version can move.

    A table never recorded moves every month there is.
    """
    every = Every(lake)
    found = {
        table.name: sorted(every.of(table) if since < 0 else _moved(lake, table, since))
        for table in SILVER.values()
        if lake.version(table) > max(CREATED, since := recorded.get(table.name, -1))
    }
    return {name: months for name, months in found.items() if months}


@dataclass(frozen=True)
class Every:
    """The months of tables that are new as a whole."""

    lake: Lake

    def of(self, table: Table) -> set[str]:
        if not table.belongs:
            return {ALL}
        if table.belongs == MONTH:
            return _collected(self.lake.read(table).select(MONTH))
        return self.settled

    @cached_property
    def settled(self) -> set[str]:
        return _collected(self.lake.read(SETTLEMENT_NET).select(MONTH))


def _moved(lake: Lake, table: Table, since: int) -> set[str]:
    changed = _changed(lake.changes(table, since), table)
    if not table.belongs:
        return set() if changed.isEmpty() else {ALL}
    if table.belongs == MONTH:
        return _collected(changed.select(MONTH))
    net = lake.read(SETTLEMENT_NET)
    if table.belongs == "setl_id":
        net = net.select(F.explode("setl_ids").alias("setl_id"), MONTH)
    return _collected(net.join(changed.distinct(), on=_ties(table), how="left_semi").select(MONTH))


def _ties(table: Table) -> list[str]:
    if table.belongs == "psn_key" and "insu_admdvs" in table.names:
        return ["insu_admdvs", "psn_key"]
    return [table.belongs or MONTH] if table.belongs else []


def _changed(changes: DataFrame, table: Table) -> DataFrame:
    """The ties of rows, old and new, whose content is not what it was."""
    content = [name for name in table.names if name not in NO_CONTENT]
    ties = F.struct(*(F.col(name) for name in _ties(table) or table.key))
    return (
        changes.withColumn("digest", F.xxhash64(*content))
        .groupBy(*table.key, "_commit_version")
        .agg(
            F.count("*").alias("images"),
            F.min("digest").alias("least"),
            F.max("digest").alias("most"),
            F.collect_set(ties).alias("ties"),
        )
        .where("not (images = 2 and least = most)")
        .select(F.inline("ties"))
    )


def _collected(months: DataFrame) -> set[str]:
    rows: Iterator[str] = (row[0] for row in months.distinct().collect())  # a row a month
    return set(rows)
