"""The truth beside the landing: what was planted, by whom, and the fund money to the fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from province.cast import Cast, therapist_number
from province.items import severe, weights
from province.money import RATE
from province.people import phone
from province.world import Ints, half_up

WHOLE: Final = frozenset(
    "ghost_inpatient induced_co_admission split_admission low_threshold_admission impersonation "
    "collusion pharmacy_fraud offsite_fraud post_death opsp_qualification trace_code_repeat "
    "drug_resale_ring".split()
)
_SETTLEMENT: Final = ("tag", "setl_id", "amount", "pbeg", "pend", "place", "person")
SCHEME, TWIN, ERROR = "scheme", "twin", "data_error"


@dataclass
class Instance:
    """One planted scheme, or the innocent twin of one; `number` tags its visits and lines."""

    number: int
    scheme: str
    variant: str
    kind: str = SCHEME
    twin_of: int = -1
    parties: list[tuple[str, int, str]] = field(default_factory=list)  # kind, number, role

    @property
    def id(self) -> str:
        """Name of the instance in every truth table."""
        return f"I{self.number:05d}"


@dataclass
class Truth:
    """Rows of truth gathered month by month."""

    instances: list[Instance] = field(default_factory=list)
    settlements: list[pd.DataFrame] = field(default_factory=list)
    lines: list[pd.DataFrame] = field(default_factory=list)

    def open(self, scheme: str, variant: str, kind: str = SCHEME, twin_of: int = -1) -> Instance:
        """A new instance with the next number."""
        made = Instance(len(self.instances), scheme, variant, kind, twin_of)
        self.instances.append(made)
        return made

    def note(self, bills: pd.DataFrame, lines: pd.DataFrame) -> None:
        """Keep the month's tagged settlements (whole schemes and all twins) and tagged lines."""
        numbers = [one.number for one in self.instances if one.scheme in WHOLE]
        whole = bills[bills["tag"].isin(numbers)]
        self.settlements.append(whole.rename(columns={"fund": "amount"})[list(_SETTLEMENT)])
        numbers = [one.number for one in self.instances if one.scheme == "drg_gaming"]
        coded = bills[bills["tag"].isin(numbers)]
        self.settlements.append(coded.assign(amount=too_heavy(coded))[list(_SETTLEMENT)])
        tagged = lines[lines["tag"] >= 0]
        if len(tagged):
            self._note_lines(bills, tagged)

    def settled(self) -> pd.DataFrame:
        """Every tagged settlement so far, with the amount in question [fen]."""
        return _joined(self.settlements, list(_SETTLEMENT))

    def _note_lines(self, bills: pd.DataFrame, tagged: pd.DataFrame) -> None:
        bill = bills.iloc[tagged["bill"].to_numpy()]
        excess = excess_inscp(tagged)
        frame = pd.DataFrame(
            {
                "tag": tagged["tag"].to_numpy(), "bkkp_sn": tagged["bkkp_sn"].to_numpy(),
                "setl_id": bill["setl_id"].to_numpy(), "excess": excess,
                "amount": fund_share(excess, bill["fund"].to_numpy(), bill["inscp"].to_numpy()),
                "cnt": tagged["qty"].to_numpy(), "excess_cnt": tagged["excess"].to_numpy(),
                "fair": tagged["fair"].to_numpy(),
            }
        )  # fmt: skip
        self.lines.append(frame)
        keys = ["tag", "setl_id", "fund", "inscp", "pbeg", "pend", "place", "person"]
        per = bill[keys[1:]].assign(tag=frame["tag"].to_numpy(), excess=excess)
        per = per.groupby(keys, sort=True)["excess"].sum().reset_index()
        per["amount"] = fund_share(*(per[c].to_numpy() for c in ("excess", "fund", "inscp")))
        self.settlements.append(per.drop(columns=["fund", "inscp", "excess"]))


def excess_inscp(lines: pd.DataFrame) -> Ints:
    """Part of each line's inscp [fen] that is in excess: by quantity, or by price above `fair`.

    `fair` is the right unit price in millionths of a yuan, -1 where the quantity is wrong.
    """
    inscp, qty, pric = (lines[c].to_numpy() for c in ("inscp", "qty", "pric"))
    fair = lines["fair"].to_numpy()
    by_price = half_up(inscp * np.maximum(pric - fair, 0), np.maximum(pric, 1))
    by_count = half_up(inscp * lines["excess"].to_numpy(), np.maximum(np.abs(qty), 1))
    return np.where(fair >= 0, by_price, by_count)


def too_heavy(bills: pd.DataFrame) -> Ints:
    """(weight billed − weight right) × rate × fund / medfee [fen], at most the fund's money.

    Right is the group of the care; of a sibling rightly coded the plain one, as a rule without
    its exception would say. A visit that no group pays was the stay's own cost: all of it.
    """
    weight, group, coded = weights(), bills["group"].to_numpy(), bills["coded"].to_numpy()
    plain = np.arange(len(weight))
    plain[list(severe().values())] = list(severe())
    billed = weight[np.where(coded >= 0, coded, group)]
    right = weight[np.where(coded >= 0, group, plain[group])]
    fund, medfee = bills["fund"].to_numpy(), np.maximum(bills["det"].to_numpy(), 1)
    gap = half_up((billed - right) * RATE * fund, 10_000 * medfee)
    return np.where(billed > 0, np.clip(gap, 0, fund), fund)


