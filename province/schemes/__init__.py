"""The schemes that are planted, each with its innocent twins: one file per scheme."""

from __future__ import annotations

from typing import Final

from province.schemes.base import Scheme
from province.schemes.co_admission import CoAdmission
from province.schemes.ghost import Ghost

SCHEMES: Final[tuple[Scheme, ...]] = (Ghost(), CoAdmission())
