"""Isolation of a message that may be poison, with small real child processes."""

import json
import os
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from db.errors import InvalidData, StoreUnavailable
from messaging.consuming.delivery import Delivery
from pipeline.isolation import (
    IsolatedMessage,
    IsolationEvents,
    IsolationUnavailable,
    SubprocessHandler,
    decode_message,
    encode_message,
    handle_message,
)
from pipeline.settings import PipelineSettings
from readings.errors import DeadLetterReason, InvalidReading
from readings.payload import MqttDefaults
from runtime.errors import ShutdownRequested
from runtime.settings import load
from tests.unit.bodies import with_fields
from tests.unit.fakes import EventRecorder, FakeClock, FakeStore, FakeWork, delivery, wait_until

READY = "print('ready', flush=True);"
SLEEP = "time.sleep(600)"


def handler_running(code: str, *, timeout_seconds: float = 30) -> tuple[SubprocessHandler, EventRecorder]:
    events = EventRecorder(IsolationEvents)
    command = (sys.executable, "-c", f"import base64, json, os, signal, sys, time; {code}")
    return SubprocessHandler(events, command, timeout_seconds), events


def settle(
    handler: SubprocessHandler, message: Delivery, work: FakeWork | None = None
) -> InvalidReading | None:
    """Return why the message is rejected, or None once it is reported as stored."""
    result = handler([message], work or FakeWork())
    result.on_settled()
    (error,) = result.errors
    return error


def rejection(handler: SubprocessHandler) -> InvalidReading:
    error = settle(handler, delivery())
    assert error
    return error


def responding(**response: object) -> str:
    return f"{READY} print({json.dumps(json.dumps(response))})"


@pytest.mark.parametrize(("stored", "duplicate"), [(1, False), (0, True)])
def test_a_message_that_the_child_stored_is_reported(stored: int, duplicate: bool) -> None:
    handler, events = handler_running(responding(stored=stored))

    assert settle(handler, delivery(redelivered=True, headers={"x-delivery-count": 6})) is None

    assert events.calls == [("stored_in_isolation", (7, duplicate))]


@pytest.mark.parametrize(
    "message",
    [
        IsolatedMessage(bytes(range(256)), None),
        IsolatedMessage(b"21.5", MqttDefaults("Küche", "2026-11-22T05:28:37.000000Z")),
        IsolatedMessage(b"", MqttDefaults("attic", None)),
        IsolatedMessage(b"a\nb\r\n", None),
    ],
)
def test_an_encoded_message_is_decoded_unchanged(message: IsolatedMessage) -> None:
    line = encode_message(message)

    assert line.count(b"\n") == 1
    assert decode_message(line) == message


def test_the_child_receives_the_body_unchanged() -> None:
    body = bytes(range(256)) * 300
    compare = "same = base64.b64decode(json.loads(sys.stdin.read())['body']) == bytes(range(256)) * 300;"
    handler, events = handler_running(f"{compare} {READY} print(json.dumps(dict(stored=int(same))))")

    assert settle(handler, delivery(body)) is None

    assert events.calls == [("stored_in_isolation", (1, False))]


def test_a_message_that_the_child_rejects_is_rejected() -> None:
    handler, events = handler_running(responding(reason="future-time", detail="measured_at is far ahead"))

    error = rejection(handler)

    assert (error.reason, error.detail) == (DeadLetterReason.FUTURE_TIME, "measured_at is far ahead")
    assert events.calls == []


def test_a_database_that_is_down_for_the_child_is_unavailable() -> None:
    handler, _ = handler_running(responding(unavailable="Connection refused"))

    with pytest.raises(StoreUnavailable, match="Connection refused"):
        handler([delivery()], FakeWork())


@pytest.mark.parametrize(
    ("death", "description"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "was killed by SIGSEGV"),
        ("os.abort()", "was killed by SIGABRT"),
        ("os._exit(3)", "ended with exit code 3"),
        ("1 / 0", "ended with exit code 1"),
        ("os._exit(0)", "ended with exit code 0"),
    ],
)
def test_a_message_that_kills_the_child_is_a_poison_message(death: str, description: str) -> None:
    handler, events = handler_running(f"sys.stderr.close(); {READY} {death}")

    error = rejection(handler)

    assert error.reason is DeadLetterReason.CRASH_LOOP
    assert error.detail == f"its consumer {description} when it was handled in isolation"
    assert events.calls == []


