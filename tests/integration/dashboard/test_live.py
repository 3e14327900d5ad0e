"""The page shows what the views say, as soon as the dashboard has seen it."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import visit
from tests.integration.dashboard.system import System, ask, cells, opened, row
from tests.processes import Process
from tests.waiting import DEADLINE_SECONDS, eventually


def in_words(summary: dict[str, Any]) -> list[str]:
    """A row of the view as the table writes it, without the age of the last reading."""
    measures = ("min_temperature", "mean_temperature", "max_temperature", "last_temperature")
    texts = [summary["sensor_id"], summary["name"] or "", summary["location"] or ""]
    return [*texts, str(summary["readings"]), *(f"{summary[name]:.2f}" for name in measures)]


def test_the_table_shows_what_the_view_says(system: System, dashboard: Process, page: Page) -> None:
    # given readings of two sensors, of which one has a name that looks like markup
    system.database.rows("INSERT INTO sensor (sensor_id, name) VALUES ('attic', '<b>Attic</b>')")
    for temperature in (20.004, 21.5, 23.25):
        system.publish("attic", temperature)
        system.publish("kitchen", temperature - 30)
    eventually(lambda: system.database.count() == 6, DEADLINE_SECONDS, "they are stored")
    # when the page is opened
    opened(page, system)
    # then each row is the view's
    rows = system.summary()
    assert [one["sensor_id"] for one in rows] == ["attic", "kitchen"]
    for one in rows:
        eventually(
            lambda one=one: cells(page, one["sensor_id"])[:-1] == in_words(one),  # type: ignore[misc]
            DEADLINE_SECONDS,
            f"the row of {one['sensor_id']} is the view's",
        )
    # and so are the card, its chart's description, and the row over all
    card = page.locator(".card").filter(has_text="<b>Attic</b> (attic)")
    expect(card.locator(".mean")).to_have_text("21.58")
    expect(card.get_by_role("img")).to_have_accessible_name(
        re.compile(r"minimum 20\.00, mean 21\.58, maximum 23\.25 °C, 3 readings")
    )
    expect(card.locator("canvas")).to_be_visible()
    (overall,) = system.database.rows("SELECT * FROM last_hour_overall")
    total = page.locator("#summary tfoot tr").locator("th, td")
    expected = ["6", *(f"{overall[f'{name}_temperature']:.2f}" for name in ("min", "mean", "max"))]
    eventually(lambda: total.all_inner_texts()[3:7] == expected, DEADLINE_SECONDS, "the last row is over all")


def test_a_reading_is_on_the_page_as_soon_as_the_dashboard_has_seen_it(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a page whose own clock stands still: it can wait for nothing but the dashboard
    system.publish("1", 20.0)
    page.clock.install()
    opened(page, system)
    expect(row(page, "1")).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    looked_at: list[datetime] = []
    for temperature in (21.25, 22.5, 23.75):
        # when a reading is stored
        system.publish("1", temperature)
        stored_at = eventually(partial(stored, system, temperature), DEADLINE_SECONDS, "it is stored")
        # then the second look that ends afterwards, which began afterwards, has it at the latest
        without = looks_without(system, temperature)
        assert sum(at > stored_at for at in without) <= 1
        looked_at += without
        # and so has the page
        expect(row(page, "1").locator("td").nth(6)).to_have_text(f"{temperature:.2f}")
    # and there is a look each second
    looked_at += looks_without(system, None, at_least=3)
    pauses = [later - earlier for earlier, later in pairwise(dict.fromkeys(looked_at))]
    assert min(pauses) < timedelta(seconds=1.5)


def stored(system: System, temperature: float) -> datetime | None:
    """When it was."""
    rows = system.database.rows("SELECT received_at FROM reading WHERE temperature = %s", temperature)
    return rows[0]["received_at"] if rows else None


def looks_without(system: System, temperature: float | None, at_least: int = 0) -> list[datetime]:
    """The moments of the dashboard's next looks, up to the one that saw this temperature."""
    looks: dict[datetime, None] = {}

    def seen() -> bool:
        overview = ask(system, "/api/overview")
        if len(looks) >= at_least and temperature in (None, overview["sensors"][0]["last_temperature"]):
            return True
        looks[datetime.fromisoformat(overview["at"])] = None
        return False

    eventually(seen, DEADLINE_SECONDS, "the dashboard looks")
    return list(looks)


def test_a_silent_sensor_is_named(system: System, dashboard: Process, page: Page) -> None:
    system.database.rows("INSERT INTO sensor (sensor_id) VALUES ('lost')")
    system.database.rows(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature) "
        "SELECT gen_random_uuid(), 'lost', moment, moment, 20 FROM generate_series("
        "now() - interval '30 minutes', now() - interval '20 minutes', interval '10 seconds') AS moment"
    )
    system.publish("here", 21.0)
    visit(page, system.url)
    expect(page.locator("#silent li")).to_have_text(
        re.compile(r"^lost since \d\d:\d\d:\d\d, usually each 10 s")
    )
    expect(page.locator(".problem").filter(has_text="lost")).to_be_visible()
    page.get_by_label("silent only").check()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#summary tbody tr")).to_have_count(1)


@pytest.mark.parametrize("part", ["main.js", "format.js", "style.css"])
def test_a_part_of_the_page_that_did_not_arrive_is_asked_for_again(
    system: System, dashboard: Process, page: Page, part: str
) -> None:
    system.publish("1", 20.0)
    page.route(f"**/static/{part}", lambda route: route.abort(), times=1)
    # The page may load itself again before it has loaded, so that is not waited for.
    visit(page, system.url, wait_until="commit")
    # Without its style it is live too, until it is loaded again.
    expect(page.locator("#announcer")).to_have_css("position", "absolute")
    expect(page.locator("#connection")).to_have_text("Live")
    expect(row(page, "1")).to_be_visible()
