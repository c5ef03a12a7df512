"""What the bureau itself keeps: catalogue, groups and rates, prices, fund accounts, past cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import Cast, of_group
from province.items import catalogue, selected
from province.money import MICRO, RATE
from province.people import People
from province.registers import updated
from province.truth import SCHEME, Truth
from province.world import DAY, Ints, World, half_up
from province.write import Cells, constant, ids, table_of, texts

Frame = pd.DataFrame


def items_register(world: World) -> pa.Table:
    """hilist_b: the catalogue in one validity period."""
    items = catalogue()
    rows, n = items.rows, len(items)
    every = np.arange(n)
    top = np.where(items.list_type == "201", 1.3 * 1.15 * 1.10, 1.15)
    ceiling = np.rint(items.price * top).astype(np.int64)
    nego = np.array(["n" in row["flags"].split() for row in rows])
    words = {"ingredient": "cls", "spec": "spec", "unit": "unit", "lmt_sex": "sex",
             "lmt_setting": "setting", "lmt_hosp_lv": "hosp_lv", "lmt_diag": "diag",
             "needs_oprn": "needs"}  # fmt: skip
    numbers = {"pack_size": "pack", "ddd": "ddd", "lmt_age_min": "age_min",
               "lmt_age_max": "age_max", "daily_cap": "cap", "minutes": "minutes"}  # fmt: skip
    columns = {
        name: Cells(pa.array([row[c] or None for row in rows], pa.string()))
        for name, c in words.items()
    }
    columns |= {name: _number(rows, c, 10_000) for name, c in numbers.items()}
    columns |= {
        "hilist_code": texts(items.code, every), "hilist_name": texts(items.name, every),
        "begndate": Cells(np.full(n, world.first_day(0) - 365 * 2)),
        "list_type": texts(items.list_type, every), "chrgitm_lv": texts(items.lv, every),
        "pric_uplmt_amt": Cells(ceiling * 10_000, items.lv != "03"),
        "nego_flag": texts(("0", "1"), nego.astype(np.int64)),
        "high_value_flag": texts(("0", "1"), items.high.astype(np.int64)),
        "watch_flag": texts(("0", "1"), items.watch.astype(np.int64)),
        "lmt_days": _number(rows, "days", 1), "updt_time": updated(world, n),
    }  # fmt: skip
    return table_of("hilist_b", columns, n)


def _number(rows: tuple[dict[str, str], ...], column: str, scale: int) -> Cells:
    there = np.array([bool(row[column]) for row in rows])
    return Cells(np.array([round(float(row[column] or 0) * scale) for row in rows]), there)


def rates(world: World) -> pa.Table:
    """drg_b: weight and rate of every group in the year."""
    drg, name = of_group("drg"), of_group("name")
    weight = [float(w or 0) for w in of_group("weight")]
    at = np.array([i for i, code in enumerate(drg) if code and weight[i] > 0])
    columns = {
        "dise_no": texts(drg, at), "hi_paymtd": constant("4", len(at)),
        "begndate": Cells(np.full(len(at), world.first_day(0))),
        "dise_name": texts(name, at),
        "weight": Cells(np.array([round(weight[i] * 10_000) for i in at])),
        "rate": Cells(np.full(len(at), RATE * MICRO)), "updt_time": updated(world, len(at)),
    }  # fmt: skip
    return table_of("drg_b", columns, len(at))


def prices(world: World) -> pa.Table:
    """purc_pric_b: listed prices of all goods, selected or negotiated ones of some."""
    items = catalogue()
    goods = np.flatnonzero(items.is_goods)
    drugs = items.list_type == "101"
    nego = np.flatnonzero([("n" in row["flags"].split()) for row in items.rows] & drugs)
    item = np.r_[goods, selected(), nego]
    kind = np.repeat([0, 1, 2], [len(goods), len(selected()), len(nego)])
    columns = {
        "hilist_code": texts(items.code, item), "pric_type": texts(("1", "2", "3"), kind),
        "begndate": Cells(np.full(len(item), world.first_day(0) - 300)),
        "pric": Cells(items.price[item] * 10_000), "updt_time": updated(world, len(item)),
    }  # fmt: skip
    return table_of("purc_pric_b", columns, len(item))


def fund_accounts(world: World, month: int, bills: Frame, people: People) -> pa.Table:
    """fund_d of one month: what was spent for each district and insurance, and what came in."""
    who = bills["person"].to_numpy()
    own = ~people.offsite[who]
    frame = pd.DataFrame(
        {"area": people.area[who], "type": people.insutype[who], "fund": bills["fund"]}
    )[own]
    spent = frame.groupby(["area", "type"], sort=True, as_index=False)["fund"].sum()
    heads = pd.Series(1, index=[people.area[~people.offsite], people.insutype[~people.offsite]])
    count = (
        heads.groupby(level=[0, 1]).sum().reindex(pd.MultiIndex.from_frame(spent[["area", "type"]]))
    )
    n, members = len(spent), count.to_numpy().astype(np.int64)
    income: Ints = members * np.where(spent["type"] == 310, 13_000, 6_500)
    columns = {
        "insu_admdvs": ids(spent["area"].to_numpy()), "insutype": ids(spent["type"].to_numpy()),
        "month": constant(world.month(month), n), "incm_amt": Cells(income),
        "expd_amt": Cells(spent["fund"].to_numpy()), "budg_amt": Cells(half_up(income * 92, 100)),
        "insu_psn_cnt": Cells(members), "bal_amt": Cells(income * (20 - month % 12)),
        "updt_time": Cells(np.full(n, (world.first_day(month + 1) + 8) * DAY)),
    }  # fmt: skip
    return table_of("fund_d", columns, n)


def cases(world: World, cast: Cast, truth: Truth, settled: Frame) -> pa.Table:
    """verified_case_d: a few earlier checks of planted, innocent and ordinary places."""
    rng = world.rng("cases")
    cut = world.first_day(max(1, world.months // 2))
    early = settled[settled["pend"] < cut]
    made = []
    for one in truth.instances:
        mine = early[early["tag"] == one.number]
        if not len(mine):
            continue
        if rng.random() < 0.25:
            missed = rng.random() < 0.2
            found = one.kind == SCHEME and not missed
            made.append(
                {"scheme": one.scheme, "place": int(mine["place"].iloc[0]), "found": found,
                 "begn": int(mine["pbeg"].min()), "end": int(mine["pend"].max()),
                 "amount": int(mine["amount"].sum()) if found else 0,
                 "setl": ";".join(str(i) for i in sorted(mine["setl_id"])) if found else ""}
            )  # fmt: skip
    inside = np.flatnonzero(~cast.places.abroad)
    for place in rng.choice(inside, max(3, len(inside) // 25), replace=False):
        made.append({"scheme": "overcharge", "place": int(place), "found": False, "setl": "",
                     "begn": world.first_day(0), "end": cut - 1, "amount": 0})  # fmt: skip
    return _case_table(world, cast, pd.DataFrame(made), cut, rng)


def _case_table(
    world: World, cast: Cast, made: Frame, cut: int, rng: np.random.Generator
) -> pa.Table:
    n = len(made)
    order = rng.permutation(n)
    made = made.iloc[order]
    found, amount = made["found"].to_numpy(), made["amount"].to_numpy()
    decided = cut + np.sort(rng.integers(10, 40, n))
    columns = {
        "case_no": ids(3799_2024_0001 + np.arange(n), "AJ"),
        "scheme": Cells(pa.array(made["scheme"].tolist(), pa.string())),
        "subject_type": constant("institution", n),
        "subject_id": texts(cast.place, made["place"].to_numpy()),
        "period_begn": Cells(made["begn"].to_numpy()), "period_end": Cells(made["end"].to_numpy()),
        "result": texts(("3", "1"), found.astype(np.int64)), "confirmed_amt": Cells(amount),
        "recovered_amt": Cells(half_up(amount * 8, 10)), "denied_amt": Cells(amount * 0),
        "self_returned_amt": Cells(amount * 0), "fined_amt": Cells(amount),
        "chosen_by": texts(("tip", "rule", "routine", "random"), rng.integers(0, 4, n)),
        "setl_ids": Cells(pa.array([s or None for s in made["setl"]], pa.string())),
        "decided_on": Cells(decided), "updt_time": Cells((decided + 2) * DAY),
    }  # fmt: skip
    return table_of("verified_case_d", columns, n)
