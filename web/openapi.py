"""Improves the OpenAPI document that FastAPI generates."""

from typing import Any

from web.auth import COOKIE, ROLE_EXTENSION
from web.errors import ACCESS_STATUSES, PROBLEM_JSON, ErrorResponse

SECURITY_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key of `sensorctl key create`"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The cookie of a login",
    },
}
ACCESS_ERRORS = {
    str(status.value): {
        "description": status.phrase,
        "content": {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{ErrorResponse.__name__}"}}},
    }
    for status in ACCESS_STATUSES
}


def improve_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Take each operation's summary from its docstring, name the media type of its errors, and the logins."""
    document.setdefault("components", {})["securitySchemes"] = SECURITY_SCHEMES
    for operations in document["paths"].values():
        for operation in operations.values():
            _use_first_paragraph_as_summary(operation)
            if ROLE_EXTENSION in operation:
                operation["responses"] = ACCESS_ERRORS | operation["responses"]
            operation["responses"] = _with_problem_json(operation["responses"])
    return document


def _use_first_paragraph_as_summary(operation: dict[str, Any]) -> None:
    """Replace FastAPI's summary, which only repeats the function's name."""
    summary, _, description = operation.pop("description", operation["summary"]).partition("\n\n")
    operation["summary"] = summary
    if description:
        operation["description"] = description


def _with_problem_json(responses: dict[str, Any]) -> dict[str, Any]:
    """Correct the media type of errors, and list the default response last.

    FastAPI gives an additional response the media type of the successful one.
    """
    for status, response in responses.items():
        if not status.startswith("2"):
            (schema,) = response["content"].values()
            response["content"] = {PROBLEM_JSON: schema}
    return dict(sorted(responses.items()))
