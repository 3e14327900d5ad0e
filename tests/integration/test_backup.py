"""The database of a running system is lost and restored from its backup, and no reading is missing."""

import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from db.migrate import upgrade
from db.queries.status import SensorStates
from native.ports import LOOPBACK
from native.postgres import UNPRIVILEGED_USER, PrivatePostgres, unprivileged_prefix
from tests.broker import QUEUE, VirtualHost
from tests.database import Database, libpq_url
from tests.integration.test_reconcile import Reconcile
from tests.ports import reserve_port
from tests.processes import Processes
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, eventually

SCRIPT = ROOT / "deploy" / "backup" / "backup.sh"
MEMBER = ROOT / "deploy" / "cluster" / "patroni" / "member"
REPLICATOR = "SELECT rolreplication FROM pg_roles WHERE rolname = 'replicator'"
RESTORED = "SELECT NOT pg_is_in_recovery() AS restored"


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that the server's user reaches."""
    with tempfile.TemporaryDirectory(prefix="sensors-backup-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture
def server(directory: Path) -> PrivatePostgres:
    return PrivatePostgres(directory / "server", port=reserve_port())


@pytest.fixture
def database(server: PrivatePostgres) -> Iterator[Database]:
    """A migrated database, whose commits wait until the backup has them."""
    with server:
        with psycopg.connect(libpq_url(server.url), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'backup'")
        database = Database(server.url)
        upgrade(database.settings)
        with psycopg.connect(libpq_url(server.url), autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
        yield database
        database.close()


def backup_variables(server: PrivatePostgres) -> dict[str, str]:
    return os.environ | {
        "PATH": f"{server.binaries}:{os.environ['PATH']}",
        "PGHOST": LOOPBACK,
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGPASSWORD": server.password,
        "BACKUP_DIR": str(server.directory.parent / "backup"),
    }


@contextmanager
def backup(server: PrivatePostgres) -> Iterator[None]:
    """Run the backup until the block ends, and begin with its first base backup complete."""
    with subprocess.Popen([SCRIPT, "run"], env=backup_variables(server), start_new_session=True) as process:
        try:
            eventually(lambda: base_backups(server), DEADLINE_SECONDS, "there is a base backup")
            eventually(lambda: is_received(server), DEADLINE_SECONDS, "the log is received")
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def is_received(server: PrivatePostgres) -> bool:
    return check(server).returncode == 0


def check(server: PrivatePostgres, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [SCRIPT, "check"], env=backup_variables(server) | variables, capture_output=True, check=False
    )


def backup_state(database: Database) -> tuple[bool, float | None]:
    """Return what the system status reads: whether the log is received, and for how long it was not."""
    with closing(SensorStates(database.settings)) as states:
        state = states.backup()
    assert state is not None
    return state.is_received, state.inactive_seconds


def base_backups(server: PrivatePostgres) -> list[str]:
    done = subprocess.run([SCRIPT, "list"], env=backup_variables(server), capture_output=True, check=True)
    return done.stdout.decode().split()


def restore(server: PrivatePostgres, *until: str) -> None:
    """Restore the data directory of a server that does not run."""
    subprocess.run([SCRIPT, "restore", server.data, *until], env=backup_variables(server), check=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", UNPRIVILEGED_USER, server.data], check=True)


def start_member(server: PrivatePostgres) -> None:
    """Start a member of a cluster, whose Patroni does nothing, with the data of this server."""
    programs, sockets = server.directory / "programs", server.directory / "sockets"
    programs.mkdir()
    sockets.mkdir()
    (programs / "patroni").write_text("#!/bin/sh\n", encoding="ascii")
    (programs / "patroni").chmod(0o755)
    with (server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"unix_socket_directories = '{sockets}'\n")
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        shutil.chown(sockets, UNPRIVILEGED_USER)
        prefix = unprivileged_prefix(server.binaries, server.directory, MEMBER)
    variables = backup_variables(server) | {
        "PATH": f"{programs}:{server.binaries}:{os.environ['PATH']}",
        "PGDATA": str(server.data),
        "PGHOST": str(sockets),
        "POSTGRES_USER": server.user,
        "POSTGRES_PASSWORD": server.password,
        "PATRONI_REPLICATION_USERNAME": "replicator",
        "PATRONI_REPLICATION_PASSWORD": "it's secret",
    }
    subprocess.run([*prefix, MEMBER, "patroni"], env=variables, cwd="/", check=True, timeout=DEADLINE_SECONDS)


def lose(server: PrivatePostgres) -> None:
    """Kill the server, and delete its data."""
    os.kill(int((server.data / "postmaster.pid").read_text(encoding="ascii").split()[0]), signal.SIGKILL)
    server.__exit__()
    shutil.rmtree(server.data)


def test_a_database_that_is_lost_under_load_is_restored_with_all_readings(
    server: PrivatePostgres, database: Database, broker: VirtualHost, run: Processes
) -> None:
    with backup(server):
        # given a system that stores, and readings after the base backup
        sensors = [run.start("sensor", SENSOR_ID=str(n), SENSOR_INTERVAL_SECONDS="0.02") for n in (1, 2)]
        run.start_consumer()
        eventually(lambda: database.count() > 100, DEADLINE_SECONDS, "readings are stored")
        before = database.count()
        at: datetime = database.query("SELECT clock_timestamp() AS at")[0]["at"]
        eventually(lambda: database.count() > before + 100, DEADLINE_SECONDS, "more are stored")

        # when the database is lost while sensors publish, and restored
        lose(server)
        restore(server)
        server.__enter__()
        restored = Database(server.url)
        eventually(
            lambda: restored.query(RESTORED) == [{"restored": True}], DEADLINE_SECONDS, "it is restored"
        )

        # then everything is stored that was published until now
        for sensor in sensors:
            assert sensor.stop() == 0
        eventually(lambda: broker.ready(QUEUE) == 0, DEADLINE_SECONDS, "the queue is empty")
        eventually(
            lambda: restored.count() == sum(sensor.published_count() for sensor in sensors),
            DEADLINE_SECONDS,
            "all readings are stored",
        )
        found = Reconcile(run)()
        assert found["balanced"]
        assert sum(row["lost"] for row in found["sensors"]) == 0
        assert restored.query("SELECT * FROM reading_gap") == []
        # and the backup continues
        eventually(lambda: len(base_backups(server)) == 2, DEADLINE_SECONDS, "there is another base backup")
        total = restored.count()
        eventually(lambda: is_received(server), DEADLINE_SECONDS, "the log is received again")
        assert backup_state(restored) == (True, None)
        overdue = b"no base backup was completed for 0 hours"
        eventually(
            lambda: overdue in check(server, BACKUP_HOURS="0").stderr, DEADLINE_SECONDS, "it is overdue"
        )

    eventually(lambda: not is_received(server), DEADLINE_SECONDS, "a backup that has ended is noticed")
    is_received_now, silence = backup_state(restored)
    assert not is_received_now
    assert silence is None or 0 <= silence < DEADLINE_SECONDS
    restored.close()
    # and the state of an earlier time can be restored, too, as the data of a cluster's first member
    earlier = PrivatePostgres(server.directory.parent / "earlier")
    earlier.directory.mkdir()
    shutil.copy(server.directory / "password", earlier.directory)
    restore(earlier, at.isoformat())
    start_member(earlier)
    with earlier, closing(Database(earlier.url)) as past:
        assert past.query(REPLICATOR) == [{"rolreplication": True}]
        readings = past.readings()
        assert before <= len(readings) < total
        assert max(reading["received_at"] for reading in readings) <= at


def test_a_segment_that_a_full_disk_cut_short_does_not_stop_the_backup(
    server: PrivatePostgres, database: Database
) -> None:
    # given a backup whose disk was full at the start of a segment
    with backup(server):
        database.query("CREATE TABLE confirmed ()")
    eventually(lambda: not is_received(server), DEADLINE_SECONDS, "the backup has ended")
    [segment] = server.directory.parent.glob("backup/*/wal/*.partial")
    size = segment.stat().st_size
    os.truncate(segment, size // 9)
    # when it runs again
    with backup(server):
        # then commits are confirmed, and the segment is received again
        database.query("DROP TABLE confirmed")
    assert segment.stat().st_size == size


def test_the_log_that_is_kept_for_a_backup_is_bounded(database: Database) -> None:
    assert database.query("SHOW max_slot_wal_keep_size") == [{"max_slot_wal_keep_size": "4GB"}]


def test_a_restore_needs_an_empty_folder_and_a_base_backup(server: PrivatePostgres) -> None:
    server.data.mkdir(parents=True)
    assert "No base backup" in refusal(server)
    assert "is no time" in refusal(server, "yesterdayish")
    (server.data / "PG_VERSION").touch()
    assert "is not empty" in refusal(server)


def make_backup(directory: Path, log: bytes) -> None:
    """Make what `restore` reads: a base backup, whose archive of the log has this content."""
    base = directory / "backup" / "20261129T150229Z" / "base-20261129T150232Z"
    (base.parent / "wal").mkdir(parents=True)
    (base.parent / "wal" / "000000010000000000000001.partial").write_bytes(b"received")
    base.mkdir()
    (base / "first-segment").write_text("000000010000000000000001\n", encoding="ascii")
    with tarfile.open(base / "base.tar.gz", "w:gz") as archive:
        for name in ("pg_wal", "global/pg_control", "postgresql.auto.conf"):
            archive.add(SCRIPT.parent if name == "pg_wal" else SCRIPT, name, recursive=False)
    (base / "pg_wal.tar.gz").write_bytes(log)


def test_a_restore_that_fails_leaves_nothing_that_could_be_started(
    server: PrivatePostgres, directory: Path
) -> None:
    make_backup(directory, b"no archive")

    assert "the restore failed" in refusal(server)
    assert not server.data.exists()


def test_a_restore_that_is_killed_is_not_taken_for_a_complete_one(
    server: PrivatePostgres, directory: Path
) -> None:
    # given a restore that is killed when it copies the log that was received
    with BytesIO() as log:
        tarfile.open(fileobj=log, mode="w:gz").close()
        make_backup(directory, log.getvalue())
    programs = directory / "programs"
    programs.mkdir()
    (programs / "cp").write_text("#!/bin/sh\nkill -KILL $PPID\n", encoding="ascii")
    (programs / "cp").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"

    killed = subprocess.run(
        [SCRIPT, "restore", server.data], env=backup_variables(server) | {"PATH": path}, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    assert not (server.data / "global" / "pg_control").exists()
    assert "is not empty" in refusal(server)
    shutil.rmtree(server.data)
    restore(server)
    assert (server.data / "global" / "pg_control").exists()
    assert (server.data / "pg_wal" / "000000010000000000000001").read_bytes() == b"received"


def refusal(server: PrivatePostgres, *until: str) -> str:
    done = subprocess.run(
        [SCRIPT, "restore", server.data, *until],
        env=backup_variables(server),
        capture_output=True,
        check=False,
    )
    assert done.returncode
    return done.stderr.decode()
