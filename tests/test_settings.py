"""Settings: where they come from, which wins, and what a wrong one is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app import settings
from app.errors import ConfigError
from app.settings import Settings


@pytest.fixture(autouse=True)
def _empty_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith("TRIBUTARY_")]:
        monkeypatch.delenv(name)


def test_arguments_win_over_environment_over_file_over_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.load().row_limit == 1000
    Path("tributary.toml").write_text("row_limit = 7")
    assert settings.load().row_limit == 7
    monkeypatch.setenv("TRIBUTARY_ROW_LIMIT", "8")
    assert settings.load().row_limit == 8
    assert settings.load(row_limit=9).row_limit == 9
    assert settings.load(row_limit=None).row_limit == 8


def test_paths_in_a_file_are_relative_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "t.toml").write_text(
        'tables = ["tables", "/abs.sql"]\ndocuments = ["docs"]\nexamples = "examples"'
    )
    loaded = settings.load(folder / "t.toml")
    assert loaded.tables == (folder / "tables", Path("/abs.sql"))
    assert loaded.documents == (folder / "docs",)
    assert loaded.examples == folder / "examples"


def test_a_folder_in_the_environment_is_relative_to_where_the_program_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.load().examples is None
    monkeypatch.setenv("TRIBUTARY_EXAMPLES", "examples")
    assert settings.load().examples == tmp_path / "examples"


def test_paths_in_the_environment_are_separated_as_in_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUTARY_TABLES", f"a{os.pathsep}b")
    assert settings.load().tables == (Path("a"), Path("b"))


def test_functions_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUTARY_FUNCTIONS", "ML_PREDICT, my_f,")
    assert settings.load().functions == ("ML_PREDICT", "my_f")
    monkeypatch.delenv("TRIBUTARY_FUNCTIONS")
    Path("tributary.toml").write_text('functions = ["my_f"]')
    assert settings.load().functions == ("my_f",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("row_limt = 3", "There is no setting row_limt. Did you mean row_limit?"),
        ("zzz = 3", "There is no setting zzz. Settings are: home"),
        ("row_limit = 0", "The setting row_limit is wrong"),
        ("engine = 'somewhere'", "engine is wrong: its value is not written as it has to be."),
        ("kafka_bootstrap = 'kafka'", "as host:port, several with commas between."),
        ("time_zone = 'Mars/Base'", "no such time zone"),
        ("port = 70000", "The setting port is wrong"),
        ("port = = 3", "cannot be read"),
    ],
)
def test_a_wrong_file_is_told_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "tributary.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        settings.load()
    assert message in str(caught.value)
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no configuration file"):
        settings.load(tmp_path / "none.toml")


def test_settings_cannot_change() -> None:
    loaded = settings.load()
    with pytest.raises(ValueError, match="frozen"):
        loaded.port = 1


def test_every_setting_has_a_default_and_a_help_line() -> None:
    for name, field in Settings.model_fields.items():
        assert not field.is_required(), name
        assert field.description, name
        assert field.description.endswith("."), name


def test_prices_are_two_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUTARY_MODEL_PRICES", "0.25, 2")
    assert settings.load().model_prices == (0.25, 2.0)
    monkeypatch.setenv("TRIBUTARY_MODEL_PRICES", "0.25")
    with pytest.raises(ConfigError, match="two prices"):
        settings.load()


def test_a_key_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUTARY_MODEL_KEY", "sk-planted")
    loaded = settings.load()
    assert loaded.model_key.get_secret_value() == "sk-planted"
    assert "planted" not in f"{loaded!r} {loaded}"
    with pytest.raises(ConfigError) as raised:
        settings.load(model_url="no address")
    assert "planted" not in str(raised.value)


@pytest.mark.parametrize("header", ["hunter2", "X-Token:", ": hunter2", "X-Token: hunter2\nA: b"])
def test_a_header_has_a_name_and_a_value(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUTARY_CHROMA_HEADER", header)
    with pytest.raises(ConfigError, match="Name: value") as caught:
        settings.load()
    assert "hunter2" not in str(caught.value)


def test_a_password_in_an_address_is_refused() -> None:
    with pytest.raises(ConfigError, match="chroma_server is wrong"):
        settings.load(chroma_server="http://user:hunter2@localhost:8000")