def fund_share(excess: Ints, fund: Ints, inscp: Ints) -> Ints:
    """excess × fund / inscp [fen], half up; 0 where nothing was within the policy."""
    return np.where(inscp > 0, half_up(excess * fund, np.maximum(inscp, 1)), 0)


def write_truth(truth: Truth, out: Path, cast: Cast) -> None:
    """out/truth: instance, settlement, line, party as parquet and csv."""
    out.mkdir(parents=True)
    settled = truth.settled()
    named = [i.id for i in truth.instances]
    _save(out, "instance", _instances(truth, settled, cast))
    _save(out, "settlement", _rows(settled, named, {"setl_id": "setl_id", "amount": "amount_fen"}))
    _save(out, "line", _rows(_joined(truth.lines, list(_LINE)), named, _LINE))
    _save(out, "party", _parties(truth, settled, cast))


_LINE: Final = {
    "bkkp_sn": "bkkp_sn", "setl_id": "setl_id", "excess": "excess_inscp_fen",
    "amount": "amount_fen", "cnt": "cnt", "excess_cnt": "excess_cnt", "fair": "fair_micro",
}  # fmt: skip


def _joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    columns = list(dict.fromkeys(["tag", *columns]))
    parts = [p[columns] for p in parts if len(p)]
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype="int64") for c in columns})
    return pd.concat(parts, ignore_index=True)


def _rows(frame: pd.DataFrame, named: list[str], keep: dict[str, str]) -> pd.DataFrame:
    made = frame.rename(columns=keep)[list(keep.values())]
    made.insert(0, "instance_id", [named[t] for t in frame["tag"]])
    for column in ("setl_id", "bkkp_sn"):
        if column in made:
            made[column] = made[column].astype(str)
    return made.sort_values(list(made.columns[:2]), kind="stable").reset_index(drop=True)


def planted(truth: Truth, settled: pd.DataFrame) -> list[Instance]:
    """Instances that came to something: in a small world some find nobody to act with."""
    seen = set(settled["tag"])
    return [one for one in truth.instances if one.number in seen]


def _instances(truth: Truth, settled: pd.DataFrame, cast: Cast) -> pd.DataFrame:
    rows = []
    by_tag = dict(tuple(settled.groupby("tag")))
    for one in planted(truth, settled):
        mine = by_tag.get(one.number, settled.iloc[:0])
        places = sorted({str(cast.place[p]) for p in mine["place"]})
        span = (_day(mine["pbeg"].min()), _day(mine["pend"].max())) if len(mine) else (None, None)
        twin = truth.instances[one.twin_of].id if one.twin_of >= 0 else ""
        rows.append(
            (one.id, one.scheme, one.variant, one.kind, twin, *span,
             int(mine["amount"].sum()) if one.kind == SCHEME else 0, len(mine), ";".join(places))
        )  # fmt: skip
    names = ["instance_id", "scheme", "variant", "kind", "twin_of", "period_begn", "period_end",
             "amount_fen", "settlements", "fixmedins_codes"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _parties(truth: Truth, settled: pd.DataFrame, cast: Cast) -> pd.DataFrame:
    rows = {
        (one.id, *_named(cast, kind, number), role)
        for one in planted(truth, settled)
        for kind, number, role in one.parties
    }
    for tag, place in set(zip(settled["tag"], settled["place"], strict=True)):
        one = truth.instances[tag]
        role = "executor" if one.kind == SCHEME else "witness"
        rows.add((one.id, str(cast.place[place]), "institution", role))
    for tag, person in set(zip(settled["tag"], settled["person"], strict=True)):
        one = truth.instances[tag]
        if one.scheme in WHOLE:
            who = f"{cast.people.psn_no[person]}|{cast.people.certno[person]}"
            rows.add((one.id, who, "person", "lender" if one.kind == SCHEME else "witness"))
    names = ["instance_id", "party", "party_type", "role"]
    return pd.DataFrame(sorted(rows), columns=names)


def _named(cast: Cast, kind: str, number: int) -> tuple[str, str]:
    """Code and type of a party that a scheme knows by kind and number."""
    if kind == "phone":
        return str(phone(np.array([number]))[0]), "phone"
    if kind == "therapist":
        return f"T{therapist_number(np.array([number]))[0]}", "doctor"
    return str(cast.staff[number]), "doctor"


def _day(value: int) -> str:
    return str(np.datetime64(int(value), "D"))


def _save(out: Path, name: str, frame: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pa.parquet.write_table(table, out / f"{name}.parquet")
    frame.to_csv(out / f"{name}.csv", index=False)
