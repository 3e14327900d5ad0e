"""What the supervisor process does: everything up in order, watched, and down again."""

import os
import signal
from collections.abc import Sequence
from types import FrameType

import structlog

from native.postgres import START_SECONDS as POSTGRES_SECONDS
from native.process_handle import ProcessHandle
from native.rabbitmq import START_SECONDS as RABBITMQ_SECONDS
from native.secret import write_private
from native.stack import Stack, dotenv
from native.state import Phase, ProgramState, StackState, now, write_state
from native.supervisor import Supervisor
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal

SETUP_SECONDS = 120.0
log = structlog.get_logger()


class Supervision:
    """The life of the supervisor process: everything up, watched, and down again in order."""

    def __init__(self, stack: Stack, stop: ShutdownSignal) -> None:
        identity = ProcessHandle.of(os.getpid())
        assert identity is not None
        self._stack = stack
        self._supervisor = Supervisor(stop, self._report)
        self._state = StackState(
            phase=Phase.STARTING, detail="", pid=identity.pid, started=identity.started, since=now()
        )
        self._rescale = False

    def run(self) -> None:
        """Run until the stop is requested. Raises ServiceUnavailable when the stack does not come up."""
        signal.signal(signal.SIGHUP, self._on_hangup)
        final, detail = Phase.FAILED, "the supervisor crashed; its log tells why"
        try:
            self._start()
            self._supervisor.watch(also=self._follow_scale)
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
        supervisor.start_and_await(stack.postgres.program(), stack.postgres.ready, POSTGRES_SECONDS)
        self._enter(Phase.STARTING, "starting RabbitMQ")
        stack.rabbitmq.prepare()
        epmd, broker = stack.rabbitmq.programs()
        supervisor.start(epmd)
        supervisor.start_and_await(broker, stack.rabbitmq.ready, RABBITMQ_SECONDS)
        self._enter(Phase.STARTING, "migrating the database and declaring the queues")
        supervisor.run_once(stack.setup_program(), SETUP_SECONDS)
        self._enter(Phase.STARTING, "starting consumers and sensors")
        for row in stack.services(stack.wanted_pipelines()):
            supervisor.start(stack.service_program(row))
        write_private(stack.layout.client_file, dotenv(stack.client_variables()))
        self._enter(Phase.RUNNING, "")

    def _follow_scale(self) -> None:
        if not self._rescale:
            return
        self._rescale = False
        wanted = {row.name: row for row in self._stack.services(self._stack.wanted_pipelines())}
        running = {name for name in self._supervisor.names() if name.startswith("pipeline-")}
        for name in sorted(running - wanted.keys()):
            self._supervisor.remove(name)
        for name in wanted.keys() - self._supervisor.names():
            self._supervisor.start(self._stack.service_program(wanted[name]))

    def _on_hangup(self, _number: int, _frame: FrameType | None) -> None:
        self._rescale = True

    def _enter(self, phase: Phase, detail: str) -> None:
        log.info(detail if phase is Phase.STARTING else phase.value)
        self._state = self._state.model_copy(update={"phase": phase, "detail": detail, "since": now()})
        write_state(self._stack.layout.state_file, self._state)

    def _report(self, programs: Sequence[ProgramState]) -> None:
        self._state = self._state.model_copy(update={"services": list(programs)})
        write_state(self._stack.layout.state_file, self._state)
