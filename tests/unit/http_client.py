"""HTTP requests to a server on this machine, without the environment's proxy."""

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
TIMEOUT_SECONDS = 60


class Response(NamedTuple):
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(url: str, body: Any = None, method: str | None = None, **headers: str) -> Response:
    """Send a GET request, or a POST with this body as JSON. Underscores in header names become hyphens."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if data is not None:
        named.setdefault("Content-Type", "application/json")
    request = urllib.request.Request(url, data, named, method=method)
    try:
        with DIRECT.open(request, timeout=TIMEOUT_SECONDS) as response:
            return Response(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, error.headers, error.read())
