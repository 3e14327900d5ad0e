"""Which of several hosts of the database is tried, in which order."""

from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DisconnectionError

from db.deadline import Deadline
from db.host_selection import AVOID_SECONDS, HostSelection, ReaderSelection
from db.hosts import Address
from tests.unit.fakes import FakeClock

FIRST, SECOND = Address("db-1", "5432"), Address("db-2", "5432")


class FakeServers:
    """Accepts connections on some hosts, for the targets that they meet."""

    def __init__(self, targets: dict[str, set[str]]) -> None:
        self.targets = targets
        self.attempts: list[str] = []

    def connect(self, *, host: str, target_session_attrs: str, **_: object) -> str:
        self.attempts.append(host)
        if host not in self.targets:
            raise psycopg.OperationalError(f'connection to server at "{host}" failed: refused\n\tIs it up?')
        if target_session_attrs not in self.targets[host]:
            raise psycopg.OperationalError("connection failed: session is not suitable")
        return host


class FakeConnection:
    """Reports whether its server is behind."""

    def __init__(self, *, behind: bool | Exception) -> None:
        self._behind = behind

    def execute(self, *_: object) -> "FakeConnection":
        if isinstance(self._behind, Exception):
            raise self._behind
        return self

    def fetchone(self) -> tuple[bool | Exception]:
        return (self._behind,)


PRIMARY, STANDBY = {"read-write", "any"}, {"standby", "any"}


def connect(selection: HostSelection, servers: FakeServers) -> Any:
    return selection.connect(servers, None, [], {})


def test_the_host_of_the_last_connection_is_tried_first() -> None:
    servers = FakeServers({"db-2": PRIMARY})
    selection = HostSelection([FIRST, SECOND], "read-write")

    assert [connect(selection, servers) for _ in range(2)] == ["db-2"] * 2

    assert servers.attempts == ["db-1", "db-2", "db-2"]


def test_the_error_names_each_host_with_its_reason() -> None:
    selection = HostSelection([FIRST, SECOND], "read-write")

    with pytest.raises(psycopg.OperationalError) as caught:
        connect(selection, FakeServers({"db-2": STANDBY}))

    assert str(caught.value) == (
        "no host of the database accepts writes (db-1:5432: refused; db-2:5432: session is not suitable)"
    )


def test_a_reader_leaves_a_standby_that_is_behind_and_returns_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = FakeClock()
    monkeypatch.setattr("db.host_selection.time.monotonic", clock)
    servers = FakeServers({"db-1": PRIMARY, "db-2": STANDBY})
    selection = ReaderSelection([FIRST, SECOND], "read-write", Deadline(10))
    assert connect(selection, servers) == "db-2"
    selection.check(FakeConnection(behind=False), None, None)

    with pytest.raises(DisconnectionError):
        selection.check(FakeConnection(behind=True), None, None)

    assert connect(selection, servers) == "db-1"
    clock.now += AVOID_SECONDS
    assert connect(selection, servers) == "db-2"


def test_a_standby_that_is_behind_is_read_from_while_there_is_no_primary() -> None:
    servers = FakeServers({"db-2": STANDBY})
    selection = ReaderSelection([FIRST, SECOND], "read-write", Deadline(10))
    with pytest.raises(DisconnectionError):
        selection.check(FakeConnection(behind=True), None, None)

    assert connect(selection, servers) == "db-2"
    selection.check(FakeConnection(behind=True), None, None)


def test_a_reader_whose_server_is_gone_connects_to_another() -> None:
    selection = ReaderSelection([FIRST, SECOND], "read-write", Deadline(10))
    gone = psycopg.OperationalError("the connection is lost")

    with pytest.raises(DisconnectionError, match="lost"):
        selection.check(FakeConnection(behind=gone), None, None)

    assert connect(selection, FakeServers({"db-1": PRIMARY})) == "db-1"
