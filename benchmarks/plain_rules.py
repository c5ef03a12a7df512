"""One plain rule for each scheme, as a textbook says it: the sign, and none of its exceptions.

They are a measure of the province, not of us: where such a rule tells a scheme from its innocent
twins, the twins do not look alike. Each takes a `Book` and returns the setl_ids it names. Numbers
of domain.md (M-01, P-26 …) stand beside the rule they come from; thresholds are its plainest ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from benchmarks.book import STAYS, Book, Named, many, named, queue

_DAY: Final = pd.Timedelta(days=1)
_HOUR: Final = pd.Timedelta(hours=1)
_DEAR_DRUGS: Final = ("人血白蛋白", "注射用鼠神经生长因子", "注射用重组人脑利钠肽")
_IN_ANOTHER: Final = (
    ("粪便常规", "粪寄生虫镜检"), ("Ⅱ级护理", "Ⅲ级护理"), ("C-反应蛋白测定", "超敏C反应蛋白测定"),
)  # fmt: skip


def elsewhere_meanwhile(book: Book) -> Named:
    """M-08: a stay of which a day, first and last included, falls into a visit elsewhere."""
    every = book.bills[["person", "fixmedins_code", "begndate", "enddate"]]
    pairs = book.stays.merge(every, on="person", suffixes=("", "_x"))
    pairs = pairs[pairs["fixmedins_code"] != pairs["fixmedins_code_x"]]
    met = (pairs["begndate_x"] <= pairs["enddate"]) & (pairs["enddate_x"] >= pairs["begndate"])
    return named(pairs[met])


def neighbours_together(book: Book) -> Named:
    """M-06: people of one village admitted to one house within two days."""
    stays = book.stays.assign(village=book.stays["addr"].str.replace(r"村.*", "", regex=True))
    found: Named = set()
    for phase in (0, 1):
        span = (stays["begndate"] - pd.Timestamp("2000-01-01")).dt.days + phase
        keys = ["fixmedins_code", "village", "span"]
        found |= many(stays.assign(span=span // 2), keys, 2)
    return found


def again_within_15_days(book: Book) -> Named:
    """M-01: admitted within fifteen days of the last discharge, anywhere."""
    stays = book.stays.sort_values(["person", "begntime", "setl_time"])
    before = stays.groupby("person")[["endtime", "mdtrt_id"]].shift()
    soon = stays["begntime"] - before["endtime"] <= 15 * _DAY
    return named(stays[soon & (before["mdtrt_id"] != stays["mdtrt_id"])])


def one_drug_one_after_another(book: Book) -> Named:
    """M-16: three cards within half an hour at one house, all with the same medicine."""
    drugs = book.lines[book.lines["list_type"] == "101"][["setl_id", "hilist_code"]]
    bills = book.bills[["setl_id", "person", "fixmedins_code", "setl_time"]].merge(
        drugs.drop_duplicates(), on="setl_id"
    )
    return queue(bills.assign(term_no=bills["fixmedins_code"] + bills["hilist_code"]), 3, _HOUR)


def more_than_allowed(book: Book) -> Named:
    """P-16 to P-21: beds above nights, hours above 24, twice on a day, contained, or dear."""
    lines = book.lines.merge(book.bills[["setl_id", "nights", "care"]], on="setl_id")
    bed = lines[(lines["kind"] == "01") & lines["care"].isin(STAYS)]
    beds = bed.groupby("setl_id").agg(cnt=("cnt", "sum"), nights=("nights", "first"))
    found = set(beds.index[beds["cnt"] > beds["nights"]])
    found |= named(lines[lines["hilist_name"].str.contains("监测|氧气") & (lines["cnt"] > 24)])
    found |= many(lines[lines["kind"] == "06"], ["setl_id", "hilist_code"], 2, "bkkp_sn")
    for whole, part in _IN_ANOTHER:
        pair = lines[lines["hilist_name"].isin((whole, part))]
        found |= many(pair, ["setl_id", "day"], 2, "hilist_name")
    service = lines[lines["list_type"] == "201"]
    usual = service.groupby("hilist_code")["pric"].transform("median")
    return found | named(service[service["pric"] > 1.2 * usual])


def never_bought(book: Book) -> Named:
    """M-23: goods that a house billed more of than its own purchases of the time brought in."""
    stock = book.of.standing("inv_txn_d", "fixmedins_code", "hilist_code", "txn_type", "qty")
    keys = ["fixmedins_code", "hilist_code"]
    bought = stock[stock["txn_type"] == "102"].groupby(keys)["qty"].sum()
    goods = book.lines[book.lines["list_type"].isin(["101", "301"])]
    billed = goods.groupby(keys)["cnt"].sum()
    short = billed[billed > bought.reindex(billed.index).fillna(0)].index
    return named(goods[pd.MultiIndex.from_frame(goods[keys]).isin(short)])


def at_most_three_nights(book: Book) -> Named:
    """M-03: a stay of three nights or fewer."""
    return named(book.stays[book.stays["nights"] <= 3])


def two_places_or_a_stack(book: Book) -> Named:
    """M-09, M-36: one card at two houses within the hour; four at one terminal within the hour."""
    rows = book.bills.sort_values(["person", "begntime"])
    by = rows.groupby("person")
    found: Named = set()
    for other in (by[["begntime", "fixmedins_code"]].shift(s) for s in (1, -1)):
        near = (rows["begntime"] - other["begntime"]).abs() <= _HOUR
        found |= named(rows[near & (other["fixmedins_code"] != rows["fixmedins_code"])])
    return found | queue(book.bills, 4, _HOUR)


def after_death(book: Book) -> Named:
    """M-10: settled on a later day than the person died."""
    died = book.of.standing("psn_info_b", "psn_no", "insu_admdvs", "death_date")
    rows = book.bills.merge(died.dropna(subset="death_date"), on=["psn_no", "insu_admdvs"])
    return named(rows[rows["setl_time"].dt.normalize() > rows["death_date"]])


def four_therapies_a_day(book: Book) -> Named:
    """C-01: four or more kinds of therapy for one patient on one day."""
    lines = book.lines
    therapy = lines[(lines["kind"] == "05") & (lines["list_type"] == "201")]
    return many(therapy, ["setl_id", "day"], 4, "hilist_code")


def sold_twice(book: Book) -> Named:
    """LB-19: a code of a box scanned in more than one sale."""
    scans = book.of.standing("drug_trac_d", "drug_trac_codg", "scan_type", "setl_id", "mdtrt_id")
    sales = scans[scans["scan_type"] == "2"]
    twice = sales[sales.groupby("drug_trac_codg")["mdtrt_id"].transform("nunique") > 1]
    return set(book.bills.loc[book.bills["mdtrt_id"].isin(twice["mdtrt_id"]), "setl_id"])


def newly_registered(book: Book) -> Named:
    """4.17: drawn on a chronic benefit within half a year of its registration."""
    register = book.of.standing("opsp_reg_d", "psn_no", "insu_admdvs", "opsp_dise_code", "begndate")
    rows = book.bills[book.bills["care"] == "14"].merge(
        register.rename(columns={"opsp_dise_code": "dise_no", "begndate": "since"}),
        on=["psn_no", "insu_admdvs", "dise_no"],
    )
    age = (rows["begndate"] - rows["since"]).dt.days
    return named(rows[(age >= 0) & (age <= 183)])


def guests_of_one_city(book: Book) -> Named:
    """M-28 to M-31: three guests of one city at one house, or a claim by hand from elsewhere."""
    rows = book.bills.assign(home=book.bills["insu_admdvs"].str[:4])
    away = rows[rows["home"] != rows["fix_blng_admdvs"].str[:4]]
    by_hand = away[away["pay_loc"] == "1"]
    return named(by_hand) | many(away, ["fixmedins_code", "home"], 3)


def desk_and_counter(book: Book) -> Named:
    """4.10: a house and a pharmacy joined by three persons within 75 minutes; five sessions."""
    desk = book.bills[book.bills["care"].isin(["11", "13"])]
    shop = book.bills[book.bills["care"] == "41"]
    pairs = desk.merge(shop, on="person", suffixes=("", "_x"))
    gap = pairs["begntime_x"] - pairs["setl_time"]
    pairs = pairs[(gap > 0 * _HOUR) & (gap < 1.25 * _HOUR)]
    keys = [pairs[c] for c in ("fixmedins_code", "fixmedins_code_x")]
    pairs = pairs[pairs.groupby(keys)["person"].transform("nunique") >= 3]
    month = desk["begntime"].dt.to_period("M").astype(str)
    return (
        named(pairs) | set(pairs["setl_id_x"])
        | many(desk.assign(month=month), ["person", "fixmedins_code", "month"], 5, "mdtrt_id")
    )  # fmt: skip


def invoice_or_price_differs(book: Book) -> Named:
    """M-28, P-17: an invoice of another sum, taken back or unknown; a price above the selected."""
    paper = book.of.standing("einvoice_d", "bill_code", "bill_no", "total_amt", "stas")
    paper = paper.assign(invono=paper["bill_code"] + "-" + paper["bill_no"])
    rows = book.bills.merge(paper[["invono", "total_amt", "stas"]], on="invono", how="left")
    odd = (rows["total_amt"] != rows["medfee_sumamt"]) | (rows["stas"] == "2")
    odd |= rows.duplicated("invono", keep=False)
    price = book.of.standing("purc_pric_b", "hilist_code", "pric_type", "pric")
    lowest = price.groupby("hilist_code")["pric"].min()
    lines = book.lines[(book.lines["list_type"] == "101") & (book.lines["trdn_flag"] != "1")]
    dear = lines["pric"] > 1.1 * lines["hilist_code"].map(lowest)
    return named(rows[odd]) | named(lines[dear])


def heavy_or_beside(book: Book) -> Named:
    """C-14, P-25: a group with complications (…1), or a clinic's bill within a day of a stay."""
    grouped = book.stays[book.stays["hi_paymtd"].isin(["3", "4"])]
    clinic = book.bills[book.bills["care"].isin(["11", "13"])]
    keys = ["person", "fixmedins_code"]
    pairs = clinic.merge(book.stays[[*keys, "begntime", "endtime"]], on=keys, suffixes=("", "_x"))
    near = (pairs["begntime"] >= pairs["begntime_x"] - _DAY) & (
        pairs["begntime"] <= pairs["endtime_x"]
    )
    return named(grouped[grouped["dise_no"].str[-1] == "1"]) | named(pairs[near])


