"""The one function that runs in Python on executors: persons become pseudonyms."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fundwatch.pseudonym import PseudonymKey
from fundwatch.tables.landing import LandingTable

SUBJECT = "subject"  # a person only where subject_type says so


def with_pseudonyms(
    rows: DataFrame, table: LandingTable, key: Broadcast[PseudonymKey]
) -> DataFrame:
    """`rows` (landing names) with the personal columns as pseudonyms, under their silver names.

    All personal columns of a row cross to Python once, together.
    """
    personal = [c for c in table.columns if c.personal and c.silver]
    if not personal:
        return rows
    domains = {c.silver: "psn" if c.personal == SUBJECT else c.personal for c in personal}
    digest = _digest(domains, key)
    found = rows.withColumn("_keys", digest(*(_value(c.name, c.personal) for c in personal)))
    named = {
        c.silver: F.coalesce(F.col(f"_keys.{c.silver}"), F.col(c.name))
        if c.personal == SUBJECT
        else F.col(f"_keys.{c.silver}")
        for c in personal
    }
    return found.withColumns(named).drop("_keys")


def secret_of(spark: SparkSession, key: PseudonymKey) -> Broadcast[PseudonymKey]:
    """The key where executors can reach it and no plan, expression or log shows it."""
    return spark.sparkContext.broadcast(key)


def _value(name: str, domain: str) -> Column:
    if domain == SUBJECT:
        return F.when(F.col("subject_type") == "person", F.col(name))
    return F.col(name)


def _digest(domains: dict[str, str], key: Broadcast[PseudonymKey]) -> Callable[..., Column]:
    names = list(domains)

    def digest(*columns: pa.Array) -> pa.Array:
        arrays = [
            _each(c, domains[name], key.value) for c, name in zip(columns, names, strict=True)
        ]
        return pa.StructArray.from_arrays(arrays, names=names)

    schema = T.StructType([T.StructField(name, T.StringType()) for name in names])
    # The stubs of PySpark 4.2 do not know it yet.
    made: Callable[..., Column] = F.arrow_udf(digest, schema)  # type: ignore[attr-defined]
    return made


def _each(values: pa.Array, domain: str, key: PseudonymKey) -> pa.Array:
    coded = values.dictionary_encode()  # a value that repeats in the batch is digested once
    known = [key.pseudonym(domain, v) if v else None for v in coded.dictionary.to_pylist()]
    return pa.array(known, pa.string()).take(coded.indices)
