"""The API's description in OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from dashboard.api import REFUSAL, Operation
from runtime.version import VERSION

Schema = dict[str, Any]
EVENTS = {
    "get": {
        "summary": "server-sent events: `state` with everything once, then a `change` each second",
        "description": (
            "A `change` holds `at`, the newest `point` of the history, those of `services`, `queue`, `flow` "
            "and `problems` that differ, and of `sensors` those that changed, with the IDs that are `gone`. "
            "`sensors` is null while the database is away; afterwards they are all there. Where there is "
            "no news, `still` says that there is a connection."
        ),
        "responses": {
            "200": {
                "description": HTTPStatus.OK.phrase,
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        },
    }
}


def describe(operations: Sequence[Operation]) -> Schema:
    """The whole document."""
    schemas, definitions = _schemas(operations)
    paths = {one.path: {one.method.lower(): _operation(one, schemas)} for one in operations}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dashboard of the sensors",
            "version": VERSION,
            "description": "What the system does. Only replay and discard change anything, with a token.",
        },
        "paths": {**paths, "/api/events": EVENTS},
        "components": {
            "schemas": definitions,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


Key = tuple[int, JsonSchemaMode]


def _schemas(operations: Sequence[Operation]) -> tuple[dict[Key, Schema], Schema]:
    given = [REFUSAL, *(one.answer for one in operations)]
    taken = [one.body for one in operations if one.body]
    inputs = [(id(a), "serialization", a) for a in given] + [(id(a), "validation", a) for a in taken]
    found, whole = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return found, whole["$defs"]


def _operation(operation: Operation, schemas: dict[Key, Schema]) -> Schema:
    good = {HTTPStatus.OK: schemas[id(operation.answer), "serialization"]}
    bad = dict.fromkeys(operation.refusals, schemas[id(REFUSAL), "serialization"])
    described: Schema = {
        "summary": operation.summary,
        "responses": {
            str(status.value): {"description": status.phrase, **_content(schema)}
            for status, schema in (good | bad).items()
        },
    }
    if operation.parameters:
        described["parameters"] = [
            {"name": one.name, "in": "query", "required": one.required, "schema": one.schema,
             "description": one.meaning}
            for one in operation.parameters
        ]  # fmt: skip
    if operation.body:
        body = _content(schemas[id(operation.body), "validation"])
        described |= {"requestBody": {"required": True, **body}, "security": [{"token": []}]}
    return described


def _content(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}
