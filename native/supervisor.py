"""Keeps programs running according to their restart policies, and stops them in order."""

import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import structlog

from native.logfile import rotate, tail
from native.process_handle import terminate_all
from native.program import ChildProcess, Program
from native.state import ProcessStatus, now
from runtime.errors import ServiceUnavailable
from runtime.exit_codes import EXIT_CONFIGURATION, EXIT_OK, EXIT_UNAVAILABLE
from runtime.lifecycle import ShutdownSignal
from runtime.process_state import ProcessState

POLL_INTERVAL_SECONDS = 0.2
# The exit code of a program that cannot be started, as a shell has it.
CANNOT_EXECUTE = 126
log = structlog.get_logger()


class ManagedProcess:
    """A program, the process that runs it, and the state of both."""

    def __init__(self, program: Program, clock: Callable[[], float] = time.monotonic) -> None:
        self.program = program
        self.restarts = 0
        self.last_exit_code: int | None = None
        self._clock = clock
        self._retries = 0
        self._child: ChildProcess | None = None
        self._started_at = self._next_start_at = 0.0
        self._log_start = 0
        self._set_state(ProcessState.BACKOFF)

    @property
    def child(self) -> ChildProcess | None:
        """The process, while there is one."""
        return self._child

    def start(self) -> None:
        """Start the process now. A start that fails counts as an exit."""
        self._started_at = self._clock()
        try:
            self._child = ChildProcess(self.program)
        except OSError as error:  # it was removed or replaced, or no process can be created now
            log.error("not started", program=self.program.name, reason=str(error))
            self.last_exit_code = CANNOT_EXECUTE
            self._handle_exit(CANNOT_EXECUTE)
            return
        self._log_start = self._child.log_start
        self._set_state(ProcessState.RUNNING)
        log.info("started", program=self.program.name, pid=self._child.handle.pid)

    def poll(self) -> bool:
        """Notice its exit, or restart it if its backoff is over; return whether its state changed."""
        if self.state is ProcessState.BACKOFF and self._clock() >= self._next_start_at:
            self.restarts += 1
            self.start()
            return True
        exit_code = self._child.exit_code() if self._child else None
        if exit_code is None:
            return False
        self.last_exit_code, self._child = exit_code, None
        self._handle_exit(exit_code)
        return True

    def mark_stopped(self) -> None:
        """Record that the process was stopped on request."""
        if self._child:
            self.last_exit_code, self._child = self._child.stop(), None
        self._set_state(ProcessState.STOPPED)

    def log_tail(self) -> str:
        """Return the last lines that it logged since its last start."""
        return tail(self.program.log, start=self._log_start)

    def status(self) -> ProcessStatus:
        """Return its status for the state file."""
        handle = self._child.handle if self._child else None
        return ProcessStatus(
            name=self.program.name,
            state=self.state,
            pid=handle.pid if handle else None,
            start_time=handle.start_time if handle else None,
            port=self.program.port,
            restarts=self.restarts,
            last_exit_code=self.last_exit_code,
            changed_at=self.changed_at,
            log=self.program.log,
            log_start=self._log_start,
            stage=self.program.stage,
            stop_signal=self.program.stop_signal,
            grace_seconds=self.program.grace_seconds,
        )

    def _handle_exit(self, exit_code: int) -> None:
        policy = self.program.restart
        if self._clock() - self._started_at >= policy.stable_seconds:
            self._retries = 0
        may_recover = exit_code == EXIT_UNAVAILABLE  # however long that takes
        exhausted = not may_recover and policy.max_retries is not None and self._retries >= policy.max_retries
        if exit_code == EXIT_OK and policy.may_exit:
            self._set_state(ProcessState.EXITED)
            log.info("exited", program=self.program.name)
        elif exit_code == EXIT_CONFIGURATION or exhausted:
            self._set_state(ProcessState.FATAL)
            log.error(
                "failed, not restarted", program=self.program.name, exit_code=exit_code,
                retries=self._retries, log=str(self.program.log),
            )  # fmt: skip
        else:
            self._back_off(policy.delay(self._retries), exit_code)

    def _back_off(self, delay: float, exit_code: int) -> None:
        self._retries += 1
        self._next_start_at = self._clock() + delay
        self._set_state(ProcessState.BACKOFF)
        log.warning(
            "exited unexpectedly", program=self.program.name, exit_code=exit_code, retry=self._retries,
            restart_in_seconds=round(delay, 1),
        )  # fmt: skip

    def _set_state(self, state: ProcessState) -> None:
        self.state, self.changed_at = state, now()


