"""The page shows what the views contain, as soon as the dashboard has collected it."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.dashboard.system import System, cell_texts, get_json, open_page, row
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually


def to_texts(summary: dict[str, Any]) -> list[str]:
    """The cells for a row of the view, without the age of the last reading."""
    measures = ("min_temperature", "mean_temperature", "max_temperature", "last_temperature")
    texts = [summary["sensor_id"], summary["name"] or "", summary["location"] or ""]
    return [*texts, str(summary["readings"]), *(f"{summary[name]:.2f}" for name in measures)]


def test_the_table_shows_what_the_view_contains(system: System, dashboard: Process, page: Page) -> None:
    # given readings of two sensors, one with a name that looks like markup
    system.database.query("INSERT INTO sensor (sensor_id, name) VALUES ('attic', '<b>Attic</b>')")
    for temperature in (20.004, 21.5, 23.25):
        system.publish("attic", temperature)
        system.publish("kitchen", temperature - 30)
    eventually(lambda: system.database.count() == 6, DEADLINE_SECONDS, "they are stored")
    # when the page is opened
    open_page(page, system)
    # then each row is the view's
    rows = system.summary()
    assert [summary["sensor_id"] for summary in rows] == ["attic", "kitchen"]
    for summary in rows:
        eventually(
            lambda summary=summary: cell_texts(page, summary["sensor_id"])[:-1] == to_texts(summary),  # type: ignore[misc]
            DEADLINE_SECONDS,
            f"the row of {summary['sensor_id']} is the view's",
        )
    # and so are the card, the description of its chart, and the row for all sensors
    card = page.locator(".card").filter(has_text="<b>Attic</b> (attic)")
    expect(card.locator(".mean")).to_have_text("21.58")
    expect(card.get_by_role("img")).to_have_accessible_name(
        re.compile(r"minimum 20\.00, mean 21\.58, maximum 23\.25 °C, 3 readings")
    )
    expect(card.locator("canvas")).to_be_visible()
    (overall,) = system.database.query("SELECT * FROM last_hour_overall")
    total = page.locator("#summary tfoot tr").locator("th, td")
    expected = ["6", *(f"{overall[f'{name}_temperature']:.2f}" for name in ("min", "mean", "max"))]
    eventually(
        lambda: total.all_inner_texts()[3:7] == expected, DEADLINE_SECONDS, "the last row is for all sensors"
    )


def test_a_reading_is_on_the_page_as_soon_as_the_dashboard_has_collected_it(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a page whose clock is stopped: it can wait only for the dashboard
    system.publish("1", 20.0)
    page.clock.install()
    open_page(page, system)
    expect(row(page, "1")).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    collected_at: list[datetime] = []
    for temperature in (21.25, 22.5, 23.75):
        # when a reading is stored
        system.publish("1", temperature)
        stored_at = eventually(partial(stored_time, system, temperature), DEADLINE_SECONDS, "it is stored")
        # then at most one status that was collected later lacks it: the one whose collection had started
        without = statuses_without(system, temperature)
        assert sum(at > stored_at for at in without) <= 1
        collected_at += without
        # and so has the page
        expect(row(page, "1").locator("td").nth(6)).to_have_text(f"{temperature:.2f}")
    # and a status is collected each second
    collected_at += statuses_without(system, None, at_least=3)
    intervals = [later - earlier for earlier, later in pairwise(dict.fromkeys(collected_at))]
    assert min(intervals) < timedelta(seconds=1.5)


def stored_time(system: System, temperature: float) -> datetime | None:
    """When the reading with this temperature was stored."""
    rows = system.database.query("SELECT received_at FROM reading WHERE temperature = %s", temperature)
    return rows[0]["received_at"] if rows else None


def statuses_without(system: System, temperature: float | None, at_least: int = 0) -> list[datetime]:
    """When the dashboard's next statuses were collected, up to the one that has this temperature."""
    times: dict[datetime, None] = {}

    def has_temperature() -> bool:
        overview = get_json(system, "/api/overview")
        if len(times) >= at_least and temperature in (None, overview["sensors"][0]["last_temperature"]):
            return True
        times[datetime.fromisoformat(overview["at"])] = None
        return False

    eventually(has_temperature, DEADLINE_SECONDS, "the dashboard collects")
    return list(times)


def test_an_offline_sensor_is_listed(system: System, dashboard: Process, page: Page) -> None:
    system.database.query("INSERT INTO sensor (sensor_id) VALUES ('lost')")
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature) "
        "SELECT gen_random_uuid(), 'lost', moment, moment, 20 FROM generate_series("
        "now() - interval '30 minutes', now() - interval '20 minutes', interval '10 seconds') AS moment"
    )
    system.publish("here", 21.0)
    page.goto(system.url)
    expect(page.locator("#offline li")).to_have_text(
        re.compile(r"^lost since (\d\d:\d\d:\d\d|\d+ \w+, \d\d:\d\d), usual interval 10 s")
    )
    expect(page.locator(".problem").filter(has_text="lost")).to_be_visible()
    page.get_by_label("offline only").check()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#summary tbody tr")).to_have_count(1)


@pytest.mark.parametrize("file", ["main.js", "format.js", "style.css"])
def test_the_page_reloads_when_a_file_fails_to_load(
    system: System, dashboard: Process, page: Page, file: str
) -> None:
    system.publish("1", 20.0)
    page.route(f"**/static/{file}", lambda route: route.abort(), times=1)
    # The page may reload before it has loaded, so do not wait for the load event.
    page.goto(system.url, wait_until="commit")
    # Without its style it is live too, until it reloads.
    expect(page.locator("#announcer")).to_have_css("position", "absolute")
    expect(page.locator("#connection")).to_have_text("Live")
    expect(row(page, "1")).to_be_visible()


def test_charts_are_drawn_in_a_browser_without_a_language(
    system: System, dashboard: Process, page: Page
) -> None:
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'language', { get: () => 'C' })")
    system.publish("1", 20.0)
    open_page(page, system)
    expect(row(page, "1")).to_be_visible()
    expect(page.locator(".card canvas")).to_have_count(1)
