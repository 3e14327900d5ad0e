"""An excursion on the page: it is shown while it lasts, and acknowledged with a button."""

import json
from functools import partial

from playwright.sync_api import Page, expect

from runtime.access import Role
from tests.integration.dashboard.system import System, act_until, log_in
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually


def test_an_excursion_is_shown_acknowledged_and_gone_when_it_ends(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a limit, and a reading beyond it
    key = system.create_key("ann", Role.OPERATOR)
    rule = {"kind": "high", "sensor_id": "fridge", "threshold": 8, "severity": "warning"}
    system.database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
    system.database.query("SELECT set_limits('test', %s)", json.dumps([rule]))
    system.publish("fridge", 9.0)
    eventually(lambda: system.database.count() == 1, DEADLINE_SECONDS, "the reading is stored")
    with system.evaluation() as evaluation:
        evaluation.evaluate()
        # when an operator is logged in, the page shows the excursion, and acknowledges it
        page.goto(system.url)
        log_in(page, key)
        item, badge = page.locator("#excursions li"), page.locator("#overall-status")
        expect(item).to_contain_text("above 8 °C")
        # and does not say that there are no problems
        expect(badge).to_have_text("1 beyond limits")
        expect(badge).to_have_attribute("data-state", "warn")
        expect(page).to_have_title("(1) Sensors")
        acknowledge = item.get_by_role("button", name="Acknowledge")
        act_until(partial(acknowledge.press, "Enter"), item.filter(has_text="acknowledged by key:ann"))
        expect(item.get_by_role("button")).to_be_hidden()
        # and when it has ended, it is gone
        system.publish("fridge", 7.0)
        eventually(lambda: system.database.count() == 2, DEADLINE_SECONDS, "the reading is stored")
        evaluation.evaluate()
        expect(page.locator("#excursions")).to_be_hidden(timeout=DEADLINE_SECONDS * 1000)
        expect(badge).to_have_text("No problems")
        expect(badge).to_have_attribute("data-state", "good")


def test_more_excursions_than_are_listed_are_counted_as_such(
    system: System, dashboard: Process, page: Page
) -> None:
    # given sensors that are all beyond a limit
    system.database.query("INSERT INTO sensor (sensor_id) SELECT 's' || n FROM generate_series(1, 101) AS n")
    rule = {"kind": "high", "pattern": "s*", "threshold": 8, "severity": "warning"}
    system.database.query("SELECT set_limits('test', %s)", json.dumps([rule]))
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), sensor_id, now() - interval '1 minute', 9 FROM sensor"
    )
    system.database.await_older_transactions()
    with system.evaluation() as evaluation:
        evaluation.evaluate()
    # when the page is opened, then its number is no wrong one
    page.goto(system.url)
    expect(page.locator("#excursions li")).to_have_count(100)
    expect(page.locator("#excursions .count")).to_have_text("100 or more")
