"""The trial of several suspects in a row, with small real children."""

import sys
from pathlib import Path

import pytest

from messaging.errors import DeadReason
from pipeline.trial import Trial, TrialEvents
from tests.unit.fakes import Told, delivery

ANSWER_EACH = """
bodies = sys.stdin.buffer.read()
print('ready', flush=True)
while bodies:
    for part in range(2):
        length = int.from_bytes(bodies[:8])
        body, bodies = bodies[8:8 + length], bodies[8 + length:]
    if body == b"deadly": os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps(dict(stored=1) if body != b"bad" else dict(reason="not-json", detail="no")), flush=True)
    if body == b"deadly behind": os.kill(os.getpid(), signal.SIGKILL)
    if body == b"slow": time.sleep(0.5)
"""


def answering_each(tmp_path: Path, limit_seconds: float = 30) -> tuple[Trial, Told, Path]:
    """A child for many suspects, which notes each of its lives."""
    lives = tmp_path / "lives"
    code = f"open({str(lives)!r}, 'a').write('.')\n{ANSWER_EACH}"
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


def test_each_of_many_suspects_has_the_time_of_one(tmp_path: Path) -> None:
    trial, _, lives = answering_each(tmp_path, limit_seconds=1.5)

    handled = trial([delivery(b"slow") for _ in range(5)])

    assert handled.refused == [None] * 5
    assert len(lives.read_text()) == 1