@pytest.mark.parametrize("death", ["os._exit(78)", "os.kill(os.getpid(), signal.SIGKILL)", "pass"])
def test_a_child_that_does_not_start_rejects_nothing(death: str) -> None:
    handler, _ = handler_running(death)

    with pytest.raises(IsolationUnavailable, match="did not start"):
        handler([delivery()], FakeWork())


@pytest.mark.parametrize(
    ("command", "device"),
    [
        pytest.param(("/nonexistent",), "/dev/null", id="no child can start"),
        pytest.param((sys.executable, "-c", READY), "/dev/full", id="the disk is full"),
    ],
)
def test_where_no_child_can_be_started_nothing_is_rejected(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], device: str
) -> None:
    open_device = partial(Path(device).open, "w+b")
    monkeypatch.setattr("pipeline.isolation.tempfile.TemporaryFile", open_device)
    handler = SubprocessHandler(EventRecorder(IsolationEvents), command)

    with pytest.raises(IsolationUnavailable, match=r"(?:No such file|No space left).*; check memory, "):
        handler([delivery(b"21.5")], FakeWork())


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def writing_pid(path: Path) -> str:
    return f"open({str(path)!r}, 'w').write(str(os.getpid()) + '.');"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Replace the clock of the handler's time-out."""
    clock = FakeClock()
    monkeypatch.setattr("pipeline.isolation.time", SimpleNamespace(monotonic=clock))
    return clock


def test_a_message_on_which_the_child_stalls_is_a_poison_message(tmp_path: Path, clock: FakeClock) -> None:
    pid = tmp_path / "pid"
    handler, _ = handler_running(f"{READY} {writing_pid(pid)} {SLEEP}", timeout_seconds=10)

    def pause_once_it_is_ready(_seconds: float) -> None:
        wait_until(lambda: pid.exists() and pid.read_text().endswith("."))
        clock.now += 1

    error = settle(handler, delivery(), FakeWork(pause_once_it_is_ready))

    assert error
    assert clock.now == 1000 + 1 + 10, "the time-out starts again when the child is ready"
    assert error.reason is DeadLetterReason.CRASH_LOOP
    assert error.detail == "its consumer did not finish when it was handled in isolation"
    assert gone(int(pid.read_text().rstrip(".")))


def test_a_message_is_not_rejected_because_its_consumer_was_frozen(tmp_path: Path, clock: FakeClock) -> None:
    working, thawed = tmp_path / "working", tmp_path / "thawed"
    handler, _ = handler_running(
        f"{READY} open({str(working)!r}, 'w').close();"
        f" exec({f'while not os.path.exists({str(thawed)!r}): time.sleep(0.1)'!r});"
        f" {responding(stored=1).removeprefix(READY)}",
        timeout_seconds=10,
    )
    frozen_seconds = iter([0.0, 100.0])

    def be_frozen_once(_seconds: float) -> None:
        wait_until(working.exists)
        time.sleep(0.01)
        if seconds := next(frozen_seconds, 0.0):
            thawed.touch()
        clock.now += seconds

    assert settle(handler, delivery(), FakeWork(be_frozen_once)) is None


def test_a_child_that_stalls_before_it_is_ready_rejects_nothing() -> None:
    handler, _ = handler_running(SLEEP, timeout_seconds=0.1)

    with pytest.raises(IsolationUnavailable):
        handler([delivery()], FakeWork())


def test_a_child_that_cannot_reach_the_database_in_time_rejects_nothing(
    tmp_path: Path, clock: FakeClock
) -> None:
    # given the real child, whose connection waits for a name server, without a time limit
    connecting = tmp_path / "connecting"
    wait = f"lambda _: (open({str(connecting)!r}, 'w').close(), {SLEEP})"
    handler, _ = handler_running(
        f"import db.store, pipeline.isolation; db.store.Store._connect = {wait}; pipeline.isolation.main()",
        timeout_seconds=10,
    )

    def pause_once_it_connects(_seconds: float) -> None:
        wait_until(connecting.exists)
        clock.now += 9

    with pytest.raises(IsolationUnavailable):
        handler([delivery(with_fields())], FakeWork(pause_once_it_connects))


