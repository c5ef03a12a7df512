"""Disorder of delivery: exact repeats, first versions corrected later, and malformed rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fundwatch.tables.landing import LANDING
from province.world import World
from province.write import TYPES, as_text

# columns that arrive empty in a first version
_FIRST_EMPTY: Final = {
    "setl_d": ("dise_no", "invono", "emp_no"), "mdtrt_d": ("chfpdr_code", "tel", "adm_dept_codg"),
    "fee_list_d": ("bilg_dr_code", "medins_list_name", "acord_dr_code"),
    "diag_d": ("diag_name", "adm_cond_type"), "oprn_d": ("anst_dr_code",),
}  # fmt: skip
REPEATS: Final = 0.001  # share of rows delivered twice
CORRECTIONS: Final = 0.003  # share of rows whose first version is corrected by the next batch
_DIRTY: Final = ("setl_d", "mdtrt_d", "fee_list_d", "diag_d", "inv_txn_d", "drug_trac_d")


@dataclass
class Desk:
    """Corrections that wait for the next batch of their table."""

    world: World
    waiting: dict[str, pa.Table] = field(default_factory=dict)

    def untidied(self, name: str, month: int, table: pa.Table) -> pa.Table:
        """The batch as it is delivered; in the last month corrections come with it."""
        rng = self.world.rng("untidy", name, month)
        arrived = self.waiting.pop(name, None)
        pieces = [table]
        if name in _FIRST_EMPTY and table.num_rows:
            first, final = _corrected(rng, name, table)
            pieces = [first]
            if month + 1 < self.world.months:
                self.waiting[name] = final
            else:
                pieces.append(final)
        if arrived is not None:
            pieces.append(arrived)
        whole = pa.concat_tables(pieces)
        again = np.flatnonzero(rng.random(whole.num_rows) < REPEATS)
        whole = pa.concat_tables([whole, whole.take(pa.array(again))]).combine_chunks()
        return self._dirtied(rng, name, whole)

    def _dirtied(self, rng: np.random.Generator, name: str, table: pa.Table) -> pa.Table:
        """All cells as text, a share of rows with a bad or missing cell."""
        if not self.world.dirty or name not in _DIRTY:
            return table
        table = as_text(table)
        hit = rng.random(table.num_rows) < self.world.dirty
        must = [c for c in LANDING[name].columns if c.need in ("must", "key")]
        which = rng.integers(0, len(must), table.num_rows)
        for at, column in enumerate(must):
            mask = hit & (which == at)
            if mask.any():
                bad = _bad_cell(rng, column.kind)
                spoilt = pc.if_else(pa.array(mask), bad, table.column(column.name))
                table = table.set_column(
                    table.schema.get_field_index(column.name), column.name, spoilt
                )
        return table


def _bad_cell(rng: np.random.Generator, kind: str) -> pa.Scalar:
    wrong = {"d": "2024-02-31", "t": "0000-00-00 00:00:00", "i": "一", "s": None}
    text = None if rng.random() < 0.4 else wrong.get(kind, "12.3.4")
    return pa.scalar(text, pa.string())


def _corrected(rng: np.random.Generator, name: str, table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """First versions with a column still empty, and the full rows that replace them later."""
    mask = rng.random(table.num_rows) < CORRECTIONS
    if name == "mdtrt_d":  # a stay still open is completed, not corrected
        mask &= np.asarray(table.column("endtime").is_valid())
    rows = table.take(pa.array(np.flatnonzero(mask)))
    later = pa.array(rng.integers(2, 20, rows.num_rows) * 86_400, pa.duration("s"))
    updt = pc.add(rows.column("updt_time"), later).cast(TYPES["t"])
    rows = rows.set_column(rows.schema.get_field_index("updt_time"), "updt_time", updt)
    column = str(rng.choice(np.array(_FIRST_EMPTY[name])))
    at = table.schema.get_field_index(column)
    empty = pa.scalar(None, table.schema.field(column).type)
    first = table.set_column(at, column, pc.if_else(pa.array(mask), empty, table.column(column)))
    return first, rows
