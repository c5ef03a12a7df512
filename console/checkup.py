"""What `fundwatch doctor` checks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from fundwatch.errors import FundwatchError, SetupError
from fundwatch.jars import delta_jars
from fundwatch.java import java_home
from fundwatch.knowledge import DetectorEntry, Indicator, Rule, Scheme, load
from fundwatch.points import load_points
from fundwatch.settings import conf_dir, load_settings

GIB = 1 << 30
ROOM_GIB = 5


def checkup(lake: str, conf: Path | None) -> Iterator[tuple[str, FundwatchError | None]]:
    """(what was checked, its fault or None), in order; a fault stops nothing."""
    yield "Java 17 or later", _fault(java_home)
    yield "Delta jars", _fault(delta_jars)
    yield f"{ROOM_GIB} GiB of free disk", _fault(lambda: _room(Path(lake or ".")))
    yield "settings", _fault(lambda: load_settings(conf_dir(conf)))
    for kind, name in (
        (Indicator, "indicators"),
        (Rule, "rules"),
        (Scheme, "schemes.yml"),
        (DetectorEntry, "detectors.yml"),
        (DetectorEntry, "anomalies.yml"),
    ):
        yield name, _fault(lambda k=kind, n=name: load(k, conf_dir(conf) / n))  # type: ignore[misc]
    yield "points", _fault(lambda: load_points(conf_dir(conf) / "points"))
    if lake:
        yield (
            f"{lake}: rows and money agree from bronze to gold",
            _fault(lambda: _agree(lake, conf)),
        )


def _agree(lake: str, conf: Path | None) -> None:
    from jobs.workplace import workplace

    with workplace(lake, conf=conf) as place:
        place.recheck()


def _room(at: Path) -> None:
    free = shutil.disk_usage(at if at.exists() else Path()).free / GIB
    if free < ROOM_GIB:
        raise SetupError(f"only {free:.1f} GiB are free")


def _fault(check: Callable[[], object]) -> FundwatchError | None:
    try:
        check()
    except FundwatchError as error:
        return error
    return None
