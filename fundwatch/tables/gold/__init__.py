"""Gold: facts, and what is said about them."""

from typing import Final

from fundwatch.schema import Table
from fundwatch.tables.gold.facts import (
    CHARGE_FACT,
    HAPPENED,
    INSTITUTION_DAY_FACT,
    PERSON_DAY_FACT,
    PRACTITIONER_DAY_FACT,
    STAY_FACT,
    SUPPLY_FACT,
    VISIT_FACT,
)
from fundwatch.tables.gold.goods import (
    GOODS,
    INVOICE_FACT,
    RESALE_FACT,
    STOCK_FACT,
    UNSUPPLIED_FACT,
)
from fundwatch.tables.gold.people import (
    BURST_FACT,
    ENTRY_FACT,
    ORIGIN_FACT,
    PEOPLE,
    QUALIFICATION_FACT,
    RECIPIENT_FACT,
    RECURRENCE_FACT,
    SESSION_FACT,
)
from fundwatch.tables.gold.results import (
    CLUE,
    DETECTOR_FINDING,
    INDICATOR_VALUE,
    ITEM_ANOMALY,
    PEER_SCORE,
    PRESENCE_CONFLICT,
    RULE_FINDING,
    SHARED_ADMISSION,
    SHARED_PURCHASE,
)
from fundwatch.tables.gold.treatment import (
    DIALYSIS_FACT,
    GROUP_FACT,
    INDICATION_FACT,
    MIX_FACT,
    OVERCHARGE_FACT,
    PRESCRIBER_FACT,
    SHIFT_FACT,
    SUPPORT_FACT,
    TREATMENT,
    UNIFORM_FACT,
    WORKUP_FACT,
)

__all__ = [
    "BURST_FACT",
    "CHARGE_FACT",
    "CLUE",
    "DETECTOR_FINDING",
    "DIALYSIS_FACT",
    "ENTRY_FACT",
    "FACTS",
    "GOLD",
    "GROUP_FACT",
    "INDICATION_FACT",
    "INDICATOR_VALUE",
    "INSTITUTION_DAY_FACT",
    "INVOICE_FACT",
    "ITEM_ANOMALY",
    "MIX_FACT",
    "ORIGIN_FACT",
    "OVERCHARGE_FACT",
    "PEER_SCORE",
    "PERSON_DAY_FACT",
    "PRACTITIONER_DAY_FACT",
    "PRESCRIBER_FACT",
    "PRESENCE_CONFLICT",
    "QUALIFICATION_FACT",
    "RECIPIENT_FACT",
    "RECURRENCE_FACT",
    "RESALE_FACT",
    "RULE_FINDING",
    "SESSION_FACT",
    "SHARED_ADMISSION",
    "SHARED_PURCHASE",
    "SHIFT_FACT",
    "STAY_FACT",
    "STOCK_FACT",
    "SUPPLY_FACT",
    "SUPPORT_FACT",
    "UNIFORM_FACT",
    "UNSUPPLIED_FACT",
    "VISIT_FACT",
    "WORKUP_FACT",
]

FACTS: Final = (*HAPPENED, *GOODS, *TREATMENT, *PEOPLE)

GOLD: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        *FACTS,
        SHARED_ADMISSION,
        SHARED_PURCHASE,
        PRESENCE_CONFLICT,
        INDICATOR_VALUE,
        PEER_SCORE,
        ITEM_ANOMALY,
        RULE_FINDING,
        DETECTOR_FINDING,
        CLUE,
    )
}
