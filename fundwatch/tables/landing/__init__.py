"""The landing contract: the 23 tables a bureau hands over, declared once.

Bronze holds their rows as delivered, silver typed, settled and pseudonymised; both are derived.
"""

from typing import Final

from fundwatch.tables.landing import optional, registers, traces, visits
from fundwatch.tables.landing.declare import LandingColumn, LandingTable

__all__ = ["LANDING", "LandingColumn", "LandingTable"]

LANDING: Final[dict[str, LandingTable]] = {
    table.name: table
    for module in (visits, registers, traces, optional)
    for table in vars(module).values()
    if isinstance(table, LandingTable)
}
