"""The common parts of web services: errors, the body limit, documentation and the server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from runtime.errors import ConfigurationError, InvalidInput, OutcomeUnknown, ServiceUnavailable
from runtime.health import Health
from tests.unit.fake_keys import FakeKeys
from tests.unit.http_client import Response, send
from tests.unit.openapi import check_response
from web.app import MAX_BODY_BYTES, create_app
from web.auth import Authenticator, requires
from web.errors import INVALID_INPUT
from web.keyring import KeyRing
from web.server import serve_http


class Item(BaseModel):
    name: str


class Service:
    """A web service of a few operations, and the reasons of the requests that it rejected."""

    def __init__(self) -> None:
        self.rejected: list[str] = []
        ring = KeyRing(FakeKeys())
        ring.refresh()
        auth = Authenticator(ring, lambda reason, _address: self.rejected.append(reason))
        self.app = create_app(
            title="Service", description="A service.", hosts=["127.0.0.1"], auth=auth, health=Health()
        )
        self.app.add_api_route("/api/items", self.create_item, methods=["POST"], **requires(None))
        self.app.add_api_route("/api/unavailable", self.fail_unavailable, **requires(None))
        self.app.add_api_route("/api/lost", self.lose_response, **requires(None))
        self.app.add_api_route("/api/refused", self.refuse, **requires(None), responses=INVALID_INPUT)
        self.app.add_api_route("/api/bug", self.fail_with_bug, **requires(None))
        self.port = 0

    def create_item(self, item: Item) -> Item:
        return item

    def fail_unavailable(self) -> None:
        raise ServiceUnavailable("The database does not answer.")

    def lose_response(self) -> None:
        raise OutcomeUnknown("Whether it was changed is not known.")

    def refuse(self) -> None:
        """Refuse what is requested.

        It always does.

        Raises:
            InvalidInput: There is a key with this
                name.
        """
        raise InvalidInput("A key named x exists already.", "name")

    def fail_with_bug(self) -> None:
        raise RuntimeError("secret detail")

    def send(self, path: str, body: Any = None, **headers: str) -> Response:
        return send(f"http://127.0.0.1:{self.port}{path}", body, **headers)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    with serve_http(service.app, "127.0.0.1", 0, lambda: None) as service.port:
        yield service


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        ("/api/nowhere", None, 404, "Not Found"),
        ("/api/items", None, 405, "Method Not Allowed"),
        ("/api/unavailable", None, 503, "The database does not answer."),
        ("/api/bug", None, 500, "The request failed because of a bug; the service's log has the traceback."),
    ],
)
def test_every_error_is_problem_details(
    service: Service, path: str, body: Any, status: int, detail: str
) -> None:
    response = service.send(path, body)
    assert response.status == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    problem = response.json
    assert problem.pop("title")
    assert problem == {"type": "about:blank", "status": status, "detail": detail}


def test_a_change_that_may_have_been_made_is_not_like_one_that_was_not(service: Service) -> None:
    lost, unavailable = service.send("/api/lost"), service.send("/api/unavailable")
    assert (lost.status, lost.json["outcome_unknown"]) == (503, True)
    assert "outcome_unknown" not in unavailable.json


def test_a_large_body_is_rejected(service: Service) -> None:
    response = service.send("/api/items", {"name": "x" * MAX_BODY_BYTES})
    assert response.status == 413
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_that_is_not_json_is_rejected(service: Service) -> None:
    # A form of another site's page can send text/plain without asking first, but not JSON.
    response = service.send("/api/items", {"name": "x"}, Content_Type="text/plain")
    assert response.status == 422


def test_invalid_input_is_refused_with_its_field(service: Service) -> None:
    response = service.send("/api/items", {})
    assert response.status == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json["detail"], response.json["field"]) == ("body.name: is missing", "name")
    refused = service.send("/api/refused")
    assert refused.status == 422
    assert (refused.json["detail"], refused.json["field"]) == ("A key named x exists already.", "name")
    assert service.send("/api/items", "{broken", Content_Type="application/json").status == 422


def test_errors_are_documented_as_problem_details(service: Service) -> None:
    document = service.send("/openapi.json").json
    (operation,) = document["paths"]["/api/items"].values()
    assert operation["responses"].keys() == {"200", "401", "403", "429", "503", "default"}
    assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
    assert "HTTPValidationError" not in json.dumps(document)
    check_response(document, "/api/items", service.send("/api/items", {"name": "x"}))


def test_the_errors_of_a_docstring_are_documented_at_their_responses(service: Service) -> None:
    operation = service.send("/openapi.json").json["paths"]["/api/refused"]["get"]
    assert (operation["summary"], operation["description"]) == (
        "Refuse what is requested.",
        "It always does.",
    )
    assert operation["responses"]["422"]["description"].endswith(": There is a key with this name.")


def test_probes_are_not_part_of_the_api(service: Service) -> None:
    assert not {"/livez", "/readyz", "/metrics"} & service.send("/openapi.json").json["paths"].keys()


def test_a_port_in_use_is_reported_with_its_variable(service: Service) -> None:
    with (
        pytest.raises(ConfigurationError, match=f"HTTP_PORT is {service.port}"),
        serve_http(service.app, "127.0.0.1", service.port, lambda: None),
    ):
        pass
