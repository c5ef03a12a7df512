"""Each detector tells its scheme from the honest look-alikes, case by case."""

from __future__ import annotations

from dataclasses import replace

from models.co_admission import CoAdmission
from models.ghost_inpatients import GhostInpatients
from models.odd_institutions import MISSING, OddInstitutions
from models.resale_ring import ResaleRing
from tests.suspects import CONFLICT_HEAD, INDICATORS, SHARED_HEAD, circle, conflict, found, scored


def test_a_ring_is_told_with_its_members_places_and_shared_stays() -> None:
    (ring,) = found(CoAdmission())
    assert ring.person_keys == tuple("abcde")
    assert ring.subject_ids == ("H110101000001", *"abcde")
    assert ring.setl_ids == tuple(sorted(f"s{p}{d}" for p in "abcde" for d in range(3)))
    assert ring.score > 0.5
    assert "5人" in ring.says
    assert "同日或相隔一日入院3次" in ring.says


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
    assert (proof.anchor, proof.grade, proof.setl_ids) == ("H110101000001", "A", ("s-m2",))
    assert (death.scheme, death.grade, death.setl_ids) == ("post_death", "A", ("s-m5",))
    assert (doubt.scheme, doubt.grade, doubt.setl_ids) == ("", "C", ("s-m1", "s-m3"))
    assert proof.score > doubt.score


def test_a_month_of_nothing_but_edges_says_nothing() -> None:
    edge = conflict("m1", "elsewhere", "o1", is_edge="true")
    assert found(GhostInpatients(), CONFLICT_HEAD + edge) == []


def test_a_stay_that_a_claim_by_hand_alone_tells_of_is_a_false_claim() -> None:
    legs = [
        conflict("m1", "elsewhere", f"o{day}", other_on=f"2024-01-0{day}", is_claim="true")
        for day in (4, 6)
    ]
    (claim,) = found(GhostInpatients(), CONFLICT_HEAD + "\n".join(legs))
    assert (claim.scheme, claim.grade, claim.setl_ids) == ("offsite_fraud", "A", ("s-m1",))


def test_leave_is_nothing_and_many_stays_seen_elsewhere_amid_treatment_are_a_doubt() -> None:
    usual = {"active_days": 9, "house_stays": 20, "house_away": 7}
    leave = conflict("m2", "elsewhere", "o2", is_leave="true", **usual)
    (doubt,) = found(
        GhostInpatients(), CONFLICT_HEAD + conflict("m1", "elsewhere", "o1", **usual) + "\n" + leave
    )
    assert (doubt.grade, doubt.setl_ids) == ("C", ("s-m1",))
    assert "20人次住院中7人次" in doubt.says
    big = usual | {"house_stays": 116, "house_away": 3}
    assert found(GhostInpatients(), CONFLICT_HEAD + conflict("m1", "elsewhere", "o1", **big)) == []


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


def test_one_day_elsewhere_is_no_proof_and_drugs_fetched_again_and_again_are() -> None:
    far = conflict("m1", "elsewhere", "o1", other_care="pharmacy", km=120)
    often = [
        conflict("m2", "elsewhere", f"o{day}", other_care="pharmacy", other_on=f"2024-01-0{day}")
        for day in (4, 6, 8)
    ]
    (ghost,) = found(GhostInpatients(), CONFLICT_HEAD + "\n".join([far, *often]))
    assert (ghost.grade, ghost.setl_ids) == ("A", ("s-m2",))


def test_a_stack_of_cards_is_told_with_its_members_and_places() -> None:
    (ring,) = found(ResaleRing())
    assert (ring.person_keys, ring.subject_ids) == (tuple("abcd"), tuple("abcd"))
    assert ring.fixmedins_codes == ("P110101000001", "P110101000002")
    assert ring.setl_ids == tuple(sorted(f"s{p}{d}" for p in "abcd" for d in range(4)))
    assert "4人" in ring.says
    assert ring.scheme == "pharmacy_fraud"


def test_a_stack_of_cards_that_tours_hospitals_too_is_a_dealer_s() -> None:
    (ring,) = found(replace(ResaleRing(), shops=1))
    assert ring.scheme == ""


def test_an_odd_institution_is_told_with_its_three_strongest_indicators_and_no_money() -> None:
    (odd,) = found(OddInstitutions())
    assert odd.setl_ids == ()
    assert [odd.says.count(f"[{name}]") for name in INDICATORS] == [1, 1, 1, 0, 0]
    assert odd.score >= 0.975


def test_features_end_with_what_is_missing() -> None:
    assert scored().features == (*INDICATORS, MISSING)
