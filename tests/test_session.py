"""The session: Delta, Chinese time and encodings, and nothing left where it was not asked for."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fundwatch.session import SparkSettings, scratch_dir, spark_session


def test_a_delta_table_gives_back_its_rows_and_its_older_version(
    spark: SparkSession, tmp_path: Path
) -> None:
    path = str(tmp_path / "t")
    spark.createDataFrame([("甲", 1)], "who string, fen long").write.format("delta").save(path)
    spark.createDataFrame([("乙", 2)], "who string, fen long").write.format("delta").mode(
        "append"
    ).save(path)
    now = spark.read.format("delta").load(path)
    first = spark.read.format("delta").option("versionAsOf", 0).load(path)
    assert sorted(now.collect()) == [("乙", 2), ("甲", 1)]
    assert first.collect() == [("甲", 1)]


def test_midnight_in_shanghai_stays_on_its_day(spark: SparkSession) -> None:
    (row,) = spark.sql("select timestamp'2026-01-01 00:00:00' as begins_at").collect()
    assert row.begins_at == datetime.datetime(2026, 1, 1)


@pytest.mark.parametrize("encoding", ["GB18030", "GBK"])
def test_csv_in_a_chinese_encoding_is_read(
    spark: SparkSession, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "a.csv").write_text("机构\n北京市第一医院\n", encoding=encoding)
    frame = spark.read.csv(str(tmp_path), header=True, encoding=encoding)
    assert frame.collect() == [("北京市第一医院",)]


def test_python_on_executors_is_the_one_of_this_venv(spark: SparkSession) -> None:
    assert os.environ["PYSPARK_PYTHON"] == sys.executable
    assert spark.sparkContext.parallelize([0]).map(lambda _: sys.prefix).collect() == [sys.prefix]


def test_a_running_session_is_returned_whatever_is_asked(spark: SparkSession) -> None:
    assert spark_session(SparkSettings(shuffle_partitions=99)) is spark
    assert spark.conf.get("spark.sql.shuffle.partitions") == "2"


def test_settings_in_extra_win(spark: SparkSession) -> None:
    assert spark.conf.get("spark.sql.adaptive.enabled") == "false"


def test_a_cluster_does_not_get_the_small_lake_settings() -> None:
    assert not SparkSettings(master="spark://master:7077").is_local
    assert SparkSettings(master="local[2]").is_local


def test_the_room_of_a_dead_process_is_cleared_and_that_of_a_live_one_kept(tmp_path: Path) -> None:
    mine = scratch_dir(tmp_path)
    dead = mine.with_name(mine.name.replace(f"-{os.getpid()}-", "-4194305-"))
    dead.mkdir()
    again = scratch_dir(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {mine.name, again.name}


WORK = """
from pathlib import Path
from fundwatch.session import SparkSettings, spark_session
spark = spark_session(SparkSettings(master="local[1]", driver_memory="1g"))
spark.range(3).write.format("delta").saveAsTable("made_up")
assert spark.table("made_up").count() == 3
"""


def test_a_session_is_silent_and_leaves_nothing_in_the_working_folder(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WORK], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
