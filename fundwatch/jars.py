"""The seven Delta jars: fetched once, held to their SHA-256 sums, then used without network."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fundwatch.cache import cache_dir
from fundwatch.errors import SetupError
from fundwatch.java import java_home
from fundwatch.network import java_options

DELTA = "4.4.0"
COORDINATE = f"io.delta:delta-spark_4.2_2.13:{DELTA}"

SHA256 = {
    "io.delta_delta-kernel-api-4.4.0.jar": (
        "ee9b5a14ac3b7efdff4d61a58478fe8eb0e5a3fbca43889dca7290795fe79a11"
    ),
    "io.delta_delta-kernel-defaults-4.4.0.jar": (
        "225c975199e4718b38ee5b7e6da7f19e9585024262b2cec2656b32151a856b0b"
    ),
    "io.delta_delta-kernel-unitycatalog-4.4.0.jar": (
        "cea22dfb4ac562b3cd27bf652697750e8336009d73fb06631363aaaad5345ffa"
    ),
    "io.delta_delta-spark_4.2_2.13-4.4.0.jar": (
        "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead"
    ),
    "io.delta_delta-storage-4.4.0.jar": (
        "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc"
    ),
    "io.unitycatalog_unitycatalog-client-0.6.0.jar": (
        "48257499a86b801a3e2372cec55ac226ca1c1c7eabe5c118e7302f29a1fdbc19"
    ),
    "io.unitycatalog_unitycatalog-hadoop-0.6.0.jar": (
        "c47b63c961c87102b9e1d63809a0915ba4c86b7652f57c8d39ca3a05b441a150"
    ),
}
"""What Delta needs beside Spark's own jars: file name → sum, as fetched on 2026-11-24."""

SPARK_HAS = "org.apache.hadoop:*,org.apache.parquet:*,com.fasterxml.jackson.*:*,org.slf4j:*"
"""Left out of the fetch: Spark carries them itself (74 of 87 MB)."""

RESOLVE = """
import sys
from pyspark.sql import SparkSession
settings = dict(pair.split("=", 1) for pair in sys.argv[1:])
SparkSession.builder.master("local[1]").config(map=settings).getOrCreate().stop()
"""


def jars_dir() -> Path:
    """Where the jars are looked for: `$FUNDWATCH_JARS_DIR`, else the cache."""
    given = os.environ.get("FUNDWATCH_JARS_DIR")
    return Path(given) if given else cache_dir() / f"delta-{DELTA}"


def delta_jars() -> tuple[Path, ...]:
    """Paths of the seven jars, sums checked (10 ms); fetched first where the cache lacks them.

    Raises SetupError for a jar whose sum is wrong, for a missing one in `$FUNDWATCH_JARS_DIR`,
    and when the fetch fails.
    """
    folder = jars_dir()
    if not folder.is_dir() and folder.is_relative_to(cache_dir()):
        fetch(folder)
    verify(folder)
    return tuple(folder / name for name in SHA256)


def verify(folder: Path, remedy: str = "delete that folder and run `make setup`") -> None:
    """Says nothing when `folder` holds the seven jars unaltered; else SetupError names them all."""
    faults = [fault for name in SHA256 if (fault := _fault(folder / name))]
    if faults:
        raise SetupError(
            f"the Delta jars in {folder} cannot be used ({'; '.join(faults)}): {remedy}"
        )


def fetch(folder: Path) -> None:
    """Brings the seven jars into `folder` through Spark's own resolver (about 10 s, 13 MB).

    The machine's proxy and certificates count (fundwatch.network), and so does a mirror of Maven
    Central in DEFAULT_ARTIFACT_REPOSITORY. Raises SetupError when they do not arrive whole;
    `folder` is then not made.
    """
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="ivy-") as scratch:
        _resolve(Path(scratch))
        adopt(Path(scratch) / "jars", folder)


def adopt(source: Path, folder: Path) -> None:
    """Copies the seven jars from `source` to `folder` in one move, after checking their sums."""
    verify(source, "try again, or bring them from a machine that has sound ones")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".delta-") as scratch:
        whole = Path(scratch) / "jars"
        whole.mkdir()
        for name in SHA256:
            shutil.copyfile(source / name, whole / name)
        try:
            whole.rename(folder)
        except OSError:
            verify(folder)  # another process was quicker: its folder will do if it is sound


def _fault(jar: Path) -> str | None:
    if not jar.is_file():
        return f"{jar.name} is missing"
    with jar.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return None if found == SHA256[jar.name] else f"{jar.name} is not what was released"


def _resolve(ivy: Path) -> None:
    log = cache_dir() / "fetch-jars.log"
    settings = {
        "spark.jars.ivy": str(ivy),
        "spark.jars.packages": COORDINATE,
        "spark.jars.excludes": SPARK_HAS,
        "spark.driver.extraJavaOptions": " ".join(java_options(ivy)),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(ivy),
        "spark.ui.enabled": "false",
    }
    command = [
        sys.executable,
        "-c",
        RESOLVE,
        *(f"{key}={value}" for key, value in settings.items()),
    ]
    with log.open("wb") as file:
        ended = subprocess.run(command, env=_environment(), stdout=file, stderr=file, check=False)
    if ended.returncode:
        raise SetupError(
            f"the seven Delta jars could not be fetched (details in {log}): check the network, or "
            "name a mirror of Maven Central in DEFAULT_ARTIFACT_REPOSITORY, or set up from a BUNDLE"
        )


def _environment() -> dict[str, str]:
    import pyspark  # here: the sums above must be readable without Spark

    home = str(Path(pyspark.__file__).parent)
    mine = {
        "JAVA_HOME": str(java_home()),
        "SPARK_HOME": home,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    return {**os.environ, **mine, "PYSPARK_PYTHON": sys.executable}


def main(arguments: list[str]) -> int:
    """`python -m fundwatch.jars [--check | FOLDER]`: the exit code, 0 when the jars are sound.

    Missing ones are fetched, or taken from FOLDER; `--check` only looks.
    """
    try:
        if "--check" in arguments:
            verify(jars_dir())
        elif arguments and not jars_dir().is_dir():
            adopt(Path(arguments[0]), jars_dir())
        delta_jars()
    except SetupError as fault:
        print(f"fundwatch: {fault}", file=sys.stderr)
        return fault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