class Supervisor:
    """Starts programs, restarts them, and stops them in reverse order of their stages.

    It calls `on_change` with the status of all processes after every change. Waiting raises
    runtime.errors.ShutdownRequested once the stop is requested.
    """

    def __init__(self, stop: ShutdownSignal, on_change: Callable[[Sequence[ProcessStatus]], None]) -> None:
        self._stop = stop
        self._on_change = on_change
        self._processes: list[ManagedProcess] = []
        self._not_rotated: set[Path] = set()

    def names(self) -> set[str]:
        """Return the names of the supervised programs."""
        return {process.program.name for process in self._processes}

    def start(self, program: Program) -> ManagedProcess:
        """Start a program and supervise it from now on."""
        process = ManagedProcess(program)
        self._processes.append(process)
        process.start()
        self._notify()
        return process

    def start_and_await(self, program: Program, ready: Callable[[], bool], timeout_seconds: float) -> None:
        """Start a program and wait until it is ready.

        Raises:
            ServiceUnavailable: When it exits, or is not ready after `timeout_seconds`.
        """
        process = self.start(program)
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            self.poll()
            if process.last_exit_code is not None:
                raise ServiceUnavailable(f"{program.name} exited:\n{process.log_tail()}")
            if time.monotonic() > deadline:
                raise ServiceUnavailable(
                    f"{program.name} was not ready after {timeout_seconds:.0f} s:\n{process.log_tail()}"
                )
            self._stop.sleep(POLL_INTERVAL_SECONDS)

    def run_to_completion(self, program: Program, timeout_seconds: float) -> None:
        """Run a one-shot program.

        Raises:
            ServiceUnavailable: When it does not end with exit code 0 within `timeout_seconds`.
        """
        child = ChildProcess(program)
        deadline = time.monotonic() + timeout_seconds
        try:
            while child.exit_code() is None and time.monotonic() < deadline:
                self.poll()
                self._stop.sleep(POLL_INTERVAL_SECONDS)
        finally:
            exit_code = child.exit_code()
            child.stop()
        if exit_code != EXIT_OK:
            problem = (
                f"took longer than {timeout_seconds:.0f} s"
                if exit_code is None
                else f"ended with exit code {exit_code}"
            )
            raise ServiceUnavailable(f"{program.name} {problem}:\n{child.log_tail()}")

    def run(self, on_poll: Callable[[], None]) -> None:
        """Supervise the programs until the stop is requested, calling `on_poll` after each poll."""
        while not self._stop.wait(POLL_INTERVAL_SECONDS):
            self.poll()
            on_poll()

    def poll(self) -> None:
        """Check each process once."""
        changes = [process.poll() for process in self._processes]
        for process in self._processes:
            self._rotate(process.program.log)
        if any(changes):
            self._notify()

    def _rotate(self, file: Path) -> None:
        """Rotate a log; one that cannot be grows, and is reported once."""
        try:
            rotate(file)
            self._not_rotated.discard(file)
        except OSError as error:
            if file not in self._not_rotated:
                log.error("log not rotated", file=str(file), reason=str(error))
            self._not_rotated.add(file)

    def remove(self, *names: str) -> None:
        """Stop these programs at the same time, and no longer supervise them."""
        if names:
            self._terminate([process for process in self._processes if process.program.name in names])
            self._processes = [process for process in self._processes if process.program.name not in names]
            self._notify()

    def shutdown(self) -> None:
        """Stop all programs in reverse order of their stages, each stage after the previous one has ended."""
        reverse_order = sorted(self._processes, key=lambda process: process.program.stage, reverse=True)
        for _, stage in groupby(reverse_order, key=lambda process: process.program.stage):
            self._terminate(list(stage))
            self._notify()

    def _terminate(self, processes: list[ManagedProcess]) -> None:
        running = [process.child for process in processes if process.child]
        log.info("stopping", programs=[process.program.name for process in processes])
        killed = terminate_all([child.stop_spec for child in running])
        for child in running:
            if child.handle in killed:
                log.warning("killed", program=child.program.name, after_seconds=child.program.grace_seconds)
        for process in processes:
            process.mark_stopped()

    def _notify(self) -> None:
        self._on_change([process.status() for process in self._processes])
