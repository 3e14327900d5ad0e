"""The query API of InfluxDB 1.x, which 2 and 3 keep: https://docs.influxdata.com/influxdb/v1/tools/api/."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, TypeAdapter

from jobs.influx_series import InfluxSeries, parse_series
from jobs.source import Source
from readings.times import format_timestamp
from readings.units import UnknownUnit, find_unit
from runtime.text import escape_unprintable
from worker.sources.http import Credentials, SourceClient
from worker.sources.model import Skipped, SourceUnavailable, SourceValue
from worker.sources.values import to_item

# Sensors whose series are counted by one request, whose URL stays short enough for a proxy.
CHECKED_TOGETHER = 10
CHUNKED = {"chunked": "true", "chunk_size": "5000"}
# A response that is cut off is continued after its last value; so often in a row without any.
MAX_EMPTY_RESPONSES = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class _Series(BaseModel):
    tags: dict[str, str] = {}
    columns: list[str]
    values: list[tuple[int, Any]] = []


class _Result(BaseModel):
    series: list[_Series] = []
    error: str | None = None
    partial: bool = False


class _Answer(BaseModel):
    results: list[_Result] = []
    error: str | None = None


_ANSWER = TypeAdapter(_Answer)


def login(source: Source, secret: str) -> Credentials:
    """Return the header of a user's password, or of a token."""
    user = source.options.get("user")
    if user is None:
        return Credentials(headers={"Authorization": f"Token {secret}"})
    return Credentials(headers={"Authorization": f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"})


class InfluxHistory:
    """Reads fields of series. The times are read in microseconds, as readings have them."""

    def __init__(self, source: Source, client: SourceClient) -> None:
        self._source = source
        self._client = client
        self._series = {sensor.remote: parse_series(sensor.remote) for sensor in source.sensors}
        for remote, series in self._series.items():
            self._check_unit(remote, series)

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values from `start` to before `end`, series after series.

        Raises:
            SourceUnavailable: When InfluxDB does not answer.
            SourceRefused: When it refuses the query, or a sensor matches several series.
        """
        sensors = list(self._series.items())
        for first in range(0, len(sensors), CHECKED_TOGETHER):
            self._check_single(sensors[first : first + CHECKED_TOGETHER], start, end)
        for remote, series in sensors:
            yield from self._read_series(remote, series, start, end)

    def _check_unit(self, remote: str, series: InfluxSeries) -> None:
        """Refuse a series whose names contain another unit, as "°F" and "temp_f" do."""
        for name in (series.measurement, series.field):
            try:
                unit = find_unit(name)
            except UnknownUnit as error:
                raise self._client.refused(f"{remote}: {error}") from None
            if unit not in (None, self._source.unit):
                raise self._client.refused(
                    f"{remote} is named after {unit}, but the unit of the source is "
                    f"{self._source.unit}: correct one of them"
                )

    def _check_single(
        self, sensors: Sequence[tuple[str, InfluxSeries]], start: datetime, end: datetime
    ) -> None:
        """Refuse a sensor whose values come from several series: they would be mixed."""
        queries = [f"{_select(series, start, end)} GROUP BY * LIMIT 1" for _, series in sensors]
        answer = self._client.get(_ANSWER, "/query", self._params("; ".join(queries)))
        self._series_of(answer)  # refuses errors
        for (remote, _), result in zip(sensors, answer.results, strict=False):
            found = [each.tags for each in result.series]
            if len(found) > 1:
                examples = " and ".join(_format_tags(tags) for tags in found[:2])
                raise self._client.refused(
                    f"{remote} matches {len(found)} series, such as {examples}: add a tag that only one has"
                )

    def _read_series(
        self, remote: str, series: InfluxSeries, start: datetime, end: datetime
    ) -> Iterator[SourceValue | Skipped]:
        position, empty_responses = start, 0
        while True:
            before = position
            try:
                for moment, item in self._query(remote, series, position, end):
                    yield item
                    position = max(position, moment + MICROSECOND)
            except SourceUnavailable:
                empty_responses = empty_responses + 1 if position == before else 0
                if empty_responses == MAX_EMPTY_RESPONSES:
                    raise
            else:
                return

    def _query(
        self, remote: str, series: InfluxSeries, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, SourceValue | Skipped]]:
        params = {**self._params(_select(series, start, end)), **CHUNKED}
        is_first, is_partial = True, False
        with closing(self._client.lines("/query", params)) as lines:
            for line in lines:
                answer = self._client.parse(_ANSWER, line)
                for each in self._series_of(answer, is_first=is_first):
                    yield from self._rows(remote, each, start, end)
                is_first, is_partial = False, any(result.partial for result in answer.results)
        if is_partial:
            raise self._client.unavailable("the response ends before its last part")

    def _series_of(self, answer: _Answer, *, is_first: bool = True) -> list[_Series]:
        """Return the series of an answer; after the first part of it, an error is an interruption."""
        errors = [error for error in (answer.error, *(result.error for result in answer.results)) if error]
        if errors and is_first:
            raise self._client.refused(f"the query is refused: {escape_unprintable(errors[0])}")
        if errors:
            raise self._client.unavailable(f"the query was interrupted: {escape_unprintable(errors[0])}")
        return [each for result in answer.results for each in result.series]

    def _rows(
        self, remote: str, series: _Series, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, SourceValue | Skipped]]:
        for microseconds, value in series.values:
            moment = EPOCH + timedelta(microseconds=microseconds)
            if start <= moment < end:
                yield moment, to_item(remote, moment, value, self._source.unit)

    def _params(self, query: str) -> Mapping[str, str]:
        options = self._source.options
        policy = options.get("retention_policy")
        return {
            "db": str(options["database"]),
            "epoch": "u",
            "q": query,
            **({"rp": str(policy)} if policy else {}),
        }


def _select(series: InfluxSeries, start: datetime, end: datetime) -> str:
    conditions = [f"{_identifier(name)} = {_text(value)}" for name, value in series.tags]
    conditions += [f"time >= '{format_timestamp(start)}'", f"time < '{format_timestamp(end)}'"]
    return (
        f"SELECT {_identifier(series.field)} FROM {_identifier(series.measurement)} "  # noqa: S608 (quoted)
        f"WHERE {' AND '.join(conditions)}"
    )


def _identifier(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _format_tags(tags: Mapping[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in tags.items()) or "the one without tags"
