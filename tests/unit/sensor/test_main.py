"""The whole sensor with a broker in memory."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from messaging.errors import BrokerUnavailable
from runtime.lifecycle import ShutdownSignal
from sensor import __main__ as program
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import wait_until
from tests.unit.metrics import metric

REFUSED = BrokerUnavailable("Connection refused")


class ShutdownAfter(ShutdownSignal):
    """Requests the shutdown at the given number of waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self._remaining = waits

    def wait(self, seconds: float) -> bool:
        self._remaining -= 1
        if self._remaining == 0:
            self.set()
        return super().wait(seconds)


@pytest.fixture(autouse=True)
def _state_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def _relays_end(sensors_broker: FakeBroker) -> Iterator[None]:
    """Wait until a relay that is still retrying has ended, so that it does not affect the next test."""
    yield
    sensors_broker.errors.clear()
    wait_until(lambda: "outbox-relay" not in {thread.name for thread in threading.enumerate()})


@pytest.fixture
def five_row_replay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set the environment of a sensor that replays five rows once."""
    rows = "".join(f"2026-01-01T00:00:0{number},{20 + number}\n" for number in range(5))
    (tmp_path / "rows.csv").write_text("timestamp,value\n" + rows)
    monkeypatch.setenv("SENSOR_SOURCE", f"replay:{tmp_path / 'rows.csv'}")
    monkeypatch.setenv("SENSOR_ID", "kitchen")
    monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", "0.001")
    monkeypatch.setenv("REPLAY_LOOP", "false")
    monkeypatch.setenv("HTTP_PORT", "0")
    monkeypatch.setattr(program, "DRAIN_SECONDS", 0.05)  # for a broker that stays down


@pytest.mark.usefixtures("five_row_replay")
def test_a_sensor_with_a_finite_source_ends_after_its_last_confirm(
    sensors_broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    program.main(ShutdownSignal())

    bodies = [json.loads(message.body) for message in sensors_broker.queues["heat"]]
    assert [body["sequence"] for body in bodies] == [1, 2, 3, 4, 5]
    assert [body["temperature"] for body in bodies] == [20, 21, 22, 23, 24]
    assert capsys.readouterr().out.count("published") == 5


@pytest.mark.usefixtures("five_row_replay")
def test_a_sensor_in_a_container_waits_after_a_finite_source_instead_of_replaying_it_again(
    sensors_broker: FakeBroker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPLAY_EXIT", "false")
    stored_while_waiting: list[int] = []

    class StoppedAfterTheReplay(ShutdownSignal):
        def wait(self, seconds: float) -> bool:
            if seconds == program.WAIT_SECONDS:
                wait_until(lambda: len(sensors_broker.queues["heat"]) == 5)
                stored_while_waiting.append(len(sensors_broker.queues["heat"]))
                self.set()
            return super().wait(seconds)

    program.main(StoppedAfterTheReplay())

    assert stored_while_waiting == [5]
    assert "replay ended" in capsys.readouterr().out


@pytest.mark.usefixtures("five_row_replay")
def test_a_stopped_sensor_logs_the_readings_in_its_outbox(
    sensors_broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    sensors_broker.errors["connect"] = [REFUSED] * 100_000

    program.main(ShutdownAfter(waits=10))

    assert "readings remain in the outbox" in capsys.readouterr().out


@pytest.mark.usefixtures("five_row_replay")
def test_a_sensor_publishes_the_readings_of_an_earlier_run(
    sensors_broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    sensors_broker.errors["connect"] = [REFUSED] * 100_000
    program.main(ShutdownAfter(waits=10))
    sensors_broker.errors.clear()

    program.main(ShutdownSignal())

    bodies = [json.loads(message.body) for message in sensors_broker.queues["heat"]]
    runs: dict[str, list[int]] = {body["run_id"]: [] for body in bodies}
    for body in bodies:
        runs[body["run_id"]].append(body["sequence"])
    assert list(runs.values()) == [[1, 2, 3, 4, 5]] * 2
    assert "readings_pending=5" in capsys.readouterr().out
    assert metric("sensor_outbox_readings") == 0


@pytest.mark.usefixtures("five_row_replay")
def test_a_damaged_outbox_is_logged_and_replaced(
    sensors_broker: FakeBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sensors").mkdir()
    (tmp_path / "sensors" / "outbox-kitchen.sqlite3").write_bytes(b"not a database " * 1000)

    program.main(ShutdownSignal())

    assert len(sensors_broker.queues["heat"]) == 5
    output = capsys.readouterr().out
    assert "outbox damaged" in output
    assert "outbox-kitchen.sqlite3.corrupt-" in output


@pytest.mark.usefixtures("five_row_replay")
def test_a_connect_timeout_raises_the_error_of_the_broker(
    sensors_broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_TIMEOUT_SECONDS", "0.03")
    sensors_broker.errors["connect"] = [REFUSED] * 100_000

    with pytest.raises(BrokerUnavailable, match="Connection refused"):
        program.main(ShutdownSignal())


def test_a_stopped_sensor_publishes_what_it_has_measured(
    sensors_broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENSOR_ID", "kitchen")
    monkeypatch.setenv("SENSOR_INTERVAL_SECONDS", "0.001")
    monkeypatch.setenv("HTTP_PORT", "0")
    monkeypatch.setattr(program, "DRAIN_SECONDS", 60)

    program.main(ShutdownAfter(waits=20))

    assert len(sensors_broker.queues["heat"]) == 19
