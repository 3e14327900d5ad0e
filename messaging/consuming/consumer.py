"""The consumer loop: the one place that acks, nacks and dead-letters.

What is in hand is a batch, of one message unless the options say more. A handler returns what became of
it or raises, and the type decides: a message that is done is acked, one with an InvalidReading dead-lettered;
ServiceUnavailable is an outage that is waited out with the batch in hand.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from messaging.amqp.event_loop import Connection
from messaging.consuming.session import Delivery, Session
from messaging.errors import BrokerUnavailable
from messaging.topology import Topology
from readings.errors import InvalidReading
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry

POLL_SECONDS = 0.5
RECONNECT_SECONDS = 0.5
DRAIN_SECONDS = 8.0
# The broker takes a message back after 30 minutes by default; give it back before that.
HOLD_SECONDS = 25 * 60.0


class BatchResult(NamedTuple):
    """What became of a batch.

    `refused` holds, in the order of the batch, None for each message that is done and the reason for each
    that can never be. `tell` is called once, after the settlement, so that it delays nobody.
    """

    refused: Sequence[InvalidReading | None]
    tell: Callable[[], None]


Handler = Callable[[Sequence[Delivery]], BatchResult]


class ConsumerEvents(Protocol):
    """What the loop tells of itself; the service decides what to log and count."""

    def progress(self) -> None:
        """The loop is alive."""

    def received(self, messages: int) -> None:
        """So many messages are in hand."""

    def consuming(self, queue: str) -> None:
        """Connected, and the queue is being consumed."""

    def broker_lost(self, reason: str, retry_seconds: float) -> None:
        """The broker does not answer; the next attempt follows in `retry_seconds`."""

    def dead_lettered(self, error: InvalidReading) -> None:
        """The dead queue holds the message."""

    def outage(self, reason: str, retry_seconds: float) -> None:
        """The handler needs something that is away; the batch is held, not settled."""

    def outage_over(self, seconds: float) -> None:
        """The held batch could be handled after `seconds`."""

    def requeued(self, reason: str, messages: int) -> None:
        """So many messages went back to the queue."""


@dataclass(frozen=True, kw_only=True)
class ConsumerOptions:
    """How to consume. Times are in seconds; a connect time-out of 0 waits for ever.

    A batch has at most `batch_size` messages and is not waited for longer than `linger_seconds`.
    """

    url: str
    name: str
    topology: Topology
    prefetch: int = 1
    batch_size: int = 1
    linger_seconds: float = 0
    connect_timeout_seconds: float = 0
    hold_seconds: float = HOLD_SECONDS


class Consumer:
    """Consumes a queue until the stop is requested, through every loss of the broker.

    `suspect_handler` gets the messages that came back so often that they may kill their consumer.
    """

    def __init__(
        self,
        options: ConsumerOptions,
        *,
        handler: Handler,
        suspect_handler: Handler,
        events: ConsumerEvents,
        stop: ShutdownSignal,
        when_idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._options = options
        self._handler = handler
        self._suspect_handler = suspect_handler
        self._events = events
        self._stop = stop
        self._when_idle = when_idle

    def run(self) -> None:
        """Consume until the stop.

        Raises Stopped when that came while waiting for the broker, and BrokerUnavailable when the
        broker did not come within the connect time-out.
        """
        while not self._stop.is_set():
            self._events.progress()
            session = self._open_patiently()
            try:
                self._consume(session)
            except BrokerUnavailable as error:
                self._events.broker_lost(str(error), RECONNECT_SECONDS)
                self._stop.sleep(RECONNECT_SECONDS)
            finally:
                session.close()

    def _open_patiently(self) -> Session:
        def sleep(seconds: float) -> None:
            self._events.progress()
            self._stop.sleep(seconds)

        attempts = retry(
            sleep=sleep,
            on_failure=lambda error, seconds: self._events.broker_lost(str(error), seconds),
            max_elapsed_seconds=self._options.connect_timeout_seconds,
        )
        session = attempts(self._open)
        self._events.consuming(self._options.topology.queue)
        return session

    def _open(self) -> Session:
        options = self._options
        connection = Connection(options.url, options.name)
        try:
            return Session(
                connection,
                options.topology,
                name=options.name,
                prefetch=options.prefetch,
                while_working=self._check_drain,
            )
        except BrokerUnavailable:
            connection.close()
            raise

    def _consume(self, session: Session) -> None:
        options = self._options
        while not self._stop.is_set():
            batch = session.take(POLL_SECONDS, options.batch_size, options.linger_seconds, self._is_stopping)
            self._events.progress()
            if batch:
                self._events.received(len(batch))
                self._process(session, batch)
            else:
                self._when_idle()

    def _process(self, session: Session, batch: Sequence[Delivery]) -> None:
        try:
            handled = self._handle_patiently(session, batch)
        except BrokerUnavailable:
            raise
        except (ServiceUnavailable, ShutdownRequested) as reason:
            self._events.requeued(str(reason) or "stopping", session.requeue())
            return
        try:
            self._settle(session, batch, handled.refused)
        finally:
            handled.tell()

    def _settle(
        self, session: Session, batch: Sequence[Delivery], refused: Sequence[InvalidReading | None]
    ) -> None:
        """Ack the batch at once, or up to each refused message as soon as the dead queue holds that."""
        settled = 0
        for number, (delivery, error) in enumerate(zip(batch, refused, strict=True), start=1):
            if error:
                session.bury(delivery, error)
                session.ack(batch[settled:number])
                settled = number
                self._events.dead_lettered(error)
        if settled < len(batch):
            session.ack(batch[settled:])

    def _handle_patiently(self, session: Session, batch: Sequence[Delivery]) -> BatchResult:
        handle = partial(self._suspect_handler if batch[0].suspect else self._handler, batch)
        try:
            return handle()
        except BrokerUnavailable:
            raise
        except ServiceUnavailable as error:
            self._events.outage(str(error), RECONNECT_SECONDS)
            return self._hold(session, handle)
        finally:
            if self._stop.is_set():
                # Else the settlement brings more messages, which only come back with a higher count.
                session.stop_deliveries()

    def _hold(self, session: Session, handle: Callable[[], BatchResult]) -> BatchResult:
        """Keep the batch and try again until what the handler needs is back."""
        began = time.monotonic()
        sleep = partial(session.sleep, check=self._check_stop)
        sleep(RECONNECT_SECONDS)
        attempts = retry(
            sleep=sleep,
            on_failure=lambda error, seconds: self._events.outage(str(error), seconds),
            no_retry_on=(BrokerUnavailable,),
            max_elapsed_seconds=self._options.hold_seconds,
        )
        handled = attempts(handle)
        self._events.outage_over(time.monotonic() - began)
        return handled

    def _is_stopping(self) -> bool:
        return self._stop.is_set()

    def _check_stop(self) -> None:
        """An outage is not worth waiting for once the process is to stop."""
        self._events.progress()
        if self._stop.is_set():
            raise ShutdownRequested

    def _check_drain(self) -> None:
        """Work in hand may be finished after the stop was requested, but not for ever."""
        self._events.progress()
        if self._stop.seconds_since_set() > DRAIN_SECONDS:
            raise ShutdownRequested
