"""A mapping of a foreign extract, proposed: a file for conf/sources that a person completes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyspark.sql import SparkSession

from fundwatch.errors import LandingError
from fundwatch.tables.landing import LANDING, LandingColumn
from jobs.extract.foreign import Group, groups
from jobs.extract.likeness import Likeness, Match, likest
from jobs.ingest.landing import Storage

SURE: Final = 0.8  # what is less is marked to be looked at
SHOWN: Final = 24  # signs of a sample
# What systems write where the contract has a code.
CODES: Final = {
    "gend": {"男": "1", "女": "2", "M": "1", "F": "2", "未知": "9"},
    "flag": {"是": "1", "否": "0", "Y": "1", "N": "0", "有效": "1", "无效": "0"},
}


@dataclass(frozen=True)
class Proposal:
    """Every group of files of an extract, and which of them may be which landing table."""

    groups: tuple[Group, ...]
    likely: tuple[Likeness, ...]

    def text(self, name: str, title: str) -> str:
        """conf/sources/`name`.yml, with how sure each line is and a masked sample."""
        lines = [
            "# Proposed from a sample: look at every line, most of all at those marked ?.",
            "# The number is how sure it is, 0 to 1; samples show digits as 9 and letters as x.",
            f"name: {name}",
            f"title: {_text(title)}",
            "",
            "tables:" if self.likely else "tables: {}",
        ]
        for one in self.likely:
            lines += [*_table(one), ""]
        placed = {one.group.files for one in self.likely}
        for group in self.groups:
            if group.files not in placed:
                told = ", ".join(group.columns)
                lines.append(f"# {group.files}: like no table of the contract ({told})")
        return "\n".join(lines).rstrip() + "\n"


def proposed(spark: SparkSession, storage: Storage) -> Proposal:
    """What the files of an extract may be. Raises LandingError where there are none."""
    found = groups(storage)
    if not found:
        raise LandingError("there are no .csv, .csv.gz or .parquet files in the extract")
    return Proposal(tuple(found), tuple(_chosen([likest(spark, group) for group in found])))


def _chosen(found: Iterable[list[Likeness]]) -> list[Likeness]:
    """For each landing table the group that is likest it, each group once, in landing order."""
    every = sorted((one for likely in found for one in likely), key=_order)
    tables: dict[str, Likeness] = {}
    groups: set[str] = set()
    for one in every:
        if one.table.name not in tables and one.group.files not in groups:
            tables[one.table.name] = one
            groups.add(one.group.files)
    return [tables[name] for name in LANDING if name in tables]


def masked(value: str) -> str:
    """The shape of a value: digits are 9, letters x, what cannot be printed ?."""
    told = "".join(map(_sign, value[:SHOWN]))
    return told + ("…" if len(value) > SHOWN else "")


def _table(one: Likeness) -> Iterator[str]:
    yield f"  {one.table.name}:  # {one.table.title}, {one.sure:.2f}"
    yield f"    from: {_text(one.group.files)}"
    if one.matches:
        yield "    rename:"
        yield from (_rename(one.group, match) for match in one.matches)
    codes = [line for match in one.matches for line in _codes(one.group, match)]
    if codes:
        yield "    codes:"
        yield from codes
    known = {match.column.name for match in one.matches}
    for column in one.table.columns:
        if column.need != "may" and column.name not in known:
            yield f"    # {column.name}: ?  {column.term}: must come from somewhere"
    spent = {match.place for match in one.matches}
    if left := [c for n, c in enumerate(one.group.columns) if n not in spent]:
        yield f"    # not used: {', '.join(left)}"


def _rename(group: Group, match: Match) -> str:
    sample = next(iter(group.values(match.place)), "")
    doubt = "" if match.sure >= SURE else " ?"
    told = f"{match.sure:.2f}{doubt} {match.column.term}"
    shown = f", {masked(sample)}" if sample else ", empty in the sample"
    return f"      {match.column.name}: {_text(match.foreign)}  # {told}{shown}"


def _codes(group: Group, match: Match) -> Iterator[str]:
    """Translations for a column of codes whose cells are outside its vocabulary."""
    column = match.column
    if not column.among:
        return
    values = sorted(set(group.values(match.place)))
    strange = [v for v in values if v.zfill(column.width) not in column.among]
    known = _known_codes(column)
    if told := {v: known[v] for v in strange if v in known}:
        yield f"      {column.name}: {json.dumps(told, ensure_ascii=False)}"
    if left := [v for v in strange if v not in known]:
        shown = ", ".join(masked(value) for value in left[:5])
        allowed = ", ".join(column.among)
        yield f"      # {column.name}: {len(left)} values outside {allowed}: {shown}"


def _known_codes(column: LandingColumn) -> dict[str, str]:
    kind = "flag" if column.name.endswith("_flag") else column.name
    return {v: code for v, code in CODES.get(kind, {}).items() if code in column.among}


def _order(one: Likeness) -> tuple[float, str, str]:
    return -one.sure, one.table.name, one.group.files


def _sign(sign: str) -> str:
    if sign.isalpha():  # 三 is both
        return "x"
    if sign.isnumeric():
        return "9"
    return sign if sign.isprintable() else "?"


def _text(text: str) -> str:
    """As YAML takes it for text, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
