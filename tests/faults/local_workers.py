"""The native supervisor in a thread, and processes of this project under it."""

import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Self, TypeVar

from native.program import Program
from native.state import ProcessStatus
from native.supervisor import Supervisor
from runtime.lifecycle import ShutdownSignal
from runtime.process_state import ProcessState
from runtime.services import RestartPolicy, Stage
from tests.ports import reserve_port

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
COMMAND_SECONDS = 60
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
T = TypeVar("T")


class SupervisorThread:
    """Run the native supervisor during the block; commands run in its thread."""

    def __init__(self) -> None:
        self._stop = ShutdownSignal()
        self._states: Sequence[ProcessStatus] = ()
        self._supervisor = Supervisor(self._stop, self._report)
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(COMMAND_SECONDS * 3)

    def start(self, program: Program) -> None:
        """Start the program, and restart it whenever it ends."""
        self._execute(lambda: self._supervisor.start(program))

    def remove(self, name: str) -> None:
        """Stop the program."""
        self._execute(lambda: self._supervisor.remove(name))

    def state(self, name: str) -> ProcessStatus | None:
        return next((state for state in self._states if state.name == name), None)

    def kill(self, name: str) -> None:
        """Kill the process with SIGKILL."""
        state = self.state(name)
        if state and state.pid:
            with suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGKILL)

    def _execute(self, action: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def command() -> None:
            try:
                done.set_result(action())
            except BaseException as error:  # noqa: BLE001 (re-raised by the caller)
                done.set_exception(error)

        self._commands.put(command)
        return done.result(COMMAND_SECONDS)

    def _run(self) -> None:
        try:
            self._supervisor.run(on_poll=self._execute_commands)
        finally:
            self._supervisor.shutdown()

    def _execute_commands(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._commands.get_nowait()()

    def _report(self, states: Sequence[ProcessStatus]) -> None:
        self._states = states


def process_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process, without the settings of the shell."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {"PYTHONUNBUFFERED": "1", "HTTP_PORT": str(reserve_port())} | dict(variables)


class LocalWorkers:
    """Processes on this machine, which the native supervisor restarts when they exit."""

    def __init__(
        self,
        supervisor: SupervisorThread,
        logs: Path,
        variables: Mapping[str, str],
        module: str = "pipeline",
        retry: RestartPolicy | None = None,
    ) -> None:
        self._supervisor = supervisor
        self._logs = logs
        self._variables = variables
        self._module = module
        self._retry = retry or RestartPolicy(delay_seconds=1.0, max_retries=20)
        self._numbers = count(1)
        self._names: list[str] = []

    @property
    def count(self) -> int:
        return len(self._names)

    def scale(self, number: int) -> None:
        """Start or stop processes until `number` run."""
        while len(self._names) < number:
            self._names.append(f"{self._module.split(maxsplit=1)[0]}-{id(self)}-{next(self._numbers)}")
            self._supervisor.start(self._program(self._names[-1]))
        while len(self._names) > number:
            self._supervisor.remove(self._names.pop(0))

    def kill(self, index: int) -> None:
        """Kill a process with SIGKILL."""
        self._supervisor.kill(self._names[index % len(self._names)])

    def deaths(self) -> int:
        """Return the number of restarts."""
        return sum(state.restarts for state in self._states())

    def problems(self) -> list[str]:
        """Return a message for each process that does not run."""
        running = {state.name for state in self._states() if state.state is ProcessState.RUNNING}
        return [f"{name} does not run" for name in self._names if name not in running]

    def memory(self) -> list[int]:
        """Return the resident bytes of each process."""
        pids = [state.pid for state in self._states() if state.pid]
        return [_resident_bytes(pid) for pid in pids]

    def stop(self) -> None:
        self.scale(0)

    def _states(self) -> list[ProcessStatus]:
        states = [self._supervisor.state(name) for name in self._names]
        return [state for state in states if state]

    def _program(self, name: str) -> Program:
        variables: dict[str, Any] = {"LOG_FORMAT": "json", **self._variables}
        return Program(
            name=name,
            command=(sys.executable, "-m", *self._module.split()),
            environment=process_environment(variables),
            log=self._logs / f"{name}.log",
            stage=Stage.PIPELINE,
            directory=ROOT,
            restart=self._retry,
        )


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
    except OSError:
        return 0
