"""conf/settings.yml → frozen Settings; an unknown key is an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from fundwatch.errors import DeclarationError
from fundwatch.yaml_file import read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spark(_Part):
    master: str = "local[*]"
    driver_memory: str = "4g"
    java_options: str = ""
    shuffle_partitions: int | None = Field(default=None, ge=1)  # none: the session chooses
    extra: dict[str, str] = {}


class LakeSettings(_Part):
    case_horizon_days: int = Field(default=1830, ge=30)


class Privacy(_Part):
    key_env: str = "FUNDWATCH_KEY"
    key_file: str = ""


class Log(_Part):
    json_lines: bool = Field(default=False, alias="json")


class Models(_Part):
    registry: str = ""


class Quality(_Part):
    """From where on the quality report flags something; shares are 0 to 1 of a month's rows."""

    least_rows: int = Field(default=30, ge=1)  # months of fewer rows are not compared
    drop_ratio: float = Field(default=0.5, gt=0, lt=1)  # to the month before
    jump_ratio: float = Field(default=2.0, gt=1)
    share_step: float = Field(default=0.2, gt=0, le=1)  # of filled cells, to the month before
    empty_ratio: float = Field(default=0.05, ge=0, lt=1)  # to the source's best month
    refused_share: float = Field(default=0.01, ge=0, le=1)
    odd_share: float = Field(default=0.05, ge=0, le=1)
    late_days: int = Field(default=45, ge=0)
    late_share: float = Field(default=0.2, ge=0, le=1)
    midnight_share: float = Field(default=0.5, ge=0, le=1)


class _Keys(EnvSettingsSource):
    """FUNDWATCH_<PART>__<KEY> only: FUNDWATCH_LAKE alone names a lake, no part of the settings."""

    def prepare_field_value(
        self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool
    ) -> Any:
        return super().prepare_field_value(field_name, field, None, value_is_complex)


class Settings(BaseSettings):
    """Everything a person may set; FUNDWATCH_<PART>__<KEY> in the environment wins."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="FUNDWATCH_", env_nested_delimiter="__"
    )

    spark: Spark = Spark()
    lake: LakeSettings = LakeSettings()
    privacy: Privacy = Privacy()
    log: Log = Log()
    models: Models = Models()
    quality: Quality = Quality()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file (given as init values)."""
        return _Keys(settings_cls), init_settings


def load_settings(conf: Path) -> Settings:
    """The settings of a conf folder. Raises DeclarationError naming every unknown or wrong key."""
    file = conf / "settings.yml"
    raw: dict[str, Any] = read_yaml(file) if file.is_file() else {}
    try:
        return Settings(**(raw or {}))
    except ValidationError as error:
        told = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DeclarationError("\n".join(f"{file}: {fault}" for fault in told)) from None


def conf_dir(given: Path | None = None) -> Path:
    """`given`, else $FUNDWATCH_HOME/conf, else ./conf, else the one beside this code.

    Raises DeclarationError without one.
    """
    home = os.environ.get("FUNDWATCH_HOME")
    named = given or (Path(home) / "conf" if home else None)
    beside = Path(__file__).parents[1] / "conf"
    places = [named] if named else [Path("conf"), beside]
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise DeclarationError(f"{places[0]} is no conf folder; name one with --conf-dir")
    return found
