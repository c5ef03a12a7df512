"""What is learned, how it is kept, and how it is refused."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundwatch.errors import SetupError, UsageError
from models.base import Scored
from models.odd_institutions import MISSING, OddInstitutions, contributions, peer_matrix
from models.tracking import Registry, fingerprint, registry_at
from models.training import TrainingSettings, train, train_odd_institutions

SMALL = TrainingSettings(trees=50, seeds=2, resamples=2, top=5)
VERSIONS = {"gold.peer_score": 3}


def peer_scores(institutions: int = 40, *, seed: int = 1) -> pd.DataFrame:
    """Four indicators of honest institutions, and h-odd far off on three of them."""
    rng = np.random.default_rng(seed)
    rows = [
        ("institution", name, f"H{number:012d}", "2024-01", 30, 1.0, 0.5, rng.normal())
        for number in range(institutions)
        for name in ("bed_share", "drug_share", "exam_share", "stay_days")
    ]
    rows += [
        ("institution", name, "h-odd", "2024-01", 30, 9.0, 0.5, far)
        for name, far in (
            ("bed_share", 8.0),
            ("drug_share", 7.0),
            ("exam_share", 6.0),
            ("stay_days", 0.0),
        )
    ]
    names = "entity_type indicator_id entity month peers value median distance".split()
    return pd.DataFrame(rows, columns=names)


def scored(peer_score: pd.DataFrame) -> Scored:
    trained = train_odd_institutions(peer_score, VERSIONS, SMALL)
    return Scored(
        trained.name, "1", "digest", trained.pipeline, trained.features, trained.quantiles
    )


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        yield registry_at(str(tmp_path_factory.mktemp("lake") / "ops" / "mlflow.db"))


@pytest.mark.filterwarnings("ignore")
def test_the_first_training_is_champion_and_a_later_one_waits_to_be_promoted(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert registry.champion("odd_institutions") is None
    assert registry.versions() == ()
    first = train(peer_scores(), registry=registry, versions=VERSIONS, settings=SMALL)
    second = train(peer_scores(seed=2), registry=registry, versions=VERSIONS, settings=SMALL)
    assert (first.is_champion, second.is_champion) == (True, False)
    assert first.trained_on == "gold.peer_score@3"
    loaded = registry.champion("odd_institutions")
    assert loaded is not None
    assert (loaded.version, loaded.digest) == (first.version, first.digest)
    registry.promote("odd_institutions", second.version)
    promoted = registry.champion("odd_institutions")
    assert promoted is not None
    assert promoted.version == second.version
    with pytest.raises(UsageError, match="no version 9"):
        registry.promote("odd_institutions", "9")
    assert list(tmp_path.iterdir()) == []  # MLflow's default database is never made


@pytest.mark.filterwarnings("ignore")
def test_a_lake_that_was_moved_still_finds_its_model_and_an_altered_one_is_refused(
    registry: Registry, tmp_path: Path
) -> None:
    usual = registry.champion("odd_institutions")
    moved = tmp_path / "elsewhere"
    shutil.copytree(registry.artifacts.parent, moved)
    elsewhere = registry_at(str(moved / "mlflow.db"))
    found = elsewhere.champion("odd_institutions")
    assert usual is not None
    assert found is not None
    assert found.digest == usual.digest
    for card in elsewhere.artifacts.rglob("MLmodel"):
        card.write_text(card.read_text("utf-8").replace("stay_days", "stay_years"), "utf-8")
    with pytest.raises(SetupError):
        elsewhere.champion("odd_institutions")


def test_equal_trainings_answer_alike_whatever_the_row_order() -> None:
    one = train_odd_institutions(peer_scores(), VERSIONS, SMALL)
    shuffled = peer_scores().sample(frac=1, random_state=3)
    other = train_odd_institutions(shuffled, VERSIONS, SMALL)
    assert one.metrics == other.metrics
    prints = {fingerprint(t.pipeline, t.features, t.quantiles) for t in (one, other)}
    assert len(prints) == 1


def test_no_code_of_an_institution_reaches_the_registry() -> None:
    trained = train_odd_institutions(peer_scores(), VERSIONS, SMALL)
    told = trained.card + trained.example.to_csv() + str(trained.parameters)
    assert "h-odd" not in told
    assert "H0000" not in told


def test_too_few_institutions_are_refused() -> None:
    with pytest.raises(UsageError, match="5 institutions"):
        train_odd_institutions(peer_scores(4), VERSIONS, SMALL)


def test_size_is_measured_where_it_is_given_and_its_absence_is_said() -> None:
    peer_score = peer_scores()
    sizes = peer_score[["entity", "month"]].drop_duplicates().assign(fund_fen=range(41))
    with_size = train_odd_institutions(peer_score, VERSIONS, SMALL, size=sizes)
    assert -1 <= with_size.metrics["size_rank_correlation"] <= 1
    without = train_odd_institutions(peer_score, VERSIONS, SMALL)
    assert "size_rank_correlation" not in without.metrics
    assert "Not compared with a size-only baseline" in without.card


def test_the_matrix_counts_what_is_missing_and_sees_the_worse_side_only() -> None:
    peer_score = pd.DataFrame(
        [("a", "2024-01", "x", 50.0), ("a", "2024-01", "y", -3.0), ("b", "2024-01", "x", 1.0)],
        columns=["entity", "month", "indicator_id", "distance"],
    )
    matrix = peer_matrix(peer_score, ("x", "y", MISSING))
    assert matrix.to_numpy().tolist() == [[10.0, 0.0, 0.0], [1.0, 0.0, 0.5]]


def test_the_three_strongest_contributions_are_those_that_were_far() -> None:
    model = scored(peer_scores())
    matrix = peer_matrix(peer_scores(), model.features)
    row = matrix.iloc[list(matrix.index).index(("2024-01", "h-odd"))]
    assert set(contributions(model, row).head(3).index) == {"bed_share", "drug_share", "exam_share"}


def test_an_indicator_the_model_does_not_know_is_refused_and_never_clean() -> None:
    detector = replace(OddInstitutions(), scored=scored(peer_scores()))
    renamed = peer_scores().replace({"indicator_id": {"bed_share": "ward_share"}})
    assert "ward_share" in detector.refuses(renamed)
    assert list(detector.find(renamed)) == []
    assert "尚无模型" in OddInstitutions().refuses()


def test_models_are_kept_in_a_database_only() -> None:
    with pytest.raises(SetupError, match="database"):
        Registry("file:///tmp/mlruns", Path("x"))
