"""Models in MLflow on SQLite: logged with their card, registered, loaded by the alias champion."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from fundwatch.errors import SetupError, UsageError
from models.base import Scored, Scorer

CHAMPION: Final = "champion"
SQLITE: Final = "sqlite:///"
# What it takes to score; asking MLflow to find out takes 6 s and records the test runner.
REQUIREMENTS: Final = ("scikit-learn", "skops", "numpy", "pandas")
PROBES: Final = 256


@dataclass(frozen=True)
class Trained:
    """A model that can be registered, with everything that is to be known of it."""

    name: str
    pipeline: Scorer
    features: tuple[str, ...]
    quantiles: tuple[float, ...]
    parameters: Mapping[str, float | int | str]
    metrics: Mapping[str, float]
    data_versions: Mapping[str, int]  # table → Delta version of the training data
    example: pd.DataFrame  # rows of the features; no code and no person
    card: str  # markdown


@dataclass(frozen=True)
class Version:
    """One registered version, as `fundwatch models list` tells it."""

    name: str
    version: str
    is_champion: bool
    digest: str
    trained_on: str  # table@version of the training data

    def __str__(self) -> str:
        mark = " champion" if self.is_champion else ""
        return f"{self.name} {self.version} {self.digest} {self.trained_on}{mark}"


@dataclass(frozen=True)
class Registry:
    """The model registry of a lake. Importing MLflow takes 5 s: it waits until there is need."""

    uri: str  # sqlite:///…; a file store is refused
    artifacts: Path

    def __post_init__(self) -> None:
        if self.uri.startswith("file:") or "://" not in self.uri:
            raise SetupError(
                f"{self.uri}: models are kept in a database, e.g. {SQLITE}ops/mlflow.db"
            )

    def log(self, trained: Trained) -> Version:
        """Log and register a model. The first version of a name becomes champion."""
        with self._mlflow() as mlflow:
            self._experiment(mlflow, trained.name)
            digest = fingerprint(trained.pipeline, trained.features, trained.quantiles)
            with mlflow.start_run(run_name=trained.name):
                mlflow.log_params(dict(trained.parameters))
                mlflow.log_metrics(dict(trained.metrics))
                mlflow.log_text(trained.card, "model_card.md")
                number = str(_logged(mlflow, trained, digest).registered_model_version)
            client = mlflow.MlflowClient()
            tags = {f"data.{table}": str(at) for table, at in trained.data_versions.items()}
            for key, value in ({"digest": digest} | tags).items():
                client.set_model_version_tag(trained.name, number, key, value)
            if _champion(client, trained.name) is None:
                client.set_registered_model_alias(trained.name, CHAMPION, number)
            return next(v for v in _versions(client, trained.name) if v.version == number)

    def promote(self, name: str, version: str) -> None:
        """Make a version champion. Raises UsageError if there is none such."""
        known = [one.version for one in self.versions() if one.name == name]
        if version not in known:
            told = f"it has {', '.join(known)}" if known else "no model of that name"
            raise UsageError(f"no version {version} of {name}: {told}")
        with self._mlflow() as mlflow:
            mlflow.MlflowClient().set_registered_model_alias(name, CHAMPION, version)

    def champion(self, name: str) -> Scored | None:
        """The champion, ready to score; None if none was ever registered.

        Raises SetupError if the stored model does not answer as it did when it was registered, or
        takes other features than were registered with it.
        """
        if not self._exists():
            return None
        with self._mlflow() as mlflow:
            client = mlflow.MlflowClient()
            found = _champion(client, name)
            if found is None:
                return None
            stored = self._stored(client, found)
            model = mlflow.models.get_model_info(stored)
            pipeline = mlflow.sklearn.load_model(stored)
        return _checked(name, str(found.version), pipeline, model)

    def versions(self) -> tuple[Version, ...]:
        """Every registered version, by name and number; none where nothing was trained."""
        if not self._exists():
            return ()
        with self._mlflow() as mlflow:
            client = mlflow.MlflowClient()
            names = sorted(model.name for model in client.search_registered_models())
            return tuple(version for name in names for version in _versions(client, name))

    def _stored(self, client: Any, version: Any) -> str:
        """Where a version lies: MLflow's address is absolute, and a lake may have been moved."""
        model_id = str(version.source).removeprefix("models:/")
        here = self.artifacts / "models" / model_id / "artifacts"
        if here.is_dir():
            return str(here)
        address = str(client.get_logged_model(model_id).artifact_location)
        if address.startswith("file:") and not Path(address.removeprefix("file://")).is_dir():
            raise SetupError(
                f"{version.name} version {version.version} is not in {here}: train again"
            )
        return address

    def _exists(self) -> bool:
        return not self.uri.startswith(SQLITE) or Path(self.uri.removeprefix(SQLITE)).is_file()

    @contextmanager
    def _mlflow(self) -> Iterator[Any]:
        """MLflow pointed at this registry, and back where it was afterwards."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("DO_NOT_TRACK", "true")
        import mlflow
        import mlflow.sklearn

        for noisy in ("alembic", "mlflow", "mlflow.store.db.utils", "mlflow.tracking"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        if self.uri.startswith(SQLITE):
            Path(self.uri.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
        before = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(self.uri)  # the registry follows it
        try:
            yield mlflow
        finally:
            mlflow.set_tracking_uri(before)

    def _experiment(self, mlflow: Any, name: str) -> None:
        if mlflow.get_experiment_by_name(name) is None:
            self.artifacts.mkdir(parents=True, exist_ok=True)
            mlflow.create_experiment(name, artifact_location=self.artifacts.resolve().as_uri())
        mlflow.set_experiment(name)


def registry_at(place: str) -> Registry:
    """The registry in a SQLite file, or at any database URI; artifacts lie beside the file."""
    if "://" in place and not place.startswith(SQLITE):
        return Registry(place, Path("mlflow-artifacts"))
    file = Path(place.removeprefix(SQLITE)).absolute()
    return Registry(f"{SQLITE}{file}", file.parent / "mlflow-artifacts")


def fingerprint(scorer: Scorer, features: tuple[str, ...], quantiles: tuple[float, ...]) -> str:
    """Sixteen hex digits of what the model answers to fixed questions, to ten digits.

    Two trainings on the same data agree, on any machine and at any time; file bytes would not.
    """
    asked = np.random.default_rng(0).uniform(0.0, 10.0, (PROBES, len(features)))
    answers = scorer.score_samples(pd.DataFrame(asked, columns=list(features)))
    text = [*features, *(f"{value:.9e}" for value in (*quantiles, *answers))]
    return hashlib.sha256("\x1f".join(text).encode()).hexdigest()[:16]


def _logged(mlflow: Any, trained: Trained, digest: str) -> Any:
    import skops.io

    return mlflow.sklearn.log_model(
        trained.pipeline,
        name=trained.name,
        registered_model_name=trained.name,
        signature=mlflow.models.infer_signature(
            trained.example, trained.pipeline.score_samples(trained.example)
        ),
        input_example=trained.example,
        # Ours, trained a moment ago: what skops does not know by name is scikit-learn's own.
        skops_trusted_types=skops.io.get_untrusted_types(data=skops.io.dumps(trained.pipeline)),
        pip_requirements=[f"{name}=={installed(name)}" for name in REQUIREMENTS],
        metadata={
            "features": list(trained.features),
            "quantiles": list(trained.quantiles),
            "digest": digest,
        },
    )


def _checked(name: str, version: str, pipeline: Scorer, model: Any) -> Scored:
    known = model.metadata or {}
    features, quantiles = tuple(known.get("features", ())), tuple(known.get("quantiles", ()))
    signed = tuple(model.signature.inputs.input_names()) if model.signature else ()
    fitted = tuple(getattr(pipeline, "feature_names_in_", features))
    if not features or not features == signed == fitted:
        raise SetupError(f"{name} version {version}: its features are not those it was signed with")
    digest = fingerprint(pipeline, features, quantiles)
    if digest != known.get("digest"):
        raise SetupError(f"{name} version {version} does not answer as it did when registered")
    return Scored(name, version, digest, pipeline, features, quantiles)


def _champion(client: Any, name: str) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version_by_alias(name, CHAMPION)
    except MlflowException:  # neither the model nor the alias need exist
        return None


def _versions(client: Any, name: str) -> Iterator[Version]:
    champion = _champion(client, name)
    found = client.search_model_versions(f"name = '{name}'")
    for one in sorted(found, key=lambda version: int(version.version)):
        data = sorted(key for key in one.tags if key.startswith("data."))
        yield Version(
            name=name,
            version=str(one.version),
            is_champion=champion is not None and champion.version == one.version,
            digest=one.tags.get("digest", ""),
            trained_on=" ".join(f"{key.removeprefix('data.')}@{one.tags[key]}" for key in data),
        )
