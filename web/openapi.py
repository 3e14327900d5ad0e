"""Improves the OpenAPI document that FastAPI generates."""

import re
from http import HTTPStatus
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
# The statuses of the errors that the docstrings of operations name.
STATUS_BY_ERROR = {"HTTPException": HTTPStatus.NOT_FOUND, "InvalidInput": HTTPStatus.UNPROCESSABLE_ENTITY}
RAISES = re.compile(r"(?:\n\n|^)Raises:\n((?:    .*\n?)+)")
ERROR = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)


def improve_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Take the summary and the errors of operations from their docstrings; name media types and logins."""
    document.setdefault("components", {})["securitySchemes"] = SECURITY_SCHEMES
    for operations in document["paths"].values():
        for operation in operations.values():
            _use_first_paragraph_as_summary(operation)
            if ROLE_EXTENSION in operation:
                operation["responses"] = ACCESS_ERRORS | operation["responses"]
            operation["responses"] = _with_problem_json(operation["responses"])
            _describe_errors(operation)
    return document


def _use_first_paragraph_as_summary(operation: dict[str, Any]) -> None:
    """Replace FastAPI's summary, which only repeats the function's name."""
    summary, _, description = operation.pop("description", operation["summary"]).partition("\n\n")
    operation["summary"] = summary
    if description:
        operation["description"] = description


def _describe_errors(operation: dict[str, Any]) -> None:
    """Move what the description says of errors to the responses that clients get."""
    if not (raises := RAISES.search(operation.get("description", ""))):
        return
    description = RAISES.sub("", operation.pop("description"))
    if description:
        operation["description"] = description
    for name, reason in ERROR.findall(raises[1]):
        response = operation["responses"][str(STATUS_BY_ERROR[name].value)]
        response["description"] += f": {' '.join(reason.split())}"


def _with_problem_json(responses: dict[str, Any]) -> dict[str, Any]:
    """Correct the media type of errors, and list the default response last.

    FastAPI gives an additional response the media type of the successful one.
    """
    for status, response in responses.items():
        if not status.startswith("2"):
            (schema,) = response["content"].values()
            response["content"] = {PROBLEM_JSON: schema}
    return dict(sorted(responses.items()))
