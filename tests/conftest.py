"""The servers of the whole run, what may run beside what, and the rule that nothing is skipped in CI."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import services
from tests.broker import RabbitMQ
from tests.database import Postgres
from tests.services import Server, ServerUnavailable, Source

# What stays in one worker, since its tests share something costly. The longest begin first, each in a worker.
GROUPS = (
    "tests/e2e/compose_stack/",
    "tests/faults/",
    "tests/e2e/native_stack/",
    "tests/integration/dashboard/",
    "tests/integration/test_privileges.py",
    "tests/integration/test_setup_rights.py",
)
# Short tests come last, so that no worker is left alone with a long one.
ORDER = (*GROUPS, "tests/e2e/", "tests/integration/", "")
UNIT_TESTS = Path(__file__).parent / "unit"
SOURCES = pytest.StashKey[dict[str, str]]()


@pytest.fixture(scope="session")
def rabbitmq(pytestconfig: pytest.Config) -> Iterator[RabbitMQ]:
    """A real broker; `services` says where it comes from."""
    with _or_skipped("RabbitMQ", services.rabbitmq, pytestconfig) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Postgres]:
    """A real database server; `services` says where it comes from."""
    with _or_skipped("PostgreSQL", services.postgres, pytestconfig) as server:
        yield server


@contextmanager
def _or_skipped(name: str, source: Source[Server], config: pytest.Config) -> Iterator[Server]:
    try:
        with _told(name, source, config) as server:
            yield server
    except ServerUnavailable as reason:
        pytest.skip(f"there is no {name} to be had: {reason}")


@contextmanager
def _told(name: str, source: Source[Server], config: pytest.Config) -> Iterator[Server]:
    """The server; the end of the run tells where it came from, or why there is none."""
    sources = config.stash.setdefault(SOURCES, {})
    try:
        with source() as server:
            sources[name] = server.source
            yield server
    except ServerUnavailable as reason:
        sources[name] = f"none: {reason}"
        raise


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Twice as many as there are cores, since most tests wait longer than they compute."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Start the servers of a run with several workers, which find them as servers that somebody named."""
    if _needs_no_server(config):
        return
    servers = ExitStack()
    config.add_cleanup(servers.close)
    with suppress(ServerUnavailable):
        broker = servers.enter_context(_told("RabbitMQ", services.rabbitmq, config))
        os.environ["TEST_RABBITMQ_URL"] = broker.url
        os.environ["TEST_RABBITMQ_MANAGEMENT_URL"] = broker.management_url
        os.environ["TEST_RABBITMQ_MQTT_URL"] = broker.mqtt_url
    with suppress(ServerUnavailable):
        database = servers.enter_context(_told("PostgreSQL", services.postgres, config))
        os.environ["TEST_DATABASE_URL"] = database.url


def _needs_no_server(config: pytest.Config) -> bool:
    """Whether only unit tests are asked for. No worker has collected anything yet, so the arguments tell."""
    paths = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    return all(path.resolve().is_relative_to(UNIT_TESTS) for path in paths)


class Distribution(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Each worker takes the next test or group, in the order in which the workers collected them.

    Not xdist's own `loadgroup`, which pytest 9.2 defeats: github.com/pytest-dev/pytest-xdist/issues/1386.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, GROUPS), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Distribution:
    """However the tests are distributed, groups stay together and begin first."""
    config.option.loadscopereorder = False
    return Distribution(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests of a run with several workers in ORDER."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: next(n for n, start in enumerate(ORDER) if item.nodeid.startswith(start)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the tests ran against, and what CI does not accept."""
    for name, source in config.stash.get(SOURCES, {}).items():
        terminalreporter.write_line(f"{name}: {source}")
    skipped = _skipped(terminalreporter)
    if skipped and _in_ci():
        terminalreporter.section("skipped tests, which CI does not accept")
        for test in skipped:
            terminalreporter.write_line(test)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.exitstatus == pytest.ExitCode.OK and _in_ci() and _skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skipped(reporter: pytest.TerminalReporter | None) -> list[str]:
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [report.nodeid for report in reports]


def _in_ci() -> bool:
    return bool(os.environ.get("CI"))
