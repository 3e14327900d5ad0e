"""The trial of a suspect message, with small real children."""

import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from db.errors import DataRejected, StoreUnavailable
from messaging.errors import DeadReason, InvalidReading
from messaging.mqtt import Topic
from messaging.session import Delivery
from pipeline.settings import PipelineSettings
from pipeline.trial import Suspect, Trial, TrialEvents, TrialUnavailable, outcome_of, suspects_in, written
from service.errors import Stopped
from service.settings import load
from tests.unit.bodies import with_fields
from tests.unit.fakes import FakeClock, FakeStore, Told, delivery, wait_until

READY = "print('ready', flush=True);"
HANG = "time.sleep(600)"


def child(code: str, *, limit_seconds: float = 30) -> tuple[Trial, Told]:
    events = Told(TrialEvents)
    command = (sys.executable, "-c", f"import json, os, signal, sys, time; {code}")
    return Trial(events, command, limit_seconds), events


def settle(trial: Trial, suspect: Delivery) -> InvalidReading | None:
    """Why it was refused, or None once its acquittal is told."""
    handled = trial([suspect])
    handled.tell()
    (refused,) = handled.refused
    return refused


def refused_by(trial: Trial) -> InvalidReading:
    refused = settle(trial, delivery())
    assert refused
    return refused


def answering(**outcome: object) -> str:
    return f"{READY} print({json.dumps(json.dumps(outcome))})"


@pytest.mark.parametrize(("stored", "duplicate"), [(1, False), (0, True)])
def test_a_child_that_stored_the_reading_acquits_the_message(stored: int, duplicate: bool) -> None:
    trial, events = child(answering(stored=stored))

    assert settle(trial, delivery(redelivered=True, headers={"x-delivery-count": 6})) is None

    assert events.calls == [("acquitted", (7, duplicate))]


def test_what_a_message_said_is_read_as_it_was_written() -> None:
    suspects = [
        Suspect(bytes(range(256)), None),
        Suspect(b"21.5", Topic("Küche", "2026-11-22T05:28:37.000000Z")),
        Suspect(b"", Topic("attic", None)),
    ]

    assert list(suspects_in(b"".join(map(written, suspects)))) == suspects


def test_the_child_gets_the_body_as_it_came() -> None:
    body = bytes(range(256)) * 300
    compare = (
        "same = sys.stdin.buffer.read()[20:] == bytes(range(256)) * 300;"  # behind two lengths and `null`
    )
    trial, events = child(f"{compare} {READY} print(json.dumps(dict(stored=int(same))))")

    assert settle(trial, delivery(body)) is None

    assert events.calls == [("acquitted", (1, False))]


def test_what_the_child_found_invalid_is_invalid() -> None:
    trial, events = child(answering(reason="future-time", detail="measured_at is far ahead"))

    refused = refused_by(trial)

    assert (refused.reason, refused.detail) == (DeadReason.FUTURE_TIME, "measured_at is far ahead")
    assert events.calls == []


def test_a_database_that_is_away_for_the_child_is_an_outage() -> None:
    trial, _ = child(answering(unavailable="Connection refused"))

    with pytest.raises(StoreUnavailable, match="Connection refused"):
        trial([delivery()])


@pytest.mark.parametrize(
    ("death", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "was killed by SIGSEGV"),
        ("os.abort()", "was killed by SIGABRT"),
        ("os._exit(3)", "ended with exit code 3"),
        ("1 / 0", "ended with exit code 1"),
        ("os._exit(0)", "ended with exit code 0"),
    ],
)
def test_a_child_that_dies_of_the_message_convicts_it(death: str, told: str) -> None:
    trial, events = child(f"sys.stderr.close(); {READY} {death}")

    refused = refused_by(trial)

    assert refused.reason is DeadReason.CRASH_LOOP
    assert refused.detail == f"its consumer {told} when it was tried alone"
    assert events.calls == []


