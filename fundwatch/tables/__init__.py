"""Every table, in the order data meets them."""

from typing import Final

from fundwatch.schema import Table
from fundwatch.tables.bronze import BRONZE
from fundwatch.tables.gold import GOLD
from fundwatch.tables.ops import OPS
from fundwatch.tables.silver import SILVER

TABLES: Final[dict[str, Table]] = {**BRONZE, **SILVER, **GOLD, **OPS}
