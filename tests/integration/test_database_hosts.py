"""Several hosts of the database: a primary and a streaming standby, which is promoted in the last test."""

import os
import re
import signal
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

from db.driver_errors import translate_errors
from db.engine import connect, make_engine
from db.errors import StoreUnavailable
from db.migrate import upgrade
from db.queries.hosts import read_hosts
from db.queries.minutes import MinuteSeries
from db.queries.series import SeriesReader
from db.queries.statements import Statements
from db.queries.summary import Summary
from db.settings import DatabaseSettings
from db.store import Store
from monitoring.database_hosts import database_host_problems
from monitoring.model import Problem
from native.postgres import PrivatePostgres
from readings.model import Reading
from runtime.settings import load
from sensorctl.database_hosts import describe_hosts
from tests.database import Database, libpq_url
from tests.integration.test_store import make_reading
from tests.ports import reserve_port
from tests.standby import DatabasePair
from tests.unit.monitoring.observations import observation
from tests.waiting import DEADLINE_SECONDS, Stopwatch, eventually

PORT = "SELECT inet_server_port()"
COUNT = "SELECT count(*) FROM reading"
CLIENTS = """
SELECT application_name FROM pg_stat_activity
WHERE application_name IN ('minutes', 'series', 'summary') ORDER BY 1
"""
WAITING = "SELECT pid FROM pg_stat_activity WHERE application_name = 'test store' AND wait_event = 'SyncRep'"


