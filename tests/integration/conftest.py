"""Give each test a virtual host, a migrated database and processes of its own."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from db.evaluation.evaluation import Evaluation
from db.migrate import upgrade
from db.roles import ensure_roles
from db.store import Store
from tests.broker import RabbitMQ, VirtualHost
from tests.database import Database, Postgres, Roles
from tests.integration.workflow_rows import Workflows
from tests.modes import SINGLE, Mode
from tests.ntfy_server import NtfyServer, ntfy_server
from tests.processes import Processes, processes
from tests.proxy import Proxy
from tests.smtp_server import SmtpServer, smtp_server
from tests.tls import HOST, CertificateAuthority
from tests.waiting import DEADLINE_SECONDS, eventually
from tests.webhook_server import WebhookServer, webhook_server

PROCESSES = pytest.StashKey[Processes]()


@pytest.fixture
def queue_type() -> str:
    """The type of durable queues declared without one; a parametrised test overrides this."""
    return "quorum"


@pytest.fixture
def mode() -> Mode:
    """How consumers receive messages; a test with `both_modes` overrides this."""
    return SINGLE


@pytest.fixture
def broker(rabbitmq: RabbitMQ, queue_type: str) -> Iterator[VirtualHost]:
    """A virtual host with the topology declared."""
    with rabbitmq.virtual_host(queue_type) as host:
        host.declare()
        yield host


@pytest.fixture(scope="session")
def roles(postgres: Postgres) -> Iterator[Roles]:
    """The roles of production, with their privileges in each database of a template."""
    with postgres.roles() as roles:
        yield roles


@pytest.fixture(scope="session")
def template(postgres: Postgres, roles: Roles) -> Iterator[Callable[[date], str]]:
    """Return the name of a template database that was set up on the given day.

    A migration creates the partitions of its day, and a run may last beyond midnight.
    """
    names: dict[date, str] = {}
    with ExitStack() as databases:

        def template_of_day(day: date) -> str:
            if day not in names:
                database = databases.enter_context(postgres.database())
                upgrade(database.settings)
                ensure_roles(database.settings, list(roles.values()))
                names[day] = database.name
            return names[day]

        yield template_of_day


@pytest.fixture
def database(postgres: Postgres, template: Callable[[date], str], today: date) -> Iterator[Database]:
    """A migrated database."""
    with postgres.database(template(today)) as database:
        yield database


@pytest.fixture
def bare_database(postgres: Postgres) -> Iterator[Database]:
    """An empty database."""
    with postgres.database() as database:
        yield database


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """A store whose connection is named `test store`."""
    with closing(Store(database.settings, "test store")) as store:
        yield store


@pytest.fixture
def workflows(database: Database, roles: Roles) -> Iterator[Workflows]:
    """The requests of users and what workers do, with the rights of each."""
    with closing(Workflows(database, roles)) as workflows:
        yield workflows


@pytest.fixture(autouse=True)
def today() -> date:
    """The current day in UTC, as partitions have it.

    Code, test and database each have a clock, so a test does not start in the last minute of a day.
    """
    last_minute = timedelta(minutes=1)

    def is_long_before_midnight() -> bool:
        now = datetime.now(UTC)
        return (now + last_minute).date() == now.date()

    eventually(is_long_before_midnight, DEADLINE_SECONDS, "the next day begins")
    return datetime.now(UTC).date()


@pytest.fixture
def run(
    request: pytest.FixtureRequest, tmp_path: Path, broker: VirtualHost, database: Database, mode: Mode
) -> Iterator[Processes]:
    """Start this project's processes on this test's broker and database."""
    # A sensor stores its outbox there.
    state = {"XDG_STATE_HOME": str(tmp_path)}
    variables = broker.environment | database.environment | state | dict(mode.variables)
    with processes(tmp_path, variables) as running:
        request.node.stash[PROCESSES] = running
        yield running


@pytest.fixture
def broker_proxy(rabbitmq: RabbitMQ) -> Iterator[Proxy]:
    """A proxy to the broker that can fail."""
    with _proxy_to(rabbitmq.url) as proxy:
        yield proxy


@pytest.fixture
def database_proxy(postgres: Postgres) -> Iterator[Proxy]:
    """A proxy to the database that can fail."""
    with _proxy_to(postgres.url) as proxy:
        yield proxy


def _proxy_to(url: str) -> Proxy:
    target = urlsplit(url)
    assert target.hostname
    assert target.port
    return Proxy((target.hostname, target.port))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    """An authority that issues the certificates of test servers."""
    return CertificateAuthority(tmp_path_factory.mktemp("authority"), "authority")


@pytest.fixture
def smtp(authority: CertificateAuthority) -> Iterator[SmtpServer]:
    """A mail server with TLS and a login."""
    with smtp_server(authority.issue(HOST)) as server:
        yield server


@pytest.fixture
def ntfy() -> Iterator[NtfyServer]:
    """A server of ntfy."""
    with ntfy_server() as server:
        yield server


@pytest.fixture
def webhook() -> Iterator[WebhookServer]:
    """A server to which notifications are posted."""
    with webhook_server() as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs of a failed test's processes."""
    report = yield
    if report.failed and PROCESSES in item.stash:
        for process in item.stash[PROCESSES].started:
            report.sections.append((f"log of {process.module} ({process.exit_code})", process.text))
    return report


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Close the connection before the statement of this number, as the end of the process does; 0: never."""
    remaining = 0

    def interrupt_at(number: int) -> None:
        nonlocal remaining
        remaining = number

    def interrupting(execute: Callable[..., Any]) -> Callable[..., Any]:
        def call(cursor: psycopg.Cursor[Any], *args: Any, **options: Any) -> Any:
            nonlocal remaining
            remaining -= 1
            if remaining == 0:
                cursor.connection.close()
            return execute(cursor, *args, **options)

        return call

    for name in ("execute", "executemany"):
        monkeypatch.setattr(psycopg.Cursor, name, interrupting(getattr(psycopg.Cursor, name)))
    return interrupt_at


@pytest.fixture
def evaluation(database: Database) -> Iterator[Evaluation]:
    evaluation = Evaluation(database.settings)
    yield evaluation
    evaluation.close()
