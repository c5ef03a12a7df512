"""Delta tables are what their declarations say."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fundwatch.errors import ContractError
from fundwatch.lake import Lake
from fundwatch.schema import MONTH, Column, Table, columns
from tests.rows import assert_rows, rows

BED = Table(
    "gold.bed",
    grain="one bed in one month",
    key=("bed",),
    period=MONTH,
    columns=(
        *columns("""
    bed    string   The bed's number.
    month  string   Month, YYYY-MM.
    nights int?     Nights it was slept in [days].
        """),
        Column("kind", "string", "It's a kind.", among=("iron", "wood")),
        Column("fee_fen", "bigint", "Fee [fen].", least=0),
    ),
)
PERSON = Table("silver.guest", "one guest", ("name",), columns("name string Who.\nage int Years."))


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"), spark)


def test_a_table_never_written_is_empty(lake: Lake) -> None:
    assert lake.version(BED) == -1
    assert lake.read(BED).count() == 0


def test_replacing_a_month_leaves_the_others(lake: Lake) -> None:
    spark = lake.spark
    first = "bed | month | fee_fen\na | 2024-01 | 1\nb | 2024-02 | 2"
    lake.replace(BED, rows(spark, BED, first), ["2024-01", "2024-02"])
    version = lake.replace(BED, rows(spark, BED, "bed | month\nc | 2024-02"), ["2024-02"])
    assert_rows(lake.read(BED), BED, "bed | month\na | 2024-01\nc | 2024-02")
    assert_rows(lake.read(BED, ["2024-02"], version - 1), BED, "bed | fee_fen\nb | 2")


def test_a_row_that_breaks_the_declaration_writes_nothing(lake: Lake) -> None:
    bad = rows(lake.spark, BED, "bed | fee_fen\na | 1\nb | -1")
    with pytest.raises(ContractError, match=r"gold\.bed: CHECK constraint fee_fen_least"):
        lake.replace(BED, bad, ["2024-01"])
    assert lake.read(BED).count() == 0


def test_comments_constraints_and_properties_are_the_declaration(lake: Lake) -> None:
    lake.ensure(BED)
    told = lake.spark.sql(f"DESCRIBE TABLE delta.`{lake.path(BED)}`").collect()
    assert {row.col_name: row.comment for row in told}["kind"] == "It's a kind."
    (detail,) = lake.spark.sql(f"DESCRIBE DETAIL delta.`{lake.path(BED)}`").collect()
    assert detail.properties["delta.constraints.kind_among"] == "`kind` IN ('iron', 'wood')"
    assert detail.properties["delta.logRetentionDuration"] == "interval 1830 days"
    assert detail.partitionColumns == ["month"]


def test_merge_keeps_what_is_newer_and_changes_are_told(lake: Lake) -> None:
    spark = lake.spark
    lake.append(PERSON, rows(spark, PERSON, "name | age\nann | 5\nbob | 9"))
    since = lake.version(PERSON)
    later = rows(spark, PERSON, "name | age\nann | 7\nbob | 8\ncyd | 1")
    lake.merge(PERSON, later, when_newer="new.age > old.age")
    assert_rows(lake.read(PERSON), PERSON, "name | age\nann | 7\nbob | 9\ncyd | 1")
    assert lake.metrics(PERSON)["numTargetRowsUpdated"] == 1
    told = lake.changes(PERSON, since).select("name", "_change_type").collect()
    assert sorted(map(tuple, told)) == [
        ("ann", "update_postimage"),
        ("ann", "update_preimage"),
        ("cyd", "insert"),
    ]


def test_an_append_with_a_txn_counts_once(lake: Lake) -> None:
    for _ in range(2):
        lake.append(PERSON, rows(lake.spark, PERSON, "name\nann"), app="t", txn=1)
    assert lake.read(PERSON).count() == 1
