"""No text in any parameter or field of any operation is a bug: each is answered as documented."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runtime.access import Role
from tests.examples import max_examples
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.fake_keys import KEYS
from tests.unit.openapi import check_response

ADMIN = f"Bearer {KEYS[Role.ADMIN]}"
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
CONTROLS = dict.fromkeys([*range(32), *range(127, 160)])
FUZZED = settings(
    max_examples=max_examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """The path, the method and the description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def fields(document: Any, operation: Any) -> Iterator[tuple[str, Any]]:
    """The name and the schema of each field of a request's body."""
    if body := operation.get("requestBody"):
        reference = body["content"]["application/json"]["schema"]["$ref"]
        yield from document["components"]["schemas"][reference.rpartition("/")[2]]["properties"].items()


def url_with(path: str, parameter: Any, text: str) -> str:
    """The path with this text as a parameter; its other parameters are `x`."""
    name = parameter["name"]
    if parameter["in"] == "query":
        return re.sub("{.*?}", "x", path) + "?" + urlencode({name: text}, errors="surrogatepass")
    if parameter["in"] == "header":
        return re.sub("{.*?}", "x", path)
    assert parameter["in"] == "path", "this test has to fuzz other parameters too"
    quoted = quote(text or "x", safe="", errors="surrogatepass")
    return re.sub("{.*?}", "x", path.replace(f"{{{name}}}", quoted))


def headers_with(parameter: Any, text: str) -> dict[str, str]:
    """The header with what of this text a header may contain; none if the parameter is another one."""
    if parameter["in"] != "header":
        return {}
    return {parameter["name"]: text.encode("latin-1", "ignore").decode("latin-1").translate(CONTROLS)}


@pytest.fixture(autouse=True)
def refreshed_keys(dashboard: DashboardServer) -> Iterator[None]:
    # As in production: on a busy machine these tests take longer than keys count as known.
    with dashboard.ring.refreshing():
        yield


@FUZZED
@given(TEXTS)
@example("\0")
@example("a\0b")
@example("\ud800")
def test_every_parameter(dashboard: DashboardServer, text: str) -> None:
    document = dashboard.openapi
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", []):
            body: dict[str, str] | None = {} if "requestBody" in operation else None
            url = url_with(path, parameter, text)
            headers = {"Authorization": ADMIN} | headers_with(parameter, text)
            response = answered(dashboard.send(url, body, method.upper(), **headers))
            if response.status != HTTPStatus.NOT_FOUND:  # a path with a slash is another one
                check_response(document, path, response, method)


@FUZZED
@given(
    TEXTS,
    st.sampled_from(["", "2026-11-22T12:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]),
)
@example("\ud800", "2026-11-22T12:00:00Z")
@example("\0", "0001-01-01T00:00:00+23:59")
def test_every_field_of_a_body(dashboard: DashboardServer, text: str, before: str) -> None:
    dashboard.queue.add("rubbish", "not-json")
    document = dashboard.openapi
    for path, method, operation in operations(document):
        values = {
            name: [text] if field.get("type") == "array" else text
            for name, field in fields(document, operation)
        }
        alone: list[Any] = [{name: value} for name, value in values.items()]
        dated = [body | {"dead_lettered_before": before} for body in alone]
        for body in (*alone, *dated, {text: text}, text) if values else ():
            url = re.sub("{.*?}", "x", path)
            response = answered(dashboard.send(url, body, method.upper(), Authorization=ADMIN))
            check_response(document, path, response, method)


def answered(response: Any) -> Any:
    assert response.status < 500, response.body
    return response


def test_a_sensor_that_no_database_can_hold_is_refused(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/minutes?sensor=1&sensor=%00")
    assert (response.status, response.json["field"]) == (422, "sensor")
    assert response.json["detail"] == "query.sensor.1: must not contain U+0000"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (
            "/api/workflows",
            {"kind": "file", "spec": {"file": "a", "options": {"sensors": ["\ud800"]}}},
            "spec.options",
        ),
        ("/api/workflows", {"kind": "live", "spec": {"source": "a\0"}}, "spec.source"),
        ("/api/reports", {"period": "last-day", "location": "a\0"}, "location"),
        ("/api/silences", {"sensor_id": "1", "for": "1h", "note": "a\ud800"}, "note"),
    ],
)
def test_a_text_in_a_request_that_no_database_can_hold_is_refused(
    dashboard: DashboardServer, path: str, body: Any, field: str
) -> None:
    response = dashboard.send(path, body, Authorization=ADMIN)

    assert (response.status, response.json["field"]) == (422, field)
    check_response(dashboard.openapi, path, response, "post")


@pytest.mark.parametrize(
    "path", ["/%00", "/static/%00", "/static/a%00.js", "/static/" + "a" * 300, "/api/%ff"]
)
def test_odd_paths_do_not_exist(dashboard: DashboardServer, path: str) -> None:
    assert dashboard.send(path).status == 404
