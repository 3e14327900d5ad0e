"""The history of sensors: last month's chart, by mouse and by keyboard, on a phone and on a large screen."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.integration.dashboard.system import System
from tests.integration.rollups import close_hours
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}
MONTHS = timedelta(days=70)
# As if the arrow key was held for five seconds.
HOLD_ARROW = """
const plot = document.querySelector("#history .plot"), replace = history.replaceState.bind(history);
window.addresses = 0;
history.replaceState = (...values) => (window.addresses += 1, replace(...values));
const press = () => plot.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
for (let i = 0; i < 150; i++) press();
"""


def fill(system: System) -> None:
    """Store two sensors every half hour for ten weeks; the second one was silent for five days."""
    system.database.query("SELECT set_time_zone('Europe/Berlin')")
    system.database.query("INSERT INTO sensor (sensor_id, name) VALUES ('1', 'Fridge'), ('2', 'Freezer')")
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), s, now() - n * interval '30 minutes', s::int * 10 + n %% 5 "
        "FROM generate_series(0, %s) AS n, unnest(ARRAY['1', '2']) AS s "
        "WHERE s = '1' OR n NOT BETWEEN 480 AND 720",
        MONTHS // timedelta(minutes=30),
    )
    close_hours(system.database)


def open_history(page: Page, system: System, size: dict[str, int], query: str) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{system.url}/#/history{query}")
    expect(page.locator("#connection")).to_have_text("Live")


def view_of(page: Page) -> dict[str, list[str]]:
    # Playwright learns of a new page.url only while it executes something.
    return parse_qs(str(page.evaluate("location.href")).partition("?")[2])


def length_of(page: Page) -> timedelta:
    view = view_of(page)
    return datetime.fromisoformat(view["to"][0]) - datetime.fromisoformat(view["from"][0])


def drag(page: Page, start: float, end: float) -> None:
    """Drag the mouse over a part of the chart, once it is drawn."""
    expect(page.locator("#history figure")).to_have_attribute("aria-busy", "false")
    box = page.locator("#history .u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + 60, steps=4)
    width = box["width"] * (end - start)
    eventually(lambda: abs(selected_pixels(page) - width) < 5, DEADLINE_SECONDS, "the selection is drawn")
    page.mouse.up()


def selected_pixels(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#history .u-select').getBoundingClientRect().width"))


def test_last_months_chart_by_mouse(system: System, dashboard: Process, page: Page) -> None:
    fill(system)
    open_history(page, system, DESK, "?sensor=1")
    history = page.locator("#history")
    # given two sensors over each other
    expect(history.locator("datalist option[value='2']")).to_have_count(1)
    history.get_by_label("Sensor", exact=True).fill("Freezer")
    history.get_by_role("button", name="Add").click()
    expect(history.locator(".legend .key")).to_have_count(2)
    # when the month is shown
    history.get_by_role("button", name="Month").click()
    expect(history.locator(".when")).to_have_text("one point per hour")
    expect(history.locator(".legend")).to_contain_text("Freezer (2) 20.00 to 24.00 °C")
    # then the address keeps the view, and the silence is a gap
    assert view_of(page)["sensor"] == ["1", "2"]
    assert length_of(page) == timedelta(days=30)
    gaps = page.evaluate(
        "document.querySelector('#history .plot').chart.plot.data[5].filter((v) => v === null).length"
    )
    assert gaps > 100
    # and a range that is dragged over is zoomed in
    drag(page, 0.25, 0.75)
    eventually(lambda: length_of(page) < timedelta(days=16), DEADLINE_SECONDS, "the range is shorter")
    assert timedelta(days=14) < length_of(page)
    # and with Shift the chart follows the mouse
    end = view_of(page)["to"]
    page.keyboard.down("Shift")
    drag(page, 0.25, 0.5)
    page.keyboard.up("Shift")
    eventually(lambda: view_of(page)["to"] < end, DEADLINE_SECONDS, "the range is earlier")
    assert timedelta(days=14) < length_of(page) < timedelta(days=16)
    # and a reload shows the same
    address = page.evaluate("location.href")
    page.reload()
    expect(history.locator(".legend .key")).to_have_count(2)
    expect(history.locator(".when")).to_have_text("one point per hour")
    assert page.url == address
    # and the CSV has what is seen, in the zone of the installation
    history.get_by_label("Times of").select_option("installation")
    expect(history.get_by_label("Times of")).to_contain_text("Europe/Berlin")
    with page.expect_download() as download:
        history.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "series.csv"
    lines = page.request.get(download.value.url).text().splitlines()
    assert re.match(r"1,\d{4}-\d\d-\d\dT\d\d:00:00\+0[12]:00,", lines[1])


def test_a_sensors_page_has_its_history(system: System, dashboard: Process, page: Page) -> None:
    fill(system)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{system.url}/#/sensor/2")
    sensor = page.locator("#sensor")
    sensor.get_by_role("button", name="Week").click()
    expect(sensor.locator(".when")).to_have_text("one point per hour")
    expect(sensor.locator(".legend .key")).to_contain_text("Freezer (2)")
    eventually(lambda: length_of(page) == timedelta(days=7), DEADLINE_SECONDS, "the address has the week")
    system.database.query("UPDATE sensor SET name = 'Cold room' WHERE sensor_id = '2'")
    expect(sensor.locator(".legend .key")).to_contain_text("Cold room (2)")
    sensor.get_by_role("link", name="Compare with other sensors").click()
    expect(page.locator("#history .chips button")).to_have_accessible_name("Remove 2")


def test_until_a_range_is_selected_the_chart_of_a_sensor_follows_the_time(
    system: System, dashboard: Process, page: Page
) -> None:
    fill(system)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{system.url}/#/sensor/1")
    legend = page.locator("#sensor .legend")
    expect(legend).to_contain_text("°C")
    # given the mouse over the chart, whose values are shown
    box = page.locator("#sensor .u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 50)
    # when a reading is stored, then they become those of the newest reading
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "VALUES (gen_random_uuid(), '1', now(), 29.5)"
    )
    expect(legend).to_contain_text("to 29.50)", timeout=DEADLINE_SECONDS * 1000)


def test_during_an_outage_no_sensor_has_the_chart_of_another_and_afterwards_it_has_its_own(
    system: System, dashboard: Process, page: Page
) -> None:
    fill(system)
    page.goto(f"{system.url}/#/")
    page.get_by_role("link", name="Show history of Freezer (2)").click()
    expect(page.locator("#history .legend .key")).to_contain_text("Freezer (2)")
    page.goto(f"{system.url}/#/sensor/2")
    sensor = page.locator("#sensor")
    expect(sensor.locator("figure")).to_be_visible()
    system.database_proxy.refuse()
    page.evaluate("location.hash = '#/sensor/1'")
    expect(sensor.locator(".state")).to_contain_text("Not loaded: ")
    expect(sensor.locator(".history-panel .note")).to_contain_text("The history cannot be loaded: ")
    expect(sensor.locator("figure")).to_be_hidden()
    system.database_proxy.forward()
    expect(sensor.locator("h2")).to_have_text("Fridge (1)")
    expect(sensor.locator(".legend .key")).to_contain_text("Fridge (1)")


def test_last_months_chart_by_keyboard_on_a_phone(system: System, dashboard: Process, page: Page) -> None:
    fill(system)
    open_history(page, system, PHONE, "?sensor=1")
    history = page.locator("#history")
    expect(history.locator(".when")).to_have_text("one point per 5 seconds")
    for name in ("Month", "Earlier"):
        history.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
    eventually(lambda: "from" in view_of(page), DEADLINE_SECONDS, "the address has the range")
    expect(history.locator(".when")).to_have_text("one point per hour")
    plot = history.get_by_role("img")
    plot.focus()
    before = view_of(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    eventually(lambda: length_of(page) == timedelta(days=15), DEADLINE_SECONDS, "half of the range is shown")
    assert view_of(page)["to"] < before["to"]
    expect(plot).to_have_attribute(
        "aria-label", re.compile(r"^Temperature from .* by the hour\. Fridge \(1\): ")
    )
    # What is refused stays typed.
    end = history.get_by_label("To", exact=True)
    end.fill("2001-01-01T00:00")
    expect(history.get_by_role("status")).to_have_text(re.compile("^The range ends before it starts"))
    expect(end).to_have_value("2001-01-01T00:00")
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths == [PHONE["width"]] * 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "No sensor is selected."),
        ("?sensor=9", "No readings in this range."),
        ("?sensor=9&from=99999999999999", "No readings in this range."),  # no date is so late
        (
            "?sensor=9&from=2026-11-02&to=2026-11-01",
            re.compile("loaded: from is 2026-11-02.*not before `to`"),
        ),
    ],
)
def test_without_readings_it_says_so(
    system: System, dashboard: Process, page: Page, query: str, message: str | re.Pattern[str]
) -> None:
    open_history(page, system, DESK, query)
    expect(page.locator("#history .history-panel .note")).to_have_text(message)


def test_a_key_that_is_held_moves_the_chart_with_few_requests_and_addresses(
    system: System, dashboard: Process, page: Page
) -> None:
    fill(system)
    open_history(page, system, DESK, "?sensor=1&from=2026-06-30T00:00:00Z&to=2026-07-30T00:00:00Z")
    expect(page.locator("#history figure")).to_have_attribute("aria-busy", "false")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    before = datetime.fromisoformat(view_of(page)["from"][0])

    page.evaluate(HOLD_ARROW)

    def moved_days() -> int:
        return (before - datetime.fromisoformat(view_of(page)["from"][0])).days

    eventually(lambda: moved_days() == 150 * 30 // 4, DEADLINE_SECONDS, "the address has the last range")
    expect(page.locator("#history .history-panel .note")).to_have_text("No readings in this range.")
    assert page.evaluate("window.addresses") < 20
    assert len([url for url in requests if "/api/series" in url]) < 20
