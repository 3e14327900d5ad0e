"""The dashboard in a real browser, over a real broker, a real database and the project's own processes."""

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.broker import DEAD_QUEUE, VirtualHost
from tests.browser import chromium, complaints_of, visit
from tests.database import Database
from tests.integration.dead_letters import bury
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.services import NotHere
from tests.waiting import DEADLINE_SECONDS, eventually

TOKEN = "correct horse battery"
# The page is told each second; the rest is patience with a busy machine.
LIVE_SECONDS = 5.0
# The broker's figures are up to five seconds old.
SEEN_SECONDS = 60.0
PHONE = {"width": 320, "height": 700}
MANY = 500
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium())
        except NotHere as reason:
            pytest.skip(str(reason))
        expect.set_options(timeout=SEEN_SECONDS * 1000)
        yield browser
        expect.set_options()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not have complained when the test ends."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(SEEN_SECONDS * 1000)
        complaints = complaints_of(page)
        yield page
        assert complaints == []


@pytest.fixture
def management_proxy(broker: VirtualHost) -> Iterator[Proxy]:
    target = urlsplit(broker.server.management_url)
    assert target.hostname
    assert target.port
    with Proxy((target.hostname, target.port)) as proxy:
        yield proxy


class System:
    """A consumer and a dashboard, with everything that they need behind proxies."""

    def __init__(
        self,
        broker: VirtualHost,
        database: Database,
        run: Processes,
        proxies: tuple[Proxy, Proxy, Proxy],
    ) -> None:
        self.broker, self.database = broker, database
        self.broker_proxy, self.database_proxy, self.management_proxy = proxies
        self._run = run
        self._places = {
            "RABBITMQ_URL": broker.through(self.broker_proxy),
            "DATABASE_URL": database.through(self.database_proxy),
            "RABBITMQ_MANAGEMENT_URL": f"http://127.0.0.1:{self.management_proxy.port}",
        }
        consumer_port, self._port = with_http(), with_http()
        self.consumer = run.consumer(**consumer_port, **self._places)
        self._services = f"localhost:{consumer_port['HTTP_PORT']}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port['HTTP_PORT']}"

    def start_dashboard(self, token: str = TOKEN) -> Process:
        dashboard = self._run.start(
            "dashboard", **self._port, **self._places, SERVICES=self._services, DASHBOARD_TOKEN=token
        )
        dashboard.logged("serving")
        return dashboard

    def publish(self, sensor_id: str, temperature: float, **more: Any) -> None:
        self.broker.publish(reading(sensor_id, temperature, **more))

    def summary(self) -> list[dict[str, Any]]:
        return self.database.rows("SELECT * FROM last_hour_summary ORDER BY sensor_id")


@pytest.fixture
def system(
    broker: VirtualHost,
    database: Database,
    run: Processes,
    broker_proxy: Proxy,
    database_proxy: Proxy,
    management_proxy: Proxy,
) -> System:
    return System(broker, database, run, (broker_proxy, database_proxy, management_proxy))


@pytest.fixture
def dashboard(system: System) -> Process:
    return system.start_dashboard()


def opened(page: Page, system: System) -> Page:
    """The page, once it is live and all is well."""
    visit(page, system.url)
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#verdict")).to_have_text("All is well")
    return page


def row(page: Page, sensor_id: str) -> Locator:
    return page.locator("#summary tbody tr").filter(
        has=page.get_by_role("rowheader", name=sensor_id, exact=True)
    )


