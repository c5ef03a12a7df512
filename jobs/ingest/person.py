"""Who is whom: a registration number of a pooling area → the person behind it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.pseudonym import LENGTH

NUMBER: Final = ["insu_admdvs", "psn_key"]
CHANGED: Final = "new.person_key <> old.person_key or new.is_certified <> old.is_certified"


def persons(known: Iterable[DataFrame]) -> DataFrame:
    """silver.person from every table that has insu_admdvs, psn_key and cert_key.

    The certificate decides (the smallest, where tables contradict each other), so a person with
    numbers in two areas is one person; without any, area and number make a key of their own.
    """
    told = reduce(DataFrame.unionByName, (rows.select(*NUMBER, "cert_key") for rows in known))
    own = F.substring(F.sha2(F.concat_ws("|", *NUMBER), 256), 1, LENGTH)
    return (
        told.where("insu_admdvs is not null")
        .groupBy(NUMBER)
        .agg(F.min("cert_key").alias("cert_key"))
        .select(
            *NUMBER,
            F.coalesce("cert_key", own).alias("person_key"),
            F.col("cert_key").isNotNull().alias("is_certified"),
        )
    )
