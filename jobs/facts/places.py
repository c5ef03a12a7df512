"""Where institutions are, and how far apart."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

EARTH_KM: Final = 6371.0088  # mean radius


def places(institution: DataFrame, prefix: str) -> DataFrame:
    """The code and coordinates of each institution, their names headed by `prefix`; small."""
    named = {"fixmedins_code": "code", "lat": "lat", "lnt": "lnt"}
    return F.broadcast(
        institution.select([F.col(old).alias(f"{prefix}_{new}") for old, new in named.items()])
    )


def km_between(a: str, b: str) -> Column:
    """Great-circle distance of the two `places` prefixes by haversine [km, 3 decimals]."""
    lat_a, lnt_a, lat_b, lnt_b = (
        F.radians(F.col(f"{prefix}_{axis}").cast("double"))
        for prefix in (a, b)
        for axis in ("lat", "lnt")
    )
    half = F.pow(F.sin((lat_b - lat_a) / 2), 2) + F.cos(lat_a) * F.cos(lat_b) * F.pow(
        F.sin((lnt_b - lnt_a) / 2), 2
    )
    # Rounding may lift antipodes above 1; least() would turn an unknown place into one of them.
    sound = F.when(half > 1.0, 1.0).otherwise(half)
    return F.round(2 * EARTH_KM * F.asin(F.sqrt(sound)), 3)
