"""Trace codes of watched drugs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from province.cast import LINE, SCAN, VISIT, Cast
from province.items import catalogue
from province.schemes.swap import SHELF
from province.stock import lot_of
from province.world import DAY, Ints, World, unit_hash
from province.write import Cells, ids, table_of, texts

Frame = pd.DataFrame
BOUGHT, SOLD, BACK = 1, 2, 3
_MOST: Final = 12  # boxes of one line that are scanned at most


@dataclass
class Counter:
    """Numbers given out so far."""

    scans: int = 0


def scanned(world: World, month: int, lines: Frame, bills: Frame, cast: Cast) -> Frame:
    """Scans of this month: each watched box once when bought, and when sold or taken back."""
    bill, item = lines["bill"].to_numpy(), lines["item"].to_numpy()
    place = bills["place"].to_numpy()[bill]
    there = (lines["books"].to_numpy() != SHELF) | (lines["given"].to_numpy() >= 0)  # a box
    rows = np.flatnonzero(
        catalogue().watch[item] & ~cast.places.abroad[place] & (lines["det"] != 0) & there
    )
    split = lines["split"].to_numpy()[rows] > 0
    boxes = np.where(split, 1, np.minimum(np.abs(lines["qty"].to_numpy()[rows]), _MOST))
    row = np.repeat(rows, boxes)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(boxes) - boxes, boxes)
    taken_back = lines["qty"].to_numpy()[row] < 0
    origin = np.where(
        taken_back, lines["init_sn"].to_numpy()[row], lines["bkkp_sn"].to_numpy()[row]
    )
    own = (origin - LINE) * _MOST + nth
    box = lines["box"].to_numpy()[row]
    serial = np.where(box >= 0, 9_000_000_000_000 + box, own)
    sales = pd.DataFrame(
        {
            "serial": serial, "item": item[row], "place": place[row],
            "kind": np.where(taken_back, BACK, SOLD), "time": lines["t"].to_numpy()[row] + 5,
            "split": lines["split"].to_numpy()[row], "line": lines["bkkp_sn"].to_numpy()[row],
            "vid": bills["vid"].to_numpy()[bill[row]],
            "person": bills["person"].to_numpy()[bill[row]],
        }
    )  # fmt: skip
    return pd.concat([_bought(world, month, sales), sales], ignore_index=True)


def _bought(world: World, month: int, sales: Frame) -> Frame:
    """The purchase scans of the boxes sold: one a box, where it was first sold."""
    first = sales[sales["kind"] == SOLD].drop_duplicates("serial").copy()
    place, item = first["place"].to_numpy(), first["item"].to_numpy()
    ago = 2 + (unit_hash(place, item + month * 1000) * 7).astype(np.int64)
    day = world.first_day(month) - ago
    first["time"] = day * DAY + 10 * 3600 + first["serial"].to_numpy() % 7200
    first["kind"] = BOUGHT
    first[["line", "vid", "person"]] = -1
    first["split"] = 0
    return first


def scan_table(scans: Frame, counter: Counter, cast: Cast) -> pa.Table:
    """drug_trac_d of these scans, numbered in order of time."""
    scans = scans.sort_values(["time", "place", "serial", "kind"], kind="stable")
    n = len(scans)
    col = {name: scans[name].to_numpy() for name in scans.columns}
    number = counter.scans + np.arange(n) + 1
    counter.scans += n
    serial = col["serial"]
    mixed = (serial % 1_000_000) * 10_000_000 + serial // 1_000_000
    visit = np.where(col["vid"] >= 0, VISIT + col["vid"], -1)
    columns = {
        "scan_id": ids(SCAN + number),
        "drug_trac_codg": _codes(col["item"], mixed),
        "fixmedins_code": texts(cast.place, col["place"]),
        "hilist_code": texts(catalogue().code, col["item"]),
        "scan_type": texts(("1", "2", "3"), col["kind"] - 1),
        "trdn_flag": texts(("0", "1"), col["split"]), "bkkp_sn": ids(col["line"]),
        "mdtrt_id": ids(visit),
        "psn_no": texts(cast.people.psn_no, col["person"]),
        "lot_no": ids(lot_of(col["item"], serial % 5 + 200)),
        "scan_time": Cells(col["time"]), "updt_time": Cells(col["time"] + 5400),
    }  # fmt: skip
    return table_of("drug_trac_d", columns, n)


def _codes(item: Ints, serial: Ints) -> Cells:
    """20 characters: 7 for the product, 13 for the box."""
    head = ids(8_100_000 + item).values
    tail = pc.utf8_slice_codeunits(ids(10_000_000_000_000 + serial).values, 1, 14)
    return Cells(pc.binary_join_element_wise(head, tail, ""))
