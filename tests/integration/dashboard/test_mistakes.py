"""What people mistype in the forms, and press twice."""

from datetime import UTC, datetime
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runtime.access import Role
from tests.integration.dashboard.system import System, act_until, log_in
from tests.integration.dashboard.test_reports_view import open_form
from tests.processes import Process
from tests.stored_workflow import store_workflow

# The second press of a double click, which arrives when the first one is done.
PRESS_AGAIN = (
    "button => button.dispatchEvent(new MouseEvent('click', {detail: 2, bubbles: true, cancelable: true}))"
)


def test_a_decimal_comma_is_a_point_and_what_is_no_number_is_refused_at_its_field(
    system: System, dashboard: Process, page: Page
) -> None:
    sensor = open_sensor(system, page)
    limits = sensor.get_by_role("form", name="Add limits")
    high = limits.get_by_label("High, °C")
    for wrong in ("ten", "1.234,5", "3,600", "Infinity"):
        high.fill(wrong)
        high.press("Enter")
        expect(limits.get_by_role("alert")).to_have_text("High, °C must be a number, such as 21.5.")
        expect(high).to_be_focused()
        high.fill("8")
        expect(high).to_have_value("8")
    high.fill("")
    high.press_sequentially(" -21,5")
    act_until(partial(high.press, "Enter"), sensor.locator(".limits li", has_text="above -21.5 °C"))
    settings = sensor.locator(".sensor-settings")
    offset = settings.get_by_label("Offset, K")
    offset.fill("")
    offset.press_sequentially("0,125")
    act_until(partial(offset.press, "Enter"), settings.locator(".saved", has_text="Saved."))
    expect(sensor.locator(".calibrations li")).to_contain_text("offset 0.125 K")


def test_a_year_has_four_digits_and_an_incomplete_time_is_refused_at_its_field(
    system: System, dashboard: Process, page: Page
) -> None:
    settings = open_sensor(system, page).locator(".sensor-settings")
    since = settings.get_by_label("Since")
    since.focus()
    page.keyboard.type("0301")
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_role("alert")).to_have_text("Since must be a date and a time.")
    expect(since).to_be_focused()
    since.fill("")
    since.focus()
    page.keyboard.type("030120260130")  # the year is not followed by a key
    page.keyboard.type("00A")
    expect(since).to_have_value("2026-03-01T01:30")


def test_a_time_that_the_clocks_skip_is_refused_and_the_first_of_two_is_meant(
    system: System, dashboard: Process, browser: Browser
) -> None:
    with browser.new_context(timezone_id="Europe/Berlin") as context:
        settings = open_sensor(system, context.new_page()).locator(".sensor-settings")
        since = settings.get_by_label("Since")
        settings.get_by_label("Offset, K").fill("1")
        since.fill("2026-03-29T02:30:00")
        since.press("Enter")
        expect(settings.get_by_role("alert")).to_have_text(
            "This time does not exist: the clocks were set forward then."
        )
        expect(since).to_be_focused()
        since.fill("2026-10-25T02:30:20")
        act_until(partial(since.press, "Enter"), settings.locator(".saved", has_text="Saved."))
    [calibration] = system.database.query("SELECT valid_from FROM calibration")
    assert calibration["valid_from"] == datetime(2026, 10, 25, 0, 30, 20, tzinfo=UTC)


def test_the_second_press_of_a_double_click_requests_nothing(
    system: System, dashboard: Process, page: Page
) -> None:
    form = open_form(system, page, Role.OPERATOR)
    form.locator("[name=sensors]").select_option("fridge")
    make = form.get_by_role("button", name="Make the report")
    act_until(make.click, form.get_by_role("link", name="its workflow"))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))

    make.evaluate(PRESS_AGAIN)

    page.evaluate("fetch('/livez').then((response) => response.text())")
    assert "GET" in requests
    assert "POST" not in requests


def test_a_period_that_is_missing_or_reversed_is_refused_at_its_field(
    system: System, dashboard: Process, page: Page
) -> None:
    with system.worker() as worker:
        store_workflow(system.database, worker)
    page.goto(f"{system.url}/#/workflows")
    log_in(page, system.create_key("ann", Role.OPERATOR))
    form = page.get_by_role("form", name="Fetch history")
    show = form.get_by_role("button", name="Show what would be fetched")
    start, end = form.get_by_label("From (UTC)"), form.get_by_label("To (UTC)")
    show.click()
    expect(form.get_by_role("alert")).to_have_text("Enter from when on to fetch.")
    expect(start).to_be_focused()
    start.fill("2026-01-15T00:00")
    show.click()
    expect(form.get_by_role("alert")).to_have_text("Enter until when to fetch.")
    end.fill("2026-01-01T00:00")
    show.click()
    expect(form.get_by_role("alert")).to_have_text("The period must start before it ends.")
    form.get_by_label("Days per chunk").fill("-1")
    show.click()
    expect(form.get_by_role("alert")).to_have_text("Days per chunk must be a whole number, 1 or more.")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("from", "2026-03-29T02:30", "This time does not exist: the clocks were set forward then."),
        ("schedule", "Kühlschrank", "The name must consist of letters from A to Z, digits, and . _ -"),
    ],
)
def test_what_the_form_of_a_report_cannot_request_is_refused_at_its_field(
    system: System, dashboard: Process, page: Page, field: str, value: str, message: str
) -> None:
    form = open_form(system, page, Role.ADMIN)
    form.locator("[name=sensors]").select_option("fridge")
    form.locator("[name=time_zone]").fill("Europe/Berlin")
    form.locator("[name=period]").select_option("from and to")
    if field == "schedule":
        form.locator("[name=repeat]").select_option("day")
    else:
        form.locator("[name=to]").fill("2026-03-30T00:00")
    form.locator(f"[name={field}]").fill(value)

    form.locator(f"[name={field}]").press("Enter")

    expect(form.get_by_role("alert")).to_have_text(message)
    expect(form.locator(f"[name={field}]")).to_be_focused()


def open_sensor(system: System, page: Page) -> Locator:
    """Open the page of a sensor as an operator."""
    system.database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
    key = system.create_key("ann", Role.OPERATOR)
    page.goto(f"{system.url}/#/sensor/fridge")
    log_in(page, key)
    sensor = page.locator("#sensor")
    expect(sensor.locator(".loaded")).to_be_visible()
    return sensor
