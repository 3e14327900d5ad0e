"""The history of Home Assistant's recorder: https://developers.home-assistant.io/docs/api/rest/."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from pydantic import BaseModel, Field, TypeAdapter

from jobs.source import Source
from worker.sources.http import Credentials, ResponseTooLarge, SourceClient
from worker.sources.model import NotFound, Skipped, SourceValue
from worker.sources.values import check_unit, parse_moment, to_item, windows

# The span that the server uses by default. It answers without pages, and 86,400 states are about 40 MB.
WINDOW = timedelta(days=1)
MIN_WINDOW = timedelta(minutes=1)
# The server leaves out a state at exactly the start, and rounds times to a part of a microsecond.
MARGIN = timedelta(milliseconds=1)
# Of the names of the entities in one request: a proxy in front of the server, as nginx, refuses a request
# line of over 8 KiB, and the server itself one of over 24 KB, or in older versions 8 KB.
MAX_NAMES_BYTES = 6_000
SEPARATOR_BYTES = len(quote(","))


class _Attributes(BaseModel):
    unit_of_measurement: str | None = None


class _State(BaseModel):
    entity_id: str
    state: str
    attributes: _Attributes = Field(default_factory=_Attributes)
    last_changed: str


_HISTORY = TypeAdapter(list[list[_State]])
_STATE = TypeAdapter(_State)


def bearer_token(_: Source, secret: str) -> Credentials:
    """Return the header of a long-lived access token."""
    return Credentials(headers={"Authorization": f"Bearer {secret}"})


class HomeAssistantHistory:
    """Reads the states of entities.

    Each state is complete: with `minimal_response` the server would leave out a state that equals the one
    before it in the same request, so that the ranges of the requests would decide what is read.
    """

    def __init__(self, source: Source, client: SourceClient) -> None:
        self._source = source
        self._client = client
        self._known: set[str] = set()
        self._groups = list(_group_by_length([sensor.remote for sensor in source.sensors]))

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values from `start` to before `end`, by the time of their last change.

        Raises:
            SourceUnavailable: When Home Assistant does not answer.
            SourceRefused: When it refuses the token, or an entity has another unit.
        """
        for window in windows(start.astimezone(UTC), end.astimezone(UTC), WINDOW):
            for entities in self._groups:
                yield from self._read_window(entities, *window)

    def _read_window(
        self, entities: list[str], start: datetime, end: datetime
    ) -> Iterator[SourceValue | Skipped]:
        try:
            answer = self._get(entities, start - MARGIN, end + MARGIN)
        except ResponseTooLarge:
            if end - start <= MIN_WINDOW:
                raise
            for half in windows(start, end, (end - start) / 2):
                yield from self._read_window(entities, *half)
            return
        self._known |= {states[0].entity_id for states in answer if states}
        for states in answer:
            yield from self._values(states, start, end)
        for entity in entities:
            if entity not in self._known:
                yield from self._check(entity)

    def _check(self, entity: str) -> Iterator[Skipped]:
        """Report an entity that does not exist, whose history is as empty as that of any without changes."""
        self._known.add(entity)
        try:
            self._client.get(_STATE, f"/api/states/{entity}")
        except NotFound:
            yield Skipped(f"Home Assistant has no {entity}")

    def _get(self, entities: list[str], start: datetime, end: datetime) -> list[list[_State]]:
        path = f"/api/history/period/{quote(start.isoformat(), safe='')}"
        params = {
            "filter_entity_id": ",".join(entities),
            "end_time": end.isoformat(),
            "significant_changes_only": "0",
            # Without it, each range starts with a state that was not measured at that time.
            "skip_initial_state": "",
        }
        return self._client.get(_HISTORY, path, params)

    def _values(
        self, states: list[_State], start: datetime, end: datetime
    ) -> Iterator[SourceValue | Skipped]:
        previous: str | None = None
        for state in states:
            if state.last_changed != previous:  # else only its attributes changed
                yield from self._value(state, start, end)
            previous = state.last_changed

    def _value(self, state: _State, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        moment = parse_moment(state.last_changed, self._source.zone)
        if isinstance(moment, Skipped):
            yield moment
        elif start <= moment < end:
            item = to_item(state.entity_id, moment, state.state, self._source.unit)
            if isinstance(item, SourceValue):
                check_unit(state.attributes.unit_of_measurement, self._source.unit, state.entity_id)
            yield item


def _group_by_length(entities: list[str]) -> Iterator[list[str]]:
    """Yield groups of entities whose names are short enough for one request."""
    group: list[str] = []
    length = 0
    for entity in entities:
        length += len(entity) + SEPARATOR_BYTES
        if group and length > MAX_NAMES_BYTES:
            yield group
            group, length = [], len(entity) + SEPARATOR_BYTES
        group.append(entity)
    yield group
