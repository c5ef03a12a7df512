"""What lies in a landing folder: the files of each table, and what their manifests say."""

from __future__ import annotations

import json
import os
import re
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
LONGEST_NAME = 200  # bytes
# What one of Spark, Hadoop, a terminal or a log would take for more than a part of a name.
NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff\\:#]")


@dataclass(frozen=True, order=True)
class Delivered:
    """One delivered file of one landing table; `path` is below the landing folder.

    A file delivered again with other content is a further edition of itself; delivered names end
    in their format, so none looks like an edition's.
    """

    table: str
    batch: str
    file: str
    path: str
    edition: int = 1

    @property
    def where(self) -> str:
        return f"{self.table}/{self.batch}/{self.file}"

    @property
    def kept_as(self) -> str:
        """Its name in the lake: later editions sort after earlier ones."""
        return edition_name(self.file, self.edition)

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
        """Every file's path below the root, sorted. Raises LandingError for links and devices."""
        if isinstance(self.fs, pafs.LocalFileSystem):
            return _local_files(self.root)
        found = self.fs.get_file_info(pafs.FileSelector(self.root, recursive=True))
        below = len(self.root) + 1
        return sorted(info.path[below:] for info in found if info.type == pafs.FileType.File)

    def open(self, path: str) -> Any:
        """The bytes of a file as they lie there."""
        return self.fs.open_input_stream(f"{self.root}/{path}", compression=None)

    def unpacked(self, path: str) -> Any:
        """The bytes of a file, decompressed by its suffix."""
        return self.fs.open_input_stream(f"{self.root}/{path}")

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

    @property
    def missing(self) -> list[str]:
        """Tables that must be there and are not."""
        there = {file.table for file in self.files}
        return sorted(t.name for t in LANDING.values() if t.required and t.name not in there)


def find(folder: str | Path, source: Source) -> Landing:
    """What was delivered. Raises LandingError if the folder or a required table is missing."""
    landing = placed(Storage.at(folder), source)
    if landing.missing:
        told = ", ".join(landing.missing)
        raise LandingError(f"{folder} lacks {told}; these tables must be there")
    return landing


def placed(storage: Storage, source: Source) -> Landing:
    """What lies there, whether or not it is enough. Raises LandingError for hostile names."""
    paths = [path for path in storage.files() if not _hidden(path)]
    files = tuple(sorted(_contract(paths) if source.identity else _mapped(paths, source)))
    _refuse_names(files)
    known = {file.path for file in files}
    strangers = tuple(path for path in paths if path not in known and _name(path) != MANIFEST)
    manifests = dict(_manifests(storage, paths)) if source.identity else {}
    return Landing(storage, files, strangers, manifests)


def edition_name(file: str, edition: int) -> str:
    """A delivered name as it stands in the lake: part-0.csv, part-0.csv~002, part-0.csv~003 …"""
    return file if edition == 1 else f"{file}~{edition:03d}"


def edition_of(name: str) -> tuple[str, int]:
    """A name in the lake as the delivered name and its edition."""
    file, mark, number = name.rpartition("~")
    return (file, int(number)) if mark and number.isdigit() else (name, 1)


def shown(name: str) -> str:
    """A name from outside as a log or a screen may show it."""
    return NO_NAME.sub("?", name)


def _local_files(root: str) -> list[str]:
    """Links are refused, not followed: they lead out of the folder, or round in it for ever."""
    found, strange = [], []
    for folder, folders, names in os.walk(root):
        below = [os.path.join(folder, name) for name in names]
        found += [path for path in below if os.path.isfile(path)]
        strange += [path for path in below if not os.path.isfile(path)]
        strange += [
            path for path in (os.path.join(folder, n) for n in folders) if os.path.islink(path)
        ]
    strange += [path for path in found if os.path.islink(path)]
    if strange:
        told = ", ".join(shown(os.path.relpath(path, root)) for path in sorted(strange)[:5])
        raise LandingError(f"{told}: neither file nor folder, or a link; deliver the file itself")
    return sorted(os.path.relpath(path, root) for path in found)


def _refuse_names(files: tuple[Delivered, ...]) -> None:
    for file in files:
        if NO_NAME.search(file.where) or len(file.where.encode()) > LONGEST_NAME:
            raise LandingError(
                f"{shown(file.where)[:LONGEST_NAME]}: names are at most {LONGEST_NAME} bytes"
                " without control characters, colons, backslashes and #"
            )


def _contract(paths: list[str]) -> Iterator[Delivered]:
    for path in paths:
        parts = path.split("/")
        if len(parts) == 3 and parts[0] in LANDING and is_data(path):
            yield Delivered(parts[0], parts[1], parts[2], path)


def _mapped(paths: list[str], source: Source) -> Iterator[Delivered]:
    for table, mapped in source.tables.items():
        for path in paths:
            if _matches(path, mapped.files) and is_data(path):
                batch = (PurePosixPath(path).parent.name or ".") + source.mark
                yield Delivered(table, batch, _name(path), path)


def _matches(path: str, files: str) -> bool:
    """Folder by folder: a star does not reach into another one."""
    parts, patterns = path.split("/"), files.split("/")
    return len(parts) == len(patterns) and all(map(fnmatch, parts, patterns))


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


def is_data(path: str) -> bool:
    """Whether a path below the folder is that of a file of rows, by its name."""
    return not _hidden(path) and any(path.endswith(suffix) for suffix in FORMATS)


def _hidden(path: str) -> bool:
    return _name(path) != MANIFEST and _name(path).startswith((".", "_"))


def _name(path: str) -> str:
    return path.rpartition("/")[2]
