"""The supervisor with small real programs: restarts, backoff, fatal failures, order of stopping."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from native import supervisor
from native.logfile import rotate, tail
from native.process_handle import ProcessHandle
from native.program import Program
from native.state import ProcessStatus
from native.supervisor import CANNOT_EXECUTE, ManagedProcess, Supervisor
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.exit_codes import EXIT_CONFIGURATION, EXIT_UNAVAILABLE
from runtime.lifecycle import ShutdownSignal
from runtime.process_state import ProcessState
from runtime.services import RestartPolicy, Stage

QUICK_RESTART = RestartPolicy(delay_seconds=0.01)
SLEEP = "import time; time.sleep(600)"
# Its log is its standard output, so that it can count its runs there.
FAIL_WITH_NUMBER = """
import os
with open("/proc/self/fd/1") as log:
    print("run", sum(line.startswith("run") for line in log) + 1)
raise SystemExit(3)
"""
WRITE_WHEN_STOPPED = """
import signal, sys, time
def write_and_exit(*_):
    with open(sys.argv[1], "a") as file:
        file.write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, write_and_exit)
print("listening", flush=True)
time.sleep(600)
"""


class SupervisorHarness:
    """A supervisor in a temporary directory, and the last status of its processes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.stop = ShutdownSignal()
        self.status: dict[str, ProcessStatus] = {}
        self.supervisor = Supervisor(self.stop, self._on_change)

    def program(
        self,
        name: str,
        code: str,
        *arguments: str,
        stage: Stage = Stage.SENSOR,
        restart: RestartPolicy = QUICK_RESTART,
    ) -> Program:
        return Program(
            name=name,
            command=(sys.executable, "-c", code, *arguments),
            environment={},
            log=self.directory / f"{name}.log",
            stage=stage,
            restart=restart,
            grace_seconds=5,
        )

    def poll_until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.status
            self.supervisor.poll()
            time.sleep(0.01)

    def log_text(self, name: str) -> str:
        log = self.directory / f"{name}.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def _on_change(self, processes: Sequence[ProcessStatus]) -> None:
        self.status = {process.name: process for process in processes}


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[SupervisorHarness]:
    harness = SupervisorHarness(tmp_path)
    yield harness
    harness.supervisor.shutdown()


def test_a_killed_program_is_restarted(harness: SupervisorHarness) -> None:
    # given a running program
    child = harness.supervisor.start(harness.program("example", SLEEP)).child
    assert child is not None
    first = child.handle
    # when it is killed
    signal_process(first, signal.SIGKILL)
    # then it runs again as another process, and its status has the exit code
    harness.poll_until(lambda: harness.status["example"].restarts == 1)
    status = harness.status["example"]
    assert status.state is ProcessState.RUNNING
    assert status.last_exit_code == -signal.SIGKILL
    assert (status.pid, status.start_time) != (first.pid, first.start_time)


def test_a_program_that_cannot_be_executed_any_more_is_tried_again_and_the_others_run_on(
    harness: SupervisorHarness,
) -> None:
    # given two programs, of which one is an executable that is replaced
    executable = harness.directory / "python"
    executable.symlink_to(sys.executable)
    program = replace(harness.program("example", SLEEP), command=(str(executable), "-c", SLEEP))
    other = harness.supervisor.start(harness.program("other", SLEEP)).child
    child = harness.supervisor.start(program).child
    assert child is not None
    assert other is not None
    # when it is killed while the executable is missing
    executable.unlink()
    signal_process(child.handle, signal.SIGKILL)
    with capture_logs() as events:
        harness.poll_until(lambda: harness.status["example"].last_exit_code == CANNOT_EXECUTE)
    # then it waits for its next start, the other program runs on, and the log says why
    assert harness.status["example"].state is ProcessState.BACKOFF
    assert other.exit_code() is None
    [reason] = {event["reason"] for event in events if event["event"] == "not started"}
    assert str(executable) in reason
    # and it runs again once the executable is there
    executable.symlink_to(sys.executable)
    harness.poll_until(lambda: harness.status["example"].state is ProcessState.RUNNING)


