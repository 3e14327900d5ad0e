"""A browser, and a whole system with a dashboard for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.broker import VirtualHost
from tests.browser import chromium, complaints_of
from tests.database import Database
from tests.integration.dashboard.system import System
from tests.processes import Process, Processes
from tests.proxy import Proxy
from tests.services import NotHere
from tests.waiting import DEADLINE_SECONDS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium())
        except NotHere as reason:
            pytest.skip(str(reason))
        expect.set_options(timeout=DEADLINE_SECONDS * 1000)
        yield browser
        expect.set_options()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not have complained when the test ends."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(DEADLINE_SECONDS * 1000)
        complaints = complaints_of(page)
        yield page
        assert complaints == []


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
    run: Processes,
    broker_proxy: Proxy,
    database_proxy: Proxy,
    management_proxy: Proxy,
) -> System:
    return System(broker, database, run, (broker_proxy, database_proxy, management_proxy))


@pytest.fixture
def dashboard(system: System) -> Process:
    return system.start_dashboard()
