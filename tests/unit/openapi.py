"""Validation of responses against the OpenAPI document."""

from typing import Any

import jsonschema

from tests.unit.http_client import Response


def check_response(document: Any, path: str, response: Response) -> None:
    """Check that the response has a documented status and media type, and matches its schema."""
    (operation,) = document["paths"][path].values()
    content = operation["responses"][str(response.status)]["content"]
    schema = content[response.headers.get_content_type()]["schema"]
    whole = {**schema, "components": document["components"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    validator.check_schema(whole)
    validator.validate(response.json)
