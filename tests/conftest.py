"""The servers of the whole run, and the rule that nothing is skipped in CI."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TypeVar

import pytest

from tests import services
from tests.broker import RabbitMQ
from tests.database import Postgres
from tests.services import NotHere

SOURCES = pytest.StashKey[dict[str, str]]()
Server = TypeVar("Server", RabbitMQ, Postgres)


@pytest.fixture(scope="session")
def rabbitmq(pytestconfig: pytest.Config) -> Iterator[RabbitMQ]:
    """A real broker; `services` says where it comes from."""
    yield from _server("RabbitMQ", services.rabbitmq, pytestconfig)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Postgres]:
    """A real database server; `services` says where it comes from."""
    yield from _server("PostgreSQL", services.postgres, pytestconfig)


def _server(
    name: str, source: Callable[[], AbstractContextManager[Server]], config: pytest.Config
) -> Iterator[Server]:
    sources = config.stash.setdefault(SOURCES, {})
    try:
        with source() as server:
            sources[name] = server.source
            yield server
    except NotHere as reason:
        sources[name] = f"none: {reason}"
        pytest.skip(f"there is no {name} to be had: {reason}")


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
