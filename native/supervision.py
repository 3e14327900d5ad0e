"""The supervisor process: starts the stack in order, supervises it, and stops it."""

import os
from collections.abc import Sequence

import structlog

from native.postgres import START_TIMEOUT_SECONDS as POSTGRES_TIMEOUT_SECONDS
from native.process_handle import ProcessHandle
from native.rabbitmq import START_TIMEOUT_SECONDS as RABBITMQ_TIMEOUT_SECONDS
from native.secret import write_private
from native.stack import Stack
from native.state import Phase, ProcessStatus, StackState, now, write_state
from native.supervisor import Supervisor
from native.webdav import START_TIMEOUT_SECONDS as WEBDAV_TIMEOUT_SECONDS
from runtime.env_file import format_env_file
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal

SETUP_TIMEOUT_SECONDS = 120.0
log = structlog.get_logger()


class Supervision:
    """The life cycle of the supervisor process."""

    def __init__(self, stack: Stack, stop: ShutdownSignal) -> None:
        handle = ProcessHandle.of(os.getpid())
        assert handle is not None
        self._stack = stack
        self._supervisor = Supervisor(stop, self._write_processes)
        self._state = StackState.starting(handle)
        self._is_saved = True

    def run(self) -> None:
        """Run the stack until the stop is requested.

        Raises:
            ServiceUnavailable: When the stack does not start.
        """
        final, detail = Phase.FAILED, "the supervisor crashed; see its log"
        try:
            self._start()
            self._supervisor.run(on_poll=self._on_poll)
            final, detail = Phase.STOPPED, ""
        except ShutdownRequested:
            final, detail = Phase.STOPPED, ""
        except ServiceUnavailable as error:
            detail = str(error)
            raise
        finally:
            self._enter(Phase.STOPPING, "")
            self._supervisor.shutdown()
            self._stack.layout.client_file.unlink(missing_ok=True)
            self._enter(final, detail)

    def _start(self) -> None:
        stack, supervisor = self._stack, self._supervisor
        self._enter(Phase.STARTING, "starting PostgreSQL")
        stack.postgres.prepare()
        supervisor.start_and_await(
            stack.postgres.program(), stack.postgres.is_ready, POSTGRES_TIMEOUT_SECONDS
        )
        if stack.webdav:
            self._enter(Phase.STARTING, "starting the WebDAV server")
            supervisor.start_and_await(stack.webdav.program(), stack.webdav.is_ready, WEBDAV_TIMEOUT_SECONDS)
        self._enter(Phase.STARTING, "starting RabbitMQ")
        stack.rabbitmq.prepare()
        epmd, broker = stack.rabbitmq.programs()
        supervisor.start(epmd)
        supervisor.start_and_await(broker, stack.rabbitmq.is_ready, RABBITMQ_TIMEOUT_SECONDS)
        self._enter(Phase.STARTING, "migrating the database and declaring the queues")
        supervisor.run_to_completion(stack.setup_program(), SETUP_TIMEOUT_SECONDS)
        self._enter(Phase.STARTING, "starting the services")
        for instance in stack.instances(stack.requested_pipelines()):
            supervisor.start(stack.service_program(instance))
        write_private(stack.layout.client_file, format_env_file(stack.client_variables()))
        self._enter(Phase.RUNNING, "")

    def _on_poll(self) -> None:
        if not self._is_saved:
            self._save_state()
        self._rescale()

    def _rescale(self) -> None:
        """Start or stop consumers until as many run as are requested."""
        running = {name for name in self._supervisor.names() if name.startswith("pipeline-")}
        try:
            count = self._stack.requested_pipelines()
        except ValueError:  # the file is being edited
            return
        if count == len(running):
            return
        requested = {instance.name: instance for instance in self._stack.instances(count)}
        self._supervisor.remove(*(running - requested.keys()))
        for name, instance in requested.items():
            if name not in self._supervisor.names():
                self._supervisor.start(self._stack.service_program(instance))

    def _enter(self, phase: Phase, detail: str) -> None:
        log.info(detail if phase is Phase.STARTING else phase.value)
        self._state = self._state.model_copy(update={"phase": phase, "detail": detail, "changed_at": now()})
        self._save_state()

    def _write_processes(self, processes: Sequence[ProcessStatus]) -> None:
        self._state = self._state.model_copy(update={"services": list(processes)})
        self._save_state()

    def _save_state(self) -> None:
        """Write the state file, or try again at the next poll: a full disk must not stop the stack."""
        was_saved = self._is_saved
        try:
            write_state(self._stack.layout.state_file, self._state)
            self._is_saved = True
        except OSError as error:
            self._is_saved = False
            if was_saved:
                log.error("state not written", file=str(self._stack.layout.state_file), reason=error.strerror)
