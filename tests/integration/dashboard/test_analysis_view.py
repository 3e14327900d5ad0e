"""What the analysis found and expects, on the page: in the unit of the sensor, and marked by an operator."""

import re
from functools import partial

from playwright.sync_api import Page, expect

from runtime.access import Role
from tests.analysis_rows import store_anomaly, store_forecast, store_models, store_virtual_value
from tests.integration.dashboard.system import System, act_until, log_in
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually

CHART = "document.querySelector('#sensor .plot').chart"
FLAGS = f"{CHART}.marks.filter(({{ flag }}) => flag === 'anomaly').length"
FUTURE = f"{CHART}.marks.filter(({{ label }}) => label === 'forecast').length"
# The last mean of the forecast; it has the fifth of the columns after those of the sensor's readings.
EXPECTED = f"{CHART}.data[5].at(-1)"
REASON = "10 °C where 5 °C was expected: a step of 5 K"


def fill(system: System) -> None:
    """Store an hour of a sensor in °F, and what the analysis writes of it."""
    system.database.query(
        "INSERT INTO sensor (sensor_id, unit) VALUES ('fridge', 'fahrenheit'), ('freezer', NULL)"
    )
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), 'fridge', now() - n * interval '1 minute', 5 "
        "FROM generate_series(0, 60) AS n"
    )
    with system.analyst() as analyst:
        store_forecast(analyst, "fridge", 10)
        store_virtual_value(analyst, "fridge", 5, "freezer")
        store_models(analyst, "fridge")
        store_anomaly(analyst, "fridge", "level-shift", (30, None), (10, 5), REASON)
        store_anomaly(analyst, "fridge", "spike", (50, 49), (9, 5), "9 °C where 5 °C was expected")


def expect_words(page: Page) -> None:
    """Expect the forecast and the anomalies in words, in the unit of the sensor."""
    sensor, rows = page.locator("#sensor"), page.locator("#sensor .anomalies tbody tr")
    expect(sensor.locator(".forecast li")).to_have_count(3)
    expect(sensor.locator(".forecast li").nth(1)).to_contain_text("In 6 h, at")
    expect(sensor.locator(".forecast li").nth(1)).to_contain_text("50.00 °F, 95 % interval 4")
    expect(sensor.locator(".forecast .origin")).to_contain_text("By the model season, version 3")
    expect(sensor.locator(".forecast .virtual")).to_contain_text("(freezer), it would measure 41.00 °F")
    expect(rows.first).to_contain_text("lasts")
    expect(rows.first).to_contain_text("50.00 °F")
    expect(rows.first).to_contain_text("41.00 °F (40.10 to 41.90)")
    expect(rows.first).to_contain_text(REASON)


def expect_nothing(page: Page) -> None:
    """Expect the page of a sensor that has not been analysed."""
    sensor, rows = page.locator("#sensor"), page.locator("#sensor .anomalies tbody tr")
    expect(sensor.locator(".state")).to_have_text("Monitored.")
    expect(sensor.locator(".forecast .note")).to_have_text(
        re.compile("^No forecast: the sensor has not been")
    )
    expect(sensor.locator(".anomalies .note")).to_have_text("No anomaly has been found.")
    expect(rows).to_have_count(0)
    expect(sensor.locator(".forecast .virtual")).to_be_hidden()


def test_an_anomaly_is_found_on_the_overview_explained_and_marked_on_a_phone(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a sensor with a forecast and two anomalies, one of which lasts
    fill(system)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(system.url)
    # when the one that lasts is followed from the overview to its sensor
    item = page.locator("#anomalies li")
    expect(item).to_contain_text("level shift")
    expect(item).to_contain_text(REASON)
    item.get_by_role("link", name="fridge").press("Enter")
    # then the chart has the forecast of the next hours, and a flag for each anomaly
    sensor, rows = page.locator("#sensor"), page.locator("#sensor .anomalies tbody tr")
    expect(sensor.locator(".legend")).to_contain_text("Forecast mean and 95 % interval")
    expect(sensor.locator(".legend")).to_contain_text("Anomalies 2")
    assert page.evaluate(f"[{FLAGS}, {FUTURE}, {EXPECTED}]") == [2, 1, 50]
    length = page.evaluate(f"{CHART}.range[1] - {CHART}.range[0]")
    assert length == 12 * 3600
    expect(sensor.locator(".plot")).to_have_attribute(
        "aria-label", re.compile("Forecast: fridge: 50.00 °F .* 2 anomalies[.]$")
    )
    # and the forecast, the anomalies and their reasons are there in words, in the unit of the sensor
    expect_words(page)
    # and without a key it cannot be marked
    expect(rows.first.get_by_role("button")).to_have_count(0)
    expect(sensor.locator(".anomalies .may-not")).to_contain_text("sensorctl key create NAME --role operator")
    # when an operator marks it as wrong by keyboard, its flag is gone, and so is the item of the overview
    key = system.create_key("ann", Role.OPERATOR)
    log_in(page, key)
    wrong = rows.first.get_by_role("button", name="Wrong: level shift since")
    pressed = rows.first.get_by_role("button", name="Wrong: level shift since", pressed=True)
    act_until(partial(wrong.press, "Enter"), pressed)
    expect(wrong).to_be_focused()
    expect(rows.first.locator(".marked")).to_contain_text("wrong, by key:ann at")
    eventually(lambda: page.evaluate(FLAGS) == 1, DEADLINE_SECONDS, "its flag is gone")
    page.get_by_role("link", name="All sensors").click()
    expect(page.locator("#anomalies")).to_be_hidden(timeout=DEADLINE_SECONDS * 1000)
    page.go_back()
    # and when the mark is taken back, it is there again
    expect(pressed).to_be_visible()
    released = rows.first.get_by_role("button", name="Wrong: level shift since", pressed=False)
    act_until(partial(wrong.press, "Enter"), released)
    expect(rows.first.locator(".marked")).to_be_empty()
    actions = system.database.query("SELECT actor, action FROM audit WHERE object_kind = 'anomaly'")
    assert actions == [{"actor": "key:ann", "action": "mark"}] * 2
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # when the model is rolled back to an earlier version, then that is requested
    sensor.get_by_text("Models", exact=True).click()
    versions = sensor.locator(".models tbody tr")
    expect(versions.first).to_contain_text("season 2")
    expect(versions.first).to_contain_text("active")
    versions.last.get_by_role("button", name="Roll season back to version 1").click()
    roll_back = page.get_by_role("dialog").get_by_role("button", name="Roll back")
    act_until(roll_back.click, versions.last.filter(has_text="requested"))
    # when the page of another sensor follows, it shows nothing of the first one
    page.evaluate("location.hash = '#/sensor/freezer'")
    expect_nothing(page)
    # and the API has which version the model continues from
    headers = {"Authorization": f"Bearer {key}"}
    models = page.request.get(f"{system.url}/api/models?sensor=fridge", headers=headers).json()["models"]
    assert [(each["version"], each["active"]) for each in models] == [(2, False), (1, True)]
