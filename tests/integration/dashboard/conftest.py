"""A browser, and a whole system with a dashboard for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.broker import VirtualHost
from tests.browser import chromium, console_problems
from tests.database import Database, Roles
from tests.integration.dashboard.system import System
from tests.processes import Process, Processes
from tests.proxy import Proxy
from tests.services import ServerUnavailable
from tests.waiting import DEADLINE_SECONDS


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium())
        except ServerUnavailable as reason:
            pytest.skip(str(reason))
        expect.set_options(timeout=DEADLINE_SECONDS * 1000)
        yield browser
        expect.set_options()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without errors and warnings in its console when the test ends."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(DEADLINE_SECONDS * 1000)
        problems = console_problems(page)
        yield page
        assert problems == []


@pytest.fixture
def management_proxy(broker: VirtualHost) -> Iterator[Proxy]:
    target = urlsplit(broker.server.management_url)
    assert target.hostname
    assert target.port
    with Proxy((target.hostname, target.port)) as proxy:
        yield proxy


@pytest.fixture
def system(
    broker: VirtualHost,
    database: Database,
    roles: Roles,
    run: Processes,
    broker_proxy: Proxy,
    database_proxy: Proxy,
    management_proxy: Proxy,
) -> System:
    return System(broker, database, roles, run, (broker_proxy, database_proxy, management_proxy))


@pytest.fixture
def dashboard(system: System) -> Process:
    return system.start_dashboard()
