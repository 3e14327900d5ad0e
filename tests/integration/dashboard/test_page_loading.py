"""The page loads completely, also when the network fails in between."""

from playwright.sync_api import Page, Route, expect

from tests.browser import visit
from tests.integration.dashboard.system import System
from tests.processes import Process


def test_a_page_that_is_incomplete_is_loaded_again_once_the_server_responds(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a network that fails while scripts are loaded, and twice after that
    failures = {"**/static/main.js": 1, "**/static/charts.js": 1, "**/livez": 2}

    def fail_first(pattern: str) -> None:
        def handle(route: Route) -> None:
            if failures[pattern]:
                failures[pattern] -= 1
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route(pattern, handle)

    for pattern in failures:
        fail_first(pattern)
    # when the page is opened
    visit(page, system.url)
    # then it becomes complete by itself
    expect(page.locator("#connection")).to_have_text("Live")
    assert failures["**/livez"] == 0
