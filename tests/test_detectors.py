"""What models.base promises, asked of every detector; and that each tells scheme from twin."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import chain, combinations
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pandas as pd
import pytest

import models
from fundwatch.errors import DeclarationError
from fundwatch.knowledge import DetectorEntry, load
from fundwatch.tables.gold import PEER_SCORE, PRESENCE_CONFLICT, SHARED_ADMISSION
from models import DETECTORS, configured
from models.base import Detector, Finding, Scored
from models.co_admission import CoAdmission
from models.ghost_inpatients import GhostInpatients
from models.odd_institutions import MISSING, OddInstitutions
from models.training import TrainingSettings, train_odd_institutions
from tests.rows import frame

ENTRIES = load(DetectorEntry, Path("conf/detectors.yml"))


def circle(
    people: str,
    days: int,
    *,
    stays: int | None = None,
    expected: float = 0.02,
    kin: str = "",
    where: str = "H110101000001",
) -> str:
    """Everyone of `people` admitted with everyone on the same `days`; `kin` share a home."""
    rows = [
        " | ".join(
            (
                *(a, b, str(days), str(stays or days), str(stays or days), str(expected)),
                "true" if a in kin and b in kin else "false",
                "false",
                where,
                " ".join(sorted(f"{p}{d}" for p in (a, b) for d in range(days))),
                " ".join(sorted(f"s{p}{d}" for p in (a, b) for d in range(days))),
                "2024-01-05 | 2024-03-09",
            )
        )
        for a, b in combinations(people, 2)
    ]
    return "\n".join(rows)


SHARED_HEAD = (
    "person_a | person_b | times | stays_a | stays_b | expected | is_household | is_neighbour"
    " | fixmedins_codes | mdtrt_ids | setl_ids | first_on | last_on\n"
)
RING = SHARED_HEAD + circle("abcde", 3) + "\n" + circle("xy", 2, expected=0.5)
CARE_HOME = SHARED_HEAD + circle("abcde", 3, kin="abcde")
TWO_COUPLES = SHARED_HEAD + circle("ab", 4, kin="ab") + "\n" + circle("yz", 5, kin="yz")
CHEMOTHERAPY = SHARED_HEAD + circle("abcde", 9, stays=12, expected=0.3)
BUSY_HOUSE = SHARED_HEAD + circle("abcde", 3, expected=1.5)

# A stay of ten nights with treatment on three days, and a visit to another doctor amid it.
CONFLICT_HEAD = (
    "mdtrt_id | kind | other | fixmedins_code | area | person_key | setl_ids"
    " | other_fixmedins_code | other_care | admitted_on | discharged_on | other_on | stay_days"
    " | active_days | km | is_edge | is_transfer | says | evidence\n"
)


def conflict(stay: str, kind: str, other: str, **told: Any) -> str:
    cells = {
        "fixmedins_code": "H110101000001",
        "area": "110101",
        "person_key": f"p-{stay}",
        "other_fixmedins_code": "H110101000002" if kind in ("overlap", "elsewhere") else "",
        "other_care": "outpatient" if kind == "elsewhere" else "",
        "admitted_on": "2024-01-02",
        "discharged_on": "2024-01-12",
        "other_on": "2024-01-06",
        "stay_days": 10,
        "active_days": 3,
        "km": "5",
        "is_edge": "false",
        "is_transfer": "false",
    } | told
    rows = [
        ("silver.visit", stay),
        ("silver.settlement", f"s-{stay}"),
        ("silver.settlement", other),
    ]
    evidence = json.dumps([{"table": t, "key": k} for t, k in rows])
    names = [name.strip() for name in CONFLICT_HEAD.split("|")][3:]
    fixed = {"setl_ids": f"s-{stay}", "says": f"{stay}-{kind}", "evidence": evidence}
    return " | ".join([stay, kind, other, *(str((cells | fixed)[name]) for name in names)])


GHOSTS = CONFLICT_HEAD + "\n".join(
    [
        conflict("m1", "elsewhere", "o1"),
        conflict("m1", "idle", "m1"),
        conflict("m2", "overlap", "m9", other_fixmedins_code="H110101000009"),
        conflict("m3", "idle", "m3"),
        conflict("m3", "overfull", "2024-01-05"),
        conflict("m4", "idle", "m4"),  # one weak leg
        conflict("m5", "after_death", "2023-12-20", other_on="2023-12-20"),
    ]
)
HONEST = CONFLICT_HEAD + "\n".join(
    [
        conflict("m1", "elsewhere", "o1", is_edge="true", other_on="2024-01-02"),
        conflict("m2", "overlap", "m9", is_transfer="true"),
        conflict("m3", "elsewhere", "o3", other_care="pharmacy"),  # a relative fetched drugs
        conflict("m4", "elsewhere", "o4", active_days=9),  # a day's leave
        conflict("m5", "elsewhere", "o5", other_care="chronic"),  # dialysis goes on
        conflict("m6", "after_death", "2024-01-01", other_on="2024-01-01"),  # a slip of a day
        conflict("m7", "after_death", "2024-01-10", other_on="2024-01-10"),  # died in hospital
        conflict("m8", "idle", "m8"),  # a quiet convalescence
        conflict("m9", "overfull", "2024-01-05"),
    ]
)

PEER_HEAD = "indicator_id | entity_type | entity | peers | value | median | distance\n"
INDICATORS = "bed_share drug_share exam_share lab_share stay_days".split()


def institution(entity: str, *distances: float) -> str:
    return "\n".join(
        f"{name} | institution | {entity} | 30 | 0.9 | 0.5 | {distance}"
        for name, distance in zip(INDICATORS, distances, strict=True)
    )


ODD = PEER_HEAD + institution("H110101000001", 8.0, 7.0, 6.0, 0.2, 0.1)
SPECIALIST = PEER_HEAD + institution("H110101000002", 9.0, 9.0, 0.1, 0.3, 0.2)

SAMPLES = {SHARED_ADMISSION.name: RING, PRESENCE_CONFLICT.name: GHOSTS, PEER_SCORE.name: ODD}
TWINS = [
    (CoAdmission, CARE_HOME),
    (CoAdmission, TWO_COUPLES),
    (CoAdmission, CHEMOTHERAPY),
    (CoAdmission, BUSY_HOUSE),
    (GhostInpatients, HONEST),
    (OddInstitutions, SPECIALIST),
]


@cache
def scored() -> Scored:
    """A forest grown on forty-eight honest institutions."""
    rng = np.random.default_rng(0)
    honest = (institution(f"H{n:012}", *rng.normal(0, 1, 5).round(2)) for n in range(48))
    trained = train_odd_institutions(
        frame(PEER_SCORE, PEER_HEAD + "\n".join(honest)),
        {},
        TrainingSettings(trees=50, seeds=1, resamples=1),
    )
    return Scored("odd", "1", "d" * 16, trained.pipeline, trained.features, trained.quantiles)


def ready(detector: Detector) -> Detector:
    return replace(detector, scored=scored()) if isinstance(detector, OddInstitutions) else detector


def looked(detector: Detector, literal: str = "") -> list[pd.DataFrame]:
    """The sample's frames as the detector sees them: projected to its columns."""
    return [
        frame(view.table, literal or SAMPLES[view.table.name])[list(dict.fromkeys(view.columns))]
        for view in detector.reads
    ]


