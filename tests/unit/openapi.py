"""Validation of responses against the OpenAPI document."""

from http import HTTPStatus
from typing import Any

import jsonschema

from tests.unit.http_client import Response


def check_response(document: Any, path: str, response: Response, method: str | None = None) -> None:
    """Check that the response has a documented status and media type, and matches its schema.

    The method is required where the path has several.
    """
    operations = document["paths"][path]
    (operation,) = operations.values() if method is None else [operations[method]]
    documented = operation["responses"][str(response.status)]
    if response.status == HTTPStatus.NO_CONTENT:
        assert (response.body, "content" in documented) == (b"", False)
        return
    content = documented["content"]
    schema = content[response.headers.get_content_type()]["schema"]
    whole = {**schema, "components": document["components"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    validator.check_schema(whole)
    validator.validate(response.json)
