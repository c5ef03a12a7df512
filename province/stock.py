"""Stock movements that cover what was billed: opening, purchases, transfers, sales, returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import TXN, VISIT, Cast
from province.items import catalogue
from province.places import PHARMACY, Places
from province.schemes.swap import BILL, SHELF
from province.world import DAY, Bools, Ints, World, half_up, unit_hash
from province.write import Cells, ids, table_of, texts

Frame = pd.DataFrame
OPENING, BOUGHT, SOLD, BACK, USED, MOVED_IN, MOVED_OUT = 101, 102, 104, 106, 107, 111, 112
_SUPPLIERS: Final = tuple(f"云州医药{c}公司" for c in "甲乙丙丁戊己")


@dataclass
class Store:
    """Stock on hand by place and item [smallest units], and movements numbered so far."""

    hand: Ints
    ways: dict[tuple[int, int], str]
    number: int = 0


def store(places: Places, ways: dict[tuple[int, int], str]) -> Store:
    """An empty store; `ways` names the (place, item) pairs whose supply is out of the ordinary."""
    return Store(np.zeros((len(places), len(catalogue())), dtype=np.int64), ways)


def lot_of(item: Ints, period: Ints) -> Ints:
    """Lot number of an item in a period of delivery."""
    return (unit_hash(item, period) * 10**6).astype(np.int64) + 24 * 10**6


def moved(
    world: World, month: int, store: Store, lines: Frame, bills: Frame, places: Places
) -> Frame:
    """This month's movements for these lines: sales, use, and the supply that precedes them."""
    used = _of_lines(lines, bills, places)
    opened = [_opening(world, store, places)] if month == 0 and store.ways else []
    bought = _supplied(world, month, store, used, places)
    return pd.concat([*opened, bought, _sold(world, month, used, places)], ignore_index=True)


_COLUMNS: Final = ["place", "item", "kind", "qty", "time", "visit", "other"]


def _movement(frame: Frame, kind: Ints | int, qty: Ints, time: Ints, **more: Ints) -> Frame:
    made = pd.DataFrame(
        {"place": frame["place"].to_numpy(), "item": frame["item"].to_numpy(), "kind": kind,
         "qty": qty, "time": time, "visit": -1, "other": -1, **more}
    )  # fmt: skip
    return made[_COLUMNS].astype(np.int64)


def _of_lines(lines: Frame, bills: Frame, places: Places) -> Frame:
    """What left the shelf for each line of goods [smallest units], and how it was booked."""
    items, bill = catalogue(), lines["bill"].to_numpy()
    place, item = bills["place"].to_numpy()[bill], lines["item"].to_numpy()
    pack = np.where(lines["split"].to_numpy() > 0, 1, items.pack[item])
    frame = pd.DataFrame(
        {
            "place": place, "item": item, "units": lines["qty"].to_numpy() * pack,
            "t": lines["t"].to_numpy(), "vid": bills["vid"].to_numpy()[bill],
            "books": lines["books"].to_numpy(), "given": lines["given"].to_numpy(),
        }
    )  # fmt: skip
    frame = frame[items.is_goods[item] & ~places.abroad[place]]
    swapped = frame[frame["given"] >= 0]
    ratio = items.pack[swapped["given"]] / items.pack[swapped["item"]]
    instead = swapped.assign(
        item=swapped["given"], units=np.rint(swapped["units"] * ratio).astype(np.int64), books=USED
    )
    kept: Frame = frame[frame["books"] != SHELF]
    return pd.concat([kept, instead], ignore_index=True)


def _sold(world: World, month: int, used: Frame, places: Places) -> Frame:
    units, books = used["units"].to_numpy(), used["books"].to_numpy()
    kind = np.where(books == USED, USED, np.where(units < 0, BACK, SOLD))
    shop = (places.kind[used["place"].to_numpy()] == PHARMACY) & (kind != USED)
    single = used[shop]
    counter = _movement(
        single,
        kind[shop],
        -units[shop],
        single["t"].to_numpy() + 30,
        visit=single["vid"].to_numpy(),
    )
    rest = used[~shop].assign(kind=kind[~shop], qty=-units[~shop])
    sums = rest.groupby(["place", "item", "kind"], sort=True, as_index=False)["qty"].sum()
    spread = unit_hash(sums["place"].to_numpy(), sums["item"].to_numpy()) * 3000
    close = world.first_day(month + 1) * DAY - 3600 + spread.astype(np.int64)
    monthly = _movement(sums, sums["kind"].to_numpy(), sums["qty"].to_numpy(), close)
    return pd.concat([counter, monthly], ignore_index=True)