def found(detector: Detector, literal: str = "") -> list[Finding]:
    return list(ready(detector).find(*looked(detector, literal)))


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
        if inspect.isclass(thing) and hasattr(thing, "find") and thing is not Detector
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
        False, True, True,
    ]  # fmt: skip
    assert "no model" in usual[2].not_evaluable
    trained = configured(ENTRIES, Champions())[2]
    assert trained.not_evaluable == ""
    assert trained.definition != usual[2].definition


def test_a_ring_is_told_with_its_members_places_and_shared_stays() -> None:
    (ring,) = found(CoAdmission())
    assert ring.person_keys == tuple("abcde")
    assert ring.subject_ids == ("H110101000001", *"abcde")
    assert ring.setl_ids == tuple(sorted(f"s{p}{d}" for p in "abcde" for d in range(3)))
    assert ring.score > 0.5
    assert "5人" in ring.says
    assert "同日入院3天" in ring.says


def test_a_ring_that_recruits_a_couple_is_still_a_ring() -> None:
    (ring,) = found(CoAdmission(), SHARED_HEAD + circle("abcde", 3, kin="ab"))
    assert ring.person_keys == tuple("abcde")


def test_a_stay_shared_with_one_member_only_is_not_claimed() -> None:
    alone = "a | f | 2 | 3 | 3 | 0.02 | false | false | H110101000001 | a7 a8 f7 f8 | sa7 sf7"
    more = "\n".join([circle("abcde", 3), alone + " | 2024-01-05 | 2024-03-09"])
    (ring,) = found(CoAdmission(), SHARED_HEAD + more)
    assert "f" not in ring.person_keys
    assert not {"sa7", "sf7"} & set(ring.setl_ids)


