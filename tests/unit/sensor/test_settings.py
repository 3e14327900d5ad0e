"""The settings of the sensor, and the source that they select."""

import csv
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from messaging.publishing.confirm_publisher import reading_properties
from readings.model import Unit
from runtime.errors import ConfigurationError
from runtime.settings import load
from sensor.settings import SensorSettings
from sensor.sources.csv_replay import CsvReplay
from sensor.sources.factory import OFFICE_SAMPLE, make_sources
from sensor.sources.simulated import Simulation
from tests.unit.fakes import GetSettingsError


@pytest.mark.parametrize(
    ("sensor_id", "interval", "seconds"),
    [
        ("1", None, 1),
        ("3", None, 3),
        ("sensor-7", None, 7),
        ("hall-2-north-5", None, 2),
        ("kitchen", None, 1),
        ("0", None, 1),
        ("sensor-0", None, 1),
        ("99999999999", None, 86400),
        ("3", "0.5", 0.5),
        ("kitchen", "10", 10),
        ("3", "0", 3),
        ("3", "", 3),
    ],
)
def test_the_interval_is_as_set_else_the_number_in_the_id_else_one_second(
    monkeypatch: pytest.MonkeyPatch, sensor_id: str, interval: str | None, seconds: float
) -> None:
    monkeypatch.setenv("SENSOR_ID", sensor_id)
    if interval is not None:
        monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", interval)

    assert load(SensorSettings).interval_seconds(sensor_id) == seconds


def test_a_recording_at_a_speed_keeps_its_own_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLAY_SPEED", "60")
    assert load(SensorSettings).shortest_interval_seconds(["3", "2"]) == 2, "the simulation has no speed"

    monkeypatch.setenv("SENSOR_SOURCE", "replay:a.csv")

    assert load(SensorSettings).shortest_interval_seconds(["3", "2"]) is None


def test_the_name_of_the_connection_contains_the_sensor_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_ID", "Küche 2")

    assert load(SensorSettings).client_name == "sensor-Küche 2"


def test_the_name_of_the_connection_of_a_long_id_can_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_ID", "\u6e29" * 100)

    name = load(SensorSettings).client_name

    assert name.startswith("sensor-\u6e29\u6e29")
    assert reading_properties("id", name).encode()


def test_the_sensor_id_is_one_in_both_unicode_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_ID", "Ku\u0308che")

    assert load(SensorSettings).sensor_id == "K\u00fcche"


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("SENSOR_ID", "a\nb", "must not contain control or other unprintable characters"),
        ("SENSOR_ID", " a", "must not contain spaces at its start or end"),
        ("SENSOR_ID", "x" * 129, "at most 128 characters"),
        ("SENSOR_INTERVAL_SECONDS", "-1", "must be at least 0"),
        ("SENSOR_INTERVAL_SECONDS", "86401", "must be at most 86400"),
        ("SENSOR_INTERVAL_SECONDS", "nan", "finite"),
        ("SENSOR_SOURCE", "real", "must be simulated, office, or replay:PATH with a CSV file's path"),
        ("SENSOR_SOURCE", "replay:", "must be simulated"),
        ("SIMULATED_MEAN", "inf", "finite"),
        ("SIMULATED_SPIKE_PROBABILITY", "1.5", "must be at most 1"),
        ("REPLAY_UNIT", "rankine", "'celsius', 'fahrenheit' or 'kelvin'"),
        ("REPLAY_TIMES", "then", "'now' or 'original'"),
        ("REPLAY_SPEED", "-1", "must be at least 0"),
        ("REPLAY_LOOP", "perhaps", "must be true or false"),
        ("OUTBOX_MAX_READINGS", "0", "must be at least 1"),
    ],
)
def test_an_invalid_variable_is_reported_with_its_value_and_the_allowed_values(
    settings_error: GetSettingsError, variable: str, value: str, allowed: str
) -> None:
    message = settings_error(SensorSettings, **{variable: value})

    assert message.startswith(f"{variable} is {value!r}: ")
    assert allowed in message


def test_the_variables_configure_the_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATED_MEAN", "5")
    monkeypatch.setenv("SIMULATED_DAILY_SWING", "0")
    monkeypatch.setenv("SIMULATED_NOISE", "0")
    monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", "2")

    [source] = make_sources(load(SensorSettings)).values()

    assert isinstance(source, Simulation)
    measurements = iter(source)
    assert [next(measurements)[:2] for _ in range(2)] == [(0, 5), (2, 5)]