def cells(page: Page, sensor_id: str) -> list[str]:
    return row(page, sensor_id).locator("th, td").all_inner_texts()


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
    eventually(lambda: system.database.count() == 6, SEEN_SECONDS, "they are stored")
    # when the page is opened
    opened(page, system)
    # then each row is the view's
    rows = system.summary()
    assert [one["sensor_id"] for one in rows] == ["attic", "kitchen"]
    for one in rows:
        eventually(
            lambda one=one: cells(page, one["sensor_id"])[:-1] == in_words(one),  # type: ignore[misc]
            LIVE_SECONDS,
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
    total = page.locator("#summary tfoot tr").locator("th, td").all_inner_texts()
    assert total[3:7] == ["6", *(f"{overall[f'{name}_temperature']:.2f}" for name in ("min", "mean", "max"))]


def test_a_reading_is_on_the_page_shortly_after_it_was_stored(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    opened(page, system)
    expect(row(page, "1")).to_be_visible()
    delays = []
    for temperature in (21.25, 22.5, 23.75):
        stored = system.database.count()
        system.publish("1", temperature)
        eventually(lambda stored=stored: system.database.count() > stored, DEADLINE_SECONDS, "it is stored")  # type: ignore[misc]
        began = datetime.now(UTC)
        expect(row(page, "1").locator("td").nth(6)).to_have_text(f"{temperature:.2f}")
        delays.append((datetime.now(UTC) - began).total_seconds())
    assert min(delays) < 1.5, "live within a second, and a little for looking"
    assert max(delays) < LIVE_SECONDS


def test_an_outage_of_the_database_is_shown_and_clears_itself(
    system: System, dashboard: Process, page: Page
) -> None:
    # given a page on which all is well
    system.publish("1", 20.0)
    opened(page, system)
    expect(row(page, "1")).to_be_visible()
    # when the database goes away
    began = datetime.now(UTC).replace(microsecond=0)
    system.database_proxy.refuse()
    system.publish("1", 25.0)
    # then the page says so, since when, and what to do, and shows nothing old as if it were new
    problem = page.locator(".problem").filter(has_text="database")
    expect(problem.locator(".since")).to_have_text(re.compile(r"since \d\d:\d\d:\d\d, for \d+ s"))
    expect(problem.locator(".advice")).not_to_be_empty()
    [told] = [p for p in ask(system, "/api/overview")["problems"] if p["kind"] == "database-away"]
    assert datetime.fromisoformat(told["since"]) >= began
    expect(page.locator("#sensors .note")).to_have_text(
        re.compile("The database does not answer. The sensors are shown as they were at")
    )
    expect(page.locator("#connection")).to_have_text("Live")
    assert dashboard.status("/readyz") == 503
    assert dashboard.status("/livez") == 200
    # and when it is back, the problem is gone and the new reading is there
    system.database_proxy.forward()
    expect(page.locator("#verdict")).to_have_text("All is well")
    expect(problem).to_have_count(0)
    expect(row(page, "1").locator("td").nth(6)).to_have_text("25.00")
    expect(page.locator("#sensors .note")).to_be_hidden()
    eventually(lambda: dashboard.status("/readyz") == 200, LIVE_SECONDS, "it is ready again")


def test_an_outage_of_the_broker_is_shown_and_clears_itself(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    opened(page, system)
    ready = page.locator(".tile").filter(has_text="Ready").locator(".value")
    expect(ready).to_have_text("0")

    system.broker_proxy.refuse()
    system.management_proxy.refuse()

    problem = page.locator(".problem").filter(has_text="broker")
    expect(problem.locator(".since")).to_have_text(re.compile(r"since \d\d:\d\d:\d\d, for \d+ s"))
    expect(ready).to_have_text("\N{EN DASH}")
    expect(page.locator("#dead .note")).to_have_text(re.compile("The broker does not answer"))
    expect(row(page, "1")).to_be_visible()

    system.broker_proxy.forward()
    system.management_proxy.forward()

    expect(page.locator("#verdict")).to_have_text("All is well")
    expect(problem).to_have_count(0)
    expect(ready).to_have_text("0")
    expect(page.locator("#dead .note")).to_have_text("There are none.")


def test_it_starts_and_says_what_is_wrong_while_nothing_answers(system: System, page: Page) -> None:
    for proxy in (system.broker_proxy, system.database_proxy, system.management_proxy):
        proxy.refuse()
    system.start_dashboard()
    visit(page, system.url)
    expect(page.locator(".problem").filter(has_text="broker")).to_be_visible()
    expect(page.locator(".problem").filter(has_text="database")).to_be_visible()
    expect(page.locator("#sensors .note")).to_contain_text("nothing is known of the sensors")


def test_a_page_whose_dashboard_ends_says_so_and_comes_back_by_itself(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    opened(page, system)
    # when it is stopped with a page open, then it ends in time
    assert dashboard.stop(within_seconds=10) == 0
    # then the page does not pretend
    expect(page.locator("#connection")).to_have_text("Reconnecting …")
    expect(page.locator("#stale")).to_contain_text("Not live.")
    # and when it is back, the page is live again
    system.start_dashboard()
    system.publish("1", 24.0)
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#stale")).to_be_hidden()
    expect(row(page, "1").locator("td").nth(6)).to_have_text("24.00")


@pytest.mark.parametrize("part", ["main.js", "format.js", "style.css"])
def test_a_part_of_the_page_that_did_not_arrive_is_asked_for_again(
    system: System, dashboard: Process, page: Page, part: str
) -> None:
    system.publish("1", 20.0)
    page.route(f"**/static/{part}", lambda route: route.abort(), times=1)
    opened(page, system)
    expect(row(page, "1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.unseen')).position") == "absolute"


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


class TestDeadLetters:
    def test_a_dead_letter_is_text_and_can_be_replayed_with_the_token_only(
        self, system: System, dashboard: Process, page: Page
    ) -> None:
        # given a dead letter that tries to be markup
        system.broker.publish(b"<img src=x onerror=alert(1)>{broken")
        system.consumer.logged("dead-lettered")
        visit(page, system.url)
        letter = page.locator(".letter")
        expect(letter).to_have_count(1)
        expect(letter.locator(".tag")).to_have_text("not-json")
        expect(letter.locator(".detail")).to_contain_text("not JSON")
        letter.locator("summary").click()
        expect(letter.locator("pre")).to_have_text("<img src=x onerror=alert(1)>{broken")
        assert page.locator("#dead img").count() == 0
        # when it is to be replayed with a wrong token
        letter.get_by_role("checkbox").check()
        page.get_by_role("button", name="Replay 1 …").click()
        dialog = page.get_by_role("dialog", name="Replay 1 dead letter?")
        dialog.get_by_label("Token").fill("wrong")
        dialog.get_by_role("button", name="Replay").click()
        # then nothing happens
        expect(dialog.get_by_role("alert")).to_have_text("This is not the token.")
        assert len(dashboard.events("order refused")) == 1
        assert len(system.consumer.events("dead-lettered")) == 1
        # and with the right one, it is tried again and dies again
        dialog.get_by_label("Token").fill(TOKEN)
        dialog.get_by_role("button", name="Replay").click()
        expect(page.locator("#outcome")).to_have_text("Replayed 1 not-json.")
        system.consumer.logged("dead-lettered", times=2)
        expect(letter.locator(".hint")).to_contain_text("replayed once")
        assert dashboard.logged("replayed")["reasons"] == {"not-json": 1}
        assert TOKEN not in dashboard.text

    def test_all_of_a_reason_are_discarded_after_the_question(
        self, system: System, dashboard: Process, page: Page
    ) -> None:
        for number in range(3):
            bury(system.broker, f"rubbish {number}")
        bury(system.broker, '{"sensor_id": "x"}', "invalid-field")
        visit(page, system.url)
        page.get_by_role("button", name="not-json 3").click()
        expect(page.locator(".letter")).to_have_count(3)
        # when the question is answered with no
        page.get_by_role("button", name="Discard all of not-json …").click()
        page.get_by_role("button", name="Cancel").click()
        assert system.broker.ready(DEAD_QUEUE) == 4
        # and then with yes
        page.get_by_role("button", name="Discard all of not-json …").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Token").fill(TOKEN)
        dialog.get_by_role("button", name="Discard").click()
        expect(page.locator("#outcome")).to_have_text("Discarded 3 not-json.")
        expect(page.locator(".letter .tag")).to_have_text(["invalid-field"])
        eventually(lambda: system.broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "one is left")
        # then the token is not asked for again in this tab
        page.get_by_label("all that are shown").check()
        page.get_by_role("button", name="Discard 1 …").click()
        expect(dialog.get_by_label("Token")).to_be_hidden()
        dialog.get_by_role("button", name="Discard").click()
        expect(page.locator("#dead .note")).to_have_text("There are none.")

    def test_without_a_token_the_page_only_looks_and_says_how_to_change_that(
        self, system: System, page: Page
    ) -> None:
        system.start_dashboard(token="")
        bury(system.broker)
        visit(page, system.url)
        page.locator(".letter").get_by_role("checkbox").check()
        expect(page.locator("#access")).to_contain_text("set DASHBOARD_TOKEN")
        for name in ("Replay", "Discard"):
            expect(page.get_by_role("button", name=re.compile(name))).to_be_disabled()


class TestEverybody:
    def test_a_phone_has_nothing_to_scroll_sideways(
        self, system: System, dashboard: Process, page: Page
    ) -> None:
        system.database.rows(
            "INSERT INTO sensor (sensor_id, name, location) VALUES (%s, %s, %s)",
            "x" * 128,
            "a name without end " * 10,
            "W" * 200,
        )
        system.publish("x" * 128, 20.0)
        bury(system.broker, "y" * 3_000, "z" * 100)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        visit(page, system.url)
        expect(page.locator(".letter")).to_have_count(1)
        page.locator(".card").scroll_into_view_if_needed()
        expect(page.locator(".card canvas")).to_have_count(1)
        page.locator(".letter summary").click()
        expect(page.locator(".problem").first).to_be_visible()
        width, wide = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert width == wide == PHONE["width"]

    def test_it_can_be_used_by_keyboard(self, system: System, dashboard: Process, page: Page) -> None:
        for sensor_id, temperature in (("1", 20.0), ("2", 25.0)):
            system.publish(sensor_id, temperature)
        opened(page, system)
        expect(row(page, "2")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        page.get_by_role("button", name="Mean").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name="Mean")).to_have_attribute("aria-sort", "descending")
        expect(page.locator("#summary tbody th")).to_have_text(["2", "1"])

    def test_a_screen_reader_finds_its_way(self, system: System, dashboard: Process, page: Page) -> None:
        system.publish("1", 20.0)
        opened(page, system)
        expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
        for name in ("Flow", "Sensors", "The last hour", "Dead letters", "Services"):
            expect(page.get_by_role("region", name=re.compile(f"^{name}")).first).to_be_visible()
        expect(page.get_by_role("img", name=re.compile("^Queue depth since .*ready: now 0"))).to_be_visible()
        unnamed = "input:not([aria-labelledby]), button, a, [role=img]"
        for element in page.locator(unnamed).all():
            if element.is_visible():
                expect(element).to_have_accessible_name(re.compile("."))
        system.consumer.stop()
        expect(page.locator("#announcer")).to_have_text(re.compile("^Problem: "))
        expect(page.locator("#announcer")).to_have_attribute("aria-live", "polite")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_text_stands_out_in_light_and_in_dark(
        self, system: System, dashboard: Process, browser: Browser, scheme: Any
    ) -> None:
        with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
            page = context.new_page()
            visit(page, system.url)
            expect(page.locator("#connection")).to_have_text("Live")
            for text, back in (
                ("text", "page"), ("text", "surface"), ("muted", "page"), ("muted", "surface"),
                ("muted", "sunken"), ("good", "good-back"), ("warn", "warn-back"), ("bad", "bad-back"),
                ("muted", "warn-back"), ("muted", "bad-back"),
                ("accent", "surface"), ("bad", "surface"),
            ):  # fmt: skip
                assert contrast(page, text, back) >= 4.5, f"{text} on {back}"
            assert page.evaluate("getComputedStyle(document.querySelector('.dot')).animationName") == "none"

    def test_five_hundred_sensors_can_be_worked_with(
        self, system: System, dashboard: Process, page: Page
    ) -> None:
        # given that many sensors with a minute of readings
        system.database.rows(
            "INSERT INTO sensor (sensor_id) SELECT 's' || n FROM generate_series(1, %s) AS n", MANY
        )
        system.database.rows(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
            "SELECT gen_random_uuid(), 's' || n, now() - interval '1 second' * s, 20 + n / 100.0 "
            "FROM generate_series(1, %s) AS n, generate_series(0, 55, 5) AS s",
            MANY,
        )
        # when the page is opened
        began = datetime.now(UTC)
        visit(page, system.url)
        expect(page.locator("#summary tbody tr")).to_have_count(MANY)
        expect(page.locator(".card canvas").first).to_be_visible()
        assert datetime.now(UTC) - began < timedelta(seconds=15)
        # then only what is in sight has a chart, and a sensor is found at once
        assert page.locator(".card").count() == 12
        began = datetime.now(UTC)
        page.get_by_label("Find").fill("s250")
        expect(page.locator("#summary tbody tr")).to_have_count(1)
        expect(page.locator(".card .last b")).to_have_text("22.50")
        assert datetime.now(UTC) - began < timedelta(seconds=5)
        # and the page is not kept busy by all of them
        system.publish("s250", 30.0)
        expect(page.locator(".card .last b")).to_have_text("30.00")
        page.get_by_label("Find").fill("")
        page.get_by_role("button", name="Show 48 more of 488").click()
        expect(page.locator(".card")).to_have_count(60)


def ask(system: System, path: str) -> Any:
    with _DIRECT.open(system.url + path, timeout=10) as answer:
        return json.load(answer)


def contrast(page: Page, text: str, back: str) -> float:
    """The ratio of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    one, other = sorted(map(partial(luminance, page), (text, back)), reverse=True)
    return (one + 0.05) / (other + 0.05)


def luminance(page: Page, name: str) -> float:
    color = page.evaluate(
        "name => { const p = document.createElement('p'); p.style.color = `var(--${name})`;"
        "document.body.append(p); const c = getComputedStyle(p).color; p.remove(); return c; }",
        name,
    )
    channels = [int(number) / 255 for number in re.findall(r"\d+", color)[:3]]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
