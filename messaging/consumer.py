"""The consumer loop: the one place that acks, nacks and dead-letters.

A handler returns or raises, and the outcome's type decides: a return is an ack, InvalidReading a dead
letter, ServiceUnavailable an outage that is waited out with the message in hand.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from messaging.connection import close_quietly, connect
from messaging.errors import BrokerUnavailable, InvalidReading
from messaging.session import Delivery, Session
from messaging.topology import Topology
from service.errors import ServiceUnavailable, Stopped
from service.lifecycle import Stop
from service.retry import retrying

POLL_SECONDS = 0.5
RECONNECT_SECONDS = 0.5
DRAIN_SECONDS = 8.0
# The broker takes a message back after 30 minutes by default; give it back before that.
HOLD_SECONDS = 25 * 60.0

Handler = Callable[[Delivery], None]


class ConsumerEvents(Protocol):
    """What the loop tells of itself; the service decides what to log and count."""

    def progress(self) -> None:
        """The loop is alive."""

    def consuming(self, queue: str) -> None:
        """Connected, and the queue is being consumed."""

    def broker_lost(self, reason: str, retry_seconds: float) -> None:
        """The broker does not answer; the next attempt follows in `retry_seconds`."""

    def dead_lettered(self, error: InvalidReading) -> None:
        """The dead queue holds the message."""

    def outage(self, reason: str, retry_seconds: float) -> None:
        """The handler needs something that is away; the message is held, not settled."""

    def outage_over(self, seconds: float) -> None:
        """The held message could be handled after `seconds`."""

    def requeued(self, reason: str) -> None:
        """The message in hand went back to the queue."""


@dataclass(frozen=True, kw_only=True)
class ConsumerOptions:
    """How to consume. Times are in seconds; a connect time-out of 0 waits for ever."""

    url: str
    name: str
    topology: Topology
    prefetch: int = 1
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
        stop: Stop,
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
        while not self._stop.requested:
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

        attempts = retrying(
            sleep=sleep,
            on_failure=lambda error, seconds: self._events.broker_lost(str(error), seconds),
            limit_seconds=self._options.connect_timeout_seconds,
        )
        session = attempts(self._open)
        self._events.consuming(self._options.topology.queue)
        return session

    def _open(self) -> Session:
        options = self._options
        connection = connect(options.url, options.name)
        try:
            return Session(
                connection,
                options.topology,
                name=options.name,
                prefetch=options.prefetch,
                while_working=self._check_drain,
            )
        except BrokerUnavailable:
            close_quietly(connection)
            raise

    def _consume(self, session: Session) -> None:
        while not self._stop.requested:
            delivery = session.next(POLL_SECONDS)
            self._events.progress()
            if delivery:
                self._settle(session, delivery)
            else:
                self._when_idle()

    def _settle(self, session: Session, delivery: Delivery) -> None:
        try:
            self._handle_patiently(session, delivery)
        except InvalidReading as error:
            session.bury(delivery, error)
            self._events.dead_lettered(error)
        except BrokerUnavailable:
            raise
        except (ServiceUnavailable, Stopped) as reason:
            session.requeue(delivery)
            self._events.requeued(str(reason) or "stopping")
        else:
            session.ack(delivery)

    def _handle_patiently(self, session: Session, delivery: Delivery) -> None:
        handler = self._suspect_handler if delivery.suspect else self._handler
        try:
            handler(delivery)
        except BrokerUnavailable:
            raise
        except ServiceUnavailable as error:
            self._events.outage(str(error), RECONNECT_SECONDS)
            self._hold(session, partial(handler, delivery))
        finally:
            if self._stop.requested:
                # Else the settlement brings the next message, which only comes back with a higher count.
                session.stop_deliveries()

    def _hold(self, session: Session, handle: Callable[[], None]) -> None:
        """Keep the message and try again until what the handler needs is back."""
        began = time.monotonic()
        sleep = partial(session.sleep, check=self._check_stop)
        sleep(RECONNECT_SECONDS)
        attempts = retrying(
            sleep=sleep,
            on_failure=lambda error, seconds: self._events.outage(str(error), seconds),
            unless=(BrokerUnavailable,),
            limit_seconds=self._options.hold_seconds,
        )
        try:
            attempts(handle)
        except InvalidReading:
            self._events.outage_over(time.monotonic() - began)
            raise
        self._events.outage_over(time.monotonic() - began)

    def _check_stop(self) -> None:
        """An outage is not worth waiting for once the process is to stop."""
        self._events.progress()
        if self._stop.requested:
            raise Stopped

    def _check_drain(self) -> None:
        """Work in hand may be finished after the stop was requested, but not for ever."""
        self._events.progress()
        if self._stop.seconds_since_request() > DRAIN_SECONDS:
            raise Stopped