def test_the_variables_configure_the_replay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a: b.csv").write_text("when,degrees\n2026-01-01,280\n2026-01-02,281\n")
    monkeypatch.setenv("SENSOR_SOURCE", f"replay:{tmp_path / 'a: b.csv'}")
    monkeypatch.setenv("REPLAY_TIME_COLUMN", "when")
    monkeypatch.setenv("REPLAY_VALUE_COLUMN", "2")
    monkeypatch.setenv("REPLAY_UNIT", "kelvin")
    monkeypatch.setenv("REPLAY_TIMES", "original")
    monkeypatch.setenv("REPLAY_SPEED", "86400")
    monkeypatch.setenv("REPLAY_LOOP", "false")

    [source] = make_sources(load(SensorSettings)).values()
    measurements = list(source)

    assert [measurement.due_seconds for measurement in measurements] == [0, 1]
    assert [measurement.temperature for measurement in measurements] == [280, 281]
    assert {measurement.unit for measurement in measurements} == {Unit.KELVIN}
    assert measurements[1].measured_at is not None
    assert measurements[1].measured_at.isoformat() == "2026-01-02T00:00:00+00:00"


def test_a_missing_csv_file_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_SOURCE", "replay:/nowhere.csv")

    with pytest.raises(ConfigurationError, match="SENSOR_SOURCE names /nowhere"):
        make_sources(load(SensorSettings))


def test_the_office_source_replays_every_row_of_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_SOURCE", "office")
    monkeypatch.setenv("REPLAY_LOOP", "false")
    monkeypatch.setenv("REPLAY_UNIT", "celsius")

    [source] = make_sources(load(SensorSettings)).values()
    with capture_logs() as lines:
        measurements = list(source)

    assert isinstance(source, CsvReplay)
    assert lines == [], "no row is skipped"
    assert len(measurements) == 7267
    assert {measurement.unit for measurement in measurements} == {Unit.FAHRENHEIT}
    assert all(50 < measurement.temperature < 90 for measurement in measurements)


def test_the_office_sample_is_sorted_and_has_the_period_in_its_readme() -> None:
    with OFFICE_SAMPLE.open(newline="") as file:
        times = [row["timestamp"] for row in csv.DictReader(file)]

    assert times == sorted(times)
    assert (times[0][:10], times[-1][:10]) == ("2013-07-04", "2014-05-28")


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ("cellar", ["cellar"]),
        ("cellar, attic,8-11", ["cellar", "attic", "8", "9", "10", "11"]),
        ("room-1-3", ["room-1-3"]),
        ("7-7", ["7"]),
    ],
)
def test_several_sensors_are_named_by_names_and_ranges(
    monkeypatch: pytest.MonkeyPatch, ids: str, expected: list[str]
) -> None:
    monkeypatch.setenv("SENSOR_IDS", ids)
    monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", "")

    settings = load(SensorSettings)
    sources = make_sources(settings)

    assert list(sources) == expected
    intervals = [source.interval_seconds for source in sources.values() if isinstance(source, Simulation)]
    assert intervals == [settings.interval_seconds(sensor_id) for sensor_id in expected]


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        ("1..3", "contains 1..3, perhaps a range: write it with a hyphen, as in 1-3"),
        ("1:3", "contains 1:3, perhaps a range"),
        ("1.0-3.0", "contains 1.0-3.0, perhaps a range"),
        ("01-03", "contains the range 01-03 with leading zeros: name each sensor, as in 01,02"),
        ("1\u20133", "contains the range 1\u20133 with a dash: write it with a hyphen (-)"),
        ("9-3", "contains the range 9-3, whose first number is above its last"),
        ("a,b,a", "contains 'a' twice"),
        ("1-5,3", "contains '3' twice"),
        ("1-999999999", "must be at most 100,000 sensors"),
        ("a,,b", "contains an empty ID"),
        ("*", "SENSOR_SOURCE is simulated"),
    ],
)
def test_unusable_ids_of_several_sensors_are_rejected(
    settings_error: GetSettingsError, ids: str, reason: str
) -> None:
    assert reason in settings_error(SensorSettings, SENSOR_IDS=ids)


def test_each_column_of_a_recording_is_a_sensor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("timestamp,cellar,attic [F]\n2026-01-01,8.5,50\n2026-01-02,,51\n")
    monkeypatch.setenv("SENSOR_SOURCE", f"replay:{tmp_path / 'wide.csv'}")
    monkeypatch.setenv("SENSOR_IDS", "*")
    monkeypatch.setenv("REPLAY_LOOP", "false")

    sources = make_sources(load(SensorSettings))

    found = {name: [(m.temperature, m.unit) for m in source] for name, source in sources.items()}
    assert found == {
        "cellar": [(8.5, Unit.CELSIUS)],
        "attic [F]": [(50, Unit.FAHRENHEIT), (51, Unit.FAHRENHEIT)],
    }


def test_several_sensors_have_one_outbox_and_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_IDS", "1-1000")

    settings = load(SensorSettings)

    assert settings.client_name == "sensor-1-to-1000-1000"
    assert settings.outbox_file.name == "outbox-1-to-1000-1000.sqlite3"


def test_a_seed_makes_each_of_several_sensors_repeatable_and_different(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SENSOR_IDS", "1-2")
    monkeypatch.setenv("SIMULATED_SEED", "7")

    first, second = (
        [next(iter(s))[1] for s in make_sources(load(SensorSettings)).values()] for _ in range(2)
    )

    assert first == pytest.approx(second, abs=0.01)
    assert first[0] != first[1]
