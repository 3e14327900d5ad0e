"""Requests to a WebDAV server: retried within bounds, and without the password in any message."""

import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

import httpx2

from runtime.http_requests import explain_failure, retry_request
from runtime.version import VERSION
from webdav.model import WebDavRefused, WebDavUnavailable
from webdav.responses import check_response
from webdav.settings import WebDavSettings

# Below the time without progress after which a job counts as stalled.
TIMEOUT = httpx2.Timeout(20.0, connect=10.0)
MAX_REDIRECTS = 5
MAX_IGNORED_BYTES = 65_536
AUTHORITY = "WEBDAV_CA_FILE"

T = TypeVar("T")
# The body of a request, from its start: a request may be sent several times.
Body = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What a client waits with, and reports progress to; both may raise to end the job."""

    sleep: Callable[[float], None] = time.sleep
    progress: Callable[[], None] = field(default=lambda: None)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class Requests:
    """Sends requests for paths below the root. TLS certificates are verified.

    A redirect is followed only below the root, so that neither the password nor a file goes elsewhere. A
    proxy of the environment applies.
    """

    def __init__(self, settings: WebDavSettings, waits: Waits) -> None:
        if settings.webdav_url is None:
            raise WebDavRefused("WEBDAV_URL is not set: set it to the address of the WebDAV folder")
        self.root, self.waits = f"{settings.webdav_url}/", waits
        password = settings.webdav_password.get_secret_value()
        self._secrets = [password, b64encode(f"{settings.webdav_user}:{password}".encode()).decode()]
        self._client = httpx2.Client(
            timeout=TIMEOUT,
            follow_redirects=False,
            verify=_tls_context(settings),
            auth=httpx2.BasicAuth(settings.webdav_user, password) if settings.webdav_user else None,
            # A server that compresses gives the compressed body another ETag.
            headers={"User-Agent": f"sensors-reporter/{VERSION}", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def url(self, path: str) -> str:
        """Return the URL of a path, whose names are in any script."""
        return self.root + quote(path, safe="/")

    def run(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Body | None = None
    ) -> httpx2.Headers:
        """Send a request again until it is answered; return the headers of the response.

        Raises:
            WebDavUnavailable: When it is not answered after all attempts.
            WebDavRefused: When it is refused.
        """

        def send() -> httpx2.Headers:
            with self.open(method, path, headers, body) as response:
                if int(response.headers.get("Content-Length") or 0) <= MAX_IGNORED_BYTES:
                    response.read()  # otherwise the connection could not be used again
                return response.headers

        return self.retry(send)

    def retry(self, request: Callable[[], T]) -> T:
        """Call `request` again while it raises WebDavUnavailable, within bounds."""
        return retry_request(request, sleep=self.waits.sleep)

    @contextmanager
    def open(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Body | None = None
    ) -> Iterator[httpx2.Response]:
        """Send a request once, and open its response of status 2xx for the block.

        Raises:
            WebDavUnavailable: When it may be answered later, or is cut off in the block.
            WebDavRefused: When it is refused.
        """
        what = f"{method} of {path or 'the folder'}"
        with self._translate_errors():
            response = self._send(method, self.url(path), headers or {}, body)
            try:
                check_response(response, what, self._redact, self.waits.now())
                yield response
            finally:
                response.close()

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: Body | None) -> httpx2.Response:
        for _ in range(MAX_REDIRECTS):
            self.waits.progress()
            content = self._reporting(body()) if body else None
            request = self._client.build_request(method, url, headers=dict(headers), content=content)
            response = self._client.send(request, stream=True)
            target = self._below_root(response)
            if target is None:
                return response
            response.close()
            url = target
        return response

    def _below_root(self, response: httpx2.Response) -> str | None:
        """Return where a redirect leads if that is below the root; else None."""
        if not response.has_redirect_location:
            return None
        target = str(response.url.join(response.headers["Location"]))
        return target if target.startswith(self.root) and ".." not in target else None

    def _reporting(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.waits.progress()
            yield piece

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            failure = explain_failure(error, TIMEOUT, AUTHORITY)
        else:
            return
        # Not "from": the original contains the headers, and they contain the password.
        raise (WebDavUnavailable if failure.may_pass else WebDavRefused)(
            f"the WebDAV server: {failure.message}"
        ) from None

    def _redact(self, text: str) -> str:
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "…")
        return text


def _tls_context(settings: WebDavSettings) -> ssl.SSLContext | bool:
    # False: loading the trusted authorities takes longer than a request that does not need them.
    if settings.webdav_url is None or settings.webdav_url.startswith("http:"):
        return False
    try:
        return ssl.create_default_context(cafile=settings.webdav_ca_file)
    except (ssl.SSLError, OSError):
        raise WebDavRefused(
            f"{AUTHORITY} is {settings.webdav_ca_file}, which is no certificate in PEM format"
        ) from None
