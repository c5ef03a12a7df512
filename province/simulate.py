"""The made-up province, month by month: visits, lines, money, disorder, files and truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Literal

import numpy as np
import pandas as pd

from fundwatch.errors import UsageError
from province import dress, emit, lines as fees, mess, money, registers, stock
from province.choice import Choice, choice
from province.emit import Cast
from province.habits import ordinary_visits
from province.items import group_at
from province.numbering import numbered
from province.people import People, people
from province.places import Places, places
from province.presence import in_bed, settle_conflicts
from province.schemes import SCHEMES
from province.schemes.base import Scheme, Stage
from province.truth import Truth, write_truth
from province.world import DAY, Bools, World
from province.write import Landing

Frame = pd.DataFrame


@dataclass(frozen=True)
class Summary:
    """What was written: rows by table, planted instances by kind, shares, and seconds taken."""

    rows: dict[str, int]
    instances: dict[str, int]
    planted_share: float  # of settlements in schemes
    seconds: float


@dataclass
class _Run:
    world: World
    stage: Stage
    cast: Cast
    landing: Landing
    truth: Truth
    schemes: tuple[Scheme, ...]
    beds: dress.Beds
    purses: money.Purses
    store: stock.Store
    late: mess.Late
    staying: Frame | None = None


def simulate(
    world: World, out: Path, format: Literal["csv", "parquet"] = "csv"
) -> Summary:
    """Write out/landing and out/truth; the same arguments give the same bytes.

    Cost is linear in persons × months. Raises UsageError where `out` already holds a province.
    """
    began = perf_counter()
    if (out / "landing").exists() or (out / "truth").exists():
        raise UsageError(f"{out} already holds a province; choose an empty folder")
    run = _start(world, out, format)
    for scheme in run.schemes:
        scheme.plan(run.stage)
    for month in range(world.months):
        _month(run, month)
    _registers(run)
    codes = dict(enumerate(run.cast.names.place))
    who = run.stage.people
    psn = {i: (str(who.psn_no[i]), str(who.certno[i])) for i in range(len(who))}
    write_truth(run.truth, out / "truth", codes, psn)
    return _summary(run, perf_counter() - began)


def _start(world: World, out: Path, format: str) -> _Run:
    there = places(world)
    who = people(world, there)
    truth = Truth()
    stage = Stage(
        world, who, there, choice(there), truth,
        np.zeros(len(who), dtype=np.int64), np.zeros(len(who), dtype=bool),
    )  # fmt: skip
    return _Run(
        world, stage, Cast(who, there, registers.names_of(who, there)),
        Landing(out / "landing", format), truth, tuple(s for s in SCHEMES if world.wants(s.id)),
        dress.Beds(), money.purses(world, who), stock.store(there), mess.Late(),
    )  # fmt: skip


def _month(run: _Run, month: int) -> None:
    visits = _visits(run, month)
    parts = _due(run, month, visits)
    lines = fees.fee_lines(run.world, month, parts, run.stage.places)
    for scheme in run.schemes:
        lines = scheme.lines(run.stage, month, lines, parts)
    lines = money.priced(lines, parts, run.stage.places)
    lines = mess.with_refunds(run.world.rng("refunds", month), lines, parts)
    settled = money.settled(parts, lines, run.stage.people, run.stage.places, run.purses)
    bills, lines = _numbered(run, month, settled, lines)
    run.truth.note(bills, lines)
    _write(run, month, bills, lines)


def _visits(run: _Run, month: int) -> Frame:
    stage = run.stage
    honest = ordinary_visits(run.world, month, stage.people, stage.choice)
    added = [f for s in run.schemes for f in s.visits(stage, month, honest)]
    frame = pd.concat([honest, *added], ignore_index=True)
    free = np.zeros(len(frame), dtype=bool)
    for scheme in run.schemes:
        free |= scheme.free(frame["tag"].to_numpy(), run.truth)
    frame = settle_conflicts(frame, stage.busy, free)
    frame.loc[frame["tag"] == -2, "tag"] = -1
    frame = dress.dressed(run.world, month, frame, stage.people, stage.places, run.beds)
    stay = in_bed(frame["group"].to_numpy())
    np.maximum.at(stage.busy, frame["person"].to_numpy()[stay], frame["end"].to_numpy()[stay])
    frame["from"] = frame["beg"] // DAY
    return frame


def _due(run: _Run, month: int, visits: Frame) -> Frame:
    """Parts to settle this month: visits that ended, and mid settlements of long stays."""
    close = run.world.first_day(month + 1)
    frame = visits if run.staying is None else pd.concat([run.staying, visits], ignore_index=True)
    ended = frame["end"].to_numpy() < close * DAY
    long = np.isin(frame["group"].to_numpy(), [group_at()["ip_psych"], group_at()["ip_family"]])
    part = ~ended & long & (close - frame["from"].to_numpy() >= 20)
    due = frame[ended | part].copy()
    due["mid"] = part[ended | part].astype(np.int64)
    due["pbeg"] = due["from"]
    due["pend"] = np.where(due["mid"] > 0, close - 1, due["end"] // DAY)
    left = frame[~ended].copy()
    left["from"] = np.where(part[~ended], close, left["from"])
    run.staying = left
    return due.reset_index(drop=True)


def _numbered(run: _Run, month: int, settled: Frame, lines: Frame) -> tuple[Frame, Frame]:
    bills = mess.billed(run.world, month, settled, run.stage.places)
    lines = lines.rename(columns={"part": "bill"})
    lines["init_sn"] = -1
    bills, lines, later, later_lines = mess.with_reversals(run.world, month, bills, lines, run.late)
    arrived = mess.came_late(run.late)
    later_rows = (later.index.to_numpy(), later_lines.index.to_numpy(), len(bills), len(lines))
    if arrived is not None:
        more = arrived[1].copy()
        more["bill"] += len(bills)
        bills = pd.concat([bills, arrived[0]], ignore_index=True)
        lines = pd.concat([lines, more], ignore_index=True)
    bills["row"], lines["row"] = np.arange(len(bills)), np.arange(len(lines))
    bills, lines = numbered(bills, lines, month)
    run.late = _postponed(bills, lines, later, later_rows[1])
    return bills.drop(columns="row"), lines.drop(columns="row")


def _postponed(bills: Frame, lines: Frame, later: Frame, rows: np.ndarray) -> mess.Late:
    when = pd.Series(later["when"].to_numpy(), index=later.index)
    kept = bills[np.isin(bills["row"].to_numpy(), later.index)].copy()
    kept["when"] = when.reindex(kept["row"]).to_numpy()
    taken = lines[np.isin(lines["row"].to_numpy(), rows)].copy()
    taken["setl_no"] = bills["setl_id"].to_numpy()[taken["bill"].to_numpy()]
    return mess.Late(kept.drop(columns=["row", "setl_id"]).assign(setl_id=kept["setl_id"]), taken.drop(columns="row"))


def _write(run: _Run, month: int, bills: Frame, lines: Frame) -> None:
    batch, cast = run.world.month(month), run.cast
    run.landing.write("setl_d", batch, emit.settlements(bills, cast))
    run.landing.write("fee_list_d", batch, emit.charges(lines, bills, cast))
    seen = _seen(run, bills, lines)
    run.landing.write("mdtrt_d", batch, emit.visit_records(seen, cast))
    run.landing.write("diag_d", batch, emit.diagnoses(seen, cast.places))
    moved = stock.moved(run.world, month, run.store, lines, bills, cast.places)
    table = stock.movements(run.world, moved, run.store, cast.names, cast.places)
    run.landing.write("inv_txn_d", batch, table)


def _seen(run: _Run, bills: Frame, lines: Frame) -> Frame:
    """Visits to deliver this month: one row a visit of its bills, open where it goes on."""
    seen = bills[bills["refd"] == 0].drop_duplicates("vid").copy()
    seen["open"] = (seen["mid"] > 0).astype(np.int64)
    slugs = run_items()
    vid = bills["vid"].to_numpy()[lines["bill"].to_numpy()]
    for name, item in (("nurse1", slugs["nurse1"]), ("icu", slugs["nurse_icu"])):
        mine = (lines["item"].to_numpy() == item) & (bills["refd"].to_numpy()[lines["bill"].to_numpy()] == 0)
        sums = pd.Series(lines["qty"].to_numpy()[mine]).groupby(vid[mine]).sum()
        seen[name] = sums.reindex(seen["vid"]).fillna(0).astype(np.int64).to_numpy()
    return seen.sort_values("vid", kind="stable").reset_index(drop=True)


def run_items() -> dict[str, int]:
    """Positions of catalogue items by slug."""
    from province.items import catalogue

    return catalogue().slug


def _registers(run: _Run) -> None:
    world, cast, batch = run.world, run.cast, run.world.month(0)
    write = run.landing.write
    write("fixmedins_b", batch, registers.institutions(world, cast.places, cast.names, run.beds.most))
    write("staff_b", batch, registers.staff(world, cast.places, cast.names))
    write("psn_info_b", batch, registers.insured(world, cast.people, cast.places))
    write("hilist_b", batch, registers.items_register(world))


def _summary(run: _Run, seconds: float) -> Summary:
    kinds: dict[str, int] = {}
    for one in run.truth.instances:
        kinds[f"{one.scheme}/{one.kind}"] = kinds.get(f"{one.scheme}/{one.kind}", 0) + 1
    bad = {i.number for i in run.truth.instances if i.kind == "scheme"}
    planted = sum(int(s["tag"].isin(bad).sum()) for s in run.truth.settlements)
    return Summary(
        dict(sorted(run.landing.rows.items())), kinds,
        planted / max(1, run.landing.rows.get("setl_d", 0)), round(seconds, 1),
    )  # fmt: skip


__all__ = ["Bools", "Choice", "People", "Places", "Summary", "simulate"]
