"""Worlds that nobody chose: drawn from the hash of the commit that is to be judged on them.

Whoever changes the code gets other worlds, and whoever does not gets the same: a world cannot be
drawn again until the result pleases (docs/decisions/024-league.md).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from fundwatch.errors import UsageError
from province.world import World

# Least and most of each argument, both included, and the unit in which it is drawn.
DRAWN: Final = {
    "persons": (6, 14, 1000),
    "institutions": (40, 90, 1),
    "months": (8, 12, 1),
    "seed": (1, 2**31 - 1, 1),
    "dirty": (0, 3, 0.01),
    "camouflage": (0, 50, 0.01),
}


def drawn_worlds(commit: str, count: int) -> tuple[World, ...]:
    """`count` worlds of a commit's full hash; the first of them stay the same if more are drawn.

    Raises UsageError for anything but 40 hexadecimal digits: a shortened hash draws other worlds.
    """
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise UsageError(f"{commit!r} is no full commit hash")
    return tuple(_drawn(f"{commit} {number}") for number in range(count))


def _drawn(key: str) -> World:
    drawn: dict[str, Any] = {
        name: round(_number(f"{key} {name}", least, most) * unit, 2)
        for name, (least, most, unit) in DRAWN.items()
    }
    return World(**drawn)


def _number(key: str, least: int, most: int) -> int:
    """A whole number within the bounds, from SHA-256 alone: the same in every version of numpy."""
    word = hashlib.sha256(key.encode()).digest()
    return least + int.from_bytes(word[:8], "big") % (most - least + 1)
