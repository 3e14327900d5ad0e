"""The consumer loop: it decides what is acked, requeued and dead-lettered.

The unit of work is a batch, of one message unless the options say more. A handler returns a result per
message or raises, and the type decides: a message without an error is acked, one with an InvalidReading
dead-lettered; on ServiceUnavailable the batch is held and retried until the dependency is up again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from messaging.amqp.event_loop import Connection
from messaging.consuming.consumer_events import ConsumerEvents
from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Handler
from messaging.consuming.session import Session
from messaging.consuming.settling import Settling
from messaging.errors import BrokerRefused, BrokerUnavailable
from messaging.spans import process_span
from messaging.topology import Topology
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry

POLL_SECONDS = 0.5
RECONNECT_SECONDS = 0.5
DRAIN_SECONDS = 8.0
# By default, the broker gives up on a consumer that holds a message for 30 minutes: it closes the channel, or
# since RabbitMQ 4.3 it cancels the consumer and requeues the message.
MAX_HOLD_SECONDS = 25 * 60.0
STOPPING = "stopping"
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class ConsumerOptions:
    """How to consume. Times are in seconds; the time-out of the first connection may be 0, for no limit.

    A batch has at most `batch_size` messages and waits for at most `linger_seconds` to fill up.
    """

    url: str
    name: str
    topology: Topology
    prefetch: int = 1
    batch_size: int = 1
    linger_seconds: float = 0
    connect_timeout_seconds: float = 0
    max_hold_seconds: float = MAX_HOLD_SECONDS


class Consumer:
    """Consumes a queue until shutdown is requested, and reconnects whenever the broker is lost.

    `isolation_handler` handles the messages that were redelivered so often that they may kill their consumer.
    """

    def __init__(
        self,
        options: ConsumerOptions,
        *,
        handler: Handler,
        isolation_handler: Handler,
        events: ConsumerEvents,
        stop: ShutdownSignal,
        when_idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._options = options
        self._connect_timeout_seconds = options.connect_timeout_seconds
        self._handler = handler
        self._isolation_handler = isolation_handler
        self._events = events
        self._stop = stop
        self._when_idle = when_idle

    def run(self) -> None:
        """Consume until shutdown is requested.

        Raises:
            ShutdownRequested: When shutdown was requested while waiting for the broker.
            BrokerUnavailable: When the broker was never reached within the connect time-out.
        """
        while not self._stop.is_set():
            self._events.progress()
            session = self._connect_with_retry()
            try:
                self._consume(session)
            except BrokerUnavailable as error:
                self._events.broker_lost(str(error), RECONNECT_SECONDS)
                self._stop.sleep(RECONNECT_SECONDS)
            finally:
                session.close()

    def _connect_with_retry(self) -> Session:
        def sleep(seconds: float) -> None:
            self._events.progress()
            self._stop.sleep(seconds)

        attempts = retry(
            sleep=sleep,
            on_failure=lambda error, seconds: self._events.broker_lost(str(error), seconds),
            max_elapsed_seconds=self._connect_timeout_seconds,
        )
        session = attempts(self._open_as_permitted)
        self._connect_timeout_seconds = 0
        self._events.consuming(self._options.topology.queue)
        return session

    def _open_as_permitted(self) -> Session:
        """Open a session; a user whom setup could not update may not declare the alternate exchanges."""
        try:
            return self._open(alternates=True)
        except BrokerRefused:
            return self._open(alternates=False)

    def _open(self, *, alternates: bool) -> Session:
        options = self._options
        connect = partial(Connection, options.url, while_waiting=self._check_drain)
        connect_for_dead_letters = partial(connect, f"{options.name} dead letters", outlives_alarms=True)
        connection = connect(options.name)
        try:
            return Session(
                connection,
                options.topology,
                name=options.name,
                prefetch=options.prefetch,
                while_working=self._check_drain,
                connect_for_dead_letters=connect_for_dead_letters,
                alternates=alternates,
            )
        except BrokerUnavailable:
            connection.close()
            raise

    def _consume(self, session: Session) -> None:
        options = self._options
        settling = Settling(session, self._events, self._check_drain, options.max_hold_seconds)
        while not self._stop.is_set():
            settling.retry_held()
            batch = session.receive_batch(
                POLL_SECONDS, options.batch_size, options.linger_seconds, self._is_stopping
            )
            self._events.progress()
            if batch:
                self._events.received(len(batch))
                self._process(session, settling, batch)
            elif not self._stop.is_set():
                session.check_consumer()
                self._when_idle()

    def _process(self, session: Session, settling: Settling, batch: Sequence[Delivery]) -> None:
        with process_span(batch, session.consuming) as span:
            try:
                result = self._handle_with_retry(session, batch)
            except BrokerUnavailable:
                raise
            except (ServiceUnavailable, ShutdownRequested) as reason:
                if span:
                    span.fail(reason)
                settling.requeue(batch, str(reason) or STOPPING)
                return
            try:
                settling.settle(batch, result.errors)
            except ShutdownRequested:
                settling.requeue(batch, STOPPING)
            finally:
                if span and (error := next(filter(None, result.errors), None)):
                    span.fail(error.reason.value)
                result.on_settled()

    def _stop_receiving(self, session: Session) -> None:
        """Receive no more once shutdown is requested: a settlement would bring further deliveries.

        They would only be requeued, with a higher count.
        """
        if self._stop.is_set():
            session.cancel()

    def _handle_with_retry(self, session: Session, batch: Sequence[Delivery]) -> BatchResult:
        handler = self._isolation_handler if batch[0].maybe_poison else self._handler
        handle = partial(handler, batch, session)
        try:
            return handle()
        except BrokerUnavailable:
            raise
        except ServiceUnavailable as error:
            self._events.dependency_down(error, RECONNECT_SECONDS)
            result = self._retry_in_place(session, handle)
            self._events.dependency_up()
            return result
        finally:
            self._stop_receiving(session)

    def _retry_in_place(self, session: Session, attempt: Callable[[], Result]) -> Result:
        """Hold the messages and retry until what the attempt needs is available again."""
        sleep = partial(session.sleep, check=self._check_stop)
        attempts = retry(
            sleep=sleep,
            on_failure=self._events.dependency_down,
            no_retry_on=(BrokerUnavailable,),
            max_elapsed_seconds=self._options.max_hold_seconds,
        )
        sleep(RECONNECT_SECONDS)
        return attempts(attempt)

    def _is_stopping(self) -> bool:
        return self._stop.is_set()

    def _check_stop(self) -> None:
        """Give up waiting for a dependency once shutdown is requested.

        Raises:
            ShutdownRequested: Once shutdown is requested.
        """
        self._events.progress()
        if self._stop.is_set():
            raise ShutdownRequested

    def _check_drain(self) -> None:
        """Let work in progress finish after the shutdown request.

        Raises:
            ShutdownRequested: DRAIN_SECONDS after the request.
        """
        self._events.progress()
        if self._stop.seconds_since_set() > DRAIN_SECONDS:
            raise ShutdownRequested
