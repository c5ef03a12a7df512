"""A file delivered again with other content: what its former edition brought stands no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.lake import Lake
from fundwatch.pseudonym import PseudonymKey
from fundwatch.tables.landing import LandingTable
from jobs.ingest import typed
from jobs.ingest.counting import Counted
from jobs.ingest.journal import Names
from jobs.ingest.landing import edition_name
from jobs.ingest.settle import CREATED, OF_A_FILE, key_digest, latest, silver_rows


@dataclass(frozen=True)
class Former:
    """Files that count no more: those an intake replaces, and `every` one replaced until now."""

    replaced: Names = frozenset()
    every: Names = frozenset()


@dataclass(frozen=True)
class Released:
    """Rows that were quarantined and now are superseded, and their money by column [fen]."""

    rows: int = 0
    money: Mapping[str, int] = field(default_factory=dict)


def former(files: Iterable[Counted], known: Names) -> Former:
    """What the intake of `files` of one table replaces; `known` was replaced before."""
    given = [file.delivered for file in files]
    replaced = frozenset(
        (file.batch, edition_name(file.file, file.edition - 1))
        for file in given
        if file.edition > 1
    )
    return Former(replaced, known | replaced)


def withdraw(lake: Lake, table: LandingTable, gone: Former, key: Broadcast[PseudonymKey]) -> None:
    """Rows of replaced files leave silver, and the latest of the others takes their place.

    To be done once the rows that replace them are settled; done again, it changes nothing. Costs a
    pass over bronze where a replaced row still stands.
    """
    if not gone.replaced or lake.version(table.silver) <= CREATED:
        return
    standing = lake.read(table.silver).where(from_files(gone.replaced))
    if standing.isEmpty():
        return
    found = latest(_others(lake, table, standing, gone), table)
    instead = silver_rows(found.rows, table, key)
    lake.merge(table.silver, instead, when_newer=from_files(gone.replaced, "old."))
    if found.kept:
        found.kept.unpersist()
    lake.remove(table.silver, lake.read(table.silver).where(from_files(gone.replaced)))


def released(lake: Lake, table: LandingTable, gone: Former) -> Released:
    """What replaced files had in quarantine."""
    if not gone.replaced:
        return Released()
    rows = lake.read(table.bronze).where(from_files(gone.replaced)).where("faults is not null")
    sums = typed.money_sums(table, "torn is null")
    told = rows.agg(F.count("*").alias("rows"), *(F.expr(s).alias(n) for n, s in sums.items()))
    (row,) = told.collect()
    return Released(row["rows"], {name: row[name] for name in sums})


def from_files(names: Names, of: str = "") -> str:
    """True of rows from one of these files; an unpivoted row's file goes on with # and a column."""
    listed = ", ".join(sorted(f"'{_quoted(f'{batch}/{file}')}'" for batch, file in names))
    return f"concat({of}batch, '/', substring_index({of}file, '#', 1)) in ({listed})"


def _others(lake: Lake, table: LandingTable, standing: DataFrame, gone: Former) -> DataFrame:
    """Good rows of files that count, of the keys of rows that stand and must not."""
    places = list(OF_A_FILE)
    good = lake.read(table.bronze).where("faults is null").withColumn("digest", key_digest(table))
    keys = good.join(standing.select(*places), on=places, how="left_semi").select("digest")
    counting = good.where(f"not {from_files(gone.every)}")
    return counting.join(keys.distinct(), on="digest", how="left_semi").drop("digest")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
