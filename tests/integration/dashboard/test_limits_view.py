"""The limits and the excursions of a sensor on its page, and what its chart shows of them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from db.evaluation.evaluation import Evaluation
from runtime.access import Role
from tests.integration.dashboard.system import System, act_until, log_in
from tests.integration.dashboard.test_sensor_page import NOT_SAVED, SCROLLS_HORIZONTALLY, lose
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually

# Every minute for an hour; above 8 °C half an hour ago, and far above it for some minutes.
HOUR = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), 'fridge', now() - age * interval '1 minute',
       CASE WHEN age BETWEEN 24 AND 26 THEN 12 WHEN age BETWEEN 20 AND 30 THEN 9 ELSE 5 END
FROM generate_series(1, 60) AS age
"""
# The colors of the chart's background at some times, a little below its upper edge.
COLORS = """times => {
  const { plot } = document.querySelector("#sensor .plot").chart;
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  return times.map((at) => {
    const [x, y] = [plot.valToPos(at, "x", true), plot.bbox.top + 2];
    pixel.clearRect(0, 0, 1, 1);
    pixel.drawImage(plot.ctx.canvas, Math.round(x), Math.round(y), 1, 1, 0, 0, 1, 1);
    return [...pixel.getImageData(0, 0, 1, 1).data].join();
  });
}"""
COLOR_OF = """name => {
  const p = document.createElement("p");
  p.style.color = `var(--${name})`;
  document.body.append(p);
  const channels = getComputedStyle(p).color.match(/\\d+/g);
  p.remove();
  return [...channels, 255].join();
}"""


@pytest.fixture
def evaluation(system: System) -> Iterator[Evaluation]:
    with system.evaluation() as evaluation:
        yield evaluation


def set_limits(system: System, *rules: dict[str, object]) -> None:
    system.database.query("SELECT set_limits('key:ann', %s)", json.dumps(rules))


def store(system: System, temperature: float, evaluation: Evaluation) -> None:
    before = system.database.count()
    system.publish("fridge", temperature)
    eventually(lambda: system.database.count() > before, DEADLINE_SECONDS, "the reading is stored")
    system.database.await_older_transactions()
    evaluation.evaluate()


def open_sensor(page: Page, system: System, width: int = 1400) -> Locator:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{system.url}/#/sensor/fridge")
    expect(page.locator("#sensor .loaded")).to_be_visible()
    return page.locator("#sensor")


def press(button: Locator, by: str) -> None:
    if by == "mouse":
        button.click()
    else:
        button.press("Enter")


