"""A province beside published national figures: nine charts and a table of the same numbers.

`python -m benchmarks.portrait DIR [--out docs/province.png]`, DIR being what `fundwatch simulate`
wrote. Needs matplotlib (extra `notebook`). What is drawn is made up; what stands beside it is not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.book import STAYS, Book
from benchmarks.delivered import Delivered

Frame = pd.DataFrame
Values = dict[str, float]
NBS: Final = "NBS, 7th census, communiqué 5 (2020)"
NHC: Final = "NHC, statistical bulletin 2023"
NHSA: Final = "NHSA, statistical bulletin 2022"
HUANG: Final = "Huang et al., IJERPH 2019, 16(15):2653; Shandong 2015–2017"
PANG: Final = "Pang et al., 中国公共卫生 2017, 33(10):1521; one emergency ward 2013–2016"
# what was published, in the order and under the names of what is measured here
PUBLISHED: Final[dict[str, tuple[Values, str]]] = {
    "share of persons by age [%]": (
        {"0–14": 17.95, "15–59": 63.35, "60+": 18.70, "65+": 13.50}, NBS),
    "mean length of stay in hospitals [days]": ({"all": 8.8}, NHC),
    "residents' benefits by kind of care [%]": (
        {"visit": 78.8, "chronic": 13.8, "stay": 7.4}, NHSA),
    "stays a year per 100 insured": ({"employees": 17.6, "residents": 16.3}, NHSA),
    "mean cost in hospitals [yuan]": ({"stay": 10_315.8, "visit": 361.6}, NHC),
    "admissions by kind of house [%]": (
        {"hospital": 81.2, "township": 13.2, "community": 1.6}, NHC),
    "diabetics' visits by season [100 = mean]": (
        {"spring": 102.67, "summer": 99.04, "autumn": 108.36, "winter": 89.92}, HUANG),
    "emergencies by month [%]": ({"Jan": 10.5, "Oct": 6.6, "Dec": 9.8}, PANG),
}  # fmt: skip
_SMALL: Final = ("乡镇卫生院", "社区", "村卫生室", "诊所", "药店")
_CARE: Final = {"13": "emergency", "14": "chronic", "41": "pharmacy"} | dict.fromkeys(STAYS, "stay")
_SEASONS: Final = ("winter", "spring", "summer", "autumn")
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS: Final = "Mon Tue Wed Thu Fri Sat Sun".split()


class Measured:
    """The same figures of one province."""

    def __init__(self, province: Delivered) -> None:
        houses = province.standing("fixmedins_b", "fixmedins_code", "medins_type")
        kind = houses.set_index("fixmedins_code")["medins_type"]
        bills = Book(province).bills
        self.bills: Frame = bills.assign(
            what=bills["care"].map(_CARE).fillna("visit"),
            house=bills["fixmedins_code"].map(kind).fillna("elsewhere"),
        )
        people = province.standing("psn_info_b", "brdy", "insutype")
        self.people: Frame = people.assign(
            age=(self.bills["begndate"].min() - people["brdy"]).dt.days / 365.25
        )
        self.months = bills["begndate"].dt.to_period("M").nunique()

    @property
    def in_hospital(self) -> Frame:
        """Bills of hospitals of the city."""
        return self.bills[~self.bills["house"].isin((*_SMALL, "elsewhere"))]

    @property
    def nights(self) -> pd.Series:
        """Length of stays in hospitals, day surgery and family beds left out [days]."""
        mine = self.in_hospital
        return mine.loc[mine["care"].isin(set(STAYS) - {"28", "71"}), "nights"]

    def figures(self) -> dict[str, Values]:
        """The figures of PUBLISHED, under the same names."""
        age, bills = self.people["age"], self.bills
        aged = {
            "0–14": age < 15,
            "15–59": (age >= 15) & (age < 60),
            "60+": age >= 60,
            "65+": age >= 65,
        }
        mine = (bills["insutype"] == "390") & (bills["fund_pay_sumamt"] > 0)
        helped = bills.loc[mine, "what"].replace({"emergency": "visit"})
        costs = self.in_hospital.groupby("what")["medfee_sumamt"].mean() / 100
        return {
            "share of persons by age [%]": {k: 100 * float(v.mean()) for k, v in aged.items()},
            "mean length of stay in hospitals [days]": {"all": float(self.nights.mean())},
            "residents' benefits by kind of care [%]": _shares(helped, "visit", "chronic", "stay"),
            "stays a year per 100 insured": self._stays(),
            "mean cost in hospitals [yuan]": {k: float(costs[k]) for k in ("stay", "visit")},
            "admissions by kind of house [%]": self._admissions(),
            "diabetics' visits by season [100 = mean]": self._seasons(),
            "emergencies by month [%]": self._emergencies(),
        }

    def _stays(self) -> Values:
        own = self.bills[self.bills["what"] == "stay"].drop_duplicates("mdtrt_id")
        names = {"310": "employees", "390": "residents"}
        return {
            name: 1200 * float((own["insutype"] == code).sum())
            / float((self.people["insutype"] == code).sum()) / self.months
            for code, name in names.items()
        }  # fmt: skip

    def _admissions(self) -> Values:
        stays = self.bills[(self.bills["what"] == "stay") & (self.bills["house"] != "elsewhere")]
        kinds = {"乡镇卫生院": "township", "社区": "community"}
        house = stays["house"].map(kinds).fillna("hospital")
        return _shares(house, "hospital", "township", "community")

    def _seasons(self) -> Values:
        mine = self.bills[self.bills["dise_no"] == "M01600"]
        season = mine["begndate"].dt.month % 12 // 3
        count = season.value_counts().reindex(range(4)).fillna(0)
        return {name: float(count[i] / count.mean() * 100) for i, name in enumerate(_SEASONS)}

    def _emergencies(self) -> Values:
        month = self.bills.loc[self.bills["what"] == "emergency", "begndate"].dt.month
        share = month.value_counts(normalize=True).reindex(range(1, 13)).fillna(0) * 100
        return {_MONTHS[i - 1]: float(share[i]) for i in (1, 10, 12)}


def _shares(kinds: pd.Series, *names: str) -> Values:
    """Each of the named kinds among all of them [%]."""
    share = kinds[kinds.isin(names)].value_counts(normalize=True) * 100
    return {name: float(share.get(name, 0.0)) for name in names}


def table(measured: dict[str, Values]) -> str:
    """Markdown: each figure here, the published one, and where that stands."""
    rows = [
        f"| {name} | {key} | {measured[name][key]:,.1f} | {value:,.1f} | {source} |"
        for name, (values, source) in PUBLISHED.items()
        for key, value in values.items()
    ]
    return "\n".join(["| figure | of | here | published | source |", "|-|-|-|-|-|", *rows])


def draw(measured: Measured, out: Path) -> None:
    """Nine charts on one page; grey is published, blue is made up."""
    figure = Figure(figsize=(13, 11), layout="constrained")
    figure.suptitle("A made-up province (blue) beside published national figures (grey)")
    found = measured.figures()
    panels: list[Callable[[Axes], None]] = [
        *(_bars(name, found[name]) for name in tuple(PUBLISHED)[:1]),
        lambda axes: _lengths(axes, measured.nights),
        *(_bars(name, found[name]) for name in tuple(PUBLISHED)[2:4]),
        lambda axes: _costs(axes, measured.in_hospital),
        *(_bars(name, found[name]) for name in tuple(PUBLISHED)[5:7]),
        lambda axes: _weekdays(axes, measured.bills),
        lambda axes: _houses(axes, measured.bills),
    ]
    for axes, panel in zip(figure.subplots(3, 3).ravel(), panels, strict=True):
        panel(axes)
    figure.savefig(out, dpi=80, metadata={"Software": None})


def _bars(name: str, here: Values) -> Callable[[Axes], None]:
    there = PUBLISHED[name][0]

    def panel(axes: Axes) -> None:
        at = np.arange(len(there))
        axes.bar(at - 0.2, list(there.values()), 0.4, color="0.7")
        axes.bar(at + 0.2, [here[key] for key in there], 0.4, color="tab:blue")
        axes.set_xticks(at, list(there))
        axes.set_title(name, fontsize=10)

    return panel


def _lengths(axes: Axes, nights: pd.Series) -> None:
    axes.hist(nights.clip(upper=40), bins=list(range(42)), color="tab:blue")
    (published,) = PUBLISHED["mean length of stay in hospitals [days]"][0].values()
    axes.axvline(published, color="0.4", linestyle="--")
    axes.axvline(float(nights.mean()), color="tab:blue", linestyle="--")
    axes.set_title("length of stay in hospitals [days]; dashed: means", fontsize=10)


def _costs(axes: Axes, bills: Frame) -> None:
    for what, colour in (("visit", "tab:cyan"), ("stay", "tab:blue")):
        yuan = bills.loc[bills["what"] == what, "medfee_sumamt"] / 100
        axes.hist(np.log10(yuan.clip(lower=1)), bins=60, density=True, color=colour, label=what)
        published = PUBLISHED["mean cost in hospitals [yuan]"][0][what]
        axes.axvline(np.log10(published), color="0.4", linestyle="--")
        axes.axvline(np.log10(yuan.mean()), color=colour, linestyle=":")
    axes.legend()
    axes.set_title("cost [log10 yuan]; dashed: published means, dotted: ours", fontsize=10)


def _weekdays(axes: Axes, bills: Frame) -> None:
    day = bills["begndate"]
    per = pd.Series(day.unique()).dt.dayofweek.value_counts()
    for what, style in (("visit", "o-"), ("stay", "s-"), ("emergency", "^:"), ("pharmacy", "x:")):
        count = day[bills["what"] == what].dt.dayofweek.value_counts() / per
        axes.plot(_DAYS, (count / count.mean()).reindex(range(7)), style, label=what)
    axes.set_ylim(0)
    axes.legend(fontsize=8)
    axes.set_title("bills begun by day of the week [1 = mean]; none published", fontsize=10)


def _houses(axes: Axes, bills: Frame) -> None:
    money = bills.groupby("fixmedins_code")["medfee_sumamt"].sum().sort_values(ascending=False)
    axes.loglog(np.arange(1, len(money) + 1), money / 1e8, ".", color="tab:blue")
    sums = bills.groupby("what")[["fund_pay_sumamt", "medfee_sumamt"]].sum()
    share = sums["fund_pay_sumamt"] / sums["medfee_sumamt"]
    told = ", ".join(f"{what} {value:.0%}" for what, value in share.items())
    axes.set_title(f"money of houses by rank [million yuan]; fund's share:\n{told}", fontsize=8)


def main() -> None:
    """Draw, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.portrait", description=__doc__)
    parser.add_argument("province", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/province.png"))
    given = parser.parse_args()
    measured = Measured(Delivered(given.province))
    draw(measured, given.out)
    print(table(measured.figures()))


if __name__ == "__main__":
    main()
