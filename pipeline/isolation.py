"""A message that may kill its consumer is tried in a child process first.

The child (`python -m pipeline.trial`) reads messages from stdin, each as two parts behind their lengths: what
its MQTT topic says, as JSON, and its body. It says `ready` once it could start, and then one JSON line for
each: it handles them one after the other. Only a child that was given a single message, and dies after
`ready`, convicts it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from db.errors import StoreUnavailable
from db.store import Store
from messaging.consuming.consumer import BatchResult
from messaging.consuming.session import Delivery
from pipeline.handler import Message, store_messages
from pipeline.settings import PipelineSettings
from readings.errors import DeadLetterReason, InvalidReading
from readings.payload import MqttDefaults
from runtime.errors import ServiceUnavailable
from runtime.settings import load

POLL_SECONDS = 0.05
TRIAL_SECONDS = 60.0
READY = "ready"
LENGTH_BYTES = 8
# 1 for a reading that was committed, 0 for one that was there already.
Verdict = int | InvalidReading


class IsolatedMessage(NamedTuple):
    """A message as the child has it."""

    body: bytes
    topic: MqttDefaults | None


class IsolationUnavailable(ServiceUnavailable):
    """The trial itself could not be held; nothing is known about the message."""


class IsolationEvents(Protocol):
    """What a trial tells."""

    def acquitted(self, delivery_number: int | None, *, duplicate: bool) -> None:
        """The suspect message did no harm; its reading is committed, or was there already."""


class SubprocessHandler:
    """A handler that lets a child process do the work of `store_messages`, for each message by itself.

    A message of which a child dies that did nothing else is refused with the reason `crash-loop`; otherwise
    it gives and raises what the work would have.
    """

    def __init__(
        self,
        events: IsolationEvents,
        command: tuple[str, ...] = (sys.executable, "-m", "pipeline.isolation"),
        limit_seconds: float = TRIAL_SECONDS,
    ) -> None:
        self._events = events
        self._command = command
        self._limit_seconds = limit_seconds

    def __call__(self, batch: Sequence[Delivery]) -> BatchResult:
        """Try these suspects; each reading is committed or refused when this returns."""
        verdicts: list[Verdict] = []
        while rest := batch[len(verdicts) :]:
            verdicts += self._try(rest) or self._try(rest[:1])
        refused = [verdict if isinstance(verdict, InvalidReading) else None for verdict in verdicts]
        return BatchResult(refused, partial(self._tell, batch, verdicts))

    def _tell(self, batch: Sequence[Delivery], verdicts: Sequence[Verdict]) -> None:
        for delivery, verdict in zip(batch, verdicts, strict=True):
            if isinstance(verdict, int):
                self._events.acquitted(delivery.number, duplicate=verdict == 0)

    def _try(self, suspects: Sequence[Delivery]) -> list[Verdict]:
        """What a child says of the first of them. Of a single one there is always a verdict."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answers:
            given.writelines(map(written, suspects))
            given.seek(0)
            # A session of its own: a Ctrl-C at the terminal must not look like the message's doing.
            child = subprocess.Popen(  # noqa: S603 (this project's own module)
                self._command, stdin=given, stdout=answers, start_new_session=True
            )
            code = self._wait(child, suspects[0], answers.fileno())
            answers.seek(0)
            lines = answers.read().decode(errors="replace").splitlines()
        return _judge(lines, code, len(suspects))

    def _wait(self, child: subprocess.Popen[bytes], delivery: Delivery, answers: int) -> int | None:
        """The child's exit code, negative for a signal; None when one message took it too long."""
        said, deadline = 0, time.monotonic() + self._limit_seconds
        try:
            while child.poll() is None and time.monotonic() < deadline:
                delivery.pause(POLL_SECONDS)
                if (size := os.fstat(answers).st_size) > said:
                    said, deadline = size, time.monotonic() + self._limit_seconds
            return child.poll()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _judge(lines: list[str], code: int | None, suspects: int) -> list[Verdict]:
    if READY not in lines:
        raise IsolationUnavailable(f"the trial of a suspect message could not start (exit code {code})")
    verdicts = [_verdict(json.loads(line)) for line in lines[lines.index(READY) + 1 :]]
    if code == 0 and len(verdicts) == suspects:
        return verdicts
    if suspects == 1:
        return [
            InvalidReading(
                DeadLetterReason.CRASH_LOOP, f"its consumer {_death(code)} when it was tried alone"
            )
        ]
    # It may have died of its last one just after the answer.
    return verdicts[: suspects - 1]


def _verdict(outcome: dict[str, Any]) -> Verdict:
    if "unavailable" in outcome:
        raise StoreUnavailable(outcome["unavailable"])
    if "reason" in outcome:
        return InvalidReading(DeadLetterReason(outcome["reason"]), outcome["detail"])
    return int(outcome["stored"])


def _death(code: int | None) -> str:
    if code is None:
        return "did not finish"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def main() -> None:
    """The child: handle each message on stdin once and print the outcomes, up to the first that must wait."""
    settings = load(PipelineSettings)
    store = Store(settings, name=f"trial of {settings.name}")
    suspects = list(suspects_in(sys.stdin.buffer.read()))
    print(READY, flush=True)  # noqa: T201 (the protocol)
    for suspect in suspects:
        outcome = outcome_of(store, suspect, settings)
        print(json.dumps(outcome), flush=True)  # noqa: T201
        if "unavailable" in outcome:
            return


def written(suspect: Message) -> bytes:
    """The message as the child reads it."""
    parts = json.dumps(suspect.topic).encode(), suspect.body
    return b"".join(len(part).to_bytes(LENGTH_BYTES) + part for part in parts)


def suspects_in(given: bytes) -> Iterator[IsolatedMessage]:
    """The messages that were written one after the other."""
    parts = _parts(given)
    for topic, body in zip(parts, parts, strict=True):
        said = json.loads(topic)
        yield IsolatedMessage(body, MqttDefaults(*said) if said else None)


def _parts(given: bytes) -> Iterator[bytes]:
    begin = 0
    while begin < len(given):
        length = int.from_bytes(given[begin : begin + LENGTH_BYTES])
        begin += LENGTH_BYTES + length
        yield given[begin - length : begin]


def outcome_of(store: Store, suspect: Message, settings: PipelineSettings) -> dict[str, Any]:
    """What became of the message, as the parent reads it."""
    try:
        stored = store_messages(store, [suspect], settings.naive_time_zone)
    except StoreUnavailable as error:
        return {"unavailable": str(error)}
    (refused,) = stored.refused
    if refused:
        return {"reason": refused.reason.value, "detail": refused.detail}
    return {"stored": stored.new}


if __name__ == "__main__":
    main()