@pytest.mark.parametrize(("by", "width"), [("mouse", 1400), ("keyboard", 390)])
def test_a_limit_is_set_its_alarm_rises_is_acknowledged_and_clears(
    system: System, dashboard: Process, page: Page, evaluation: Evaluation, by: str, width: int
) -> None:
    # given a sensor with a limit of its location, and an operator
    system.database.query("INSERT INTO sensor (sensor_id, location) VALUES ('fridge', 'Kitchen')")
    warning = {"severity": "warning", "threshold": 15}
    set_limits(system, warning | {"kind": "high", "location": "Kitchen", "threshold": 30})
    key = system.create_key("ann", Role.OPERATOR)
    page.goto(system.url)
    log_in(page, key)
    sensor = open_sensor(page, system, width)
    limits, form = sensor.locator(".limits li"), sensor.get_by_role("form", name="Add limits")
    expect(limits).to_contain_text("above 30 °C")
    expect(limits).to_contain_text("of all sensors of the location Kitchen, by key:ann")
    # when limits contradict, the message is at the field
    form.get_by_label("High, °C").fill("2")
    form.get_by_label("Low, °C").fill("4")
    contradiction = "Not saved: 4 °C must be below the high limit 2 °C"
    act_until(
        partial(press, form.get_by_role("button", name="Add limits"), by),
        form.get_by_role("alert").filter(has_text=contradiction),
    )
    expect(form.get_by_label("Low, °C")).to_be_focused()
    # and while the database is down, what was typed is kept
    form.get_by_label("High, °C").fill("8")
    form.get_by_label("Hysteresis, K").fill("0.5")
    system.database_proxy.refuse()
    press(form.get_by_role("button", name="Add limits"), by)
    expect(form.get_by_role("alert")).to_contain_text(NOT_SAVED)
    expect(form.get_by_label("High, °C")).to_have_value("8")
    system.database_proxy.forward()
    expect(page.locator("#overall-status")).to_have_text("No problems")
    added = limits.first.filter(has_text="above 8 °C, hysteresis 0.5 K")
    # then the limits of the sensor hold in place of that of its location
    act_until(partial(press, form.get_by_role("button", name="Add limits"), by), added)
    expect(limits).to_have_count(2)
    expect(form.get_by_label("High, °C")).to_have_value("")
    # when it is too warm, the alarm rises, and is acknowledged with a note
    store(system, 9.5, evaluation)
    row = sensor.locator(".excursions tbody tr")
    expect(row).to_contain_text("lasts")
    expect(row).to_contain_text("9.50 °C")
    press(row.get_by_role("button", name="Acknowledge"), by)
    dialog = page.get_by_role("dialog", name="Acknowledge the excursion")
    dialog.get_by_label("Note").fill("door <b>open</b>")
    acknowledge = partial(press, dialog.get_by_role("button", name="Acknowledge"), by)
    act_until(acknowledge, row.filter(has_text="by key:ann at "))
    expect(row).to_contain_text(": door <b>open</b>")
    expect(row.get_by_role("button")).to_be_hidden()
    assert page.evaluate(SCROLLS_HORIZONTALLY) is False
    # and when it is cold again, it clears
    store(system, 5.0, evaluation)
    expect(row).not_to_contain_text("lasts")
    # and a limit is changed and removed
    press(limits.first.get_by_role("button", name="Change"), by)
    change = sensor.get_by_role("form", name=re.compile("^Change the limit of this sensor: above 8 °C"))
    change.get_by_label("For", exact=True).fill("10m")
    changed = limits.first.filter(has_text="above 8 °C, for 10m, hysteresis 0.5 K")
    act_until(partial(change.get_by_label("For", exact=True).press, "Enter"), changed)
    press(limits.last.get_by_role("button", name="Remove"), by)
    press(page.get_by_role("dialog", name="Remove the limit?").get_by_role("button", name="Remove"), by)
    expect(limits).to_have_count(1)


def test_limits_are_shown_as_they_are_stored_also_if_someone_else_changes_them(
    system: System, dashboard: Process, page: Page
) -> None:
    system.database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
    key = system.create_key("ann", Role.OPERATOR)
    page.goto(system.url)
    log_in(page, key)
    sensor = open_sensor(page, system)
    form, limits = sensor.locator(".limits form"), sensor.locator(".limits li")
    # when the response to a new limit is lost, the page does not say that it was not saved, and shows it
    page.route("**/api/limits", lambda route: lose(route, "response"))
    form.get_by_label("High, °C").fill("8")
    act_until(
        form.get_by_role("button", name="Add limits").click,
        form.get_by_role("alert").filter(has_text="It is not known whether it was saved: "),
    )
    expect(limits).to_contain_text("above 8 °C")
    # and when another one changes it while it is edited here, the page says so, and shows what holds
    page.unroute("**/api/limits")
    limits.get_by_role("button", name="Change").click()
    form.get_by_label("Hysteresis, K").fill("1")
    set_limits(system, {"kind": "high", "sensor_id": "fridge", "severity": "warning", "threshold": 7})
    expect(form.get_by_role("alert")).to_contain_text("This limit was changed or removed meanwhile")
    expect(limits).to_contain_text("above 7 °C")
    expect(form.get_by_label("Hysteresis, K")).to_have_value("1")
    # also if it reads so only when the change is saved
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    press_change = limits.get_by_role("button", name="Change").click
    act_until(press_change, form.get_by_role("heading", name="above 7 °C"))
    form.get_by_label("Hysteresis, K").fill("1")
    set_limits(system, {"kind": "high", "sensor_id": "fridge", "severity": "warning", "threshold": 6})
    press_save = form.get_by_role("button", name="Save limit").click
    act_until(press_save, form.get_by_role("alert").filter(has_text="changed or removed meanwhile"))
    expect(limits).to_contain_text("above 6 °C")
    # and what is saved then replaces it
    saved = limits.filter(has_text="above 7 °C, hysteresis 1 K")
    act_until(form.get_by_role("button", name="Save limit").click, saved)
    expect(limits).to_have_count(1)


