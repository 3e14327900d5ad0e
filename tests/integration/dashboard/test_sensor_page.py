"""The page of a sensor: reached from the overview, changed by its form, and what was typed is kept."""

import re
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from runtime.access import Role
from tests.integration.dashboard.system import System, act_until, log_in, open_page, row
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually

SCROLLS_HORIZONTALLY = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

# An outage that begins during the request leaves open whether it was executed.
NOT_SAVED = re.compile("Not saved: |not known whether it was saved: ")

# The fields that are wider than their place, and so lie over the next one.
OVERLAPPING_FIELDS = """
[...document.querySelectorAll("#sensor .settings label:not(.check)")]
  .filter((label) => label.scrollWidth > label.clientWidth + 1).map((label) => label.textContent.trim())
"""


@pytest.mark.parametrize("width", [390, 1400])
def test_a_sensor_is_named_and_calibrated_in_the_page(
    system: System, dashboard: Process, page: Page, width: int
) -> None:
    # given a sensor, and an operator who is logged in
    system.publish("hall/1", 20.0)
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, system)
    expect(row(page, "hall/1")).to_be_visible()
    form = page.locator("#sensor .sensor-settings")
    page.get_by_role("link", name="hall/1", exact=True).click()
    expect(form.get_by_role("button", name="Save")).to_be_disabled()
    expect(form.locator(".may-not")).to_contain_text("sensorctl key create NAME --role operator")
    log_in(page, create_operator(system, page))
    # when it is named, calibrated for the past, and saved with the keyboard
    form.get_by_label("Name").fill("Hall")
    form.get_by_label("Offset, K").fill("0.5")
    form.get_by_label("Since").fill("2026-01-01T00:00:00")
    act_until(partial(form.get_by_label("Since").press, "Enter"), form.locator(".saved", has_text="Saved."))
    # then the page, the overview and the stored reading follow
    expect(page.locator("#sensor h2")).to_have_text("Hall (hall/1)")
    expect(page.locator("#sensor .calibrations li")).to_contain_text("offset 0.5 K (set by key:boss)")
    assert page.evaluate(SCROLLS_HORIZONTALLY) is False
    assert page.evaluate(OVERLAPPING_FIELDS) == []
    expect(page).to_have_title(re.compile(r"Sensor hall/1 · Sensors$"))
    eventually(lambda: stored(system) == 20.5, DEADLINE_SECONDS, "the stored reading is calibrated")
    page.get_by_role("link", name="All sensors").click()
    expect(page.locator(".card h3")).to_have_text("Hall (hall/1)")


def test_what_is_refused_is_said_at_its_field_and_what_was_typed_is_kept(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    form = open_settings(system, page)
    name, offset = form.get_by_label("Name"), form.get_by_label("Offset, K")

    name.fill("Fridge")
    offset.fill("2000")
    too_large = form.get_by_role("alert").filter(has_text="must be at most 1000")
    act_until(form.get_by_role("button", name="Save").click, too_large)

    expect(offset).to_have_attribute("aria-invalid", "true")
    expect(offset).to_be_focused()
    expect(name).to_have_value("Fridge")
    offset.fill("")
    system.database_proxy.refuse()
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text(NOT_SAVED)
    expect(name).to_have_value("Fridge")
    expect(page.locator("#overall-status")).not_to_have_text("No problems")
    system.database_proxy.forward()
    expect(page.locator("#overall-status")).to_have_text("No problems")
    saved = page.locator("#sensor h2", has_text="Fridge (1)")
    act_until(form.get_by_role("button", name="Save").click, saved)


def test_a_change_whose_response_is_lost_is_shown_as_it_is_stored(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    form = open_settings(system, page)
    save = form.get_by_role("button", name="Save").click
    expect(page.locator("#sensor .loaded")).to_be_visible()
    # when the request is lost, it is not known whether it was saved, and what was typed stays
    form.get_by_label("Name").fill("Fridge")
    page.route("**/api/sensors/1", lambda route: lose(route, "request"))
    save()
    expect(form.get_by_role("alert")).to_contain_text("It is not known whether it was saved: ")
    expect(form.get_by_label("Name")).to_have_value("Fridge")
    expect(form.locator(".saved")).to_have_text("")
    # and when only the response is lost, what is stored shows that it was saved
    page.unroute("**/api/sensors/1")
    page.route("**/api/sensors/1", lambda route: lose(route, "response"))
    act_until(save, form.locator(".saved", has_text="Saved."))
    expect(page.locator("#sensor h2")).to_have_text("Fridge (1)")
    expect(form.locator(".error")).to_have_text("")


def lose(route: Route, part: str) -> None:
    """Lose the request of a change, or only its response; what is read is not lost."""
    if route.request.method == "GET":
        return route.continue_()
    if part == "response":
        route.fetch()
    return route.abort()


def open_settings(system: System, page: Page) -> Locator:
    """Open the page of sensor 1 as an operator, and return the form of its settings."""
    open_page(page, system)
    expect(row(page, "1")).to_be_visible()
    page.get_by_role("link", name="1", exact=True).click()
    log_in(page, create_operator(system, page))
    return page.locator("#sensor .sensor-settings")


def create_operator(system: System, page: Page) -> str:
    """Create a key, and load the page again, which then offers the login."""
    key = system.create_key("boss", Role.OPERATOR)
    page.reload()
    return key


def stored(system: System) -> float:
    [reading] = system.database.query("SELECT temperature FROM reading")
    return float(reading["temperature"])
