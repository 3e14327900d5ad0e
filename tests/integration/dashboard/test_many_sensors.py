"""The page with five hundred sensors."""

from playwright.sync_api import Page, expect

from tests.browser import visit
from tests.integration.dashboard.system import System
from tests.processes import Process

MANY = 500


class PageWork:
    """Measures for how long a page's main thread has worked, without what it waited for a processor."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._began = self._total()

    @property
    def seconds(self) -> float:
        return self._total() - self._began

    def _total(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def test_five_hundred_sensors_can_be_worked_with(system: System, dashboard: Process, page: Page) -> None:
    # given that many sensors with a minute of readings
    system.database.rows(
        "INSERT INTO sensor (sensor_id) SELECT 's' || n FROM generate_series(1, %s) AS n", MANY
    )
    system.database.rows(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), 's' || n, now() - interval '1 second' * s, 20 + n / 100.0 "
        "FROM generate_series(1, %s) AS n, generate_series(0, 55, 5) AS s",
        MANY,
    )
    # when the page is opened
    work = PageWork(page)
    visit(page, system.url)
    expect(page.locator("#summary tbody tr")).to_have_count(MANY)
    expect(page.locator(".card canvas").first).to_be_visible()
    assert work.seconds < 15
    # then only what is in sight has a chart, and a sensor is found at once
    assert page.locator(".card").count() == 12
    work = PageWork(page)
    page.get_by_label("Find").fill("s250")
    expect(page.locator("#summary tbody tr")).to_have_count(1)
    expect(page.locator(".card .last b")).to_have_text("22.50")
    assert work.seconds < 5
    # and the page is not kept busy by all of them
    system.publish("s250", 30.0)
    expect(page.locator(".card .last b")).to_have_text("30.00")
    page.get_by_label("Find").fill("")
    page.get_by_role("button", name="Show 48 more of 488").click()
    expect(page.locator(".card")).to_have_count(60)
