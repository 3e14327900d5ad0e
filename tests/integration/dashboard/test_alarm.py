"""The office temperatures raise an alarm: it is e-mailed, acknowledged on the page, and clears by itself.

Every process is the real one, with its own user of the broker and its own role in the database.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sensor.sources.factory import OFFICE_SAMPLE
from tests.broker import QUEUE, RabbitMQ
from tests.database import Postgres
from tests.integration.dashboard.system import act_until, log_in
from tests.ntfy_server import NtfyServer
from tests.privileges import PASSWORD, Stack, sensorctl, set_up_stack
from tests.processes import Processes, processes, with_http
from tests.smtp_server import SmtpServer, text_of
from tests.tls import CertificateAuthority
from tests.waiting import DEADLINE_SECONDS, eventually

HIGH, HYSTERESIS = 24.5, 0.2
# Rows of the recording: up to the warm night, to its middle, and to the next morning.
BEFORE, WARM, AFTER = slice(1750, 1797), slice(1797, 1804), slice(1804, 1812)
FIRING, RESOLVED = "FIRING critical: TemperatureHigh office", "RESOLVED: TemperatureHigh office"
Point = tuple[datetime, float]


@pytest.fixture(scope="module")
def stack(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[Stack]:
    with set_up_stack(rabbitmq, postgres, runs=1) as stack:
        yield stack


def read_office() -> list[Point]:
    """Return the hourly temperatures in °C, in times that end within this hour."""
    with OFFICE_SAMPLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[: AFTER.stop]
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    times = [datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC) for row in rows]
    return [
        (time + (now - times[-1]), (float(row["value"]) - 32) * 5 / 9)
        for time, row in zip(times, rows, strict=True)
    ]


class Figures:
    """An excursion above HIGH, computed by hand: straight lines between readings, and the area beyond."""

    def __init__(self, points: Sequence[Point]) -> None:
        number = next(n for n in range(len(points) - 3) if all(p[1] > HIGH for p in points[n : n + 4]))
        last = next(n for n in range(number, len(points)) if points[n][1] < HIGH - HYSTERESIS) - 1
        self.start = cut(points[number - 1], points[number], HIGH)
        self.end = cut(points[last], points[last + 1], HIGH - HYSTERESIS)
        beyond = [
            (self.start, HIGH),
            *points[number : last + 1],
            (cut(points[last], points[last + 1], HIGH), HIGH),
        ]
        self.peak = max(temperature for _, temperature in beyond)
        self.degree_minutes = sum(
            (after[0] - before[0]) / timedelta(minutes=1) * ((before[1] + after[1]) / 2 - HIGH)
            for before, after in pairwise(beyond)
        )
        assert min(temperature for _, temperature in beyond) >= HIGH


def cut(before: Point, after: Point, level: float) -> datetime:
    """Return when the line between two points crosses a level."""
    return before[0] + (after[0] - before[0]) * ((level - before[1]) / (after[1] - before[1]))


class Office:
    """The running system: a consumer, an alerter and a dashboard, each as its own user and role."""

    def __init__(self, stack: Stack, directory: Path, cleanup: ExitStack) -> None:
        self._stack, self._directory, self._cleanup = stack, directory, cleanup
        manager = {
            "POSTGRES_MANAGER_USER": stack.name("manager"),
            "POSTGRES_MANAGER_PASSWORD": PASSWORD,
        }
        self.tools = stack.broker_variables("operator") | stack.database_variables("reader") | manager
        self._sensor = self.as_user("sensor")
        self.as_user("pipeline", "writer").start_consumer()
        self._port = with_http()
        dashboard = self.as_user("operator", "manager").start("dashboard", **self._port, SERVICES="none")
        dashboard.wait_for_event("serving")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port['HTTP_PORT']}"

    def as_user(self, user: str, role: str | None = None) -> Processes:
        variables = self._stack.broker_variables(user) | {"QUEUE_NAME": QUEUE, "NO_PROXY": "127.0.0.1"}
        variables |= self._stack.database_variables(role) if role else {}
        directory = self._directory / user
        directory.mkdir()
        return self._cleanup.enter_context(processes(directory, variables))

    def start_alerter(self, smtp: SmtpServer, ntfy: NtfyServer, authority: CertificateAuthority) -> None:
        addresses = self._directory / "addresses"
        addresses.write_text(f"mail={smtp.url}\nphone={ntfy.url()}\n")
        self.as_user("alerter", "evaluator").start(
            "sensorctl alerter",
            ALERT_URLS_FILE=str(addresses),
            ALERT_ROUTES='{"mail": [{"severity": "critical", "pattern": "off*"}]}',
            SSL_CERT_FILE=authority.file,
            ALERTER_EXTERNAL_URL=self.url,
            ALERTER_GROUP_SECONDS="0",
            SERVICES="none",
        ).wait_for_event("started")

    def replay(self, points: Sequence[Point]) -> None:
        """Let a sensor replay these temperatures a hundred per second."""
        file = self._directory / "office.csv"
        rows = [f"{time.isoformat()},{celsius!r}" for time, celsius in points]
        file.write_text("\n".join(["timestamp,value", *rows]))
        sensor = self._sensor.start(
            "sensor",
            SENSOR_ID="office",
            SENSOR_SOURCE=f"replay:{file}",
            REPLAY_TIMES="original",
            REPLAY_LOOP="false",
            SENSOR_INTERVAL_SECONDS="0.01",
        )
        assert sensor.wait() == 0, sensor.text

    def operate(self, *arguments: str) -> str:
        done = sensorctl(self.tools, *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout


def test_a_warm_office_is_emailed_acknowledged_on_the_page_and_clears(
    stack: Stack,
    page: Page,
    smtp: SmtpServer,
    ntfy: NtfyServer,
    authority: CertificateAuthority,
    tmp_path: Path,
) -> None:
    office = read_office()
    with ExitStack() as cleanup:
        system = Office(stack, tmp_path, cleanup)
        # given an office that is not too warm, a limit, an operator's key and an alerter
        system.replay(office[BEFORE])
        eventually(lambda: stack.database.count() == 47, DEADLINE_SECONDS, "the readings are stored")
        limit = (
            "--high",
            str(HIGH),
            "--for",
            "3h",
            "--hysteresis",
            str(HYSTERESIS),
            "--severity",
            "critical",
        )
        system.operate("limit", "add", "--sensor", "office", *limit)
        key = json.loads(system.operate("key", "create", "ann", "--role", "operator", "--json"))["key"]
        system.start_alerter(smtp, ntfy, authority)

        # when it becomes too warm, then an e-mail and a message of ntfy arrive
        system.replay(office[WARM])
        eventually(lambda: FIRING in smtp.subjects(), DEADLINE_SECONDS, "the alarm is e-mailed")
        eventually(lambda: FIRING in ntfy.titles(), DEADLINE_SECONDS, "ntfy has the alarm")
        assert f"{system.url}/#/sensor/office" in text_of(smtp.mails[0])

        # and the page shows it, and acknowledges it
        page.goto(system.url)
        log_in(page, key)
        item = page.locator("#excursions li")
        expect(item).to_contain_text("above 24.5 °C")
        acknowledge = item.get_by_role("button", name="Acknowledge")
        act_until(acknowledge.click, item.filter(has_text="acknowledged by key:ann"))

        # and when it is cooler, the alarm clears by itself
        system.replay(office[AFTER])
        eventually(lambda: RESOLVED in smtp.subjects(), DEADLINE_SECONDS, "the end is e-mailed")
        eventually(lambda: RESOLVED in ntfy.titles(), DEADLINE_SECONDS, "ntfy has the end")
        expect(page.locator("#excursions")).to_be_hidden()
        [excursion] = json.loads(system.operate("excursion", "list", "--json"))

    # and its figures are those of a computation by hand
    expected = Figures(office[BEFORE.start :])
    assert excursion["acknowledged_by"] == "key:ann"
    assert excursion["end_reason"] == "recovered"
    assert near(excursion["started_at"], expected.start)
    assert near(excursion["ended_at"], expected.end)
    [stored] = stack.database.query("SELECT peak_temperature, degree_minutes, duration FROM excursion")
    assert stored["peak_temperature"] == pytest.approx(expected.peak)
    assert stored["degree_minutes"] == pytest.approx(expected.degree_minutes)
    assert abs(stored["duration"] - (expected.end - expected.start)) < timedelta(milliseconds=1)
    assert f"{expected.degree_minutes:.1f} K·min" in text_of(smtp.mails[-1])
    # and the e-mails are one for the alarm, and one for its end
    assert smtp.subjects() == [FIRING, RESOLVED]


def near(time: str, expected: datetime) -> bool:
    return abs(datetime.fromisoformat(time) - expected) < timedelta(milliseconds=1)
