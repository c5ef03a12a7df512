"""Commands about how good it is: evaluate, models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import LAKE, ConfOption, LakeOption
from fundwatch.tables.gold import PEER_SCORE
from models.tracking import Registry, registry_at

# Fund money alone: the baseline that stands beside every score.
SIZE = """
    SELECT fixmedins_code AS entity, month, sum(fund_pay_sumamt_fen) AS fund_fen
    FROM silver.settlement_net WHERE NOT is_void GROUP BY fixmedins_code, month
"""

models_app = typer.Typer(help="Learned models: train, promote, list.", no_args_is_help=True)


def evaluate(
    truth: Annotated[Path, typer.Option(help="Truth folder of a made-up province.")],
    clues: Annotated[Path, typer.Option(help="clues.parquet or clues.jsonl.")],
    as_json: Annotated[bool, typer.Option("--json", help="Figures for programs.")] = False,
) -> None:
    """Score exported clues against the planted truth.

    A clue hits an instance if it names the same scheme (or one of the listed compatible ones) and
    its settlements agree: Jaccard index of at least 0.3, or 60 % of the clue's inside the instance,
    at least two or all. A second clue on a claimed instance is a repeat and counts as wrong.

    Example: fundwatch evaluate --truth city/truth --clues out/clues.parquet
    """
    from models.evaluation import evaluate as judge
    from models.evaluation import load_clues, load_truth

    report = judge(load_clues(clues), load_truth(truth))
    typer.echo(report.to_json() if as_json else report.to_text())


@models_app.command()
def train(lake: LakeOption = LAKE, conf: ConfOption = None) -> None:
    """Train odd_institutions on the lake's peer scores; the first version becomes champion.

    Example: fundwatch models train --lake lake
    """
    from fundwatch.reader import open_lake
    from jobs.workplace import workplace
    from models.training import train as fit

    with workplace(lake, conf=conf) as place:
        reader = open_lake(place.lake.root)
        versions = {PEER_SCORE.name: place.lake.version(PEER_SCORE)}
        scores, size = reader.pandas(PEER_SCORE.name), reader.sql(SIZE)
        typer.echo(str(fit(scores, registry=place.registry, versions=versions, size=size)))


@models_app.command()
def promote(
    name: Annotated[str, typer.Argument(help="Registered model.")],
    version: Annotated[str, typer.Argument(help="Its version.")],
    lake: LakeOption = LAKE,
    conf: ConfOption = None,
) -> None:
    """Make a version the champion that scores.

    Example: fundwatch models promote odd_institutions 2 --lake lake
    """
    _registry(lake, conf).promote(name, version)


@models_app.command("list")
def list_models(lake: LakeOption = LAKE, conf: ConfOption = None) -> None:
    """Registered versions and which is champion.

    Example: fundwatch models list --lake lake
    """
    for row in _registry(lake, conf).versions():
        typer.echo(str(row))


def _registry(lake: str, conf: Path | None) -> Registry:
    from fundwatch.settings import conf_dir, load_settings

    settings = load_settings(conf_dir(conf))
    return registry_at(settings.models.registry or f"{lake}/ops/mlflow.db")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(evaluate)
    app.add_typer(models_app, name="models")