def test_a_log_that_cannot_be_rotated_is_reported_once_and_ends_nothing(
    harness: SupervisorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "rotate", lambda log: rotate(log, 10))
    child = harness.supervisor.start(
        harness.program("example", f"print('x' * 100, flush=True); {SLEEP}")
    ).child
    assert child is not None
    copy = harness.directory / "example.log.1"
    copy.mkdir()
    with capture_logs() as events:
        harness.poll_until(lambda: "x" in harness.log_text("example"))
        for _ in range(3):
            harness.supervisor.poll()
        assert child.exit_code() is None
        assert [event["event"] for event in events] == ["log not rotated"]

        copy.rmdir()
        harness.supervisor.poll()
    assert harness.log_text("example") == ""
    assert "x" in copy.read_text(encoding="utf-8")


def test_a_program_that_keeps_failing_becomes_fatal(harness: SupervisorHarness) -> None:
    restart = RestartPolicy(delay_seconds=0.01, max_retries=2)
    harness.supervisor.start(harness.program("example", "raise SystemExit(3)", restart=restart))
    harness.poll_until(lambda: harness.status["example"].state is ProcessState.FATAL)
    assert harness.status["example"].restarts == 2
    assert harness.status["example"].last_exit_code == 3
    assert harness.status["example"].pid is None


def test_a_program_that_lacks_a_dependency_is_retried_without_limit(harness: SupervisorHarness) -> None:
    restart = RestartPolicy(delay_seconds=0.001, max_retries=1, max_delay_seconds=0.001)
    code = f"raise SystemExit({EXIT_UNAVAILABLE})"
    harness.supervisor.start(harness.program("example", code, restart=restart))
    harness.poll_until(lambda: harness.status["example"].restarts == 4)
    assert harness.status["example"].state is not ProcessState.FATAL


def test_a_configuration_error_is_not_retried(harness: SupervisorHarness) -> None:
    harness.supervisor.start(harness.program("example", f"raise SystemExit({EXIT_CONFIGURATION})"))
    harness.poll_until(lambda: harness.status["example"].state is ProcessState.FATAL)
    assert harness.status["example"].restarts == 0


def test_the_status_says_where_the_log_of_the_last_start_begins(harness: SupervisorHarness) -> None:
    # given the log of a previous run, and a program that fails twice
    program = harness.program(
        "example", FAIL_WITH_NUMBER, restart=RestartPolicy(delay_seconds=0, max_retries=1)
    )
    program.log.write_text("previous run\n")
    # when it is not restarted any more
    harness.supervisor.start(program)
    harness.poll_until(lambda: harness.status["example"].state is ProcessState.FATAL)
    # then the tail of its log is what it wrote at its last start
    assert harness.log_text("example").splitlines() == ["previous run", "run 1", "run 2"]
    assert tail(program.log, start=harness.status["example"].log_start) == "run 2"


def test_the_failure_of_a_one_shot_program_shows_only_what_it_logged(harness: SupervisorHarness) -> None:
    program = harness.program("example", FAIL_WITH_NUMBER)
    program.log.write_text("previous run\n")
    with pytest.raises(ServiceUnavailable, match=r"ended with exit code 3:\nrun 1$"):
        harness.supervisor.run_to_completion(program, timeout_seconds=60)


@pytest.mark.parametrize(("may_exit", "expected"), [(True, ProcessState.EXITED), (False, ProcessState.FATAL)])
def test_exit_code_0_ends_only_a_program_that_may_exit(
    harness: SupervisorHarness, may_exit: bool, expected: ProcessState
) -> None:
    restart = RestartPolicy(delay_seconds=0.01, max_retries=1, may_exit=may_exit)
    harness.supervisor.start(harness.program("example", "", restart=restart))
    harness.poll_until(lambda: harness.status["example"].state in {ProcessState.EXITED, ProcessState.FATAL})
    assert harness.status["example"].state is expected


def test_the_delay_doubles_up_to_its_maximum() -> None:
    policy = RestartPolicy(delay_seconds=1, max_delay_seconds=30)
    assert [policy.delay(retries) for retries in (0, 1, 2, 5, 10**9)] == [1, 2, 4, 30, 30]


def test_a_stable_run_resets_the_retries(harness: SupervisorHarness) -> None:
    # given a program that may be retried once, and a clock
    clock = [0.0]
    restart = RestartPolicy(delay_seconds=1, max_retries=1, stable_seconds=60)
    process = ManagedProcess(harness.program("example", SLEEP, restart=restart), clock=lambda: clock[0])
    process.start()
    for _ in range(3):
        # when it is killed after more than a minute each time
        clock[0] += 61
        kill_and_await(process)
        # then it is restarted each time, after the delay
        assert process.state is ProcessState.BACKOFF
        assert not process.poll()
        clock[0] += 1
        assert process.poll()
    assert process.restarts == 3
    # when it is killed again at once, then it is not restarted
    kill_and_await(process)
    assert process.state is ProcessState.FATAL


