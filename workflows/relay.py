"""The connection to the broker, on a thread of its own: events and tickets out, commands and files in."""

from typing import NamedTuple

from db.errors import InvalidData, StoreUnavailable
from db.workflows.outbox import Outbox
from db.workflows.requests import WorkflowRequests
from jobs.kinds import JOB_KINDS
from messaging.amqp.connection import BlockingConnection, close_quietly, connect, translate_errors
from messaging.consuming.commands import CommandConsumer, ReceivedCommand
from messaging.errors import BrokerUnavailable
from messaging.publishing.events import EventPublisher
from messaging.settings import BrokerSettings
from messaging.topology import FILES_QUEUE, declare_workflows
from runtime.errors import InvalidInput
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry, retry_delay
from workflows.commands import execute, parse_command
from workflows.files import parse_file_name, request_file
from workflows.messages import to_message, to_ticket
from workflows.telemetry import WorkflowsTelemetry

NAME = "workflows"
WAIT_SECONDS = 0.2
DATABASE_RETRY_SECONDS = 1.0
BATCH = 200


class Session(NamedTuple):
    """What one connection is used for."""

    connection: BlockingConnection
    publisher: EventPublisher
    commands: CommandConsumer


class Relay:
    """Publishes the outbox at least once, executes commands, and requests files, until the shutdown.

    An event leaves the outbox after the broker has confirmed it, so it is published again after a crash
    between the two; its ID is the same then. A command is acked after it was executed, and executing it again
    changes nothing.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        outbox: Outbox,
        requests: WorkflowRequests,
        telemetry: WorkflowsTelemetry,
        stop: ShutdownSignal,
    ) -> None:
        self._settings = settings
        self._outbox, self._requests = outbox, requests
        self._telemetry, self._stop = telemetry, stop

    def run(self) -> None:
        """Relay until the shutdown, across losses of the broker and the database.

        Raises:
            ShutdownRequested: When the shutdown is requested while the broker is down.
        """
        while not self._stop.is_set():
            attempts = retry(sleep=self._stop.sleep, on_failure=self._telemetry.broker_down)
            session: Session = attempts(self._connect)
            try:
                self._telemetry.broker_up()
                while not self._stop.is_set():
                    self.relay(session.publisher, session.commands)
            except BrokerUnavailable as error:
                delay = retry_delay(1)  # it may be back at once, and refuse the same message again
                self._telemetry.broker_down(error, delay)
                self._stop.sleep(delay)
            finally:
                close_quietly(session.connection)

    def relay(self, publisher: EventPublisher, commands: CommandConsumer) -> None:
        """Wait for commands and files for a moment, execute them, and publish the outbox.

        Raises:
            BrokerUnavailable: When the connection is lost.
        """
        commands.process_events(WAIT_SECONDS)
        try:
            while commands.received:
                self._settle(commands.received[0])
                commands.received.popleft()
            while self._publish(publisher) and not self._stop.is_set():
                commands.process_events(0)
        except StoreUnavailable:  # the thread of schedules reports it
            commands.process_events(DATABASE_RETRY_SECONDS)

    def _publish(self, publisher: EventPublisher) -> bool:
        """Publish the first events of the outbox, and return whether there may be more."""
        pending = self._outbox.pending(BATCH)
        tickets = 0
        for row in pending:
            publisher.publish(*to_message(row))
            if ticket := to_ticket(row):
                publisher.publish_ticket(*ticket)
                tickets += 1
        if pending:
            self._outbox.confirm([row["event_id"] for row in pending])
            self._telemetry.published(len(pending), tickets)
        return len(pending) == BATCH

    def _settle(self, received: ReceivedCommand) -> None:
        """Do what a message requests, and remove it; one that is refused is removed with a log line."""
        try:
            if received.queue == FILES_QUEUE:
                self._request_file(received)
            else:
                self._execute(received)
        except (InvalidInput, InvalidData) as error:  # InvalidData: no text column holds a NUL of its sender
            if received.queue == FILES_QUEUE:
                self._telemetry.file_rejected(received.sender, str(error))
            else:
                self._telemetry.command_rejected(received.routing_key, received.sender, str(error))
            received.reject()
        else:
            received.ack()

    def _execute(self, received: ReceivedCommand) -> None:
        command = parse_command(received.routing_key, received.body)
        workflow = execute(self._requests, command, received.sender)
        self._telemetry.command_executed(
            command.command, str(command.target), received.sender, workflow["state"]
        )

    def _request_file(self, received: ReceivedCommand) -> None:
        name = parse_file_name(received.body)
        workflow_id = request_file(self._requests, name, received.sender)
        self._telemetry.file_requested(name, str(workflow_id), received.sender)

    def _connect(self) -> Session:
        connection = connect(self._settings.amqp_url, NAME)
        try:
            publisher = EventPublisher(connection, NAME)
            with translate_errors():
                channel = connection.channel()
            declare_workflows(channel, JOB_KINDS)
            return Session(connection, publisher, CommandConsumer(connection))
        except BaseException:
            close_quietly(connection)
            raise
