"""The feeds of ThingSpeak's channels: https://www.mathworks.com/help/thingspeak/readdata.html."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from jobs.source import Source
from readings.units import UnknownUnit, find_unit
from worker.sources.http import Credentials, SourceClient
from worker.sources.model import Skipped, SourceValue
from worker.sources.values import parse_moment, to_item

MAX_ENTRIES = 8000
SECOND = timedelta(seconds=1)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="allow")

    created_at: str
    entry_id: int

    def field(self, name: str) -> Any:
        return (self.model_extra or {}).get(name)


class _Feed(BaseModel):
    channel: dict[str, Any]
    feeds: list[_Entry]


# Without the right to read the channel, the whole answer is -1.
_ANSWER: TypeAdapter[_Feed | Literal[-1, "-1"]] = TypeAdapter(_Feed | Literal[-1, "-1"])


def api_key(_: Source, secret: str) -> Credentials:
    """Return the parameter of a channel's read key."""
    return Credentials(params={"api_key": secret})


class ThingSpeakHistory:
    """Reads fields of channels, "channel/field1". An answer has the newest entries, so pages go backwards."""

    def __init__(self, source: Source, client: SourceClient) -> None:
        self._source = source
        self._client = client
        self._fields: dict[str, list[str]] = defaultdict(list)
        for sensor in source.sensors:
            channel, field = sensor.remote.split("/")
            self._fields[channel].append(field)

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values from `start` to before `end`; within a channel, the newest page is first.

        Raises:
            SourceUnavailable: When ThingSpeak does not answer.
            SourceRefused: When the key may not read a channel, or a field is named after another unit.
        """
        for channel, fields in self._fields.items():
            for moment, entry in self._entries(channel, start.astimezone(UTC), end.astimezone(UTC)):
                if isinstance(moment, Skipped):
                    yield moment
                elif start <= moment < end:
                    yield from self._values(channel, fields, entry, moment)

    def _entries(
        self, channel: str, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime | Skipped, _Entry]]:
        """Yield each entry of a channel once, with its time."""
        # Whole seconds, which the server has too; what is outside of the range is dropped.
        first, last = start.replace(microsecond=0), end.replace(microsecond=0) + SECOND
        known: set[int] = set()
        while True:
            page = self._get(channel, first, last)
            entries = [(parse_moment(entry.created_at, self._source.zone), entry) for entry in page]
            yield from (pair for pair in entries if pair[1].entry_id not in known)
            times = [moment for moment, _ in entries if isinstance(moment, datetime)]
            oldest = min(times, default=first).replace(microsecond=0)
            if len(page) < MAX_ENTRIES or oldest <= first:
                return
            if oldest + SECOND >= last:
                raise self._client.refused(
                    f"channel {channel} has {MAX_ENTRIES} entries or more in the second {oldest}, or answers "
                    "for other times than were requested: the entries before them cannot be read"
                )
            # That second may have more entries than this page: it is read again.
            last, known = oldest + SECOND, {entry.entry_id for _, entry in entries}

    def _get(self, channel: str, first: datetime, last: datetime) -> list[_Entry]:
        params = {
            "start": f"{first:%Y-%m-%d %H:%M:%S}",
            "end": f"{last:%Y-%m-%d %H:%M:%S}",
            "results": str(MAX_ENTRIES),
        }
        answer = self._client.get(_ANSWER, f"/channels/{channel}/feeds.json", params)
        if not isinstance(answer, _Feed):
            hint = (
                f"set {self._source.secret_name} to its read key"
                if self._source.secret_name
                else "set secret_name"
            )
            raise self._client.refused(f"channel {channel} may not be read: {hint}")
        self._check_units(channel, answer.channel)
        return answer.feeds

    def _check_units(self, channel: str, names: Mapping[str, Any]) -> None:
        """Refuse a field whose name contains another unit, as "Outside (°F)" does."""
        for field in self._fields[channel]:
            try:
                unit = find_unit(str(names.get(field, "")))
            except UnknownUnit as error:
                raise self._client.refused(f"{channel}/{field}: {error}") from None
            if unit not in (None, self._source.unit):
                raise self._client.refused(
                    f"{channel}/{field} is named {names[field]!r}, but the unit of the source is "
                    f"{self._source.unit}: correct the unit, or the sensor"
                )

    def _values(
        self, channel: str, fields: list[str], entry: _Entry, moment: datetime
    ) -> Iterator[SourceValue | Skipped]:
        for field in fields:
            yield to_item(f"{channel}/{field}", moment, entry.field(field), self._source.unit)
