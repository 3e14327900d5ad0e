"""`sensorctl gaps`: which times of sources are missing, per sensor."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from db.queries.statements import Row, Statements
from db.workflows.gaps import Gaps
from db.workflows.sources import Sources
from jobs.gaps import DEFAULT_MIN_LENGTH, Gap
from readings.ids import normalise_sensor_id
from readings.ranges import check_order
from runtime.errors import InvalidInput
from runtime.text import escape_unprintable, format_duration, quantity
from sensorctl.output import JsonOption, print_message, show, show_json
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_length, parse_time_or_age
from sensorctl.workflows.options import NAME
from sensorctl.workflows.source_views import gap_table
from sensorctl.workflows.sources import require_source

MIN_LENGTH_HELP = f"Only those that are at least so long; {format_duration(DEFAULT_MIN_LENGTH)} if unset."


@contextmanager
def reader() -> Iterator[tuple[Sources, Gaps]]:
    """Open what reads sources and their gaps."""
    with closing(Statements(discover_settings(), NAME)) as statements:
        yield Sources(statements), Gaps(statements)


def gaps(
    source: Annotated[str | None, typer.Option(metavar="SOURCE", help="Only of this source.")] = None,
    sensor: Annotated[str | None, typer.Option(metavar="ID", help="Only of this sensor.")] = None,
    start: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            parser=parse_time_or_age,
            metavar="TIME",
            help="From this time on; since the first reading or fetch if unset.",
        ),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", parser=parse_time_or_age, metavar="TIME", help="To before it; now if unset."),
    ] = None,
    min_length: Annotated[
        timedelta | None, typer.Option(parser=parse_length, metavar="LENGTH", help=MIN_LENGTH_HELP)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which times of sources are missing: neither read completely, nor with readings.

    `sensorctl backfill SOURCE --gaps` fetches exactly these.

    Raises:
        InvalidInput: When no source has the sensor, or the times are in the wrong order.
    """
    check_order(start, end, start_field="--from", end_field="--to")
    known = None if sensor is None else normalise_sensor_id(sensor)
    now = datetime.now(UTC)
    with reader() as (sources, finder):
        rows = sources.read_all() if source is None else [require_source(sources, source)]
        _require_sensor(rows, known)
        found = [
            gap
            for row in rows
            for gap in finder.find(
                row, now, start=start, end=end, min_length=min_length or DEFAULT_MIN_LENGTH, sensor=known
            )
        ]
    _show(found, as_json=as_json)


def _require_sensor(sources: Sequence[Row], sensor: str | None) -> None:
    if sensor is not None and not any(
        each["sensor_id"] == sensor for source in sources for each in source["sensors"]
    ):
        raise InvalidInput(
            f"no source has the sensor {escape_unprintable(sensor)}: see `sensorctl source list`", "--sensor"
        )


def _show(found: Sequence[Gap], *, as_json: bool) -> None:
    if as_json:
        show_json([gap._asdict() for gap in found])
    elif found:
        show(gap_table(found))
        sensors = {(gap.source, gap.sensor_id) for gap in found}
        print_message(
            f"{quantity(len(found), 'gap')} of {quantity(len(sensors), 'sensor')}. "
            "`sensorctl backfill SOURCE --gaps` fetches them."
        )
    else:
        print("No gaps.")
