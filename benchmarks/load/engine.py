"""Locust: users that publish, the page, and its statistics."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gevent
from locust import User, task
from locust.env import Environment
from locust.runners import STATE_STOPPED, STATE_STOPPING
from locust.stats import stats_history

from benchmarks.load.options import LoadOptions, Protocol
from benchmarks.load.report import MILLISECONDS, format_rate
from benchmarks.load.sender import CONFIRM_TIMEOUT_SECONDS, Sender
from benchmarks.load.stored import NewDelay
from native.ports import LOOPBACK

STORED = "STORED"
NAMES = {Protocol.AMQP: "publish → confirm", Protocol.MQTT: "publish → PUBACK", STORED: "measured → stored"}
# Connections that wait for their last confirms end by themselves.
STOP_SECONDS = CONFIRM_TIMEOUT_SECONDS + 5


def user_class(protocol: Protocol, new_sender: Callable[[], Sender]) -> type[User]:
    """Return the class of the users that publish by this protocol; each has a connection of its own."""

    class Connection(User):
        def on_start(self) -> None:
            self.sender = new_sender()

        @task
        def publish(self) -> None:
            self.sender.run_once()

        def on_stop(self) -> None:
            self.sender.finish()

    Connection.__name__ = f"{protocol.capitalize()}User"
    return Connection


class Engine:
    """Runs the users, and shows their statistics on the page.

    Locust's totals are those of publishing; the delays until a reading is stored have rows of their own.
    """

    def __init__(
        self, options: LoadOptions, address: str, senders: Mapping[Protocol, Callable[[], Sender]]
    ) -> None:
        self._options = options
        classes = [user_class(protocol, new_sender) for protocol, new_sender in senders.items()]
        self._users = options.connections * len(classes)
        self._environment = Environment(user_classes=classes, host=address, stop_timeout=STOP_SECONDS)
        self._runner = self._environment.create_local_runner()
        # Locust's types allow whole milliseconds only, but it keeps the fractions of its means.
        self._stats: Any = self._environment.stats

    @property
    def is_stopped(self) -> bool:
        """Whether the run was stopped on the page."""
        return self._runner.state in {STATE_STOPPING, STATE_STOPPED}

    @contextmanager
    def page(self) -> Iterator[str]:
        """Serve the page during the block; yield its address."""
        page: Any = self._environment.create_web_ui(LOOPBACK, self._options.port)
        try:
            yield f"http://{LOOPBACK}:{self._options.port}"
        finally:
            page.stop()

    def start(self) -> None:
        """Start publishing."""
        self._runner.start(self._users, spawn_rate=self._users)
        gevent.spawn(stats_history, self._runner)

    def stop(self) -> None:
        """Stop publishing, and return once the last confirms arrived or are overdue."""
        self._runner.stop()

    def add_confirm(self, protocol: Protocol, stage: int, seconds: float) -> None:
        """Add a confirmed reading to the statistics."""
        name = self._name(protocol, stage)
        self._stats.log_request(protocol, name, seconds * MILLISECONDS, 0)

    def add_failure(self, protocol: Protocol, reason: str) -> None:
        """Add a lost connection to the statistics."""
        self._stats.log_error(protocol, NAMES[protocol], reason)

    def add_stored(self, delays: list[NewDelay]) -> None:
        """Add stored readings to the statistics."""
        for delay in delays:
            entry = self._stats.get(self._name(STORED, delay.stage), STORED)
            for _ in range(delay.readings):
                entry.log(delay.delay_ms, 0)

    def _name(self, kind: str, stage: int) -> str:
        """Return the name of a row; the page sorts rows by their names."""
        rates = self._options.rates
        return (
            NAMES[kind]
            if len(rates) == 1
            else f"{stage + 1:02}. {format_rate(rates[stage])}/s: {NAMES[kind]}"
        )
