"""Operations, orders and reports of the month's stays and visits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import VISIT, Cast, of_group
from province.items import catalogue, is_stay
from province.lines import op_begin
from province.places import DEPT
from province.world import DAY, Ints, unit_hash
from province.write import Cells, constant, ids, table_of, texts

Frame = pd.DataFrame


def operations(seen: Frame, cast: Cast) -> pa.Table:
    """oprn_d: one operation of each surgical stay, two where two were done."""
    has = np.array([bool(c) for c in of_group("oprn")])[seen["group"].to_numpy()]
    once = np.flatnonzero(has & (seen["open"].to_numpy() == 0))
    twice = once[seen["ops"].to_numpy()[once] > 1]
    rows = np.r_[once, twice]
    order = np.r_[np.zeros(len(once), np.int64), np.ones(len(twice), np.int64)]
    at = np.lexsort((order, rows))
    rows, order = rows[at], order[at]
    stays = seen.take(rows)
    group, vid = stays["group"].to_numpy(), stays["vid"].to_numpy()
    beg = op_begin(stays.assign(pbeg=stays["beg"] // DAY, pend=stays["end"] // DAY)) + order * 5400
    minutes = 30 + (unit_hash(vid, order + 91) * 120).astype(np.int64)
    place = stays["place"].to_numpy()
    surgeons = cast.places.doctors[place, DEPT["surg"]]
    anaesthetist = np.where(
        surgeons > 0, cast.places.doctor_from[place, DEPT["surg"]], stays["doctor"].to_numpy()
    )
    name = of_group("oprn_name")
    columns = {
        "mdtrt_id": ids(VISIT + vid), "oprn_srt_no": Cells(order + 1),
        "main_oprn_flag": texts(("1", "0"), order),
        "oprn_oprt_code": texts([*of_group("oprn"), *(f"{c}02"[:9] for c in of_group("oprn"))],
                                group + order * len(name)),
        "oprn_oprt_name": texts([*name, *(f"对侧{c}" for c in name)], group + order * len(name)),
        "oprn_oprt_date": Cells(beg // DAY),
        "anst_way": texts(("01", "02", "03"), (unit_hash(vid, vid * 0 + 92) * 3).astype(np.int64)),
        "oper_dr_code": texts(cast.staff, stays["doctor"].to_numpy()),
        "anst_dr_code": texts(cast.staff, anaesthetist),
        "oprn_begntime": Cells(beg), "oprn_endtime": Cells(beg + minutes * 60),
        "vali_flag": constant("1", len(rows)), "updt_time": Cells(stays["updt"].to_numpy()),
    }  # fmt: skip
    return table_of("oprn_d", columns, len(rows))


def orders(lines: Frame, bills: Frame, cast: Cast) -> pa.Table:
    """drord_d: one order of each item of a stay, from its first line to its last."""
    bill, item = lines["bill"].to_numpy(), lines["item"].to_numpy()
    mine = is_stay(bills["group"].to_numpy())[bill] & (bills["refd"].to_numpy()[bill] == 0)
    mine &= catalogue().ordered[item] & (lines["qty"].to_numpy() > 0)
    bill = bill[mine]
    part = pd.DataFrame(
        {name: bills[name].to_numpy()[bill] for name in ("vid", "beg", "pbeg", "doctor", "updt")}
    ).assign(item=item[mine], t=lines["t"].to_numpy()[mine])
    made = part.groupby(["vid", "item"], sort=True).agg(
        first=("t", "min"), last=("t", "max"), n=("t", "size"), beg=("beg", "first"),
        pbeg=("pbeg", "min"), doctor=("doctor", "first"), updt=("updt", "max"),
    ).reset_index()  # fmt: skip
    col = {name: made[name].to_numpy() for name in made.columns}
    goes_on = (col["n"] > 1) & (col["pbeg"] * DAY > col["beg"])  # ordered in an earlier part
    first = np.where(goes_on, col["beg"] + 1800, np.maximum(col["first"] - 1200, col["beg"]))
    columns = {
        "mdtrt_id": ids(VISIT + col["vid"]), "drord_no": ids(col["vid"] * 1000 + col["item"], "R"),
        "drord_type": texts(("1", "2"), (col["n"] < 2).astype(np.int64)),
        "hilist_code": texts(catalogue().code, col["item"]),
        "drord_begntime": Cells(first), "drord_endtime": Cells(col["last"] + 600),
        "dr_code": texts(cast.staff, col["doctor"]), "updt_time": Cells(col["updt"]),
    }  # fmt: skip
    return table_of("drord_d", columns, len(made))


def reports(lines: Frame, bills: Frame, cast: Cast) -> pa.Table:
    """rpot_d: a report for each examination and laboratory item of a day; some never come."""
    bill, item = lines["bill"].to_numpy(), lines["item"].to_numpy()
    mine = catalogue().is_test[item] & (lines["qty"].to_numpy() > 0)
    mine &= bills["refd"].to_numpy()[bill] == 0
    vid, t = bills["vid"].to_numpy()[bill], lines["t"].to_numpy()
    missing = np.maximum(3, bills["unseen"].to_numpy())[bill]
    mine &= unit_hash(vid, item + t // DAY) * 100 >= missing
    rows = np.flatnonzero(mine)
    key = pd.DataFrame({"vid": vid[rows], "day": t[rows] // DAY, "item": item[rows]})
    rows = rows[~key.duplicated().to_numpy()]
    vid, item, t, bill = vid[rows], item[rows], t[rows], bill[rows]
    done = t + 3600 + (unit_hash(vid, item) * 20_000).astype(np.int64)
    positive: Ints = (unit_hash(vid, item + 93) < 0.35).astype(np.int64)
    columns = {
        "rpotc_no": ids(vid * 1000 + (t // DAY) % 1000, "RP"),
        "hilist_code": texts(catalogue().code, item), "mdtrt_id": ids(VISIT + vid),
        "rpot_time": Cells(done), "exam_rslt_poit_flag": texts(("0", "1"), positive),
        "dr_code": texts(cast.staff, bills["doctor"].to_numpy()[bill]),
        "updt_time": Cells(np.maximum(done + 600, bills["updt"].to_numpy()[bill])),
    }  # fmt: skip
    return table_of("rpot_d", columns, len(rows))
