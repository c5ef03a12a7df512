"""The made-up province: identities between its tables, determinism, and the truth beside it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv
import pytest

from fundwatch.errors import UsageError
from fundwatch.tables.landing import LANDING
from province import Summary, World, simulate
from province.items import groups, severe
from province.people import certnos
from province.schemes import schemes
from province.schemes.base import Stage
from province.truth import WHOLE
from province.world import half_up

WORLD = World(persons=3000, institutions=50, months=4, seed=7)
CROWD = World(persons=8000, institutions=120, months=6, seed=11)
SMALL = World(persons=300, institutions=24, months=2, seed=3)
CONTRACT = frozenset(
    "ghost_inpatient induced_co_admission split_admission low_threshold_admission impersonation "
    "item_swap phantom_charge overcharge drug_resale_ring collusion pharmacy_fraud drg_gaming "
    "offsite_fraud post_death trace_code_repeat price_invoice_fraud opsp_qualification "
    "high_cost_anomaly overtreatment".split()
)  # the schemes of clue.yml without data_error
MONEY = {"m": 100, "q": 10_000, "p": 1_000_000, "r": 10_000}


@dataclass(frozen=True)
class City:
    """A province on disk, read back: delivered rows, and rows that stand after corrections."""

    root: Path
    summary: Summary
    delivered: dict[str, pd.DataFrame]
    standing: dict[str, pd.DataFrame]

    def truth(self, name: str) -> pd.DataFrame:
        """A truth table, ids as texts."""
        return pd.read_parquet(self.root / "truth" / f"{name}.parquet")


def read(root: Path, name: str) -> pd.DataFrame:
    """All delivered rows as texts, numbers of money and quantity as whole numbers."""
    options = pyarrow.csv.ConvertOptions(
        column_types={c.name: "string" for c in LANDING[name].columns}, strings_can_be_null=True
    )
    parts = [
        pyarrow.csv.read_csv(path, convert_options=options)
        .to_pandas()
        .assign(batch=path.parent.name)
        for path in sorted((root / "landing" / name).glob("*/part-*.csv"))
    ]
    rows: pd.DataFrame = pd.concat(parts, ignore_index=True)
    for column in LANDING[name].columns:
        if column.kind in MONEY:
            number = rows[column.name].astype(float) * MONEY[column.kind]
            rows[column.name] = np.rint(number.fillna(0)).astype("int64")
    return rows


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    root = tmp_path_factory.mktemp("province")
    return read_back(root, simulate(WORLD, root))


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A province so full of schemes that every variant and every twin comes to something."""
    root = tmp_path_factory.mktemp("crowd")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "count", lambda _: 5)
        patch.setattr(Stage, "quota", lambda _: 12)
        return read_back(root, simulate(CROWD, root))


def read_back(root: Path, summary: Summary) -> City:
    delivered = {name: read(root, name) for name in LANDING}
    standing = {
        name: rows.sort_values(["updt_time", "batch"], kind="stable").drop_duplicates(
            list(LANDING[name].key), keep="last"
        )
        for name, rows in delivered.items()
    }
    return City(root, summary, delivered, standing)


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_every_table_has_exactly_the_declared_columns_in_order(city: City) -> None:
    for name, table in LANDING.items():
        files = sorted((city.root / "landing" / name).glob("*/part-*.csv"))
        assert files, name
        for path in files:
            head = path.read_text(encoding="utf-8").split("\n", 1)[0].replace('"', "").split(",")
            assert head == [c.name for c in table.columns]


def test_every_declared_column_of_the_main_tables_is_filled_somewhere(city: City) -> None:
    later = {"verified_case_d": {"clue_id"}, "fixmedins_b": {"enddate"}, "staff_b": {"enddate"},
             "hilist_b": {"enddate"}, "drg_b": {"enddate"},
             "purc_pric_b": {"enddate"}}  # fmt: skip
    for name, table in LANDING.items():
        rows = city.delivered[name]
        empty = {c.name for c in table.columns if rows[c.name].isna().all()}
        assert empty <= later.get(name, set()), name


def test_manifests_count_rows_and_name_every_file(city: City) -> None:
    for path in (city.root / "landing").glob("*/*/_MANIFEST.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        found = {
            p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in path.parent.glob("part-*")
        }
        assert manifest["files"] == found
    rows = city.delivered["setl_d"]
    totals = [
        json.loads((city.root / f"landing/setl_d/{month}/_MANIFEST.json").read_text())["totals"]
        for month in sorted(rows["batch"].unique())
    ]
    summed = sum(round(float(t["medfee_sumamt"]) * 100) for t in totals)
    assert summed == rows["medfee_sumamt"].sum()


