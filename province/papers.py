"""Electronic invoices of settlements, and what becomes of some: reddened, forged, used twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import Cast
from province.records import INVOICE, INVOICE_CODE
from province.world import DAY
from province.write import Cells, constant, ids, table_of, texts

Frame = pd.DataFrame
# the paper behind a bill: as it should be, or no invoice of that number at all
PLAIN, FORGED = 0, 1


def invoices(bills: Frame, cast: Cast) -> pa.Table:
    """einvoice_d: one for each settlement, taken back with red ink where it was reversed."""
    back = bills[bills["refd"] == 1]
    red = pd.Series(back["setl_time"].to_numpy() // DAY, index=back["invoice"].to_numpy())
    given = bills[(bills["refd"] == 0) & (bills["paper"] != FORGED)]
    there = given["invoice"].to_numpy()
    when = red.reindex(there).fillna(-1).to_numpy().astype(np.int64)
    late = back[~np.isin(back["invoice"].to_numpy(), there)]
    rows = pd.concat([given.assign(red=when), _reddened(late)], ignore_index=True)
    col = {
        name: rows[name].to_numpy()
        for name in ("invoice", "place", "det", "setl_time", "red", "updt")
    }
    reddened = col["red"] >= 0
    inside = ~cast.places.abroad[col["place"]]
    columns = {
        "bill_code": constant(INVOICE_CODE, len(rows)), "bill_no": ids(INVOICE + col["invoice"]),
        "fixmedins_code": texts(cast.place, np.where(inside, col["place"], -1)),
        "issue_date": Cells(col["setl_time"] // DAY), "total_amt": Cells(col["det"]),
        "stas": texts(("1", "2"), reddened.astype(np.int64)),
        "red_date": Cells(col["red"], reddened),
        "updt_time": Cells(np.where(reddened, (col["red"] + 1) * DAY, col["updt"])),
    }  # fmt: skip
    return table_of("einvoice_d", columns, len(rows))


def _reddened(late: Frame) -> Frame:
    """Invoices of earlier months taken back now: the same invoice in its new state."""
    return late.assign(
        red=late["setl_time"] // DAY, det=-late["det"], setl_time=late["first_time"],
    )  # fmt: skip
