"""The schemes that are planted, each with its innocent twins: one file per scheme."""

from __future__ import annotations

from province.schemes.base import Scheme
from province.schemes.co_admission import CoAdmission
from province.schemes.collusion import Collusion
from province.schemes.drg import DrgGaming
from province.schemes.ghost import Ghost
from province.schemes.high_cost import HighCost
from province.schemes.impersonation import Impersonation
from province.schemes.low_threshold import LowThreshold
from province.schemes.offsite import Offsite
from province.schemes.opsp import OpspQualification
from province.schemes.overcharge import Overcharge
from province.schemes.overtreatment import Overtreatment
from province.schemes.phantom import Phantom
from province.schemes.pharmacy import PharmacyFraud
from province.schemes.post_death import PostDeath
from province.schemes.price_invoice import PriceInvoice
from province.schemes.resale import Resale
from province.schemes.split import Split
from province.schemes.swap import Swap
from province.schemes.trace_repeat import TraceRepeat


def schemes() -> tuple[Scheme, ...]:
    """All of them, freshly made: a scheme remembers its plans while a province is made."""
    return (
        Ghost(), CoAdmission(), Split(), Resale(), Overcharge(), Swap(), LowThreshold(),
        Impersonation(), PostDeath(), Phantom(), TraceRepeat(), HighCost(),
        OpspQualification(), Offsite(), Collusion(), PriceInvoice(), DrgGaming(), PharmacyFraud(),
        Overtreatment(),
    )  # fmt: skip