def test_excursions_and_limits_are_in_the_chart_in_the_unit_of_the_sensor(
    system: System, dashboard: Process, page: Page, evaluation: Evaluation
) -> None:
    # given a sensor in °F that was too warm for ten minutes, and far too warm for two of them
    system.database.query("INSERT INTO sensor (sensor_id, unit) VALUES ('fridge', 'fahrenheit')")
    common = {"kind": "high", "sensor_id": "fridge"}
    set_limits(
        system,
        common | {"threshold": 8, "severity": "warning"},
        common | {"threshold": 10, "severity": "critical"},
    )
    system.database.query(HOUR)
    system.database.await_older_transactions()
    evaluation.evaluate()
    found = system.database.query(
        "SELECT extract(epoch FROM started_at)::float8 AS started, "
        "extract(epoch FROM ended_at)::float8 AS ended FROM excursion ORDER BY severity DESC"
    )
    (warned, cleared), (critical, calmed) = ((row["started"], row["ended"]) for row in found)
    # when its page is opened, it shows but does not offer what requires a key
    sensor = open_sensor(page, system)
    expect(sensor.locator(".legend")).to_contain_text("41.00 to 53.60 °F")
    expect(sensor.locator(".limits li").first).to_contain_text("above 10 °C (50 °F)")
    for button in sensor.locator("button:is(.change, .remove), .excursions td button").all():
        expect(button).to_be_hidden()
    expect(sensor.get_by_role("button", name="Merge into another sensor …")).to_be_disabled()
    # then the excursions are shaded from their start to their end
    warn, bad = (page.evaluate(COLOR_OF, f"{name}-background") for name in ("warn", "bad"))
    times = [warned - 40, warned + 40, critical + 40, calmed - 40, calmed + 70, cleared - 40, cleared + 40]
    expected = ["0,0,0,0", warn, bad, bad, warn, warn, "0,0,0,0"]
    eventually(lambda: page.evaluate(COLORS, times) != ["0,0,0,0"] * 7, DEADLINE_SECONDS, "marks are drawn")
    assert page.evaluate(COLORS, times) == expected
    # and the axis, the lines and the CSV are in °F
    chart = "document.querySelector('#sensor .plot').chart"
    assert page.evaluate(f"{chart}.plot.axes[1].label") == "°F"
    labels = page.evaluate(f"{chart}.lines.map(({{ label }}) => label)")
    assert labels == ["high 46.4 °F", "high 50 °F, critical"]
    low, high = page.evaluate(f"[{chart}.plot.scales.y.min, {chart}.plot.scales.y.max]")
    assert (low < 41, 53.6 < high < 60) == (True, True)
    with page.expect_download() as download:
        sensor.get_by_role("link", name="CSV").click()
    csv = page.request.get(download.value.url).text()
    assert csv.splitlines()[1].endswith(",41.0,41.0,41.0,1,fahrenheit")


