"""A made-up province from its arguments: the landing, the truth, and a summary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Literal

import numpy as np

from fundwatch.errors import UsageError
from province import money, offices, registers, rolls, stock
from province.cast import cast_of
from province.choice import choice
from province.enrolment import registrations
from province.months import Run, make_month
from province.people import people
from province.places import places
from province.schemes import schemes
from province.schemes.base import Stage
from province.truth import SCHEME, Truth, planted, write_truth
from province.untidy import Desk
from province.world import World
from province.write import Landing

Format = Literal["csv", "parquet"]


@dataclass(frozen=True)
class Summary:
    """What was written: rows by table, instances by scheme and kind, and the share planted."""

    rows: dict[str, int]
    instances: dict[str, int]
    planted_share: float  # of settlements in schemes
    seconds: float

    def __str__(self) -> str:
        kinds = {
            kind: sum(n for name, n in self.instances.items() if name.endswith(f"/{kind}"))
            for kind in ("scheme", "twin")
        }
        return (
            f"{self.rows['setl_d']:,} settlements with {self.rows['fee_list_d']:,} fee lines, "
            f"{len(self.rows)} tables, {self.seconds:.0f} s; planted are {kinds['scheme']} schemes "
            f"({self.planted_share:.1%} of settlements) and {kinds['twin']} innocent twins"
        )


def simulate(world: World, out: Path, format: Format = "csv") -> Summary:
    """Write out/landing and out/truth; the same arguments give the same bytes.

    Cost is linear in persons × months. Raises UsageError where `out` already holds a province.
    """
    began = perf_counter()
    if (out / "landing").exists() or (out / "truth").exists():
        raise UsageError(f"{out} already holds a province; choose an empty folder")
    run = _start(world, out, format)
    for month in range(world.months):
        make_month(run, month)
    _registers(run)
    run.landing.close()
    write_truth(run.truth, out / "truth", run.cast)
    return _summary(run, perf_counter() - began)


def _start(world: World, out: Path, format: Format) -> Run:
    there = places(world)
    who = people(world, there)
    truth = Truth()
    stage = Stage(
        world, who, there, choice(there), truth,
        np.zeros(len(who), dtype=np.int64), np.zeros(len(who), dtype=bool),
    )  # fmt: skip
    wanted = tuple(s for s in schemes() if world.wants(s.id))
    for scheme in wanted:
        scheme.plan(stage)
    return Run(
        world, stage, cast_of(world, who, there), Landing(out / "landing", format), truth, wanted,
        money.purses(world, who), stock.store(there, stage.ways), Desk(world),
    )  # fmt: skip


def _registers(run: Run) -> None:
    """Registers come with the first batch, as they stood before it; past cases with the last."""
    world, cast, beds = run.world, run.cast, run.beds.most
    tables = {
        "fixmedins_b": registers.institutions(world, cast, beds),
        "staff_b": registers.staff(world, cast, run.therapists),
        "medins_dept_b": registers.departments(world, cast, beds),
        "fixmedins_cntr_reg_d": registers.agreements(world, cast),
        "psn_insu_d": rolls.periods(world, cast),
        "out_appy_d": rolls.registered_away(world, cast, run.stage.leaving | run.travellers,
                                           run.stage.coming),
        "hilist_b": offices.items_register(world), "drg_b": offices.rates(world),
        "purc_pric_b": offices.prices(world),
    }  # fmt: skip
    for name, table in tables.items():
        run.landing.write(name, world.month(0), table)
    registered = registrations(run.stage)
    for month in range(world.months):
        for name, table in (
            ("psn_info_b", rolls.insured(world, cast, registered, month)),
            ("opsp_reg_d", rolls.chronic(world, cast, registered, month)),
        ):
            if table.num_rows or not month:
                run.landing.write(name, world.month(month), table)
    found = offices.cases(world, cast, run.truth, run.truth.settled())
    run.landing.write("verified_case_d", world.month(world.months - 1), found)


def _summary(run: Run, seconds: float) -> Summary:
    kinds: dict[str, int] = {}
    for one in planted(run.truth, run.truth.settled()):
        name = f"{one.scheme}/{one.kind}"
        kinds[name] = kinds.get(name, 0) + 1
    bad = [i.number for i in run.truth.instances if i.kind == SCHEME]
    wrong = int(run.truth.settled()["tag"].isin(bad).sum())
    return Summary(
        dict(sorted(run.landing.rows.items())), kinds,
        round(wrong / max(1, run.landing.rows.get("setl_d", 0)), 5), round(seconds, 1),
    )  # fmt: skip