def test_a_shutdown_ends_the_child(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    handler, _ = handler_running(f"{writing_pid(pid)} {READY} {SLEEP}")

    def shut_down_once_it_runs(_seconds: float) -> None:
        wait_until(lambda: pid.exists() and pid.read_text().endswith("."))
        raise ShutdownRequested

    with pytest.raises(ShutdownRequested):
        handler([delivery()], FakeWork(shut_down_once_it_runs))

    assert gone(int(pid.read_text().rstrip(".")))


def test_heartbeats_are_kept_while_the_child_works(tmp_path: Path) -> None:
    pauses: list[float] = []
    enough = tmp_path / "enough"

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) >= 3:
            enough.touch()
        time.sleep(0.005)

    waiting = f"while not os.path.exists({str(enough)!r}): time.sleep(0.005)"
    handler, _ = handler_running(f"{READY}\n{waiting}\nprint(json.dumps(dict(stored=1)))")

    assert settle(handler, delivery(), FakeWork(pause)) is None

    assert len(pauses) >= 3
    assert max(pauses) <= 1


@pytest.mark.parametrize(
    ("body", "errors", "response"),
    [
        (with_fields(), [], {"stored": 1}),
        (with_fields(), [StoreUnavailable("down")], {"unavailable": "down"}),
        (with_fields(), [InvalidData("no")], {"reason": "rejected-by-database", "detail": "no"}),
        (
            b"{}",
            [],
            {"reason": "invalid-field", "detail": "sensor_id, measured_at and temperature are missing"},
        ),
    ],
)
def test_the_child_responds_with_each_outcome(
    body: bytes, errors: list[Exception], response: dict[str, object]
) -> None:
    assert handle_message(FakeStore(*errors), IsolatedMessage(body, None), load(PipelineSettings)) == response


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("POSTGRES_PORT", str(closed_port))


@pytest.mark.usefixtures("no_database")
def test_the_real_child_parses_messages_as_the_consumer_does() -> None:
    handler = SubprocessHandler(EventRecorder(IsolationEvents))

    result = handler([delivery(b"{}"), delivery(b""), delivery(b"\xff" * 300)], FakeWork())

    details = [error.detail for error in result.errors if error]
    assert details[0] == "sensor_id, measured_at and temperature are missing"
    assert details[1].startswith("the body b'' is not JSON")
    assert details[2].startswith("the body b'\\xff")


def test_signals_to_every_process_are_not_mistaken_for_the_doing_of_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the real child, which waits for a database that accepts its connection and does not respond
    pid = tmp_path / "pid"
    connections: list[socket.socket] = []
    handler, _ = handler_running(f"{writing_pid(pid)} import pipeline.isolation; pipeline.isolation.main()")
    with socket.create_server(("127.0.0.1", 0)) as database:
        database.settimeout(60)
        monkeypatch.setenv("POSTGRES_PORT", str(database.getsockname()[1]))

        # when the signals arrive, and the database goes down
        def signal_once_it_connects(seconds: float) -> None:
            if not connections:
                connections.append(database.accept()[0])
                for number in (signal.SIGTERM, signal.SIGINT):
                    os.kill(int(pid.read_text().rstrip(".")), number)
                database.close()
                connections[0].close()
            time.sleep(seconds)

        # then the child reports that, and the message is not rejected
        with pytest.raises(StoreUnavailable):
            handler([delivery(with_fields())], FakeWork(signal_once_it_connects))


@pytest.mark.usefixtures("no_database")
def test_the_real_child_stops_at_the_first_message_that_cannot_be_stored_now() -> None:
    started_at = time.monotonic()

    with pytest.raises(StoreUnavailable, match="onnection refused"):
        SubprocessHandler(EventRecorder(IsolationEvents))(
            [delivery(with_fields(temperature=n)) for n in range(200)], FakeWork()
        )

    assert time.monotonic() - started_at < 60
