"""The judge, on hand-made cases whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from fundwatch.errors import UsageError
from models.evaluation import (
    Report,
    Truth,
    evaluate,
    load_clues,
    load_truth,
    ranking_quality,
)  # fmt: skip
from models.figures import calibration, ndcg
from models.matching import Verdict, candidates, verdicts


def truth(*instances: str, money: int = 100) -> Truth:
    """Instances as "id kind scheme: settlements"; each settlement is worth `money` fen."""
    told = [(one.partition(":")[0].split(), one.partition(":")[2].split()) for one in instances]
    settlement = [(head[0], setl_id, money) for head, ids in told for setl_id in ids]
    instance = [(*head, "", money * len(ids) if head[1] == "scheme" else 0) for head, ids in told]
    return Truth(
        pd.DataFrame(instance, columns=["instance_id", "kind", "scheme", "twin_of", "amount_fen"]),
        pd.DataFrame(settlement, columns=["instance_id", "setl_id", "amount_fen"]),
    )


def clues(*told: str, yuan: str = "4.00", probability: float = 0.5) -> pd.DataFrame:
    """Clues as "scheme: settlements", in rank order."""
    rows = [
        {
            "rank": rank,
            "scheme": one.partition(":")[0],
            "setl_ids": one.partition(":")[2].split(),
            "amount": yuan,
            "amount_low": yuan,
            "amount_high": yuan,
            "probability": probability,
        }
        for rank, one in enumerate(told, start=1)
    ]
    return pd.DataFrame(rows)


def statuses(of: pd.DataFrame, against: Truth) -> list[str]:
    found = candidates(list(of["scheme"]), list(of["setl_ids"]), against)
    return [verdict.status for verdict in verdicts(found)]


GHOST = "g scheme ghost_inpatient: a b c d e f g h i j"


@pytest.mark.parametrize(
    ("clue", "status"),
    [
        ("ghost_inpatient: a b c", "hit"),  # Jaccard 3/10
        ("ghost_inpatient: a b", "hit"),  # Jaccard 2/10, but inside, and two
        ("ghost_inpatient: a", "hit"),  # its only settlement is inside
        ("ghost_inpatient: a x", "wrong"),  # half inside
        ("ghost_inpatient: a b x", "hit"),  # two of three inside
        ("ghost_inpatient: a b x y", "wrong"),  # half inside, Jaccard 2/12
        ("ghost_inpatient: a b c d x y z", "hit"),  # 57 % inside, Jaccard 4/13
        ("induced_co_admission: a b c", "hit"),  # a compatible scheme
        ("overcharge: a b c", "wrong"),  # not a compatible one
        ("ghost_inpatient:", "wrong"),  # names nothing
    ],
)
def test_a_clue_finds_an_instance_by_scheme_and_settlements(clue: str, status: str) -> None:
    assert statuses(clues(clue), truth(GHOST)) == [status]


def test_a_second_clue_on_a_claimed_case_is_a_repeat() -> None:
    both = clues("ghost_inpatient: a b c", "ghost_inpatient: d e f")
    assert statuses(both, truth(GHOST)) == ["hit", "repeat"]


def test_a_clue_that_finds_two_takes_the_one_nobody_claimed() -> None:
    two = truth("p scheme overcharge: a b", "q scheme overcharge: a b c")
    both = clues("overcharge: a b c", "overcharge: a b c")
    assert statuses(both, two) == ["hit", "hit"]


def test_accusing_an_innocent_twin_is_told_whatever_the_scheme() -> None:
    twin = truth("t twin ghost_inpatient: a b c")
    assert statuses(clues("overcharge: a b c"), twin) == ["twin"]


def test_a_clue_on_an_instance_and_a_twin_is_a_hit() -> None:
    both = truth("o scheme overcharge: a b", "t twin overcharge: a b")
    assert statuses(clues("overcharge: a b"), both) == ["hit"]
    assert statuses(clues("post_death: a b"), both) == ["twin"]


def test_compatible_schemes_hold_either_way_round_and_not_by_a_third() -> None:
    ring = truth("r scheme drug_resale_ring: a b", "c scheme collusion: c d")
    assert statuses(clues("collusion: a b", "drug_resale_ring: c d"), ring) == ["hit", "hit"]
    assert statuses(clues("trace_code_repeat: c d"), ring) == ["wrong"]


def test_the_best_agreement_is_hit_first_and_then_the_smaller_id() -> None:
    three = truth(
        "z scheme overcharge: a b", "y scheme overcharge: a b c", "x scheme overcharge: a b c"
    )
    found = candidates(["overcharge"] * 3, [["a", "b"]] * 3, three)
    assert [verdict.instance_id for verdict in verdicts(found)] == ["z", "x", "y"]


def test_a_settlement_named_twice_counts_once() -> None:
    assert statuses(clues("ghost_inpatient: a a x"), truth(GHOST)) == ["wrong"]


def test_clues_are_judged_in_the_order_of_their_rank() -> None:
    told = clues("overcharge: x y", "overcharge: k l")
    told["rank"] = [2, 1]
    found = evaluate(told, truth("o scheme overcharge: k l")).figures
    assert (found["precision"]["20"]["k"], found["precision"]["20"]["hits"]) == (1, 1)


def test_only_twins_among_the_first_two_hundred_are_counted() -> None:
    twins = truth("t twin overcharge: y z", "u twin overcharge: v w")
    told = ["overcharge: y z", *(f"overcharge: n{n}" for n in range(199)), "overcharge: v w"]
    assert evaluate(clues(*told), twins).figures["twins_in_first_200"] == 1


def test_beside_a_scheme_stand_the_clues_that_name_it() -> None:
    two = truth(GHOST, "o scheme overcharge: k l")
    told = clues("overcharge: k l", "overcharge: x y", "phantom_charge: a b")
    found = evaluate(told, two).figures["by_scheme"]
    assert (found["overcharge"]["clues"], found["overcharge"]["right"]) == (2, 1)
    assert (found["ghost_inpatient"]["hit"], found["ghost_inpatient"]["clues"]) == (1, 0)


def test_data_errors_are_found_by_their_own_scheme_alone() -> None:
    error = truth("e data_error data_error: a b", "g scheme phantom_charge: c d")
    assert statuses(clues("overcharge: a b"), error) == ["wrong"]
    report = evaluate(clues("phantom_charge: c d", "data_error: a b"), error).figures
    assert report["by_scheme"]["data_error"]["hit"] == 1
    assert report["precision"]["20"]["value"] == 1.0


def test_precision_never_asks_for_more_than_was_planted_and_repeats_are_wrong() -> None:
    two = truth(GHOST, "o scheme overcharge: k l")
    found = evaluate(clues("ghost_inpatient: a b", "ghost_inpatient: c d", "overcharge: k l"), two)
    assert found.figures["precision"]["20"]["k"] == 2
    assert found.figures["precision"]["20"]["value"] == 0.5
    assert found.figures["repeats"] == 1


def test_a_missing_clue_counts_as_wrong() -> None:
    two = truth(GHOST, "o scheme overcharge: k l")
    assert evaluate(clues("overcharge: k l"), two).figures["precision"]["20"]["value"] == 0.5


def test_recall_counts_instances_and_the_money_that_was_named() -> None:
    two = truth(GHOST, "o scheme overcharge: k l")
    found = evaluate(clues("ghost_inpatient: a b c", "ghost_inpatient: d e f"), two).figures
    assert (found["recall"]["hit"], found["recall"]["value"]) == (1, 0.5)
    assert found["recall"]["money"] == 0.5  # six of twelve settlements
    assert found["by_scheme"]["overcharge"]["value"] == 0.0


def test_the_amount_ratio_is_claimed_over_planted_of_the_hits() -> None:
    one = truth("o scheme overcharge: k l", money=400)
    found = evaluate(clues("overcharge: k l", yuan="4.00"), one).figures["amount"]
    assert (found["hits"], found["ratio"], found["median_ratio"]) == (1, 0.5, 0.5)
    assert found["interval_coverage"] == 0.0


def test_an_interval_covers_if_the_planted_amount_lies_in_it_ends_included() -> None:
    two = truth("o scheme overcharge: k l", "p scheme overcharge: m n", money=400)
    told = clues("overcharge: k l", "overcharge: m n", yuan="4.00")
    told["amount_high"] = ["8.00", "7.99"]  # planted are 8 yuan each
    assert evaluate(told, two).figures["amount"]["interval_coverage"] == 0.5


def test_the_amount_ratio_of_like_hits_is_certain_and_of_unlike_ones_not() -> None:
    many = truth(*(f"i{n} scheme overcharge: a{n} b{n}" for n in range(20)), money=200)
    told = clues(*(f"overcharge: a{n} b{n}" for n in range(20)))
    like = evaluate(told, many).figures["amount"]
    assert (like["ratio_low"], like["ratio_high"]) == (1.0, 1.0)
    told["amount"] = ["2.00", "6.00"] * 10
    unlike = evaluate(told, many).figures["amount"]
    assert unlike["ratio"] == 1.0
    assert 0.7 < unlike["ratio_low"] < 0.95 < 1.05 < unlike["ratio_high"] < 1.3


def test_ndcg_by_money_is_one_in_order_of_money_and_less_otherwise() -> None:
    money = pd.Series({"big": 300, "small": 100})
    big, small = Verdict("hit", "big"), Verdict("hit", "small")
    assert ndcg([big, small], money) == 1.0
    # (100 + 300/log2 3) / (300 + 100/log2 3)
    assert ndcg([small, big], money) == pytest.approx(0.7967, abs=1e-4)


def test_calibration_compares_what_was_said_with_what_was_confirmed() -> None:
    told = [Verdict("hit"), Verdict("wrong"), Verdict("wrong"), Verdict("wrong")]
    once = np.ones((10, 4))
    sharp = calibration(told, np.array([0.9, 0.1, 0.1, 0.1]), once)
    assert sharp["ece"] == pytest.approx(0.1)
    assert [(row["clues"], row["said"], row["confirmed"]) for row in sharp["table"]] == [
        (3, 0.1, 0.0),
        (1, 0.9, 1.0),
    ]
    blunt = calibration(told, np.array([0.5, 0.5, 0.5, 0.5]), once)
    assert (blunt["ece"], blunt["low"], blunt["high"]) == (0.25, 0.25, 0.25)


def test_a_repeat_is_right_in_what_it_says_of_its_chance() -> None:
    both = clues("ghost_inpatient: a b c", "ghost_inpatient: d e f", probability=1.0)
    assert evaluate(both, truth(GHOST)).figures["calibration"]["ece"] == 0.0


def test_the_interval_of_a_perfect_list_is_one_and_of_half_is_wide() -> None:
    many = truth(*(f"i{n} scheme overcharge: a{n} b{n}" for n in range(40)))
    right = [f"overcharge: a{n} b{n}" for n in range(20)]
    perfect = evaluate(clues(*right), many).figures
    assert (perfect["precision"]["20"]["low"], perfect["precision"]["20"]["high"]) == (1.0, 1.0)
    assert 0.3 < perfect["recall"]["low"] < 0.5 < perfect["recall"]["high"] < 0.7


def test_a_perfect_order_has_ndcg_and_jaccard_of_one_in_every_draw() -> None:
    many = truth(*(f"i{n:02} scheme overcharge: a{n} b{n}" for n in range(30)))
    found = evaluate(clues(*(f"overcharge: a{n} b{n}" for n in range(30))), many).figures
    for name in ("ndcg_by_money", "jaccard"):
        assert (found[name]["value"], found[name]["low"], found[name]["high"]) == (1.0, 1.0, 1.0)


def test_the_interval_of_ndcg_and_jaccard_holds_the_figure() -> None:
    many = truth(*(f"i{n:02} scheme overcharge: a{n} b{n} c{n}" for n in range(30)))
    told = [f"overcharge: a{n} b{n}" if n % 2 else f"overcharge: a{n} b{n} c{n}" for n in range(20)]
    found = evaluate(clues("overcharge: x", *told), many).figures
    assert found["jaccard"]["value"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    for name in ("ndcg_by_money", "jaccard"):
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]


def test_clues_that_claim_no_money_and_no_chance_have_no_figures_of_it() -> None:
    bare = clues("overcharge: k l")[["rank", "scheme", "setl_ids"]]
    report = evaluate(bare, truth("o scheme overcharge: k l"))
    assert report.figures["precision"]["20"]["value"] == 1.0
    assert not {"amount", "calibration"} & set(report.figures)
    assert "by claimed amount" not in report.to_text()


def test_random_and_size_rankings_stand_beside() -> None:
    one = truth("o scheme overcharge: k l")
    told = clues("overcharge: k l", *(f"overcharge: x{n}" for n in range(9)))
    told.loc[3, "amount"] = "900.00"
    precision = evaluate(told, one).figures["precision"]["20"]
    assert (precision["value"], precision["by_claimed_amount"]) == (1.0, 0.0)
    assert 0.0 < precision["random"] < 0.3


def test_a_report_says_planted_data_with_every_figure_and_is_repeatable() -> None:
    two = truth(GHOST, "o scheme overcharge: k l", "t twin overcharge: y z")
    told = clues("ghost_inpatient: a b", "overcharge: y z")
    report = evaluate(told, two)
    assert all("planted data" in line for line in report.to_text().splitlines())
    assert json.loads(report.to_json())["data"] == "planted data"
    assert evaluate(told, two).to_json() == report.to_json()
    assert report.figures["twins_in_first_200"] == 1


def test_nothing_planted_and_nothing_said_is_no_error() -> None:
    nothing = truth("t twin overcharge: y z")
    empty = clues("overcharge: a").head(0)
    assert isinstance(evaluate(empty, nothing), Report)
    assert evaluate(empty, nothing).to_text()


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"instance\.parquet is missing"):
        load_truth(tmp_path)


def test_clues_are_read_from_files_and_from_folders_of_parts(tmp_path: Path) -> None:
    told = clues("overcharge: k l", "overcharge: m n", "overcharge: o p")
    (tmp_path / "clues.jsonl").mkdir()
    for number, part in enumerate((told[:2], told[2:])):
        part.to_json(
            tmp_path / "clues.jsonl" / f"part-{number}.jsonl", orient="records", lines=True
        )
    (tmp_path / "clues.jsonl" / "part-2.jsonl").touch()
    told.to_parquet(tmp_path / "clues.parquet")
    for name in ("clues.jsonl", "clues.parquet"):
        read = load_clues(tmp_path / name)
        assert [list(ids) for ids in read["setl_ids"]] == [["k", "l"], ["m", "n"], ["o", "p"]]


def test_an_export_without_clues_is_judged_and_one_without_columns_refused(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    assert evaluate(load_clues(tmp_path / "none.jsonl"), truth(GHOST)).figures["recall"]["hit"] == 0
    pd.DataFrame({"rank": [1]}).to_parquet(tmp_path / "odd.parquet")
    with pytest.raises(UsageError, match="no scheme, setl_ids, amount"):
        load_clues(tmp_path / "odd.parquet")
    with pytest.raises(UsageError, match="is not there"):
        load_clues(tmp_path / "gone.parquet")


def ranked(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    size = rng.lognormal(0, 1, n)
    label = rng.random(n) < np.clip(0.08 * size, 0, 0.9)
    return pd.DataFrame(
        {
            "size": size,
            "label": label,
            "group": [f"g{i // 2}" for i in range(n)],
            "good": label + rng.normal(0, 0.5, n),
        }
    )


def test_a_pure_size_score_is_no_gain_over_size() -> None:
    t = ranked()
    quality = ranking_quality(t["size"], t["label"], t["group"], t["size"], repeats=3)
    assert quality.ap_gain == 0.0
    assert quality.verdict == "no gain over size"


def test_a_good_score_gains_over_size_and_perfection_is_one() -> None:
    t = ranked()
    good = ranking_quality(t["good"], t["label"], t["group"], t["size"], repeats=3)
    assert good.auc > good.size_auc
    assert good.verdict.startswith("better than size alone")
    perfect = t["label"].astype(float)
    assert ranking_quality(perfect, t["label"], t["group"], t["size"], repeats=2).ap == 1.0


def test_a_model_is_fitted_on_other_groups_only() -> None:
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(size=(400, 3)))
    t = ranked()
    quality = ranking_quality(
        noise, t["label"], t["group"], t["size"], model=LogisticRegression(), repeats=3
    )
    assert 0.35 < quality.auc < 0.65


def test_labels_in_too_few_groups_are_refused() -> None:
    t = ranked()
    with pytest.raises(UsageError, match="too few"):
        ranking_quality(t["good"], t["label"], pd.Series(["g"] * len(t)), t["size"])