@pytest.fixture(scope="module")
def pair() -> Iterator[DatabasePair]:
    with tempfile.TemporaryDirectory(prefix="sensors-pair-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        with DatabasePair(Path(directory)) as pair:
            upgrade(pair.settings)
            yield pair


@pytest.fixture
def reader(pair: DatabasePair) -> Iterator[Engine]:
    engine = make_engine(pair.settings, name="test reader", may_use_standby=True)
    yield engine
    engine.dispose()


def scalar(engine: Engine, statement: str) -> Any:
    with translate_errors(), engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_writers_use_the_primary_and_readers_a_standby_that_is_up_to_date(
    pair: DatabasePair, reader: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(pair.settings, name="test") as connection:
        assert connection.execute(text(PORT)).scalar_one() == pair.primary.port
    assert scalar(reader, PORT) == pair.standby.port

    # when the standby no longer applies what it receives
    monkeypatch.setattr("db.host_selection.MAX_LAG", "0 s")
    query(pair.standby.url, "SELECT pg_wal_replay_pause()")
    query(pair.primary.url, "SELECT pg_logical_emit_message(false, 'test', 'test')")

    eventually(lambda: scalar(reader, PORT) == pair.primary.port, DEADLINE_SECONDS, "the primary is read")
    query(pair.standby.url, "SELECT pg_wal_replay_resume()")


def test_charts_and_summaries_are_read_from_a_standby(pair: DatabasePair) -> None:
    now = datetime.now(UTC)
    with closing(Store(pair.settings, "test store")) as store:
        store.save([make_reading("seen", 20.0)._replace(measured_at=now)])
    stored = query(pair.primary.url, COUNT)
    eventually(lambda: query(pair.standby.url, COUNT) == stored, DEADLINE_SECONDS, "the standby has it")

    with (
        closing(Summary(pair.settings)) as summary,
        closing(MinuteSeries(pair.settings)) as minutes,
        closing(SeriesReader(pair.settings)) as series,
    ):
        assert "seen" in {row["sensor_id"] for row in summary.sensors()}
        assert summary.overall()["readings"] == stored[0][0]
        assert summary.time_shifts() == []
        assert [row.mean_temperature for row in minutes.last_hour(["seen"])] == [20.0]
        for since in (timedelta(minutes=1), timedelta(days=1), timedelta(days=30), timedelta(days=2000)):
            assert series.read(["seen"], now - since, now + timedelta(minutes=1)).points.keys() == {"seen"}
        clients = query(pair.standby.url, CLIENTS)
    assert clients == [("minutes",), ("series",), ("summary",)]


def test_a_host_that_never_answers_delays_only_the_first_connection(pair: DatabasePair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_host = f"127.0.0.1:{silent.getsockname()[1]}"
        url = pair.url().replace("127.0.0.1", f"{silent_host},127.0.0.1", 1)
        with closing(Store(load(DatabaseSettings, database_url=url), "test store")) as store:
            stopwatch = Stopwatch()
            store.check()
            assert stopwatch.seconds < 5
            store._drop_connection()
            stopwatch = Stopwatch()
            store.check()
            assert stopwatch.seconds < 1.5


def test_each_host_is_known_with_its_role_and_what_is_wrong_with_it(pair: DatabasePair) -> None:
    missing = f"127.0.0.1:{reserve_port()}"
    settings = load(DatabaseSettings, database_url=pair.url(missing))
    pair.configure("synchronous_standby_names", "missing")

    eventually(lambda: len(list(problems(settings))) == 1, DEADLINE_SECONDS, "the standby streams")
    standby, primary, gone = describe_hosts(read_hosts(settings))

    assert re.fullmatch(rf"127.0.0.1:{pair.standby.port} is a standby, \d+ bytes behind", standby)
    assert primary == f"127.0.0.1:{pair.primary.port} is the primary, commits wait for missing"
    assert gone.startswith(f"{missing} does not respond: ")
    pair.configure("synchronous_standby_names", "")


def problems(settings: DatabaseSettings) -> Iterator[Problem]:
    return database_host_problems(observation(database_hosts=read_hosts(settings)))


def test_a_reading_is_stored_only_once_the_synchronous_standby_has_it(pair: DatabasePair) -> None:
    with closing(Store(pair.settings, "test store")) as store, ThreadPoolExecutor(1) as pool:
        store.save([make_reading()])

        def start_saving() -> tuple[Reading, Future[int]] | None:
            reading = make_reading()
            saving = pool.submit(store.save, [reading])
            eventually(lambda: saving.done() or is_waiting(pair), DEADLINE_SECONDS, "it is stored or waits")
            return None if saving.done() else (reading, saving)

        # given a standby that the primary waits for in vain, soon after it was configured, until an
        # administrator cancels the wait
        pair.configure("synchronous_standby_names", "missing")
        reading, saving = eventually(start_saving, DEADLINE_SECONDS, "a commit waits")
        query(pair.primary.url, f"SELECT pg_cancel_backend(pid) FROM ({WAITING}) AS waiting")
        with pytest.raises(StoreUnavailable, match="not on a standby yet"):
            saving.result(DEADLINE_SECONDS)

        # then storing it again waits too, although it is there
        saving = pool.submit(store.save, [reading])
        eventually(lambda: is_waiting(pair), DEADLINE_SECONDS, "a commit waits")
        pair.configure("synchronous_standby_names", "")
        assert saving.result(DEADLINE_SECONDS) == 0


def is_waiting(pair: DatabasePair) -> bool:
    return bool(query(pair.primary.url, WAITING))


def test_a_frozen_primary_is_an_outage_until_it_accepts_writes(pair: DatabasePair) -> None:
    with closing(Store(pair.settings, "test store")) as store:
        store.save([make_reading()])
        pair.configure("default_transaction_read_only", "on")
        eventually(lambda: fails(store, "read-only transaction .* frozen"), DEADLINE_SECONDS, "it is frozen")
        assert fails(store, "no host of the database accepts writes .*: session is read-only")
        pair.configure("default_transaction_read_only", "off")
        eventually(lambda: not fails(store), DEADLINE_SECONDS, "it accepts writes again")


def test_a_primary_that_is_frozen_is_not_waited_for(pair: DatabasePair) -> None:
    with (
        closing(Statements(pair.settings, "test", statement_timeout_seconds=1)) as statements,
        ThreadPoolExecutor(1) as pool,
    ):
        assert statements.rows("SELECT 1 AS one") == [{"one": 1}]
        with frozen(pair.primary):
            waiting = pool.submit(statements.rows, "SELECT 1 AS one")
            assert isinstance(waiting.exception(DEADLINE_SECONDS), StoreUnavailable)
        assert statements.rows("SELECT 1 AS one") == [{"one": 1}]


@contextmanager
def frozen(server: PrivatePostgres) -> Iterator[None]:
    """Stop all processes of a server for the block; they keep their connections."""
    main = int((server.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
    children = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="ascii").split()
    pids = [main, *map(int, children)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_failover(pair: DatabasePair, reader: Engine) -> None:
    with closing(Store(pair.settings, "test store")) as store:
        store.save([make_reading()])
        stored = query(pair.primary.url, COUNT)
        eventually(lambda: query(pair.standby.url, COUNT) == stored, DEADLINE_SECONDS, "the standby has it")

        pair.primary.__exit__()

        assert fails(store, "")
        assert fails(store, f"127.0.0.1:{pair.standby.port}: session is read-only")
        assert scalar(reader, COUNT) == stored[0][0]
        pair.standby.promote()
        assert store.save([make_reading()]) == 1
    assert query(pair.standby.url, COUNT) == [(stored[0][0] + 1,)]


def fails(store: Store, message: str = "") -> bool:
    """Return whether storing fails with this message."""
    try:
        store.save([make_reading()])
    except StoreUnavailable as error:
        return bool(re.search(message, str(error)))
    return False


def test_a_connection_whose_server_became_read_only_is_closed(database: Database) -> None:
    engine = make_engine(database.settings, name="test")
    server = scalar(engine, "SELECT pg_backend_pid()")
    scalar(engine, "SELECT set_config('default_transaction_read_only', 'on', false)")

    with pytest.raises(StoreUnavailable, match="SQLSTATE 25006"):
        scalar(engine, "INSERT INTO sensor (sensor_id) VALUES ('1') RETURNING 1")

    assert scalar(engine, "SELECT pg_backend_pid()") != server
    engine.dispose()
