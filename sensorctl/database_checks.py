"""The checks of the database: its hosts, its backup, its schema, its clock."""

import time
from contextlib import closing

from db.migrate import current_version, newest_version
from db.queries.hosts import read_hosts
from db.queries.server import Server
from monitoring.backup_rules import STOPPED_HINT, backup_problem
from monitoring.problems import ProblemKind
from sensorctl.checks import SETUP_HINT, Check, CheckResult
from sensorctl.database_hosts import describe_hosts, hosts_hint
from sensorctl.settings import OperatorSettings

CLOCK_TOLERANCE_SECONDS = 2.0
READ_ONLY_HINT = (
    "readings wait in the queue until it accepts writes: name the primary in POSTGRES_HOST, or promote the "
    "standby; or reset the setting where it was set, with `ALTER SYSTEM RESET` and `SELECT "
    "pg_reload_conf()`, or with `ALTER DATABASE … RESET`"
)


def check_database(settings: OperatorSettings) -> CheckResult:
    """Check that the database accepts writes, and that each of several hosts could become the primary."""
    with closing(Server(settings)) as server:
        status = f"responds, PostgreSQL {server.version()}"
        reason = server.read_only_reason()
    if reason:
        return CheckResult(
            "database",
            f"{ProblemKind.DATABASE_DOWN}: {status}, but accepts no writes: {reason}",
            READ_ONLY_HINT,
        )
    hosts = read_hosts(settings)
    return CheckResult("database", "; ".join([status, *describe_hosts(hosts)]), hosts_hint(hosts))


def check_backup(settings: OperatorSettings) -> CheckResult:
    """Check that the continuous backup receives, if there is one."""
    with closing(Server(settings)) as server:
        backup = server.backup()
    if backup is None:
        return CheckResult("backup", "the database has no continuous backup")
    if reason := backup_problem(backup):
        return CheckResult("backup", f"{ProblemKind.BACKUP_STOPPED}: it {reason}", STOPPED_HINT)
    return CheckResult("backup", "receives the write-ahead log")


def check_schema(settings: OperatorSettings) -> CheckResult:
    """Check that the schema is that of this version."""
    current, newest = current_version(settings), newest_version()
    hint = None if current == newest else SETUP_HINT
    return CheckResult("schema", f"version {current or 'none'}, newest {newest}", hint)


def check_clock(settings: OperatorSettings) -> CheckResult:
    """Check that the database's clock is that of this machine."""
    with closing(Server(settings)) as server:
        before = time.time()
        offset = server.time() - (before + time.time()) / 2
    hint = None if abs(offset) <= CLOCK_TOLERANCE_SECONDS else "synchronise both machines with NTP"
    return CheckResult("clock", f"the database's clock differs by {offset:+.3f} s from this machine's", hint)


DATABASE_CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", check_database),
    ("backup", check_backup),
    ("schema", check_schema),
    ("clock", check_clock),
)
