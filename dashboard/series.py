"""`GET /api/series`: the course of the temperature of some sensors over any range, as JSON or CSV."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field

from dashboard.models import EpochSeconds, Model, SensorId
from dashboard.resources import Shared, require_database
from dashboard.times import TIME_HINT, parse_time
from db.queries.series import MAX_RANGE, Bucket, Series
from readings.ids import sensor_id_forms
from readings.model import Unit
from readings.ranges import check_order
from readings.units import from_celsius
from runtime.access import Role
from runtime.errors import InvalidInput
from runtime.settings import time_zone as parse_time_zone
from web.auth import requires
from web.errors import document_errors

MAX_SENSORS = 10
DEFAULT_RANGE = timedelta(hours=1)
CSV = "text/csv"
COLUMNS = (
    "sensor_id", "starts_at", "min_temperature", "mean_temperature", "max_temperature", "readings", "unit",
)  # fmt: skip

Point = Annotated[
    tuple[EpochSeconds, float | None, float | None, float | None, int],
    Field(description="Start, lowest, mean and highest temperature in °C, and number of readings"),
]

router = APIRouter(prefix="/api")


class SeriesResponse(Model):
    """The series of each sensor, oldest first, without buckets that have no reading."""

    from_: Annotated[EpochSeconds, Field(alias="from")]
    to: EpochSeconds
    bucket: Annotated[Bucket, Field(description="What a point summarises")]
    bucket_seconds: Annotated[
        int, Field(description="Its width; that of a day on which clocks are changed differs")
    ]
    time_zone: Annotated[str, Field(description="Time zone of the installation, in which days start and end")]
    sensors: dict[str, list[Point]]


@router.get(
    "/series",
    response_model=SeriesResponse,
    responses=document_errors(HTTPStatus.UNPROCESSABLE_ENTITY)
    | {200: {"content": {CSV: {}}, "description": "The series; as CSV if requested"}},
    dependencies=[Depends(require_database)],
    **requires(Role.VIEWER),
)
def get_series(
    resources: Shared,
    sensor: Annotated[list[SensorId], Query(description="Sensor IDs", min_length=1, max_length=MAX_SENSORS)],
    since: Annotated[
        str | None, Query(alias="from", description=f"Start: {TIME_HINT}; an hour before `to` if unset")
    ] = None,
    until: Annotated[str | None, Query(alias="to", description="End, exclusive; now if unset")] = None,
    zone: Annotated[
        str | None,
        Query(
            alias="time_zone",
            description="Zone of dates, and of the times in CSV; the installation's if unset",
        ),
    ] = None,
    unit: Annotated[
        Unit | None,
        Query(description="Unit of the temperatures in CSV, which its last column names; °C if unset"),
    ] = None,
    output: Annotated[
        Literal["json", "csv"] | None, Query(alias="format", description="Instead of the header `Accept`")
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Return the series of some sensors, in steps of 5 seconds, a minute, an hour, a day or a week.

    The finest step is used that is kept and yields at most 2,000 points per sensor.
    """
    is_csv = (output or ("csv" if CSV in accept else "json")) == "csv"
    _check_unit(unit, is_csv=is_csv)
    local = _parse_zone(zone) if zone else ZoneInfo(resources.series.time_zone())
    start, end = _parse_range(since, until, local)
    requested = {form: sensor_id for sensor_id in sensor for form in sensor_id_forms([sensor_id])}
    series = resources.series.read(list(requested), start, end)
    if is_csv:
        return _csv_response(series, requested, local, unit or Unit.CELSIUS)
    return _json_response(series, requested, sensor, (start, end))


def _check_unit(unit: Unit | None, *, is_csv: bool) -> None:
    if unit not in {None, Unit.CELSIUS} and not is_csv:
        raise InvalidInput("is only used with format=csv: in JSON, temperatures are in °C", "unit")


def _parse_zone(name: str) -> ZoneInfo:
    try:
        return parse_time_zone(name)
    except ValueError as error:
        raise InvalidInput(f"is {name!r}, which is no time zone: {error}", "time_zone") from None


def _parse_range(since: str | None, until: str | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    end = parse_time("to", until, zone) if until else datetime.now(UTC)
    start = parse_time("from", since, zone) if since else end - DEFAULT_RANGE
    check_order(start, end)
    if end - start > MAX_RANGE:
        message = f"is more than {MAX_RANGE.days // 365} years before `to`: request a shorter range"
        raise InvalidInput(message, "from")
    return start, end


def _json_response(
    series: Series, requested: dict[str, str], sensors: Iterable[str], limits: tuple[datetime, datetime]
) -> Response:
    """Insert the points, which are JSON already, into the response."""
    points = dict.fromkeys(sensors, "[]")
    for form, found in series.points.items():
        points[requested[form]] = _join(points[requested[form]], found)
    head = {
        "from": int(limits[0].timestamp()),
        "to": int(limits[1].timestamp()),
        "bucket": series.bucket,
        "bucket_seconds": int(series.bucket.width.total_seconds()),
        "time_zone": series.time_zone,
    }
    members = ",".join(f"{json.dumps(sensor_id)}:{found}" for sensor_id, found in points.items())
    body = f'{json.dumps(head)[:-1]},"sensors":{{{members}}}}}'
    return Response(body, media_type="application/json")


def _join(points: str, others: str) -> str:
    """Join the points of a sensor that is stored under two forms of its ID."""
    return others if points == "[]" else json.dumps(sorted(json.loads(points) + json.loads(others)))


def _csv_response(series: Series, requested: dict[str, str], zone: ZoneInfo, unit: Unit) -> Response:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for form, points in sorted(series.points.items()):
        writer.writerows(_csv_row(requested[form], point, zone, unit) for point in json.loads(points))
    headers = {"Content-Disposition": 'attachment; filename="series.csv"'}
    return Response(file.getvalue(), media_type=CSV, headers=headers)


def _csv_row(sensor_id: str, point: list[Any], zone: ZoneInfo, unit: Unit) -> list[Any]:
    at, *temperatures, readings = point
    shown = [None if value is None else from_celsius(value, unit) for value in temperatures]
    return [_plain(sensor_id), datetime.fromtimestamp(at, zone).isoformat(), *shown, readings, unit.value]


def _plain(text: str) -> str:
    """Keep a spreadsheet from reading an ID as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
