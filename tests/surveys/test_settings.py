"""Settings come from the environment; secrets are made once and kept from others."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveys import errors
from surveys.settings import load_settings


def test_keys_lie_beside_the_data_and_not_inside(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "data", env={})
    assert settings.keys == tmp_path / "data-keys"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/tupuy.db"


def test_an_argument_wins_over_the_environment(tmp_path: Path) -> None:
    env = {"TUPUY_DATA": "/elsewhere", "TUPUY_PORT": "8123", "TUPUY_KEYS": str(tmp_path / "k")}
    settings = load_settings(tmp_path / "data", env=env, port=9000)
    assert (settings.data, settings.keys, settings.port) == (tmp_path / "data", tmp_path / "k", 9000)
    assert load_settings(env=env).port == 8123


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    load_settings(tmp_path / "data", env={})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keys", ["data", "data/keys", "data/../data/keys"])
def test_keys_inside_the_data_are_refused(tmp_path: Path, keys: str) -> None:
    with pytest.raises(errors.SettingWrong) as caught:
        load_settings(tmp_path / "data", env={"TUPUY_KEYS": str(tmp_path / keys)})
    assert caught.value.place == "TUPUY_KEYS"


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.0", "²"])
def test_a_port_that_is_none_is_told(tmp_path: Path, port: str) -> None:
    with pytest.raises(errors.SettingWrong) as caught:
        load_settings(tmp_path, env={"TUPUY_PORT": port})
    assert caught.value.place == "TUPUY_PORT"


def test_the_secret_is_made_once_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    first = load_settings(tmp_path / "data", env={}).secret
    file = tmp_path / "data" / "secret"
    assert len(first) == 64
    assert load_settings(tmp_path / "data", env={}).secret == first == file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("secret", ["change-me", "x" * 64])
def test_a_weak_secret_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(errors.SettingWrong):
        _ = load_settings(tmp_path, env={"TUPUY_SECRET": secret}).secret


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    _ = load_settings(tmp_path, env={}).secret
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(errors.SettingWrong, match="Other people"):
        _ = load_settings(tmp_path, env={}).secret
