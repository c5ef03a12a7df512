"""Commands that keep things right: verify, doctor, quality, maintain, migrate."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console.options import LAKE, ConfOption, LakeOption
from fundwatch.errors import UsageError, VerificationError


def verify(
    clue_id: Annotated[str, typer.Argument(help="The clue; or --all.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every clue of the lake.")] = False,
    lake: LakeOption = LAKE,
    conf: ConfOption = None,
) -> None:
    """Recompute claims from silver at the recorded versions; exit 0 only if all are identical.

    Example: fundwatch verify --all --lake lake
    """
    from jobs.clues.verify import verify as recompute
    from jobs.workplace import workplace

    if bool(clue_id) == every:
        raise UsageError("name one clue, or say --all")
    with workplace(lake, conf=conf) as place:
        asked = None if every else (clue_id,)
        verdicts = recompute(place.lake, place.offered(), asked, place.progress)
    different = [verdict for verdict in verdicts if not verdict.is_identical]
    for verdict in different:
        typer.echo(f"{verdict.clue_id}: " + "; ".join(verdict.differences))
    typer.echo(f"{len(verdicts) - len(different)} of {len(verdicts)} clues identical")
    if different:
        raise VerificationError(f"{len(different)} clues differ")


def doctor(
    lake: Annotated[str, typer.Option("--lake", help="Also check this lake.")] = "",
    conf: ConfOption = None,
) -> None:
    """Check the machine, the knowledge, and a lake's identities, row by row and to the fen.

    Ends with the exit code of the first fault: 14 where an identity of the lake is broken, which
    is named.

    Example: fundwatch doctor --lake lake
    """
    from console.checkup import checkup

    code = 0
    for name, fault in checkup(lake, conf):
        typer.echo(f"FAIL {name}: {fault}" if fault else f"ok   {name}")
        code = code or (fault.exit_code if fault else 0)
    raise typer.Exit(code)


def quality(
    lake: LakeOption = LAKE,
    out: Annotated[
        Path | None, typer.Option("--out", help="HTML file for the whole report, in Chinese.")
    ] = None,
    first: Annotated[int, typer.Option(help="How many strange things are listed.")] = 20,
    conf: ConfOption = None,
) -> None:
    """How complete, valid, timely and steady the data are, by source and month.

    Drops and jumps are flagged, with the rules and detectors that then cannot be asked. Every
    measure goes to ops.quality; the limits stand in conf/settings.yml.

    Example: fundwatch quality --lake lake --out quality.html
    """
    from jobs.quality import report
    from jobs.quality.page import page, sentence
    from jobs.workplace import workplace

    with workplace(lake, conf=conf) as place:
        found = report(place.lake, place.offered(), place.log.run_id, place.progress)
    for one in found.flagged[:first]:
        typer.echo(sentence(one))
    typer.echo(
        f"{len(found.flagged)} 项异常提示 strange, {len(found.unasked)} 项无法评估 not evaluable"
    )
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page(found), encoding="utf-8")
        typer.echo(f"报告 report: {out}")


def maintain(lake: LakeOption = LAKE, conf: ConfOption = None) -> None:
    """Compact files and remove those that no open clue can cite.

    Example: fundwatch maintain --lake lake
    """
    from jobs.maintain import maintain as care
    from jobs.workplace import workplace

    with workplace(lake, conf=conf) as place:
        for row in care(place.lake, datetime.now()):
            typer.echo(
                f"{row['table']:28} files {row['before']:>5} → {row['after']:>5}"
                f"  history kept {row['kept_days']:,} days"
            )


def migrate(lake: LakeOption = LAKE, conf: ConfOption = None) -> None:
    """Upgrade a lake of an older release; safe to repeat.

    Example: fundwatch migrate --lake lake
    """
    from jobs.migrate import migrate as upgrade
    from jobs.workplace import workplace

    with workplace(lake, conf=conf, any_schema=True) as place:
        changes = upgrade(place.lake, place.progress)
    typer.echo(f"{changes} changes; run `fundwatch run` to compute what was emptied")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (verify, doctor, quality, maintain, migrate):
        app.command()(command)
