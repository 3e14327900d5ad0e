"""The kinds of jobs of the reporter, which are killed after requests to the WebDAV server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reporter import kinds
from tests.faults.worker_jobs import kill_sometimes
from webdav.requests import Requests

KINDS = kinds.KINDS
_open = Requests.open


@contextmanager
def open_and_kill(requests: Requests, method: str, *arguments: Any) -> Iterator[Any]:
    """Send a request, and maybe die when it was executed."""
    with _open(requests, method, *arguments) as response:
        yield response
    kill_sometimes(method)


setattr(Requests, "open", open_and_kill)  # noqa: B010 (it is a method for mypy)