def test_settlement_money_adds_up_to_the_fen(city: City) -> None:
    setl = city.standing["setl_d"]
    parts = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_amt"]
    funds = ["hifp_pay", "maf_pay", "hifob_pay", "hifmi_pay", "hifes_pay", "cvlserv_pay",
             "othfund_pay"]  # fmt: skip
    paid = ["fund_pay_sumamt", "acct_pay", "cash_payamt"]
    assert (setl[parts].sum(axis=1) == setl["medfee_sumamt"]).all()
    assert (setl[funds].sum(axis=1) == setl["fund_pay_sumamt"]).all()
    assert (setl[paid].sum(axis=1) == setl["medfee_sumamt"]).all()
    positive = setl[setl["refd_setl_flag"] == "0"]
    assert (positive[[*parts, *funds, *paid]] >= 0).all().all()


def test_lines_sum_to_their_settlement(city: City) -> None:
    setl, lines = city.standing["setl_d"], city.standing["fee_list_d"]
    money = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_amt"]
    sums = lines.groupby("setl_id")[["det_item_fee_sumamt", *money]].sum()
    billed = setl.set_index("setl_id")
    assert set(sums.index) == set(billed.index)
    billed = billed.loc[sums.index]
    assert (sums["det_item_fee_sumamt"] == billed["medfee_sumamt"]).all()
    assert (sums[money] == billed[money]).all().all()


