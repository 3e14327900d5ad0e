"""Isolation of several messages in one child process, with small real children."""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.isolation import IsolationEvents, SubprocessHandler
from readings.errors import DeadLetterReason
from tests.unit.fakes import EventRecorder, FakeClock, FakeWork, delivery, wait_until

RESPOND_TO_EACH = """
def wait_for_a_pause():
    with open(f'{starts}.responses', 'a') as responses: responses.write('.')
    responded = os.path.getsize(f'{starts}.responses')
    while os.path.getsize(f'{starts}.pauses') < responded: time.sleep(0.005)

lines = sys.stdin.readlines()
print('ready', flush=True)
for line in lines:
    body = base64.b64decode(json.loads(line)["body"])
    if body == b"deadly": os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps(dict(stored=1) if body != b"bad" else dict(reason="not-json", detail="no")), flush=True)
    if body == b"deadly after the response": os.kill(os.getpid(), signal.SIGKILL)
    if body == b"slow": wait_for_a_pause()
"""


def responding_to_each(
    tmp_path: Path, timeout_seconds: float = 30
) -> tuple[SubprocessHandler, EventRecorder, Path]:
    """Return a handler whose child handles many messages, and a file with a dot for each started child."""
    starts = tmp_path / "starts"
    code = f"starts = {str(starts)!r}\nopen(starts, 'a').write('.')\n{RESPOND_TO_EACH}"
    events = EventRecorder(IsolationEvents)
    command = (sys.executable, "-c", f"import base64, json, os, signal, sys, time\n{code}")
    return SubprocessHandler(events, command, timeout_seconds), events, starts


@pytest.mark.parametrize(
    ("bodies", "reasons", "children"),
    [
        ([b"a", b"b", b"c"], [None] * 3, 1),
        ([b"a", b"bad", b"c"], [None, DeadLetterReason.NOT_JSON, None], 1),
        # A child for those before, one that the poison message shares, its own, and one for those after it.
        ([b"a", b"deadly", b"c"], [None, DeadLetterReason.CRASH_LOOP, None], 4),
        ([b"deadly", b"b", b"c"], [DeadLetterReason.CRASH_LOOP, None, None], 3),
        ([b"a", b"b", b"deadly"], [None, None, DeadLetterReason.CRASH_LOOP], 2),
        ([b"a", b"deadly after the response"], [None, DeadLetterReason.CRASH_LOOP], 2),
        ([b"deadly", b"deadly"], [DeadLetterReason.CRASH_LOOP] * 2, 3),
    ],
)
def test_messages_share_a_child_and_are_rejected_only_when_it_dies_on_them_alone(
    tmp_path: Path, bodies: list[bytes], reasons: list[DeadLetterReason | None], children: int
) -> None:
    handler, events, starts = responding_to_each(tmp_path)

    result = handler([delivery(body) for body in bodies], FakeWork())
    result.on_settled()

    assert [error and error.reason for error in result.errors] == reasons
    assert len(events.calls_to("stored_in_isolation")) == reasons.count(None)
    assert len(starts.read_text()) == children


def test_a_child_receives_only_the_messages_that_fit_into_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.isolation.MAX_CHILD_BYTES", 3)
    handler, _, starts = responding_to_each(tmp_path)

    # those of a child: 1 + 2 bytes, 3 bytes, 4 bytes although that is more, 1 byte
    result = handler([delivery(body) for body in (b"a", b"bb", b"bad", b"dddd", b"e")], FakeWork())

    assert [error and error.reason for error in result.errors] == [
        None, None, DeadLetterReason.NOT_JSON, None, None,
    ]  # fmt: skip
    assert len(starts.read_text()) == 4


def test_the_time_out_applies_to_each_message_separately(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a child that takes nearly the whole time-out of one message, five times
    clock = FakeClock()
    monkeypatch.setattr("pipeline.isolation.time", SimpleNamespace(monotonic=clock))
    handler, _, starts = responding_to_each(tmp_path, timeout_seconds=10)
    responses, pauses = tmp_path / "starts.responses", tmp_path / "starts.pauses"
    responses.touch()
    pauses.touch()

    def pause_until_it_responded(_seconds: float) -> None:
        paused = pauses.stat().st_size
        if paused < 5:
            wait_until(lambda: responses.stat().st_size == paused + 1)
            clock.now += 9
            pauses.write_text("." * (paused + 1))
        else:
            time.sleep(0.005)

    # when it handles them
    result = handler([delivery(b"slow") for _ in range(5)], FakeWork(pause_until_it_responded))

    # then none is rejected, and a single child handled them all
    assert clock.now == 1000 + 5 * 9
    assert result.errors == [None] * 5
    assert len(starts.read_text()) == 1
