"""Run the processes of this project as their users do."""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests.forked import ForkedModule
from tests.ports import reserve_port
from tests.waiting import DEADLINE_SECONDS, Stopwatch, eventually

# No other variable of the tests' environment may affect a process, except COVERAGE_* in a command.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
Event = dict[str, Any]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Process:
    """A process and its log."""

    def __init__(self, module: str, variables: Mapping[str, str], log: Path) -> None:
        self.module = module
        self.log = log
        self._http_port = variables.get("HTTP_PORT")
        environment = service_environment() | {
            "HTTP_PORT": "0",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "debug",
            **variables,
        }
        self._child = ForkedModule(module.split(), environment, log)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code (negative after a signal), or None while the process runs."""
        return self._child.poll()

    @property
    def text(self) -> str:
        """The complete log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def events(self, name: str) -> list[Event]:
        """Return the logged events with this name."""
        lines = [json.loads(line) for line in self.text.splitlines() if _is_complete(line) and name in line]
        return [line for line in lines if line["event"] == name]

    def wait_for_event(self, name: str, times: int = 1, within_seconds: float = DEADLINE_SECONDS) -> Event:
        """Wait until the event was logged this many times, and return the last event."""

        def find() -> list[Event]:
            events = self.events(name)
            if len(events) < times and self.exit_code is not None:
                raise AssertionError(
                    f"{self.module} ended with {self.exit_code} before it logged {name!r}:\n{self.text}"
                )
            return events if len(events) >= times else []

        return eventually(find, within_seconds, f"{self.module} logs {name!r} {times} times")[-1]

    def stored_counts(self) -> tuple[int, int]:
        """Return the numbers of new readings and of duplicates that it logged."""
        batches = self.events("batch stored") + self.events("stored (aggregated)")
        new = len(self.events("stored")) + sum(batch["new"] for batch in batches)
        return new, len(self.events("duplicate")) + sum(batch["duplicates"] for batch in batches)

    def published_count(self) -> int:
        """Return the number of readings that a sensor logged as published."""
        aggregated = sum(line["readings"] for line in self.events("published (aggregated)"))
        return len(self.events("published")) + int(aggregated)

    def wait_for_published(self, readings: int) -> None:
        """Wait until a sensor has logged this number of readings as published."""
        eventually(
            lambda: self.published_count() >= readings, DEADLINE_SECONDS, f"{readings} readings are published"
        )

    def http_get(self, path: str) -> tuple[int, str]:
        """Return the status and the body of its HTTP response; the status is 0 without a response."""
        assert self._http_port, "start the process with_http()"
        try:
            with _DIRECT.open(
                f"http://127.0.0.1:{self._http_port}{path}", timeout=DEADLINE_SECONDS
            ) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def status(self, path: str) -> int:
        return self.http_get(path)[0]

    def send(self, signal_number: signal.Signals) -> None:
        self._child.send_signal(signal_number)

    def wait(self, within_seconds: float = DEADLINE_SECONDS) -> int:
        """Wait until the process has ended by itself, and return its exit code."""
        eventually(lambda: self.exit_code is not None, within_seconds, f"{self.module} ends")
        return self._child.wait()

    def stop(self, promised_seconds: float | None = None, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop the process with a signal, and return its exit code.

        A stopwatch checks that it takes no longer than `promised_seconds`.
        """
        stopwatch = Stopwatch(self.pid)
        self.send(by)
        eventually(self._has_ended, DEADLINE_SECONDS, f"{self.module} ends")
        elapsed = stopwatch.seconds
        assert promised_seconds is None or elapsed <= promised_seconds, f"{elapsed:.1f} s\n{self.text}"
        return self._child.wait()

    def _has_ended(self) -> bool:
        """Return whether the process has ended, without reaping it: the stopwatch reads its statistics."""
        if self._child.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self._child.kill()
        self._child.wait()


class Processes:
    """Start processes, each with its own log."""

    def __init__(self, directory: Path, variables: Mapping[str, str], cleanup: ExitStack) -> None:
        self._directory = directory
        self._variables = variables
        self._cleanup = cleanup
        self._numbers = count(1)
        self.started: list[Process] = []

    def start(self, module: str, **variables: str) -> Process:
        """Start `python -m module`; these variables override the common variables."""
        log = self._directory / f"{next(self._numbers):03}-{module.split(maxsplit=1)[0]}.log"
        # An outbox in the user's own directory would contain readings of other tests.
        state = {"XDG_STATE_HOME": str(self._directory / "state")}
        process = Process(module, state | {**self._variables, **variables}, log)
        self._cleanup.callback(process.kill)
        self.started.append(process)
        return process

    def start_consumer(self, module: str = "pipeline", **variables: str) -> Process:
        """Start a pipeline and wait until it consumes."""
        process = self.start(module, **variables)
        process.wait_for_event("consuming")
        return process


@contextmanager
def processes(directory: Path, variables: Mapping[str, str]) -> Iterator[Processes]:
    """Yield Processes, and end them after the block."""
    with ExitStack() as cleanup:
        yield Processes(directory, variables, cleanup)


def with_http() -> dict[str, str]:
    """Return the variable with which a process serves HTTP; without a server it stops faster."""
    return {"HTTP_PORT": str(reserve_port())}


def inherited_environment() -> dict[str, str]:
    """Return the variables that a command inherits, with which it measures coverage."""
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    return service_environment() | coverage


def service_environment() -> dict[str, str]:
    """Return the variables of the tests' environment that a service inherits.

    It measures no coverage: that would double its processor time, and other tests execute its code too.
    """
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def _is_complete(line: str) -> bool:
    return line.startswith("{") and line.endswith("}")
