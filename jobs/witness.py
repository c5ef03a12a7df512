"""How a row of a fact is heard: who, when, where, and the silver rows that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import Column
from pyspark.sql import functions as F

NOBODY: Final = "cast(array() as array<string>)"
LINES_OF_EXCESS: Final = "transform(excess_lines, x -> x.bkkp_sn)"
OF_EXCESS: Final = "array_sort(array_distinct(transform(excess_lines, x -> x.setl_id)))"


@dataclass(frozen=True)
class Other:
    """A second row that a rule speaks of where it uses columns that begin with `prefix`."""

    prefix: str
    table: str
    key: str
    place: str = "cast(null as string)"


DEATH: Final = Other("died_on", "silver.insured", "death_key")
STOP: Final = Other("stopped_on", "silver.agreement", "stopped_key")


@dataclass(frozen=True)
class Witness:
    """Spark SQL expressions over a row of a fact; all but days and doctor are arrays of strings."""

    begins: str
    ends: str
    settlements: str
    proof: tuple[tuple[str, str], ...]  # silver table, its keys
    persons: str = "array(person_key)"
    places: str = "array(fixmedins_code)"
    doctor: str = "cast(null as string)"
    with_doctor: str = "cast(null as string)"  # accused beside the doctor
    others: tuple[Other, ...] = ()

    def common(self) -> dict[str, Column]:
        """Columns of a finding that every rule over the fact fills alike."""
        return {
            "fixmedins_code": F.col("fixmedins_code"),
            "area": F.col("area"),
            "period_begn": F.expr(self.begins),
            "period_end": F.expr(self.ends),
            "person_keys": _sorted(F.expr(self.persons)),
            "staff_codes": _sorted(F.expr(f"array({self.doctor})")),
        }

    def accused(self, subject: str) -> Column:
        """Struct of subject_type and subject_ids; the institution where the doctor is unknown."""
        if subject == "person":
            return _accused(subject, F.expr(self.persons))
        if subject == "doctor":
            doctor = F.expr(self.doctor)
            alone = _accused("institution", F.array("fixmedins_code"))
            return F.when(doctor.isNull(), alone).otherwise(
                _accused(subject, F.array(doctor, F.expr(self.with_doctor)))
            )
        return _accused(subject, F.array("fixmedins_code"))

    def found_at(self, spoken_of: Sequence[Column]) -> Column:
        """Institutions of the evidence, sorted; those of the others too that are spoken of."""
        here = F.expr(self.places)
        for other, is_spoken_of in zip(self.others, spoken_of, strict=True):
            place = F.when(is_spoken_of, F.expr(other.place))
            here = F.concat(here, F.array(place))
        return _sorted(here)

    def evidence(self, spoken_of: Sequence[Column]) -> Column:
        """Keys of the silver rows that prove it, sorted; of the others where spoken of."""
        parts = [_keys(table, F.expr(keys)) for table, keys in self.proof]
        for other, is_spoken_of in zip(self.others, spoken_of, strict=True):
            parts.append(_keys(other.table, F.array(F.when(is_spoken_of, F.col(other.key)))))
        known = F.filter(F.concat(*parts), lambda row: row["key"].isNotNull())
        return F.array_sort(F.array_distinct(known))


def of_lines(*proof: tuple[str, str], **told: Any) -> Witness:
    """Of a fact that gathers lines from first_on to last_on: these prove it, and `proof` beside."""
    lines = ("silver.fee_line", LINES_OF_EXCESS)
    return Witness(
        begins="first_on", ends="last_on", settlements=OF_EXCESS, proof=(lines, *proof), **told
    )


def _accused(kind: str, ids: Column) -> Column:
    return F.struct(F.lit(kind).alias("subject_type"), _sorted(ids).alias("subject_ids"))


def _keys(table: str, keys: Column) -> Column:
    return F.transform(keys, lambda key: F.struct(F.lit(table).alias("table"), key.alias("key")))


def _sorted(values: Column) -> Column:
    return F.array_sort(F.array_distinct(F.array_compact(values)))
