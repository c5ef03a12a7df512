"""The proof covers the claim and the contents of its rows, and nothing else."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from fundwatch.clue import PROVENANCE, Claim, Evidence, proof
from fundwatch.clue import content_of as expected_content
from fundwatch.tables.silver import FEE_LINE
from jobs.clues.proof import content_of, key_of
from tests.rows import rows

LINES = """
    bkkp_sn | cnt    | pric     | det_item_fee_sumamt_fen | fee_ocur_time       | hilist_name | batch
    l1      | 2.0000 | 1.250000 | 250                     | 2024-01-02 08:30:00 | 某药        | b1
    l2      | -1     | 0.5      | -50                     | 2024-12-31 23:59:59 |             | b2
"""
CLAIM = Claim(
    scheme="overcharge",
    setl_ids=("s1", "s2"),
    amount=Decimal("5.00"),
    amount_acct=Decimal("0.00"),
    amount_low=Decimal("3.50"),
    amount_high=Decimal("5.00"),
    says=("重复收费",),
)
ROWS = (Evidence("silver.fee_line", "l1", "aa"), Evidence("silver.settlement", "s1", "bb"))


def test_spark_and_python_digest_a_row_alike(spark: SparkSession) -> None:
    frame = rows(spark, FEE_LINE, LINES)
    told = [name for name in FEE_LINE.names if name not in PROVENANCE]
    found = frame.select(
        key_of(FEE_LINE).alias("key"), content_of(FEE_LINE).alias("content"), *told
    )
    for row in found.collect():
        assert row["content"] == expected_content([row[name] for name in told])


def test_where_a_row_came_from_is_no_part_of_what_it_says(spark: SparkSession) -> None:
    one, other = (
        rows(spark, FEE_LINE, LINES.replace("b1", batch)).select(content_of(FEE_LINE)).first()
        for batch in ("b1", "b9")
    )
    assert one == other


def test_the_order_of_the_evidence_does_not_matter() -> None:
    assert proof(CLAIM, ROWS) == proof(CLAIM, reversed(ROWS))


@pytest.mark.parametrize(
    "change",
    [
        {"scheme": "item_swap"},
        {"setl_ids": ("s1",)},
        {"amount": Decimal("5.01")},
        {"amount_acct": Decimal("0.01")},
        {"says": ("重复收费", "又一条")},
    ],
)
def test_a_changed_claim_changes_the_proof(change: dict[str, object]) -> None:
    changed = dataclasses.replace(CLAIM, **change)  # type: ignore[arg-type]
    assert proof(changed, ROWS) != proof(CLAIM, ROWS)


def test_changed_contents_change_the_proof() -> None:
    changed = (ROWS[0], dataclasses.replace(ROWS[1], content="cc"))
    assert proof(CLAIM, changed) != proof(CLAIM, ROWS)
