"""What models.base promises, asked of every detector."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pandas as pd
import pytest

import models
from fundwatch.errors import DeclarationError
from models import DETECTORS, configured
from models.base import Detector, Finding, Scored
from models.groups import CloseGroups
from tests.suspects import ENTRIES, TWINS, found, looked, ready, scored

each_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: str(d.id))


@each_detector
def test_speaks_of_its_sample(detector: Detector) -> None:
    assert found(detector)


@each_detector
def test_says_nothing_of_nothing(detector: Detector) -> None:
    empty = (sample.head(0) for sample in looked(detector))
    assert list(ready(detector).find(*empty)) == []


@each_detector
def test_neither_row_order_nor_repeated_asking_matters(detector: Detector) -> None:
    usual = found(detector)
    for seed in range(5):
        shuffled = [t.sample(frac=1, random_state=seed) for t in looked(detector)]
        assert list(ready(detector).find(*shuffled)) == usual


@each_detector
def test_the_global_seed_does_not_matter(detector: Detector) -> None:
    usual = found(detector)
    np.random.seed(99)
    assert found(detector) == usual


@each_detector
def test_the_input_is_left_alone(detector: Detector) -> None:
    given, kept = looked(detector), looked(detector)
    list(ready(detector).find(*given))
    for before, after in zip(kept, given, strict=True):
        pd.testing.assert_frame_equal(before, after)


@each_detector
def test_findings_are_bounded_sorted_and_proven(detector: Detector) -> None:
    findings = found(detector)
    given = _values(looked(detector))
    assert findings == sorted(findings, key=lambda finding: finding.anchor)
    assert len({finding.anchor for finding in findings}) == len(findings)
    for finding in findings:
        assert 0 <= finding.score <= 1
        assert finding.evidence == tuple(sorted(set(finding.evidence))) != ()
        assert {key for _, key in finding.evidence} <= given
        for ids in (finding.setl_ids, finding.person_keys, finding.fixmedins_codes):
            assert ids == tuple(sorted(set(ids)))
            assert set(ids) <= given
        assert set(finding.subject_ids) <= {*finding.person_keys, *finding.fixmedins_codes}
        assert finding.period_begn <= finding.period_end
        assert finding.area == "110101"


@each_detector
def test_renamed_persons_rename_the_findings(detector: Detector) -> None:
    def new(person: str) -> str:
        return "q" + "".join(chr(219 - ord(c)) if c.isalpha() else c for c in person)

    def told(finding: Finding) -> Finding:
        people = {person: new(person) for person in finding.person_keys}
        subjects = [s for s in finding.subject_ids if s not in people]
        keys = tuple(sorted(people.values()))
        accused = keys if finding.subject_type == "group" else ()
        return replace(finding, person_keys=keys, subject_ids=(*subjects, *accused))

    renamed = [_renamed(t, new) for t in looked(detector)]
    assert list(ready(detector).find(*renamed)) == [told(f) for f in found(detector)]


@pytest.mark.parametrize(("kind", "twin"), TWINS)
def test_the_innocent_twin_is_left_in_peace(kind: type[Detector], twin: str) -> None:
    assert found(kind(), twin) == []


@each_detector
def test_every_detector_has_its_card_and_the_card_its_parameters(detector: Detector) -> None:
    (card,) = [entry for entry in ENTRIES if entry.id == detector.id]
    assert set(card.parameters) == set(models.parameters(detector))
    assert models.parameters(detector) == card.parameters


def test_every_detector_is_listed() -> None:
    written = {
        thing
        for module in iter_modules(models.__path__)
        for thing in vars(import_module(f"models.{module.name}")).values()
        if inspect.isclass(thing)
        and hasattr(thing, "find")
        and thing not in (Detector, CloseGroups)
    }
    assert {type(detector) for detector in DETECTORS} == written


def test_an_unknown_or_mistyped_parameter_is_refused_and_all_faults_are_told() -> None:
    wrong = ENTRIES[0].model_copy(update={"parameters": {"time": 3, "at_least": "four"}})
    nobody = ENTRIES[1].model_copy(update={"id": "nobody"})
    with pytest.raises(DeclarationError) as told:
        configured((wrong, nobody))
    for word in ("'time'", "at_least must be int", "nobody: no such detector"):
        assert word in str(told.value)


def test_the_definition_follows_parameters_and_model() -> None:
    class Champions:
        def champion(self, name: str) -> Scored | None:
            return scored()

    stricter = ENTRIES[0].model_copy(update={"parameters": {"at_least": 5}})
    usual, other = configured(ENTRIES), configured((stricter, *ENTRIES[1:]))
    assert [a.definition == b.definition for a, b in zip(usual, other, strict=True)] == [
        False, True, True, True,
    ]  # fmt: skip
    assert "尚无模型" in usual[2].not_evaluable
    trained = configured(ENTRIES, Champions())[2]
    assert trained.not_evaluable == ""
    assert trained.definition != usual[2].definition


def _values(frames: Iterable[pd.DataFrame]) -> set[str]:
    """Every string in the frames, those inside arrays and structs included."""
    cells = chain.from_iterable(t.to_numpy().ravel() for t in frames)
    return set(chain.from_iterable(_strings(cell) for cell in cells))


def _strings(cell: Any) -> list[str]:
    if isinstance(cell, dict):
        return [text for value in cell.values() for text in _strings(value)]
    if isinstance(cell, list):
        return [text for value in cell for text in _strings(value)]
    return [cell] if isinstance(cell, str) else []


def _renamed(given: pd.DataFrame, new: Any) -> pd.DataFrame:
    renamed = given.copy()
    if "person_key" in renamed:
        renamed["person_key"] = renamed["person_key"].map(new)
    if "person_a" in renamed:
        ends = renamed[["person_a", "person_b"]].map(new)
        renamed["person_a"], renamed["person_b"] = ends.min(axis=1), ends.max(axis=1)
    return renamed
