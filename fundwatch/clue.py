"""The clue as data: how a case is named, what its proof covers, in what order cases come."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

FIELD: Final = "\x1f"  # between the parts of a text that is digested
ITEM: Final = "\x1e"  # between the items of one part
NULL: Final = "\x00"  # a cell without a value: not the same as an empty one
ABSENT: Final = "absent"  # content of an evidence row that its table does not hold
ID_LENGTH: Final = 16
PROVENANCE: Final = ("batch", "file", "line")  # where a row came from is no part of what it says
GRADES: Final = ("A", "B", "C", "D")
LAST: Final = "data_error"  # the scheme that is no fraud
CONTEXT: Final = "D"  # the grade that only sheds light
PROVED: Final = "A"  # the grade that no custom explains
LIKELY: Final = 0.3  # a lesser chance comes after the leads: refunds to ask for, not visits to pay


@dataclass(frozen=True, order=True)
class Evidence:
    """A silver row that a claim rests on. `content` is `content_of` it, or ABSENT."""

    table: str
    key: str  # key columns joined with |
    content: str


@dataclass(frozen=True)
class Claim:
    """What a clue says. Money in yuan with two decimals; setl_ids sorted; says strongest first."""

    scheme: str
    setl_ids: tuple[str, ...]
    amount: Decimal
    amount_acct: Decimal
    amount_low: Decimal
    amount_high: Decimal
    says: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What decides the place of a clue among others. Money in yuan."""

    clue_id: str
    scheme: str
    grade: str
    money: Decimal  # fund and account money in question
    probability: float  # that a check confirms it
    recoverable: float  # probability × lower end of the fund money
    parties: frozenset[str] = frozenset()  # institutions and persons in its evidence

    @property
    def is_lead(self) -> bool:
        """Worth a visit: no data error, no context, and not unlikely to be more than custom."""
        is_likely = self.grade == PROVED or self.probability >= LIKELY
        return is_likely and self.scheme != LAST and self.grade != CONTEXT


def clue_id(scheme: str, *anchor: str) -> str:
    """The case's name: 16 hexadecimal digits over the scheme and what it is anchored to."""
    return digest(scheme, *anchor)[:ID_LENGTH]


def proof(claim: Claim, evidence: Iterable[Evidence]) -> str:
    """SHA-256 over the claim and the contents of its evidence, whatever order that comes in.

    No Delta version, clock or run id goes in: the same claim on the same rows has the same proof.
    """
    rows = ITEM.join(f"{e.table}|{e.key}|{e.content}" for e in sorted(evidence))
    money = (claim.amount, claim.amount_acct, claim.amount_low, claim.amount_high)
    told = (claim.scheme, ITEM.join(claim.setl_ids), *(f"{m:.2f}" for m in money))
    return digest(*told, ITEM.join(claim.says), rows)


def content_of(row: Sequence[Any]) -> str:
    """SHA-256 of a row's cells, in declared order and without PROVENANCE, as Spark casts them."""
    return digest(*map(_text, row))


def digest(*parts: str) -> str:
    """SHA-256, hexadecimal, of the parts with FIELD between them."""
    return sha256(FIELD.join(parts).encode()).hexdigest()


def in_order(standings: Iterable[Standing]) -> list[Standing]:
    """Clues, first to check first.

    Who goes to an institution, or asks a person, about one wrong sees all of it: a lead that shares
    a party with a better one of the same scheme follows after all that open something new.
    """
    ordered = sorted(standings, key=order)
    opened: set[tuple[str, str]] = set()
    follows = {}
    for standing in filter(lambda standing: standing.is_lead, ordered):
        parties = {(standing.scheme, party) for party in standing.parties}
        follows[standing.clue_id] = not opened.isdisjoint(parties)
        opened |= parties
    return sorted(ordered, key=lambda s: order(s, follows=follows.get(s.clue_id, False)))


def order(standing: Standing, *, follows: bool = False) -> tuple[Any, ...]:
    """Sort key of a clue, first to check first; a total order, for clue_id is unique.

    Data errors come last, context before them, before that what is unlikely to be more than every
    house's custom, and before that the leads that follow another (`in_order`). All others go by
    decade of money, in a decade contradictions first, then by what a check is expected to bring
    back. The money of breaches and statistics counts by their probability: they never outrank a
    contradiction over money of the same size.
    """
    is_proved = standing.grade == PROVED
    chance = Decimal(1) if is_proved else Decimal(f"{standing.probability:.4f}")
    return (
        standing.scheme == LAST,
        standing.grade == CONTEXT,
        not standing.is_lead,
        follows,
        -money_band(standing.money * chance),
        not is_proved,
        -standing.recoverable,
        standing.clue_id,
    )


def money_band(yuan: Decimal) -> int:
    """Decade of an amount: 0 below one yuan, 1 below ten, 2 below a hundred …"""
    return len(str(math.floor(yuan))) if yuan >= 1 else 0


def _text(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        whole = value.strftime("%Y-%m-%d %H:%M:%S")
        return f"{whole}.{value:%f}".rstrip("0") if value.microsecond else whole
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
