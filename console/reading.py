"""Commands that only read: clues, clue, tables, status, quarantine. They need no Java."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

from console.options import LAKE, LakeOption
from console.refused import KINDS, refused
from console.state import lake_state
from fundwatch.reader import declared, open_lake
from fundwatch.tables import TABLES
from fundwatch.tables.gold import CLUE

PRINTED = 160  # columns where the output is no terminal
# Names come from outside: what looks like markup in them is text.
screen = Console(
    highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else PRINTED
)


def clues(
    lake: LakeOption = LAKE,
    first: Annotated[int, typer.Option(help="How many, from rank 1.")] = 20,
) -> None:
    """The ranked clue list.

    Example: fundwatch clues --lake lake --first 50
    """
    found = open_lake(lake).pandas(CLUE.name, where=f"rank <= {first}")
    grid = Grid("#", "线索", "级", "涉及基金(元)", "手法", "标题", box=None, pad_edge=False)
    for clue in found.sort_values("rank").itertuples() if len(found) else ():
        grid.add_row(
            str(clue.rank),
            str(clue.clue_id),
            str(clue.grade),
            f"{clue.amount:,.2f}",
            str(clue.scheme),
            str(clue.title),
        )
    screen.print(grid if len(found) else "没有线索 no clues")


def clue(
    clue_id: Annotated[str, typer.Argument(help="The clue's id.")], lake: LakeOption = LAKE
) -> None:
    """One clue: reasons, doubts, what to check, and its evidence.

    Example: fundwatch clue 1f0c… --lake lake
    """
    found = open_lake(lake).clue(clue_id)
    screen.print(str(found["title"]), style="bold")
    screen.print(
        f"第 {found['rank']} 位  级 {found['grade']}  {found['scheme']}  "
        f"涉及基金 {found['amount']:,.2f} 元"
        f"（{found['amount_low']:,.2f}–{found['amount_high']:,.2f}）"
        f"  {found['period_begn']} 至 {found['period_end']}"
    )
    for title, column in (
        ("理由", "says"),
        ("应先排除", "innocent"),
        ("检查路径", "check_steps"),
        ("依据", "legal_basis"),
    ):
        screen.print(f"\n{title}")
        for number, line in enumerate(found[column], start=1):
            screen.print(f"  {number}. {line}")
    screen.print(f"\n何种事实可以排除：{found['cleared_if']}")
    screen.print(
        f"\n结算 {len(found['setl_ids'])} 笔，证据 {len(found['evidence'])} 行；核对："
        f"fundwatch verify {clue_id} --lake {lake}"
    )


def tables(
    name: Annotated[str, typer.Argument(help="A table, for its columns.")] = "",
) -> None:
    """The tables and what a row of each is; with a name, its columns.

    Example: fundwatch tables gold.stay_fact
    """
    if not name:
        for table in TABLES.values():
            screen.print(f"{table.name:28} {table.grain}")
        return
    table = declared(name)
    grid = Grid("column", "type", "null", "meaning", box=None, pad_edge=False)
    for c in table.columns:
        key = "*" if c.name in table.key else ""
        grid.add_row(f"{c.name}{key}", c.type, "yes" if c.null else "", c.doc)
    screen.print(f"One row: {table.grain}")
    screen.print(grid)


def status(lake: LakeOption = LAKE) -> None:
    """How the lake stands: freshness and size per table, failures, quarantine, stale months.

    Example: fundwatch status --lake lake
    """
    state = lake_state(open_lake(lake))
    grid = Grid("table", "version", "written", "rows", "MiB", box=None, pad_edge=False)
    for row in state.tables:
        grid.add_row(*map(_told, row))
    screen.print(grid)
    for title, lines in (
        ("failed", state.failures),
        ("quarantined", state.quarantined),
        ("stale", state.stale),
    ):
        screen.print(f"\n{title}: {len(lines) or 'none'}")
        for line in lines:
            screen.print(f"  {line}")


def quarantine(
    lake: LakeOption = LAKE,
    kind: Annotated[
        str, typer.Option(help="missing, unreadable, torn, out-of-range or mangled; default all.")
    ] = "",
    first: Annotated[int, typer.Option(help="How many rows are listed after the counts.")] = 20,
) -> None:
    """Refused rows by kind, and where they lie; to empty them, deliver the file again, corrected.

    The corrected file keeps batch and name. Values are masked: 9 for a digit, x for a letter.

    Example: fundwatch quarantine --lake lake --kind unreadable --first 50
    """
    found = refused(open_lake(lake), kind, first)
    if not found.total:
        screen.print("没有隔离数据 nothing is quarantined")
        return
    grid = Grid("类别 kind", "表 table", "列 column", "行数 rows", box=None, pad_edge=False)
    for why, table, column, rows in found.counts:
        grid.add_row(f"{KINDS[why]} {why}", table, column, f"{rows:,}")
    screen.print(grid)
    places = Grid("表 table", "批次 batch", "文件 file", "行 line", box=None, pad_edge=False)
    for title in ("列 column", "类别 kind", "值 value"):
        places.add_column(title)
    for row in found.rows:
        places.add_row(*("" if cell is None else str(cell) for cell in row))
    if found.rows:
        screen.print()
        screen.print(places)
    screen.print(f"\n共 {found.total:,} 行，列出 {len(found.rows):,} 行 rows, listed of all")


def _told(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (clues, clue, tables, status, quarantine):
        app.command()(command)
