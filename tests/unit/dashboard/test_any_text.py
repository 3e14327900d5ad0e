"""No text in any parameter or field of any operation is a bug: each is answered as documented."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.openapi import check_response

ENDLESS = "/api/events"
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
FUZZED = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def parameters(document: Any) -> Iterator[tuple[str, str]]:
    """The path and the name of each query parameter."""
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                assert parameter["in"] == "query", "this test has to fuzz other parameters too"
                yield path, parameter["name"]


def fields(document: Any) -> Iterator[tuple[str, str, Any]]:
    """The path, the name and the schema of each field of a request's body."""
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if body := operation.get("requestBody"):
                reference = body["content"]["application/json"]["schema"]["$ref"]
                schema = document["components"]["schemas"][reference.rpartition("/")[2]]
                for name, field in schema["properties"].items():
                    yield path, name, field


@FUZZED
@given(TEXTS)
@example("\0")
@example("a\0b")
@example("\ud800")
def test_every_query_parameter(dashboard: DashboardServer, text: str) -> None:
    for path, name in parameters(dashboard.openapi):
        query = urlencode({name: text}, errors="surrogatepass")
        check_response(dashboard.openapi, path, answered(dashboard.send(f"{path}?{query}")))


@FUZZED
@given(
    TEXTS,
    st.sampled_from(["", "2026-11-22T12:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]),
)
@example("\ud800", "2026-11-22T12:00:00Z")
@example("\0", "0001-01-01T00:00:00+23:59")
def test_every_field_of_a_body(dashboard: DashboardServer, text: str, before: str) -> None:
    dashboard.queue.add("rubbish", "not-json")
    for path, name, field in fields(dashboard.openapi):
        value = [text] if field.get("type") == "array" else text
        for body in ({name: value}, {name: value, "dead_lettered_before": before}, {text: text}, text):
            check_response(dashboard.openapi, path, answered(dashboard.change(path, body)))


def answered(response: Any) -> Any:
    assert response.status < 500, response.body
    return response


def test_a_sensor_that_no_database_can_hold_is_refused(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/minutes?sensor=1&sensor=%00")
    assert (response.status, response.json["field"]) == (422, "sensor")
    assert response.json["detail"] == "query.sensor.1: must not contain U+0000"


@pytest.mark.parametrize(
    "path", ["/%00", "/static/%00", "/static/a%00.js", "/static/" + "a" * 300, "/api/%ff"]
)
def test_odd_paths_do_not_exist(dashboard: DashboardServer, path: str) -> None:
    assert dashboard.send(path).status == 404
