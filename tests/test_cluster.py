"""The flow on a Spark standalone cluster of this machine gives the clues of the local run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pyspark
import pytest

from fundwatch.flow import FLOW
from fundwatch.jars import delta_jars
from fundwatch.java import java_home
from province import World, simulate
from scripts.code_zip import write_code_zip

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(3600)]
ROOT = Path(__file__).parents[1]
SPARK = Path(pyspark.__file__).parent
PORT, PAGE = 17077, 18080  # loopback only
SMALL = {  # two workers on one machine: the settings a local lake gets by itself
    "spark.sql.shuffle.partitions": "4",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "4",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
}
KEY = {"FUNDWATCH_KEY": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}


def test_clues_are_the_same_on_a_cluster(tmp_path: Path) -> None:
    simulate(World(persons=1500, institutions=30, months=3, seed=12), tmp_path)
    work = ["ingest", *(step.name for step in FLOW), "export"]
    here, there = tmp_path / "here", tmp_path / "there"
    _run([sys.executable, "-m", "jobs", *work, *_folders(tmp_path, here)])
    with cluster(tmp_path):
        _run([*_submit(tmp_path), *work, *_folders(tmp_path, there)])
    assert _clues(here / "out") == _clues(there / "out")


@contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """A master and two workers of one core each."""
    spark_class = str(SPARK / "bin" / "spark-class")
    master = "org.apache.spark.deploy.master.Master"
    worker = "org.apache.spark.deploy.worker.Worker"
    commands = [
        [spark_class, master, "--host", "127.0.0.1", "--port", str(PORT), "--webui-port", str(PAGE)]
    ]
    commands += [
        [
            spark_class,
            worker,
            "--host",
            "127.0.0.1",
            "--cores",
            "1",
            "--memory",
            "2g",
            "--work-dir",
            str(folder / f"worker-{n}"),
            f"spark://127.0.0.1:{PORT}",
        ]
        for n in (1, 2)
    ]
    started = []
    try:
        for command in commands:
            with (folder / "cluster.log").open("ab") as log:
                started.append(
                    subprocess.Popen(command, env=_environment(), stdout=log, stderr=log)
                )
            if len(started) == 1:
                _await(1)
        _await(2)
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _await(what: int) -> None:
    """Until the master answers (1) and both workers are in its list (2)."""
    for _ in range(120):
        try:
            with urlopen(f"http://127.0.0.1:{PAGE}/json/") as page:
                alive = json.load(page)["aliveworkers"]
            if what == 1 or alive == 2:
                return
        except OSError:
            pass
        time.sleep(1)
    raise AssertionError("the cluster did not come up in two minutes")


def _submit(folder: Path) -> list[str]:
    shipped = write_code_zip(folder / "code.zip")
    settings = [word for name, value in SMALL.items() for word in ("--conf", f"{name}={value}")]
    return [
        str(SPARK / "bin" / "spark-submit"),
        *("--master", f"spark://127.0.0.1:{PORT}"),
        *("--driver-memory", "3g", "--executor-memory", "2g"),
        *("--jars", ",".join(map(str, delta_jars()))),
        *("--py-files", str(shipped)),
        *settings,
        str(ROOT / "scripts" / "submit.py"),
    ]


def _folders(given: Path, to: Path) -> list[str]:
    return [
        *("--landing", str(given / "landing"), "--lake", str(to / "lake")),
        *("--out", str(to / "out"), "--conf-dir", str(ROOT / "conf")),
    ]


def _environment() -> dict[str, str]:
    python = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    home = {"JAVA_HOME": str(java_home()), "SPARK_HOME": str(SPARK), "SPARK_LOCAL_IP": "127.0.0.1"}
    return os.environ | KEY | home | python


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]


def _clues(out: Path) -> list[dict[str, object]]:
    """Exported clues in rank order, without evidence.version."""
    lines = (out / "clues.jsonl").read_text(encoding="utf-8").splitlines()
    clues = [json.loads(line) for line in lines]
    for clue in clues:
        for row in clue["evidence"]:
            row.pop("version")
    assert clues
    return clues
