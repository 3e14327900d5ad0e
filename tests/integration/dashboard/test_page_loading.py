"""The page loads completely, also when the network fails in between."""

from playwright.sync_api import Browser, Page, Route, expect

from tests.integration.dashboard.system import System
from tests.processes import Process


def test_a_page_that_is_incomplete_is_loaded_again_once_the_server_responds(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a network that fails while all files are loaded, again while a script is, and twice after that
    failures = {"**/static/charts.js": 1, "**/livez": 2}

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
    page.route("**/static/*", lambda route: route.abort("connectionreset"))
    # when the page is opened
    page.goto(system.url)
    page.unroute("**/static/*")
    # then it becomes complete by itself
    expect(page.locator("#connection")).to_have_text("Live")
    assert failures == {"**/static/charts.js": 0, "**/livez": 0}


def test_a_page_that_was_cut_off_is_loaded_again(
    system: System, dashboard: Process, browser: Browser
) -> None:
    with browser.new_context() as context:  # scripts that lack their elements fail with an error
        page = context.new_page()

        def cut(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=response.text().partition('<div id="overview"')[0])

        page.clock.install()
        page.route(f"{system.url}/", cut, times=1)
        page.goto(system.url)
        expect(page.locator("#connection")).to_have_text("Connecting …")
        page.clock.run_for("00:40")
        expect(page.locator("#connection")).to_have_text("Live")
