"""A made-up province: seeded settlement data in the landing contract, with the truth beside it."""

from province.simulate import Summary, simulate
from province.world import World

__all__ = ["Summary", "World", "simulate"]
