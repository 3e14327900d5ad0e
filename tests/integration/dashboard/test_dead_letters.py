"""Dead letters on the page: shown as text, and replayed and discarded only with the token."""

import re

from playwright.sync_api import Page, expect

from tests.broker import DEAD_QUEUE
from tests.browser import visit
from tests.integration.dashboard.system import TOKEN, System
from tests.integration.dead_letters import publish_dead_letter
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually


def test_a_dead_letter_is_shown_as_text_and_replayed_only_with_the_token(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a dead letter that tries to be markup
    system.broker.publish(b"<img src=x onerror=alert(1)>{broken")
    system.consumer.wait_for_event("dead-lettered")
    visit(page, system.url)
    letter = page.locator(".letter")
    expect(letter).to_have_count(1)
    expect(letter.locator(".tag")).to_have_text("not-json")
    expect(letter.locator(".detail")).to_contain_text("send JSON")
    letter.locator("summary").click()
    expect(letter.locator("pre")).to_have_text("<img src=x onerror=alert(1)>{broken")
    assert page.locator("#dead-letters img").count() == 0
    # when it is replayed with a wrong token
    letter.get_by_role("checkbox").check()
    page.get_by_role("button", name="Replay 1 …").click()
    dialog = page.get_by_role("dialog", name="Replay 1 dead letter?")
    dialog.get_by_label("Token").fill("wrong")
    dialog.get_by_role("button", name="Replay").click()
    # then nothing happens
    expect(dialog.get_by_role("alert")).to_have_text("The token is wrong.")
    dashboard.wait_for_event("request rejected")
    assert len(dashboard.events("request rejected")) == 1
    assert len(system.consumer.events("dead-lettered")) == 1
    # and with the right token it is tried again, and dead-lettered again
    dialog.get_by_label("Token").fill(TOKEN)
    dialog.get_by_role("button", name="Replay").click()
    expect(page.locator("#result")).to_have_text("Replayed 1 not-json.")
    system.consumer.wait_for_event("dead-lettered", times=2)
    expect(letter.locator(".hint")).to_contain_text("replayed once")
    assert dashboard.wait_for_event("dead letters replayed")["reasons"] == {"not-json": 1}
    assert TOKEN not in dashboard.text


def test_all_messages_with_a_reason_are_discarded_after_confirmation(
    system: System, dashboard: Process, page: Page
) -> None:
    for number in range(3):
        publish_dead_letter(system.broker, f"rubbish {number}")
    publish_dead_letter(system.broker, '{"sensor_id": "x"}', "invalid-field")
    visit(page, system.url)
    page.get_by_role("button", name="not-json 3").click()
    expect(page.locator(".letter")).to_have_count(3)
    # when it is cancelled
    page.get_by_role("button", name="Discard all not-json …").click()
    page.get_by_role("button", name="Cancel").click()
    # Listing them holds them unacked for a moment.
    eventually(lambda: system.broker.ready(DEAD_QUEUE) == 4, DEADLINE_SECONDS, "nothing is discarded")
    # and when it is confirmed
    page.get_by_role("button", name="Discard all not-json …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Token").fill(TOKEN)
    dialog.get_by_role("button", name="Discard").click()
    expect(page.locator("#result")).to_have_text("Discarded 3 not-json.")
    expect(page.locator(".letter .tag")).to_have_text(["invalid-field"])
    eventually(lambda: system.broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "one remains")
    # then this tab does not ask for the token again
    page.get_by_label("select all shown").check()
    page.get_by_role("button", name="Discard 1 …").click()
    expect(dialog.get_by_label("Token")).to_be_hidden()
    dialog.get_by_role("button", name="Discard").click()
    expect(page.locator("#dead-letters .note")).to_have_text("No dead letters.")


def test_without_a_token_the_page_is_read_only_and_says_how_to_change_that(
    system: System, page: Page
) -> None:
    system.start_dashboard(token="")
    publish_dead_letter(system.broker)
    visit(page, system.url)
    page.locator(".letter").get_by_role("checkbox").check()
    expect(page.locator("#access")).to_contain_text("set DASHBOARD_TOKEN")
    for name in ("Replay", "Discard"):
        expect(page.get_by_role("button", name=re.compile(name))).to_be_disabled()
