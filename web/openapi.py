"""The OpenAPI document, where FastAPI leaves something to say."""

from typing import Any

from web.errors import PROBLEM_JSON

JSON = "application/json"


def use_problem_json(document: dict[str, Any]) -> dict[str, Any]:
    """Give every error response the media type of problem details.

    FastAPI documents the models of additional responses as JSON only.
    """
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if not status.startswith("2") and JSON in content:
                    content[PROBLEM_JSON] = content.pop(JSON)
    return document
