"""Does a province give its schemes away by what no supervisor would call a sign of fraud?

Two questions. Does size separate: institutions by their total money against 'has fraud'? And can a
shallow tree tell planted settlements by ids, null patterns, formatting, row order and updt_time
within one type of care? What domain.md 4 names as a scheme's footprint is no give-away: see EXEMPT.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.tree import DecisionTreeClassifier

from benchmarks.book import STAYS
from benchmarks.delivered import Delivered

Frame = pd.DataFrame
SIZE_BOUND: Final = 0.65  # AUC of an institution's total against 'has fraud'
TREE_BOUND: Final = 0.60  # AUC of the tree within a type of care
FEWEST: Final = 30  # planted settlements of a type of care, below which no AUC is told
CARE: Final = {"14": "chronic", "41": "purchase"} | dict.fromkeys(STAYS, "stay")  # else a visit
# columns the tree does not see, each with the footprint of domain.md 4 that it shows
EXEMPT: Final = {
    "setl_time": "clocks: cards one after the other, evening sessions (4.5, 4.10, 4.11)",
    "begntime": "clocks: admitted in one morning, in waves (4.1, 4.2)",
    "endtime": "clocks: discharged together (4.2)",
    "term_no": "terminals: many cards at one, or another shop's (4.5, 4.9, 4.11)",
}
_IDS: Final = {
    "setl_d": ("setl_id", "psn_no", "invono", "opter_id", "fixmedins_code"),
    "mdtrt_d": ("mdtrt_id", "ipt_otp_no"),
}  # fmt: skip
_CODES: Final = ("mdtrt_cert_type", "hi_paymtd", "opter_id", "invono", "psn_type", "insutype")


def size_auc(province: Delivered) -> float:
    """AUC of an institution's total money against having a planted scheme; 0.5 is no give-away.

    Institutions are those in the city's register: of houses elsewhere it sees single claims only.
    """
    known = province.standing("fixmedins_b", "fixmedins_code")["fixmedins_code"]
    setl = province.standing("setl_d", "setl_id", "fixmedins_code", "medfee_sumamt")
    setl = setl[setl["fixmedins_code"].isin(known)]
    bad = setl.loc[setl["setl_id"].isin(province.planted()["setl_id"]), "fixmedins_code"]
    total = setl.groupby("fixmedins_code")["medfee_sumamt"].sum()
    return float(roc_auc_score(total.index.isin(bad.unique()), total))


def tree_aucs(worlds: Iterable[Frame]) -> dict[str, float]:
    """For each type of care, how well the tree tells planted settlements it was not shown.

    `worlds` are frames of `settlements`; an institution of one world is never on both sides.
    The AUC is the mean over five folds, each weighted by its planted settlements.
    """
    rows = pd.concat([w.assign(world=i) for i, w in enumerate(worlds)], ignore_index=True)
    house = rows["world"].astype(str) + rows["house"]
    signs = rows.drop(columns=["care", "house", "planted", "world"]).fillna(-1)
    told = {}
    for care in sorted(rows["care"].unique()):
        mine = (rows["care"] == care).to_numpy()
        planted = rows.loc[mine, "planted"].to_numpy()
        if planted.sum() >= FEWEST:
            told[care] = _held_out_auc(signs[mine].to_numpy(), planted, house[mine].to_numpy())
    return told


def within_houses(world: Frame) -> Frame:
    """The same settlements, each sign less its median at that house in that type of care.

    What tells houses apart is gone, and with it most of the chance that a town of few houses has.
    """
    kept = ["care", "house", "planted"]
    signs = world.drop(columns=kept).astype(float)
    usual = signs.groupby([world["house"], world["care"]]).transform("median")
    return (signs - usual).join(world[kept])


def _held_out_auc(
    signs: npt.NDArray[np.float64], planted: npt.NDArray[np.bool_], house: npt.NDArray[np.object_]
) -> float:
    aucs, weights = [], []
    for seen, held in GroupKFold(5, shuffle=True, random_state=0).split(signs, planted, house):
        if 0 < planted[held].sum() < len(held):
            tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=20, random_state=0)
            chance = tree.fit(signs[seen], planted[seen]).predict_proba(signs[held])[:, -1]
            aucs.append(roc_auc_score(planted[held], chance))
            weights.append(planted[held].sum())
    return float(np.average(aucs, weights=weights))


def settlements(province: Delivered) -> Frame:
    """Each standing settlement with everything the tree may see, its care, house and truth."""
    setl = _signs(province, "setl_d")
    visits = _signs(province, "mdtrt_d")
    rows = setl.merge(visits, left_on="key_mdtrt_id", right_on="key_mdtrt_id", how="left")
    rows = rows.merge(_line_signs(province), left_on="key_setl_id", right_index=True, how="left")
    diagnosed = province.rows("diag_d", "mdtrt_id")["mdtrt_id"]
    rows["diagnosed"] = rows["key_mdtrt_id"].isin(diagnosed)
    rows["planted"] = rows["key_setl_id"].isin(province.planted()["setl_id"])
    care = rows.pop("key_med_type").str[:2].map(CARE)
    rows = rows.assign(care=care.fillna("visit"), house=rows.pop("key_fixmedins_code"))
    return rows.drop(columns=[c for c in rows.columns if str(c).startswith("key_")])


def _signs(province: Delivered, name: str) -> Frame:
    """Ids, nulls, formats, place in the file and time of update of each row that stands."""
    table = province.table(name)
    rows = table.to_pandas()
    key = "setl_id" if name == "setl_d" else "mdtrt_id"
    made = {f"{name}.null.{c}": rows[c].isna() for c in table.column_names if c not in EXEMPT}
    for column in _IDS[name]:
        made |= _number(f"{name}.{column}", rows[column])
    made |= {f"{name}.length.{c}": rows[c].str.len() for c in _CODES if c in rows}
    batch = rows.groupby("batch")["nth"]
    made[f"{name}.order"] = rows["nth"] / batch.transform("size")
    made[f"{name}.parity"] = rows["nth"] % 2
    made[f"{name}.times"] = rows.groupby(key)[key].transform("size")
    updt = rows["updt_time"]
    since = rows["setl_time"] if name == "setl_d" else rows["endtime"].fillna(rows["begntime"])
    made[f"{name}.updt.lag"] = (updt - since).dt.total_seconds()
    made[f"{name}.updt.hour"], made[f"{name}.updt.minute"] = updt.dt.hour, updt.dt.minute
    made[f"{name}.updt.second"] = updt.dt.second
    kept = ("setl_id", "mdtrt_id", "med_type", "fixmedins_code") if key == "setl_id" else (key,)
    signs = pd.DataFrame(made).assign(**{f"key_{c}": rows[c] for c in kept})
    order = np.lexsort((rows["batch"], updt))
    return signs.iloc[order].drop_duplicates(f"key_{key}", keep="last")


def _number(name: str, cells: pd.Series) -> dict[str, pd.Series]:
    """A number's size and last digits."""
    digits = cells.str.replace(r"\D", "", regex=True).str[-10:].astype(float)
    return {f"{name}.value": digits, f"{name}.tens": digits % 100, f"{name}.digit": digits % 10}


