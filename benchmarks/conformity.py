"""Whether a province keeps the landing contract, cell by cell, and whether its tables agree.

`faults` tells every broken promise in a sentence; a sound province has none. It takes delivered
files and the contract's declarations only, so it judges a province of any hand. Rows spoilt on
purpose (`--dirty`) break the contract: that is what they are for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from benchmarks.delivered import Delivered
from benchmarks.identities import broken
from fundwatch.tables.landing import LANDING, LandingColumn, LandingTable

Frame = pd.DataFrame
_DIGITS: Final = {"psn_type": 4, "med_type": 6, "insutype": 3}


def faults(province: Delivered) -> list[str]:
    """Every way in which the province breaks the contract or contradicts itself."""
    found = []
    for table in LANDING.values():
        folder = province.root / "landing" / table.name
        if not folder.is_dir():
            found.append(f"{table.name}: was not delivered")
            continue
        found += _headings(folder, table)
        if not found:
            rows = province.table(table.name)
            found += [*_manifests(folder, table, rows), *_keys(table, rows)]
            found += [s for column in table.columns for s in _cells(table, column, rows)]
    return found or list(broken(province))


def _headings(folder: Path, table: LandingTable) -> Iterator[str]:
    """Exactly the declared columns in the declared order, in every file."""
    declared = [column.name for column in table.columns]
    for path in sorted(folder.glob("*/part-*")):
        if path.suffix == ".parquet":
            head = pyarrow.parquet.read_schema(path).names
        else:
            with path.open(encoding="utf-8") as file:
                head = file.readline().strip().replace('"', "").split(",")
        if head != declared:
            yield f"{table.name}: {path.parent.name}/{path.name} has other columns than declared"


def _manifests(folder: Path, table: LandingTable, rows: pa.Table) -> Iterator[str]:
    """Rows, totals of money and digests of files are what the manifest says."""
    money = [column.name for column in table.columns if column.kind == "m"]
    for path in sorted(folder.glob("*/_MANIFEST.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        mine = rows.filter(pc.equal(rows.column("batch"), path.parent.name))
        digests = {
            part.name: hashlib.sha256(part.read_bytes()).hexdigest()
            for part in path.parent.glob("part-*")
        }
        sums = {name: pc.sum(mine.column(name)).as_py() or Decimal(0) for name in money}
        if told["rows"] != len(mine) or told["files"] != digests:
            yield f"{table.name}: the manifest of {path.parent.name} tells other rows or files"
        if {name: Decimal(told["totals"].get(name, "0")) for name in money} != sums:
            yield f"{table.name}: the manifest of {path.parent.name} tells other totals"


def _keys(table: LandingTable, rows: pa.Table) -> Iterator[str]:
    """Of equal keys the later update wins: two versions of one key never bear one time."""
    frame = rows.drop_columns(["batch", "nth"]).to_pandas().drop_duplicates()
    if frame.duplicated([*table.key, "updt_time"]).any():
        yield f"{table.name}: two versions of one key were updated at one time"


def _cells(table: LandingTable, column: LandingColumn, rows: pa.Table) -> Iterator[str]:
    """Filled where it must be, within its vocabulary and width, without blanks around."""
    cells, name = rows.column(column.name), f"{table.name}.{column.name}"
    if column.need in ("key", "must") and cells.null_count:
        yield f"{name}: {cells.null_count} cells are empty that must not be"
    if column.kind != "s":
        return
    there = [cell for cell in pc.unique(cells).to_pylist() if cell is not None]
    if any(cell != cell.strip() or not cell for cell in there):
        yield f"{name}: a text is empty or has blanks around it"
    codes = {cell.zfill(column.width) for cell in there}
    if column.among and not codes <= set(column.among):
        yield f"{name}: codes outside the vocabulary: {sorted(codes - set(column.among))[:5]}"
    most = _DIGITS.get(column.name, column.width)
    if column.width and any(len(cell) > most or not cell.isdigit() for cell in there):
        yield f"{name}: a code is no number of at most {most} digits"
    digits = [cell for cell in there if cell.isdigit()]
    if column.zeros and any(len(cell) != column.zeros for cell in digits):
        yield f"{name}: a code of digits has not {column.zeros} of them"
