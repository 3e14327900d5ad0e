"""The page with many sensors."""

from playwright.sync_api import Page, expect

from tests.integration.dashboard.system import System
from tests.processes import Process

SENSORS = 600
ROWS = 500  # of the summary, before more are shown


class PageWork:
    """Measures the CPU time of a page's main thread."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._start = self._total()

    @property
    def seconds(self) -> float:
        return self._total() - self._start

    def _total(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def test_the_page_is_responsive_with_many_sensors(system: System, dashboard: Process, page: Page) -> None:
    # given six hundred sensors with a minute of readings each
    system.database.query(
        "INSERT INTO sensor (sensor_id) SELECT 's' || n FROM generate_series(1, %s) AS n", SENSORS
    )
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), 's' || n, now() - interval '1 second' * s, 20 + n / 100.0 "
        "FROM generate_series(1, %s) AS n, generate_series(0, 55, 5) AS s",
        SENSORS,
    )
    # when the page is opened
    work = PageWork(page)
    page.goto(system.url)
    rows = page.locator("#summary tbody tr")
    expect(rows).to_have_count(ROWS)
    expect(page.locator(".card canvas").first).to_be_visible()
    assert work.seconds < 15
    # then the totals are of all sensors, of which the table is sorted
    expect(page.locator("#summary tfoot td").nth(2)).to_have_text("7,200")
    last = page.locator("#summary").get_by_role("button", name="Last")
    last.click()
    last.click()
    expect(rows.first.locator("th")).to_have_text("s600")
    # and more rows are there on request, also with the keyboard
    page.get_by_role("button", name="Show 100 more rows of 100").press("Enter")
    expect(rows).to_have_count(SENSORS)
    expect(rows.nth(ROWS)).to_be_focused()
    expect(page.get_by_role("button", name="more rows")).to_be_hidden()
    # and only the first cards are there, and the filter finds a sensor quickly
    assert page.locator(".card").count() == 12
    work = PageWork(page)
    page.get_by_label("Filter").fill("s250")
    expect(rows).to_have_count(1)
    expect(page.locator(".card .last b")).to_have_text("22.50")
    assert work.seconds < 5
    # and an update of one sensor is shown
    system.publish("s250", 30.0)
    expect(page.locator(".card .last b")).to_have_text("30.00")
    page.get_by_label("Filter").fill("")
    page.get_by_role("button", name="Show 48 more of 588").click()
    expect(page.locator(".card")).to_have_count(60)
