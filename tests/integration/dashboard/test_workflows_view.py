"""Workflows on the page: the list, the timeline of one, and what an operator does with it."""

import re

from playwright.sync_api import Page, Route, expect

from runtime.access import Role
from tests.integration.dashboard.system import System, act_until, log_in
from tests.processes import Process
from tests.stored_workflow import store_workflow

REQUEST_ANY = """
    SELECT workflow_id FROM request_workflow(
        'sensorctl:ann', 'dummy', jsonb_build_object('seconds', number), '[{"spec": {"seconds": 1}}]', '{}'
    )
"""


def test_a_workflow_is_found_its_timeline_has_its_story_and_an_operator_changes_it(
    system: System, dashboard: Process, page: Page
) -> None:
    # given an installation without workflows, which has no link to them
    page.goto(system.url)
    link = page.get_by_role("link", name="Workflows", exact=True)
    expect(page.locator("#connection")).to_have_text("Live")
    expect(link).to_be_hidden()
    # when there is a source, a schedule, and a workflow with a lost worker and a failure
    with system.worker() as worker:
        workflow_id = store_workflow(system.database, worker)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    link.press("Enter")
    view, rows = page.locator("#workflows"), page.locator("#workflows .list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("1 of 2 succeeded, 1 ready")
    expect(view.locator("#sources tbody tr")).to_contain_text("http://influx.example:8086")
    expect(view.locator("#schedules tbody tr")).to_contain_text("0 3 * * * (UTC)")
    expect(view.locator("#workers li")).to_contain_text("worker-1")
    expect(view.get_by_role("button", name="Test attic")).to_be_hidden()
    # and its timeline has the whole story
    rows.get_by_role("link", name="dummy").press("Enter")
    run = page.locator("#workflow")
    expect(run.locator("h2")).to_contain_text("dummy workflow running")
    timeline = run.locator(".timeline")
    expect(timeline).to_contain_text("Job 0, attempt 1: claimed, now running by worker:worker-1")
    expect(timeline).to_contain_text("Job 0, attempt 1: worker lost, now ready")
    expect(timeline).to_contain_text(re.compile("Job 0, attempt 2: failure, now ready: the server is down"))
    expect(timeline).to_contain_text(re.compile("Job 1, attempt 1: succeeded: all is fetched.*published 240"))
    expect(run.locator(".jobs tbody tr").first).to_contain_text("the server is down, tried again at")
    expect(run.get_by_role("button")).to_have_count(0)
    # then an operator cancels it, which the timeline shows without a reload, and runs it again
    log_in(page, system.create_key("ann", Role.OPERATOR))
    run.get_by_role("button", name="Cancel …").click()
    cancel = page.get_by_role("dialog").get_by_role("button", name="Cancel the workflow")
    act_until(cancel.click, run.locator("h2", has_text="cancelled"))
    expect(timeline).to_contain_text("cancel by key:ann")
    act_until(run.get_by_role("button", name="Run again").click, run.locator("h2", has_text="ready"))
    expect(page).not_to_have_url(re.compile(str(workflow_id)))
    # and sees what a backfill would fetch before requesting it
    page.goto(f"{system.url}/#/workflows")
    form = page.get_by_role("form", name="Fetch history")
    form.get_by_label("From (UTC)").fill("2026-01-01T00:00")
    form.get_by_label("To (UTC)").fill("2026-01-15T00:00")
    planned = form.get_by_role("status").filter(has_text="2 chunks, the first 1 Jan")
    act_until(form.get_by_role("button", name="Show what would be fetched").click, planned)
    fetch = form.get_by_role("button", name="Fetch 2 chunks")
    act_until(fetch.click, run.locator("h2", has_text="backfill workflow ready"))
    expect(run.locator(".jobs tbody tr")).to_have_count(2)


def test_older_workflows_stay_complete_while_new_workflows_come(
    system: System, dashboard: Process, page: Page
) -> None:
    # given more workflows than the list has at first
    system.database.query(f"SELECT ({REQUEST_ANY}) FROM generate_series(1, 51) AS number")
    page.goto(f"{system.url}/#/workflows")
    rows = page.locator("#workflows .list tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Show older workflows").click()
    expect(rows).to_have_count(51)
    # when another one is requested, then none of the others is missing
    system.database.query(f"SELECT ({REQUEST_ANY}) FROM generate_series(52, 52) AS number")
    expect(rows).to_have_count(52)


def test_an_event_that_is_committed_after_a_later_one_is_in_the_timeline(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a workflow of which an event is not committed yet
    with system.worker() as worker:
        workflow_id = store_workflow(system.database, worker)
    late: list[int] = []

    def respond(route: Route) -> None:
        response = route.fetch()
        events = response.json()["events"]
        late[:] = late or [events[1]["event_id"]]
        visible = [event for event in events if event["event_id"] not in late]
        route.fulfill(response=response, json={"events": visible})

    pattern = "**/api/workflows/*/events?**"
    page.route(pattern, respond)
    page.goto(f"{system.url}/#/workflow/{workflow_id}")
    items = page.locator("#workflow .timeline li")
    expect(page.locator("#workflow .timeline")).to_contain_text("all is fetched")
    number = items.count()
    # when it is committed, then it takes its place
    page.unroute(pattern)
    expect(items).to_have_count(number + 1)
    expect(items.nth(1)).to_have_attribute("data-id", str(late[0]))
