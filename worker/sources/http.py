"""The HTTP client of a source: paced, retried within bounds, and without its secret in any message."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import httpx2
from pydantic import SecretStr, TypeAdapter, ValidationError

from jobs.source import Source
from runtime.http_requests import MAX_ATTEMPTS, RequestUnavailable, retry_request
from runtime.text import quote_name
from runtime.version import VERSION
from worker.sources.http_errors import check_status, translate
from worker.sources.model import SourceRefused, SourceUnavailable
from worker.sources.rate_limit import RateLimit

# Below the time without progress after which a job counts as stalled.
TIMEOUT = httpx2.Timeout(20.0, connect=10.0)
MAX_RESPONSE_SECONDS = 120.0
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_LINE_BYTES = 16 * 1024 * 1024

T = TypeVar("T")


class ResponseTooLarge(SourceRefused):
    """The response has more bytes than are read; a shorter range may have fewer."""


class Credentials(NamedTuple):
    """How a kind of source sends its secret: in headers or in parameters."""

    headers: Mapping[str, str] = {}
    params: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a client sends a request, what it waits with, and reports progress and failures to.

    `sleep` and `progress` may raise to end the job; `failed` also gets the seconds until the next attempt.
    """

    limit: RateLimit
    max_attempts: int = MAX_ATTEMPTS
    sleep: Callable[[float], None] = time.sleep
    progress: Callable[[], None] = field(default=lambda: None)
    failed: Callable[[RequestUnavailable, float], None] = field(default=lambda _error, _seconds: None)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class SourceClient:
    """Sends GET requests to a source.

    Redirects are not followed, so that the secret goes to no other address. TLS certificates are verified. A
    proxy of the environment applies.
    """

    def __init__(
        self, source: Source, secret: SecretStr | None, credentials: Credentials, pace: Pace
    ) -> None:
        self._source = source
        self._secret = secret
        self._params = credentials.params
        self._pace = pace
        self._client = httpx2.Client(
            base_url=source.address or "",
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={"User-Agent": f"sensors-worker/{VERSION}", **credentials.headers},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._pace.now()

    def get(self, answer: TypeAdapter[T], path: str, params: Mapping[str, str] | None = None) -> T:
        """Return the answer to a GET request, which is JSON of this type.

        Raises:
            SourceUnavailable: When the source does not answer after all attempts.
            ResponseTooLarge: When the response has more than MAX_BODY_BYTES.
            SourceRefused: When the source refuses the request, or answers in another form.
        """
        return self._retry(lambda: self._get(answer, path, params or {}))

    def lines(self, path: str, params: Mapping[str, str]) -> Generator[bytes]:
        """Yield the lines of the response to a GET request as they come.

        Raises:
            SourceUnavailable: When the source does not answer after all attempts, or the response is cut off.
            ResponseTooLarge: When a line has more than MAX_LINE_BYTES.
            SourceRefused: When the source refuses the request.
        """
        with self._translate_errors():
            response = self._retry(lambda: self._open(path, params))
            try:
                yield from self._split(response)
            finally:
                response.close()

    def unavailable(self, problem: str) -> SourceUnavailable:
        """Return an error without the secret."""
        return SourceUnavailable(self._redact(problem))

    def refused(self, problem: str) -> SourceRefused:
        """Return an error without the secret."""
        return SourceRefused(self._redact(problem))

    def parse(self, answer: TypeAdapter[T], body: bytes) -> T:
        """Return an answer from its JSON.

        Raises:
            SourceUnavailable: When it is no JSON, as an answer that was cut off.
            SourceRefused: When it is JSON of another form.
        """
        try:
            return answer.validate_json(body)
        except ValidationError as error:
            detail = error.errors(include_input=False, include_url=False)[0]
        start = quote_name(body[:80].decode(errors="replace"))
        if detail["type"] == "json_invalid":
            raise self.unavailable(
                f"the answer is not JSON or is cut off; it starts with {start}. If this remains, check the "
                "address"
            )
        place = ".".join(map(str, detail["loc"])) or "it"
        raise self.refused(
            f"the answer is not of the form that {self._source.kind} documents ({place}: {detail['msg']}); "
            f"it starts with {start}. Check the address"
        )

    def _get(self, answer: TypeAdapter[T], path: str, params: Mapping[str, str]) -> T:
        with self._translate_errors():
            response = self._open(path, params)
            try:
                body = self._read(response)
            finally:
                response.close()
        return self.parse(answer, body)

    def _open(self, path: str, params: Mapping[str, str]) -> httpx2.Response:
        """Return a response of status 2xx whose body is to be read."""
        if wait := self._pace.limit.reserve():
            self._pace.sleep(wait)
        self._pace.progress()
        with self._translate_errors():
            request = self._client.build_request("GET", path, params={**params, **self._params})
            response = self._client.send(request, stream=True)
            try:
                check_status(response, self._source, self._redact, self._pace.now())
            except BaseException:
                response.close()
                raise
        return response

    def _read(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        for piece in self._pieces(response):
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise ResponseTooLarge(f"the response has over {MAX_BODY_BYTES} bytes")
        return bytes(body)

    def _split(self, response: httpx2.Response) -> Iterator[bytes]:
        rest = b""
        for piece in self._pieces(response, per_line=True):
            *lines, rest = (rest + piece).split(b"\n")
            yield from filter(None, lines)
            if len(rest) > MAX_LINE_BYTES:
                raise ResponseTooLarge(f"a line has over {MAX_LINE_BYTES} bytes")
        if rest:
            yield rest

    def _pieces(self, response: httpx2.Response, *, per_line: bool = False) -> Iterator[bytes]:
        """Yield the pieces of a body, within MAX_RESPONSE_SECONDS in all, or for each line."""
        deadline = self._pace.clock() + MAX_RESPONSE_SECONDS
        for piece in response.iter_bytes():
            self._pace.progress()
            if self._pace.clock() > deadline:
                raise self.unavailable(f"the response is not complete after {MAX_RESPONSE_SECONDS:g} s")
            yield piece
            if per_line and b"\n" in piece:
                deadline = self._pace.clock() + MAX_RESPONSE_SECONDS

    def _retry(self, request: Callable[[], T]) -> T:
        """Send a request again while it may be answered; other jobs wait for the same source, too."""
        return retry_request(
            request,
            sleep=self._pace.sleep,
            on_failure=self._fail,
            max_attempts=self._pace.max_attempts,
        )

    def _fail(self, error: RequestUnavailable, seconds: float) -> None:
        if error.retry_after:
            self._pace.limit.defer(error.retry_after)
        self._pace.failed(error, seconds)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            translated = translate(error, TIMEOUT)
        else:
            return
        # Not "from": the original contains the URL, and that may contain the secret.
        raise translated from None

    def _redact(self, text: str) -> str:
        return text.replace(self._secret.get_secret_value(), "…") if self._secret else text
