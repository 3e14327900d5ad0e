"""Keeps programs running, each by its retry policy, and stops them in order."""

import time
from collections.abc import Callable, Sequence
from itertools import groupby

import structlog

from native.logfile import bound, tail
from native.process_handle import end
from native.program import Child, Program
from native.state import Condition, ProgramState, now
from runtime.errors import ServiceUnavailable
from runtime.lifecycle import EXIT_CONFIGURATION, EXIT_OK, ShutdownSignal

TICK_SECONDS = 0.2
log = structlog.get_logger()


class ManagedProcess:
    """One program and what became of it."""

    def __init__(self, program: Program, clock: Callable[[], float] = time.monotonic) -> None:
        self.program = program
        self.restarts = 0
        self.last_exit: int | None = None
        self._clock = clock
        self._retries = 0
        self._child: Child | None = None
        self._started_at = self._next_start = 0.0
        self._become(Condition.WAITING)

    @property
    def child(self) -> Child | None:
        """The process, while there is one."""
        return self._child

    def start(self) -> None:
        """Start it now."""
        self._child = Child(self.program)
        self._started_at = self._clock()
        self._become(Condition.RUNNING)
        log.info("started", program=self.program.name, pid=self._child.identity.pid)

    def check(self) -> bool:
        """Notice its end, or start it again when it is time. True when something changed."""
        if self.condition is Condition.WAITING and self._clock() >= self._next_start:
            self.restarts += 1
            self.start()
            return True
        code = self._child.exit_code() if self._child else None
        if code is None:
            return False
        self.last_exit, self._child = code, None
        self._decide(code)
        return True

    def stopped(self) -> None:
        """It was stopped on purpose."""
        if self._child:
            self.last_exit, self._child = self._child.stop(), None
        self._become(Condition.STOPPED)

    def report(self) -> ProgramState:
        """What it is doing, for the state file."""
        identity = self._child.identity if self._child else None
        return ProgramState(
            name=self.program.name,
            state=self.condition,
            pid=identity.pid if identity else None,
            started=identity.started if identity else None,
            port=self.program.port,
            restarts=self.restarts,
            last_exit=self.last_exit,
            since=self.since,
            log=self.program.log,
            stage=self.program.stage,
            stop_signal=self.program.stop_signal,
            stop_seconds=self.program.stop_seconds,
        )

    def _decide(self, code: int) -> None:
        retry = self.program.retry
        if self._clock() - self._started_at >= retry.healthy_seconds:
            self._retries = 0
        if code == EXIT_OK and retry.may_finish:
            self._become(Condition.FINISHED)
            log.info("finished", program=self.program.name)
        elif code == EXIT_CONFIGURATION or self._retries >= retry.maximum_retries:
            self._become(Condition.GIVEN_UP)
            log.error(
                "gave up", program=self.program.name, exit_code=code, retries=self._retries,
                log=str(self.program.log),
            )  # fmt: skip
        else:
            self._retry(retry.delay(self._retries), code)

    def _retry(self, delay: float, code: int) -> None:
        self._retries += 1
        self._next_start = self._clock() + delay
        self._become(Condition.WAITING)
        log.warning(
            "died", program=self.program.name, exit_code=code, retry=self._retries, in_seconds=round(delay, 1)
        )

    def _become(self, condition: Condition) -> None:
        self.condition, self.since = condition, now()


class Supervisor:
    """Starts programs, watches them, and stops them backwards by stage.

    `report` hears of every change. Waiting ends with service.errors.Stopped when the stop is requested.
    """

    def __init__(self, stop: ShutdownSignal, report: Callable[[Sequence[ProgramState]], None]) -> None:
        self._stop = stop
        self._report = report
        self._programs: list[ManagedProcess] = []

    def names(self) -> set[str]:
        """The programs it looks after."""
        return {supervised.program.name for supervised in self._programs}

    def start(self, program: Program) -> ManagedProcess:
        """Start a program and look after it from now on."""
        supervised = ManagedProcess(program)
        self._programs.append(supervised)
        supervised.start()
        self._tell()
        return supervised

    def start_and_await(self, program: Program, ready: Callable[[], bool], seconds: float) -> None:
        """Start a program and wait until it is ready; ServiceUnavailable when it ends or takes longer."""
        supervised = self.start(program)
        deadline = time.monotonic() + seconds
        while not ready():
            self.tick()
            if supervised.last_exit is not None:
                raise ServiceUnavailable(f"{program.name} ended:\n{tail(program.log)}")
            if time.monotonic() > deadline:
                raise ServiceUnavailable(
                    f"{program.name} was not ready after {seconds:.0f} s:\n{tail(program.log)}"
                )
            self._stop.sleep(TICK_SECONDS)

    def run_once(self, program: Program, seconds: float) -> None:
        """Run a program to its end. Raises ServiceUnavailable unless it ends well in time."""
        child = Child(program)
        deadline = time.monotonic() + seconds
        try:
            while child.exit_code() is None and time.monotonic() < deadline:
                self.tick()
                self._stop.sleep(TICK_SECONDS)
        finally:
            code = child.exit_code()
            child.stop()
        if code != EXIT_OK:
            problem = f"took longer than {seconds:.0f} s" if code is None else f"ended with exit code {code}"
            raise ServiceUnavailable(f"{program.name} {problem}:\n{tail(program.log)}")

    def watch(self, also: Callable[[], None]) -> None:
        """Look after the programs until the stop is requested, calling `also` each time round."""
        while not self._stop.wait(TICK_SECONDS):
            self.tick()
            also()

    def tick(self) -> None:
        """Look at each program once."""
        changes = [supervised.check() for supervised in self._programs]
        for supervised in self._programs:
            bound(supervised.program.log)
        if any(changes):
            self._tell()

    def remove(self, name: str) -> None:
        """Stop a program and forget it."""
        self._end([one for one in self._programs if one.program.name == name])
        self._programs = [one for one in self._programs if one.program.name != name]
        self._tell()

    def shutdown(self) -> None:
        """Stop everything, the latest stage first; a stage is gone before the next one is asked."""
        backwards = sorted(self._programs, key=lambda one: one.program.stage, reverse=True)
        for _, stage in groupby(backwards, key=lambda one: one.program.stage):
            self._end(list(stage))
            self._tell()

    def _end(self, stage: list[ManagedProcess]) -> None:
        running = [one.child for one in stage if one.child]
        log.info("stopping", programs=[one.program.name for one in stage])
        killed = end([child.ending for child in running])
        for child in running:
            if child.identity in killed:
                log.warning("killed", program=child.program.name, after_seconds=child.program.stop_seconds)
        for one in stage:
            one.stopped()

    def _tell(self) -> None:
        self._report([supervised.report() for supervised in self._programs])
