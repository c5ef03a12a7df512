"""What a row of a fact says of who, when and where, and which silver rows prove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F

from fundwatch.tables.gold import (
    CHARGE_FACT,
    INSTITUTION_DAY_FACT,
    PERSON_DAY_FACT,
    STAY_FACT,
    SUPPLY_FACT,
    VISIT_FACT,
)

NOBODY: Final = "cast(array() as array<string>)"


@dataclass(frozen=True)
class Other:
    """A second row that a rule speaks of where it uses columns that begin with `prefix`."""

    prefix: str
    table: str
    key: str
    place: str


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
    other: Other | None = None

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
            return F.when(doctor.isNull(), alone).otherwise(_accused(subject, F.array(doctor)))
        return _accused(subject, F.array("fixmedins_code"))

    def found_at(self, with_other: Column) -> Column:
        """Institutions of the evidence, sorted; that of the other row too where it is spoken of."""
        here = F.expr(self.places)
        if self.other is None:
            return _sorted(here)
        both = F.concat(here, F.array(self.other.place))
        return _sorted(F.when(with_other, both).otherwise(here))

    def evidence(self, with_other: Column) -> Column:
        """Keys of the silver rows that prove it, sorted."""
        parts = [_keys(table, F.expr(keys)) for table, keys in self.proof]
        every = F.concat(*parts)
        if self.other is not None:
            more = F.concat(every, _keys(self.other.table, F.array(self.other.key)))
            every = F.when(with_other, more).otherwise(every)
        return F.array_sort(F.array_distinct(F.filter(every, lambda row: row["key"].isNotNull())))


def _accused(kind: str, ids: Column) -> Column:
    return F.struct(F.lit(kind).alias("subject_type"), _sorted(ids).alias("subject_ids"))


def _keys(table: str, keys: Column) -> Column:
    return F.transform(keys, lambda key: F.struct(F.lit(table).alias("table"), key.alias("key")))


def _sorted(values: Column) -> Column:
    return F.array_sort(F.array_distinct(F.array_compact(values)))


WITNESS: Final[dict[str, Witness]] = {
    CHARGE_FACT.name: Witness(
        begins="charged_on",
        ends="charged_on",
        settlements="array(setl_id)",
        proof=(("silver.fee_line", "array(bkkp_sn)"), ("silver.settlement", "array(setl_id)")),
        doctor="bilg_dr_code",
    ),
    VISIT_FACT.name: Witness(
        begins="visited_on",
        ends="visited_on",
        settlements="array(setl_id)",
        proof=(("silver.visit", "array(mdtrt_id)"), ("silver.settlement", "array(setl_id)")),
        doctor="chfpdr_code",
        other=Other("prev_", "silver.settlement", "prev_setl_id", "prev_fixmedins_code"),
    ),
    STAY_FACT.name: Witness(
        begins="admitted_on",
        ends="discharged_on",
        settlements="setl_ids",
        proof=(("silver.visit", "array(mdtrt_id)"), ("silver.settlement", "setl_ids")),
        doctor="chfpdr_code",
        other=Other("prev_", "silver.visit", "prev_mdtrt_id", "prev_fixmedins_code"),
    ),
    PERSON_DAY_FACT.name: Witness(
        begins="day",
        ends="day",
        settlements="setl_ids",
        proof=(("silver.settlement", "setl_ids"),),
        places="fixmedins_codes",
        other=Other("inside_", "silver.visit", "inside_mdtrt_id", "inside_fixmedins_code"),
    ),
    INSTITUTION_DAY_FACT.name: Witness(
        begins="day",
        ends="day",
        settlements="excess_setl_ids",
        proof=(("silver.institution", "array(fixmedins_code)"),),
        persons=NOBODY,
    ),
    SUPPLY_FACT.name: Witness(
        begins="to_date(concat(month, '-01'))",
        ends="last_day(to_date(concat(month, '-01')))",
        settlements="setl_ids",
        proof=(("silver.settlement", "setl_ids"),),
        places="fixmedins_codes",
    ),
}
