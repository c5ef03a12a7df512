"""What auditors know, as data: conf/ loaded and checked, all faults told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fundwatch.errors import DeclarationError
from fundwatch.tables import TABLES
from fundwatch.tables.gold import CHARGE_FACT
from fundwatch.tables.landing import LANDING
from fundwatch.yaml_file import read_yaml

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,48}$")]
Text = Annotated[str, Field(min_length=2)]
EXCESS: Final = "excess_fen"  # the gap in a rule's sentence that tells the excess of the line
GAP: Final = re.compile(r"\{(\w+)\}")
Department = Literal[
    "MEDICAL_INSURANCE_ADMINISTRATION", "MEDICAL_INSURANCE_AGENCY", "POLICE",
    "HEALTH_COMMISSION", "MARKET_REGULATION", "DRUG_ADMINISTRATION", "FINANCE", "TAX", "AUDIT",
    "DISCIPLINE", "PROCURATORATE", "HUMAN_RESOURCES",
]  # fmt: skip
EntityType = Literal["institution", "doctor", "person", "department"]

# What names an entity of that type in a row of a fact: a Spark SQL expression. Ward codes are
# unique within their institution only.
ENTITY: Final[dict[tuple[str, str], str]] = {
    ("gold.charge_fact", "institution"): "fixmedins_code",
    ("gold.charge_fact", "doctor"): "bilg_dr_code",
    ("gold.charge_fact", "person"): "person_key",
    ("gold.visit_fact", "institution"): "fixmedins_code",
    ("gold.visit_fact", "doctor"): "chfpdr_code",
    ("gold.visit_fact", "person"): "person_key",
    ("gold.stay_fact", "institution"): "fixmedins_code",
    ("gold.stay_fact", "doctor"): "chfpdr_code",
    ("gold.stay_fact", "person"): "person_key",
    ("gold.stay_fact", "department"): "fixmedins_code || '|' || dept",
    ("gold.supply_fact", "person"): "person_key",
    ("gold.institution_day_fact", "institution"): "fixmedins_code",
    ("gold.person_day_fact", "person"): "person_key",
}


class Named(BaseModel):
    """Anything that conf/ tells under an id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug


class Entry(Named):
    """One piece of knowledge. `needs` names the landing columns (table.column) without which it
    is not evaluable; never 'clean'."""

    title: Text
    source: Text  # the article, contract clause or paper that makes it matter
    innocent: Text  # the honest explanation to rule out before accusing
    needs: tuple[str, ...]

    @field_validator("needs")
    @classmethod
    def _landed(cls, needs: tuple[str, ...]) -> tuple[str, ...]:
        for name in needs:
            table, _, column = name.partition(".")
            if table not in LANDING or column not in {c.name for c in LANDING[table].columns}:
                raise ValueError(f"no landing column {name!r}")
        return needs


class OverFact(Entry):
    """Knowledge that is an expression over the rows of one gold fact."""

    over: str

    @field_validator("over")
    @classmethod
    def _declared(cls, name: str) -> str:
        if name not in TABLES:
            raise ValueError(f"no table {name!r}")
        return name


class Example(BaseModel):
    """A table literal (omitted columns get harmless values) and the value it must give."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rows: str
    value: float


class Indicator(OverFact):
    """A ratio of two sums over the rows of one entity in one month."""

    of: EntityType
    numerator: Text
    denominator: Text
    unit: Text
    worse: Literal["high", "low"]
    floor: int = Field(ge=1)  # a smaller denominator is noise: the value stays null
    example: Example

    @model_validator(mode="after")
    def _has_entity(self) -> Indicator:
        if (self.over, self.of) not in ENTITY:
            raise ValueError(f"{self.over} has no column for {self.of}")
        return self

    @property
    def entity(self) -> str:
        """Expression over a row of `over` that names whose value it is; null: nobody's."""
        return ENTITY[self.over, self.of]