def _line_signs(province: Delivered) -> Frame:
    """Of a settlement's lines: where their ids begin, formats, and the share of each null.

    Columns that only some kinds of goods have say what was charged, not how; they are counted
    among the goods alone: a share of drugs without a dose is a pattern, one of drugs is none.
    """
    lines = province.table(
        "fee_list_d", "bkkp_sn", "setl_id", "bilg_dept_codg", "bilg_dr_code", "acord_dept_codg",
        "medins_list_codg", "medins_list_name", "hilist_name", "med_chrgitm_type", "chrgitm_lv",
        "crte_time", "fee_ocur_time", "updt_time", "opter_id",
    ).to_pandas()  # fmt: skip
    lines = lines.dropna(subset="setl_id")
    made = {f"line.null.{c}": lines[c].isna() for c in lines if c not in ("nth", "batch")}
    made |= {f"line.length.{c}": lines[c].str.len() for c in ("med_chrgitm_type", "chrgitm_lv")}
    made["line.created"] = (lines["crte_time"] - lines["fee_ocur_time"]).dt.total_seconds()
    made["line.digit"] = lines["bkkp_sn"].str[-1].astype(int)
    signs: Frame = pd.DataFrame(made).astype(float).groupby(lines["setl_id"]).mean()
    return signs