def _supplied(world: World, month: int, store: Store, used: Frame, places: Places) -> Frame:
    """Opening stock in the first month, purchases before each month that needs them."""
    rng = world.rng("stock", month)
    real = used[used["books"] != BILL]
    need = pd.DataFrame(
        {"place": real["place"], "item": real["item"], "out": real["units"].clip(lower=0),
         "net": real["units"]}
    ).groupby(["place", "item"], sort=True, as_index=False).sum()  # fmt: skip
    place, item, out = (need[c].to_numpy() for c in ("place", "item", "out"))
    hand, pack = store.hand[place, item], catalogue().pack[item]
    short = out > hand
    ample = np.where(_way(store, place, item, "lean"), 1.0, rng.uniform(1.15, 1.9, len(out)))
    wanted = np.rint(out * ample).astype(np.int64) - hand
    qty = np.where(short, np.maximum(-(-np.maximum(wanted, 0) // pack), 1) * pack, 0)
    first = world.first_day(month) * DAY
    ago = rng.integers(2, 9, len(out)) * DAY - rng.integers(9 * 3600, 16 * 3600, len(out))
    store.hand[place, item] += qty - need["net"].to_numpy()
    time = np.where(month == 0, first, first - ago)
    bought = _movement(need, OPENING if month == 0 else BOUGHT, qty, time)[short]
    return _rerouted(store, bought.reset_index(drop=True), places)


def _way(store: Store, place: Ints, item: Ints, way: str) -> Bools:
    """Pairs of place and item that are supplied in this way."""
    pairs = [p * 1000 + i for (p, i), told in store.ways.items() if told == way]
    supplied: Bools = np.isin(place * 1000 + item, pairs)
    return supplied


def _rerouted(store: Store, bought: Frame, places: Places) -> Frame:
    """Supply that came from a sister: 111 here, 112 there, and the purchase was the sister's."""
    place, item = bought["place"].to_numpy(), bought["item"].to_numpy()
    member = (places.chain[place] >= 0) & (places.chain[place] != place)
    mine = (member & (unit_hash(place, item + 400) < 0.02)) | _way(store, place, item, "moved_in")
    mine &= bought["kind"].to_numpy() == BOUGHT
    if not mine.any():
        return bought
    rows: Frame = bought[mine]
    here = rows["place"].to_numpy()
    lead = places.chain[here]
    others = places.of(1, PHARMACY)
    sister = np.where((lead >= 0) & (lead != here), lead, others[here % len(others)])
    sister = np.where(sister == here, others[(here + 1) % len(others)], sister)
    arrived = rows.assign(kind=MOVED_IN, other=sister)
    left = rows.assign(
        place=sister, kind=MOVED_OUT, qty=-rows["qty"], other=here, time=rows["time"] - 60
    )
    source = rows.assign(place=sister, time=rows["time"] - 7200)
    kept: Frame = bought[~mine]
    return pd.concat([kept, arrived, left, source], ignore_index=True)


def _opening(world: World, store: Store, places: Places) -> Frame:
    """A long supply laid in before the first month."""
    pairs = sorted(pair for pair, way in store.ways.items() if way == "opening_stock")
    frame = pd.DataFrame(pairs, columns=["place", "item"], dtype=np.int64)
    place, item = frame["place"].to_numpy(), frame["item"].to_numpy()
    packs = np.maximum(60, places.weight[place] * world.persons / 2500).astype(np.int64)
    qty = packs * world.months * np.where(catalogue().pack[item] > 1, catalogue().pack[item], 6)
    store.hand[place, item] += qty
    return _movement(frame, OPENING, qty, np.full(len(frame), world.first_day(0) * DAY))


def movements(frame: Frame, store: Store, cast: Cast) -> pa.Table:
    """inv_txn_d of these movements, numbered in order of time."""
    frame = frame.sort_values(["time", "place", "item", "kind", "visit"], kind="stable")
    items, n = catalogue(), len(frame)
    col = {name: frame[name].to_numpy() for name in frame.columns}
    item, time = col["item"], col["time"]
    serial = store.number + np.arange(n) + 1
    store.number += n
    lot = lot_of(item, time // (40 * DAY))
    bought = np.isin(col["kind"], [OPENING, BOUGHT])
    columns = {
        "txn_id": ids(TXN + serial), "fixmedins_code": texts(cast.place, col["place"]),
        "hilist_code": texts(items.code, item), "txn_type": ids(col["kind"]),
        "qty": Cells(col["qty"] * 10_000),
        "unit_price": Cells(half_up(items.price[item] * 9_000, items.pack[item])),
        "lot_no": ids(lot), "expy_end": Cells(time // DAY + 540 + lot % 400),
        "opp_fixmedins_code": texts(cast.place, col["other"]),
        "supplier": texts(_SUPPLIERS, np.where(bought, item * 7 % 6, -1)),
        "mdtrt_id": ids(np.where(col["visit"] >= 0, VISIT + col["visit"], -1)),
        "txn_time": Cells(time), "updt_time": Cells(time + 7200),
    }  # fmt: skip
    return table_of("inv_txn_d", columns, n)
