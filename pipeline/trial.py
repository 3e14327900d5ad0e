"""A message that may kill its consumer is tried in a child process first.

The child (`python -m pipeline.trial`) reads the body from stdin, says `ready` once it could start, and
then one JSON line with the outcome. Only a child that dies after `ready` convicts the message.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Protocol

from db.errors import StoreUnavailable
from db.store import Store
from messaging.errors import DeadReason, InvalidReading
from messaging.session import Delivery
from pipeline.handler import store_reading
from pipeline.settings import PipelineSettings
from service.errors import ServiceUnavailable
from service.settings import load

POLL_SECONDS = 0.05
TRIAL_SECONDS = 60.0
READY = "ready"


class TrialUnavailable(ServiceUnavailable):
    """The trial itself could not be held; nothing is known about the message."""


class TrialEvents(Protocol):
    """What a trial tells."""

    def acquitted(self, delivery_number: int | None, *, duplicate: bool) -> None:
        """The suspect message did no harm; its reading is committed, or was there already."""


class Trial:
    """A handler that lets a child process do the work of `store_reading`.

    Raises InvalidReading with the reason `crash-loop` when the child dies of the message, and otherwise
    what the work would have raised.
    """

    def __init__(
        self,
        events: TrialEvents,
        command: tuple[str, ...] = (sys.executable, "-m", "pipeline.trial"),
        limit_seconds: float = TRIAL_SECONDS,
    ) -> None:
        self._events = events
        self._command = command
        self._limit_seconds = limit_seconds

    def __call__(self, delivery: Delivery) -> None:
        """Try one delivery; its reading is committed when this returns."""
        with tempfile.TemporaryFile() as body, tempfile.TemporaryFile() as answers:
            body.write(delivery.body)
            body.seek(0)
            # A session of its own: a Ctrl-C at the terminal must not look like the message's doing.
            child = subprocess.Popen(  # noqa: S603 (this project's own module)
                self._command, stdin=body, stdout=answers, start_new_session=True
            )
            code = self._wait(child, delivery)
            answers.seek(0)
            lines = answers.read().decode(errors="replace").splitlines()
        new = _judge(lines, code)
        self._events.acquitted(delivery.number, duplicate=new == 0)

    def _wait(self, child: subprocess.Popen[bytes], delivery: Delivery) -> int | None:
        """The child's exit code, negative for a signal; None when it had to be ended for its time."""
        deadline = time.monotonic() + self._limit_seconds
        try:
            while child.poll() is None and time.monotonic() < deadline:
                delivery.pause(POLL_SECONDS)
            return child.poll()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _judge(lines: list[str], code: int | None) -> int:
    if READY not in lines:
        raise TrialUnavailable(f"the trial of a suspect message could not start (exit code {code})")
    if code != 0 or lines[-1] == READY:
        raise InvalidReading(DeadReason.CRASH_LOOP, f"its consumer {_death(code)} when it was tried alone")
    outcome: dict[str, Any] = json.loads(lines[-1])
    if "unavailable" in outcome:
        raise StoreUnavailable(outcome["unavailable"])
    if "reason" in outcome:
        raise InvalidReading(DeadReason(outcome["reason"]), outcome["detail"])
    return int(outcome["stored"])


def _death(code: int | None) -> str:
    if code is None:
        return "did not finish"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def main() -> None:
    """The child: handle the message on stdin once and print the outcome."""
    settings = load(PipelineSettings)
    store = Store(settings, name=f"trial of {settings.name}")
    body = sys.stdin.buffer.read()
    print(READY, flush=True)  # noqa: T201 (the protocol)
    print(json.dumps(outcome_of(store, body, settings)), flush=True)  # noqa: T201


def outcome_of(store: Store, body: bytes, settings: PipelineSettings) -> dict[str, Any]:
    """What became of the body, as the parent reads it."""
    try:
        _, stored = store_reading(store, body, settings.naive_time_zone, work=lambda: None)
    except InvalidReading as error:
        return {"reason": error.reason.value, "detail": error.detail}
    except StoreUnavailable as error:
        return {"unavailable": str(error)}
    return {"stored": stored}


if __name__ == "__main__":
    main()
