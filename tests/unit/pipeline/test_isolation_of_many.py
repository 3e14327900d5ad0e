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
    with open(f'{lives}.responses', 'a') as responses: responses.write('.')
    responded = os.path.getsize(f'{lives}.responses')
    while os.path.getsize(f'{lives}.pauses') < responded: time.sleep(0.005)

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
    """A handler whose child handles many messages and records each of its lives."""
    lives = tmp_path / "lives"
    code = f"lives = {str(lives)!r}\nopen(lives, 'a').write('.')\n{RESPOND_TO_EACH}"
    events = EventRecorder(IsolationEvents)
    command = (sys.executable, "-c", f"import base64, json, os, signal, sys, time\n{code}")
    return SubprocessHandler(events, command, timeout_seconds), events, lives


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
def test_many_messages_share_a_child_and_only_a_death_alone_is_proof(
    tmp_path: Path, bodies: list[bytes], reasons: list[DeadLetterReason | None], children: int
) -> None:
    handler, events, lives = responding_to_each(tmp_path)

    result = handler([delivery(body) for body in bodies], FakeWork())
    result.on_settled()

    assert [error and error.reason for error in result.errors] == reasons
    assert len(events.calls_to("stored_in_isolation")) == reasons.count(None)
    assert len(lives.read_text()) == children


def test_each_of_many_messages_has_the_time_out_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a child that takes nearly the whole time-out of one message, five times
    clock = FakeClock()
    monkeypatch.setattr("pipeline.isolation.time", SimpleNamespace(monotonic=clock))
    handler, _, lives = responding_to_each(tmp_path, timeout_seconds=10)
    responses, pauses = tmp_path / "lives.responses", tmp_path / "lives.pauses"
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

    # then none is rejected, and one child was enough
    assert clock.now == 1000 + 5 * 9
    assert result.errors == [None] * 5
    assert len(lives.read_text()) == 1
