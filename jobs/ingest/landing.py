"""What lies in a landing folder: the files of each table, and what their manifests say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.fs as pafs

from fundwatch.errors import LandingError
from fundwatch.tables.landing import LANDING
from jobs.ingest.source import Source

MANIFEST = "_MANIFEST.json"
FORMATS = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet"}


@dataclass(frozen=True, order=True)
class Delivered:
    """One delivered file of one landing table; `path` is below the landing folder."""

    table: str
    batch: str
    file: str
    path: str

    @property
    def where(self) -> str:
        return f"{self.table}/{self.batch}/{self.file}"

    @property
    def format(self) -> str:
        return next(kind for suffix, kind in FORMATS.items() if self.file.endswith(suffix))


@dataclass(frozen=True)
class Storage:
    """A folder, local or remote, read the same way; the only place that knows paths."""

    fs: pafs.FileSystem
    root: str
    base: str  # the folder as Spark names it

    @classmethod
    def at(cls, folder: str | Path) -> Storage:
        """Raises LandingError if there is no such folder."""
        text = str(folder)
        remote = "://" in text
        fs, root = (
            pafs.FileSystem.from_uri(text)
            if remote
            else (pafs.LocalFileSystem(), str(Path(text).absolute()))
        )
        if fs.get_file_info(root).type != pafs.FileType.Directory:
            raise LandingError(f"{text} is no folder")
        root = root.rstrip("/")
        return cls(fs, root, text.rstrip("/") if remote else f"file://{root}")

    def files(self) -> list[str]:
        """Every file's path below the root, sorted."""
        found = self.fs.get_file_info(pafs.FileSelector(self.root, recursive=True))
        below = len(self.root) + 1
        return sorted(info.path[below:] for info in found if info.type == pafs.FileType.File)

    def open(self, path: str) -> Any:
        """The bytes of a file as they lie there."""
        return self.fs.open_input_stream(f"{self.root}/{path}", compression=None)

    def seekable(self, path: str) -> Any:
        """A file to be read from anywhere in it."""
        return self.fs.open_input_file(f"{self.root}/{path}")

    def url(self, path: str) -> str:
        """The file as Spark names it."""
        return f"{self.base}/{path}"


@dataclass(frozen=True)
class Landing:
    """The files of a landing folder, those it cannot place, and its manifests by (table, batch)."""

    storage: Storage
    files: tuple[Delivered, ...]
    strangers: tuple[str, ...]
    manifests: dict[tuple[str, str], dict[str, Any]]


def find(folder: str | Path, source: Source) -> Landing:
    """What was delivered. Raises LandingError if the folder or a required table is missing."""
    storage = Storage.at(folder)
    paths = [path for path in storage.files() if not _hidden(path)]
    files = tuple(sorted(_contract(paths) if source.identity else _mapped(paths, source)))
    placed = {file.path for file in files}
    strangers = tuple(path for path in paths if path not in placed and _name(path) != MANIFEST)
    missing = sorted({t.name for t in LANDING.values() if t.required} - {f.table for f in files})
    if missing:
        raise LandingError(f"{folder} lacks {', '.join(missing)}; these tables must be there")
    manifests = dict(_manifests(storage, paths)) if source.identity else {}
    return Landing(storage, files, strangers, manifests)


def _contract(paths: list[str]) -> Iterator[Delivered]:
    for path in paths:
        parts = path.split("/")
        if len(parts) == 3 and parts[0] in LANDING and _is_data(path):
            yield Delivered(parts[0], parts[1], parts[2], path)


def _mapped(paths: list[str], source: Source) -> Iterator[Delivered]:
    for table, mapped in source.tables.items():
        for path in paths:
            if fnmatch(path, mapped.files) and _is_data(path):
                yield Delivered(table, PurePosixPath(path).parent.name or ".", _name(path), path)


def _manifests(
    storage: Storage, paths: list[str]
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path in paths:
        parts = path.split("/")
        if len(parts) == 3 and parts[2] == MANIFEST and parts[0] in LANDING:
            try:
                told = json.loads(storage.open(path).read())
            except ValueError as error:
                raise LandingError(f"{path} is no JSON: {error}") from None
            if not isinstance(told, dict):
                raise LandingError(f"{path} is no JSON object")
            yield (parts[0], parts[1]), told


def _is_data(path: str) -> bool:
    return any(path.endswith(suffix) for suffix in FORMATS)


def _hidden(path: str) -> bool:
    return _name(path) != MANIFEST and _name(path).startswith((".", "_"))


def _name(path: str) -> str:
    return path.rpartition("/")[2]
