"""A dashboard that is served on a port of this machine, with its broker and database in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard import dead_letters
from dashboard.app import create_dashboard
from dashboard.dead_letters import DeadLetterService
from dashboard.settings import DashboardSettings
from dashboard.snapshots import SnapshotStore
from dashboard.telemetry import BROKER, DATABASE, DashboardTelemetry
from db.errors import StoreUnavailable
from db.queries.minutes import MinuteRow
from db.queries.sensors import to_settings
from db.queries.series import Bucket, Series
from limits.definition import LimitValues, rules_of_sensor
from messaging.settings import BrokerSettings
from readings.sensor_changes import Calibration, SensorChanges, SensorSettings
from runtime.access import Role
from runtime.errors import InvalidInput
from runtime.health import Health
from runtime.settings import load
from tests.unit.dead_letter_queue import FakeDeadLetterQueue
from tests.unit.fake_analysis import FakeAnomalies, FakeForecasts, FakeModels
from tests.unit.fake_keys import KEYS, FakeAudit, FakeKeys
from tests.unit.fake_limits import FakeLimits
from tests.unit.fake_workflows import FakeWorkflows
from tests.unit.http_client import Response, send
from web.auth import AnonymousView, Authenticator
from web.keyring import KeyRing
from web.proxies import TrustedProxies
from web.server import serve_http

REPLAY, DISCARD = "/api/dead-letters/replay", "/api/dead-letters/discard"
CHANGES = (REPLAY, DISCARD)
MINUTE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_documents: list[Any] = []


class FakeMinutes:
    def __init__(self) -> None:
        self.is_down = False
        self.rows = [MinuteRow("1", MINUTE, 60, 20.0, 21.0, 22.0)]

    def last_hour(self, sensors: Any) -> list[MinuteRow]:
        if self.is_down:
            raise StoreUnavailable("connection refused")
        for sensor_id in sensors:
            if "\0" in sensor_id.encode().decode():
                raise ValueError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return [row for row in self.rows if row.sensor_id in sensors]


class FakeSeries:
    def __init__(self) -> None:
        self.requests: list[tuple[list[str], datetime, datetime]] = []
        self.points = {"1": "[[1795348800,20.0,21.0,22.0,60]]"}

    def time_zone(self) -> str:
        return "Europe/Berlin"

    def read(self, sensors: list[str], since: datetime, until: datetime) -> Series:
        self.requests.append((sensors, since, until))
        found = {sensor_id: points for sensor_id, points in self.points.items() if sensor_id in sensors}
        return Series(Bucket.MINUTE, self.time_zone(), found)


class FakeSensors:
    """The sensors `1` and `hall/1`, whose changes are recorded."""

    def __init__(self) -> None:
        self.is_down = False
        self.changes: list[tuple[Any, ...]] = []
        self.rules: list[dict[str, Any]] = []
        self.recalculations = 0
        self.known = {sensor_id: to_settings(sensor_row(sensor_id)) for sensor_id in ("1", "hall/1")}

    def read_all(self) -> list[SensorSettings]:
        return list(self.known.values())

    def read(self, sensor_id: str) -> tuple[SensorSettings, list[Calibration]] | None:
        if self.is_down:
            raise StoreUnavailable("connection refused")
        return (self.known[sensor_id], []) if sensor_id in self.known else None

    def change(
        self, actor: str, sensor_id: str, changes: SensorChanges, limits: Sequence[LimitValues] = ()
    ) -> SensorSettings:
        if changes.plausible_min == 50:
            raise InvalidInput("The plausible range contains no temperature.", "plausible_min")
        self.rules += rules_of_sensor(sensor_id, limits)
        self.changes.append((actor, sensor_id, changes.given()))
        pending = MINUTE if changes.offset else None
        return self.known[sensor_id].model_copy(update={"recalibrated_until": pending})

    def merge(self, actor: str, source: str, target: str) -> SensorSettings:
        self.changes.append((actor, source, target))
        return self.known[source].model_copy(update={"merged_into": target})

    def continue_changes(self) -> None:
        self.recalculations += 1


def sensor_row(sensor_id: str) -> dict[str, Any]:
    """Return a row of `sensor_settings` in which nothing is set."""
    unset = (
        "name", "location", "note", "unit", "expected_interval_seconds", "plausible_min", "plausible_max",
        "retired_at", "merged_into", "calibrated_from", "recalibrated_until", "serial",
    )  # fmt: skip
    values = {"sensor_id": sensor_id, "registered_at": MINUTE, "offset_kelvin": 0.0, "slope": 1.0}
    return dict.fromkeys(unset) | values


class DashboardServer:
    def __init__(
        self,
        *,
        has_keys: bool,
        anonymous_view: AnonymousView = AnonymousView.ALWAYS,
        proxies: TrustedProxies | None = None,
    ) -> None:
        self.snapshots, self.health, self.minutes = SnapshotStore(), Health(BROKER, DATABASE), FakeMinutes()
        self.series, self.sensors, self.limits = FakeSeries(), FakeSensors(), FakeLimits()
        self.anomalies, self.forecasts, self.models = FakeAnomalies(), FakeForecasts(), FakeModels()
        self.workflows = FakeWorkflows()
        self.telemetry, self.queue = DashboardTelemetry(self.health), FakeDeadLetterQueue()
        self.keys, self.audit = FakeKeys(KEYS if has_keys else None), FakeAudit()
        self.ring = KeyRing(self.keys)
        auth = Authenticator(self.ring, self.telemetry.request_rejected, proxies, anonymous_view)
        self.app = create_dashboard(
            snapshots=self.snapshots,
            dead_letters=DeadLetterService(load(BrokerSettings), self.telemetry, self.audit),  # type: ignore[arg-type]
            minutes=self.minutes,  # type: ignore[arg-type]
            series=self.series,  # type: ignore[arg-type]
            sensors_store=self.sensors,  # type: ignore[arg-type]
            limits_store=self.limits,  # type: ignore[arg-type]
            anomalies_store=self.anomalies,  # type: ignore[arg-type]
            forecasts_store=self.forecasts,  # type: ignore[arg-type]
            models_store=self.models,  # type: ignore[arg-type]
            keys_store=self.keys,  # type: ignore[arg-type]
            audit_store=self.audit,  # type: ignore[arg-type]
            telemetry=self.telemetry,
            auth=auth,
            health=self.health,
            hosts=load(DashboardSettings, dashboard_hosts="my.example, fd00:0::5").hosts,
            workflows=self.workflows.resources,
        )
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def openapi(self) -> Any:
        """The document, which is the same for each server: FastAPI takes longer for it than a test."""
        if not _documents:
            _documents.append(self.send("/openapi.json").json)
        return _documents[0]

    def send(self, path: str, body: Any = None, method: str | None = None, **headers: str) -> Response:
        return send(self.url + path, body, method, **headers)

    def change(self, path: str, body: Any, key: str = KEYS[Role.OPERATOR]) -> Response:
        return self.send(path, body, Authorization=f"Bearer {key}")


@contextmanager
def run_dashboard(
    monkeypatch: pytest.MonkeyPatch, *, has_keys: bool = True, **options: Any
) -> Iterator[DashboardServer]:
    server = DashboardServer(has_keys=has_keys, **options)
    server.ring.refresh()
    monkeypatch.setattr(dead_letters, "open_dead_letter_queue", server.queue.open_dead_letter_queue)
    monkeypatch.setattr(
        "messaging.dead_letters.operations.open_dead_letter_queue", server.queue.open_dead_letter_queue
    )
    with serve_http(server.app, "127.0.0.1", 0, server.snapshots.close) as server.port:
        yield server
