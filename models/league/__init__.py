"""The league: methods beside ours, judged alike. The list is the registry: a method is one line."""

from __future__ import annotations

from typing import Final

from models.league.at_random import AtRandom
from models.league.base import Method
from models.league.connected_components import Components
from models.league.isolation_forest import OddPairs
from models.league.ours import OurClues
from models.league.peeling import Peeling
from models.league.rules_only import RulesOnly
from models.league.size_only import SizeOnly

METHODS: Final[tuple[Method, ...]] = (
    OurClues(),
    RulesOnly(),
    OddPairs(),
    Components(),
    Peeling(),
    SizeOnly(),
    AtRandom(),
)
