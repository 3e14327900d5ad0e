"""The sensor as a whole on a broker in memory, and what its events move."""

import json
import platform
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from messaging.contract import Unit, body_of, message_of
from messaging.errors import BrokerUnavailable
from sensor import __main__ as program
from sensor.events import BROKER, SensorEvents
from sensor.outbox import Outgoing
from service.health import Health
from service.lifecycle import Stop
from service.version import VERSION
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import READING, FakeClock, wait_until

REFUSED = BrokerUnavailable("Connection refused")
MESSAGE = message_of(READING._replace(sequence=7), 70.7, Unit.FAHRENHEIT)
OUTGOING = Outgoing("kitchen", str(READING.reading_id), body_of(MESSAGE))


class StopAfter(Stop):
    """Is requested with so many waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self._left = waits

    def wait(self, seconds: float) -> bool:
        self._left -= 1
        if self._left == 0:
            self.request()
        return super().wait(seconds)


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def _deliveries_end(sensors_broker: FakeBroker) -> Iterator[None]:
    """What a sensor leaves trying when it ends, is not left to the next test."""
    yield
    sensors_broker.troubles.clear()
    wait_until(lambda: "delivery" not in {thread.name for thread in threading.enumerate()})


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment of a sensor that replays five rows once."""
    rows = "".join(f"2026-01-01T00:00:0{number},{20 + number}\n" for number in range(5))
    (tmp_path / "rows.csv").write_text("timestamp,value\n" + rows)
    monkeypatch.setenv("SENSOR_SOURCE", f"replay:{tmp_path / 'rows.csv'}")
    monkeypatch.setenv("SENSOR_ID", "kitchen")
    monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", "0.001")
    monkeypatch.setenv("REPLAY_LOOP", "false")
    monkeypatch.setenv("HTTP_PORT", "0")
    monkeypatch.setattr(program, "DRAIN_SECONDS", 0.05)  # for a broker that does not come


