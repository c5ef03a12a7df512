"""One writer a lake at a time: a lock that the system releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fundwatch.errors import LakeError


@contextmanager
def writing(root: str) -> Iterator[None]:
    """Hold the lake at `root` for writing. Raises LakeError if another process holds it.

    On object stores and HDFS, where there is no such lock, one writer at a time is the
    scheduler's care (pool delta_write).
    """
    if "://" in root:
        yield
        return
    Path(root).mkdir(parents=True, exist_ok=True)
    with (Path(root) / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise LakeError(f"{root} is being written by process {holder}; wait for it") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
