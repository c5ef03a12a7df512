"""The catalogue and the recipes: what is given and billed in each kind of care."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from province.world import Bools, Floats, Ints, Texts

DATA: Final = Path(__file__).parent / "data"
WHEN: Final = (
    "once",
    "rest",
    "daily",
    "restdaily",
    "early",
    "every3",
    "every5",
    "opday",
    "last",
    "supply",
)


_LOWEST: Final = {"3": 4, "2": 7, "": 99}
_LIMITS: Final = ("diag", "setting", "hosp_lv", "age_min", "age_max", "sex", "days")


@dataclass(frozen=True)
class Items:
    """The catalogue, one position per item; prices in fen per catalogue unit."""

    rows: tuple[dict[str, str], ...]
    slug: dict[str, int]
    code: Texts
    name: Texts
    list_type: Texts
    chrg: Texts
    lv: Texts
    price: Ints
    pack: Ints
    ddd: Floats
    selfpay: Ints  # [1/10000]
    cap: Floats  # daily cap in units, nan where none
    is_goods: Bools  # kept in stock: drugs, pieces, consumables
    is_drug: Bools
    watch: Bools
    high: Bools
    therapy: Bools  # done by a therapist
    minutes: Ints  # per unit, 0 where none is set
    is_test: Bools  # examinations and laboratory items, which end in a report
    ordered: Bools  # given in a ward on a doctor's order of its own
    limited: Bools  # drugs with a limit on diagnosis, setting, level, age or course
    ages: tuple[Floats, Floats]  # least and greatest age in years, without limit where none is set
    sex: Texts  # 1 men only, 2 women only, empty for all
    lowest: Ints  # last code of hosp_lv that may charge it
    course: Ints  # days a stay may be charged for it, 0 where none is set

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, *slugs: str) -> Ints:
        """Positions of the named items."""
        return np.array([self.slug[s] for s in slugs], dtype=np.int64)


@dataclass(frozen=True)
class Group:
    """One kind of visit: its diagnosis, department, usual stay and recipe rows."""

    name: str
    setting: str  # op rx ip
    med_type: str
    dept: str
    days: int
    opsp: str
    row: dict[str, str]
    item: Ints
    when: Ints  # position in WHEN
    share: Floats
    least: Ints
    most: Ints


def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _texts(rows: tuple[dict[str, str], ...], column: str) -> Texts:
    return np.array([row[column] for row in rows], dtype=object)


def _numbers(rows: tuple[dict[str, str], ...], column: str, empty: float) -> Floats:
    return np.array([float(row[column] or empty) for row in rows])


@cache
def catalogue() -> Items:
    """The catalogue in data/catalogue.csv."""
    rows = _rows("catalogue.csv")
    list_type, flags = _texts(rows, "list_type"), _texts(rows, "flags")
    return Items(
        rows=rows,
        slug={row["slug"]: i for i, row in enumerate(rows)},
        code=_texts(rows, "code"),
        name=_texts(rows, "name"),
        list_type=list_type,
        chrg=_texts(rows, "chrg"),
        lv=_texts(rows, "lv"),
        price=np.rint(_numbers(rows, "price", 0) * 100).astype(np.int64),
        pack=_numbers(rows, "pack", 1).astype(np.int64),
        ddd=_numbers(rows, "ddd", 1),
        selfpay=np.rint(_numbers(rows, "selfpay", 0) * 10_000).astype(np.int64),
        cap=_numbers(rows, "cap", np.nan),
        is_goods=np.isin(list_type, ["101", "102", "301"]),
        is_drug=np.isin(list_type, ["101"]),
        watch=np.array(["w" in f.split() for f in flags]),
        high=np.array(["h" in f.split() for f in flags]),
        therapy=np.isin(_texts(rows, "cls"), ["理疗", "康复", "中医"]) & (list_type == "201"),
        minutes=_numbers(rows, "minutes", 0).astype(np.int64),
        is_test=np.isin(_texts(rows, "chrg"), ["03", "04"]),
        ordered=~np.isin(_texts(rows, "chrg"), ["01", "02", "08", "12", "13"]),
        limited=np.array([any(row[c] for c in _LIMITS) for row in rows]),
        ages=(_numbers(rows, "age_min", 0), _numbers(rows, "age_max", np.inf)),
        sex=_texts(rows, "sex"),
        lowest=np.array([_LOWEST[row["hosp_lv"]] for row in rows]),
        course=_numbers(rows, "days", 0).astype(np.int64),
    )


@cache
def selected() -> Ints:
    """Drugs with a price from central procurement, which is that of the catalogue."""
    items = catalogue()
    goods = np.flatnonzero(items.is_goods)
    chosen = goods[(goods % 3 == 0) & (items.list_type[goods] == "101")]
    nego = np.array(["n" in items.rows[i]["flags"].split() for i in chosen], dtype=bool)
    return np.asarray(chosen[~nego], dtype=np.int64)


@cache
def groups() -> tuple[Group, ...]:
    """Every kind of visit with its recipe, in the order of data/groups.csv."""
    recipes: dict[str, list[dict[str, str]]] = {}
    for row in _rows("recipes.csv"):
        recipes.setdefault(row["group"], []).append(row)
    return tuple(_group(row, list(_unfold(recipes, row["slug"]))) for row in _rows("groups.csv"))


@cache
def group_at() -> dict[str, int]:
    """Position of each group by name."""
    return {group.name: i for i, group in enumerate(groups())}


@cache
def severe() -> dict[int, int]:
    """Groups that have a sibling for complicated cases, and that sibling."""
    at = group_at()
    return {at[name[:-2]]: i for name, i in at.items() if name.endswith("_m")}


@cache
def weights() -> Ints:
    """Weight of each group [1/10000], 0 where stays are not paid by group."""
    return np.array([round(float(g.row["weight"] or 0) * 10_000) for g in groups()], dtype=np.int64)


@cache
def _settings() -> Texts:
    return np.array([group.setting for group in groups()], dtype=object)


def is_stay(group: Ints) -> Bools:
    """Groups with days in between: stays and family beds."""
    stay: Bools = (_settings() == "ip")[group]
    return stay


def _unfold(recipes: dict[str, list[dict[str, str]]], name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for row in recipes[name]:
        rows += _unfold(recipes, row["item"]) if row["item"].startswith("@") else [row]
    return rows


def _group(row: dict[str, str], recipe: list[dict[str, str]]) -> Group:
    at = catalogue().slug
    return Group(
        name=row["slug"],
        setting=row["setting"],
        med_type=row["med_type"],
        dept=row["dept"],
        days=int(row["los"]),
        opsp=row["opsp"],
        row=row,
        item=np.array([at[r["item"]] for r in recipe], dtype=np.int64),
        when=np.array([WHEN.index(r["when"]) for r in recipe], dtype=np.int64),
        share=np.array([float(r["share"]) for r in recipe]),
        least=np.array([int(r["least"]) for r in recipe], dtype=np.int64),
        most=np.array([int(r["most"]) for r in recipe], dtype=np.int64),
    )
