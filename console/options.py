"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LakeOption = Annotated[
    str, typer.Option("--lake", envvar="FUNDWATCH_LAKE", help="Root of the lake (path or URI).")
]
ConfOption = Annotated[
    Path | None,
    typer.Option("--conf-dir", help="Folder of settings and knowledge; default ./conf."),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for what is written.")]
SourceOption = Annotated[
    str, typer.Option("--source", help="Mapping in conf/sources that the landing follows.")
]
MonthOption = Annotated[
    str, typer.Option("--before", help="Only months before this one, YYYY-MM; default all.")
]
LAKE = "lake"
