"""A consumer and a dashboard, and what their page shows."""

import json
import urllib.request
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.broker import VirtualHost
from tests.browser import visit
from tests.database import Database
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS

TOKEN = "correct horse battery"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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


def ask(system: System, path: str) -> Any:
    with _DIRECT.open(system.url + path, timeout=DEADLINE_SECONDS) as answer:
        return json.load(answer)
