"""The lake: Delta tables under one root, written as declared and read as of any version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from delta.tables import DeltaTable
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.errors import ContractError
from fundwatch.schema import MONTH, Column, Table
from fundwatch.tables.ops import RUN

CONTENT = frozenset({"CREATE TABLE", "REPLACE TABLE", "WRITE", "MERGE"})  # commits that bring rows
BROKEN = re.compile(r"(CHECK constraint (\w+)[^\n]*|NOT NULL constraint violated[^\n]*)")


@dataclass
class Lake:
    """Tables at `root` (local path, HDFS or object store).

    Versions are remembered from this process's own commits: one process writes a lake at a time.
    """

    root: str
    spark: SparkSession
    horizon_days: int = 1830
    _versions: dict[str, int] = field(default_factory=dict, repr=False)

    def path(self, table: Table) -> str:
        return f"{self.root}/{table.layer}/{table.noun}"

    def exists(self, table: Table) -> bool:
        return self.version(table) >= 0

    def version(self, table: Table) -> int:
        """Delta version of the table, -1 where there is none."""
        if table.name not in self._versions:
            found = DeltaTable.isDeltaTable(self.spark, self.path(table))
            self._versions[table.name] = self._latest(table) if found else -1
        return self._versions[table.name]

    def content_version(self, table: Table) -> int:
        """Version of the last commit that changed rows; upkeep makes later ones that do not."""
        if not self.exists(table):
            return -1
        history = DeltaTable.forPath(self.spark, self.path(table)).history()
        content = history.where(F.col("operation").isin(*CONTENT))
        return int(content.agg(F.max("version")).collect()[0][0] or 0)

    def ensure(self, table: Table) -> None:
        """Create the table as declared, with comments, constraints and properties, if it is new."""
        if not self.exists(table):
            self.spark.sql(create_statement(table, self.path(table), self.horizon_days))
            self._versions[table.name] = 0

    def read(
        self, table: Table, months: Iterable[str] | None = None, version: int | None = None
    ) -> DataFrame:
        """Its rows, of some months, as of a version; a table never written is empty.

        A version of an earlier release is told in today's columns: those it lacked are null.
        """
        if not self.exists(table):
            return self.spark.createDataFrame([], table.ddl)
        at = self.version(table) if version is None else version
        rows = self.spark.read.format("delta").option("versionAsOf", at).load(self.path(table))
        if version is not None:
            rows = in_todays_columns(rows, table)
        if months is None or not table.period:
            return rows
        return rows.where(F.col(table.period).isin(list(months)))

    def replace(self, table: Table, rows: DataFrame, months: Iterable[str] | None = None) -> int:
        """Put `rows` in the place of the rows of `months` (None: of all), in one commit.

        Returns the new version. Raises ContractError, and writes nothing, if a row breaks the
        declaration.
        """
        self.ensure(table)
        writer = rows.write.format("delta").mode("overwrite")
        if months is not None and table.period:
            listed = ", ".join(f"'{month}'" for month in sorted(months))
            writer = writer.option("replaceWhere", f"{table.period} IN ({listed})")
        return self._commit(table, lambda: writer.save(self.path(table)))

    def append(self, table: Table, rows: DataFrame, *, app: str = "", txn: int = 0) -> int:
        """Add rows; with `app`, a (app, txn) that was written before adds nothing."""
        self.ensure(table)
        writer = rows.write.format("delta").mode("append")
        if app:
            writer = writer.option("txnAppId", app).option("txnVersion", txn)
        return self._commit(table, lambda: writer.save(self.path(table)))

    def merge(self, table: Table, rows: DataFrame, *, when_newer: str) -> int:
        """Upsert by the table's key: update where `when_newer` holds of old and new, else keep.

        `rows` must hold each key once.
        """
        self.ensure(table)
        same = " AND ".join(f"old.`{name}` <=> new.`{name}`" for name in table.key)
        merge = (
            DeltaTable.forPath(self.spark, self.path(table))
            .alias("old")
            .merge(rows.alias("new"), same)
            .whenMatchedUpdateAll(condition=when_newer)
            .whenNotMatchedInsertAll()
        )
        return self._commit(table, merge.execute)

    def remove(self, table: Table, rows: DataFrame) -> int:
        """Delete the rows whose key is among those of `rows`, each once; returns the version."""
        same = " AND ".join(f"old.`{name}` <=> gone.`{name}`" for name in table.key)
        delta = DeltaTable.forPath(self.spark, self.path(table)).alias("old")
        merge = delta.merge(rows.select(*table.key).alias("gone"), same).whenMatchedDelete()
        return self._commit(table, merge.execute)

    def metrics(self, table: Table) -> dict[str, int]:
        """Counts of the last commit, by Delta's names (numOutputRows, numTargetRowsUpdated …)."""
        log, named = self._log(table), self._jvm.org.apache.spark.sql.delta.util.FileNames
        file = named.unsafeDeltaFile(log.logPath(), self.version(table))
        # Delta writes what it did into a commit's first line.
        first = log.store().readAsIterator(file, log.newDeltaHadoopConf())
        try:
            told: dict[str, str] = json.loads(first.next())["commitInfo"]["operationMetrics"]
        finally:
            first.close()
        return {name: int(value) for name, value in told.items() if value.isdigit()}

    def changes(self, table: Table, since: int) -> DataFrame:
        """Rows inserted, deleted or updated after version `since`, with _change_type."""
        return (
            self.spark.read.format("delta")
            .option("readChangeFeed", "true")
            .option("startingVersion", since + 1)
            .load(self.path(table))
        )

    def runs(self) -> list[Any]:
        """The run log in the order it was written: a row a step and run."""
        order = ["started_at", "run_id", "step"]
        return self.read(RUN).orderBy(order).collect()

    def last_recorded(self, table: Table) -> int:
        """Version of the table that the run log knows of, -1 where it knows none."""
        return max((run["versions_out"].get(table.name, -1) for run in self.runs()), default=-1)

    def forget(self) -> None:
        """Look versions up anew: another process may have written."""
        self._versions.clear()

    def _latest(self, table: Table) -> int:
        """The arguments are Scala's defaults, which Python cannot leave out."""
        none = self._jvm.scala.Option.empty()
        return int(self._log(table).update(False, none, none).version())

    def _log(self, table: Table) -> Any:
        """Delta's own log of the table: `history(1)` runs a query, ten times as long."""
        log = self._jvm.org.apache.spark.sql.delta.DeltaLog
        return log.forTable(self.spark._jsparkSession, self.path(table))

    @property
    def _jvm(self) -> Any:
        jvm = self.spark.sparkContext._jvm
        assert jvm is not None  # only Spark Connect has none
        return jvm

    def _commit(self, table: Table, write: Any) -> int:
        try:
            write()
        except (Py4JJavaError, PySparkException) as error:
            if broken := BROKEN.search(str(error)):
                raise ContractError(f"{table.name}: {broken.group(1)}") from None
            raise
        self._versions[table.name] = self._latest(table)
        return self._versions[table.name]


