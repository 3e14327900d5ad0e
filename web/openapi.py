"""Improves the OpenAPI document that FastAPI generates."""

from typing import Any

from web.errors import PROBLEM_JSON


def improve_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Take each operation's summary from its docstring, and name the media type of its errors."""
    for operations in document["paths"].values():
        for operation in operations.values():
            _use_first_paragraph_as_summary(operation)
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
