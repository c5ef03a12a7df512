"""Commands that do the work: demo, simulate, screen, ingest, run, step, export."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from console.options import LAKE, ConfOption, LakeOption, MonthOption, OutOption, SourceOption
from fundwatch.errors import UsageError
from fundwatch.flow import FLOW

SMALL_PROVINCE = 10_000  # people, of whom all is done before compiling plans pays


def demo(
    folder: Annotated[Path, typer.Option(help="Where it all goes.")] = Path("demo"),
    persons: Annotated[int, typer.Option(help="Insured people of the province.")] = 2000,
    institutions: Annotated[int, typer.Option(help="Hospitals and pharmacies.")] = 40,
    months: Annotated[int, typer.Option(help="Months of settlements.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, another province.")] = 1,
    conf: ConfOption = None,
) -> None:
    """The main job on a made-up province, ending with the first ten clues.

    Example: fundwatch demo --persons 5000
    """
    from console.reading import clues
    from fundwatch.session import QUICK, SMALL

    landing, lake, out = folder / "landing", folder / "lake", folder / "out"
    if persons <= SMALL_PROVINCE:
        os.environ.setdefault("FUNDWATCH_SPARK__JAVA_OPTIONS", QUICK)
        os.environ.setdefault("FUNDWATCH_SPARK__EXTRA", json.dumps(dict(SMALL)))
    if not landing.is_dir():
        simulate(persons, institutions, months, seed, folder)
    screen(landing, str(lake), out, "contract", conf)
    clues(str(lake), 10)
    typer.echo(
        f"\n线索工作簿 workbook: {out / 'clues.xlsx'}\n线索文件 clues: {out}\n数据湖 tables: {lake}"
    )
    typer.echo("The province is made up and its schemes are planted data: no figure here is real.")


def simulate(
    persons: Annotated[int, typer.Option(help="Insured people.")] = 20000,
    institutions: Annotated[int, typer.Option(help="Hospitals and pharmacies.")] = 100,
    months: Annotated[int, typer.Option(help="Months of settlements.")] = 12,
    seed: Annotated[int, typer.Option(help="Same arguments, same bytes.")] = 1,
    out: OutOption = Path("province-data"),
    dirty: Annotated[float, typer.Option(help="Share of malformed rows.")] = 0.0,
    camouflage: Annotated[float, typer.Option(help="Share of real behaviour mixed in.")] = 0.0,
    schemes: Annotated[str, typer.Option(help="all, none, or ids separated by commas.")] = "all",
    instances: Annotated[int, typer.Option(help="Of each scheme at least; 0: by size.")] = 0,
    form: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
) -> None:
    """Write a made-up province: settlement data (OUT/landing) and the truth (OUT/truth).

    Example: fundwatch simulate --persons 20000 --months 12 --seed 7 --out city
    """
    from province import World, simulate

    chosen: Any = schemes if schemes in ("all", "none") else tuple(schemes.split(","))
    world = World(
        persons=persons,
        institutions=institutions,
        months=months,
        seed=seed,
        dirty=dirty,
        camouflage=camouflage,
        schemes=chosen,
        instances=instances,
    )
    typer.echo(
        f"making a province of {persons:,} persons over {months} months in {out} …", err=True
    )
    if form not in ("csv", "parquet"):
        raise UsageError(f"{form!r} is no format; csv and parquet are")
    typer.echo(str(simulate(world, out, format="csv" if form == "csv" else "parquet")), err=True)


def screen(
    landing: Annotated[Path, typer.Argument(help="What a bureau delivered.")],
    lake: LakeOption = LAKE,
    out: OutOption = Path("out"),
    source: SourceOption = "contract",
    conf: ConfOption = None,
) -> None:
    """The whole job: ingest LANDING, run every month, export the clues.

    Example: fundwatch screen city/landing --lake lake --out out
    """
    from jobs.screen import screen as whole_job
    from jobs.workplace import workplace

    with workplace(lake, conf=conf) as place:
        whole_job(place, str(landing), out, source)


def ingest(
    landing: Annotated[Path, typer.Argument(help="What a bureau delivered.")],
    lake: LakeOption = LAKE,
    source: SourceOption = "contract",
    conf: ConfOption = None,
) -> None:
    """Take new batches of LANDING into the lake, and say what became of every row.

    Example: fundwatch ingest city/landing --lake lake
    """
    from jobs.workplace import workplace

    with workplace(lake, conf=conf) as place:
        for name, counts in place.ingest(str(landing), source).tables.items():
            typer.echo(
                f"{name:22} delivered {counts.delivered:>10,}  current {counts.current:>10,}  "
                f"superseded {counts.superseded:>8,}  quarantined {counts.quarantined:>6,}"
            )


def run(
    lake: LakeOption = LAKE,
    before: MonthOption = "",
    explain: Annotated[bool, typer.Option(help="Only say what would run, and why.")] = False,
    conf: ConfOption = None,
) -> None:
    """Compute every stale month of every step.

    Example: fundwatch run --lake lake --explain
    """
    _run(lake, before, "", explain, conf)


def step(
    name: Annotated[str, typer.Argument(help="One step of the flow.")],
    lake: LakeOption = LAKE,
    before: MonthOption = "",
    explain: Annotated[bool, typer.Option(help="Only say what would run, and why.")] = False,
    conf: ConfOption = None,
) -> None:
    """Compute the stale months of one step.

    Example: fundwatch step stays --lake lake --before 2024-04
    """
    if name not in {s.name for s in FLOW}:
        raise UsageError(f"no step {name!r}; there are {', '.join(s.name for s in FLOW)}")
    _run(lake, before, name, explain, conf)


def export(lake: LakeOption = LAKE, out: OutOption = Path("out"), conf: ConfOption = None) -> None:
    """Write clues.parquet, clues.jsonl, clues.xlsx and run.json from the clue table.

    Example: fundwatch export --lake lake --out out
    """
    from jobs.screen import run_page, write_exports
    from jobs.workplace import workplace

    with workplace(lake, conf=conf) as place:
        write_exports(place, out, run_page(place, ""))


def _run(lake: str, before: str, only: str, explain: bool, conf: Path | None) -> None:
    from jobs.workplace import workplace

    if before and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", before):
        raise UsageError(f"{before!r} is no month; write it YYYY-MM")
    with workplace(lake, conf=conf) as place:
        if not explain:
            place.run(before=before, only=only)
            return
        for task in place.runner().plan(before=before, only=only):
            reasons = task.why or {"all months": "unchanged"}
            for month, why in reasons.items():
                typer.echo(f"{task.step.name:18} {month:10} {why}")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (demo, simulate, screen, ingest, run, step, export):
        app.command()(command)
