"""The supervisor with tiny real programs: restarts, backoff, giving up, order of stopping."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher.identity import Identity
from launcher.program import Program, RetryPolicy, Stage
from launcher.state import Condition, ProgramState
from launcher.supervisor import Supervised, Supervisor
from service.errors import ServiceUnavailable, Stopped
from service.lifecycle import EXIT_CONFIGURATION, Stop

SOON = RetryPolicy(delay_seconds=0.01)
SLEEP = "import time; time.sleep(600)"
WRITE_WHEN_STOPPED = """
import signal, sys, time
def leave(*_):
    with open(sys.argv[1], "a") as file:
        file.write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("listening", flush=True)
time.sleep(600)
"""


class Bench:
    """A supervisor in a temporary directory, and what it reported last."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.stop = Stop()
        self.reported: dict[str, ProgramState] = {}
        self.supervisor = Supervisor(self.stop, self._report)

    def program(
        self, name: str, code: str, *arguments: str, stage: Stage = Stage.SENSOR, retry: RetryPolicy = SOON
    ) -> Program:
        return Program(
            name=name,
            command=(sys.executable, "-c", code, *arguments),
            environment={},
            log=self.directory / f"{name}.log",
            stage=stage,
            retry=retry,
            stop_seconds=60,
        )

    def tick_until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.reported
            self.supervisor.tick()
            time.sleep(0.01)

    def log_of(self, name: str) -> str:
        log = self.directory / f"{name}.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def _report(self, programs: object) -> None:
        assert isinstance(programs, list)
        self.reported = {one.name: one for one in programs}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.supervisor.shutdown()


def test_a_killed_program_is_started_again(bench: Bench) -> None:
    # given a running program
    child = bench.supervisor.start(bench.program("one", SLEEP)).child
    assert child is not None
    first = child.identity
    # when it is killed
    signal_process(first, signal.SIGKILL)
    # then it runs again under another identity, and the report says how it ended
    bench.tick_until(lambda: bench.reported["one"].restarts == 1)
    report = bench.reported["one"]
    assert report.state is Condition.RUNNING
    assert report.last_exit == -signal.SIGKILL
    assert (report.pid, report.started) != (first.pid, first.started)


def test_a_program_that_keeps_dying_is_given_up(bench: Bench) -> None:
    retry = RetryPolicy(delay_seconds=0.01, maximum_retries=2)
    bench.supervisor.start(bench.program("one", "raise SystemExit(3)", retry=retry))
    bench.tick_until(lambda: bench.reported["one"].state is Condition.GIVEN_UP)
    assert bench.reported["one"].restarts == 2
    assert bench.reported["one"].last_exit == 3
    assert bench.reported["one"].pid is None


def test_a_wrong_setting_is_not_retried(bench: Bench) -> None:
    bench.supervisor.start(bench.program("one", f"raise SystemExit({EXIT_CONFIGURATION})"))
    bench.tick_until(lambda: bench.reported["one"].state is Condition.GIVEN_UP)
    assert bench.reported["one"].restarts == 0


@pytest.mark.parametrize(
    ("may_finish", "expected"), [(True, Condition.FINISHED), (False, Condition.GIVEN_UP)]
)
def test_exit_code_0_is_an_end_only_for_what_may_finish(
    bench: Bench, may_finish: bool, expected: Condition
) -> None:
    retry = RetryPolicy(delay_seconds=0.01, maximum_retries=1, may_finish=may_finish)
    bench.supervisor.start(bench.program("one", "", retry=retry))
    bench.tick_until(lambda: bench.reported["one"].state in {Condition.FINISHED, Condition.GIVEN_UP})
    assert bench.reported["one"].state is expected


def test_the_delay_grows_up_to_the_longest() -> None:
    policy = RetryPolicy(delay_seconds=1, longest_seconds=30)
    assert [policy.delay(retries) for retries in (0, 1, 2, 5, 10**9)] == [1, 2, 4, 30, 30]