@pytest.mark.parametrize("death", ["os._exit(78)", "os.kill(os.getpid(), signal.SIGKILL)", "pass"])
def test_a_child_that_could_not_start_proves_nothing(death: str) -> None:
    trial, _ = child(death)

    with pytest.raises(TrialUnavailable, match="could not start"):
        trial([delivery()])


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
    """The clock by which a child has its time."""
    clock = FakeClock()
    monkeypatch.setattr("pipeline.trial.time", SimpleNamespace(monotonic=clock))
    return clock


def test_a_child_that_hangs_is_ended_at_its_limit_and_convicts(tmp_path: Path, clock: FakeClock) -> None:
    pid = tmp_path / "pid"
    trial, _ = child(f"{READY} {writing_pid(pid)} {HANG}", limit_seconds=10)

    def pause_once_it_is_ready(_seconds: float) -> None:
        wait_until(lambda: pid.exists() and pid.read_text().endswith("."))
        clock.now += 9

    refused = settle(trial, delivery(pause=pause_once_it_is_ready))

    assert refused
    assert clock.now == 1000 + 9 + 18, "it had its time from when it was ready"
    assert refused.reason is DeadReason.CRASH_LOOP
    assert refused.detail == "its consumer did not finish when it was tried alone"
    assert gone(int(pid.read_text().rstrip(".")))


def test_a_child_that_hangs_before_it_is_ready_proves_nothing() -> None:
    trial, _ = child(HANG, limit_seconds=0.1)

    with pytest.raises(TrialUnavailable):
        trial([delivery()])


def test_a_stop_ends_the_trial_and_its_child(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    trial, _ = child(f"{writing_pid(pid)} {READY} {HANG}")

    def pause_until_it_runs(_seconds: float) -> None:
        wait_until(lambda: pid.exists() and pid.read_text().endswith("."))
        raise Stopped

    with pytest.raises(Stopped):
        trial([delivery(pause=pause_until_it_runs)])

    assert gone(int(pid.read_text().rstrip(".")))


def test_the_heartbeat_is_kept_while_the_child_works(tmp_path: Path) -> None:
    pauses: list[float] = []
    enough = tmp_path / "enough"

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) >= 3:
            enough.touch()
        time.sleep(0.005)

    waiting = f"while not os.path.exists({str(enough)!r}): time.sleep(0.005)"
    trial, _ = child(f"{READY}\n{waiting}\nprint(json.dumps(dict(stored=1)))")

    assert settle(trial, delivery(pause=pause)) is None

    assert len(pauses) >= 3
    assert max(pauses) <= 1


@pytest.mark.parametrize(
    ("body", "troubles", "outcome"),
    [
        (with_fields(), [], {"stored": 1}),
        (with_fields(), [StoreUnavailable("away")], {"unavailable": "away"}),
        (with_fields(), [DataRejected("no")], {"reason": "rejected-by-database", "detail": "no"}),
        (b"{}", [], {"reason": "invalid-field", "detail": "sensor_id is missing"}),
    ],
)
def test_each_outcome_is_written_for_the_parent(
    body: bytes, troubles: list[Exception], outcome: dict[str, object]
) -> None:
    assert outcome_of(FakeStore(*troubles), Suspect(body, None), load(PipelineSettings)) == outcome


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, closed: int) -> None:
    monkeypatch.setenv("POSTGRES_PORT", str(closed))


@pytest.mark.usefixtures("no_database")
def test_the_real_child_reads_the_messages_as_the_consumer_does() -> None:
    handled = Trial(Told(TrialEvents))([delivery(b"{}"), delivery(b""), delivery(b"\xff" * 300)])

    details = [error.detail for error in handled.refused if error]
    assert details[0] == "sensor_id is missing"
    assert details[1].startswith("the body b'' is not JSON")
    assert details[2].startswith("the body b'\\xff")


@pytest.mark.usefixtures("no_database")
def test_the_real_child_stops_at_the_first_message_that_must_wait() -> None:
    began = time.monotonic()

    with pytest.raises(StoreUnavailable, match="onnection refused"):
        Trial(Told(TrialEvents))([delivery(with_fields(temperature=n)) for n in range(200)])

    assert time.monotonic() - began < 60
