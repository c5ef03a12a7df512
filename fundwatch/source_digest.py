"""The digest of the code that computes a step: a changed definition makes its months stale."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLLOWED = ("jobs.", "models.")  # the kernel declares; only these compute


@cache
def source_digest(module: str) -> str:
    """Sixteen hex digits over the module's source and that of what it imports from jobs, models."""
    seen: dict[str, str] = {}
    _gather(module, seen)
    text = "\x1f".join(f"{name}\x1e{source}" for name, source in sorted(seen.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _gather(module: str, seen: dict[str, str]) -> None:
    source = _source(module)
    if module in seen or source is None:
        return
    seen[module] = source
    for imported in _imports(source):
        if imported.startswith(FOLLOWED):
            _gather(imported, seen)


def _source(module: str) -> str | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # `from package.module import name` offers package.module.name too
        return None
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin)
    return file.read_text("utf-8") if file.is_file() else _zipped(spec.loader, module)


def _zipped(loader: Any, module: str) -> str | None:
    """Source of a module shipped in an archive, as to a cluster."""
    source: str | None = loader.get_source(module)
    return source


def _imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
