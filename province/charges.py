"""Fee lines of one month as the landing table."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import VISIT, Cast, careless, depts_of, flags, hands, of_group, padded
from province.items import catalogue, group_at, is_stay
from province.places import PHARMACY, Places
from province.world import Bools, Ints, unit_hash, whole
from province.write import Cells, ids, table_of, texts

Frame = pd.DataFrame
_OF_BILL = (
    "person", "place", "group", "vid", "setl_id", "dept", "doctor", "updt", "shift", "refd",
    "writer", "fundrx",
)  # fmt: skip


def charges(lines: Frame, bills: Frame, cast: Cast) -> pa.Table:
    """fee_list_d of these lines; `bill` is the row of bills each belongs to."""
    col = {name: lines[name].to_numpy() for name in lines.columns}
    own = {name: bills[name].to_numpy()[col["bill"]] for name in _OF_BILL}
    item, place, vid = col["item"], own["place"], own["vid"]
    items, shop = catalogue(), cast.places.kind[place] == PHARMACY
    drug = items.is_drug[item]
    chronic = np.isin(own["group"], [group_at()[g] for g in ("rx_htn", "rx_dm", "rx_chd")])
    chronic |= own["fundrx"] > 0
    prescribed = unit_hash(vid, item + 67) < np.where(chronic, 0.95, 0.4)
    columns = _goods(col, cast.places, place)
    house, surgery = cast.number[place], items.chrg[item] == "06"
    operated = np.array([bool(code) for code in of_group("oprn")])
    columns |= _doctors(own, item, cast, shop, drug & prescribed) | {
        "bkkp_sn": ids(col["bkkp_sn"]), "init_feedetl_sn": ids(col["init_sn"]),
        "setl_id": ids(own["setl_id"]), "mdtrt_id": ids(VISIT + vid),
        "psn_no": texts(cast.people.psn_no, own["person"]),
        "fixmedins_code": texts(cast.place, place),
        "med_type": texts(of_group("med_type"), own["group"]),
        "rx_drord_no": ids(order_numbers(vid, item, own["group"]), "R"),
        "fee_ocur_time": Cells(col["t"]), "medins_list_codg": ids(house * 1000 + item, "L"),
        "acord_dr_code": hands(cast, col["acord"]),
        "rx_circ_flag": flags(col["prd"] > 0, shop),
        "dscg_tkdrug_flag": flags(col["last"], is_stay(own["group"]) & drug),
        "etip_flag": flags(unit_hash(vid, item) < 0.004, items.is_test[item]),
        "oprn_oprt_code": texts(
            of_group("oprn"), np.where(surgery & operated[own["group"]], own["group"], -1)
        ),
        "opter_id": ids(house * 10 + own["shift"] + 5_000_000, "OP"),
        "crte_time": Cells(col["t"] + 60 + (col["bkkp_sn"] % 7) * 97),
        "updt_time": Cells(own["updt"]),
    }  # fmt: skip
    return table_of("fee_list_d", columns, len(lines))


def order_numbers(vid: Ints, item: Ints, group: Ints) -> Ints:
    """One order for each ordered item of a stay, one prescription for each kind of goods else."""
    items, stay = catalogue(), is_stay(group)
    kind = np.searchsorted(np.unique(items.list_type), items.list_type)
    number = vid * 1000 + np.where(stay, item, kind[item])
    there = np.where(stay, items.ordered[item], items.is_goods[item] | items.is_test[item])
    return whole(np.where(there, number, -1))


def _goods(col: dict[str, Ints], places: Places, place: Ints) -> dict[str, Cells]:
    items, item = catalogue(), col["item"]
    bare = careless(places)[place]
    drug = items.is_drug[item]
    return {
        "hilist_code": texts(items.code, item), "hilist_name": texts(items.name, item),
        "medins_list_name": texts(items.name, item), "list_type": texts(items.list_type, item),
        "med_chrgitm_type": padded(tuple(items.chrg), item, bare),
        "chrgitm_lv": padded(tuple(items.lv), item, bare),
        "cnt": Cells(col["qty"] * 10_000), "trdn_flag": flags(col["split"], drug),
        "pric": Cells(col["pric"]), "det_item_fee_sumamt": Cells(col["det"]),
        "pric_uplmt_amt": Cells(col["ceil"], col["ceil"] > 0),
        "selfpay_prop": Cells(items.selfpay[item]), "fulamt_ownpay_amt": Cells(col["ownpay"]),
        "overlmt_selfpay": Cells(col["over"]), "preselfpay_amt": Cells(col["preself"]),
        "inscp_amt": Cells(col["inscp"]),
        "prd_days": Cells(col["prd"] * 10_000, col["prd"] > 0),
        "sin_dos_dscr": texts(_doses(), np.where(drug, item, -1)),
        "used_frqu_dscr": texts(_rhythms(), np.where(drug, item, -1)),
        "lmt_used_flag": flags(items.limited[item], drug),
        "hosp_appr_flag": texts(("0", "1"), items.high[item].astype(np.int64)),
    }  # fmt: skip


def _doctors(
    own: dict[str, Ints], item: Ints, cast: Cast, shop: Bools, prescribed: Bools
) -> dict[str, Cells]:
    """Who ordered it: blank at pharmacies and, of some places, on a part of their lines."""
    place = own["place"]
    blank = unit_hash(place, np.full_like(place, 65)) < 0.05
    blank = shop | (blank & (unit_hash(own["vid"], item) < 0.3))
    dept = depts_of(cast, place, own["dept"], ~shop)
    return {
        "bilg_dept_codg": dept, "acord_dept_codg": dept,
        "bilg_dr_code": texts(cast.staff, np.where(blank, -1, own["doctor"])),
        "prsc_dr_certno": texts(cast.staff_cert, np.where(shop & prescribed, own["writer"], -1)),
    }  # fmt: skip


@cache
def _doses() -> tuple[str, ...]:
    """Single doses in words: what a day needs, over the times it is taken."""
    items = catalogue()
    return tuple(f"{ddd / times:g}" for ddd, times in zip(items.ddd, _times(), strict=True))


@cache
def _times() -> tuple[int, ...]:
    return tuple(3 if d >= 6 else 2 if d >= 2 else 1 for d in catalogue().ddd)


@cache
def _rhythms() -> tuple[str, ...]:
    return tuple({1: "QD", 2: "BID", 3: "TID"}[t] for t in _times())
