"""What kind of care a settlement paid for."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F

Codes = Mapping[str, Mapping[str, str]]

HOME_BED: Final = "71"
DAY_SURGERY: Final = "28"
CONSUMABLE: Final = "301"  # list_type
TESTS: Final = ("03", "04")  # charge_type of a line: examination, laboratory
# For any illness alike: bed, consultation, nursing, general care, registration.
GENERAL: Final = ("01", "02", "07", "12", "13")


def care(codes: Codes) -> Column:
    """Kind of care of a row with med_type and fixmedins_code, by conf/codes/care.csv.

    The longest known beginning of the code decides, because provinces extend the national two
    digits. An unknown code is a purchase at a pharmacy and an outpatient visit elsewhere: neither
    makes a stay of what may be none.
    """
    known = F.create_map(*(F.lit(word) for word in chain(*sorted(codes["care"].items()))))
    sizes = sorted({len(code) for code in codes["care"]}, reverse=True)
    found = (F.element_at(known, F.substring("med_type", 1, size)) for size in sizes)
    other = F.when(is_pharmacy("fixmedins_code"), "pharmacy").otherwise("outpatient")
    return F.coalesce(*found, other)


def is_pharmacy(code: str) -> Column:
    """Whether the institution code in that column is a pharmacy's; null where there is none."""
    return F.col(code).startswith("P")
