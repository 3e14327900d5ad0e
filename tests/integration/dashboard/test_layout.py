"""Whatever is shown, the page keeps its layout, and every part of it can be reached."""

import re
import signal
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.integration.dashboard.system import System, open_page, row
from tests.integration.dead_letters import publish_dead_letter
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually

LONG_ID = "x" * 128
# Show an hour that ends at a full hour, so that the last label of each time axis is at its end.
SHOW_FULL_HOUR = """
for (const { chart } of document.querySelectorAll("#overview .plot")) {
  const to = 1_800_000_000, columns = chart?.data.slice(1) ?? [];
  chart?.setData([[to - 3600, to], ...columns.map(() => [1, 2])], to - 3600, to);
}
"""
# How many labels the temperatures of each chart have.
TEMPERATURE_LABELS = """
[...document.querySelectorAll(".card .plot")].filter((e) => e.chart?.plot).map(({ chart: { plot } }) =>
  plot.axes[1]._splits.length)
"""
# How far that label exceeds the chart, in pixels; uPlot draws it on a canvas.
LABEL_OVERHANG = """
[...document.querySelectorAll(".plot")].filter((e) => e.chart?.plot).map(({ chart: { plot } }) => {
  const [axis] = plot.axes, last = axis._splits.length - 1, ratio = devicePixelRatio;
  plot.ctx.font = axis.font[0];
  const width = plot.ctx.measureText(axis._values[last]).width / ratio;
  return plot.bbox.left / ratio + plot.valToPos(axis._splits[last], "x") + width / 2 - plot.width;
})
"""
SCROLLABLE_WITHOUT_KEYBOARD = """
[...document.querySelectorAll("main *, dialog *")]
  .filter((e) => /auto|scroll/.test(getComputedStyle(e).overflow))
  .filter((e) => e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth)
  .filter((e) => e.tabIndex < 0 || e.getAttribute("role") !== "region" || !e.ariaLabel)
  .map((e) => e.outerHTML.slice(0, 100))
"""


def add_offline_sensors(
    system: System, number: int, interval: str = "10 seconds", readings: int = 20
) -> None:
    system.database.query(
        "INSERT INTO sensor (sensor_id) SELECT 'lost-' || n FROM generate_series(1, %s) AS n", number
    )
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature) "
        "SELECT gen_random_uuid(), 'lost-' || n, now() - interval '20 minutes' - age * %s::interval, "
        "now() - interval '20 minutes' - age * %s::interval, 20 "
        "FROM generate_series(1, %s) AS n, generate_series(1, %s) AS age",
        interval, interval, number, readings,
    )  # fmt: skip


def width(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return box["width"]


def test_long_texts_do_not_widen_the_page(system: System, dashboard: Process, page: Page) -> None:
    # given long texts where another client chooses them, and the most reasons that a page can have
    system.database.query(
        "INSERT INTO sensor (sensor_id, name, location) VALUES (%s, %s, %s)", LONG_ID, "n" * 200, "l" * 200
    )
    system.publish(LONG_ID, 20.0)
    system.publish("short", 5.03)
    publish_dead_letter(system.broker, "rubbish", "r" * 3_000, **{"x-dead-detail": "d" * 3_000})
    for number in range(40):
        publish_dead_letter(system.broker, f"rubbish {number}", f"reason-{number} of another client")
    # when the page is opened
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(system.url)
    expect(row(page, "short")).to_be_visible()
    expect(page.locator(".letter")).to_have_count(41)
    # then the table needs no horizontal scroll bar for a long ID, which is readable completely
    scroll = page.locator("#summary .scroll")
    assert scroll.evaluate("element => element.scrollWidth - element.clientWidth") == 0
    expect(row(page, LONG_ID).get_by_role("rowheader")).to_have_text(LONG_ID)
    # and reasons take little of the panel
    expect(page.locator(".chip")).to_have_count(20)
    expect(page.locator(".more-reasons")).to_contain_text("and 22 more reasons")
    assert max(width(chip) for chip in page.locator(".chip").all()) <= 320
    chips = page.locator("#dead-letters .chips").bounding_box()
    assert chips
    assert chips["height"] < 220
    # and no label of a time axis is cut
    expect(page.locator(".card canvas").first).to_be_visible()
    # nor is one missing where a temperature stays the same
    eventually(
        lambda: min(page.evaluate(TEMPERATURE_LABELS), default=0) >= 2, DEADLINE_SECONDS, "there are labels"
    )
    for viewport in (
        {"width": 1280, "height": 900},
        {"width": 700, "height": 900},
        {"width": 320, "height": 700},
    ):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        eventually(lambda: axes_fit(page), DEADLINE_SECONDS, f"at {viewport} no label is cut")
    # and the page of the sensor is as wide as the phone
    page.locator(".card h3 a").filter(has_text=LONG_ID).click()
    expect(page.locator("#sensor .legend")).to_contain_text(LONG_ID)
    expect(page.locator("#sensor .loaded")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def axes_fit(page: Page) -> bool:
    """Return whether the last labels end within the charts, which follow the width of the page."""
    page.evaluate(SHOW_FULL_HOUR)
    overhang: list[float] = page.evaluate(LABEL_OVERHANG)
    return len(overhang) >= 3 and -18 < max(overhang) <= 0


def test_of_many_offline_sensors_the_lists_show_some_and_how_many_more(
    system: System, dashboard: Process, page: Page
) -> None:
    add_offline_sensors(system, 230)

    page.goto(system.url)

    expect(page.locator("#offline h3")).to_have_text("Offline: 230")
    expect(page.locator("#offline li")).to_have_count(200)
    expect(page.locator("#offline .rest")).to_contain_text("and 30 more: ")
    expect(page.locator(".problem")).to_have_count(200)
    expect(page.locator("#problems .rest")).to_have_text(re.compile(r"and 3\d more problems: "))
    expect(page.locator("#overall-status")).to_have_text(re.compile(r"23\d problems"))


def test_a_printed_page_has_every_row_and_no_buttons(system: System, dashboard: Process, page: Page) -> None:
    system.database.query("INSERT INTO sensor (sensor_id) SELECT 's' || n FROM generate_series(1, 60) AS n")
    system.database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), 's' || n, now(), 20 FROM generate_series(1, 60) AS n"
    )
    page.goto(system.url)
    scroll = page.locator("#summary .scroll")
    expect(scroll.locator("tbody tr")).to_have_count(60)
    hidden = "element => element.scrollHeight - element.clientHeight"
    assert scroll.evaluate(hidden) > 0
    # given charts that were drawn in a window that is wider than the paper
    expect(page.locator("#throughput canvas")).to_have_count(3)
    page.evaluate("for (const wrap of document.querySelectorAll('.u-wrap')) wrap.style.width = '5000px'")
    overhang = "wrap => wrap.offsetWidth - wrap.closest('.plot').clientWidth"
    assert page.locator("#throughput .u-wrap").first.evaluate(overhang) > 1000

    page.emulate_media(media="print")

    assert scroll.evaluate(hidden) == 0
    assert page.locator("#throughput .u-wrap").first.evaluate(overhang) <= 0
    expect(scroll.get_by_role("button", name="Sensor")).to_be_visible()  # a column
    expect(page.get_by_role("button", name="Show 48 more of 48")).to_be_hidden()


