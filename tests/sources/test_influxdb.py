"""A year of hourly temperatures in a real InfluxDB, read back exactly through the client."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.source import Source
from tests.sources.influxdb import PASSWORD, InfluxServer, influxdb
from tests.unit.worker.sources.clocks import FakeClock
from tests.unit.worker.sources.doubles import wave
from worker.sources.history import open_history
from worker.sources.model import Skipped, SourceRefused, SourceValue

START = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = 365 * 24
END = START + timedelta(hours=HOURS)
STORED = [(START + timedelta(hours=n), wave(START + timedelta(hours=n))) for n in range(HOURS)]
NANOSECONDS = 1_000_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    with influxdb(tmp_path_factory.mktemp("influxdb")) as running:
        seconds = [(int(at.timestamp()), value) for at, value in STORED]
        running.write(f"temperature,room=attic value={value} {at * NANOSECONDS}" for at, value in seconds)
        running.write(
            f"temperature,room=cellar value={value - 9} {at * NANOSECONDS}" for at, value in seconds
        )
        running.write(
            f"temperature,room=hall,host={host} value=1 {at * NANOSECONDS}"
            for host in "ab"
            for at, _ in seconds[:9]
        )
        at = seconds[0][0] * NANOSECONDS
        running.write(
            [rf"te\"mp\ 1,ro\,om=at'tic va\=lue=-1.5 {at + 123_456_789}", f'states value="off" {at}']
        )
        yield running


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_INFLUX", PASSWORD)


def read(
    server: InfluxServer, *remotes: str, start: datetime = START, end: datetime = END, database: str = "home"
) -> list[SourceValue | Skipped]:
    source = Source.model_validate(
        {
            "name": "home",
            "kind": "influxdb",
            "address": server.url,
            "secret_name": "SOURCE_INFLUX",
            "unit": "celsius",
            "sensors": [{"remote": remote, "sensor_id": remote} for remote in remotes],
            "options": {"database": database, "user": "admin"},
        }
    )
    with open_history(source, FakeClock().pace()) as history:
        return list(history.read(start, end))


def values(items: list[Any]) -> list[tuple[datetime, float]]:
    return [(item.measured_at, item.temperature) for item in items]


def test_a_year_is_read_back_exactly(server: InfluxServer) -> None:
    assert values(read(server, "temperature,room=attic value")) == STORED


def test_months_are_the_year(server: InfluxServer) -> None:
    limits = [START + (END - START) / 12 * month for month in range(13)]
    months = [
        values(read(server, "temperature,room=cellar value", start=limits[month], end=limits[month + 1]))
        for month in range(12)
    ]

    assert [value for month in months for value in month] == [(at, value - 9) for at, value in STORED]


def test_a_range_has_its_start_and_not_its_end(server: InfluxServer) -> None:
    hour = timedelta(hours=1)

    assert (
        values(read(server, "temperature,room=attic value", start=START + hour, end=START + 3 * hour))
        == STORED[1:3]
    )


def test_names_with_special_characters_and_times_below_a_millisecond(server: InfluxServer) -> None:
    [value] = values(read(server, r"""te"mp\ 1,ro\,om=at'tic va\=lue"""))

    assert value == (START + timedelta(microseconds=123_456), -1.5)


def test_values_that_are_no_numbers_are_skipped(server: InfluxServer) -> None:
    assert read(server, "states value") == [Skipped("not a number")]


def test_series_are_not_mixed(server: InfluxServer) -> None:
    with pytest.raises(SourceRefused, match="room=hall value matches 2 series, such as host=a,room=hall and"):
        read(server, "temperature,room=hall value")


def test_several_sensors_are_read_and_the_ambiguous_one_is_named(server: InfluxServer) -> None:
    rooms = [f"temperature,room={room} value" for room in ("attic", "cellar", "hall")]

    assert len(read(server, *rooms[:2])) == 2 * HOURS
    with pytest.raises(SourceRefused, match="room=hall value matches 2 series, such as host=a,room=hall and"):
        read(server, *rooms)


def test_a_wrong_password_is_a_message(server: InfluxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_INFLUX", "wrong-s3cret")

    with pytest.raises(SourceRefused, match=r"refuses the secret in SOURCE_INFLUX \(401") as raised:
        read(server, "temperature,room=attic value")
    assert "s3cret" not in str(raised.value)


def test_a_database_that_does_not_exist_is_a_message(server: InfluxServer) -> None:
    with pytest.raises(SourceRefused, match="the query is refused: database not found: nowhere"):
        read(server, "temperature value", database="nowhere")
