"""Knowledge points about single items: what contains what, is due by day, how often, or is alike.

An item is written as its national code, its name, or both ("001202000020000 中抢救"). A fee line
is that item if its code begins with that code (provinces extend the national fifteen digits), or
if its name is that name; a name that begins with ~ is a regular expression sought in the name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from fundwatch.knowledge import Entry, load

ITEM: Final = re.compile(r"^(?P<code>\d{15})?(?:\s*)(?P<name>\S.*)?$")
PATTERN: Final = "~"


def _is_item(written: str) -> str:
    found = ITEM.match(written)
    if not found or not (found["code"] or found["name"]):
        raise ValueError(f"{written!r} is no item: fifteen digits, a name, or both")
    name = found["name"] or ""
    if name.startswith(PATTERN):
        try:
            re.compile(name.removeprefix(PATTERN))
        except re.error as fault:
            raise ValueError(f"{written!r}: {fault}") from None
    return written


Item = Annotated[str, AfterValidator(_is_item)]


class Exclusion(Entry):
    """Items that a main item contains: beside it, in the same window, they are charged twice."""

    basis: Literal["national", "local"]  # a published knowledge point, or what is usual practice
    window: Literal["day", "visit"]
    within_hours: int | None = Field(default=None, ge=1)  # of a line of the main item
    # Least quantity of the main item in the window: where it is priced by the hour, 24 fill a day.
    filled_by: int = Field(default=0, ge=0)
    pairs: dict[Item, tuple[Item, ...]]  # main item → what it contains


class Daily(Entry):
    """Items charged by the day of a stay: the day of admission counts, that of discharge not."""

    items: tuple[Item, ...]


class Interval(Entry):
    """Items that are paid once in so many days, wherever."""

    days: int = Field(ge=2)
    items: tuple[Item, ...]


class Variant(Entry):
    """Items of one use and different prices: where a plain one was done, a dear one is billed."""

    items: tuple[Item, ...]


Point = Exclusion | Daily | Interval | Variant


def load_points(folder: Path) -> tuple[Point, ...]:
    """All points of conf/points. Raises DeclarationError listing the faults of a file at once."""
    return (
        *load(Exclusion, folder / "exclusions.yml"),
        *load(Daily, folder / "daily.yml"),
        *load(Interval, folder / "intervals.yml"),
        *load(Variant, folder / "variants.yml"),
    )


def split_item(written: str) -> tuple[str | None, str | None, str | None]:
    """(code, name, regular expression) of a written item; None where it has none."""
    found = ITEM.match(written)
    code, name = (found["code"], found["name"]) if found else (None, None)
    if name and name.startswith(PATTERN):
        return code, None, name.removeprefix(PATTERN)
    return code, name, None


def label(written: str) -> str:
    """What a supervisor reads of a written item: its name, or else its code."""
    code, name, pattern = split_item(written)
    return name or pattern or code or ""
