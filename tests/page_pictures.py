"""Take pictures of the page with sensors that are made up, for the documentation, into docs/pictures.

Usage: `python -m tests.page_pictures`.

They show a sensor with its forecast, anomalies, limits, calibration and excursions, its history, the
overview, and the login, on a large screen and on a phone. It starts its own broker, database and
dashboard, as the tests do.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from db.evaluation.evaluation import Evaluation
from db.migrate import upgrade
from db.queries.keys import Keys
from db.sensors import continue_changes
from runtime.access import Role, generate_key, hash_secret
from tests.analysis_rows import store_anomaly, store_forecast
from tests.browser import chromium
from tests.database import Database
from tests.pictures import FOLDER, SETTLED_MS
from tests.processes import processes, with_http
from tests.services import postgres, rabbitmq
from tests.waiting import DEADLINE_SECONDS

SCREENS = (("", 1280, 1.0), ("-phone", 390, 1.5))
SENSORS = """
INSERT INTO sensor (sensor_id, name, location, unit) VALUES
    ('fridge-1', 'Vaccine fridge', 'Pharmacy', NULL), ('fridge-2', 'Milk fridge', 'Kitchen', NULL),
    ('freezer', 'Freezer', 'Cellar', NULL), ('greenhouse', 'Greenhouse', 'Garden', 'fahrenheit')
"""
# Every two minutes for ten days. A door was open two days ago, and a fridge has been warming for 40 minutes.
READINGS = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), sensor_id, now() - n * interval '2 minutes',
       base + swing * sin(n / 230.0) + 0.15 * sin(n * 1.7)
       + CASE WHEN sensor_id <> 'fridge-1' THEN 0
              WHEN n BETWEEN 1400 AND 1460 THEN 6 * sin((n - 1400) / 60.0 * pi())
              WHEN n <= 20 THEN (20 - n) * 0.23 ELSE 0 END
FROM generate_series(0, 7200) AS n,
     (VALUES ('fridge-1', 5, 0.4), ('fridge-2', 6, 0.6), ('freezer', -19, 0.8), ('greenhouse', 17, 6))
     AS sensors (sensor_id, base, swing)
"""
LIMITS: tuple[dict[str, Any], ...] = (
    {"sensor_id": "fridge-1", "kind": "high", "threshold": 8, "delay_seconds": 600, "hysteresis": 0.5},
    {"sensor_id": "fridge-1", "kind": "low", "threshold": 2, "delay_seconds": 600, "hysteresis": 0.5},
    {"sensor_id": "fridge-1", "kind": "high", "threshold": 10, "severity": "critical"},
    {"pattern": "fridge-*", "kind": "stale", "delay_seconds": 900},
    {"location": "Pharmacy", "kind": "rate", "threshold": 3, "window_seconds": 300},
)

# Kind, start and end in minutes before now, observed, expected, and reason.
ANOMALIES: tuple[tuple[str, tuple[int, int | None], tuple[float, float], str], ...] = (
    ("level-shift", (40, None), (8.2, 4.7), "8.2 °C where 4.7 °C was expected: a step of 3.5 K"),
    ("unusual", (2920, 2800), (10.6, 4.6), "10.6 °C where 4.6 °C was expected at this time of day"),
)
MARK = "SELECT mark_anomaly('key:ben', anomaly_id, 'right', 'door was open') FROM anomaly WHERE kind = %s"


def fill(database: Database) -> str:
    """Store sensors, readings, limits and a calibration, and return the key of an operator."""
    database.query(SENSORS)
    rules = [{"severity": "warning", **limit} for limit in LIMITS]
    database.query("SELECT set_limits('key:anna', %s)", json.dumps(rules))
    calibration = {"offset": -0.4, "note": "door seal replaced in May"}
    database.query("SELECT change_sensor('key:anna', 'fridge-1', %s)", json.dumps(calibration))
    database.query(READINGS)
    while database.query("SELECT roll_up_hours() AS done") != [{"done": 0}]:
        pass
    continue_changes(database.settings)
    with closing(Evaluation(database.settings)) as evaluation:
        evaluation.evaluate()
    database.query(
        "SELECT acknowledge_excursion('key:ben', excursion_id, 'door was open') FROM excursion "
        "WHERE ended_at IS NOT NULL"
    )
    store_analysis(database)
    key = generate_key()
    with closing(Keys(database.settings)) as keys:
        keys.create("sensorctl", "anna", Role.OPERATOR, hash_secret(key))
    return key


def store_analysis(database: Database) -> None:
    """Store forecasts, an anomaly that lasts, and one that is marked."""
    store_forecast(database, "fridge-1", 5, 0.4)
    store_forecast(database, "fridge-2", 6, 0.6)
    for kind, minutes_ago, temperatures, reason in ANOMALIES:
        store_anomaly(database, "fridge-1", kind, minutes_ago, temperatures, reason)
    database.query(MARK, "unusual")


@contextmanager
def demonstration() -> Iterator[tuple[str, str]]:
    """Run a dashboard with a filled database; yield its address and the key of an operator."""
    with (
        tempfile.TemporaryDirectory() as folder,
        rabbitmq() as broker,
        postgres() as server,
        broker.virtual_host("quorum") as host,
        server.database() as database,
    ):
        host.declare()
        upgrade(database.settings)
        key = fill(database)
        with processes(Path(folder), host.environment | database.environment) as run:
            run.start_consumer()
            port = with_http()
            run.start("dashboard", **port).wait_for_event("serving")
            yield f"http://127.0.0.1:{port['HTTP_PORT']}", key


def take_page(browser: Browser, url: str, key: str, suffix: str, width: int, scale: float) -> Iterator[Path]:
    """Take a picture of each view at this width, and yield its path."""
    size = {"width": width, "height": 844}
    with browser.new_context(viewport=size, device_scale_factor=scale) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(DEADLINE_SECONDS * 1000)
        expect.set_options(timeout=DEADLINE_SECONDS * 1000)
        page.goto(url)
        dialog = page.get_by_role("dialog", name="Log in")
        expect(dialog).to_be_visible()
        yield _shoot(page, f"login{suffix}")
        dialog.get_by_label("Key").fill(key)
        page.keyboard.press("Enter")
        expect(page.locator("#excursions li").first).to_be_visible()
        expect(page.locator("#throughput canvas")).to_have_count(3)
        yield _shoot(page, f"overview{suffix}")
        page.goto(f"{url}/#/sensor/fridge-1")
        expect(page.locator("#sensor .excursions tbody tr").first).to_be_visible()
        expect(page.locator("#sensor .legend")).to_contain_text("Anomaly 1")
        expect(page.locator("#sensor .when")).to_have_text("one point per minute")
        yield _shoot(page, f"sensor{suffix}", full_page=not suffix)
        page.goto(f"{url}/#/history?sensor=fridge-1&sensor=fridge-2")
        page.locator("#history").get_by_role("button", name="Week").click()
        expect(page.locator("#history .when")).to_have_text("one point per hour")
        yield _shoot(page, f"history-limits{suffix}")


def _shoot(page: Page, name: str, *, full_page: bool = False) -> Path:
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    page.wait_for_timeout(SETTLED_MS)
    taken = FOLDER / f"{name}.png"
    page.screenshot(path=taken, full_page=full_page)
    return taken


def main() -> None:
    """Take all pictures and print their paths."""
    with demonstration() as (url, key), chromium() as browser:
        for suffix, width, scale in SCREENS:
            for taken in take_page(browser, url, key, suffix, width, scale):
                sys.stdout.write(f"{taken}\n")


if __name__ == "__main__":
    main()
