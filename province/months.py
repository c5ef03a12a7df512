"""One month of the province: visits, parts to settle, lines, money, disorder, ids, files."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from province import care, dress, mess, money, offices, papers, scans, stock
from province import lines as fees
from province.bending import bent
from province.cast import VISIT, Cast
from province.charges import charges
from province.habits import ordinary_visits
from province.items import catalogue, group_at
from province.lines import THERAPIST
from province.numbering import numbered
from province.presence import in_bed, settle_conflicts
from province.records import diagnoses, settlements, visit_records
from province.schemes.base import Scheme, Stage
from province.truth import Truth
from province.untidy import Desk
from province.world import DAY, World
from province.write import Landing

Frame = pd.DataFrame


@dataclass
class Run:
    """Everything that a province in the making remembers from month to month."""

    world: World
    stage: Stage
    cast: Cast
    landing: Landing
    truth: Truth
    schemes: tuple[Scheme, ...]
    purses: money.Purses
    store: stock.Store
    desk: Desk
    book: papers.Book = field(default_factory=papers.Book)
    beds: dress.Beds = field(default_factory=dress.Beds)
    counter: scans.Counter = field(default_factory=scans.Counter)
    therapists: set[int] = field(default_factory=set)
    travellers: dict[int, int] = field(default_factory=dict)
    late: mess.Late = field(default_factory=mess.Late)
    planned: Frame = field(default_factory=pd.DataFrame)  # visits that begin in a later month
    staying: Frame | None = None

    def deliver(self, name: str, month: int, table: pa.Table) -> None:
        """Write a batch, untidied."""
        table = self.desk.untidied(name, month, table)
        self.landing.write(name, self.world.month(month), table)


def make_month(run: Run, month: int) -> None:
    """Write every transaction table of this month and note its truth."""
    visits = _visits(run, month)
    parts = _due(run, month, visits)
    lines = _lines(run, month, parts)
    settled = money.settled(parts, lines, run.stage.people, run.stage.places, run.purses)
    bills, lines = _numbered(run, month, settled, lines)
    run.truth.note(bills, lines)
    _note_therapists(run, lines)
    _note_travellers(run, bills)
    _deliver(run, month, bills, lines)


def _visits(run: Run, month: int) -> Frame:
    stage = run.stage
    honest = ordinary_visits(run.world, month, stage.people, stage.choice)
    comes = ~stage.people.away[honest["person"]] | in_bed(honest["group"].to_numpy())
    honest = honest[comes]
    added = [f for s in run.schemes for f in s.visits(stage, month)]
    frame = pd.concat([honest, run.planned, *added], ignore_index=True)
    later = frame["beg"].to_numpy() >= run.world.first_day(month + 1) * DAY
    _occupy(stage, frame[later])
    run.planned, frame = frame[later], frame[~later].reset_index(drop=True)
    living = [p.number for s in run.schemes for p in s.plans if s.free(p)]
    free = np.isin(frame["tag"].to_numpy(), living)
    frame = settle_conflicts(frame, stage.busy, free)
    frame.loc[frame["tag"] == -2, "tag"] = -1
    frame = dress.dressed(run.world, month, frame, stage.people, stage.places, run.beds)
    frame["paper"] = papers.honest_papers(frame, stage.places)
    frame = dress.with_prescribers(frame, stage.choice, stage.people, stage.places)
    _occupy(stage, frame)
    frame["from"] = frame["beg"] // DAY
    return frame


def _occupy(stage: Stage, visits: Frame) -> None:
    """Mark the people of these stays as in hospital until they end."""
    stay = in_bed(visits["group"].to_numpy())
    np.maximum.at(stage.busy, visits["person"].to_numpy()[stay], visits["end"].to_numpy()[stay])


def _due(run: Run, month: int, visits: Frame) -> Frame:
    """Parts to settle this month: visits that ended, and mid settlements of long stays."""
    close = run.world.first_day(month + 1)
    frame = visits if run.staying is None else pd.concat([run.staying, visits], ignore_index=True)
    ended = np.maximum(frame["end"].to_numpy(), frame["claim"].to_numpy()) < close * DAY
    long = np.isin(frame["group"].to_numpy(), [group_at()["ip_psych"], group_at()["ip_family"]])
    long &= frame["claim"].to_numpy() < 0
    part = ~ended & long & (close - frame["from"].to_numpy() >= 20)
    due: Frame = frame[ended | part].copy()
    due["mid"] = part[ended | part].astype(np.int64)
    due["pbeg"] = due["from"]
    due["pend"] = np.where(due["mid"] > 0, close - 1, due["end"] // DAY)
    due = _halved(due)
    left = frame[~ended].copy()
    left["from"] = np.where(part[~ended], close, left["from"])
    run.staying = left.reset_index(drop=True)
    return due.reset_index(drop=True)


def _halved(due: Frame) -> Frame:
    """Stays settled in two parts at discharge, on one invoice, as two rows each."""
    mine = (due["halves"] > 0) & (due["mid"] == 0) & (due["pend"] > due["pbeg"] + 1)
    middle = (due["pbeg"] + due["pend"]) // 2
    first = due[mine].assign(mid=1, pend=middle[mine])
    rest = due.assign(pbeg=np.where(mine, middle + 1, due["pbeg"]))
    return pd.concat([rest, first], ignore_index=True)


def _lines(run: Run, month: int, parts: Frame) -> Frame:
    lines = fees.fee_lines(run.world, month, parts, run.stage.people, run.stage.places)
    lines = bent(run.stage, month, lines, parts, run.schemes)
    lines = money.priced(lines, parts, run.stage.places)
    return mess.with_refunds(run.world.rng("refunds", month), lines, parts)


def _numbered(run: Run, month: int, settled: Frame, lines: Frame) -> tuple[Frame, Frame]:
    bills = mess.billed(run.world, month, settled)
    lines = lines.rename(columns={"part": "bill"}).assign(init_sn=-1)
    bills, lines, waiting = mess.with_reversals(run.world, month, bills, lines)
    bills, lines = mess.with_late(run.late, bills, lines)
    bills, lines = bills.assign(row=np.arange(len(bills))), lines.assign(row=np.arange(len(lines)))
    bills, lines = numbered(bills, lines, month)
    bills = papers.with_sheets(bills, lines, run.book)
    run.late = mess.postponed(bills, lines, waiting)
    return bills.drop(columns="row"), lines.drop(columns="row")


def _deliver(run: Run, month: int, bills: Frame, lines: Frame) -> None:
    cast, seen = run.cast, _seen(run, month, bills, lines)
    close = run.world.first_day(month + 1)
    run.deliver("setl_d", month, settlements(bills, cast))
    run.deliver("fee_list_d", month, _all_charges(run, month, bills, lines))
    run.deliver("mdtrt_d", month, visit_records(seen, cast))
    run.deliver("diag_d", month, diagnoses(seen))
    run.deliver("oprn_d", month, care.operations(seen, cast))
    run.deliver("drord_d", month, care.orders(lines, bills, cast))
    run.deliver("rpot_d", month, care.reports(lines, bills, cast))
    run.deliver("einvoice_d", month, papers.invoices(bills, cast, run.book, close))
    moved = stock.moved(run.world, month, run.store, lines, bills, cast.places)
    run.deliver("inv_txn_d", month, stock.movements(moved, run.store, cast))
    scanned = scans.scanned(run.world, month, lines, bills, cast)
    run.deliver("drug_trac_d", month, scans.scan_table(scanned, run.counter, cast))
    run.deliver("fund_d", month, offices.fund_accounts(run.world, month, bills, cast.people))


def _all_charges(run: Run, month: int, bills: Frame, lines: Frame) -> pa.Table:
    """The month's settled lines; at the end of the world also those of people still in hospital."""
    table = charges(lines, bills, run.cast)
    if month + 1 < run.world.months or run.staying is None or (run.staying["claim"] >= 0).all():
        return table
    close = run.world.first_day(month + 1)
    known = run.staying[run.staying["claim"] < 0].reset_index(drop=True)
    parts = known.assign(mid=1, pbeg=known["from"], pend=close - 1, setl_id=-1, refd=0)
    parts["updt"] = close * DAY - 1800
    open_lines = fees.fee_lines(run.world, month + 1, parts, run.stage.people, run.stage.places)
    open_lines = money.priced(open_lines, parts, run.stage.places)
    open_lines = open_lines[open_lines["t"] < close * DAY].reset_index(drop=True)
    _note_therapists(run, open_lines)
    last = int(lines["bkkp_sn"].max()) if len(lines) else VISIT
    numbers = last + 1 + np.arange(len(open_lines))
    open_lines = open_lines.rename(columns={"part": "bill"}).assign(init_sn=-1, bkkp_sn=numbers)
    return pa.concat_tables([table, charges(open_lines, parts, run.cast)])


