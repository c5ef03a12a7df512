"""Settlements, visits and diagnoses of one month as landing tables."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from province.cast import (
    VISIT,
    Cast,
    careless,
    depts_of,
    flags,
    of_group,
    padded,
    undiagnosed,
)
from province.items import group_at, groups, is_stay
from province.people import People, phone
from province.places import PHARMACY
from province.world import Bools, Ints, unit_hash
from province.write import Cells, constant, ids, table_of, texts

Frame = pd.DataFrame
_MONEY: Final = {
    "medfee_sumamt": "det", "fulamt_ownpay_amt": "ownpay", "overlmt_selfpay": "over",
    "preselfpay_amt": "preself", "inscp_amt": "inscp", "act_pay_dedc": "dedc",
    "hifp_pay": "hifp", "maf_pay": "maf", "hifob_pay": "hifob", "hifmi_pay": "hifmi",
    "hifes_pay": "hifes", "cvlserv_pay": "cvlserv", "othfund_pay": "othfund",
    "fund_pay_sumamt": "fund", "acct_pay": "acct", "acct_mulaid_pay": "kin",
    "cash_payamt": "cash",
}  # fmt: skip
INVOICE_CODE: Final = "37060124"
INVOICE: Final = 2_400_000_000  # invoice numbers have ten digits
_WAYS: Final = tuple(str(i) for i in range(10))


def settlements(bills: Frame, cast: Cast) -> pa.Table:
    """setl_d of these bills."""
    people, places, n = cast.people, cast.places, len(bills)
    col = {name: bills[name].to_numpy() for name in bills.columns}
    who, place, group = col["person"], col["place"], col["group"]
    coded = billed_group(bills)
    bare, house = careless(places)[place], cast.number[place]
    outside = people.offsite[who] | places.abroad[place]
    by_hand = col["claim"] >= 0
    paid = np.where(by_hand, 0, _paid_by(places.kind[place], group))
    bureau = 9_000_000 + people.area[who] % 100 * 10 + col["shift"]
    columns = {name: Cells(col[source]) for name, source in _MONEY.items()}
    columns |= _person(people, who, group) | {
        "setl_id": ids(col["setl_id"]), "init_setl_id": ids(col["init_id"]),
        "mdtrt_id": ids(VISIT + col["vid"]),
        "insu_admdvs": texts(cast.area, who), "fix_blng_admdvs": ids(places.area[place]),
        "fixmedins_code": texts(cast.place, place), "med_type": texts(of_group("med_type"), group),
        "mdtrt_cert_type": padded(("01", "02", "03"), col["cert"] - 1, bare),
        "begndate": Cells(col["pbeg"]), "enddate": Cells(col["pend"]),
        "setl_time": Cells(col["setl_time"]), "dise_no": _dise(coded, paid == 1),
        "hi_paymtd": texts(("1", "4", "5"), paid),
        "pay_loc": texts(("1", "2", "3"), np.where(by_hand, 0, 1 + outside)),
        "refd_setl_flag": texts(("0", "1"), col["refd"]), "vali_flag": constant("1", n),
        "mid_setl_flag": texts(("0", "1"), col["mid"]),
        "invono": ids(INVOICE + col["invoice"], f"{INVOICE_CODE}-"),
        "opter_id": ids(np.where(by_hand, bureau, house * 10 + col["shift"] + 5_000_000), "OP"),
        "term_no": ids(np.where(by_hand, -1, house * 100 + col["term"] + 37_000_000), "T"),
        "updt_time": Cells(col["updt"]),
    }  # fmt: skip
    return table_of("setl_d", columns, n)


def billed_group(bills: Frame) -> Ints:
    """The group each is coded as: its own, unless the house writes another."""
    coded: Ints = bills["coded"].to_numpy()
    return np.where(coded >= 0, coded, bills["group"].to_numpy())


def _person(people: People, who: Ints, group: Ints) -> dict[str, Cells]:
    birth = np.array([g.med_type == "52" for g in groups()])[group] & (people.insutype[who] == 310)
    insutype = np.where(birth, 2, (people.insutype[who] == 390).astype(np.int64))
    return {
        "psn_no": texts(people.psn_no, who), "certno": texts(people.certno, who),
        "psn_name": texts(people.name, who),
        "gend": texts(("1", "2"), people.female[who].astype(np.int64)),
        "brdy": Cells(people.birth[who]), "insutype": texts(("310", "390", "510"), insutype),
        "psn_type": ids(people.psn_type[who]),
        "sp_psn_type": texts(("低保", "特困", "残疾"), people.poor[who] - 1),
        "emp_no": ids(np.where(people.emp[who] >= 0, 37_990_000 + people.emp[who], -1), "E"),
    }  # fmt: skip


def _paid_by(kind: Ints, group: Ints) -> Ints:
    """0 by item, 1 by group, 2 by bed day."""
    grouped = is_stay(group) & np.isin(kind, [0, 1, 2, 3, 4, 8, 12])
    grouped &= group != group_at()["ip_family"]
    return np.where(group == group_at()["ip_psych"], 2, grouped.astype(np.int64))


def _dise(group: Ints, by_group: Bools) -> Cells:
    codes = [*of_group("drg"), *of_group("opsp")]
    opsp = np.array([bool(g.opsp) and g.med_type != "41" for g in groups()])[group]
    drg = np.array([bool(c) for c in of_group("drg")])[group] & by_group
    return texts(codes, np.where(drg, group, np.where(opsp, group + len(groups()), -1)))


def visit_records(seen: Frame, cast: Cast) -> pa.Table:
    """mdtrt_d of these visits; `open` ones have not left yet."""
    people, places = cast.people, cast.places
    col = {name: seen[name].to_numpy() for name in seen.columns}
    who, place, group = col["person"], col["place"], col["group"]
    stay, closed = is_stay(group), col["open"] == 0
    gone = stay & closed
    ward = stay & (places.kind[place] != PHARMACY)
    dept = depts_of(cast, place, col["dept"], ward)
    columns = {
        "mdtrt_id": ids(VISIT + col["vid"]), "psn_no": texts(people.psn_no, who),
        "insu_admdvs": texts(cast.area, who), "certno": texts(people.certno, who),
        "fixmedins_code": texts(cast.place, place), "med_type": texts(of_group("med_type"), group),
        "begntime": Cells(col["beg"]), "endtime": Cells(col["end"], closed),
        "ipt_otp_no": ids(col["vid"] % 10**8 + 10**8), "adm_dept_codg": dept,
        "dscg_dept_codg": depts_of(cast, place, col["dept"], gone),
        "adm_bed": ids(np.where(stay & (col["bed"] > 0), col["bed"], -1)),
        "chfpdr_code": texts(cast.staff, col["doctor"]), "tel": ids(phone(col["tel"])),
        "addr": _addresses(people, who, stay), "coner_name": _contacts(people, who, stay),
        "dscg_maindiag_code": texts(
            of_group("icd"), np.where(gone & ~undiagnosed(seen), billed_group(seen), -1)
        ),
        "dscg_way": texts(_WAYS, np.where(gone, col["out"], -1)),
        "adm_way": texts(_WAYS, np.where(stay, col["adm"], -1)),
        "refl_old_mdtrt_id": ids(np.where(col["refl"] >= 0, VISIT + col["refl"], -1)),
        "days_rinp_flag_31": texts(("1", "2"), np.where(gone, col["planned"], -1)),
        "ttp_pay_flag": flags(np.zeros_like(who), stay),
        "nurs_lv1_days": Cells(col["nurse1"], gone), "icu_hours": Cells(col["icu"] * 10_000, gone),
        "updt_time": Cells(col["updt"]),
    }  # fmt: skip
    return table_of("mdtrt_d", columns, len(seen))


def _addresses(people: People, who: Ints, stay: Bools) -> Cells:
    village = (people.village[who] + people.town[who] * 8 + 100).astype(str)
    number = (people.household[who] % 997 + 1).astype(str)
    city = np.where(people.away[who], np.char.add("外地", people.area[who].astype(str)), "云州市")
    whole = np.char.add(np.char.add(np.char.add(city, village), "村"), np.char.add(number, "号"))
    return Cells(pa.array(whole.tolist(), pa.string()), stay)


def _contacts(people: People, who: Ints, stay: Bools) -> Cells:
    kin = unit_hash(people.household[who], np.full_like(who, 64)) * len(people)
    return texts(people.name, np.where(stay, kin.astype(np.int64), -1))


def diagnoses(seen: Frame) -> pa.Table:
    """diag_d: the main diagnosis, and the second one where the kind of stay has it."""
    ok = ~undiagnosed(seen) & (seen["open"].to_numpy() == 0)
    group = billed_group(seen)
    main, second = (
        np.flatnonzero(ok & np.array([bool(c) for c in of_group(name)])[group])
        for name in ("icd", "icd2")
    )
    rows = np.r_[main, second]
    order = np.r_[np.zeros(len(main), np.int64), np.ones(len(second), np.int64)]
    at = np.lexsort((order, rows))
    rows, order = rows[at], order[at]
    pick = group[rows] + order * len(groups())
    columns = {
        "mdtrt_id": ids(VISIT + seen["vid"].to_numpy()[rows]),
        "diag_srt_no": Cells(order + 1), "diag_type": constant("1", len(rows)),
        "maindiag_flag": texts(("1", "0"), order),
        "diag_code": texts([*of_group("icd"), *of_group("icd2")], pick),
        "diag_name": texts([*of_group("name"), *of_group("name2")], pick),
        "adm_cond_type": texts(("1",), np.where(is_stay(group[rows]), 0, -1)),
        "vali_flag": constant("1", len(rows)),
        "updt_time": Cells(seen["updt"].to_numpy()[rows]),
    }  # fmt: skip
    return table_of("diag_d", columns, len(rows))
