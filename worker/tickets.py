"""The worker's connection to the broker, on a thread of its own: tickets, pings and their answers."""

from collections import deque
from collections.abc import Sequence
from multiprocessing import Pipe
from typing import Any, NamedTuple

from messaging.amqp.connection import BlockingConnection, close_quietly, connect
from messaging.consuming.tickets import Ticket, TicketConsumer
from messaging.errors import BrokerUnavailable
from messaging.publishing.events import EventPublisher
from readings.ids import uuid7
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry, retry_delay
from runtime.service_thread import ServiceThread
from worker.pong import answer_ping
from worker.settings import JobSettings
from worker.telemetry import WorkerTelemetry

APP_ID = "worker"
WAIT_SECONDS = 0.5
JOIN_SECONDS = 2.0


class Session(NamedTuple):
    """What one connection is used for."""

    connection: BlockingConnection
    consumer: TicketConsumer
    publisher: EventPublisher


class TicketListener:
    """Wakes the main loop for each ticket, and answers pings. `start`, `join` and `error` are its thread's.

    The other methods are for the main thread. While the broker is down, there are no tickets; the jobs are
    found without them.
    """

    def __init__(
        self,
        settings: JobSettings,
        kinds: Sequence[str],
        telemetry: WorkerTelemetry,
        stop: ShutdownSignal,
    ) -> None:
        self._settings, self._kinds = settings, kinds
        self._telemetry, self._stop = telemetry, stop
        self._thread = ServiceThread("tickets", self._run, stop)
        self._reader, self._writer = Pipe(duplex=False)
        self._arrived: deque[Ticket] = deque()
        self._held: list[Ticket] = []
        self._commands: deque[bytes] = deque()
        self._accepting = True

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the thread, if any."""
        return self._thread.error

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread has closed the connection, after the shutdown was requested."""
        self._thread.join(JOIN_SECONDS)

    def waitables(self) -> list[Any]:
        """Return what becomes ready when a ticket arrives."""
        return [self._reader]

    def receive(self) -> int:
        """Return how many tickets are held that are not settled yet."""
        while self._reader.poll():
            self._reader.recv_bytes()
        while self._arrived:
            self._held.append(self._arrived.popleft())
        return len(self._held)

    def settle(self, claimed: int, *, is_full: bool) -> None:
        """Ack what was received: all, or as many as jobs were claimed if no place is free for more.

        While it is full, other workers get the tickets.
        """
        self._accepting = not is_full
        held, self._held = self._held, []
        acked = held[:claimed] if is_full else held
        for ticket in acked:
            ticket.settle(ack=True)
        for ticket in held[len(acked) :]:
            ticket.settle(ack=False)

    def _run(self) -> None:
        while not self._stop.is_set():
            attempts = retry(sleep=self._stop.sleep, on_failure=self._telemetry.broker_down)
            session: Session = attempts(self._connect)
            self._telemetry.broker_up()
            try:
                self._serve(session)
            except BrokerUnavailable as error:
                delay = retry_delay(1)  # it may be back at once, and refuse the same answer again
                self._telemetry.broker_down(error, delay)
                self._stop.sleep(delay)
            finally:
                close_quietly(session.connection)

    def _connect(self) -> Session:
        connection = connect(self._settings.amqp_url, self._settings.name)
        try:
            publisher = EventPublisher(connection, APP_ID)
            consumer = TicketConsumer(
                connection,
                self._kinds,
                self._settings.name,
                on_ticket=self._on_ticket,
                on_command=self._commands.append,
            )
            consumer.accept(self._accepting)
        except BaseException:
            close_quietly(connection)
            raise
        return Session(connection, consumer, publisher)

    def _serve(self, session: Session) -> None:
        while not self._stop.is_set():
            session.consumer.accept(self._accepting)
            session.consumer.process_events(WAIT_SECONDS)
            while self._commands:
                self._answer(session.publisher, self._commands.popleft())

    def _on_ticket(self, ticket: Ticket) -> None:
        self._arrived.append(ticket)
        self._writer.send_bytes(b"ticket")

    def _answer(self, publisher: EventPublisher, command: bytes) -> None:
        try:
            pong = answer_ping(command, self._settings.name)
        except ValueError as error:
            self._telemetry.control_rejected(str(error))
            return
        publisher.publish(pong.routing_key, str(uuid7()), pong.body)
        self._telemetry.pinged(pong.telemetry_id)
