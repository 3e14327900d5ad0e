"""Reports on the page: their files and figures, what a file leaves open, and a request."""

import re
from functools import partial

from playwright.sync_api import Locator, Page, expect

from runtime.access import Role
from tests.integration.dashboard.system import System, act_until, log_in
from tests.integration.dashboard.test_sensor_page import SCROLLS_HORIZONTALLY, lose
from tests.processes import Process
from tests.stored_report import CONTENTS, store_report_and_question


def test_a_report_is_saved_its_figures_are_shown_and_an_operator_answers_and_requests_another(
    system: System, dashboard: Process, page: Page
) -> None:
    # given an installation without reports, which has no link to them
    page.goto(system.url)
    link = page.get_by_role("link", name="Reports", exact=True)
    expect(page.locator("#connection")).to_have_text("Live")
    expect(link).to_be_hidden()
    # when there is a report, and a file whose dates can be read in two ways
    system.publish("fridge", 4.5)
    with system.worker() as worker:
        store_report_and_question(system.database, worker)
    page.reload()
    link.press("Enter")
    view = page.locator("#reports")
    report = view.locator(".reports > li")
    expect(report).to_have_count(1)
    expect(report).to_contain_text("The fridge in March")
    # then its files are saved, and its figures are shown
    with page.expect_download() as download:
        report.get_by_role("link", name="JSON of The fridge in March").click()
    assert download.value.suggested_filename == "fridge.json"
    assert page.request.get(download.value.url).body() == CONTENTS["json"]
    report.get_by_text("Figures").press("Enter")
    expect(report.get_by_role("row", name="Fridge (fridge)")).to_contain_text("98.4 %")
    expect(report.get_by_role("row", name="Fridge (fridge)")).to_contain_text("1 h 30 min")
    # and its PDF in a frame of the page, or in a new tab
    with page.expect_response(lambda response: response.url.endswith("/content?inline=true")) as shown:
        report.get_by_text("Preview").press("Enter")
    assert shown.value.headers["x-frame-options"] == "SAMEORIGIN"
    expect(report.locator("iframe")).to_have_attribute("title", "PDF of The fridge in March")
    expect(report.get_by_role("link", name="Show The fridge in March as PDF")).to_have_attribute(
        "href", re.compile(r"/content\?inline=true$")
    )
    # and an operator answers what the file leaves open
    log_in(page, system.create_key("ann", Role.OPERATOR))
    view.get_by_role("link", name="work/fridge.csv").click()
    question = page.locator("#workflow .question")
    expect(question).to_contain_text("does the day or the month come first?")
    expect(question.get_by_role("listitem").filter(has_text="the day first")).to_contain_text("4.50 °C")
    answer = question.get_by_role("button", name="Answer: the day first")
    answered = page.locator("#workflow .timeline", has_text=re.compile("answer.*by key:ann"))
    act_until(partial(answer.press, "Enter"), answered)
    expect(question).to_be_hidden()
    # and requests another report, once what is missing is given
    page.goto(f"{system.url}/#/reports")
    view.locator("#report-form summary").press("Enter")
    form = view.get_by_role("form", name="Make a report")
    form.get_by_role("button", name="Make the report").click()
    expect(form.get_by_role("alert")).to_have_text("Choose at least one sensor.")
    form.locator("[name=sensors]").select_option("fridge")
    form.locator("[name=preset]").select_option("2-8")
    workflow = form.get_by_role("link", name="its workflow")
    act_until(form.get_by_role("button", name="Make the report").click, workflow)
    workflow.click()
    expect(page.locator("#workflow h2")).to_contain_text("report workflow ready")
    expect(page.locator("#workflow .facts")).to_contain_text("period last-week")


def test_the_form_of_a_report_fits_on_a_phone_with_the_titles_of_the_presets(
    system: System, dashboard: Process, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})

    form = open_form(system, page, Role.OPERATOR)

    expect(form.locator("[name=preset] option")).to_have_count(4)
    assert page.evaluate(SCROLLS_HORIZONTALLY) is False


def test_a_report_is_made_once_if_it_is_requested_again_after_its_response_was_lost(
    system: System, dashboard: Process, page: Page
) -> None:
    form = open_form(system, page, Role.OPERATOR)
    form.locator("[name=sensors]").select_option("fridge")
    make = form.get_by_role("button", name="Make the report")
    page.route("**/api/reports", lambda route: lose(route, "response"))
    unknown = form.get_by_role("alert").filter(has_text="It is not known whether it was requested: ")
    act_until(make.click, unknown)
    page.unroute("**/api/reports")
    act_until(make.click, form.get_by_role("link", name="its workflow"))

    assert system.database.query("SELECT count(*) FROM workflow") == [{"count": 1}]


def test_an_administrator_creates_disables_and_deletes_a_schedule_of_reports(
    system: System, dashboard: Process, page: Page
) -> None:
    # given an administrator, and a sensor
    form = open_form(system, page, Role.ADMIN)
    view = page.locator("#reports")
    # when a report is to be made each week, and what is missing is given
    form.locator("[name=repeat]").select_option("week")
    form.locator("[name=sensors]").select_option("fridge")
    form.locator("[name=time_zone]").fill("Europe/Berlin")
    form.get_by_role("button", name="Make the schedule").click()
    expect(form.get_by_role("alert")).to_have_text("Enter a name for the schedule.")
    form.locator("[name=schedule]").fill("weekly")
    row = view.locator("#report-schedules tbody tr")
    listed = row.filter(has_text="0 6 * * 1 (Europe/Berlin)")
    # then it is listed, and another one of this name is refused
    act_until(form.get_by_role("button", name="Make the schedule").click, listed)
    expect(row).to_contain_text("period last-week")
    taken = form.get_by_role("alert").filter(has_text="There is a schedule weekly already")
    act_until(form.get_by_role("button", name="Make the schedule").click, taken)
    # and it is disabled, and deleted after a question
    disabled = row.locator(".next", has_text="disabled")
    act_until(row.get_by_role("button", name="Disable weekly").click, disabled)
    row.get_by_role("button", name="Delete weekly").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(view.locator("#report-schedules")).to_be_hidden()


def open_form(system: System, page: Page, role: Role) -> Locator:
    """Open the reports with a key of this role and a sensor, and return the form for a report."""
    system.publish("fridge", 4.5)
    page.goto(f"{system.url}/#/reports")
    log_in(page, system.create_key("ann", role))
    page.locator("#report-form summary").press("Enter")
    return page.get_by_role("form", name="Make a report")