def in_todays_columns(rows: DataFrame, table: Table) -> DataFrame:
    """Rows of an earlier release with the columns declared now, in order; the same if they are."""
    there = set(rows.columns)
    if there == set(table.names):
        return rows
    return rows.select(
        *(
            F.col(name).cast(c.type).alias(c.name)
            if (name := c.name if c.name in there else c.was) in there
            else F.lit(None).cast(c.type).alias(c.name)
            for c in table.columns
        )
    )


def create_statement(
    table: Table, path: str, horizon_days: int, *, verb: str = "CREATE TABLE IF NOT EXISTS"
) -> str:
    """DDL with comments, CHECK constraints and the retention a proof needs."""
    keep = f"interval {horizon_days} days"
    properties = {
        "delta.logRetentionDuration": keep,
        "delta.deletedFileRetentionDuration": keep,
        **({"delta.enableChangeDataFeed": "true"} if table.layer == "silver" else {}),
        **({"delta.appendOnly": "true"} if table.append_only else {}),
        # Rows are looked up by month and key, and keys come first: bounds of all else cost time.
        "delta.dataSkippingNumIndexedCols": "4",
        **{f"delta.constraints.{name}": sql for name, sql in table.constraints().items()},
    }
    told = ", ".join(f"{_quoted(name)} = {_quoted(value)}" for name, value in properties.items())
    parts = f"PARTITIONED BY ({table.period})" if table.period == MONTH else ""
    return (
        f"{verb} delta.`{path}` ({', '.join(map(defined, table.columns))}) "
        f"USING DELTA {parts} COMMENT {_quoted(table.grain)} TBLPROPERTIES ({told})"
    )


def defined(column: Column) -> str:
    """A column as DDL spells it."""
    must = "" if column.null else " NOT NULL"
    return f"`{column.name}` {column.type}{must} COMMENT {_quoted(column.doc)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
