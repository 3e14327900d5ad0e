"""A week of temperatures in a real Home Assistant, read back exactly through the clients."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.source import Source
from tests.sources.home_assistant import HomeAssistantServer, State, home_assistant
from tests.unit.worker.sources.clocks import FakeClock
from tests.unit.worker.sources.doubles import wave
from worker.sources.history import open_history
from worker.sources.home_assistant_live import HomeAssistantLive
from worker.sources.model import Skipped, SourceRefused, SourceValue

DAY = timedelta(days=1)
INTERVAL = timedelta(minutes=5)
# The recorder keeps ten days.
END = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
START = END - 7 * DAY
STORED = [(START + n * INTERVAL, wave(START + n * INTERVAL)) for n in range(7 * DAY // INTERVAL)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistantServer]:
    with home_assistant(tmp_path_factory.mktemp("home-assistant"), fill) as running:
        yield running


def fill(server: HomeAssistantServer) -> None:
    hour = timedelta(hours=1)
    server.record_run(START - DAY)
    server.record("sensor.attic", [State(at, str(value)) for at, value in STORED])
    server.record("sensor.garden", [State(START, "50.5")], unit="°F")
    states = [
        State(START - hour, "1.5"),  # it lasts into the range, where it was not measured
        State(START, "2.5"),
        State(START + hour, "unavailable"),
        State(START + 2 * hour, "unknown"),
        State(START + 3 * hour, "2.5"),
        State(START + 4 * hour, "2.5", START + 3 * hour),  # only its attributes changed
        State(START + 5 * hour, "2.5"),  # it was measured again, and is the same
        State(START + DAY, "3.5"),
    ]
    server.record("sensor.cellar", states)


def source_of(server: HomeAssistantServer, *entities: str) -> Source:
    return Source.model_validate(
        {
            "name": "house",
            "kind": "home-assistant",
            "address": server.url,
            "secret_name": "SOURCE_HOUSE",
            "unit": "celsius",
            "sensors": [{"remote": entity, "sensor_id": entity} for entity in entities],
        }
    )


@pytest.fixture(autouse=True)
def token(server: HomeAssistantServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_HOUSE", server.token)


def read(
    server: HomeAssistantServer, *entities: str, start: datetime = START, end: datetime = END
) -> list[SourceValue | Skipped]:
    with open_history(source_of(server, *entities), FakeClock().pace()) as history:
        return list(history.read(start, end))


def values(items: list[Any]) -> list[tuple[datetime, float]]:
    return [(item.measured_at, item.temperature) for item in items if isinstance(item, SourceValue)]


def test_a_week_is_read_back_exactly(server: HomeAssistantServer) -> None:
    assert values(read(server, "sensor.attic")) == STORED


@pytest.mark.parametrize("hours", [12, 7, 1.5])
def test_the_chunks_of_a_week_are_the_week(server: HomeAssistantServer, hours: float) -> None:
    length, chunks, start = timedelta(hours=hours), [], START
    while start < END:
        chunks += values(read(server, "sensor.attic", start=start, end=min(start + length, END)))
        start += length

    assert chunks == STORED


def test_only_what_was_measured_in_the_range_is_read(server: HomeAssistantServer) -> None:
    items = read(server, "sensor.cellar", end=START + DAY)
    hours = [
        (item.measured_at - START) / timedelta(hours=1) for item in items if isinstance(item, SourceValue)
    ]

    assert hours == [0, 3, 5]
    assert [item for item in items if isinstance(item, Skipped)] == [
        Skipped("unavailable"),
        Skipped("unknown"),
    ]


def test_several_entities_and_one_that_does_not_exist(server: HomeAssistantServer) -> None:
    items = read(server, "sensor.attic", "sensor.cellar", "sensor.atic", end=START + DAY)

    assert {item.remote for item in items if isinstance(item, SourceValue)} == {
        "sensor.attic",
        "sensor.cellar",
    }
    assert Skipped("Home Assistant has no sensor.atic") in items


def test_another_unit_is_refused(server: HomeAssistantServer) -> None:
    with pytest.raises(
        SourceRefused, match=r"sensor\.garden is in '°F', but the unit of the source is celsius"
    ):
        read(server, "sensor.garden")


def test_a_wrong_token_is_a_message(server: HomeAssistantServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_HOUSE", "wrong-s3cret")

    with pytest.raises(SourceRefused, match=r"refuses the secret in SOURCE_HOUSE \(401") as raised:
        read(server, "sensor.attic")
    assert "s3cret" not in str(raised.value)


def test_live_values_and_the_history_of_them_are_the_same(server: HomeAssistantServer) -> None:
    server.set_state("sensor.now", "1.5")
    live = HomeAssistantLive(source_of(server, "sensor.now"), server.token)
    with live.values() as received:
        changed = [(server.set_state("sensor.now", text), float(text)) for text in ("19.5", "-2.25")]
        items = [next(item for item in received if item is not None) for _ in changed]

    assert values(items) == changed
    assert changed[0] in values(read(server, "sensor.now", start=END, end=END + 2 * DAY))
