"""Connects to one of several hosts: to the primary, or for reading to a standby that is up to date."""

import random
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from db.deadline import Deadline, limit_statements
from db.hosts import ANY, READ_WRITE, TARGET, Address

STANDBY = "standby"
MAX_LAG = "5 s"
# For how long the primary is preferred after a standby that was behind, and after how long a connection is
# opened again, because a standby may be back.
AVOID_SECONDS = 30.0
RECONNECT_SECONDS = 300
# Every role sees this. Without new transactions the last one becomes old, but then all that was received is
# replayed.
IS_BEHIND = """
SELECT pg_is_in_recovery() AND NOT coalesce(
    EXISTS (SELECT FROM pg_stat_wal_receiver)
    AND (pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()
         OR pg_last_xact_replay_timestamp() > now() - %s::interval), false)
"""


def select_hosts(
    engine: Engine, addresses: list[Address], target: str, deadline: Deadline, *, prefers_standby: bool
) -> None:
    """Let an engine try these hosts, one after the other, until one meets libpq's `target_session_attrs`.

    With `prefers_standby`, the engine uses `target` only where no standby is up to date. The deadline ends
    the wait for a host that is frozen: another one may have taken its place.
    """
    limit_statements(engine, deadline)
    if prefers_standby:
        reader = ReaderSelection(addresses, target, deadline)
        event.listen(engine, "do_connect", reader.connect)
        event.listen(engine, "checkout", reader.check)
    else:
        event.listen(engine, "do_connect", HostSelection(addresses, target).connect)


class HostSelection:
    """Tries the host of the last connection first, because a host that is gone costs a time-out."""

    def __init__(self, addresses: list[Address], target: str) -> None:
        self._addresses = addresses
        self._target = target
        self._last: Address | None = None

    def connect(self, driver: Any, _record: object, arguments: list[Any], parameters: dict[str, Any]) -> Any:
        """Connect to a host.

        Raises:
            psycopg.OperationalError: When none is suitable, with the reason of each.
        """
        reasons: dict[Address, str] = {}
        parameters.pop("hostaddr", None)  # the hosts are from there
        for target, address in self._candidates():
            single = {"host": address.host, "port": address.port, TARGET: target}
            try:
                connection = driver.connect(*arguments, **parameters | single)
            except psycopg.OperationalError as error:
                reasons[address] = _reason(error)
            else:
                self._last = address
                return connection
        details = "; ".join(f"{address}: {reason}" for address, reason in reasons.items())
        raise psycopg.OperationalError(f"{self._failure()} ({details})")

    def _candidates(self) -> Iterator[tuple[str, Address]]:
        for address in sorted(self._addresses, key=lambda address: address != self._last):
            yield self._target, address

    def _failure(self) -> str:
        return "no host of the database accepts writes" if self._target != ANY else "no host responds"


class ReaderSelection(HostSelection):
    """Prefers a standby, and checks before each use whether that is up to date.

    A standby that is behind, or that lost its primary, is read from only while no server accepts writes:
    what it has is then the newest that there is.
    """

    def __init__(self, addresses: list[Address], target: str, deadline: Deadline) -> None:
        super().__init__(addresses, target)
        self._deadline = deadline
        self._avoid_until = 0.0

    def check(self, connection: Any, _record: object, _proxy: object) -> None:
        """Make the pool connect again if the server is a standby that is behind.

        Raises:
            DisconnectionError: When it is, or does not answer.
        """
        if self._avoids_standbys():
            return
        try:
            with self._deadline:
                (is_behind,) = connection.execute(IS_BEHIND, (MAX_LAG,)).fetchone()
        except psycopg.Error as error:
            raise DisconnectionError(str(error)) from error
        if is_behind:
            self._avoid_until = time.monotonic() + AVOID_SECONDS
            raise DisconnectionError("the standby is behind its primary")

    def _candidates(self) -> Iterator[tuple[str, Address]]:
        first = READ_WRITE if self._avoids_standbys() else STANDBY
        for target in (first, ANY):
            for address in random.sample(self._addresses, len(self._addresses)):
                yield target, address

    def _avoids_standbys(self) -> bool:
        return time.monotonic() < self._avoid_until

    def _failure(self) -> str:
        return "no host of the database responds"


def _reason(error: psycopg.OperationalError) -> str:
    """Return the driver's message without the address, and without its hint for a single server."""
    return str(error).partition("\n")[0].rpartition(" failed: ")[2]
