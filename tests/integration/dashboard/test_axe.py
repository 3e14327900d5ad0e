"""Every view, as axe-core sees it: nothing serious, on a phone in dark and on a large screen in light."""

import json
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page, expect

from runtime.access import Role
from tests.analysis_rows import store_anomaly, store_forecast, store_virtual_value
from tests.integration.dashboard.system import System, log_in
from tests.integration.dead_letters import publish_dead_letter
from tests.processes import Process
from tests.stored_report import store_report_and_question
from tests.stored_workflow import store_workflow

SCREENS: tuple[tuple[Any, int], ...] = (("light", 1400), ("dark", 390))
SEVERE = ("serious", "critical")


def fill(system: System) -> None:
    """Store sensors that are offline, too warm, unusual and retired, each kind of limit, a dead letter."""
    system.database.query(
        "INSERT INTO sensor (sensor_id, name, location, retired_at) "
        "VALUES ('fridge', 'Fridge', 'Kitchen', NULL), ('lost', NULL, NULL, NULL), ('old', NULL, NULL, now())"
    )
    kinds: list[dict[str, Any]] = [
        {"kind": "high", "threshold": 8, "severity": "critical"},
        {"kind": "low", "threshold": 2, "severity": "warning"},
        {"kind": "rate", "threshold": 3, "window_seconds": 300, "severity": "warning"},
        {"kind": "stale", "delay_seconds": 60, "severity": "warning"},
    ]
    rules = [kind | {"location": "Kitchen"} for kind in kinds]
    system.database.query("SELECT set_limits('key:ann', %s)", json.dumps(rules))
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature) "
        "SELECT gen_random_uuid(), sensor_id, at, at, 9 FROM sensor, "
        "LATERAL (SELECT now() - n * interval '1 minute' AS at FROM generate_series(10, 40) AS n) AS times"
    )
    publish_dead_letter(system.broker, "rubbish")
    system.database.await_older_transactions()
    with system.analyst() as analyst:
        store_forecast(analyst, "fridge", 9)
        store_virtual_value(analyst, "fridge", 8.5, "lost")
        store_anomaly(analyst, "fridge", "level-shift", (20, None), (9, 5), "9 °C where 5 °C was expected")
    with system.evaluation() as evaluation:
        evaluation.evaluate()
    with system.worker() as worker:
        store_workflow(system.database, worker)
        store_report_and_question(system.database, worker)


def states(page: Page, url: str) -> Iterator[str]:
    """Show each view and dialog, one after the other."""
    page.goto(f"{url}/#/")
    expect(page.locator("#excursions li")).to_have_count(1)
    expect(page.locator("#anomalies li")).to_have_count(1)
    expect(page.locator(".letter")).to_have_count(1)
    expect(page.locator("#offline li")).to_have_count(2)
    expect(page.locator("#connection")).to_have_text("Live")  # what is outdated is paler
    yield "overview"
    page.goto(f"{url}/#/sensor/fridge")
    sensor = page.locator("#sensor")
    form = sensor.get_by_role("form", name="Add limits")
    form.locator("details").evaluate("element => { element.open = true; }")
    form.get_by_label("Rate, K").fill("1")
    form.get_by_role("button", name="Add limits").click()
    expect(form.get_by_role("alert")).to_contain_text("Not saved: ")
    expect(sensor.locator(".excursions tbody tr")).to_have_count(1)
    expect(sensor.locator(".anomalies tbody tr")).to_have_count(1)
    expect(sensor.locator(".forecast .virtual")).to_be_visible()
    yield "sensor"
    sensor.get_by_role("button", name="Acknowledge …").click()
    yield "acknowledge"
    page.keyboard.press("Escape")
    sensor.get_by_role("button", name="Merge into another sensor …").click()
    yield "merge"
    page.keyboard.press("Escape")
    page.goto(f"{url}/#/sensor/old")
    expect(sensor.locator(".state")).to_contain_text("Retired")
    yield "retired sensor"
    page.goto(f"{url}/#/history?sensor=fridge&sensor=lost")
    expect(page.locator("#history .legend .key")).to_have_count(4)  # with the forecast and the anomaly
    yield "history"
    page.goto(f"{url}/#/access")
    expect(page.locator("#keys tbody tr")).to_have_count(1)
    yield "access"
    page.goto(f"{url}/#/workflows")
    for table in ("sources", "schedules"):
        expect(page.locator(f"#{table} tbody tr")).to_have_count(1)
    expect(page.locator("#workers li")).to_have_count(1)
    yield "workflows"
    page.locator("#workflows .list tbody").get_by_role("link", name="dummy").click()
    expect(page.locator(".timeline li")).to_have_count(10)
    yield "workflow"
    page.goto(f"{url}/#/reports")
    expect(page.locator("#report-files tbody tr")).to_have_count(1)
    page.locator(".reports details:not(.preview)").evaluate("element => { element.open = true; }")
    page.locator("#report-form").evaluate("element => { element.open = true; }")
    yield "reports"
    page.locator("#report-files").get_by_role("link", name="work/fridge.csv").click()
    expect(page.locator("#workflow .question button").first).to_be_visible()
    yield "question"


def violations(page: Page, view: str) -> list[str]:
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        f"{view}: {each['id']} ({each['impact']}): {each['help']}: {node['html'][:200]}"
        for each in found
        for node in each["nodes"]
        if each["impact"] in SEVERE
    ]


def test_axe_finds_nothing_serious_in_any_view(system: System, dashboard: Process, page: Page) -> None:
    fill(system)
    key = system.create_key("ann", Role.ADMIN)
    page.goto(system.url)
    expect(page.get_by_role("dialog", name="Log in")).to_be_visible()
    page.evaluate(AXE_SCRIPT)  # once, since every view is of this document
    found = violations(page, "login")
    log_in(page, key)
    for scheme, width in SCREENS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        found += [each for view in states(page, system.url) for each in violations(page, f"{view}, {scheme}")]
    assert found == []
