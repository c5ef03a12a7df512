"""The only builder of a SparkSession: the same Spark for tests, demo, tasks and cluster."""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyspark
from pyspark import SparkContext
from pyspark.sql import SparkSession

from fundwatch.cache import cache_dir, write_whole
from fundwatch.jars import delta_jars
from fundwatch.java import java_home

ZONE = "Asia/Shanghai"
"""China has one time zone; settlement days and months are days and months there."""

EVERYWHERE: Mapping[str, str] = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": ZONE,
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Noting the line of Python behind every expression asks the JVM five times each: half of the
    # time in which a step of many rules or indicators is put together.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    # Keeps wide aggregates compiled: 60 sums over 8 M lines take 5.5 s instead of 16 s.
    "spark.sql.codegen.hugeMethodLimit": "65535",
    # Delta asks the same questions of its logs thousands of times; the default of 100 compiled
    # classes forgets the answers' code before it is asked again.
    "spark.sql.codegen.cache.maxEntries": "5000",
    # Outside UTC Delta rebuilds its whole state after each commit, to compare it with the one it
    # carried forward: made to hunt a fault in partitions by timestamp, of which we have none.
    "spark.databricks.delta.allFilesInCrc.verificationMode.forceOnNonUTC.enabled": "false",
    # Without it Spark refuses to read CSV in GBK or GB18030.
    "spark.sql.legacy.javaCharsets": "true",
}

LOCAL: Mapping[str, str] = {
    # Both: with the bind address alone, executors fetch the jars from the outer address and fail.
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Spark's and Delta's defaults are for a cluster; on a small lake they cost a factor of 3 to 10.
    # Small shuffles come together again; a city's, in fewer parts, would be sorted on disk.
    "spark.sql.shuffle.partitions": "16",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "4",
}

SMALL: Mapping[str, str] = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # Nothing puts small shuffles together again without adaptive plans.
    "spark.sql.shuffle.partitions": "2",
}
"""For small work: plans are interpreted. On few rows, compiling them is nearly half of all the
processor's time; on a city it is what makes steps fast."""
QUICK = "-XX:TieredStopAtLevel=1"
"""Java option for small work: code runs but a few times, and is compiled fast."""

LOGGING = """\
# Faults only: what a person should read comes from fundwatch itself.
rootLogger.level = error
# At the root's level, or Spark announces that it sets it.
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %p %c{1}: %m%n
"""


@dataclass(frozen=True)
class SparkSettings:
    """Where Spark runs and with how much; what is not said here is Spark's own default.

    On a local master the small-lake settings of LOCAL apply; a cluster gets its own in `extra`,
    which wins over everything else. `shuffle_partitions` None is 16 locally, and Spark's default
    on a cluster.
    """

    master: str = "local[*]"
    driver_memory: str = "4g"
    shuffle_partitions: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    java_options: str = ""
    """More for the driver's JVM, e.g. -XX:TieredStopAtLevel=1: on small data, where code is
    compiled more often than it runs, that saves a third of the time; on a city it costs a half."""
    local_dir: str | None = None
    """Room for shuffles and spills, best on a fast disk; None is the user's cache folder."""
    py_files: tuple[str, ...] = ()
    """Archives of our code that executors import, as for `spark-submit --py-files`."""

    @property
    def is_local(self) -> bool:
        """Whether driver and executors are one process on this machine."""
        return self.master.startswith("local")


def spark_session(settings: SparkSettings | None = None, *, app: str = "fundwatch") -> SparkSession:
    """The running session, or a new one with Delta (5 to 12 s). Raises SetupError without Java.

    Under `spark-submit` the master, the memory and the jars are those given there.
    """
    if SparkContext._active_spark_context is not None:
        return SparkSession.builder.getOrCreate()
    settings = settings or SparkSettings()
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    launch = {} if submitted else _launch(settings)
    _keep_chinese_time()
    spark = (
        SparkSession.builder.appName(app)
        .config(map={**EVERYWHERE, **launch, **settings.extra})
        .getOrCreate()
    )
    for archive in settings.py_files:
        spark.sparkContext.addPyFile(archive)
    return spark


def _launch(settings: SparkSettings) -> dict[str, str]:
    """What must be known before the JVM starts; also readies the environment it inherits."""
    os.environ["JAVA_HOME"] = str(java_home())
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = {
        "spark.master": settings.master,
        "spark.driver.memory": settings.driver_memory,
        "spark.jars": ",".join(map(str, delta_jars())),
    }
    if settings.shuffle_partitions is not None:
        options["spark.sql.shuffle.partitions"] = str(settings.shuffle_partitions)
    return {**_local(settings), **options} if settings.is_local else options


def _local(settings: SparkSettings) -> dict[str, str]:
    room = scratch_dir(Path(settings.local_dir) if settings.local_dir else cache_dir() / "spark")
    logging = write_whole(cache_dir() / "log4j2.properties", LOGGING)
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    java = (
        "-XX:+UseParallelGC",
        # With one tier of compilation the JVM's default is 48 MB, and Spark's generated code fills
        # it: a quarter of a long run then goes into sweeping it.
        "-XX:ReservedCodeCacheSize=256m",
        # Reading a wide table makes methods above the JVM's bound, which stay interpreted: with
        # them compiled, a line of 43 columns is typed in less than half of the time.
        "-XX:-DontCompileHugeMethods",
        f"-Djava.io.tmpdir={room}",
        f"-Dlog4j2.configurationFile={logging.as_uri()}",
        f"-Duser.timezone={ZONE}",
        *settings.java_options.split(),
    )
    return {
        **LOCAL,
        "spark.driver.extraJavaOptions": " ".join(java),
        "spark.local.dir": str(room),
        "spark.sql.warehouse.dir": str(room / "warehouse"),
    }


def scratch_dir(base: Path) -> Path:
    """A fresh folder under `base` for this process; those of dead processes are removed."""
    host = socket.gethostname()
    base.mkdir(parents=True, exist_ok=True)
    for folder in base.glob(f"{host}-*-*"):
        if not Path(f"/proc/{folder.name.rsplit('-', 2)[1]}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=base, prefix=f"{host}-{os.getpid()}-"))


def _keep_chinese_time() -> None:
    # collect() goes through the process's own zone: under UTC a midnight in Shanghai becomes
    # 16:00 of the day before. A machine without zone files understands only the second form.
    for zone in (ZONE, "CST-8"):
        os.environ["TZ"] = zone
        time.tzset()
        if time.localtime().tm_gmtoff == 8 * 3600:
            return
