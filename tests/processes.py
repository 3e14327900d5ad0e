"""This project's own processes, run as their users run them."""

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

# Nothing else of the tests' environment may decide what a process does. COVERAGE_* measures it.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
Event = dict[str, Any]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Process:
    """A process and its log. It is ended by its id, and only by whoever started it."""

    def __init__(self, module: str, variables: Mapping[str, str], log: Path) -> None:
        self.module = module
        self.log = log
        self._http_port = variables.get("HTTP_PORT")
        environment = inherited() | {
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
        """None while it runs; minus the signal's number when a signal ended it."""
        return self._child.poll()

    @property
    def text(self) -> str:
        """Everything it said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def events(self, name: str) -> list[Event]:
        """The events of this name that it logged."""
        lines = [json.loads(line) for line in self.text.splitlines() if _is_complete(line) and name in line]
        return [line for line in lines if line["event"] == name]

    def wait_for_event(self, name: str, times: int = 1, within_seconds: float = DEADLINE_SECONDS) -> Event:
        """Wait until the event was logged so often, and give the last."""

        def found() -> list[Event]:
            events = self.events(name)
            if len(events) < times and self.exit_code is not None:
                raise AssertionError(
                    f"{self.module} ended with {self.exit_code} before it logged {name!r}:\n{self.text}"
                )
            return events if len(events) >= times else []

        return eventually(found, within_seconds, f"{self.module} logs {name!r} {times} times")[-1]

    def stored_counts(self) -> tuple[int, int]:
        """How many readings it said were new, and how many there already, one by one or in batches."""
        batches = self.events("batch stored") + self.events("stored (aggregated)")
        new = len(self.events("stored")) + sum(batch["new"] for batch in batches)
        return new, len(self.events("duplicate")) + sum(batch["duplicates"] for batch in batches)

    def http_get(self, path: str) -> tuple[int, str]:
        """What its HTTP server answers: status and body; 0 when it does not answer."""
        assert self._http_port, "start it with_http()"
        try:
            with _DIRECT.open(
                f"http://127.0.0.1:{self._http_port}{path}", timeout=DEADLINE_SECONDS
            ) as answer:
                return answer.status, answer.read().decode()
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
        """The exit code, once it has ended by itself."""
        eventually(lambda: self.exit_code is not None, within_seconds, f"{self.module} ends")
        return self._child.wait()

    def stop(self, promised_seconds: float | None = None, by: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal; gives the exit code.

        It may take no longer than promised, as a stopwatch measures that.
        """
        stopwatch = Stopwatch(self.pid)
        self.send(by)
        eventually(self._has_ended, DEADLINE_SECONDS, f"{self.module} ends")
        took = stopwatch.seconds
        assert promised_seconds is None or took <= promised_seconds, f"{took:.1f} s\n{self.text}"
        return self._child.wait()

    def _has_ended(self) -> bool:
        """Unlike a look at the exit code, this leaves its statistics for the stopwatch."""
        if self._child.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def kill(self) -> None:
        """End it with SIGKILL, whatever it does."""
        self._child.kill()
        self._child.wait()


class Processes:
    """Starts processes, each with a log of its own."""

    def __init__(self, directory: Path, variables: Mapping[str, str], cleanup: ExitStack) -> None:
        self._directory = directory
        self._variables = variables
        self._cleanup = cleanup
        self._numbers = count(1)
        self.started: list[Process] = []

    def start(self, module: str, **variables: str) -> Process:
        """Start `python -m module`, with these variables over the common ones."""
        log = self._directory / f"{next(self._numbers):03}-{module.split(maxsplit=1)[0]}.log"
        # An outbox in the user's own directory would bring the readings of other tests along.
        state = {"XDG_STATE_HOME": str(self._directory / "state")}
        process = Process(module, state | {**self._variables, **variables}, log)
        self._cleanup.callback(process.kill)
        self.started.append(process)
        return process

    def start_consumer(self, module: str = "pipeline", **variables: str) -> Process:
        """A pipeline that is consuming."""
        process = self.start(module, **variables)
        process.wait_for_event("consuming")
        return process


@contextmanager
def processes(directory: Path, variables: Mapping[str, str]) -> Iterator[Processes]:
    """What is started in the block has ended after it."""
    with ExitStack() as cleanup:
        yield Processes(directory, variables, cleanup)


def with_http() -> dict[str, str]:
    """The variable of a process that serves HTTP; without it there is no server, which would end later."""
    return {"HTTP_PORT": str(reserve_port())}


def inherited() -> dict[str, str]:
    """The environment that a process of this project may see of the tests'."""
    return {
        name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("COVERAGE")
    }


def _is_complete(line: str) -> bool:
    return line.startswith("{") and line.endswith("}")
