"""A week of temperatures in a real Home Assistant, read back exactly through the clients."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest

from jobs.source import Source
from tests.proxy import Proxy
from tests.sources.home_assistant import HomeAssistantServer, State, home_assistant
from tests.unit.fake_job import FakeJob
from tests.unit.worker.live.world import FakePublisher
from tests.unit.worker.sources.clocks import FakeClock
from tests.unit.worker.sources.doubles import wave
from tests.waiting import DEADLINE_SECONDS, eventually
from worker.context import Interruption, JobInterrupted
from worker.live.feed import LiveFeed
from worker.live.progress import LiveProgress
from worker.source_readings import SourceReadings
from worker.sources.history import open_history
from worker.sources.home_assistant_live import HomeAssistantLive
from worker.sources.model import HistorySource, Skipped, SourceRefused, SourceValue

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


class RunningJob(FakeJob):
    """A job that lasts until it is stopped; its waits are real."""

    def __init__(self) -> None:
        super().__init__(kind="live")
        self.stop = Event()

    def sleep(self, seconds: float) -> None:
        self.stop.wait(seconds)
        self.progress()

    def progress(self, message: str | None = None) -> None:
        super().progress(message)
        if self.stop.is_set():
            raise JobInterrupted(Interruption.CANCEL)


@contextmanager
def live_job(source: Source, token: str, publisher: FakePublisher) -> Iterator[RunningJob]:
    job = RunningJob()
    sensors = {sensor.remote: sensor.sensor_id for sensor in source.sensors}
    readings = SourceReadings(source=source.name, sensors=sensors)
    progress = LiveProgress(job, source.name, None, readings.skipped)

    def history() -> AbstractContextManager[HistorySource]:
        return open_history(source, FakeClock().pace())

    feed = LiveFeed(job, HomeAssistantLive(source, token), history, publisher, readings, progress)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(feed.run)
        try:
            yield job
        finally:
            job.stop.set()
            with suppress(JobInterrupted):
                running.result()


def test_live_values_follow_without_a_gap_over_lost_connections(server: HomeAssistantServer) -> None:
    # The first is from before the subscription, and within the time that the history is read again.
    publisher, truth = FakePublisher(), [(server.set_state("sensor.moving", "-1"), -1.0)]
    address = urlsplit(server.url)
    with Proxy((str(address.hostname), address.port or 0)) as proxy:
        proxied = {"address": f"http://127.0.0.1:{proxy.port}"}
        source = source_of(server, "sensor.moving").model_copy(update=proxied)
        with live_job(source, server.token, publisher) as job:
            eventually(lambda: job.covered, DEADLINE_SECONDS, "the job is subscribed")
            for number in range(60):
                if number in (20, 40):
                    proxy.cut()
                truth.append((server.set_state("sensor.moving", str(number)), float(number)))
            eventually(lambda: len(publisher.published) >= len(truth), DEADLINE_SECONDS, "all are published")

    published = [(reading.measured_at, reading.temperature) for reading in publisher.published]
    assert sorted(published) == truth
    assert job.saved[-1]["counts"]["disconnections"] >= 1


def test_live_values_and_the_history_of_them_are_the_same(server: HomeAssistantServer) -> None:
    server.set_state("sensor.now", "1.5")
    live = HomeAssistantLive(source_of(server, "sensor.now"), server.token)
    with live.values() as received:
        changed = [(server.set_state("sensor.now", text), float(text)) for text in ("19.5", "-2.25")]
        items = [next(item for item in received if item is not None) for _ in changed]

    assert values(items) == changed
    assert changed[0] in values(read(server, "sensor.now", start=END, end=END + 2 * DAY))