def queue_or_round_sum(book: Book) -> Named:
    """M-35, M-37: three cards in ten minutes at a pharmacy's terminal; sums of whole tens."""
    shop = book.bills[book.bills["care"] == "41"]
    rounded = shop[(shop["medfee_sumamt"] % 1000 == 0) & (shop["medfee_sumamt"] > 0)]
    return queue(shop, 3, _HOUR / 6) | named(rounded)


def many_tests_or_sessions(book: Book) -> Named:
    """C-10, C-11: five tests at a visit, ten sessions at a house, one picture twice in a stay."""
    lines = book.lines.merge(book.bills[["setl_id", "person", "care", "mdtrt_id"]], on="setl_id")
    tests = lines[lines["kind"].isin(["03", "04"])]
    found = many(tests[tests["care"].isin(["11", "13"])], ["setl_id"], 5, "hilist_code")
    pictures = tests[tests["kind"] == "03"]
    found |= many(pictures, ["mdtrt_id", "hilist_code"], 2, "day")
    therapy = lines[(lines["kind"] == "05") & lines["care"].isin(["11"])]
    return found | many(therapy, ["person", "fixmedins_code"], 10, "day")


def dear_drug(book: Book) -> Named:
    """Section 6: albumin, nerve growth factor or natriuretic peptide, whatever the illness."""
    return named(book.lines[book.lines["hilist_name"].isin(_DEAR_DRUGS)])


RULES: Final[dict[str, Callable[[Book], Named]]] = {
    "ghost_inpatient": elsewhere_meanwhile, "induced_co_admission": neighbours_together,
    "split_admission": again_within_15_days, "drug_resale_ring": one_drug_one_after_another,
    "overcharge": more_than_allowed, "item_swap": never_bought,
    "low_threshold_admission": at_most_three_nights, "impersonation": two_places_or_a_stack,
    "post_death": after_death, "phantom_charge": four_therapies_a_day,
    "trace_code_repeat": sold_twice, "opsp_qualification": newly_registered,
    "offsite_fraud": guests_of_one_city, "collusion": desk_and_counter,
    "price_invoice_fraud": invoice_or_price_differs, "drg_gaming": heavy_or_beside,
    "pharmacy_fraud": queue_or_round_sum, "overtreatment": many_tests_or_sessions,
    "high_cost_anomaly": dear_drug,
}  # fmt: skip
