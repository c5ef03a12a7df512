"""What the tables of a province must agree on: sums of money, keys between tables, dates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.delivered import Delivered

Frame = pd.DataFrame
_PARTS: Final = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_amt"]
_FUNDS: Final = [
    "hifp_pay", "maf_pay", "hifob_pay", "hifmi_pay", "hifes_pay", "cvlserv_pay", "othfund_pay",
]  # fmt: skip
_PAID: Final = ["fund_pay_sumamt", "acct_pay", "cash_payamt"]
# table, its column, the register, the column there; of the own city where a register is local
_POINTERS: Final = (
    ("setl_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"), ("setl_d", "init_setl_id", "setl_d", "setl_id"),
    ("fee_list_d", "setl_id", "setl_d", "setl_id"),
    ("fee_list_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"),
    ("fee_list_d", "init_feedetl_sn", "fee_list_d", "bkkp_sn"),
    ("fee_list_d", "hilist_code", "hilist_b", "hilist_code"),
    ("diag_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"), ("oprn_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"),
    ("drord_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"), ("rpot_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"),
    ("inv_txn_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"),
    ("inv_txn_d", "hilist_code", "hilist_b", "hilist_code"),
    ("inv_txn_d", "fixmedins_code", "fixmedins_b", "fixmedins_code"),
    ("drug_trac_d", "mdtrt_id", "mdtrt_d", "mdtrt_id"),
    ("mdtrt_d", "refl_old_mdtrt_id", "mdtrt_d", "mdtrt_id"),
    ("staff_b", "fixmedins_code", "fixmedins_b", "fixmedins_code"),
    ("purc_pric_b", "hilist_code", "hilist_b", "hilist_code"),
)  # fmt: skip
# earlier, later, of which table
_ORDERS: Final = (
    ("setl_d", "begndate", "enddate"), ("setl_d", "enddate", "setl_time"),
    ("setl_d", "setl_time", "updt_time"), ("mdtrt_d", "begntime", "endtime"),
    ("drord_d", "drord_begntime", "drord_endtime"), ("oprn_d", "oprn_begntime", "oprn_endtime"),
    ("einvoice_d", "issue_date", "red_date"), ("opsp_reg_d", "begndate", "enddate"),
)  # fmt: skip


def broken(province: Delivered) -> Iterator[str]:
    """A sentence for each identity that does not hold."""
    setl, lines = province.standing("setl_d"), province.standing("fee_list_d")
    visits = province.standing("mdtrt_d")
    yield from _sums(setl)
    yield from _line_sums(setl, lines)
    yield from _same_visit(setl, lines, visits)
    yield from _reversals(setl)
    yield from _persons_and_houses(province, setl)
    for name, column, register, key in _POINTERS:
        yield from _pointers(province, name, column, register, key)
    for name, earlier, later in _ORDERS:
        rows = province.standing(name, earlier, later)
        if (rows[earlier] > rows[later]).any():
            yield f"{name}: {earlier} is after {later}"


def _sums(setl: Frame) -> Iterator[str]:
    """What was charged is what the rules divide it into, and what was paid."""
    for columns, whole in ((_PARTS, "medfee"), (_FUNDS, "fund"), (_PAID, "medfee")):
        total = "medfee_sumamt" if whole == "medfee" else "fund_pay_sumamt"
        if (setl[columns].sum(axis=1) != setl[total]).any():
            yield f"setl_d: {' + '.join(columns)} is not {total}"
    positive = setl.loc[setl["refd_setl_flag"] == "0", [*_PARTS, *_FUNDS, *_PAID]]
    if (positive < 0).any(axis=None):
        yield "setl_d: negative money in a settlement that takes nothing back"
    if (setl["acct_mulaid_pay"].abs() > setl["acct_pay"].abs()).any():
        yield "setl_d: a relative's account paid more than accounts did"


def _line_sums(setl: Frame, lines: Frame) -> Iterator[str]:
    """Quantity times price is the line, its parts are the line, and lines are their settlement."""
    product = np.floor(lines["cnt"].abs() * lines["pric"] * 100 + 0.5 + 1e-6)
    if (product != lines["det_item_fee_sumamt"].abs()).any():
        yield "fee_list_d: quantity times price is not the line"
    if (lines[_PARTS].sum(axis=1) != lines["det_item_fee_sumamt"]).any():
        yield "fee_list_d: the parts of a line are not the line"
    sums = lines.groupby("setl_id")[["det_item_fee_sumamt", *_PARTS]].sum()
    billed = setl.set_index("setl_id")[["medfee_sumamt", *_PARTS]]
    if set(sums.index) != set(billed.index):
        yield "fee_list_d: settlements without lines"
    elif (sums.to_numpy() != billed.loc[sums.index].to_numpy()).any():
        yield "fee_list_d: lines do not sum to their settlement"


def _same_visit(setl: Frame, lines: Frame, visits: Frame) -> Iterator[str]:
    """Settlements and lines name the person and the house of their visit, within its time."""
    told = ["psn_no", "fixmedins_code"]
    seen = visits.set_index("mdtrt_id")[[*told, "begntime", "endtime"]]
    for name, rows, when in (("setl_d", setl, "setl_time"), ("fee_list_d", lines, "fee_ocur_time")):
        visit = seen.reindex(rows["mdtrt_id"])
        if (rows[told].to_numpy() != visit[told].to_numpy()).any():
            yield f"{name}: another person or house than the visit's"
        if (rows[when].to_numpy() < visit["begntime"].to_numpy()).any():
            yield f"{name}: {when} before the visit began"


def _reversals(setl: Frame) -> Iterator[str]:
    """A reversal names an earlier settlement and has its money with the other sign."""
    back = setl[setl["init_setl_id"].notna()]
    first = setl.set_index("setl_id").reindex(back["init_setl_id"])
    money = ["medfee_sumamt", "fund_pay_sumamt", "acct_pay", "cash_payamt"]
    if (back[money].to_numpy() != -first[money].to_numpy()).any():
        yield "setl_d: a reversal is not its original with the other sign"
    if (back["setl_time"].to_numpy() <= first["setl_time"].to_numpy()).any():
        yield "setl_d: a reversal is no later than its original"


def _persons_and_houses(province: Delivered, setl: Frame) -> Iterator[str]:
    """The city's own persons and houses are in its registers; nobody is treated before birth."""
    home = province.standing("fixmedins_b", "fix_blng_admdvs")["fix_blng_admdvs"].str[:4].mode()[0]
    own = setl["insu_admdvs"].str[:4] == home
    known = province.standing("psn_info_b", "psn_no", "insu_admdvs")
    register = pd.MultiIndex.from_frame(known[["psn_no", "insu_admdvs"]])
    asked = pd.MultiIndex.from_frame(setl.loc[own, ["psn_no", "insu_admdvs"]])
    if not asked.isin(register).all():
        yield "setl_d: one of the city's own is in no register"
    here = setl.loc[setl["fix_blng_admdvs"].str[:4] == home, "fixmedins_code"]
    houses = province.standing("fixmedins_b", "fixmedins_code")["fixmedins_code"]
    if not here.isin(houses).all():
        yield "setl_d: a house of the city is in no register"
    if (setl["brdy"] > setl["begndate"]).any():
        yield "setl_d: somebody is treated before birth"


def _pointers(
    province: Delivered, name: str, column: str, register: str, key: str
) -> Iterator[str]:
    """Everything named is there; what a column leaves empty names nothing."""
    named = province.standing(name, column)[column].dropna()
    lost = ~named.isin(province.standing(register, key)[key])
    if lost.any():
        yield f"{name}.{column}: {int(lost.sum())} of {len(named)} are not in {register}"
