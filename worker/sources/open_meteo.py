"""The archive of Open-Meteo: https://open-meteo.com/en/docs/historical-weather-api."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, TypeAdapter

from jobs.source import Source, SourceSensor
from runtime.text import quote_value
from worker.sources.http import Credentials, SourceClient
from worker.sources.model import Skipped, SourceValue
from worker.sources.values import check_unit, to_item, windows

# A longer range counts as several requests.
WINDOW = timedelta(days=14)
VARIABLE = "temperature_2m"


class _Archive(BaseModel):
    utc_offset_seconds: int
    hourly_units: dict[str, str]
    hourly: dict[str, list[Any]]


_ARCHIVE = TypeAdapter(_Archive)


def api_key(_: Source, secret: str) -> Credentials:
    """Return the parameter of a customer's key."""
    return Credentials(params={"apikey": secret})


class OpenMeteoHistory:
    """Reads the hourly air temperature at places, "latitude,longitude", which a reanalysis computed."""

    def __init__(self, source: Source, client: SourceClient) -> None:
        self._source = source
        self._client = client

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values from `start` to before `end`, or to now.

        Raises:
            SourceUnavailable: When Open-Meteo does not answer.
            SourceRefused: When it refuses the request, or answers in another unit or with other times.
        """
        end = min(end, self._client.now())  # dates in the future are refused
        for first, last in _days(start.astimezone(UTC), end.astimezone(UTC)):
            for sensor in self._source.sensors:
                answer = self._get(sensor, first, last)
                yield from self._values(sensor, answer, start, end)

    def _get(self, sensor: SourceSensor, first: datetime, last: datetime) -> _Archive:
        latitude, longitude = sensor.remote.split(",")
        params = {
            "latitude": latitude,
            "longitude": longitude,
            "start_date": first.date().isoformat(),
            "end_date": last.date().isoformat(),  # inclusive
            "hourly": VARIABLE,
            # Other times would have no offset.
            "timeformat": "unixtime",
        }
        return self._client.get(_ARCHIVE, "/v1/archive", params)

    def _values(
        self, sensor: SourceSensor, answer: _Archive, start: datetime, end: datetime
    ) -> Iterator[SourceValue | Skipped]:
        times, temperatures = answer.hourly.get("time", []), answer.hourly.get(VARIABLE, [])
        unit, notation = answer.hourly_units.get(VARIABLE), answer.hourly_units.get("time")
        if len(times) != len(temperatures) or unit is None:
            raise self._client.refused(f"the answer lacks values of {VARIABLE}: check the address")
        if notation != "unixtime" or answer.utc_offset_seconds != 0:
            raise self._client.refused(f"the times of the answer are {notation!r} instead of seconds in UTC")
        check_unit(unit, self._source.unit, sensor.remote)
        for seconds, value in zip(times, temperatures, strict=True):
            moment = self._moment(seconds)
            if start <= moment < end:
                yield to_item(sensor.remote, moment, value, self._source.unit)

    def _moment(self, seconds: Any) -> datetime:
        try:
            if isinstance(seconds, int | float) and not isinstance(seconds, bool):
                return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, OSError, ValueError):  # a year that no calendar has
            pass
        raise self._client.refused(
            f"the time {quote_value(seconds)} of the answer is no number of seconds since 1970"
        )


def _days(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the first and the last day of each request."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    for first, following in windows(midnight, end, WINDOW):
        yield first, following - timedelta(microseconds=1)