def test_a_line_is_quantity_times_price(city: City) -> None:
    lines = city.standing["fee_list_d"]
    product = half_up(lines["cnt"].to_numpy() // 10_000 * lines["pric"].to_numpy(), 10_000)
    assert (product == lines["det_item_fee_sumamt"].to_numpy()).all()


def test_reversals_mirror_their_originals(city: City) -> None:
    setl = city.standing["setl_d"].set_index("setl_id")
    back = setl[setl["init_setl_id"].notna()]
    assert len(back) > 5
    original = setl.loc[back["init_setl_id"]]
    for column in ("medfee_sumamt", "fund_pay_sumamt", "cash_payamt"):
        assert (back[column].to_numpy() == -original[column].to_numpy()).all()
    assert (back["invono"].to_numpy() == original["invono"].to_numpy()).all()
    assert (back["batch"].to_numpy() > original["batch"].to_numpy()).any()


def test_refunds_take_back_no_more_than_was_charged(city: City) -> None:
    lines = city.standing["fee_list_d"].set_index("bkkp_sn")
    named = lines[lines["init_feedetl_sn"].notna()]
    original = lines.loc[named["init_feedetl_sn"]]
    assert (named["cnt"].to_numpy() * original["cnt"].to_numpy() < 0).all()
    assert (abs(named["cnt"].to_numpy()) <= abs(original["cnt"].to_numpy())).all()


def test_keys_are_unique_once_corrections_and_repeats_are_settled(city: City) -> None:
    for name, table in LANDING.items():
        rows = city.delivered[name]
        assert rows[list(table.key)].notna().all().all(), name
        again = rows.drop(columns="batch").drop_duplicates()
        again = again[again.duplicated([*table.key, "updt_time"], keep=False)]
        assert not len(again), name


def test_every_settlement_has_its_visit_and_its_parties(city: City) -> None:
    setl, visits = city.standing["setl_d"], city.standing["mdtrt_d"]
    assert set(setl["mdtrt_id"]) <= set(visits["mdtrt_id"])
    assert set(city.standing["diag_d"]["mdtrt_id"]) <= set(visits["mdtrt_id"])
    assert set(city.standing["oprn_d"]["mdtrt_id"]) <= set(visits["mdtrt_id"])
    local = setl[setl["fix_blng_admdvs"].str.startswith("3799")]
    assert set(local["fixmedins_code"]) <= set(city.standing["fixmedins_b"]["fixmedins_code"])
    own = setl[setl["insu_admdvs"].str.startswith("3799")]
    assert set(own["psn_no"]) <= set(city.standing["psn_info_b"]["psn_no"])
    lines = city.standing["fee_list_d"]
    assert set(lines["hilist_code"]) <= set(city.standing["hilist_b"]["hilist_code"])
    hands = lines[lines["fixmedins_code"].isin(local["fixmedins_code"])]["acord_dr_code"].dropna()
    assert set(hands) <= set(city.standing["staff_b"]["staff_code"])


def test_open_visits_are_completed_and_unsettled_lines_wait_at_the_end(city: City) -> None:
    visits = city.standing["mdtrt_d"]
    still = visits[visits["endtime"].isna()]
    assert len(still)
    assert len(city.delivered["mdtrt_d"][city.delivered["mdtrt_d"]["endtime"].isna()]) > len(still)
    waiting = city.standing["fee_list_d"][city.standing["fee_list_d"]["setl_id"].isna()]
    assert len(waiting)
    assert set(waiting["mdtrt_id"]) <= set(still["mdtrt_id"])


def test_stock_never_falls_below_zero_but_where_items_were_swapped(city: City) -> None:
    stock = city.standing["inv_txn_d"].sort_values(["txn_time", "txn_id"])
    hand = stock.groupby(["fixmedins_code", "hilist_code"])["qty"].cumsum()
    short = stock[hand < 0]
    swaps = city.truth("instance")
    swaps = swaps[swaps["variant"].isin(["book_follows_bill", "shop_goods"])]
    assert set(short["fixmedins_code"]) <= set(";".join(swaps["fixmedins_codes"]).split(";"))
    assert len(short)


def test_moves_within_a_chain_meet_their_opposite(city: City) -> None:
    stock = city.standing["inv_txn_d"]
    arrived, left = (stock[stock["txn_type"] == kind] for kind in ("111", "112"))
    assert arrived["qty"].sum() == -left["qty"].sum()
    assert set(arrived["opp_fixmedins_code"]) == set(left["fixmedins_code"])


def invoiced(city: City, rows: pd.DataFrame) -> pd.DataFrame:
    """Settlements with their invoices: one row for each, total_amt missing where there is none."""
    bills = city.standing["einvoice_d"]
    bills = bills.assign(invono=bills["bill_code"] + "-" + bills["bill_no"])
    told = ["invono", "total_amt", "stas", "issue_date", "red_date"]
    return rows.dropna(subset="invono").merge(bills[told], on="invono", how="left")


def test_invoices_match_settlements(city: City) -> None:
    setl = city.standing["setl_d"]
    charged = setl[setl["refd_setl_flag"] == "0"]
    false = [planted(city, s)["setl_id"] for s in ("offsite_fraud", "price_invoice_fraud")]
    charged = invoiced(city, charged[~charged["setl_id"].isin(pd.concat(false))])
    sums = charged.groupby("invono")["medfee_sumamt"].transform("sum")
    odd = charged[sums != charged["total_amt"]]
    assert len(odd) < 0.004 * len(charged)
    assert (odd["total_amt"].isna() | (odd["total_amt"] < odd["medfee_sumamt"])).all()
    reversed_ = invoiced(city, setl[setl["refd_setl_flag"] == "1"])
    assert (reversed_["stas"] == "2").all()


def test_honest_claims_of_several_invoices_add_up(crowd: City) -> None:
    rows = invoiced(crowd, settlements(crowd, "price_invoice_fraud", "twin", "several_bills"))
    bills = crowd.standing["einvoice_d"]
    named = set(crowd.standing["setl_d"]["invono"])
    loose = bills[~(bills["bill_code"] + "-" + bills["bill_no"]).isin(named)]
    rest = {*zip(loose["issue_date"], loose["total_amt"], strict=True)}
    gap = rows["medfee_sumamt"] - rows["total_amt"]
    assert len(rows)
    assert (gap > 0).all()
    assert {*zip(rows["issue_date"], gap, strict=True)} <= rest


def test_an_honest_invoice_that_was_reddened_has_its_like_of_that_day(crowd: City) -> None:
    honest = invoiced(crowd, settlements(crowd, "price_invoice_fraud", "twin", "reissued"))
    false = invoiced(crowd, settlements(crowd, "price_invoice_fraud", variant="voided_after"))
    bills = crowd.standing["einvoice_d"]
    issued = {*zip(bills["issue_date"], bills["total_amt"], strict=True)}
    for rows, like in ((honest, True), (false, False)):
        red = rows[rows["stas"] == "2"]
        assert len(red)
        assert (red["red_date"] > red["setl_time"].str[:10]).all()
        there = [pair in issued for pair in zip(red["red_date"], red["total_amt"], strict=True)]
        assert all(there) if like else not any(there)


def test_false_claims_show_in_their_invoices(crowd: City) -> None:
    setl = crowd.standing["setl_d"]
    twice = settlements(crowd, "price_invoice_fraud", variant="claimed_twice")
    other = setl[~setl["setl_id"].isin(twice["setl_id"]) & (setl["refd_setl_flag"] == "0")]
    pairs = twice.merge(other, on="invono")
    assert len(pairs) == len(twice)
    assert (pairs["medfee_sumamt_x"] == pairs["medfee_sumamt_y"]).all()
    told = planted(crowd, "price_invoice_fraud", variant="claimed_twice")
    fund = twice.set_index("setl_id").loc[told["setl_id"], "fund_pay_sumamt"]
    assert (fund.to_numpy() == told["amount_fen"].to_numpy()).all()
    raised = invoiced(crowd, settlements(crowd, "price_invoice_fraud", variant="raised_amount"))
    assert (raised["total_amt"] < raised["medfee_sumamt"]).all()
    forged = invoiced(crowd, settlements(crowd, "price_invoice_fraud", variant="forged_invoice"))
    assert forged["total_amt"].isna().all()
    parts = invoiced(crowd, settlements(crowd, "price_invoice_fraud", "twin", "parts_on_one"))
    whole = parts.groupby(["mdtrt_id", "invono"])["medfee_sumamt"].transform("sum")
    assert (whole == parts["total_amt"]).all()


def test_a_box_is_sold_twice_only_where_the_truth_says_so(city: City) -> None:
    scans = city.standing["drug_trac_d"]
    net = scans[scans["scan_type"].isin(["2", "3"]) & (scans["trdn_flag"] != "1")]
    sold = net["scan_type"].map({"2": 1, "3": -1}).groupby(net["drug_trac_codg"]).sum()
    twice = net[net["drug_trac_codg"].isin(sold[sold > 1].index)].sort_values("scan_time")
    twice = twice.drop_duplicates("drug_trac_codg", keep="last")
    truth = city.truth("instance").query("scheme == 'trace_code_repeat' and kind == 'scheme'")
    assert set(twice["fixmedins_code"]) <= set(";".join(truth["fixmedins_codes"]).split(";"))
    assert len(twice)


def test_identity_numbers_carry_a_valid_check_digit(city: City) -> None:
    numbers = city.standing["psn_info_b"]["certno"]
    weights = [pow(2, 17 - i, 11) for i in range(17)]
    for number in numbers:
        total = sum(w * int(d) for w, d in zip(weights, number[:17], strict=True))
        assert "10X98765432"[total % 11] == number[17]
    assert numbers.is_unique


def test_a_known_identity_number_comes_out() -> None:
    made = certnos(np.array([110105]), np.array([-7671]), np.array([1]))  # 1948-12-31
    assert made[0][:17] == "11010519481231001"


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    simulate(SMALL, tmp_path / "one")
    simulate(SMALL, tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    one = simulate(SMALL, tmp_path / "one")
    two = simulate(replace(SMALL, seed=4), tmp_path / "two")
    assert one.rows != two.rows


def test_parquet_holds_the_same_rows_typed(tmp_path: Path) -> None:
    simulate(SMALL, tmp_path / "csv")
    simulate(SMALL, tmp_path / "parquet", format="parquet")
    rows = pd.read_parquet(tmp_path / "parquet/landing/setl_d/2024-01/part-0.parquet")
    told = pd.read_csv(tmp_path / "csv/landing/setl_d/2024-01/part-0.csv", dtype=str)
    assert (rows["medfee_sumamt"].astype(str) == told["medfee_sumamt"]).all()
    assert (rows["setl_id"] == told["setl_id"]).all()


def test_nothing_is_planted_when_nothing_is_wanted(tmp_path: Path) -> None:
    summary = simulate(replace(SMALL, schemes="none"), tmp_path)
    assert summary.instances == {}
    assert not len(pd.read_parquet(tmp_path / "truth/settlement.parquet"))


def test_one_scheme_can_be_asked_for(tmp_path: Path) -> None:
    summary = simulate(replace(WORLD, months=2, schemes=("ghost_inpatient",)), tmp_path)
    assert {name.split("/")[0] for name in summary.instances} == {"ghost_inpatient"}


def test_dirt_spoils_about_its_share_of_rows(tmp_path: Path) -> None:
    simulate(replace(SMALL, dirty=0.05), tmp_path)
    rows = pd.concat(
        pd.read_csv(p, dtype=str) for p in sorted(tmp_path.glob("landing/mdtrt_d/*/part-*.csv"))
    )
    bad = pd.to_datetime(rows["begntime"], errors="coerce").isna() | rows["mdtrt_id"].isna()
    assert 0.005 < bad.mean() < 0.05


def test_every_scheme_has_at_least_as_many_twins(city: City) -> None:
    kinds = city.truth("instance").groupby(["scheme", "kind"]).size().unstack(fill_value=0)
    assert len(kinds) >= 17
    assert (kinds["twin"] >= kinds["scheme"]).all()


def test_chronic_registrations_say_the_same_in_both_registers(city: City) -> None:
    people = city.standing["psn_info_b"].dropna(subset="opsp_dise_code")
    codes, days = (people[c].str.split(";") for c in ("opsp_dise_code", "opsp_begndate"))
    told = people.assign(code=codes, begun=days).explode(["code", "begun"])
    register = city.standing["opsp_reg_d"]
    register = register[register["enddate"].isna()]
    keys = ["psn_no", "insu_admdvs", "opsp_dise_code", "begndate"]
    mine = told[["psn_no", "insu_admdvs", "code", "begun"]].set_axis(keys, axis=1)
    mine, register = (f[keys].sort_values(keys).reset_index(drop=True) for f in (mine, register))
    pd.testing.assert_frame_equal(mine, register)


def test_most_who_are_registered_within_the_world_were_seen_to_be_ill_before(crowd: City) -> None:
    register = crowd.standing["opsp_reg_d"]
    fresh = register[register["begndate"] >= "2024-03-01"]
    moved = register["enddate"].notna()
    fresh = fresh[~fresh["psn_no"].isin(register.loc[moved, "psn_no"])]
    seen = crowd.standing["mdtrt_d"].merge(crowd.standing["diag_d"], on="mdtrt_id")
    seen = seen[~seen["med_type"].isin(["14", "41"])]
    code = {"M03900": "I10", "M01600": "E11", "M04600": "I25", "M04803": "I6", "M05300": "J44",
            "M07805": "N18", "M00201": "[BK]", "M00500": "[CJ]"}  # fmt: skip
    both = fresh.merge(seen, on="psn_no")
    fits = [bool(re.match(code[c], d)) for c, d in
            zip(both["opsp_dise_code"], both["diag_code"], strict=True)]  # fmt: skip
    proved = both[np.array(fits) & (both["begntime"].str[:10] <= both["begndate"])]
    assert len(fresh) > 40
    assert 0.4 < fresh["psn_no"].isin(proved["psn_no"]).mean() < 1


def planted(city: City, scheme: str, kind: str = "scheme", variant: str = "") -> pd.DataFrame:
    """Settlements of the truth that belong to this scheme, or to its twins."""
    told = city.truth("instance").query("scheme == @scheme and kind == @kind")
    told = told[told["variant"].str.startswith(variant)]
    return city.truth("settlement").merge(told[["instance_id", "variant"]], on="instance_id")


def settlements(city: City, scheme: str, kind: str = "scheme", variant: str = "") -> pd.DataFrame:
    """The same as they were delivered, with their visits."""
    mine = planted(city, scheme, kind, variant)
    rows = city.standing["setl_d"].merge(mine[["setl_id", "instance_id"]], on="setl_id")
    visits = city.standing["mdtrt_d"][["mdtrt_id", "begntime", "endtime", "tel", "chfpdr_code"]]
    return rows.merge(visits, on="mdtrt_id")


def test_every_variant_and_every_twin_can_be_planted(crowd: City) -> None:
    told = crowd.truth("instance")
    own = ("overcharge", "item_swap", "post_death", "phantom_charge")  # bend what they come upon
    for scheme in (s for s in schemes() if s.id not in own):
        mine = set(told.loc[told["scheme"] == scheme.id, "variant"])
        assert mine == {*scheme.variants, *scheme.twins}, scheme.id


def test_stays_that_never_were_are_claimed_by_hand_on_invoices_that_are_not_there(
    crowd: City,
) -> None:
    bills = crowd.standing["einvoice_d"]
    there = set(bills["bill_code"] + "-" + bills["bill_no"])
    false = settlements(crowd, "offsite_fraud", variant="paper_stays")
    true = settlements(crowd, "offsite_fraud", "twin", "claims_from_afar")
    assert set(false["pay_loc"]) == set(true["pay_loc"]) == {"1"}
    assert false["tel"].nunique() < len(false)
    assert not false["invono"].isin(there).all()
    assert true["invono"].isin(there).all()


def test_those_who_tour_come_together_and_honest_guests_do_not(crowd: City) -> None:
    tour = settlements(crowd, "offsite_fraud", variant="village_on_tour")
    work = settlements(crowd, "offsite_fraud", "twin", "home_town_workers")
    for rows in (tour, work):
        assert (rows.groupby("instance_id")["insu_admdvs"].nunique() == 1).all()
        assert (rows.groupby("instance_id")["fixmedins_code"].nunique() == 1).all()
    days = [r.groupby("instance_id")["begndate"].nunique().sum() / len(r) for r in (tour, work)]
    assert days[0] < 0.6 < days[1]
    assert (work.groupby("instance_id")["emp_no"].nunique() == 1).all()


def test_what_one_doctor_writes_is_dispensed_at_one_counter_within_the_hour(crowd: City) -> None:
    for kind, variant in (("scheme", "desk_to_counter"), ("twin", "only_pharmacy")):
        rows = settlements(crowd, "collusion", kind, variant)
        desk, counter = (rows[rows["med_type"] == m] for m in ("11", "41"))
        assert (desk.groupby("instance_id")["chfpdr_code"].nunique() == 1).all()
        pairs = desk.merge(counter, on=["instance_id", "psn_no", "begndate"])
        gap = pd.to_datetime(pairs["begntime_y"]) - pd.to_datetime(pairs["setl_time_x"])
        assert len(pairs) > 3
        assert (gap > pd.Timedelta(0)).all()
        assert (gap < pd.Timedelta(hours=1, minutes=15)).all()


def test_sessions_that_were_empty_used_no_needle(crowd: City) -> None:
    lines = crowd.standing["fee_list_d"]
    needled = set(lines.loc[lines["hilist_name"] == "一次性针灸针", "setl_id"])
    empty = settlements(crowd, "collusion", variant="empty_sessions")["setl_id"]
    courses = [settlements(crowd, "collusion", "twin", v) for v in ("course", "works_clinic")]
    real = pd.concat(courses)["setl_id"]
    assert empty.isin(needled).mean() < 0.4 < real.isin(needled).mean()


def test_the_money_of_groups_too_heavy_is_the_gap_of_the_weights(crowd: City) -> None:
    weight = crowd.standing["drg_b"].set_index("dise_no")["weight"]
    code = {i: g.row["drg"] for i, g in enumerate(groups())}
    plain = {code[m]: code[i] for i, m in severe().items()}
    rows = settlements(crowd, "drg_gaming", variant="added_illness")
    told = crowd.truth("settlement").set_index(["instance_id", "setl_id"])["amount_fen"]
    told = told.loc[list(zip(rows["instance_id"], rows["setl_id"], strict=True))]
    gap = weight.loc[rows["dise_no"]].to_numpy() - weight.loc[rows["dise_no"].map(plain)].to_numpy()
    fund, medfee = rows["fund_pay_sumamt"].to_numpy(), rows["medfee_sumamt"].to_numpy()
    want = np.minimum(half_up(gap * 485_000 * fund, 10_000 * medfee), fund)
    assert len(rows) > 3
    assert (told.to_numpy() == want).all()


def test_the_truly_severe_had_the_care_that_the_others_only_had_on_paper(crowd: City) -> None:
    lines = crowd.standing["fee_list_d"]
    care = lines[lines["hilist_name"].isin(["氧气吸入", "心电监测", "大换药", "常规药敏定性试验"])]
    said = settlements(crowd, "drg_gaming", variant="added_illness")["setl_id"]
    real = settlements(crowd, "drg_gaming", "twin", "truly_severe")["setl_id"]
    assert said.isin(care["setl_id"]).mean() < 0.6 < 0.85 < real.isin(care["setl_id"]).mean()


def test_nothing_leaves_the_shelf_when_cards_are_swiped_for_nothing(crowd: City) -> None:
    left = set(crowd.standing["inv_txn_d"]["mdtrt_id"].dropna())
    empty = settlements(crowd, "pharmacy_fraud", variant="empty_swipe")
    assert empty["mdtrt_id"].isin(left).mean() < 0.6
    for twin in ("market_day", "health_fair", "package_prices"):
        real = settlements(crowd, "pharmacy_fraud", "twin", twin)
        real = real[real["refd_setl_flag"] == "0"]
        assert real["mdtrt_id"].isin(left).all()


def test_round_sums_are_no_proof_of_themselves(crowd: City) -> None:
    empty = settlements(crowd, "pharmacy_fraud", variant="empty_swipe")["medfee_sumamt"]
    honest = settlements(crowd, "pharmacy_fraud", "twin", "package_prices")["medfee_sumamt"]
    every = crowd.standing["setl_d"].query("med_type == '41'")["medfee_sumamt"]
    assert (empty % 1000 == 0).mean() > 0.4
    assert (honest % 1000 == 0).mean() > 0.9
    assert 0.05 < (every % 1000 == 0).mean() < 0.3


def test_every_scheme_of_the_contract_but_data_errors_is_planted(crowd: City) -> None:
    assert {s.id for s in schemes()} == CONTRACT
    assert set(crowd.truth("instance")["scheme"]) == CONTRACT
    assert CONTRACT > WHOLE


def test_a_picture_taken_again_is_in_excess_only_where_nothing_asked_for_it(crowd: City) -> None:
    lines = crowd.standing["fee_list_d"]
    keys = ["mdtrt_id", "hilist_code"]
    told = crowd.truth("line").merge(lines[["bkkp_sn", "fee_ocur_time", *keys]], on="bkkp_sn")
    gaps = {}
    for kind, variant in (("scheme", "repeat_imaging"), ("twin", "followed_up")):
        mine = planted(crowd, "overtreatment", kind, variant)["instance_id"].unique()
        later = told[told["instance_id"].isin(mine)]
        pairs = later.merge(lines[[*keys, "bkkp_sn", "fee_ocur_time"]], on=keys)
        pairs = pairs[pairs["bkkp_sn_x"] != pairs["bkkp_sn_y"]]
        days = [pd.to_datetime(pairs[f"fee_ocur_time_{s}"].str[:10]) for s in "xy"]
        gaps[kind] = (days[0] - days[1]).dt.days[(days[0] - days[1]).dt.days > 0]
        assert set(later["bkkp_sn"]) <= set(pairs["bkkp_sn_x"])
    assert gaps["scheme"].median() < 5 < gaps["twin"].median()


def test_courses_without_end_go_on_where_others_stop(crowd: City) -> None:
    endless = settlements(crowd, "overtreatment", variant="long_courses")
    assert endless.groupby("psn_no").size().max() >= 5
    after = settlements(crowd, "overtreatment", "twin", "after_operation")
    done = crowd.standing["oprn_d"].merge(crowd.standing["mdtrt_d"], on="mdtrt_id")
    assert set(after["psn_no"]) <= set(done["psn_no"])


def test_benefits_got_by_forgery_had_no_proof_and_their_twins_have_a_reason(crowd: City) -> None:
    register = crowd.standing["opsp_reg_d"].sort_values("begndate")
    current = register.drop_duplicates(["psn_no", "opsp_dise_code"], keep="last")
    seen = crowd.standing["mdtrt_d"].merge(crowd.standing["diag_d"], on="mdtrt_id")
    head = {"M04803": "I6", "M04600": "I25", "M05300": "J44", "M01600": "E11"}
    shares = {}
    for kind, variant in (("scheme", ""), ("twin", "after_stay"), ("twin", "screening")):
        rows = settlements(crowd, "opsp_qualification", kind, variant)
        who = rows[["psn_no", "dise_no"]].drop_duplicates()
        who = who.merge(
            current, left_on=["psn_no", "dise_no"], right_on=["psn_no", "opsp_dise_code"]
        )
        both = who.merge(seen, on="psn_no")
        early = both[both["begntime"].str[:10] < both["begndate"]]
        fits = [
            c.startswith(head[d]) for c, d in zip(early["diag_code"], early["dise_no"], strict=True)
        ]
        shares[kind, variant] = who["psn_no"].isin(early.loc[fits, "psn_no"]).mean()
    assert shares["scheme", ""] < 0.5
    assert min(shares["twin", "after_stay"], shares["twin", "screening"]) > 0.75


def test_those_who_moved_were_insured_lately_or_registered_before(crowd: City) -> None:
    register = crowd.standing["opsp_reg_d"]
    within = settlements(crowd, "opsp_qualification", "twin", "moved_within")["psn_no"]
    rows = register[register["psn_no"].isin(within)]
    old, new = rows[rows["enddate"].notna()], rows[rows["enddate"].isna()]
    pairs = old.merge(new, on=["psn_no", "opsp_dise_code"])
    days = [pd.to_datetime(pairs[c]) for c in ("enddate_x", "begndate_y")]
    assert set(within) <= set(pairs["psn_no"])
    assert ((days[1] - days[0]).dt.days == 1).all()
    came = settlements(crowd, "opsp_qualification", "twin", "moved_in")
    begun = came.merge(crowd.standing["psn_info_b"], on=["psn_no", "insu_admdvs"])["insu_begndate"]
    assert begun.min() >= "2023-12-01"


def test_an_honest_city_has_what_looks_like_fraud(tmp_path: Path) -> None:
    simulate(replace(WORLD, schemes="none"), tmp_path)
    names = ("setl_d", "einvoice_d", "mdtrt_d", "diag_d", "out_appy_d")
    setl, bills, visits, diagnoses, away = (read(tmp_path, name) for name in names)
    assert 0.0002 < (setl["pay_loc"] == "1").mean() < 0.03
    named = bills[(bills["bill_code"] + "-" + bills["bill_no"]).isin(setl["invono"])]
    assert len(named) < len(bills)
    assert {"1", "2", "3"} <= set(bills["stas"])
    assert {"1", "2", "4"} <= set(away["rloc_rea"])
    second = diagnoses[diagnoses["maindiag_flag"] == "0"]["diag_code"]
    assert {"J96.000", "I50.900"} <= set(second)
    both = setl[setl["med_type"] == "11"].merge(
        setl[setl["med_type"] == "41"], on=["psn_no", "begndate"]
    )
    gap = pd.to_datetime(both["setl_time_y"]) - pd.to_datetime(both["setl_time_x"])
    assert ((gap > pd.Timedelta(0)) & (gap < pd.Timedelta(hours=1))).sum() > 20
    assert visits["addr"].dropna().str.startswith("外地").any()


def test_less_than_three_settlements_in_a_hundred_are_planted(city: City) -> None:
    assert 0.005 < city.summary.planted_share < 0.03


def test_the_money_of_whole_schemes_is_all_their_fund_money(city: City) -> None:
    fund = city.standing["setl_d"].set_index("setl_id")["fund_pay_sumamt"]
    known = city.truth("instance").set_index("instance_id")
    rows = city.truth("settlement")
    whole = rows[known.loc[rows["instance_id"], "scheme"].isin(WHOLE).to_numpy()]
    assert (fund.loc[whole["setl_id"]].to_numpy() == whole["amount_fen"].to_numpy()).all()


def test_the_money_of_line_schemes_can_be_recomputed(city: City) -> None:
    setl = city.standing["setl_d"].set_index("setl_id")
    lines = city.truth("line")
    keys = ["instance_id", "setl_id"]
    excess = lines.groupby(keys)["excess_inscp_fen"].sum().reset_index()
    bill = setl.loc[excess["setl_id"]]
    inscp, fund = bill["inscp_amt"].to_numpy(), bill["fund_pay_sumamt"].to_numpy()
    want = np.where(
        inscp > 0, half_up(excess["excess_inscp_fen"].to_numpy() * fund, np.maximum(inscp, 1)), 0
    )
    told = city.truth("settlement").set_index(keys).loc[[tuple(r) for r in excess[keys].to_numpy()]]
    assert (told["amount_fen"].to_numpy() == want).all()


def test_excess_is_a_part_of_its_line(city: City) -> None:
    lines = city.truth("line")
    charged = city.standing["fee_list_d"].set_index("bkkp_sn").loc[lines["bkkp_sn"]]
    assert (lines["excess_inscp_fen"].to_numpy() <= charged["inscp_amt"].to_numpy()).all()
    assert (lines["excess_inscp_fen"] >= 0).all()
    assert (lines["setl_id"].to_numpy() == charged["setl_id"].to_numpy()).all()


def test_instance_amounts_are_the_sums_of_their_settlements(city: City) -> None:
    told = city.truth("instance").set_index("instance_id")
    sums = city.truth("settlement").groupby("instance_id")["amount_fen"].sum()
    schemes = told[told["kind"] == "scheme"]
    assert (schemes["amount_fen"] == sums.loc[schemes.index]).all()
    assert (told.loc[told["kind"] == "twin", "amount_fen"] == 0).all()


def test_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    with pytest.raises(UsageError, match="already holds a province"):
        simulate(SMALL, tmp_path)


def test_all_faulty_arguments_are_told_at_once() -> None:
    with pytest.raises(UsageError, match=r"persons is 3.*dirty is 2"):
        World(persons=3, institutions=40, months=1, seed=1, dirty=2.0)
