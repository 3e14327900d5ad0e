"""The login of the page: what is shown without one, what each role may do, and how it ends."""

import re
from functools import partial

from playwright.sync_api import APIResponse, Page, Route, expect

from runtime.access import Role, hash_secret
from tests.integration.dashboard.system import System, act_until, log_in, open_page
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
    page.goto(system.url)
    dialog = page.get_by_role("dialog", name="Log in")
    expect(dialog.get_by_label("Key")).to_be_focused()
    expect(page.locator("#overview")).to_be_hidden()
    # and a wrong key is refused, and stays in its field
    page.keyboard.type("wrong")
    wrong = dialog.get_by_role("alert").filter(has_text="The key is wrong, or was revoked.")
    act_until(partial(page.keyboard.press, "Enter"), wrong)
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


def test_a_response_from_before_the_login_does_not_ask_for_it_again(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a page that asks who uses it, before the login, and has no response yet
    key = system.create_key("ann", Role.VIEWER)
    page.goto(system.url)
    expect(page.get_by_role("dialog", name="Log in")).to_be_visible()
    delayed: list[tuple[Route, APIResponse]] = []
    page.route("**/api/access", lambda route: delayed.append((route, route.fetch())), times=1)
    page.evaluate("import('/static/account.js').then((account) => { account.loadAccess(); })")
    # when the response arrives after it
    log_in(page, key)
    ((route, response),) = delayed
    with page.expect_response("**/api/access") as received:
        route.fulfill(response=response)
    assert received.value.json()["has_session"] is False
    # then the login holds
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    expect(page.locator("#account .who")).to_have_text("ann (viewer)")
    expect(page.get_by_role("dialog", name="Log in")).to_be_hidden()


def test_who_logs_out_is_logged_out_everywhere_the_cookie_is(
    system: System, dashboard: Process, page: Page
) -> None:
    open_page(page, system)
    key = system.create_key("boss", Role.ADMIN)
    log_in(page, key)
    other = page.context.new_page()
    other.goto(system.url)
    expect(other.locator("#account .who")).to_have_text("boss (admin)")
    page.get_by_role("button", name="Log out").click()
    for each in (page, other):
        expect(each.locator("#locked")).to_be_visible()
    assert system.database.query("SELECT * FROM login_session") == []


def test_an_administrator_manages_keys_by_keyboard_on_a_phone_and_sees_who_changed_what(
    system: System, dashboard: Process, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{system.url}/#/access")
    keys, audit = page.get_by_role("region", name="Keys", exact=True), page.locator("#audit")
    expect(keys.locator(".hint")).to_contain_text("sensorctl key create NAME --role admin")
    expect(audit.locator(".note")).to_have_text("No changes yet.")
    log_in(page, system.create_key("boss", Role.ADMIN))
    # when a name is refused, it stays in its field
    name = keys.get_by_label("Name")
    name.fill("boss")
    taken = keys.get_by_role("alert").filter(has_text="A key named boss exists already")
    act_until(partial(name.press, "Enter"), taken)
    expect(name).to_have_value("boss")
    # and another one is accepted
    name.fill("phone")
    page.keyboard.press("Enter")
    created = keys.locator(".created code")
    expect(created).to_be_focused()
    key = created.inner_text()
    row = keys.get_by_role("row").filter(has=page.get_by_role("rowheader", name="phone"))
    expect(row).to_contain_text("viewer")
    expect(row).to_contain_text("by key:boss")
    assert system.database.query("SELECT created_by FROM api_key WHERE hash = %s", hash_secret(key))
    # when it is revoked
    row.get_by_role("button", name="Revoke phone …").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Revoke the key phone?")
    dialog.get_by_role("button", name="Revoke").press("Enter")
    expect(row.get_by_role("button")).to_be_hidden()
    # then the changes say so, and the page is as wide as the phone
    page.reload()
    expect(audit.get_by_role("row").nth(1)).to_contain_text("key:boss")
    expect(audit.get_by_role("row").nth(1)).to_contain_text("revoke api-key phone")
    expect(audit.get_by_role("row")).to_have_count(4)
    expect(keys.locator(".created")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
