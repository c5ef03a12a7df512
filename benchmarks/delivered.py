"""A delivered province read back with pandas: rows as they came, rows that stand, and the truth.

It knows the landing contract only, so it reads any province in it whose cells are well formed
(`--dirty 0`), also one of another hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from fundwatch.tables.landing import LANDING

Frame = pd.DataFrame
_ARROW: Final = {
    "s": pa.string(), "d": pa.date32(), "t": pa.timestamp("s"), "i": pa.int32(),
    "m": pa.decimal128(16, 2), "q": pa.decimal128(16, 4), "p": pa.decimal128(16, 6),
    "r": pa.decimal128(5, 4),
}  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """The folder that `fundwatch simulate` wrote: landing and truth."""

    root: Path

    def table(self, name: str, *columns: str) -> pa.Table:
        """All delivered rows, typed as the contract says, with `batch` and `nth` row within it."""
        chosen = [c for c in LANDING[name].columns if not columns or c.name in columns]
        kinds = {c.name: _ARROW[c.kind] for c in chosen}
        pieces = []
        for batch in sorted((self.root / "landing" / name).iterdir()):
            files = sorted(batch.glob("part-*"))
            rows = pa.concat_tables([_read(path, kinds) for path in files])
            rows = rows.append_column("batch", pa.array([batch.name] * len(rows), pa.string()))
            pieces.append(rows.append_column("nth", pa.array(np.arange(len(rows)))))
        return pa.concat_tables(pieces)

    def rows(self, name: str, *columns: str) -> Frame:
        """The same in pandas: money in whole fen, quantities, prices and ratios as floats."""
        table = self.table(name, *columns)
        kinds = {c.name: c.kind for c in LANDING[name].columns}
        made = {c: _plain(table.column(c), kinds.get(c, "")) for c in table.column_names}
        return pd.DataFrame(made)

    def standing(self, name: str, *columns: str) -> Frame:
        """One row for each key: the one updated last, of the later batch where that is equal."""
        key = list(LANDING[name].key)
        wanted = tuple(dict.fromkeys((*columns, *key, "updt_time"))) if columns else ()
        rows = self.rows(name, *wanted).sort_values(["updt_time", "batch"], kind="stable")
        return rows.drop_duplicates(key, keep="last").sort_values(key).reset_index(drop=True)

    def truth(self, name: str) -> Frame:
        """A truth table, ids as texts."""
        return pd.read_parquet(self.root / "truth" / f"{name}.parquet")

    def planted(self, kind: str = "scheme") -> Frame:
        """Settlements of the truth with instance_id, scheme and variant: schemes' or twins'."""
        told = self.truth("instance").query("kind == @kind")
        told = told[["instance_id", "scheme", "variant"]]
        return self.truth("settlement").merge(told, on="instance_id")


def _read(path: Path, kinds: dict[str, pa.DataType]) -> pa.Table:
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path, columns=list(kinds)).cast(pa.schema(kinds.items()))
    options = pyarrow.csv.ConvertOptions(
        column_types=kinds, include_columns=list(kinds), strings_can_be_null=True
    )
    return pyarrow.csv.read_csv(path, convert_options=options)


def _plain(column: pa.ChunkedArray, kind: str) -> pd.Series:
    """Fen, floats, timestamps or texts; missing money is nothing."""
    if kind in ("m", "q", "p", "r"):
        column = pc.cast(column, pa.float64())
    elif kind == "d":
        column = pc.cast(column, pa.timestamp("s"))
    cells: pd.Series = column.to_pandas()
    return (cells.fillna(0) * 100).round().astype("int64") if kind == "m" else cells