def test_contradictions_are_kept_by_institution_and_strength() -> None:
    proof, death, doubt = found(GhostInpatients())
    assert (proof.anchor, proof.grade, proof.setl_ids) == ("H110101000001", "A", ("s-m1", "s-m2"))
    assert (death.scheme, death.grade, death.setl_ids) == ("post_death", "A", ("s-m5",))
    assert (doubt.scheme, doubt.grade, doubt.setl_ids) == ("", "C", ("s-m3",))
    assert proof.score > doubt.score


def test_a_month_of_nothing_but_edges_says_nothing() -> None:
    edge = conflict("m1", "elsewhere", "o1", is_edge="true")
    assert found(GhostInpatients(), CONFLICT_HEAD + edge) == []


def test_of_two_overlapping_stays_the_one_with_more_against_it_is_accused() -> None:
    both = "\n".join(
        [
            conflict("m1", "overlap", "m2", other_fixmedins_code="H110101000002"),
            conflict("m1", "idle", "m1"),
            conflict("m2", "overlap", "m1", fixmedins_code="H110101000002",
                     other_fixmedins_code="H110101000001"),
        ]
    )  # fmt: skip
    (ghost,) = found(GhostInpatients(), CONFLICT_HEAD + both)
    assert ghost.setl_ids == ("s-m1",)


def test_of_two_overlapping_stays_the_livelier_is_real() -> None:
    both = "\n".join(
        [
            conflict("m1", "overlap", "m2", active_days=1),
            conflict("m2", "overlap", "m1", active_days=9, fixmedins_code="H110101000002"),
        ]
    )
    (ghost,) = found(GhostInpatients(), CONFLICT_HEAD + both)
    assert ghost.setl_ids == ("s-m1",)


def test_drugs_fetched_far_away_or_again_and_again_are_no_errand() -> None:
    far = conflict("m1", "elsewhere", "o1", other_care="pharmacy", km=120)
    often = [
        conflict("m2", "elsewhere", f"o{day}", other_care="pharmacy", other_on=f"2024-01-0{day}")
        for day in (4, 6, 8)
    ]
    (ghost,) = found(GhostInpatients(), CONFLICT_HEAD + "\n".join([far, *often]))
    assert ghost.setl_ids == ("s-m1", "s-m2")


def test_an_odd_institution_is_told_with_its_three_strongest_indicators_and_no_money() -> None:
    (odd,) = found(OddInstitutions())
    assert odd.setl_ids == ()
    assert [odd.says.count(f"[{name}]") for name in INDICATORS] == [1, 1, 1, 0, 0]
    assert odd.score >= 0.975


def test_features_end_with_what_is_missing() -> None:
    assert scored().features == (*INDICATORS, MISSING)


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
