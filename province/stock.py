"""Stock movements that cover what was billed: opening, purchases, sales, returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from province.emit import VISIT, Names
from province.items import catalogue
from province.places import PHARMACY, Places
from province.world import DAY, Ints, World, half_up, unit_hash
from province.write import Cells, ids, table_of, texts

Frame = pd.DataFrame
TXN = 379_904_000_000_000_000


@dataclass
class Store:
    """Stock on hand by place and item [smallest units], and movements waiting to be delivered."""

    hand: Ints
    waiting: list[Frame]
    number: int = 0


def store(places: Places) -> Store:
    """An empty store; opening stock appears with the first sale of an item."""
    return Store(np.zeros((len(places), len(catalogue())), dtype=np.int64), [])


def movement(place: Ints, item: Ints, kind: int, qty: Ints, time: Ints, visit: Ints | int = -1) -> Frame:
    """Movements; `kind` is the txn_type, `qty` is signed [smallest units]."""
    frame = pd.DataFrame({"place": place, "item": item, "kind": kind, "qty": qty, "time": time,
                          "visit": visit, "other": -1})  # fmt: skip
    return frame.astype(np.int64)


def smallest(lines: Frame) -> Ints:
    """Quantities of lines in smallest units."""
    pack = catalogue().pack[lines["item"].to_numpy()]
    return lines["qty"].to_numpy() * np.where(lines["split"].to_numpy() > 0, 1, pack)


def moved(world: World, month: int, store: Store, lines: Frame, bills: Frame, places: Places) -> Frame:
    """This month's movements for these lines: sales, and the purchases that must precede them."""
    goods = catalogue().is_goods[lines["item"].to_numpy()]
    lines = lines[goods]
    bill = lines["bill"].to_numpy()
    place, item = bills["place"].to_numpy()[bill], lines["item"].to_numpy()
    units = smallest(lines)
    inside = ~places.abroad[place]
    place, item, units, lines, bill = place[inside], item[inside], units[inside], lines[inside], bill[inside]
    return pd.concat(
        [_bought(world, month, store, place, item, units), _sold(world, month, place, item, units, lines, bills, bill, places)],
        ignore_index=True,
    )


def _sold(
    world: World, month: int, place: Ints, item: Ints, units: Ints, lines: Frame, bills: Frame, bill: Ints, places: Places
) -> Frame:
    shop = places.kind[place] == PHARMACY
    back = units < 0
    single = movement(
        place[shop], item[shop], 104, -units[shop], lines["t"].to_numpy()[shop],
        bills["vid"].to_numpy()[bill][shop],
    )  # fmt: skip
    single["kind"] = np.where(back[shop], 106, 104)
    rest = pd.DataFrame({"place": place[~shop], "item": item[~shop], "kind": np.where(back[~shop], 106, 104), "qty": -units[~shop]})
    grouped = rest.groupby(["place", "item", "kind"], sort=True, as_index=False)["qty"].sum()
    close = world.first_day(month + 1) * DAY - 3600
    monthly = movement(*(grouped[c].to_numpy() for c in ("place", "item")), 104, grouped["qty"].to_numpy(), close)
    monthly["kind"] = grouped["kind"].to_numpy()
    monthly["time"] += (unit_hash(monthly["place"].to_numpy(), monthly["item"].to_numpy()) * 3000).astype(np.int64)
    return pd.concat([single, monthly], ignore_index=True)


def _bought(world: World, month: int, store: Store, place: Ints, item: Ints, units: Ints) -> Frame:
    rng = world.rng("stock", month)
    pairs = pd.DataFrame({"place": place, "item": item, "out": np.maximum(units, 0), "net": units})
    need = pairs.groupby(["place", "item"], sort=True, as_index=False).sum()
    p, i = need["place"].to_numpy(), need["item"].to_numpy()
    out, hand = need["out"].to_numpy(), store.hand[p, i]
    pack = catalogue().pack[i]
    short = out > hand
    wanted = np.rint(out * rng.uniform(1.15, 1.9, len(out))).astype(np.int64) - hand
    packs = -(-np.maximum(wanted, 0) // pack)
    qty = np.where(short, np.maximum(packs, 1) * pack, 0)
    first = world.first_day(month) * DAY
    before = first - rng.integers(2, 9, len(out)) * DAY + rng.integers(9 * 3600, 16 * 3600, len(out))
    time = np.where(month == 0, first, before)
    store.hand[p, i] += qty - need["net"].to_numpy()
    bought = movement(p, i, 101 if month == 0 else 102, qty, time)
    return bought[short].reset_index(drop=True)


def movements(world: World, frame: Frame, store: Store, names: Names, places: Places) -> pa.Table:
    """inv_txn_d of these movements, numbered in order of time."""
    items = catalogue()
    frame = frame.sort_values(["time", "place", "item", "kind", "visit"], kind="stable").reset_index(drop=True)
    n, item, place = len(frame), frame["item"].to_numpy(), frame["place"].to_numpy()
    kind, time = frame["kind"].to_numpy(), frame["time"].to_numpy()
    serial = store.number + np.arange(n) + 1
    store.number += n
    cost = half_up((items.price[item] * 9_000), items.pack[item])
    lot = (unit_hash(item, time // (40 * DAY)) * 10**6).astype(np.int64) + 24 * 10**6
    bought = np.isin(kind, [101, 102])
    columns = {
        "txn_id": ids(TXN + serial), "fixmedins_code": texts(names.place, place),
        "hilist_code": texts(items.code, item), "txn_type": ids(kind),
        "qty": Cells(frame["qty"].to_numpy() * 10_000), "unit_price": Cells(cost),
        "lot_no": ids(lot), "expy_end": Cells(time // DAY + 540 + lot % 400),
        "opp_fixmedins_code": texts(names.place, frame["other"].to_numpy()),
        "supplier": texts([f"云州医药{c}公司" for c in "甲乙丙丁戊己"], np.where(bought, item * 7 % 6, -1)),
        "mdtrt_id": ids(np.where(frame["visit"].to_numpy() >= 0, VISIT + frame["visit"].to_numpy(), -1)),
        "txn_time": Cells(time), "updt_time": Cells(time + 7200),
    }  # fmt: skip
    return table_of("inv_txn_d", columns, n)
