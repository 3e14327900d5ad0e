"""The page of the dashboard's HTTP API, generated from its OpenAPI document."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from dashboard.app import create_dashboard
from scripts.docs.markdown import code, punctuate, table

Document = Mapping[str, Any]
INTRODUCTION = """# HTTP API

The dashboard serves this API on the port of its page (8085 unless `DASHBOARD_HOST_PORT` differs). The
OpenAPI document is at `/openapi.json`. Each operation names the role that it requires; see
[Access](../guides/access.md). Send a key as `Authorization: Bearer KEY`. A change that a browser sends
must come from the dashboard's own page. The service `workflows` (8086 unless `WORKFLOWS_HOST_PORT` differs)
serves the operations of workflows, backfills, gaps, schedules, sources and workers, too.

Every service also serves `/livez`, `/readyz` and `/metrics` on its `HTTP_PORT`; see
[Health checks](../operations/monitoring.md#health-checks).
"""
METHODS = ("get", "post", "put", "patch", "delete")


def document() -> Document:
    """Return the API's OpenAPI document."""
    nothing = cast("Any", None)
    app = create_dashboard(
        snapshots=nothing,
        dead_letters=nothing,
        minutes=nothing,
        series=nothing,
        sensors_store=nothing,
        limits_store=nothing,
        anomalies_store=nothing,
        forecasts_store=nothing,
        models_store=nothing,
        keys_store=nothing,
        audit_store=nothing,
        telemetry=nothing,
        auth=nothing,
        health=nothing,
        hosts=(),
        workflows=nothing,
    )
    return app.openapi()


def page() -> str:
    """Return the whole page."""
    spec = document()
    operations = [
        (method, path, operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    parts = [
        INTRODUCTION,
        *(_operation(*entry) for entry in operations),
        "\n## Objects\n",
    ]
    parts += [_schema(name, schema) for name, schema in spec["components"]["schemas"].items()]
    return "".join(parts)


def _operation(method: str, path: str, operation: Document) -> str:
    lines = [f"\n## `{method.upper()} {path}`\n\n{_capitalised(operation.get('summary', ''))}\n"]
    lines.append(f"\nRole: {operation['x-role']}.\n")
    if description := operation.get("description"):
        lines.append(f"\n{punctuate(description)}\n")
    if parameters := operation.get("parameters"):
        rows = ((code(p["name"]), _type(p["schema"]), _required(p), _meaning(p)) for p in parameters)
        lines.append("\n" + table(("Parameter", "Type", "Required", "Meaning"), rows))
    if body := operation.get("requestBody"):
        lines.append(f"\nRequest body: {_content(body)}\n")
    rows_of_responses = (
        (status, _content(response), punctuate(response.get("description", "")))
        for status, response in operation["responses"].items()
    )
    lines.append("\n" + table(("Status", "Body", "Meaning"), rows_of_responses))
    return "".join(lines)


def _schema(name: str, schema: Document) -> str:
    required = schema.get("required", [])
    rows = [
        (code(field), _type(value), "yes" if field in required else "", _meaning(value))
        for field, value in schema.get("properties", {}).items()
    ]
    values = " One of " + ", ".join(map(code, schema["enum"])) + "." if "enum" in schema else ""
    fields = "\n" + table(("Field", "Type", "Required", "Meaning"), rows) if rows else ""
    return f"\n### {name}\n\n{punctuate(schema.get('description', ''))}{values}\n{fields}"


def _content(message: Document) -> str:
    content: Document = message.get("content", {})
    return ", ".join(
        _type(media["schema"]) if kind.endswith("json") else code(kind) for kind, media in content.items()
    )


def _type(schema: Document) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return _alternatives(schema["anyOf"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_type(schema['additionalProperties'])}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _alternatives(schemas: Iterable[Document]) -> str:
    return " or ".join(_type(schema) for schema in schemas)


def _required(parameter: Document) -> str:
    return "yes" if parameter.get("required") else ""


def _meaning(schema: Document) -> str:
    return punctuate(str(schema.get("description", "")))


def _capitalised(text: str) -> str:
    return punctuate(text[:1].upper() + text[1:])
