"""Compression of what clients read."""

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from web.event_compression import LEVEL

MIN_BYTES = 1_000
# Compressed already; event streams, which Starlette excludes, compress each event by itself.
COMPRESSED = ("application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class Compression:
    """Compresses responses to GET for clients that accept gzip.

    The response to a change stays as it is: it is small, and that to a new key contains the key, whose
    length after compression would say how much of it another text in the response has (BREACH).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressing_app = GZipMiddleware(
            app, MIN_BYTES, LEVEL, exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, *COMPRESSED)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        app = self._compressing_app if is_read else self._app
        await app(scope, receive, send)
