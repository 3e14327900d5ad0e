"""The login of the page: what is shown without one, what each role may do, and how it ends."""

import re

from playwright.sync_api import Page, expect

from runtime.access import Role
from tests.browser import visit
from tests.integration.dashboard.system import System, log_in, open_page
from tests.integration.dead_letters import publish_dead_letter
from tests.processes import Process


def test_with_a_key_in_existence_the_page_requires_one_and_a_revocation_locks_it(
    system: System, page: Page
) -> None:
    # given a key, and a setting of the past
    key = system.create_key("phone", Role.VIEWER)
    dashboard = system.start_dashboard(DASHBOARD_TOKEN="correct horse battery")
    hint = dashboard.wait_for_event("setting without effect")["hint"]
    assert "sensorctl key create NAME --role operator" in hint
    publish_dead_letter(system.broker)
    # when the page is opened, it shows nothing but a login
    visit(page, system.url)
    dialog = page.get_by_role("dialog", name="Log in")
    expect(dialog.get_by_label("Key")).to_be_focused()
    expect(page.locator("#overview")).to_be_hidden()
    # and a wrong key is refused, and stays in its field
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("The key is wrong, or was revoked.")
    expect(dialog.get_by_label("Key")).to_have_value("wrong")
    assert dashboard.wait_for_event("request rejected")["address"] == "127.0.0.1"
    # when the right one is entered, the page is live, and says what it does not permit
    dialog.get_by_label("Key").fill(key)
    page.keyboard.press("Enter")
    expect(page.locator("#account .who")).to_have_text("phone (viewer)")
    expect(page.locator("#connection")).to_have_text("Live")
    page.locator(".letter").get_by_role("checkbox").check()
    expect(page.locator("#access")).to_have_text(
        "This requires the role operator. phone has the role viewer."
    )
    expect(page.get_by_role("button", name=re.compile("Replay"))).to_be_disabled()
    assert key not in str(page.context.cookies()) + dashboard.text
    # and it still is after the page was loaded again
    page.reload()
    expect(page.locator("#account .who")).to_have_text("phone (viewer)")
    # when the key is revoked elsewhere, the open page is locked by itself
    system.database.query("SELECT revoke_api_key('sensorctl:test', 'phone')")
    system.create_key("other", Role.VIEWER)
    expect(page.locator("#locked")).to_be_visible()
    expect(page.locator("#overview")).to_be_hidden()


def test_who_logs_out_is_logged_out_everywhere_the_cookie_is(
    system: System, dashboard: Process, page: Page
) -> None:
    open_page(page, system)
    key = system.create_key("boss", Role.ADMIN)
    log_in(page, key)
    other = page.context.new_page()
    visit(other, system.url)
    expect(other.locator("#account .who")).to_have_text("boss (admin)")
    page.get_by_role("button", name="Log out").click()
    for each in (page, other):
        expect(each.locator("#locked")).to_be_visible()
    assert system.database.query("SELECT * FROM login_session") == []
