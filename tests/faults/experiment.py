"""The environment, the load and the measurements of a scenario."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from random import Random
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from runtime.services import RestartPolicy
from tests.faults.bodies import Maker, valid_reading
from tests.faults.environment import (
    Environment,
    SmallDatabase,
    Workers,
    depth,
    drain_dead,
    query,
    reset_servers,
    stored_rows,
)
from tests.faults.ledger import Attempt, Ledger, StoredRow
from tests.faults.load import DEAD_QUEUE, QUEUE, Load
from tests.faults.local_workers import LocalWorkers
from tests.faults.oracle import DeadLetter, Outcome, judge
from tests.faults.polling import stays_true, wait_until
from tests.modes import Mode

T = TypeVar("T")
CONSUMERS = 3
RECOVERY_SECONDS = 180.0
SETTLE_SECONDS = 300.0
# A broker reports an idle queue as empty for some seconds after its start, and it updates the number of
# unacked messages only every five seconds.
EMPTY_FOR_SECONDS = 3.0
UNACKED_UPDATE_SECONDS = 6.0
FIND = "SELECT 1 FROM reading WHERE sensor_id = %s AND measured_at = %s LIMIT 1"


class Experiment:
    """Provide a scenario with consumers and load, and compare the result with the ledger."""

    def __init__(
        self,
        environment: Environment,
        ledger: Ledger,
        *,
        seed: str,
        mode: Mode,
        show_progress: Callable[[str], None],
    ) -> None:
        self.environment = environment
        self.ledger = ledger
        self.seed = seed
        self.mode = mode
        self.random = Random(seed)
        self.show_progress = show_progress
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.removed = 0
        self.database_url = environment.database_url
        self._small: SmallDatabase | None = None
        self._recoveries: list[float] = []
        self._workers: list[Workers] = []
        self._stack = ExitStack()
        self._started_at = time.monotonic()

    def start_workers(self, number: int = CONSUMERS) -> Workers:
        """Start consumers as the stack runs them, and wait until they consume."""
        return self._start(self.environment.workers(self.mode), number)

    def start_local_workers(
        self,
        number: int = CONSUMERS,
        *,
        module: str = "pipeline",
        variables: Mapping[str, str] | None = None,
        retry: RestartPolicy | None = None,
        wait: bool = True,
    ) -> LocalWorkers:
        """Start consumers as processes of this machine; unless `wait` is false, wait until they consume."""
        common = {
            "RABBITMQ_URL": self.environment.amqp_url,
            "DATABASE_URL": self.database_url,
            **self.mode.variables,
            **(variables or {}),
        }
        workers = LocalWorkers(self.environment.supervisor, self.environment.directory, common, module, retry)
        if wait:
            self._start(workers, number)
        else:
            self._workers.append(workers)
            workers.scale(number)
        return workers

    def start_process(self, module: str, variables: Mapping[str, str]) -> LocalWorkers:
        """Start a process that is no consumer; it is restarted quickly because the scenario kills it."""
        quick_restart = RestartPolicy(delay_seconds=0.5, max_delay_seconds=0.5)
        workers = LocalWorkers(
            self.environment.supervisor, self.environment.directory, variables, module, quick_restart
        )
        self._stack.callback(workers.stop)
        workers.scale(1)
        return workers

    def load(self, rate: float = 100.0, make: Maker = valid_reading, sensors: int = 4) -> Load:
        """Return a load that is published while the block runs."""
        return Load(
            self.environment.amqp_url,
            self.ledger,
            rate=rate,
            seed=self.seed,
            close_connections=self._close_stuck_connections,
            make=make,
            sensors=sensors,
        )

    def close_connections(self, reason: str) -> None:
        """Close all connections of the virtual host, as an operator may."""
        self.environment.rabbitmqctl("close_all_connections", *self.virtual_host, reason)

    def _close_stuck_connections(self) -> None:
        self.notes.append("a client of the load waited for a confirm that never came, and was disconnected")
        self.close_connections("a confirm never came")

    def enter(self, context: AbstractContextManager[T]) -> T:
        """Enter a context that stays open until the end of the scenario."""
        return self._stack.enter_context(context)

    def use(self, small: SmallDatabase) -> None:
        """Use this database from now on; it is removed at the end of the scenario."""
        self._small, self.database_url = small, small.url
        self._stack.callback(small.close)

    def wait_for_recovery(self) -> float:
        """Wait until a reading that is confirmed from now on is stored; return and record the time."""
        started_at = time.monotonic()
        self.wait_until(lambda: self._stored_since(started_at), RECOVERY_SECONDS, "readings are stored again")
        self._recoveries.append(time.monotonic() - started_at)
        return self._recoveries[-1]

    def wait_until(self, condition: Callable[[], object], seconds: float, message: str) -> None:
        """Wait for the condition, which is false while the broker or the database is down."""
        wait_until(condition, seconds, message)

    def run_load_for(self, seconds: float) -> None:
        """Let the load run in the current state of the system."""
        time.sleep(seconds)

    def depth(self) -> tuple[int, int]:
        """Return the numbers of ready messages and consumers."""
        return depth(self.environment.amqp_url)

    def query(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """Execute SQL on the scenario's database, and return the rows."""
        return query(self.database_url, statement, *parameters)

    def reset(self) -> None:
        reset_servers(self.environment.amqp_url, self.environment.database_url)

    def drain_and_judge(self) -> Outcome:
        """Wait until every consumer works and the queue is empty, stop the consumers, and compare."""
        self.show_progress("draining the queue")
        self._record_timeout(lambda: self.wait_until(self._drained, SETTLE_SECONDS, "the queue is empty"))
        number = sum(group.count for group in self._workers)
        self._record_timeout(
            lambda: self.wait_until(lambda: self._all_work(number), 60, "every consumer works again")
        )
        self.problems += [problem for workers in self._workers for problem in workers.problems()]
        self.problems += self.environment.problems() + (self._small.problems() if self._small else [])
        self.stop()
        remaining = self._remaining()
        rows, dead = self.stored(), self.dead()
        return Outcome(
            verdict=judge(self.ledger.read(), rows, dead, self.removed),
            depth=remaining,
            recovery_seconds=max(self._recoveries, default=None),
            seconds=time.monotonic() - self._started_at,
            problems=self.problems,
            notes=self.notes,
        )

    def stored(self) -> list[StoredRow]:
        return stored_rows(self.database_url)

    def dead(self) -> list[DeadLetter]:
        return drain_dead(self.environment.amqp_url)

    def stop(self) -> None:
        """Stop the consumers."""
        for workers in self._workers:
            workers.stop()
        self._workers.clear()

    def close(self) -> None:
        """Remove everything that this scenario has started."""
        try:
            self.stop()
        finally:
            self._stack.close()

    def _start(self, workers: Workers, number: int) -> Workers:
        self._workers.append(workers)
        workers.scale(number)
        number = sum(group.count for group in self._workers)
        self.wait_until(lambda: self.depth()[1] == number, 90, f"{number} consumers consume")
        return workers

    def _all_work(self, number: int) -> bool:
        no_problem = not any(workers.problems() for workers in self._workers)
        return self.depth()[1] == number and no_problem

    @property
    def virtual_host(self) -> tuple[str, str]:
        """The virtual host as arguments of rabbitmqctl."""
        return "--vhost", unquote(urlsplit(self.environment.amqp_url).path.removeprefix("/"))

    def unacked(self) -> int:
        """Return the number of unacked messages, as the broker has last updated it."""
        listed = self.environment.rabbitmqctl(
            "list_queues", *self.virtual_host, "name", "messages_unacknowledged"
        )
        return next(int(words[1]) for words in map(str.split, listed.splitlines()) if words[0] == QUEUE)

    def _drained(self) -> bool:
        # A consumer finishes the message that it holds before it stops; the broker updates the number later.
        if self.mode.max_unacked == 1 and self.depth()[0] == 0 and self._accounted_for():
            return True
        seconds = EMPTY_FOR_SECONDS if self.mode.max_unacked == 1 else UNACKED_UPDATE_SECONDS
        return stays_true(lambda: self.depth()[0] == 0, seconds) and self.unacked() == 0

    def _accounted_for(self) -> bool:
        """Return whether every confirmed message that is not stored is dead-lettered."""
        not_stored = judge(self.ledger.read(), self.stored(), [], self.removed).lost
        return not_stored <= depth(self.environment.amqp_url, DEAD_QUEUE)[0]

    def _remaining(self) -> int:
        """Return the number of messages in the queue without consumers, when none is unacked."""
        self.wait_until(lambda: self.depth()[1] == 0, 30, "the consumers are stopped")
        time.sleep(1)
        return self.depth()[0]

    def _stored_since(self, moment: float) -> bool:
        latest = self.ledger.latest
        return latest is not None and latest[0] > moment and self._is_stored(latest[1])

    def _is_stored(self, attempt: Attempt) -> bool:
        row = attempt.row
        if row is None:
            return False
        self.wait_until(
            lambda: self.query(FIND, row.sensor_id, row.measured_at),
            RECOVERY_SECONDS,
            "the reading is stored",
        )
        return True

    def _record_timeout(self, action: Callable[[], None]) -> None:
        try:
            action()
        except AssertionError as error:
            self.problems.append(str(error))
