"""Dead letters on the page: shown as text, and replayed and discarded only with the role for it."""

import re

from playwright.sync_api import Page, expect

from runtime.access import Role
from tests.broker import DEAD_QUEUE
from tests.integration.dashboard.system import System, act_until, log_in
from tests.integration.dead_letters import publish_dead_letter
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually


def test_a_dead_letter_is_shown_as_text_and_replayed_by_an_operator(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a dead letter that tries to be markup
    system.broker.publish(b"<img src=x onerror=alert(1)>{broken")
    system.consumer.wait_for_event("dead-lettered")
    page.goto(system.url)
    letter = page.locator(".letter")
    expect(letter).to_have_count(1)
    expect(letter.locator(".tag")).to_have_text("not-json")
    expect(letter.locator(".detail")).to_contain_text("send JSON")
    letter.locator("summary").click()
    expect(letter.locator("pre")).to_have_text("<img src=x onerror=alert(1)>{broken")
    assert page.locator("#dead-letters img").count() == 0
    # when there is no key, the page is read-only and says how to change that
    letter.get_by_role("checkbox").check()
    expect(page.locator("#access")).to_contain_text("sensorctl key create NAME --role operator")
    for name in ("Replay", "Discard"):
        expect(page.get_by_role("button", name=re.compile(name))).to_be_disabled()
    # when an operator logs in, it is tried again, and dead-lettered again
    key = system.create_key("boss", Role.OPERATOR)
    log_in(page, key)
    page.get_by_role("button", name="Replay 1 …").click()
    dialog = page.get_by_role("dialog", name="Replay 1 dead letter?")
    result = page.locator("#result")
    act_until(
        dialog.get_by_role("button", name="Replay").click, result.filter(has_text="Replayed 1 not-json.")
    )
    system.consumer.wait_for_event("dead-lettered", times=2)
    expect(letter.locator(".hint")).to_contain_text("replayed once")
    reported = dashboard.wait_for_event("dead letters replayed")
    assert (reported["actor"], reported["reasons"]) == ("key:boss", {"not-json": 1})
    assert key not in dashboard.text
    # then the audit says who did it
    requested, replayed = system.database.query(
        "SELECT * FROM audit WHERE object_kind = 'dead-letter' ORDER BY audit_id"
    )
    assert (requested["action"], requested["after"]) == ("request-replay", {"ids": [replayed["object_id"]]})
    assert (replayed["actor"], replayed["action"], replayed["after"]) == (
        "key:boss", "replay", {"state": "replayed"},
    )  # fmt: skip
    assert replayed["before"]["reason"] == "not-json"


def test_all_messages_with_a_reason_are_discarded_after_confirmation(
    system: System, dashboard: Process, page: Page
) -> None:
    for body in ("rubbish at 21 °C", "rubbish 1", "ü" * 2_001):
        publish_dead_letter(system.broker, body)
    publish_dead_letter(system.broker, '{"sensor_id": "x"}', "invalid-field")
    key = system.create_key("boss", Role.OPERATOR)
    page.goto(system.url)
    log_in(page, key)
    page.get_by_role("button", name="not-json 3").click()
    expect(page.locator(".letter")).to_have_count(3)
    # and only the body that is cut off is shown as such
    expect(page.locator(".letter .hint", has_text="complete: sensorctl dead show")).to_have_count(1)
    # when it is cancelled
    page.get_by_role("button", name="Discard all not-json …").click()
    page.get_by_role("button", name="Cancel").click()
    # Listing them holds them unacked for a moment.
    eventually(lambda: system.broker.ready(DEAD_QUEUE) == 4, DEADLINE_SECONDS, "nothing is discarded")
    # and when it is confirmed while the database is down, nothing happens, and the dialog stays
    page.get_by_role("button", name="Discard all not-json …").click()
    dialog = page.get_by_role("dialog")
    system.database_proxy.refuse()
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was changed; try again in a moment.")
    # and when it is up again
    system.database_proxy.forward()
    discard, result = dialog.get_by_role("button", name="Discard"), page.locator("#result")
    act_until(discard.click, result.filter(has_text="Discarded 3 not-json."))
    expect(page.locator(".letter .tag")).to_have_text(["invalid-field"])
    eventually(lambda: system.broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "one remains")
    page.get_by_label("select all shown").check()
    page.get_by_role("button", name="Discard 1 …").click()
    act_until(discard.click, page.locator("#dead-letters .note", has_text="No dead letters."))
