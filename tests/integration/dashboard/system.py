"""A consumer and a dashboard, and helpers that read the page."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from db.evaluation.evaluation import Evaluation
from db.queries.keys import Keys
from db.roles import AccessLevel
from runtime.access import Role, generate_key, hash_secret
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

# How the page says that a request failed for a moment, which a busy machine can cause at any time.
TEMPORARY = re.compile("try again in a moment|does not (answer|respond)", re.IGNORECASE)
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class System:
    """A consumer and a dashboard, whose connections go through proxies, with the roles of production."""

    def __init__(
        self,
        broker: VirtualHost,
        database: Database,
        roles: Roles,
        run: Processes,
        proxies: tuple[Proxy, Proxy, Proxy],
    ) -> None:
        self.broker, self.database = broker, database
        self.broker_proxy, self.database_proxy, self.management_proxy = proxies
        self._roles, self._run = roles, run
        self._settings = {
            "RABBITMQ_URL": broker.url_through(self.broker_proxy),
            "RABBITMQ_MANAGEMENT_URL": f"http://127.0.0.1:{self.management_proxy.port}",
        }
        consumer_port, self._port = with_http(), with_http()
        self.consumer = run.start_consumer(
            **consumer_port, **self._settings, DATABASE_URL=self._database_url(AccessLevel.WRITER)
        )
        self._services = f"localhost:{consumer_port['HTTP_PORT']}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port['HTTP_PORT']}"

    def _database_url(self, level: AccessLevel) -> str:
        return self.database_proxy.proxied_url(self.database.url_as(self._roles[level]))

    def create_key(self, name: str, role: Role) -> str:
        """Create a key and return it."""
        key = generate_key()
        with closing(Keys(self.database.settings_as(self._roles[AccessLevel.MANAGER]))) as keys:
            keys.create("sensorctl:test", name, role, hash_secret(key))
        return key

    def start_dashboard(self, **settings: str) -> Process:
        variables = {"DATABASE_URL": self._database_url(AccessLevel.MANAGER), "SERVICES": self._services}
        dashboard = self._run.start("dashboard", **self._port, **self._settings | variables | settings)
        dashboard.wait_for_event("serving")
        return dashboard

    @contextmanager
    def evaluation(self) -> Iterator[Evaluation]:
        """Yield an evaluation of limits, as the alerter has it."""
        with closing(Evaluation(self.database.settings_as(self._roles[AccessLevel.EVALUATOR]))) as evaluation:
            yield evaluation

    @contextmanager
    def analyst(self) -> Iterator[Database]:
        """Yield the database as the analysis has it."""
        with closing(Database(self.database.url_as(self._roles[AccessLevel.ANALYST]))) as database:
            yield database

    @contextmanager
    def worker(self) -> Iterator[Database]:
        """Yield the database as a worker has it."""
        with closing(Database(self.database.url_as(self._roles[AccessLevel.WORKER]))) as database:
            yield database

    def publish(self, sensor_id: str, temperature: float, **more: Any) -> None:
        self.broker.publish(reading(sensor_id, temperature, **more))

    def summary(self) -> list[dict[str, Any]]:
        return self.database.query("SELECT * FROM last_hour_summary ORDER BY sensor_id")


def open_page(page: Page, system: System) -> None:
    """Open the page, and wait until it is live and shows no problem."""
    page.goto(system.url)
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#overall-status")).to_have_text("No problems")


def log_in(page: Page, key: str) -> None:
    """Log in with a key, by the button in the header unless the page shows the dialog by itself."""
    dialog = page.get_by_role("dialog", name="Log in")
    expect(page.locator("#account .log-in").or_(dialog).first).to_be_visible()
    if not dialog.is_visible():
        page.locator("#account .log-in").click()
    dialog.get_by_label("Key").fill(key)
    who = page.locator("#account .who").filter(has_text="(")
    act_until(dialog.get_by_role("button", name="Log in").click, who)


def act_until(action: Callable[[], None], done: Locator) -> None:
    """Act, and again whenever the page shows that it failed for a moment, until it shows `done`.

    A person does the same: requests have timeouts of a few seconds, which a busy machine can exceed.
    """
    shown = done.page.get_by_role("alert").filter(has_text=re.compile(r"\S"), visible=True)
    either = done.filter(visible=True).or_(shown.filter(has_text=TEMPORARY)).first

    def attempt() -> bool:
        action()
        try:
            expect(either).to_be_visible()
        except AssertionError as error:
            raise AssertionError(f"{error}\nThe page shows as errors: {shown.all_inner_texts()}") from None
        return done.first.is_visible()

    eventually(attempt, DEADLINE_SECONDS, "an attempt succeeds")


def row(page: Page, sensor_id: str) -> Locator:
    return page.locator("#summary tbody tr").filter(
        has=page.get_by_role("rowheader", name=sensor_id, exact=True)
    )


def cell_texts(page: Page, sensor_id: str) -> list[str]:
    return row(page, sensor_id).locator("th, td").all_inner_texts()


def get_json(system: System, path: str) -> Any:
    with _DIRECT.open(system.url + path, timeout=DEADLINE_SECONDS) as response:
        return json.load(response)
