"""Reads what conf/ declares: the only reader of YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from fundwatch.errors import DeclarationError

# The loader in C is ten times faster; PyYAML has it on every platform it publishes wheels for.
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Path) -> Any:
    """The content of a YAML file, None of an empty one. Raises DeclarationError naming the line."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), LOADER)
    except yaml.YAMLError as fault:
        raise DeclarationError(f"{file} is no YAML: {' '.join(str(fault).split())}") from None