def _seen(run: Run, month: int, bills: Frame, lines: Frame) -> Frame:
    """Visits to deliver: of this month's bills, and stays begun this month that go on."""
    seen = bills[bills["refd"] == 0].sort_values("mid", kind="stable").drop_duplicates("vid")
    seen = seen.assign(open=(seen["mid"] > 0).astype(np.int64))
    if run.staying is not None:
        begun = run.staying["beg"].to_numpy() >= run.world.first_day(month) * DAY
        begun &= run.staying["claim"].to_numpy() < 0  # nobody here knows of it yet
        more = run.staying[begun & ~run.staying["vid"].isin(seen["vid"]).to_numpy()]
        seen = pd.concat([seen, more.assign(open=1, updt=more["beg"] + 20_000)], ignore_index=True)
    bill = lines["bill"].to_numpy()
    vid, first = bills["vid"].to_numpy()[bill], bills["refd"].to_numpy()[bill] == 0
    for name, slug in (("nurse1", "nurse1"), ("icu", "nurse_icu")):
        mine = (lines["item"].to_numpy() == catalogue().slug[slug]) & first
        sums = pd.Series(lines["qty"].to_numpy()[mine]).groupby(vid[mine]).sum()
        seen[name] = sums.reindex(seen["vid"]).fillna(0).astype(np.int64).to_numpy()
    return seen.sort_values("vid", kind="stable").reset_index(drop=True)


def _note_therapists(run: Run, lines: Frame) -> None:
    run.therapists |= set(np.unique(lines["acord"][lines["acord"] >= THERAPIST]).tolist())


def _note_travellers(run: Run, bills: Frame) -> None:
    people, places = run.stage.people, run.stage.places
    away = bills[places.abroad[bills["place"]] & ~people.offsite[bills["person"]]]
    first = away.groupby("person")["pbeg"].min()
    for person, day in zip(first.index.tolist(), first.tolist(), strict=True):
        run.travellers.setdefault(int(person), int(day))
