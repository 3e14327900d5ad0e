"""Handle messages that may kill their consumer in a subprocess first.

The child (`python -m pipeline.isolation`) reads messages as JSON lines from stdin, prints `ready` once it has
started, and then one JSON line per message, which it handles one by one. A message is dead-lettered as a
poison message only if a child that was given this message alone dies after `ready`.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple, Protocol

import structlog

from db.errors import StoreUnavailable
from db.store import Store
from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from pipeline.handler import Message, store_messages
from pipeline.settings import PipelineSettings
from readings.errors import DeadLetterReason, InvalidReading
from readings.payload import MqttDefaults
from runtime.errors import ServiceUnavailable
from runtime.exit_codes import describe_exit
from runtime.settings import load

POLL_SECONDS = 0.05
# While this process is frozen, as by SIGSTOP or `docker pause`, so is its child: a poll counts for no longer.
MAX_POLL_SECONDS = 1.0
TIMEOUT_SECONDS = 60.0
# Of the bodies for one child. Its input is a file of 4/3 of this in /tmp, which has 16 MiB in the containers.
MAX_CHILD_BYTES = 4 * 1024 * 1024
READY = "ready"
# 1 for a reading that was inserted, 0 for a duplicate.
Outcome = int | InvalidReading


class IsolatedMessage(NamedTuple):
    """A message as the child receives it."""

    body: bytes
    mqtt_defaults: MqttDefaults | None


class IsolationUnavailable(ServiceUnavailable):
    """The child could not start, so nothing is known about the message."""


class IsolationEvents(Protocol):
    """Receives the results of isolated messages."""

    def stored_in_isolation(self, delivery_attempt: int | None, *, duplicate: bool) -> None:
        """Record a message that did not kill the child and whose reading is committed."""


class SubprocessHandler:
    """A handler that runs `store_messages` in a child process, for one message at a time.

    A message that kills a child that did nothing else is rejected with the reason `crash-loop`. Otherwise the
    handler returns and raises what `store_messages` would have.
    """

    def __init__(
        self,
        events: IsolationEvents,
        command: tuple[str, ...] = (sys.executable, "-m", "pipeline.isolation"),
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._events = events
        self._command = command
        self._timeout_seconds = timeout_seconds

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        """Handle these messages in isolation; each reading is committed or rejected on return."""
        outcomes: list[Outcome] = []
        while remaining := batch[len(outcomes) :]:
            outcomes += self._run_child(_first_fitting(remaining), work) or self._run_child(
                remaining[:1], work
            )
        errors = [outcome if isinstance(outcome, InvalidReading) else None for outcome in outcomes]
        return BatchResult(errors, partial(self._report, batch, outcomes))

    def _report(self, batch: Sequence[Delivery], outcomes: Sequence[Outcome]) -> None:
        for delivery, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, int):
                self._events.stored_in_isolation(delivery.delivery_attempt, duplicate=outcome == 0)

    def _run_child(self, messages: Sequence[Delivery], work: Work) -> list[Outcome]:
        """Return the outcomes of the first messages; for a single message there is always one.

        Raises:
            IsolationUnavailable: When the child could not start.
        """
        try:
            lines, exit_code = self._exchange(messages, work)
        except OSError as error:
            raise IsolationUnavailable(
                f"no child process could be started for isolation: {error}; check memory, the limit of "
                "processes, and the space in the directory for temporary files (TMPDIR)"
            ) from error
        return _interpret(lines, exit_code, len(messages))

    def _exchange(self, messages: Sequence[Delivery], work: Work) -> tuple[list[str], int | None]:
        """Return the lines that a child printed for these messages, and its exit code as `_wait` does."""
        with tempfile.TemporaryFile() as requests, tempfile.TemporaryFile() as responses:
            requests.writelines(map(encode_message, messages))
            requests.seek(0)
            # A session of its own: a Ctrl-C at the terminal must not be mistaken for the message's doing.
            child = subprocess.Popen(  # noqa: S603 (this project's own module)
                self._command, stdin=requests, stdout=responses, start_new_session=True
            )
            exit_code = self._wait(child, work, responses.fileno())
            responses.seek(0)
            return responses.read().decode(errors="replace").splitlines(), exit_code

    def _wait(self, child: subprocess.Popen[bytes], work: Work, responses: int) -> int | None:
        """Return the child's exit code, negative for a signal; None when one message took too long."""
        responded, remaining_seconds = 0, self._timeout_seconds
        try:
            while child.poll() is None and remaining_seconds > 0:
                polled_at = time.monotonic()
                work.pause(POLL_SECONDS)
                remaining_seconds -= min(time.monotonic() - polled_at, MAX_POLL_SECONDS)
                if (size := os.fstat(responses).st_size) > responded:
                    responded, remaining_seconds = size, self._timeout_seconds
            return child.poll()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _first_fitting(messages: Sequence[Delivery]) -> Sequence[Delivery]:
    """Return the first messages that one child may receive together, and at least one."""
    sizes = accumulate(len(message.body) for message in messages)
    return messages[: max(1, sum(size <= MAX_CHILD_BYTES for size in sizes))]


