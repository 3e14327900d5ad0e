"""`sensorctl import` of a logger's file: the sensor is the one with the serial number in it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from db.errors import StoreUnavailable
from sensorctl.history import importer, serial_numbers
from tests.unit.fakes import RunCommand
from tests.unit.history import RecordingBulk

HOBOWARE = '"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 7, SEN S/N: 7)"\n1,02/26/26 11:00:00 AM,3.155\n'
Find = Callable[[object, Sequence[str]], dict[str, str]]


def unavailable(*_: object) -> dict[str, str]:
    raise StoreUnavailable("Connection refused")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(importer, "BulkPublisher", RecordingBulk)
    for name in ("known_sensors", "retained_since", "read_plausible_ranges"):
        monkeypatch.setattr(importer, name, unavailable)
    path = tmp_path / "hobo.csv"
    path.write_text(HOBOWARE)
    return str(path)


@pytest.mark.parametrize(
    ("known", "arguments", "sensor"),
    [({"7": "fridge-3"}, [], "fridge-3"), ({}, [], "7"), ({"7": "fridge-3"}, ["--sensor", "hall"], "hall")],
)
def test_a_serial_number_finds_its_sensor(
    sensorctl: RunCommand,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    known: dict[str, str],
    arguments: list[str],
    sensor: str,
) -> None:
    def find(_: object, names: Sequence[str]) -> dict[str, str]:
        assert names == ("7",)
        return known

    monkeypatch.setattr(serial_numbers, "find_sensors", find)

    code, _, _ = sensorctl("import", file, *arguments)

    assert code == 0
    assert RecordingBulk.values == [(sensor, "2026-02-26T10:00:00", 3.155)]


def test_without_the_database_the_sensor_is_not_guessed(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setattr(serial_numbers, "find_sensors", unavailable)

    code, _, err = sensorctl("import", file)

    assert code == 2
    assert "the sensor with the serial number 7 is not found: set --sensor" in " ".join(
        err.replace("│", " ").split()
    )
    assert sensorctl("import", file, "--dry-run")[0] == 0
