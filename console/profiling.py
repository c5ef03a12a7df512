"""The command that looks at a foreign extract before it is taken in: profile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table as Grid

from console.options import ConfOption
from console.reading import screen
from console.refused import KINDS
from fundwatch.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from jobs.extract.proposal import Proposal
    from jobs.extract.trial import Tried
    from jobs.ingest.landing import Storage
    from jobs.ingest.source import Source


def profile(
    extract: Annotated[Path, typer.Argument(help="Folder of files as a hospital has them.")],
    source: Annotated[
        str, typer.Option("--source", help="Try this mapping of conf/sources; propose none.")
    ] = "",
    mapping: Annotated[
        Path, typer.Option("--mapping", help="Where the proposed mapping is written.")
    ] = Path("proposed.yml"),
    rows: Annotated[int, typer.Option(help="Rows of each table that are tried.")] = 100_000,
    conf: ConfOption = None,
) -> None:
    """Look at an extract before taking it in: its tables, a mapping, and what would fail.

    Nothing goes to a lake. What is printed and proposed shows the shape of values, never values.

    Example: fundwatch profile extract --mapping conf/sources/our_hospital.yml
    """
    from fundwatch.logs import start_logging, tell
    from fundwatch.session import spark_session
    from fundwatch.settings import conf_dir, load_settings
    from jobs.extract.trial import trial, unfilled
    from jobs.ingest.landing import Storage, placed
    from jobs.offered import Offered
    from jobs.workplace import spark_settings

    folder, storage = conf_dir(conf), Storage.at(extract)
    settings = load_settings(folder)
    start_logging(as_json=settings.log.json_lines)
    known = _known(storage, source, folder)
    if not known and mapping.exists():
        raise UsageError(f"{mapping} is there already: name another file with --mapping")
    spark = spark_session(spark_settings(settings))
    known = known or _proposed(spark, storage, mapping)
    landing = placed(storage, known)
    if landing.missing:
        screen.print(f"缺少必需表 missing, must be there: {', '.join(landing.missing)}")
    tried = trial(spark, landing, known, rows=rows, progress=tell)
    _show_trial(tried)
    _show_unasked(Offered(folder, settings, None, unfilled(tried)).not_evaluable())


def _known(storage: Storage, name: str, conf: Path) -> Source | None:
    """The mapping that is named, or the contract's own where the folder follows it."""
    from jobs.extract.foreign import is_contract
    from jobs.ingest.source import load_source

    if not name and is_contract(storage):
        name = "contract"
    return load_source(conf / "sources" / f"{name}.yml") if name else None


def _proposed(spark: SparkSession, storage: Storage, mapping: Path) -> Source:
    """The mapping that is likely, written to `mapping` and shown."""
    from jobs.extract.proposal import proposed
    from jobs.ingest.source import load_source

    proposal = proposed(spark, storage)
    mapping.parent.mkdir(parents=True, exist_ok=True)
    mapping.write_text(proposal.text(mapping.stem, mapping.stem), encoding="utf-8")
    _show_groups(proposal)
    screen.print(f"\n建议的映射 proposed mapping: {mapping}\n")
    if not proposal.likely:
        raise UsageError(
            f"nothing in the extract is like a table of the contract; its columns are listed in "
            f"{mapping}: complete it by hand and try it with --source"
        )
    return load_source(mapping)


def _show_groups(proposal: Proposal) -> None:
    by_files = {one.group.files: one for one in proposal.likely}
    grid = Grid("文件", "数", "编码", "列", "落地表", "把握", "对上的列", box=None, pad_edge=False)
    for group in proposal.groups:
        one = by_files.get(group.files)
        grid.add_row(
            group.files,
            str(len(group.paths)),
            "、".join(group.encodings) or "parquet",
            str(len(group.columns)),
            f"{one.table.name} {one.table.title}" if one else "—",
            f"{one.sure:.2f}" if one else "",
            f"{len(one.matches)}/{len(one.table.columns)}" if one else "",
        )
    screen.print(grid)


def _show_trial(tried: list[Tried]) -> None:
    heads = ("表", "文件", "行", "试读", "会隔离", "原因（列 种类 行数）")
    grid = Grid(*heads, box=None, pad_edge=False)
    for one in tried:
        why = [f"{c or '整行'} {KINDS.get(reason, reason)} {n:,}" for c, reason, n in one.faults]
        why += [f"{column} 词表之外 {n:,}（保留）" for column, n in one.odd]
        grid.add_row(
            f"{one.table.name} {one.table.title}",
            str(one.files),
            f"{one.delivered:,}",
            f"{one.tried:,}",
            f"{one.refused:,}",
            "；".join(why),
        )
    screen.print(grid)


def _show_unasked(reasons: Mapping[str, Mapping[str, str]]) -> None:
    if not reasons:
        screen.print("\n全部规则、指标与模型均可评估 everything can be asked")
        return
    screen.print(f"\n不可评估 not evaluable: {len(reasons)}")
    grid = Grid("编号", "名称", "原因", box=None, pad_edge=False)
    for name, told in sorted(reasons.items()):
        grid.add_row(name, told["title"], told["reason"])
    screen.print(grid)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(profile)