def test_a_sensor_with_a_wrong_id_is_merged_after_a_confirmation(
    system: System, dashboard: Process, page: Page
) -> None:
    # given two sensors, of which one has a wrong ID, and measured a reading
    system.database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge'), ('frigde')")
    system.database.query(HOUR)
    system.database.query("UPDATE reading SET sensor_id = 'frigde'")
    key = system.create_key("ann", Role.OPERATOR)
    page.goto(f"{system.url}/#/sensor/frigde")
    log_in(page, key)
    sensor = page.locator("#sensor")
    dialog = page.get_by_role("dialog", name="Merge frigde into another sensor?")
    sensor.get_by_role("button", name="Merge into another sensor …").click()
    expect(dialog).to_contain_text("All readings of frigde")
    expect(dialog).to_contain_text("This cannot be undone")
    # when a sensor is named that does not exist, it is refused at the field
    dialog.get_by_label("Into").fill("refrigerator")
    unknown = "Not merged: There is no sensor refrigerator"
    act_until(
        dialog.get_by_role("button", name="Merge into refrigerator").click,
        dialog.get_by_role("alert").filter(has_text=unknown),
    )
    expect(dialog.get_by_label("Into")).to_be_focused()
    # and with the right one it is done
    dialog.get_by_label("Into").fill("fridge")
    merged = sensor.locator(".state", has_text="Retired: its readings were moved to fridge.")
    act_until(partial(dialog.get_by_label("Into").press, "Enter"), merged)
    expect(sensor.get_by_role("button", name="Merge into another sensor …")).to_be_hidden()
    expect(sensor.get_by_role("button", name="Save")).to_be_disabled()
    sensor.get_by_role("link", name="Show the sensor it was merged into").click()
    expect(sensor.locator("h2")).to_have_text("Sensor fridge")
    moved = "SELECT DISTINCT sensor_id FROM reading"
    eventually(lambda: system.database.query(moved) == [{"sensor_id": "fridge"}], DEADLINE_SECONDS, "moved")


def test_a_group_is_limited_and_silenced_on_the_page_of_one_of_its_sensors(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a sensor of a location, and an operator
    system.database.query("INSERT INTO sensor (sensor_id, location) VALUES ('fridge', 'Kitchen')")
    key = system.create_key("ann", Role.OPERATOR)
    page.goto(system.url)
    log_in(page, key)
    sensor = open_sensor(page, system, 390)
    # when a limit is added for a pattern, it holds for the sensor
    form = sensor.get_by_role("form", name="Add limits")
    form.get_by_label("Of").select_option("all whose ID matches")
    form.get_by_label("Pattern").fill("freezer-*")
    form.get_by_label("High, °C").fill("8")
    no_match = "Not saved: The pattern freezer-* matches no sensor."
    act_until(
        partial(form.get_by_label("High, °C").press, "Enter"),
        form.get_by_role("alert").filter(has_text=no_match),
    )
    expect(form.get_by_label("Pattern")).to_be_focused()
    form.get_by_label("Pattern").fill("fr*")
    added = sensor.locator(".limits li", has_text="of all sensors whose ID matches fr*")
    act_until(partial(form.get_by_label("Pattern").press, "Enter"), added)
    # and a silence of its location holds until it is ended
    form, silences = sensor.get_by_role("form", name="Silence"), sensor.locator(".silences li")
    form.get_by_label("Of").select_option("all of its location")
    form.get_by_label("Note").fill("cleaning")
    no_duration = "Not silenced: must be a duration such as 90s"
    act_until(
        partial(form.get_by_role("button", name="Silence").press, "Enter"),
        form.get_by_role("alert").filter(has_text=no_duration),
    )
    form.get_by_label("For", exact=True).fill("2h")
    started = silences.filter(has_text=": cleaning")
    act_until(partial(form.get_by_label("For", exact=True).press, "Enter"), started)
    expect(silences).to_contain_text("of all sensors of the location Kitchen, by key:ann")
    assert page.evaluate(SCROLLS_HORIZONTALLY) is False
    silences.get_by_role("button", name="End").press("Enter")
    expect(silences).to_have_count(0)
