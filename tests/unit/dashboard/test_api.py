"""The API: responses as documented, the event stream, and requests that are refused."""

import json
import math
import zlib
from contextlib import closing
from typing import Any
from urllib.request import Request

import pytest

from db.queries.minutes import MinuteRow
from monitoring.model import Throughput
from tests.system_status import healthy_status, outage_status, sensor
from tests.unit.dashboard.dashboard_server import (
    CHANGES,
    DISCARD,
    MINUTE,
    DashboardServer,
    run_dashboard,
)
from tests.unit.http_client import DIRECT
from tests.unit.openapi import check_response

# The tests of workflow_api check these.
WORKFLOW_PATHS = (
    "/api/workflows", "/api/workers", "/api/backfills", "/api/gaps", "/api/schedules", "/api/sources",
    "/api/reports", "/api/report-presets",
)  # fmt: skip


class TestResponses:
    def test_each_matches_its_documentation(self, dashboard: DashboardServer) -> None:
        dashboard.queue.add("rubbish", "not-json")
        responses = {
            "/api/overview": dashboard.send("/api/overview"),
            "/api/history": dashboard.send("/api/history"),
            "/api/minutes": dashboard.send("/api/minutes?sensor=1&sensor=2"),
            "/api/sensors": dashboard.send("/api/sensors"),
            "/api/series": dashboard.send("/api/series?sensor=1&sensor=2"),
            "/api/access": dashboard.send("/api/access"),
            "/api/limits": dashboard.send("/api/limits"),
            "/api/excursions": dashboard.send("/api/excursions?open=true&sensor=1"),
            "/api/silences": dashboard.send("/api/silences"),
            "/api/anomalies": dashboard.send("/api/anomalies?open=true&sensor=1"),
            "/api/forecast": dashboard.send("/api/forecast?sensor=1"),
            "/api/models": dashboard.send("/api/models?sensor=1"),
            "/api/audit": dashboard.send("/api/audit"),
            "/api/dead-letters": dashboard.send("/api/dead-letters"),
            **{path: dashboard.change(path, {"ids": ["0" * 12]}) for path in CHANGES},
        }
        assert {path: response.status for path, response in responses.items()} == dict.fromkeys(
            responses, 200
        )
        elsewhere = {
            "/api/events", "/api/login", "/api/logout", "/api/keys", "/api/keys/{name}",
            "/api/sensors/{sensor_id}", "/api/sensor-merges", "/api/limits/{limit_id}",
            "/api/excursions/{excursion_id}/acknowledge", "/api/silences/{silence_id}",
            "/api/anomalies/{anomaly_id}/mark", "/api/models/roll-back",
        }  # fmt: skip
        paths = {path for path in dashboard.openapi["paths"] if not path.startswith(WORKFLOW_PATHS)}
        assert responses.keys() | elsewhere == paths
        for path, response in responses.items():
            method = "get" if path in {"/api/limits", "/api/silences"} else None
            check_response(dashboard.openapi, path, response, method)

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/api/minutes", 422),
            ("/api/minutes?" + "sensor=1&" * 101, 422),
            *((path, 401) for path in CHANGES),
        ],
    )
    def test_each_error_matches_its_documentation(
        self, dashboard: DashboardServer, path: str, status: int
    ) -> None:
        response = dashboard.send(path, {} if path in CHANGES else None)
        assert response.status == status
        check_response(dashboard.openapi, path.partition("?")[0], response)

    def test_before_the_first_status_it_is_unavailable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with run_dashboard(monkeypatch) as dashboard:
            for path in ("/api/overview", "/api/history", "/api/minutes?sensor=1"):
                response = dashboard.send(path)
                assert response.status == 503
                assert "only just started" in response.json["detail"]

    def test_the_minutes_of_a_sensor(self, dashboard: DashboardServer) -> None:
        response = dashboard.send("/api/minutes?sensor=1&sensor=unknown").json
        minute = {"at": int(MINUTE.timestamp()), "readings": 60, "min": 20.0, "mean": 21.0, "max": 22.0}
        assert response == {"sensors": {"1": [minute], "unknown": []}}

    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_every_answer_is_json_whatever_the_database_has(
        self, dashboard: DashboardServer, number: float
    ) -> None:
        throughput = Throughput(stored_rate=number, latency_p50=number, latency_p95=number)
        statistics = dict.fromkeys(("last", "min", "mean", "max"), number)
        odd = sensor("1", **{f"{name}_temperature": value for name, value in statistics.items()})
        dashboard.snapshots.publish(healthy_status(odd, throughput=throughput))
        dashboard.minutes.rows = [MinuteRow("1", MINUTE, 60, number, number, number)]

        for path in ("/api/overview", "/api/history", "/api/minutes?sensor=1"):
            response = dashboard.send(path)
            check_response(dashboard.openapi, path.partition("?")[0], response)
            json.loads(response.body, parse_constant=pytest.fail)
        with closing(DIRECT.open(f"{dashboard.url}/api/events", timeout=60)) as stream:
            data = next(line for line in stream if line.startswith(b'data: {"at"'))
        state = json.loads(data.removeprefix(b"data: "), parse_constant=pytest.fail)
        assert state["sensors"][0]["last_temperature"] is None
        assert state["history"]["points"][0]["latency_p50"] is None

    def test_a_database_that_is_down_is_reported_at_once(self, dashboard: DashboardServer) -> None:
        dashboard.minutes.is_down = True
        assert dashboard.send("/api/minutes?sensor=1").json == {
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
            "detail": "connection refused",
        }
        dashboard.snapshots.publish(outage_status())
        assert dashboard.send("/api/minutes?sensor=1").json["detail"] == "The database does not answer."

    def test_the_stream_sends_the_state_and_then_changes(self, dashboard: DashboardServer) -> None:
        with closing(DIRECT.open(f"{dashboard.url}/api/events", timeout=60)) as stream:
            assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            assert stream.headers["Cache-Control"] == "no-store"
            lines = (line.decode().strip() for line in stream)
            assert next(line for line in lines if line.startswith("event")) == "event: clock"
            assert json.loads(next(lines).removeprefix("data: ")).keys() == {"now"}
            assert "retry: 1000" in (next(lines), next(lines))
            assert next(line for line in lines if line.startswith("event")) == "event: state"
            dashboard.snapshots.publish(healthy_status(after_seconds=1))
            assert next(line for line in lines if line.startswith("event")) == "event: change"

    def test_a_compressed_stream_sends_each_event_at_once(self, dashboard: DashboardServer) -> None:
        request = Request(f"{dashboard.url}/api/events", headers={"Accept-Encoding": "gzip"})
        with closing(DIRECT.open(request, timeout=60)) as stream:
            assert (stream.headers["Content-Encoding"], stream.headers["Vary"]) == ("gzip", "Accept-Encoding")
            decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
            received = b""
            while b"event: state" not in received:
                received += decompressor.decompress(stream.read1())
            dashboard.snapshots.publish(healthy_status(after_seconds=1))
            while b"event: change" not in received:
                received += decompressor.decompress(stream.read1())


class TestRequests:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, "either ids or a reason"),
            ({"ids": ["0" * 12], "reason": "not-json"}, "either ids or a reason"),
            ({"reason": "not-json"}, "requires dead_lettered_before"),
            (
                {"reason": "not-json", "dead_lettered_before": "2026-11-22T12:00:00"},
                "requires dead_lettered_before",
            ),
            ({"ids": ["../etc"]}, "body.ids.0: must match ^[0-9a-f]"),
            ({"ids": [], "everything": True}, "body.everything: is not known"),
            ({"ids": ["0" * 12] * 1001}, "at most 1000"),
            ([], "body: must be an object"),
        ],
    )
    def test_an_ambiguous_request_is_rejected(
        self, dashboard: DashboardServer, body: Any, expected: str
    ) -> None:
        response = dashboard.change(DISCARD, body)
        assert response.status == 422
        assert expected in response.json["detail"]
