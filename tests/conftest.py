"""One small Spark for each process of a run; the only session tests ever see."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fundwatch.session import QUICK, SMALL, SparkSettings, spark_session


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests may take their time start first, or one process ends long after the other.

    Such tests carry a `timeout` of their own.
    """
    slow = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Two threads and few partitions: fast on literals, and still more than one partition."""
    session = spark_session(
        SparkSettings(
            master="local[2]",
            driver_memory="2g",
            # The cluster test and the proofs run the compiled form.
            extra=SMALL,
            java_options=QUICK,
        ),
        app="fundwatch-tests",
    )
    yield session
    session.stop()


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Delta keeps every log it ever saw for an hour; hundreds of lakes would fill the heap."""
    yield
    session = SparkSession.getActiveSession()
    if session is not None and session.sparkContext._jvm is not None:
        session.catalog.clearCache()
        session.sparkContext._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the handbook's data, from FUNDWATCH_SHARED; skips, saying so, without it."""
    folder = os.environ.get("FUNDWATCH_SHARED", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FUNDWATCH_SHARED names no folder: the shared data is not here")
    return Path(folder)
