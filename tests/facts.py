"""What the tests of gold facts share: the conf's care codes, and registers of nobody special."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.silver import INSTITUTION, INSURED, PERSON
from tests.rows import rows

CARE_CSV: Final = Path(__file__).parents[1] / "conf/codes/care.csv"
AREA: Final = "140100"


def codes() -> dict[str, dict[str, str]]:
    """The code lists that ship with the repository."""
    with CARE_CSV.open(encoding="utf-8", newline="") as file:
        return {"care": {row["code"]: row["name"] for row in csv.DictReader(file)}}


def persons(spark: SparkSession, *names: str) -> DataFrame:
    """silver.person: each name is psn_key, and in capitals person_key."""
    lines = "\n".join(f"{AREA} | {name} | {name.upper()}" for name in names)
    return rows(spark, PERSON, "insu_admdvs | psn_key | person_key\n" + lines)


def registers(spark: SparkSession) -> tuple[DataFrame, DataFrame]:
    """silver.insured and silver.institution without a row: all that they say is optional."""
    return rows(spark, INSURED), rows(spark, INSTITUTION)