def test_every_scrollable_part_can_be_reached_by_keyboard(
    system: System, dashboard: Process, page: Page
) -> None:
    # given so many problems, offline sensors, and dead letters that their lists scroll
    add_offline_sensors(system, 40)
    system.publish("here", 20.0)
    for number in range(30):
        publish_dead_letter(system.broker, f"rubbish {number}\n" * 50)
    page.goto(system.url)
    expect(page.locator(".problem")).to_have_count(41)
    expect(page.locator("#offline li")).to_have_count(40)
    expect(page.locator(".letter")).to_have_count(30)
    page.locator(".letter summary").first.click()
    # then each has the focus of the keyboard, a role and a name
    assert page.evaluate(SCROLLABLE_WITHOUT_KEYBOARD) == []
    for name in ("List of problems", "List of offline sensors", "List of dead letters", "Summary table"):
        region = page.get_by_role("region", name=name)
        region.focus()
        expect(region).to_be_focused()
        page.keyboard.press("End")
    assert page.get_by_role("region", name="List of problems").evaluate("element => element.scrollTop") > 0


def test_the_interval_of_a_fast_sensor_is_not_0(system: System, dashboard: Process, page: Page) -> None:
    add_offline_sensors(system, 1, "20 milliseconds", readings=15_000)
    page.goto(system.url)
    expect(page.locator("#offline li")).to_have_text(re.compile(r"usual interval 0\.02 s"))
    expect(page.locator(".problem").filter(has_text="lost-1")).to_contain_text("one every 0.02 s")


def test_a_dead_letter_that_is_not_text_breaks_nothing(
    system: System, dashboard: Process, page: Page
) -> None:
    publish_dead_letter(system.broker, b'{"sensor_id": "\\ud800"}', "invalid-field")
    publish_dead_letter(system.broker, b"\xff\xfe", "expired")
    page.goto(system.url)
    expect(page.locator(".letter")).to_have_count(2)
    letter = page.locator(".letter").filter(has_text="expired")  # looking at them may change their order
    letter.locator("summary").click()
    expect(letter.locator("pre")).to_have_text(r"\xff\xfe")
    expect(letter.locator(".replay-hint")).to_contain_text("a replay stores it if it is a valid reading")


def test_a_page_that_is_not_live_does_not_look_as_if_it_were(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    open_page(page, system)
    badge = page.locator("#overall-status")
    expect(badge).to_have_attribute("data-state", "good")
    # when the dashboard makes no progress, and when it is gone
    for disturbance in (signal.SIGSTOP, signal.SIGKILL):
        dashboard.send(disturbance)
        expect(badge).to_have_text("Not live")
        expect(badge).to_have_attribute("data-state", "bad")
        expect(page).to_have_title("(not live) Sensors")
        expect(page.locator("#stale")).to_have_text(
            re.compile(r"^Not live since \d\d:\d\d:\d\d, \d+ s ago: ")
        )
    # then a page that is opened meanwhile says so too, and recovers
    system.start_dashboard()
    expect(badge).to_have_text("No problems")
    expect(page.locator("#stale")).to_be_hidden()


def test_a_page_whose_stream_is_refused_says_so_and_tries_again(
    system: System, dashboard: Process, page: Page
) -> None:
    def refuse(route: Any) -> None:
        route.fulfill(status=429, content_type="application/problem+json", body="{}")

    page.route("**/api/events", refuse)
    page.goto(system.url)
    expect(page.locator("#stale")).to_contain_text("Not live: the dashboard sends no status.")
    expect(page.locator("#overall-status")).to_have_text("Not live")
    page.unroute("**/api/events")
    expect(page.locator("#overall-status")).to_have_attribute("data-state", "good")
