"""The trial of several suspects in a row, with small real children."""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from messaging.errors import DeadReason
from pipeline.trial import Trial, TrialEvents
from tests.unit.fakes import FakeClock, Told, delivery, wait_until

ANSWER_EACH = """
def wait_for_a_pause():
    with open(f'{lives}.answers', 'a') as answers: answers.write('.')
    said = os.path.getsize(f'{lives}.answers')
    while os.path.getsize(f'{lives}.pauses') < said: time.sleep(0.005)

bodies = sys.stdin.buffer.read()
print('ready', flush=True)
while bodies:
    for part in range(2):
        length = int.from_bytes(bodies[:8])
        body, bodies = bodies[8:8 + length], bodies[8 + length:]
    if body == b"deadly": os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps(dict(stored=1) if body != b"bad" else dict(reason="not-json", detail="no")), flush=True)
    if body == b"deadly behind": os.kill(os.getpid(), signal.SIGKILL)
    if body == b"slow": wait_for_a_pause()
"""


def answering_each(tmp_path: Path, limit_seconds: float = 30) -> tuple[Trial, Told, Path]:
    """A child for many suspects, which notes each of its lives."""
    lives = tmp_path / "lives"
    code = f"lives = {str(lives)!r}\nopen(lives, 'a').write('.')\n{ANSWER_EACH}"
    events = Told(TrialEvents)
    command = (sys.executable, "-c", f"import json, os, signal, sys, time\n{code}")
    return Trial(events, command, limit_seconds), events, lives


@pytest.mark.parametrize(
    ("bodies", "refused", "lives"),
    [
        ([b"a", b"b", b"c"], [None] * 3, 1),
        ([b"a", b"bad", b"c"], [None, DeadReason.NOT_JSON, None], 1),
        # One life for those before it, one that the killer shares, its own, and one for those behind it.
        ([b"a", b"deadly", b"c"], [None, DeadReason.CRASH_LOOP, None], 4),
        ([b"deadly", b"b", b"c"], [DeadReason.CRASH_LOOP, None, None], 3),
        ([b"a", b"b", b"deadly"], [None, None, DeadReason.CRASH_LOOP], 2),
        ([b"a", b"deadly behind"], [None, DeadReason.CRASH_LOOP], 2),
        ([b"deadly", b"deadly"], [DeadReason.CRASH_LOOP] * 2, 3),
    ],
)
def test_many_suspects_share_a_child_and_only_a_death_alone_convicts(
    tmp_path: Path, bodies: list[bytes], refused: list[DeadReason | None], lives: int
) -> None:
    trial, events, lived = answering_each(tmp_path)

    handled = trial([delivery(body) for body in bodies])
    handled.tell()

    assert [error and error.reason for error in handled.refused] == refused
    assert len(events.of("acquitted")) == refused.count(None)
    assert len(lived.read_text()) == lives


def test_each_of_many_suspects_has_the_time_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a child that takes nearly all the time that there is for one, five times
    clock = FakeClock()
    monkeypatch.setattr("pipeline.trial.time", SimpleNamespace(monotonic=clock))
    trial, _, lives = answering_each(tmp_path, limit_seconds=10)
    answers, pauses = tmp_path / "lives.answers", tmp_path / "lives.pauses"
    answers.touch()
    pauses.touch()

    def pause_until_it_answered(_seconds: float) -> None:
        paused = pauses.stat().st_size
        if paused < 5:
            wait_until(lambda: answers.stat().st_size == paused + 1)
            clock.now += 9
            pauses.write_text("." * (paused + 1))
        else:
            time.sleep(0.005)

    # when it is tried with them
    handled = trial([delivery(b"slow", pause=pause_until_it_answered) for _ in range(5)])

    # then none is refused, and one child was enough
    assert clock.now == 1000 + 5 * 9
    assert handled.refused == [None] * 5
    assert len(lives.read_text()) == 1
