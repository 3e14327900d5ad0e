"""A report as canonical JSON, with all its readings, so that its figures can be computed again.

Keys are sorted, times are in UTC, numbers are the shortest that are read back unchanged. The same request of
the same readings gives the same bytes, except for `made_at`.
"""

import json
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter

from reports.model import Report

_ADAPTER = TypeAdapter(Report)


def render_json(report: Report) -> bytes:
    """Return the report as JSON."""
    return _encode(_ADAPTER.dump_python(report, mode="json"))


def read_json(content: bytes) -> Report:
    """Return the report of a JSON that `render_json` made.

    Raises:
        ValueError: When it is not JSON, or not that of a report.
    """
    return _ADAPTER.validate_json(content)


def document_digest(report: Report) -> str:
    """Return the SHA-256 of the JSON without the time of making and this digest itself."""
    document = _ADAPTER.dump_python(report, mode="json")
    del document["made_at"], document["document_sha256"]
    return sha256(_encode(document)).hexdigest()


def _encode(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"