def test_a_healthy_run_starts_the_count_anew(bench: Bench) -> None:
    # given a program that may be retried once, and a clock
    clock = [0.0]
    retry = RetryPolicy(delay_seconds=1, maximum_retries=1, healthy_seconds=60)
    one = Supervised(bench.program("one", SLEEP, retry=retry), clock=lambda: clock[0])
    one.start()
    for _ in range(3):
        # when it dies after a minute each time
        clock[0] += 61
        kill_and_await(one)
        # then it gets its retry each time, after the delay
        assert one.condition is Condition.WAITING
        assert not one.check()
        clock[0] += 1
        assert one.check()
    assert one.restarts == 3
    # when it dies again at once, then it is given up
    kill_and_await(one)
    assert one.condition is Condition.GIVEN_UP


def test_stopping_goes_backwards_by_stage(bench: Bench, tmp_path: Path) -> None:
    # given a program of each stage, each writing its name when it is asked to stop
    order = tmp_path / "order"
    for stage in Stage:
        bench.supervisor.start(
            bench.program(stage.name, WRITE_WHEN_STOPPED, str(order), stage.name, stage=stage)
        )
        bench.tick_until(lambda name=stage.name: "listening" in bench.log_of(name))  # type: ignore[misc]
    # when everything is stopped
    bench.supervisor.shutdown()
    # then the names stand in the opposite order, and nothing runs
    assert order.read_text().split() == [stage.name for stage in reversed(Stage)]
    assert {report.state for report in bench.reported.values()} == {Condition.STOPPED}


def test_a_program_that_does_not_stop_is_killed_with_its_children(bench: Bench) -> None:
    # given a program that ignores SIGTERM and has a child
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True);"
        "time.sleep(600)"
    )
    program = bench.program("stubborn", code)
    impatient = Program(
        **{name: getattr(program, name) for name in Program.__slots__} | {"stop_seconds": 0.1}
    )
    child = bench.supervisor.start(impatient).child
    assert child is not None
    bench.tick_until(lambda: bool(bench.log_of("stubborn").strip()))
    grandchild = Identity.of(int(bench.log_of("stubborn")))
    assert grandchild is not None
    # when it is stopped
    bench.supervisor.shutdown()
    # then both are gone
    assert bench.reported["stubborn"].last_exit == -signal.SIGKILL
    bench.tick_until(lambda: not grandchild.alive())


def test_start_and_await_tells_the_log_of_what_ended(bench: Bench) -> None:
    program = bench.program("database", "print('disk full'); raise SystemExit(1)")
    with pytest.raises(ServiceUnavailable, match=r"(?s)database ended.*disk full"):
        bench.supervisor.start_and_await(program, ready=lambda: False, seconds=60)


def test_start_and_await_gives_up_in_time(bench: Bench) -> None:
    with pytest.raises(ServiceUnavailable, match="database was not ready after 0 s"):
        bench.supervisor.start_and_await(bench.program("database", SLEEP), ready=lambda: False, seconds=0)


def test_start_and_await_ends_with_the_request_to_stop(bench: Bench) -> None:
    bench.stop.request()
    with pytest.raises(Stopped):
        bench.supervisor.start_and_await(bench.program("database", SLEEP), ready=lambda: False, seconds=60)


def test_run_once_wants_exit_code_0(bench: Bench) -> None:
    bench.supervisor.run_once(bench.program("setup", "print('done')"), seconds=60)
    assert "done" in bench.log_of("setup")
    with pytest.raises(ServiceUnavailable, match="setup ended with exit code 4"):
        bench.supervisor.run_once(bench.program("setup", "raise SystemExit(4)"), seconds=60)
    with pytest.raises(ServiceUnavailable, match="setup took longer than 0 s"):
        bench.supervisor.run_once(bench.program("setup", SLEEP), seconds=0)


def test_watch_ends_with_the_request_to_stop(bench: Bench) -> None:
    bench.supervisor.watch(also=bench.stop.request)
    assert bench.stop.requested


def test_remove_stops_and_forgets(bench: Bench) -> None:
    for name in ("one", "two"):
        bench.supervisor.start(bench.program(name, SLEEP))
    bench.supervisor.remove("two")
    assert bench.supervisor.names() == {"one"}
    assert list(bench.reported) == ["one"]


def signal_process(identity: Identity, number: signal.Signals) -> None:
    os.kill(identity.pid, number)


def kill_and_await(one: Supervised, seconds: float = 60) -> None:
    assert one.child is not None
    signal_process(one.child.identity, signal.SIGKILL)
    deadline = time.monotonic() + seconds
    while not one.check():
        assert time.monotonic() < deadline, "the supervisor did not notice the death"
        time.sleep(0.01)