class Case(BaseModel):
    """Cells of one row: `hit` must give `amount` (whole-fen excess; null: not a line amount)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    hit: dict[str, Any] | None = None
    miss: dict[str, Any] | None = None
    amount: int | None = None

    @property
    def cells(self) -> dict[str, Any]:
        return self.hit or self.miss or {}


class Rule(OverFact):
    """A predicate over one row; where it holds, money is in question.

    `amount` is "whole" (all fund money of the row's settlements), "none", or an expression in fen:
    the excess of inscp_fen of the line. `says` has {column} gaps; {excess_fen} is that excess.
    `explains` names finders that mistake what they see where this rule holds: they only shed light.
    What `is_trace` sees many wrongs leave: whatever claims the same settlements whole explains it.
    What `is_common` may be anybody's: only more people at a house than luck brings say something.
    """

    scheme: Slug
    grade: Literal["A", "B", "C", "D"]
    severity: Literal["certain", "likely", "lead"]
    subject: Literal["institution", "pharmacy", "doctor", "person"]
    listed_by: str = ""  # column whose value gathers people in one list; empty: each alone
    explains: tuple[Slug, ...] = ()
    is_trace: bool = False
    is_common: bool = False
    when: Text
    amount: Text
    says: Text
    check: tuple[Text, ...] = Field(min_length=1)
    cleared_if: Text
    examples: tuple[Case, ...] = Field(min_length=2)

    @field_validator("examples")
    @classmethod
    def _both_sides(cls, cases: tuple[Case, ...]) -> tuple[Case, ...]:
        if {case.hit is None for case in cases} != {True, False}:
            raise ValueError("give at least one hit and one miss")
        return cases

    @model_validator(mode="after")
    def _speaks_of_its_table(self) -> Rule:
        """Gaps and example cells are columns; only a line has an excess, only a hit an amount."""
        known = {*TABLES[self.over].names, EXCESS}
        used = {*GAP.findall(self.says), *(cell for case in self.examples for cell in case.cells)}
        used |= {self.listed_by} - {""}
        if unknown := sorted(used - known):
            raise ValueError(f"{self.over} has no column {', '.join(unknown)}")
        has_lines = self.over == CHARGE_FACT.name or "excess_lines" in known
        if not self.is_whole and self.amount != "none" and not has_lines:
            raise ValueError(f"an excess is that of a line, and {self.over} has no lines")
        has_excess = not self.is_whole and self.amount != "none"
        if any(
            (case.amount is not None) != (has_excess and bool(case.hit)) for case in self.examples
        ):
            raise ValueError("an example has an amount where it is a hit of a rule with an excess")
        return self

    @property
    def is_whole(self) -> bool:
        """All fund money of the row's settlements is in question."""
        return self.amount == "whole"


class DetectorEntry(Entry):
    """A detector's card: what it means, and the parameters that models/ may be given."""

    scheme: Slug
    grade: Literal["A", "B", "C", "D"]
    check: tuple[Text, ...] = Field(min_length=1)
    cleared_if: Text
    parameters: dict[str, float | int | str]


class Scheme(Named):
    """One kind of wrong, with the path an inspector takes and the articles it rests on."""

    title: Text
    is_whole: bool  # all fund money of its settlements is in question
    beyond: int = Field(ge=1)  # times a clue's amount that a whole case has, nine times in ten
    innocent: tuple[Text, ...] = Field(min_length=1)
    cleared_if: Text
    check: tuple[Text, ...] = Field(min_length=1)
    legal_basis: tuple[Text, ...] = Field(min_length=1)
    route_to: tuple[Department, ...] = Field(min_length=1)  # owner first
    tier: Literal["agreement", "administrative", "criminal"]


K = TypeVar("K", bound=Named)


def load(kind: type[K], path: Path) -> tuple[K, ...]:
    """All entries of a file or of the files of a folder, in name order.

    Raises DeclarationError listing every fault of every file at once.
    """
    faults: list[str] = []
    entries: dict[str, K] = {}
    for where, raw in _raw_entries(path):
        try:
            entry = kind.model_validate(raw)
        except ValidationError as error:
            told = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            faults += [f"{where}: {fault}" for fault in told]
            continue
        if entry.id in entries:
            faults.append(f"{where}: id already used")
        entries[entry.id] = entry
    if faults:
        raise DeclarationError("\n".join(faults))
    return tuple(entries.values())


def _raw_entries(path: Path) -> Iterator[tuple[str, Any]]:
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    for file in files:
        if not file.is_file():
            raise DeclarationError(f"{file} is missing")
        for raw in read_yaml(file) or ():
            yield f"{file.name}#{raw.get('id', '?')}", raw
