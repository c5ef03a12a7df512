"""`fundwatch league`: several methods on several planted worlds, judged alike."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.options import ConfOption
from fundwatch.errors import UsageError

if TYPE_CHECKING:
    from fundwatch.reader import LakeReader
    from models.league.base import Method

Reports = Mapping[str, Mapping[str, Any]]  # by method: figures of models.evaluation


def league(
    worlds: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders with landing and truth; none: made-up ones from --seeds."),
    ] = None,
    seeds: Annotated[str, typer.Option(help="Of made-up worlds, separated by commas.")] = "1,2,3",
    persons: Annotated[int, typer.Option(help="Insured people of a made-up world.")] = 8000,
    institutions: Annotated[int, typer.Option(help="Its hospitals and pharmacies.")] = 60,
    months: Annotated[int, typer.Option(help="Its months of settlements.")] = 8,
    camouflage: Annotated[float, typer.Option(help="Real behaviour mixed in, 0 to 1.")] = 0.2,
    room: Annotated[Path, typer.Option(help="Where made-up worlds and lakes go.")] = Path(
        "build/league"
    ),
    page: Annotated[Path, typer.Option("--out", help="The page.")] = Path("docs/league.md"),
    again: Annotated[bool, typer.Option(help="Screen again what was screened.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Figures for programs.")] = False,
    conf: ConfOption = None,
) -> None:
    """Judge our clues beside other methods on planted worlds, and write the table.

    A world is a folder with landing/ and truth/, and lake/ and out/ where it was screened: then it
    is used as it is. A run that was cut short goes on where it stopped.

    Example: fundwatch league --seeds 1,2,3 --room build/league --out docs/league.md
    """
    from console.league_page import league_page
    from models.league.standing import pooled

    chosen = worlds or _made(room, seeds, (persons, institutions, months, camouflage))
    told = {_name(world): _judged(world, again, conf) for world in chosen}
    if len(told) < len(chosen):
        raise UsageError("two worlds bear one name; name their folders differently")
    methods = list(next(iter(told.values())))
    total = {method: pooled([reports[method] for reports in told.values()]) for method in methods}
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(league_page(told, total), encoding="utf-8")
    typer.echo(f"{page} tells how {len(methods)} methods did on planted data.", err=True)
    if as_json:
        figures = {"data": "planted data", "pooled": total, "worlds": told}
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))


def _made(room: Path, seeds: str, size: tuple[int, int, int, float]) -> Sequence[Path]:
    """Folders of made-up worlds, one a seed; what was made before stays.

    A world is made under another name and renamed when it is whole.
    """
    from province import World, simulate

    persons, institutions, months, camouflage = size
    made = []
    for seed in _numbers(seeds):
        folder = room / f"{persons}-{institutions}-{months}-{camouflage:g}-seed-{seed}"
        if not folder.exists():
            part = folder.with_name(f"{folder.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            typer.echo(f"making {folder} …", err=True)
            simulate(World(persons, institutions, months, seed, camouflage=camouflage), part)
            part.rename(folder)
        made.append(folder)
    return made


def _numbers(seeds: str) -> list[int]:
    try:
        return sorted({int(seed) for seed in seeds.split(",")})
    except ValueError:
        raise UsageError(f"{seeds!r} are no seeds; write them like 1,2,3") from None


def _judged(world: Path, again: bool, conf: Path | None) -> Reports:
    """Figures of every method on one world, screened first if it was not."""
    from console.working import screen
    from fundwatch.reader import open_lake
    from fundwatch.tables.gold import CLUE
    from models.evaluation import evaluate, load_truth
    from models.league import METHODS
    from models.league.base import favoured, listed

    truth, lake = load_truth(world / "truth"), world / "lake"
    if again or not lake.is_dir() or CLUE.name not in open_lake(lake).tables():
        typer.echo(f"screening {world} …", err=True)
        screen(world / "landing", str(lake), world / "out", "contract", conf)
    reader = open_lake(lake)
    reports = {}
    for method in METHODS:
        typer.echo(f"{_name(world)}: {method.title} …", err=True)
        clues = favoured(listed(method.claims(*_read(reader, method))), truth)
        reports[method.title] = evaluate(clues, truth).figures
    return reports


def _read(reader: LakeReader, method: Method) -> list[Any]:
    return [
        reader.pandas(view.table.name, columns=view.columns, where=view.where)
        for view in method.reads
    ]


def _name(world: Path) -> str:
    return world.resolve().name


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(league)
