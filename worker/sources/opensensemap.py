"""The measurements of openSenseMap: https://docs.opensensemap.org/#api-Measurements-getData."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, TypeAdapter

from jobs.source import Source
from worker.sources.http import SourceClient
from worker.sources.model import Skipped, SourceValue
from worker.sources.values import check_unit, parse_moment, to_item, windows

# The server refuses more than a month, and returns the newest rows up to this number.
WINDOW = timedelta(days=28)
MAX_ROWS = 10_000
# The server has milliseconds, and may exclude the ends of a range.
MARGIN = timedelta(milliseconds=2)


class _Row(BaseModel):
    createdAt: str  # noqa: N815 (the server's name)
    value: str | None = None


class _Sensor(BaseModel):
    unit: str | None = None


_ROWS = TypeAdapter(list[_Row])
_SENSOR = TypeAdapter(_Sensor)


class OpenSenseMapHistory:
    """Reads sensors of boxes, "box/sensor"."""

    def __init__(self, source: Source, client: SourceClient) -> None:
        self._source = source
        self._client = client
        self._checked: set[str] = set()

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values from `start` to before `end`; the newest rows are first within four weeks.

        Raises:
            SourceUnavailable: When openSenseMap does not answer.
            SourceRefused: When it refuses the request, or a sensor has another unit.
        """
        for window in windows(start.astimezone(UTC), end.astimezone(UTC), WINDOW):
            for sensor in self._source.sensors:
                self._check_unit(sensor.remote)
                yield from self._read_window(sensor.remote, *window)

    def _check_unit(self, remote: str) -> None:
        if remote not in self._checked:
            box, sensor = remote.split("/")
            answer = self._client.get(_SENSOR, f"/boxes/{box}/sensors/{sensor}")
            check_unit(answer.unit, self._source.unit, remote)
            self._checked.add(remote)

    def _read_window(self, remote: str, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values of a range that one request may have, page by page."""
        last = end
        while True:
            rows = self._get(remote, start - MARGIN, last + MARGIN)
            moments = [parse_moment(row.createdAt, self._source.zone) for row in rows]
            for row, moment in zip(rows, moments, strict=True):
                if isinstance(moment, Skipped):
                    yield moment
                elif start <= moment < last:
                    yield to_item(remote, moment, row.value, self._source.unit)
            times = [moment for moment in moments if isinstance(moment, datetime)]
            if len(rows) < MAX_ROWS or min(times, default=start) <= start:
                return
            if min(times) >= last:
                raise self._client.refused(
                    f"{remote} has {MAX_ROWS} rows or more at {last.isoformat()}, or answers for other "
                    "times than were requested: the rows before them cannot be read"
                )
            last = min(times)

    def _get(self, remote: str, start: datetime, end: datetime) -> list[_Row]:
        box, sensor = remote.split("/")
        params = {"from-date": _format(start), "to-date": _format(end), "format": "json"}
        return self._client.get(_ROWS, f"/boxes/{box}/data/{sensor}", params)


def _format(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
