"""What one test has of the servers: a virtual host, a migrated database and processes of its own."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from db.migrate import upgrade
from tests.broker import RabbitMQ, VirtualHost
from tests.database import Database, Postgres
from tests.modes import SINGLE, Mode
from tests.processes import Processes, processes
from tests.proxy import Proxy

RUN = pytest.StashKey[Processes]()


@pytest.fixture
def queue_type() -> str:
    """The type that plain durable queues get; a test that is parametrised with it overrides this."""
    return "quorum"


@pytest.fixture
def mode() -> Mode:
    """How consumers take messages; a test with `both_modes` overrides this."""
    return SINGLE


@pytest.fixture
def broker(rabbitmq: RabbitMQ, queue_type: str) -> Iterator[VirtualHost]:
    """A virtual host with the topology declared."""
    with rabbitmq.virtual_host(queue_type) as host:
        host.declare()
        yield host


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> Iterator[Callable[[date], str]]:
    """Gives the name of a database that was migrated on that day, to be copied.

    A migration makes the partitions of its day, and a run may last beyond midnight.
    """
    names: dict[date, str] = {}
    with ExitStack() as databases:

        def of_day(day: date) -> str:
            if day not in names:
                database = databases.enter_context(postgres.database())
                upgrade(database.settings)
                names[day] = database.name
            return names[day]

        yield of_day


@pytest.fixture
def database(postgres: Postgres, template: Callable[[date], str]) -> Iterator[Database]:
    """A migrated database."""
    with postgres.database(template(datetime.now(UTC).date())) as database:
        yield database


@pytest.fixture
def bare_database(postgres: Postgres) -> Iterator[Database]:
    """A database without any table."""
    with postgres.database() as database:
        yield database


@pytest.fixture
def run(
    request: pytest.FixtureRequest, tmp_path: Path, broker: VirtualHost, database: Database, mode: Mode
) -> Iterator[Processes]:
    """Starts this project's processes on this test's broker and database."""
    # A sensor keeps its outbox there.
    state = {"XDG_STATE_HOME": str(tmp_path)}
    variables = broker.environment | database.environment | state | dict(mode.variables)
    with processes(tmp_path, variables) as started:
        request.node.stash[RUN] = started
        yield started


@pytest.fixture
def broker_proxy(rabbitmq: RabbitMQ) -> Iterator[Proxy]:
    """A way to the broker that can fail."""
    with _proxy_to(rabbitmq.url) as proxy:
        yield proxy


@pytest.fixture
def database_proxy(postgres: Postgres) -> Iterator[Proxy]:
    """A way to the database that can fail."""
    with _proxy_to(postgres.url) as proxy:
        yield proxy


def _proxy_to(url: str) -> Proxy:
    target = urlsplit(url)
    assert target.hostname
    assert target.port
    return Proxy((target.hostname, target.port))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs of a failed test's processes."""
    report = yield
    if report.failed and RUN in item.stash:
        for process in item.stash[RUN].started:
            report.sections.append((f"log of {process.module} ({process.exit_code})", process.text))
    return report
