"""Visits, settlements, fee lines and diagnoses of one month as landing tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from province.items import catalogue, group_at, groups
from province.people import People, phone
from province.places import DEPTS, PHARMACY, Places
from province.world import DAY, Bools, Ints, Texts, unit_hash
from province.write import Cells, constant, ids, table_of, texts

Frame = pd.DataFrame
SETL: Final = 379_901_000_000_000_000  # heads of the id ranges; the rest counts in order of time
VISIT: Final = 379_902_000_000_000_000
LINE: Final = 379_903_000_000_000_000


@dataclass(frozen=True)
class Names:
    """Texts by position that every table shares."""

    place: Texts
    staff: Texts
    psn: Texts
    area: Texts  # of people
    dept: Texts


@dataclass(frozen=True)
class Cast:
    """Everything that does not change from month to month."""

    people: People
    places: Places
    names: Names


def _of_group(column: str) -> list[str]:
    return [g.row[column] for g in groups()]


def padded(cells: list[str], at: Ints, bare: Bools) -> Cells:
    """Codes from a list, without their leading zeros where the sender leaves them out."""
    both = [*cells, *(c.lstrip("0") or "0" for c in cells)]
    return texts(both, np.where(at < 0, -1, at + len(cells) * bare))


def careless(places: Places) -> Bools:
    """Places whose software sends codes without leading zeros."""
    at = np.arange(len(places))
    bare: Bools = unit_hash(at, np.full_like(at, 61)) < 0.15
    return bare


def settlements(bills: Frame, cast: Cast) -> pa.Table:
    """setl_d of these bills."""
    people, places, names, n = cast.people, cast.places, cast.names, len(bills)
    col = {name: bills[name].to_numpy() for name in bills.columns}
    who, place, group = col["person"], col["place"], col["group"]
    mother = np.array([g.med_type == "52" for g in groups()])[group] & (people.insutype[who] == 310)
    insutype = np.where(mother, 2, (people.insutype[who] == 390).astype(np.int64))
    bare = careless(places)[place]
    money: dict[str, Any] = {
        "medfee_sumamt": "det", "fulamt_ownpay_amt": "ownpay", "overlmt_selfpay": "over",
        "preselfpay_amt": "preself", "inscp_amt": "inscp", "act_pay_dedc": "dedc",
        "hifp_pay": "hifp", "maf_pay": "maf", "hifob_pay": "hifob", "hifmi_pay": "hifmi",
        "hifes_pay": "hifes", "cvlserv_pay": "cvlserv", "othfund_pay": "othfund",
        "fund_pay_sumamt": "fund", "acct_pay": "acct", "acct_mulaid_pay": "kin",
        "cash_payamt": "cash",
    }  # fmt: skip
    columns = {name: Cells(col[source]) for name, source in money.items()}
    offsite = people.offsite[who] | places.abroad[place]
    drg = np.isin(places.kind[place], [0, 1, 2, 3, 4, 8, 12])
    stay = np.array([g.setting == "ip" and g.med_type != "71" for g in groups()])[group]
    paid = np.where(~stay, 0, np.where(group == group_at()["ip_psych"], 2, np.where(drg, 1, 0)))
    columns |= {
        "setl_id": ids(col["setl_id"]), "init_setl_id": ids(col["init_id"]),
        "mdtrt_id": ids(VISIT + col["vid"]), "psn_no": texts(names.psn, who),
        "certno": texts(people.certno, who), "psn_name": texts(people.name, who),
        "gend": texts(["1", "2"], people.female[who].astype(np.int64)),
        "brdy": Cells(people.birth[who]),
        "insutype": texts(["310", "390", "510"], insutype),
        "psn_type": ids(people.psn_type[who]),
        "sp_psn_type": texts(["低保", "特困", "残疾"], people.poor[who] - 1),
        "insu_admdvs": texts(names.area, who), "fix_blng_admdvs": ids(places.area[place]),
        "emp_no": ids(np.where(people.emp[who] >= 0, 37_990_000 + people.emp[who], -1), "E"),
        "fixmedins_code": texts(names.place, place),
        "med_type": texts(_of_group("med_type"), group),
        "mdtrt_cert_type": padded(["01", "02", "03"], col["cert"] - 1, bare),
        "begndate": Cells(col["pbeg"]), "enddate": Cells(col["pend"]),
        "setl_time": Cells(col["setl_time"]),
        "dise_no": _dise(group, people, who, paid == 1),
        "hi_paymtd": texts(["1", "4", "5"], paid),
        "pay_loc": texts(["2", "3"], offsite.astype(np.int64)),
        "refd_setl_flag": texts(["0", "1"], col["refd"]), "vali_flag": constant("1", n),
        "mid_setl_flag": texts(["0", "1"], col["mid"]),
        "invono": ids(col["invoice"], "37060124-"),
        "opter_id": ids(place * 10 + col["shift"] + 5_000_000, "OP"),
        "term_no": ids(place * 100 + col["term"] + 37_000_000, "T"),
        "updt_time": Cells(col["updt"]),
    }  # fmt: skip
    return table_of("setl_d", columns, n)


def _dise(group: Ints, people: People, who: Ints, by_group: Bools) -> Cells:
    codes = [*_of_group("drg"), *_of_group("opsp")]
    opsp = np.array([bool(g.opsp) for g in groups()])[group]
    drg = np.array([bool(g.row["drg"]) for g in groups()])[group] & by_group
    at = np.where(drg, group, np.where(opsp, group + len(groups()), -1))
    return texts(codes, at)


def visit_records(seen: Frame, cast: Cast) -> pa.Table:
    """mdtrt_d of these visits; `open` ones have not left yet."""
    people, places, names, n = cast.people, cast.places, cast.names, len(seen)
    col = {name: seen[name].to_numpy() for name in seen.columns}
    who, place, group = col["person"], col["place"], col["group"]
    stay = np.array([g.setting == "ip" for g in groups()])[group]
    shop = places.kind[place] == PHARMACY
    gone = stay & (col["open"] == 0)
    dept = np.where(shop, -1, place * len(DEPTS) + col["dept"])
    bed = np.where(stay & (col["bed"] > 0), col["bed"], -1)
    no_diag = undiagnosed(seen, places)
    columns = {
        "mdtrt_id": ids(VISIT + col["vid"]), "psn_no": texts(names.psn, who),
        "insu_admdvs": texts(names.area, who), "certno": texts(people.certno, who),
        "fixmedins_code": texts(names.place, place),
        "med_type": texts(_of_group("med_type"), group),
        "begntime": Cells(col["beg"]),
        "endtime": Cells(col["end"], col["open"] == 0),
        "ipt_otp_no": ids(col["vid"] % 10**8 + 10**8, ""),
        "adm_dept_codg": texts(names.dept, np.where(stay, dept, -1)),
        "dscg_dept_codg": texts(names.dept, np.where(gone, dept, -1)),
        "adm_bed": ids(bed), "chfpdr_code": texts(names.staff, col["doctor"]),
        "tel": ids(phone(col["tel"])),
        "addr": _addresses(people, who, stay), "coner_name": _contacts(people, who, stay),
        "dscg_maindiag_code": texts(_of_group("icd"), np.where(gone & ~no_diag, group, -1)),
        "dscg_way": texts([str(i) for i in range(10)], np.where(gone, col["out"], -1)),
        "adm_way": texts([str(i) for i in range(10)], np.where(stay, col["adm"], -1)),
        "refl_old_mdtrt_id": ids(np.where(col["refl"] >= 0, VISIT + col["refl"], -1)),
        "days_rinp_flag_31": texts(["1", "2"], np.where(gone, col["planned"], -1)),
        "ttp_pay_flag": texts(["0", "1"], np.where(stay, 0, -1)),
        "nurs_lv1_days": Cells(col["nurse1"], gone),
        "icu_hours": Cells(col["icu"] * 10_000, gone),
        "updt_time": Cells(col["updt"]),
    }  # fmt: skip
    return table_of("mdtrt_d", columns, n)


def undiagnosed(seen: Frame, places: Places) -> Bools:
    """Visits whose diagnosis never arrived: a matter of the place and of chance, not of the case."""
    vid, place = seen["vid"].to_numpy(), seen["place"].to_numpy()
    stay = np.array([g.setting == "ip" for g in groups()])[seen["group"].to_numpy()]
    share = np.where(stay, 0.01, 0.04 + 0.5 * unit_hash(place, np.full_like(place, 62)) ** 3)
    missing: Bools = unit_hash(vid, np.full_like(vid, 63)) < share
    return missing


def _addresses(people: People, who: Ints, stay: Bools) -> Cells:
    home = people.household[who]
    number = np.char.add(
        np.char.add("云州市", (people.village[who] + people.town[who] * 8 + 100).astype(str)), "村"
    )
    whole = np.char.add(np.char.add(number, (home % 997 + 1).astype(str)), "号")
    return Cells(pa.array(whole.tolist(), pa.string()), stay)


def _contacts(people: People, who: Ints, stay: Bools) -> Cells:
    kin = (unit_hash(people.household[who], np.full_like(who, 64)) * len(people)).astype(np.int64)
    return texts(people.name, np.where(stay, kin, -1))


def diagnoses(seen: Frame, places: Places) -> pa.Table:
    """diag_d: the main diagnosis, and the second one where the kind of stay has it."""
    ok = ~undiagnosed(seen, places) & (seen["open"].to_numpy() == 0)
    group = seen["group"].to_numpy()
    main = np.flatnonzero(ok & np.array([bool(c) for c in _of_group("icd")])[group])
    second = np.flatnonzero(ok & np.array([bool(c) for c in _of_group("icd2")])[group])
    rows = np.r_[main, second]
    order = np.r_[np.zeros(len(main), np.int64), np.ones(len(second), np.int64)]
    at = np.lexsort((order, rows))
    rows, order = rows[at], order[at]
    pick = group[rows] + order * len(groups())
    stay = np.array([g.setting == "ip" for g in groups()])[group[rows]]
    columns = {
        "mdtrt_id": ids(VISIT + seen["vid"].to_numpy()[rows]),
        "diag_srt_no": Cells(order + 1), "diag_type": constant("1", len(rows)),
        "maindiag_flag": texts(["1", "0"], order),
        "diag_code": texts([*_of_group("icd"), *_of_group("icd2")], pick),
        "diag_name": texts([*_of_group("name"), *_of_group("name2")], pick),
        "adm_cond_type": texts(["1"], np.where(stay, 0, -1)),
        "vali_flag": constant("1", len(rows)),
        "updt_time": Cells(seen["updt"].to_numpy()[rows]),
    }  # fmt: skip
    return table_of("diag_d", columns, len(rows))


def charges(lines: Frame, bills: Frame, cast: Cast) -> pa.Table:
    """fee_list_d of these lines; `bill` is the row of bills each belongs to."""
    items, names, n = catalogue(), cast.names, len(lines)
    people, places = cast.people, cast.places
    col = {name: lines[name].to_numpy() for name in lines.columns}
    own = {name: bills[name].to_numpy()[col["bill"]] for name in
           ("person", "place", "group", "vid", "setl_id", "dept", "doctor", "updt", "shift")}  # fmt: skip
    item, place, group = col["item"], own["place"], own["group"]
    shop = places.kind[place] == PHARMACY
    stay = np.array([g.setting == "ip" for g in groups()])[group]
    bare = careless(places)[place]
    dept = np.where(shop, -1, place * len(DEPTS) + own["dept"])
    blank = unit_hash(place, np.full_like(place, 65)) < 0.05
    doctor = np.where(shop | (blank & (unit_hash(own["vid"], item) < 0.3)), -1, own["doctor"])
    flag = lambda at, there: texts(["0", "1"], np.where(there, at, -1))  # noqa: E731
    drug = items.is_drug[item]
    columns = {
        "bkkp_sn": ids(col["bkkp_sn"]), "init_feedetl_sn": ids(col["init_sn"]),
        "setl_id": ids(own["setl_id"]), "mdtrt_id": ids(VISIT + own["vid"]),
        "psn_no": texts(names.psn, own["person"]),
        "fixmedins_code": texts(names.place, place),
        "med_type": texts(_of_group("med_type"), group),
        "rx_drord_no": ids(np.where(shop & ~drug, -1, own["vid"] * 100 + col["order"]), "R"),
        "fee_ocur_time": Cells(col["t"]),
        "hilist_code": texts(items.code, item), "hilist_name": texts(items.name, item),
        "medins_list_codg": ids(place * 1000 + item, "L"),
        "medins_list_name": texts(items.name, item),
        "list_type": texts(items.list_type, item),
        "med_chrgitm_type": padded(list(items.chrg), item, bare),
        "chrgitm_lv": padded(list(items.lv), item, bare),
        "cnt": Cells(col["qty"] * 10_000), "trdn_flag": flag(col["split"], drug),
        "pric": Cells(col["pric"]), "det_item_fee_sumamt": Cells(col["det"]),
        "pric_uplmt_amt": Cells(col["ceil"], col["ceil"] > 0),
        "selfpay_prop": Cells(items.selfpay[item]),
        "fulamt_ownpay_amt": Cells(col["ownpay"]), "overlmt_selfpay": Cells(col["over"]),
        "preselfpay_amt": Cells(col["preself"]), "inscp_amt": Cells(col["inscp"]),
        "bilg_dept_codg": texts(names.dept, dept), "bilg_dr_code": texts(names.staff, doctor),
        "acord_dept_codg": texts(names.dept, dept),
        "acord_dr_code": texts(names.staff, col["acord"]),
        "rx_circ_flag": flag(np.zeros(n, np.int64), shop),
        "prd_days": Cells(col["prd"] * 10_000, col["prd"] > 0),
        "lmt_used_flag": flag(np.zeros(n, np.int64), drug),
        "hosp_appr_flag": texts(["0"], np.where(stay, 0, -1)),
        "dscg_tkdrug_flag": flag(col["last"], stay & drug),
        "etip_flag": flag(np.zeros(n, np.int64), ~drug & ~shop),
        "opter_id": ids(place * 10 + own["shift"] + 5_000_000, "OP"),
        "crte_time": Cells(col["t"] + 60 + (col["bkkp_sn"] % 7) * 97),
        "updt_time": Cells(own["updt"]),
    }  # fmt: skip
    return table_of("fee_list_d", columns, n)
