"""The one folder outside the checkout that fundwatch writes to, and how a file enters it whole."""

import os
import tempfile
from pathlib import Path

from fundwatch.errors import SetupError


def cache_dir() -> Path:
    """The user's cache folder for fundwatch (`$XDG_CACHE_HOME/fundwatch`), made when missing.

    Raises SetupError where it cannot be written.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "fundwatch"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SetupError(
            f"the cache folder {folder} cannot be made ({fault.strerror}): "
            "set XDG_CACHE_HOME to a folder you may write to"
        ) from fault
    return folder


def write_whole(path: Path, text: str, mode: int = 0o644) -> Path:
    """`path`, now holding `text`; a reader meets the old file or the new one, never half of it."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, mode)
    os.replace(name, path)
    return path