def _interpret(lines: list[str], exit_code: int | None, messages: int) -> list[Outcome]:
    if READY not in lines:
        raise IsolationUnavailable(f"the child process for isolation did not start (exit code {exit_code})")
    outcomes = [_to_outcome(json.loads(line)) for line in lines[lines.index(READY) + 1 :]]
    if exit_code == 0 and len(outcomes) == messages:
        return outcomes
    if messages == 1:
        death = "did not finish" if exit_code is None else describe_exit(exit_code)
        detail = f"its consumer {death} when it was handled in isolation"
        return [InvalidReading(DeadLetterReason.CRASH_LOOP, detail)]
    # The last message may have killed the child just after the response.
    return outcomes[: messages - 1]


def _to_outcome(response: dict[str, Any]) -> Outcome:
    if "unavailable" in response:
        raise StoreUnavailable(response["unavailable"])
    if "reason" in response:
        return InvalidReading(DeadLetterReason(response["reason"]), response["detail"])
    return int(response["stored"])


def main() -> None:
    """Handle each message from stdin once and print the outcomes, until the store is unavailable."""
    # A shutdown of the machine sends it to every process: it must not be mistaken for the message's doing
    # either. The parent decides, and ends its child with SIGKILL.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # stdout belongs to the protocol, in which a log line would be an outcome.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    settings = load(PipelineSettings)
    store = Store(settings, name=f"{settings.name} isolation")
    messages = [decode_message(line) for line in sys.stdin.buffer]
    # Name servers that do not respond can block for longer than a message may: that is not its doing either.
    with suppress(StoreUnavailable):
        store.check()
    print(READY, flush=True)  # noqa: T201 (the protocol)
    for message in messages:
        response = handle_message(store, message, settings)
        print(json.dumps(response), flush=True)  # noqa: T201
        if "unavailable" in response:
            return


def encode_message(message: Message) -> bytes:
    """Encode a message as a line for the child."""
    body = base64.b64encode(message.body).decode()
    return json.dumps({"body": body, "mqtt_defaults": message.mqtt_defaults}).encode() + b"\n"


def decode_message(line: bytes) -> IsolatedMessage:
    """Decode a line of `encode_message`."""
    fields = json.loads(line)
    defaults = fields["mqtt_defaults"]
    return IsolatedMessage(base64.b64decode(fields["body"]), MqttDefaults(*defaults) if defaults else None)


def handle_message(store: Store, message: Message, settings: PipelineSettings) -> dict[str, Any]:
    """Store the message's reading, and return the response for the parent."""
    try:
        result = store_messages(
            store,
            [message],
            settings.naive_time_zone,
            past_retention=settings.past_retention,
            plausible=settings.plausible_range,
        )
    except StoreUnavailable as error:
        return {"unavailable": str(error)}
    (rejection,) = result.errors
    if rejection:
        return {"reason": rejection.reason.value, "detail": rejection.detail}
    return {"stored": result.new}


if __name__ == "__main__":
    main()
