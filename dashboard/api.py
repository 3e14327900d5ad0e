"""The API: one table of operations, from which both the routes and their description are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dashboard.auth import Forbidden, TokenAuth, Unauthorized
from dashboard.dead_letters import DeadLetterService, PartialFailure
from dashboard.models import Access, DeadLetters, ErrorResponse, History, Minute, Minutes, Order, Outcome
from dashboard.snapshots import SnapshotStore
from dashboard.sse import events as stream
from dashboard.telemetry import DashboardTelemetry
from db.queries.minutes import MinuteSeries
from monitoring.model import SystemStatus
from runtime.errors import ServiceUnavailable

MOST_SENSORS = 100
MOST_BODY_BYTES = 64 * 1024


class NothingYet(ServiceUnavailable):
    """The dashboard has only just been started: ask again in a second."""


class WrongRequest(Exception):
    """The request asks for something that there is not."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query."""

    name: str
    schema: dict[str, Any]
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """What can be asked. `work` may wait: it runs in a thread. What has a `body` needs the token."""

    path: str
    summary: str
    answer: TypeAdapter[Any]
    work: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    body: TypeAdapter[Any] | None = None
    refusals: tuple[HTTPStatus, ...] = field(default=(HTTPStatus.SERVICE_UNAVAILABLE,))

    @property
    def method(self) -> str:
        """Reading is a GET, changing a POST."""
        return "POST" if self.body else "GET"


class Api:
    """The operations on one board, dead queue and database."""

    def __init__(
        self,
        board: SnapshotStore,
        dead: DeadLetterService,
        minutes: MinuteSeries,
        guard: TokenAuth,
        events: DashboardTelemetry,
    ) -> None:
        self._board = board
        self._dead = dead
        self._minutes = minutes
        self._guard = guard
        self._events = events

    def operations(self) -> tuple[Operation, ...]:
        """All of them, but for the stream of events."""
        wrong, away = HTTPStatus.BAD_REQUEST, HTTPStatus.SERVICE_UNAVAILABLE
        order = (wrong, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, away)
        sensors = Parameter(
            "sensor", MANY_SENSORS, f"a sensor's ID; up to {MOST_SENSORS} of them", required=True
        )
        reason = Parameter("reason", {"type": "string"}, "only messages of this reason")
        return (
            Operation("/api/overview", "everything at this moment", _of(SystemStatus), self._overview),
            Operation("/api/history", "queue, rates and delay over time", _of(History), self._history),
            Operation("/api/minutes", "the last hour of some sensors by the minute", _of(Minutes),
                      self._last_hour, (sensors,), refusals=(wrong, away)),
            Operation("/api/access", "whether this request may change anything", _of(Access), self._access),
            Operation("/api/dead-letters", "the oldest dead messages", _of(DeadLetters),
                      self._letters, (reason,)),
            Operation("/api/dead-letters/replay", "put dead messages into the queue again", _of(Outcome),
                      self._replay, body=_of(Order), refusals=order),
            Operation("/api/dead-letters/discard", "remove dead messages for ever", _of(Outcome),
                      self._discard, body=_of(Order), refusals=order),
        )  # fmt: skip

    def routes(self) -> list[Route]:
        """The operations and the stream, to be served."""
        routes = [Route(one.path, self._endpoint(one), methods=[one.method]) for one in self.operations()]
        return [*routes, Route("/api/events", self._listen)]

    def _endpoint(self, operation: Operation) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            try:
                arguments = await self._arguments(operation, request)
                answer = await run_in_threadpool(operation.work, request, *arguments)
            except (WrongRequest, Forbidden, Unauthorized, ServiceUnavailable) as error:
                return _refusal(error)
            return _json(operation.answer.dump_json(answer))

        return endpoint

    async def _arguments(self, operation: Operation, request: Request) -> list[Any]:
        if operation.body is None:
            return []
        try:
            self._guard.check(request)
        except (Forbidden, Unauthorized) as error:
            self._events.order_refused(str(error))
            raise
        try:
            return [operation.body.validate_json(await _body(request))]
        except ValidationError as error:
            raise WrongRequest("; ".join(detail["msg"] for detail in error.errors())) from None

    def _overview(self, _request: Request) -> SystemStatus:
        if self._board.frame is None:
            raise NothingYet(NothingYet.__doc__)
        return self._board.frame.overview

    def _history(self, _request: Request) -> History:
        if self._board.frame is None:
            raise NothingYet(NothingYet.__doc__)
        return self._board.frame.history

    def _access(self, request: Request) -> Access:
        try:
            self._guard.check(request)
        except (Forbidden, Unauthorized):
            return Access(possible=self._guard.writable, granted=False)
        return Access(possible=True, granted=True)

    def _last_hour(self, request: Request) -> Minutes:
        wanted = request.query_params.getlist("sensor")
        if not 1 <= len(wanted) <= MOST_SENSORS:
            raise WrongRequest(f"name 1 to {MOST_SENSORS} sensors, as sensor=1&sensor=2")
        # Known to be away, so that nobody waits for it to answer.
        if self._overview(request).sensors is None:
            raise ServiceUnavailable("the database does not answer")
        series: dict[str, list[Minute]] = {sensor: [] for sensor in wanted}
        for row in self._minutes.last_hour(series):
            at, (readings, lowest, mean, highest) = int(row.minute.timestamp()), row[2:]
            series[row.sensor_id].append(Minute(at=at, readings=readings, min=lowest, mean=mean, max=highest))
        return Minutes(sensors=series)

    def _letters(self, request: Request) -> DeadLetters:
        return self._dead.look(request.query_params.get("reason"))

    def _replay(self, _request: Request, order: Order) -> Outcome:
        return self._dead.replay(order)

    def _discard(self, _request: Request, order: Order) -> Outcome:
        return self._dead.discard(order)

    async def _listen(self, _request: Request) -> Response:
        return StreamingResponse(self._told(), media_type="text/event-stream", headers=NO_STORE)

    async def _told(self) -> Any:
        with self._events.listening():
            async for event in stream(self._board):
                yield event


NO_STORE = {"Cache-Control": "no-store"}
MANY_SENSORS = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MOST_SENSORS}
REFUSAL = TypeAdapter(ErrorResponse)
STATUS = {
    WrongRequest: HTTPStatus.BAD_REQUEST,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
}


def _of(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _refusal(error: Exception) -> Response:
    status = STATUS.get(type(error), HTTPStatus.SERVICE_UNAVAILABLE)
    done = dict(error.done) if isinstance(error, PartialFailure) else None
    response = _json(REFUSAL.dump_json(ErrorResponse(error=str(error), done=done)), status)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _json(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(body, status, NO_STORE, "application/json")


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise WrongRequest(f"the body is larger than {MOST_BODY_BYTES} bytes")
    return body
