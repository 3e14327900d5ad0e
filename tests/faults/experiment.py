"""What one row works with, and what is measured of it."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from random import Random
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import psycopg

from runtime.services import RestartPolicy
from tests.faults.bodies import Maker, good
from tests.faults.ledger import Attempt, Ledger, StoredRow
from tests.faults.load import BROKEN, DEAD_QUEUE, QUEUE, Load
from tests.faults.oracle import Dead, Outcome, judge
from tests.faults.site import (
    Site,
    SmallDatabase,
    Workers,
    depth,
    drain_dead,
    query,
    stored_rows,
    wipe,
)
from tests.faults.supervising import LocalWorkers
from tests.modes import Mode

T = TypeVar("T")
CONSUMERS = 3
RECOVERY_SECONDS = 180.0
SETTLE_SECONDS = 300.0
POLL_SECONDS = 0.2
# A broker that was just started counts an idle queue as empty for some seconds, and it counts what is
# unacked every five seconds only.
EMPTY_FOR_SECONDS = 3.0
UNACKED_COUNTED_SECONDS = 6.0
FIND = "SELECT 1 FROM reading WHERE sensor_id = %s AND measured_at = %s LIMIT 1"


class Experiment:
    """Gives a row its consumers, its load and its clock; judges in the end."""

    def __init__(
        self, site: Site, ledger: Ledger, *, seed: str, mode: Mode, say: Callable[[str], None]
    ) -> None:
        self.site = site
        self.ledger = ledger
        self.seed = seed
        self.mode = mode
        self.chance = Random(seed)
        self.say = say
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.removed = 0
        self.database_url = site.database_url
        self._small: SmallDatabase | None = None
        self._recoveries: list[float] = []
        self._crews: list[Workers] = []
        self._stack = ExitStack()
        self._began = time.monotonic()

    def workers(self, number: int = CONSUMERS) -> Workers:
        """Consumers as the stack runs them, at work."""
        return self._at_work(self.site.workers(self.mode), number)

    def local_workers(
        self,
        number: int = CONSUMERS,
        *,
        module: str = "pipeline",
        variables: Mapping[str, str] | None = None,
        retry: RestartPolicy | None = None,
        wait: bool = True,
    ) -> LocalWorkers:
        """Consumers as processes of this machine, at work; `wait=False`: as far as they get."""
        told = {
            "RABBITMQ_URL": self.site.amqp_url,
            "DATABASE_URL": self.database_url,
            **self.mode.variables,
            **(variables or {}),
        }
        crew = LocalWorkers(self.site.supervising, self.site.directory, told, module, retry)
        if wait:
            self._at_work(crew, number)
        else:
            self._crews.append(crew)
            crew.scale(number)
        return crew

    def sensors(self, module: str, variables: Mapping[str, str]) -> LocalWorkers:
        """One sensor process, started again soon, since its deaths are wanted."""
        soon = RestartPolicy(delay_seconds=0.5, max_delay_seconds=0.5)
        crew = LocalWorkers(self.site.supervising, self.site.directory, variables, module, soon)
        self._stack.callback(crew.stop)
        crew.scale(1)
        return crew

    def load(self, rate: float = 100.0, make: Maker = good, sensors: int = 4) -> Load:
        """Published while the block runs."""
        return Load(self.site.amqp_url, self.ledger, rate=rate, seed=self.seed, make=make, sensors=sensors)

    def enter(self, context: AbstractContextManager[T]) -> T:
        """Open it until the row has been judged."""
        return self._stack.enter_context(context)

    def use(self, small: SmallDatabase) -> None:
        """From now on this is the row's database; it is removed with the row."""
        self._small, self.database_url = small, small.url
        self._stack.callback(small.close)

    def recovered(self) -> float:
        """Wait until a reading that is confirmed from now on is stored; counts as the recovery time."""
        began = time.monotonic()
        self.until(lambda: self._stored_since(began), RECOVERY_SECONDS, "the flow is back")
        self._recoveries.append(time.monotonic() - began)
        return self._recoveries[-1]

    def until(self, condition: Callable[[], object], seconds: float, what: str) -> None:
        """Wait for it; broker and database may be away meanwhile."""
        deadline = time.monotonic() + seconds
        while not self._holds(condition):
            assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
            time.sleep(POLL_SECONDS)

    def rest(self, seconds: float) -> None:
        """Let the load run under the present state of things."""
        time.sleep(seconds)

    def depth(self) -> tuple[int, int]:
        """Messages ready, and consumers."""
        return depth(self.site.amqp_url)

    def query(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """Plain SQL on the row's database."""
        return query(self.database_url, statement, *parameters)

    def wipe(self) -> None:
        wipe(self.site.amqp_url, self.site.database_url)

    def settle(self) -> Outcome:
        """Wait until everything is at work and the queue is empty, stop the consumers, and judge."""
        self.say("drains")
        self._try(lambda: self.until(self._drained, SETTLE_SECONDS, "the queue is empty"))
        wanted = sum(crew.count for crew in self._crews)
        self._try(lambda: self.until(lambda: self._at_work_again(wanted), 60, "every consumer is back"))
        self.problems += [problem for crew in self._crews for problem in crew.problems()]
        self.problems += self.site.problems() + (self._small.problems() if self._small else [])
        self.stop()
        left = self._left()
        rows, dead = self.stored(), self.dead()
        return Outcome(
            verdict=judge(self.ledger.read(), rows, dead, self.removed),
            depth=left,
            recovery_seconds=max(self._recoveries, default=None),
            seconds=time.monotonic() - self._began,
            problems=self.problems,
            notes=self.notes,
        )

    def stored(self) -> list[StoredRow]:
        return stored_rows(self.database_url)

    def dead(self) -> list[Dead]:
        return drain_dead(self.site.amqp_url)

    def stop(self) -> None:
        """Stop the consumers."""
        for crew in self._crews:
            crew.stop()
        self._crews.clear()

    def close(self) -> None:
        """Leave nothing behind for the next row."""
        try:
            self.stop()
        finally:
            self._stack.close()

    def _at_work(self, crew: Workers, number: int) -> Workers:
        self._crews.append(crew)
        crew.scale(number)
        wanted = sum(one.count for one in self._crews)
        self.until(lambda: self.depth()[1] == wanted, 90, f"{wanted} consumers are at work")
        return crew

    def _at_work_again(self, wanted: int) -> bool:
        no_problem = not any(crew.problems() for crew in self._crews)
        return self.depth()[1] == wanted and no_problem

    @property
    def virtual_host(self) -> tuple[str, str]:
        """As rabbitmqctl is told."""
        return "--vhost", unquote(urlsplit(self.site.amqp_url).path.removeprefix("/"))

    def unacked(self) -> int:
        """Messages in the consumers' hands, as the broker last counted."""
        listed = self.site.rabbitmqctl("list_queues", *self.virtual_host, "name", "messages_unacknowledged")
        return next(int(words[1]) for words in map(str.split, listed.splitlines()) if words[0] == QUEUE)

    def _drained(self) -> bool:
        # A consumer finishes the one message that it holds before it stops. The broker counts it later.
        if self.mode.max_unacked == 1 and self.depth()[0] == 0 and self._accounted_for():
            return True
        return self._empty_for(
            EMPTY_FOR_SECONDS if self.mode.max_unacked == 1 else UNACKED_COUNTED_SECONDS
        ) and (self.unacked() == 0)

    def _accounted_for(self) -> bool:
        """Whether as many confirmed messages are dead as are not stored."""
        not_stored = judge(self.ledger.read(), self.stored(), [], self.removed).lost
        return not_stored <= depth(self.site.amqp_url, DEAD_QUEUE)[0]

    def _empty_for(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.depth()[0]:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _left(self) -> int:
        """What is in the queue once nobody consumes: what was unacked is back then."""
        self.until(lambda: self.depth()[1] == 0, 30, "the consumers are gone")
        time.sleep(1)
        return self.depth()[0]

    def _stored_since(self, moment: float) -> bool:
        latest = self.ledger.latest
        return latest is not None and latest[0] > moment and self._is_stored(latest[1])

    def _is_stored(self, attempt: Attempt) -> bool:
        row = attempt.row
        if row is None:
            return False
        self.until(lambda: self.query(FIND, row.sensor_id, row.measured_at), RECOVERY_SECONDS, "it is stored")
        return True

    def _holds(self, condition: Callable[[], object]) -> bool:
        try:
            return bool(condition())
        except (*BROKEN, psycopg.Error):
            return False

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except AssertionError as error:
            self.problems.append(str(error))