def test_stages_are_stopped_in_reverse_order(harness: SupervisorHarness, tmp_path: Path) -> None:
    # given a program of each stage, each writing its stage's name when it is stopped
    order = tmp_path / "order"
    for stage in Stage:
        harness.supervisor.start(
            harness.program(stage.name, WRITE_WHEN_STOPPED, str(order), stage.name, stage=stage)
        )
        harness.poll_until(lambda name=stage.name: "listening" in harness.log_text(name))  # type: ignore[misc]
    # when everything is stopped
    harness.supervisor.shutdown()
    # then the names are in reverse order, and nothing runs
    assert order.read_text().split() == [stage.name for stage in reversed(Stage)]
    assert {status.state for status in harness.status.values()} == {ProcessState.STOPPED}


def test_a_program_that_does_not_stop_is_killed_with_its_children(harness: SupervisorHarness) -> None:
    # given a program that ignores SIGTERM and has a child
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True);"
        "time.sleep(600)"
    )
    program = harness.program("unresponsive", code)
    program = Program(**{name: getattr(program, name) for name in Program.__slots__} | {"grace_seconds": 0.1})
    child = harness.supervisor.start(program).child
    assert child is not None
    harness.poll_until(lambda: bool(harness.log_text("unresponsive").strip()))
    grandchild = ProcessHandle.of(int(harness.log_text("unresponsive")))
    assert grandchild is not None
    # when it is stopped
    harness.supervisor.shutdown()
    # then both have ended
    assert harness.status["unresponsive"].last_exit_code == -signal.SIGKILL
    harness.poll_until(lambda: not grandchild.is_alive())


def test_start_and_await_reports_the_log_of_a_program_that_exits(harness: SupervisorHarness) -> None:
    program = harness.program("database", "print('disk full'); raise SystemExit(1)")
    with pytest.raises(ServiceUnavailable, match=r"(?s)database exited.*disk full"):
        harness.supervisor.start_and_await(program, ready=lambda: False, timeout_seconds=60)


def test_start_and_await_times_out(harness: SupervisorHarness) -> None:
    with pytest.raises(ServiceUnavailable, match="database was not ready after 0 s"):
        harness.supervisor.start_and_await(
            harness.program("database", SLEEP), ready=lambda: False, timeout_seconds=0
        )


def test_start_and_await_ends_when_the_stop_is_requested(harness: SupervisorHarness) -> None:
    harness.stop.set()
    with pytest.raises(ShutdownRequested):
        harness.supervisor.start_and_await(
            harness.program("database", SLEEP), ready=lambda: False, timeout_seconds=60
        )


def test_run_to_completion_requires_exit_code_0(harness: SupervisorHarness) -> None:
    harness.supervisor.run_to_completion(harness.program("setup", "print('done')"), timeout_seconds=60)
    assert "done" in harness.log_text("setup")
    with pytest.raises(ServiceUnavailable, match="setup ended with exit code 4"):
        harness.supervisor.run_to_completion(
            harness.program("setup", "raise SystemExit(4)"), timeout_seconds=60
        )
    with pytest.raises(ServiceUnavailable, match="setup took longer than 0 s"):
        harness.supervisor.run_to_completion(harness.program("setup", SLEEP), timeout_seconds=0)


def test_run_ends_when_the_stop_is_requested(harness: SupervisorHarness) -> None:
    harness.supervisor.run(on_poll=harness.stop.set)
    assert harness.stop.is_set()


def test_a_removed_program_is_stopped_and_no_longer_supervised(harness: SupervisorHarness) -> None:
    for name in ("first", "second"):
        harness.supervisor.start(harness.program(name, SLEEP))
    harness.supervisor.remove("second")
    assert harness.supervisor.names() == {"first"}
    assert list(harness.status) == ["first"]


def signal_process(handle: ProcessHandle, number: signal.Signals) -> None:
    os.kill(handle.pid, number)


def kill_and_await(process: ManagedProcess, seconds: float = 60) -> None:
    assert process.child is not None
    signal_process(process.child.handle, signal.SIGKILL)
    deadline = time.monotonic() + seconds
    while not process.poll():
        assert time.monotonic() < deadline, "the supervisor did not notice the exit"
        time.sleep(0.01)
