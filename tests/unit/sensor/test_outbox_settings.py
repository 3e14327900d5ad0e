"""The path of the outbox, and its settings."""

from pathlib import Path

import pytest

from runtime.errors import ConfigurationError
from runtime.settings import load
from sensor.settings import SensorSettings


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({}, "/home/ada/.local/state/sensors/outbox-1.sqlite3"),
        ({"XDG_STATE_HOME": "/var/lib"}, "/var/lib/sensors/outbox-1.sqlite3"),
        ({"XDG_STATE_HOME": "relative"}, "/home/ada/.local/state/sensors/outbox-1.sqlite3"),
        ({"OUTBOX_PATH": "/srv/readings"}, "/srv/readings"),
        ({"OUTBOX_PATH": "~/readings"}, "/home/ada/readings"),
        ({"SENSOR_ID": "../a b/ü"}, "/home/ada/.local/state/sensors/outbox-..%2Fa%20b%2F%C3%BC.sqlite3"),
    ],
)
def test_each_sensor_has_an_outbox_file_of_its_own(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], path: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert load(SensorSettings).outbox_file == Path(path)


def test_a_user_without_a_home_directory_has_to_name_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)

    with pytest.raises(ConfigurationError, match="OUTBOX_PATH is not set, and this user has no home"):
        _ = load(SensorSettings).outbox_file


def test_long_sensor_ids_have_short_and_different_file_names() -> None:
    first, second = (load(SensorSettings, sensor_id="ü" * 127 + last).outbox_file.name for last in ("a", "b"))

    assert first != second
    assert len(first) < 200


@pytest.mark.parametrize(("name", "value"), [("OUTBOX_SYNC", "never"), ("OUTBOX_MAX_READINGS", "0")])
def test_an_invalid_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match=f"{name} is '{value}'"):
        load(SensorSettings)