@pytest.mark.usefixtures("recorded")
def test_a_sensor_with_a_finite_source_ends_once_all_is_delivered(
    sensors_broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    program.main(Stop())

    bodies = [json.loads(message.body) for message in sensors_broker.queues["heat"]]
    assert [body["sequence"] for body in bodies] == [1, 2, 3, 4, 5]
    assert [body["temperature"] for body in bodies] == [20, 21, 22, 23, 24]
    assert capsys.readouterr().out.count("published") == 5


@pytest.mark.usefixtures("recorded")
def test_a_sensor_says_what_it_leaves_behind_when_it_is_stopped(
    sensors_broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    sensors_broker.troubles["connect"] = [REFUSED] * 100_000

    program.main(StopAfter(waits=10))

    assert "readings left in the outbox" in capsys.readouterr().out


@pytest.mark.usefixtures("recorded")
def test_a_sensor_delivers_what_its_predecessor_left_behind(
    sensors_broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    sensors_broker.troubles["connect"] = [REFUSED] * 100_000
    program.main(StopAfter(waits=10))
    sensors_broker.troubles.clear()

    program.main(Stop())

    bodies = [json.loads(message.body) for message in sensors_broker.queues["heat"]]
    runs: dict[str, list[int]] = {body["run_id"]: [] for body in bodies}
    for body in bodies:
        runs[body["run_id"]].append(body["sequence"])
    assert list(runs.values()) == [[1, 2, 3, 4, 5]] * 2
    assert "readings_waiting=5" in capsys.readouterr().out
    assert metric("sensor_outbox_readings") == 0


@pytest.mark.usefixtures("recorded")
def test_a_damaged_outbox_is_told_and_does_not_keep_a_sensor_from_its_work(
    sensors_broker: FakeBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sensors").mkdir()
    (tmp_path / "sensors" / "outbox-kitchen.sqlite3").write_bytes(b"no database " * 1000)

    program.main(Stop())

    assert len(sensors_broker.queues["heat"]) == 5
    said = capsys.readouterr().out
    assert "outbox damaged" in said
    assert "outbox-kitchen.sqlite3.corrupt-" in said


@pytest.mark.usefixtures("recorded")
def test_a_sensor_whose_broker_never_comes_raises_its_error(
    sensors_broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_TIMEOUT_SECONDS", "0.03")
    sensors_broker.troubles["connect"] = [REFUSED] * 100_000

    with pytest.raises(BrokerUnavailable, match="Connection refused"):
        program.main(Stop())


def test_a_sensor_stopped_in_the_middle_delivers_what_it_has_measured(
    sensors_broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENSOR_ID", "kitchen")
    monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", "0.001")
    monkeypatch.setenv("HTTP_PORT", "0")
    monkeypatch.setattr(program, "DRAIN_SECONDS", 60)

    program.main(StopAfter(waits=20))

    assert len(sensors_broker.queues["heat"]) == 19


def metric(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None
    return value


Act = Callable[[SensorEvents], None]


@pytest.mark.parametrize(
    ("act", "counter", "event"),
    [
        (lambda events: events.measured(waiting=4), "sensor_readings_measured_total", None),
        (lambda events: events.published(), "sensor_readings_published_total", None),
        (lambda events: events.returned(), "sensor_readings_returned_total", None),
        (
            lambda events: events.confirmed(OUTGOING, waiting=4),
            "sensor_readings_confirmed_total",
            "published",
        ),
        (lambda events: events.dropped(1), "sensor_readings_dropped_total", "readings dropped"),
        (
            lambda events: events.outbox_failed("disk I/O error", 3),
            "sensor_outbox_failures_total",
            "outbox failed",
        ),
    ],
)
def test_each_event_of_a_reading_is_counted_and_told(act: Act, counter: str, event: str | None) -> None:
    before = metric(counter)

    with capture_logs() as lines:
        act(SensorEvents(Health()))

    assert metric(counter) == before + 1
    assert [line["event"] for line in lines] == ([event] if event else [])


@pytest.mark.parametrize(
    "act",
    [lambda events: events.measured(waiting=4), lambda events: events.confirmed(OUTGOING, waiting=4)],
)
def test_what_waits_in_the_outbox_is_exported(act: Act) -> None:
    act(SensorEvents(Health()))

    assert metric("sensor_outbox_readings") == 4


def test_an_outage_of_the_broker_is_exported_with_its_seconds() -> None:
    clock = FakeClock()
    events = SensorEvents(Health(), clock)
    before = metric("sensor_outage_seconds_total", need="broker")

    events.broker_lost("gone", 1, waiting=2)
    clock.now += 7
    assert metric("sensor_outage", need="broker") == 1
    events.connected()

    assert metric("sensor_outage", need="broker") == 0
    assert metric("sensor_outage_seconds_total", need="broker") == before + 7


def test_a_sensor_counts_as_heard_from_its_start_and_then_from_each_confirm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = SensorEvents(Health())
    monkeypatch.setattr("time.time", lambda: 1_000.0)
    events.started("simulated", 2.5, "run", Path("outbox"), waiting=0)
    assert metric("sensor_last_confirmed_timestamp_seconds") == 1_000
    assert metric("sensor_interval_seconds") == 2.5

    monkeypatch.setattr("time.time", lambda: 1_002.0)
    events.confirmed(OUTGOING, waiting=0)

    assert metric("sensor_last_confirmed_timestamp_seconds") == 1_002


def test_the_versions_are_exported() -> None:
    assert metric("sensor_build_info", version=VERSION, python=platform.python_version()) == 1


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(OUTGOING._replace(message=MESSAGE), id="of this run"),
        pytest.param(OUTGOING, id="from the file"),
    ],
)
def test_a_published_reading_is_told_as_it_was_measured(reading: Outgoing) -> None:
    with capture_logs() as lines:
        SensorEvents(Health()).confirmed(reading, waiting=0)

    [line] = lines
    assert (line["sensor"], line["temperature"], line["unit"]) == ("kitchen", 70.7, "fahrenheit")
    assert (line["measured_at"], line["sequence"]) == ("2026-11-22T05:28:37.000000Z", 7)


def test_what_happens_with_each_reading_is_not_a_line_each_time() -> None:
    clock = FakeClock()
    events = SensorEvents(Health(), clock)
    before = metric("sensor_readings_dropped_total")

    with capture_logs() as lines:
        for _ in range(25):
            events.dropped(1)
            clock.now += 1
        events.connected()
        events.dropped(1)
        events.left_waiting(readings=5, in_memory=2)

    drops = [line["readings"] for line in lines if line["event"] == "readings dropped"]
    assert drops == [1, 10, 10, 4, 1]
    assert metric("sensor_readings_dropped_total") == before + 26
    left = [(line["event"], line["log_level"], line["readings"]) for line in lines[-2:]]
    assert left == [("readings left in the outbox", "info", 3), ("readings lost", "error", 2)]


def test_the_gauge_is_right_from_the_start() -> None:
    SensorEvents(Health()).started("simulated", 1, "run", Path("outbox"), waiting=17)

    assert metric("sensor_outbox_readings") == 17


def test_readiness_follows_the_broker() -> None:
    health = Health(BROKER)
    events = SensorEvents(health)

    with capture_logs() as lines:
        events.connected()
        assert health.problems() == {}
        events.broker_lost("Connection refused", 0.5, waiting=3)

    assert health.problems() == {BROKER: "Connection refused"}
    assert [line["event"] for line in lines] == ["connected to the broker", "broker unavailable"]
    assert lines[1]["readings_waiting"] == 3


def test_progress_is_a_sign_of_life() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=1, clock=clock)
    clock.now += 2

    SensorEvents(health).progress()

    assert health.stalled_seconds() is None
