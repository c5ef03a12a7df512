"""Detectors: the list is the registry. Adding one is one line here and one entry in conf."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Protocol, cast

import pandas as pd

from fundwatch.errors import DeclarationError
from fundwatch.knowledge import DetectorEntry
from fundwatch.source_digest import source_digest
from models.base import Detector, Finding, Scored, View
from models.co_admission import CoAdmission
from models.ghost_inpatients import GhostInpatients
from models.odd_institutions import OddInstitutions
from models.resale_ring import ResaleRing

DETECTORS: Final[tuple[Detector, ...]] = (
    CoAdmission(),
    GhostInpatients(),
    OddInstitutions(),
    ResaleRing(),
)


class Champions(Protocol):
    """Where trained models come from: models.tracking.Registry, or none in a bare checkout."""

    def champion(self, name: str) -> Scored | None: ...


@dataclass(frozen=True)
class Configured:
    """A detector with its card: the parameters of the entry are in it, its scorer is loaded."""

    entry: DetectorEntry
    detector: Detector
    definition: str  # digest of code, parameters and model version: what its findings rest on

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def reads(self) -> tuple[View, ...]:
        return self.detector.reads

    @property
    def not_evaluable(self) -> str:
        """Why it can say nothing of any data; empty: it can."""
        return self.detector.refuses()

    def find(self, *frames: pd.DataFrame) -> Iterator[Finding]:
        return self.detector.find(*frames)

    def refuses(self, *frames: pd.DataFrame) -> str:
        return self.detector.refuses(*frames)


def configured(
    entries: Iterable[DetectorEntry], registry: Champions | None = None
) -> tuple[Configured, ...]:
    """Detectors with the parameters of their entries, in the order of DETECTORS.

    Only those with an entry. Raises DeclarationError naming every entry without a detector and
    every unknown or mistyped parameter at once.
    """
    known: dict[str, Detector] = {detector.id: detector for detector in DETECTORS}
    given = {entry.id: entry for entry in entries}
    if faults := [fault for entry in given.values() for fault in _faults(entry, known)]:
        raise DeclarationError("\n".join(faults))
    return tuple(_configured(given[id_], known[id_], registry) for id_ in known if id_ in given)


def parameters(detector: Detector) -> dict[str, Any]:
    """What an entry may set: the fields of the dataclass but the model."""
    named = (field.name for field in fields(cast(Any, detector)))
    return {name: getattr(detector, name) for name in named if name != "scored"}


def _faults(entry: DetectorEntry, known: dict[str, Detector]) -> Iterator[str]:
    where = f"detectors.yml#{entry.id}"
    if entry.id not in known:
        yield f"{where}: no such detector; there are {', '.join(known)}"
        return
    usual = parameters(known[entry.id])
    for name, value in entry.parameters.items():
        if name not in usual:
            yield f"{where}: unknown parameter {name!r}; there are {', '.join(usual)}"
        elif not _fits(value, usual[name]):
            yield f"{where}: {name} must be {type(usual[name]).__name__}, not {value!r}"


def _fits(value: object, usual: object) -> bool:
    if isinstance(usual, float):
        return isinstance(value, float | int)
    return type(value) is type(usual) or (
        isinstance(usual, int) and isinstance(value, float) and value.is_integer()
    )


def _configured(entry: DetectorEntry, detector: Detector, registry: Champions | None) -> Configured:
    usual = parameters(detector)
    set_ = {name: type(usual[name])(value) for name, value in entry.parameters.items()}
    ready = replace(cast(Any, detector), **set_)
    if "scored" in {field.name for field in fields(ready)} and registry is not None:
        ready = replace(ready, scored=registry.champion(ready.model))
    return Configured(entry, ready, _definition(entry, ready))


def _definition(entry: DetectorEntry, detector: Any) -> str:
    scored = getattr(detector, "scored", None)
    rests_on = {
        "source": source_digest(type(detector).__module__),
        "parameters": parameters(detector),
        "card": [entry.scheme, entry.grade],
        "model": scored.digest if scored else "",
    }
    text = json.dumps(rests_on, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
