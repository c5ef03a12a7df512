"""Settings come from conf and the environment; what is not known is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from fundwatch.errors import DeclarationError
from fundwatch.settings import conf_dir, load_settings


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.yml").write_text("spark: {master: 'local[1]', driver_memory: 1g}")
    monkeypatch.setenv("FUNDWATCH_SPARK__MASTER", "spark://host:7077")
    spark = load_settings(tmp_path).spark
    assert (spark.master, spark.driver_memory) == ("spark://host:7077", "1g")


def test_the_folder_of_the_lake_is_no_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDWATCH_LAKE", "/some/lake")
    monkeypatch.setenv("FUNDWATCH_LAKE__CASE_HORIZON_DAYS", "40")
    assert load_settings(tmp_path).lake.case_horizon_days == 40


def test_all_unknown_and_wrong_keys_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "settings.yml").write_text("spark: {mastr: x}\nlake: {case_horizon_days: 1}")
    with pytest.raises(DeclarationError) as told:
        load_settings(tmp_path)
    assert "spark.mastr" in str(told.value)
    assert "lake.case_horizon_days" in str(told.value)


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "settings.yml").write_text("spark:\n  master: [local\n")
    with pytest.raises(DeclarationError, match=r"settings\.yml is no YAML: .*line 3"):
        load_settings(tmp_path)


def test_from_any_folder_the_conf_beside_the_code_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FUNDWATCH_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert conf_dir() == Path(__file__).parents[1] / "conf"
    (tmp_path / "conf").mkdir()
    assert conf_dir() == Path("conf")
    with pytest.raises(DeclarationError, match="elsewhere is no conf folder"):
        conf_dir(Path("elsewhere"))
