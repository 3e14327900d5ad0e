"""What the page shows while a dependency is down, and that it recovers by itself."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.integration.dashboard.system import System, get_json, open_page, row
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually

# In the page itself: three minutes of its clock may pass before the browser sends a request at all.
COUNT_UNANSWERED_REQUESTS = """
const send = window.fetch;
window.fetch = (path, options) => {
  if (window.unanswered === undefined || !path.startsWith("/api/excursions")) return send(path, options);
  window.unanswered += 1;
  return new Promise((_, reject) => options.signal.addEventListener("abort", reject));
};
"""


def test_an_outage_of_the_database_is_shown_and_clears_itself(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a page without problems
    system.publish("1", 20.0)
    open_page(page, system)
    expect(row(page, "1")).to_be_visible()
    # when the database goes down
    started_at = datetime.now(UTC).replace(microsecond=0)
    system.database_proxy.refuse()
    system.publish("1", 25.0)
    # then the page shows the problem, its start and a hint, and marks outdated values
    problem = page.locator(".problem").filter(has_text="database")
    expect(problem.locator(".since")).to_have_text(re.compile(r"since \d\d:\d\d:\d\d, for \d+ s"))
    expect(problem.locator(".hint")).not_to_be_empty()
    [reported] = [p for p in get_json(system, "/api/overview")["problems"] if p["kind"] == "database-down"]
    assert datetime.fromisoformat(reported["started_at"]) >= started_at
    expect(page.locator("#sensors .note")).to_have_text(
        re.compile("The database does not answer. The sensors are shown as of")
    )
    expect(page.locator("#connection")).to_have_text("Live")
    eventually(lambda: dashboard.status("/readyz") == 503, DEADLINE_SECONDS, "it is not ready")
    assert dashboard.status("/livez") == 200
    # and when it is up again, the problem disappears and the new reading is shown
    system.database_proxy.forward()
    expect(page.locator("#overall-status")).to_have_text("No problems")
    expect(problem).to_have_count(0)
    expect(row(page, "1").locator("td").nth(6)).to_have_text("25.00")
    expect(page.locator("#sensors .note")).to_be_hidden()
    eventually(lambda: dashboard.status("/readyz") == 200, DEADLINE_SECONDS, "it is ready again")


def test_an_outage_of_the_broker_is_shown_and_clears_itself(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    open_page(page, system)
    ready = page.locator(".tile").filter(has_text="Ready").locator(".value")
    expect(ready).to_have_text("0")

    system.broker_proxy.refuse()
    system.management_proxy.refuse()

    problem = page.locator(".problem").filter(has_text="broker")
    expect(problem.locator(".since")).to_have_text(re.compile(r"since \d\d:\d\d:\d\d, for \d+ s"))
    expect(ready).to_have_text("\N{EN DASH}")
    expect(page.locator("#dead-letters .note")).to_have_text(re.compile("The broker does not answer"))
    expect(row(page, "1")).to_be_visible()

    system.broker_proxy.forward()
    system.management_proxy.forward()

    expect(page.locator("#overall-status")).to_have_text("No problems")
    expect(problem).to_have_count(0)
    expect(ready).to_have_text("0")
    expect(page.locator("#dead-letters .note")).to_have_text("No dead letters.")


def test_it_starts_and_shows_problems_while_everything_is_down(system: System, page: Page) -> None:
    for proxy in (system.broker_proxy, system.database_proxy, system.management_proxy):
        proxy.refuse()
    system.start_dashboard()
    page.goto(system.url)
    expect(page.locator(".problem").filter(has_text="broker")).to_be_visible()
    expect(page.locator(".problem").filter(has_text="database")).to_be_visible()
    expect(page.locator("#sensors .note")).to_contain_text("the sensors are unknown")


def test_the_page_reconnects_when_the_dashboard_is_restarted(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    open_page(page, system)
    # when it is stopped with a page open, it ends in time
    assert dashboard.stop(promised_seconds=10) == 0
    # then the page shows that it is not live
    expect(page.locator("#connection")).to_have_text("Reconnecting …")
    expect(page.locator("#stale")).to_contain_text("the connection to the dashboard was lost")
    # and after the restart the page is live again
    system.start_dashboard()
    system.publish("1", 24.0)
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#stale")).to_be_hidden()
    expect(row(page, "1").locator("td").nth(6)).to_have_text("24.00")


def test_requests_that_are_not_answered_do_not_pile_up(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a page whose requests for excursions are not answered any more
    page.add_init_script(COUNT_UNANSWERED_REQUESTS)
    page.clock.install()
    with page.expect_response("**/api/excursions?**"):  # it requests them once it knows its role
        open_page(page, system)
    page.evaluate("window.unanswered = 0")
    # when three minutes pass
    for _ in range(36):
        page.clock.run_for(5_000)
    # then it has given up on each before the next, after 30 s and more; one every 5 s would be 36
    assert 2 <= page.evaluate("window.unanswered") <= 18
