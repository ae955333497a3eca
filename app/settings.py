"""Every setting in one frozen value: its default, its environment name and its help line.

`load` reads them; the first that has a value wins: arguments, `TRIBUTARY_*` environment variables,
`tributary.toml`, defaults.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.errors import ConfigError

CONFIG_NAME = "tributary.toml"
_PATHS = ("home", "tables", "documents", "examples")


class Settings(BaseSettings):
    """What a Tributary runs with."""

    model_config = SettingsConfigDict(env_prefix="TRIBUTARY_", frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("tributary"),
        description="Where state lives: the index, the history, the sample data.",
    )
    tables: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="Files or folders of Flink CREATE TABLE statements. With neither tables nor "
        "documents set, the sample shop is used.",
    )
    documents: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="Files, folders or ZIP archives of documents to keep in the index.",
    )
    document_access: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="Access labels by glob patterns of document ids; the last one that matches "
        "holds, and documents without a label may be read by all.",
    )
    access: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Labels that the caller has: what she asks is answered from documents with "
        "one of these labels and from those without any.",
    )
    examples: Path | None = Field(
        default=None,
        description="Folder of question/SQL examples, best kept in git; where not set, examples in "
        "home.",
    )
    engine: str = Field(
        default="embedded",
        pattern=r"^(embedded|[^\s:/]+:\d{1,5})$",
        description="embedded, or host:port of a Flink session cluster's REST address.",
    )
    maven_repository: str = Field(
        default="",
        pattern=r"^[^@]*$",
        description="Where `tributary connectors add` gets jars: the address of a Maven repository "
        "or the absolute path of a folder laid out like one; empty for Maven Central. Credentials "
        "belong in ~/.netrc.",
    )
    row_limit: int = Field(
        default=1000, ge=1, le=1_000_000, description="Most rows that one query returns."
    )
    query_timeout: float = Field(
        default=60.0, gt=0, description="Seconds until a running query is cancelled."
    )
    functions: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Functions that queries may call beyond Flink's built-in ones, such as "
        "ML_PREDICT.",
    )
    model: str = Field(
        default="",
        description='Chat model as provider:model, such as "openai:gpt-5-mini"; empty for none: '
        "the keyless rules answer.",
    )
    model_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Base address of an OpenAI-compatible endpoint; empty for the provider's own.",
    )
    model_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for the model; empty for the provider's own environment variable.",
    )
    model_timeout: float = Field(
        default=60.0, gt=0, description="Seconds without a word until a request is given up."
    )
    model_context: int = Field(
        default=32_000, ge=4_000, description="Tokens that one request to the model may have."
    )
    model_calls: int = Field(
        default=8, ge=2, le=30, description="Most requests to the model for one answer."
    )
    model_prices: Annotated[tuple[float, ...], NoDecode] = Field(
        default=(),
        description="Cost of a million tokens, sent and written, such as 0.25,2; for the details.",
    )
    fallback_model: str = Field(
        default="", description="Chat model that is asked where the first one fails."
    )
    answer_timeout: float = Field(
        default=180.0, gt=0, description="Seconds until the model is given up for one answer."
    )
    accuracy: Literal["single", "vote"] = Field(
        default="single",
        description="single, or vote: five queries are compared where one had to be repaired or "
        "a question has several readings.",
    )
    embedding_model: str = Field(
        default="minilm",
        pattern=r"^(minilm|openai:\S+)$",
        description="What makes the vectors of documents: minilm, on this machine, or a model such "
        'as "openai:text-embedding-3-small", which is sent every passage and every question.',
    )
    embedding_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s@]+)?$",
        description="Base address of an OpenAI-compatible endpoint for embeddings; empty for "
        "OpenAI's own, whatever model_url is.",
    )
    embedding_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for the embedding model; empty for model_key where the chat model is at "
        "the same address, else OPENAI_API_KEY.",
    )
    embedding_dimensions: int | None = Field(
        default=None,
        ge=8,
        le=16_384,
        description="Numbers in a vector, for models that can give fewer than they would; not set "
        "for the model's own.",
    )
    chroma_server: str = Field(
        default="",
        pattern=r"^(https?://[^\s@]+)?$",
        description="Address of a Chroma server that keeps the vectors, such as "
        "http://localhost:8000; empty for none: they are kept in home.",
    )
    chroma_header: SecretStr = Field(
        default=SecretStr(""),
        description='Header that the Chroma server wants, such as "Authorization: Bearer TOKEN".',
    )
    kafka_bootstrap: str = Field(
        default="",
        pattern=r"^([^\s:/,]+:\d{1,5}(,[^\s:/,]+:\d{1,5})*)?$",
        description="Kafka cluster that topics of documents are read from, as host:port, several "
        "with commas between.",
    )
    kafka_properties: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="Properties of the Kafka client by librdkafka's names, such as "
        "security.protocol; a secret is written as ${NAME}, a variable that holds it.",
    )
    time_zone: str = Field(
        default="UTC", description="Time zone of times in questions and of the Flink session."
    )
    port: int = Field(default=8501, ge=1, le=65535, description="Port of the chat page.")

    @field_validator("tables", "documents", mode="before")
    @classmethod
    def _split_paths(cls, value: object) -> object:
        """An environment variable holds several paths the way PATH does."""
        if isinstance(value, str):
            return tuple(part for part in value.split(os.pathsep) if part)
        return value

    @field_validator("document_access", "kafka_properties", mode="before")
    @classmethod
    def _read_json(cls, value: object) -> object:
        """An environment variable holds a table as JSON."""
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError as error:
                raise ValueError('give JSON, such as {"name": "value"}') from error
        return value

    @field_validator("access", "functions", "model_prices", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        """An environment variable holds several names or numbers with commas between."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("model_prices", mode="after")
    @classmethod
    def _both_prices(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if len(value) not in {0, 2} or any(price < 0 for price in value):
            raise ValueError("give two prices, for tokens sent and for tokens written")
        return value

    @field_validator("chroma_header", mode="after")
    @classmethod
    def _name_and_value(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([\w-]+:[ \t]*[\x21-\x7e][\x20-\x7e]*)?", value.get_secret_value()):
            raise ValueError("write it as Name: value, in one line of ASCII")
        return value

    @field_validator("home", "examples", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().absolute()

    @field_validator("time_zone", mode="after")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone; use a name such as Europe/Berlin") from error
        return value


def load(config: Path | str | None = None, **overrides: Any) -> Settings:
    """Reads the settings.

    Args:
        config: The file to read; `./tributary.toml` where None and it exists.
        overrides: Values that win over the file and the environment; None means not given.

    Raises:
        ConfigError: The file cannot be read, or a value is not what the setting takes.
    """
    from_file = _read(config)

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the overridden signature
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, from_file)

    try:
        return Loaded(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        raise _explained(error) from error


def _read(config: Path | str | None) -> dict[str, Any]:
    path = Path(config or CONFIG_NAME)
    if config is None and not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no configuration file {path}.", hint="Give another path to --config."
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"The configuration file {path} cannot be read: {error}.",
            hint='It is TOML, for instance: tables = ["tables/"].',
        ) from error
    return {name: _from_folder(name, value, path.parent) for name, value in values.items()}


def _from_folder(name: str, value: Any, folder: Path) -> Any:
    """Paths in a file are relative to the file, wherever the program is started."""
    if name not in _PATHS:
        return value
    if isinstance(value, str):
        return folder / Path(value).expanduser()
    if isinstance(value, list):
        return tuple(folder / Path(str(part)).expanduser() for part in value)
    return value


def _explained(error: ValidationError) -> ConfigError:
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    known = Settings.model_fields
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Settings are: {', '.join(known)}."
        return ConfigError(f"There is no setting {name}.", hint=hint)
    is_formed = first["type"] != "string_pattern_mismatch"  # which says a regular expression
    said = first["msg"] if is_formed else "its value is not written as it has to be"
    return ConfigError(
        f"The setting {name} is wrong: {said}.",
        hint=f"{known[name].description} Set it in {CONFIG_NAME} or as TRIBUTARY_{name.upper()}.",
    )
