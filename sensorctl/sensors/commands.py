"""`sensorctl sensor`: list, show, set, retire and merge sensors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from db.queries.sensors import read_sensor, read_sensors
from db.queries.statements import Row
from db.sensors import change_sensor, change_sensors, continue_changes, merge_sensor
from limits.definition import LimitValues, define_sensor_limits
from monitoring.settings import MonitoringSettings
from readings.ids import normalise_sensor_id
from readings.sensor_changes import SensorChanges
from runtime.text import escape_unprintable
from runtime.validation_messages import to_invalid_input
from sensorctl.actor import current_actor
from sensorctl.limits.options import High, Hysteresis, Low, Severity, read_limits
from sensorctl.limits.views import limit_table
from sensorctl.output import JsonOption, fail, progress_bar, show, show_json
from sensorctl.sensors.views import calibrations_table, sensor_table, sensors_table
from sensorctl.settings import discover_manager_settings, discover_settings
from sensorctl.time_options import parse_time_or_age

app = typer.Typer(help="Name, calibrate, retire and merge sensors.", no_args_is_help=True)

NONE = "none"
Sensor = Annotated[str, typer.Argument(metavar="ID", help="The sensor.")]
FOR_HELP = "How long a limit must be exceeded, such as 10m."
LIMIT_DEFAULTS = {"for": "0s", "hysteresis": 0.0, "severity": "warning"}
CLEARS = f"`{NONE}` clears it."


@app.command("list")
def list_(
    include_retired: Annotated[
        bool, typer.Option("--all", help="Also sensors that are retired or merged.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show every sensor with what people have set."""
    sensors = read_sensors(discover_settings())
    listed = [sensor for sensor in sensors if include_retired or not sensor.retired]
    if as_json:
        show_json([sensor.model_dump() for sensor in listed])
    elif listed:
        show(sensors_table(listed))
    else:
        print("No sensor has sent a reading yet." if not sensors else "All sensors are retired: see --all.")


@app.command("show")
def show_sensor(sensor_id: Sensor, as_json: JsonOption = False) -> None:
    """Show a sensor: what people have set, its calibrations, and the limits that hold for it."""
    found = read_sensor(discover_settings(), normalise_sensor_id(sensor_id))
    if found is None:
        fail(f"There is no sensor {escape_unprintable(sensor_id)}: see `sensorctl sensor list --all`.")
    sensor, calibrations = found
    rows = read_limits(sensor.sensor_id)
    if as_json:
        details = {"calibrations": [each.model_dump() for each in calibrations], "limits": rows}
        show_json(sensor.model_dump() | details)
        return
    show(sensor_table(sensor))
    if calibrations:
        show(calibrations_table(calibrations))
    _show_limits(rows)


@app.command("set")
def set_sensor(
    sensor_id: Sensor,
    name: Annotated[str | None, typer.Option(help=f"Name for people. {CLEARS}")] = None,
    location: Annotated[str | None, typer.Option(help=f"Where it is. {CLEARS}")] = None,
    note: Annotated[str | None, typer.Option(help=f"Anything worth knowing about it. {CLEARS}")] = None,
    serial: Annotated[
        str | None, typer.Option(metavar="S", help=f"Serial number of its logger or probe. {CLEARS}")
    ] = None,
    unit: Annotated[str | None, typer.Option(help=f"Unit in which it is shown: C, F or K. {CLEARS}")] = None,
    expected_interval: Annotated[
        str | None,
        typer.Option(metavar="SECONDS", help=f"Expected time between two readings. {CLEARS}"),
    ] = None,
    plausible_min: Annotated[
        str | None, typer.Option(metavar="C", help=f"Lowest plausible temperature in °C. {CLEARS}")
    ] = None,
    plausible_max: Annotated[
        str | None, typer.Option(metavar="C", help=f"Highest plausible temperature in °C. {CLEARS}")
    ] = None,
    offset: Annotated[
        str | None, typer.Option(metavar="K", help="Calibration: what is added to its temperature.")
    ] = None,
    slope: Annotated[
        str | None,
        typer.Option(
            metavar="FACTOR", help="Calibration: by what its temperature in °C is multiplied before."
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_time_or_age,
            metavar="TIME|AGE",
            help="Time from which on it holds, in place of later calibrations. Default: now.",
        ),
    ] = None,
    high: High = None,
    low: Low = None,
    delay: Annotated[str, typer.Option("--for", metavar="TIME", help=FOR_HELP)] = "0s",
    hysteresis: Hysteresis = 0.0,
    severity: Severity = "warning",
    as_json: JsonOption = False,
) -> None:
    """Change what is given of a sensor, such as its name, its plausible range, its calibration or its limits.

    The stored temperature is SLOPE times the one that the sensor sent, plus OFFSET. With --since, stored
    readings and all that is computed from them follow.
    """
    given = {
        "name": name, "location": location, "note": note, "serial": serial,
        "unit": unit, "expected_interval_seconds": expected_interval, "plausible_min": plausible_min,
        "plausible_max": plausible_max, "offset": offset, "slope": slope, "since": since,
    }  # fmt: skip
    fields = {key: value for key, value in given.items() if value is not None}
    limits = _parse_limits(high, low, delay, hysteresis, severity)
    _change(sensor_id, _parse(fields, limits), limits, as_json=as_json)


@app.command("retire")
def retire(
    sensor_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The sensors.")],
    undo: Annotated[bool, typer.Option("--undo", help="Monitor them again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Stop monitoring sensors that were removed. Their history is kept, and what they send is stored."""
    changes = SensorChanges(retired=not undo)
    if len(sensor_ids) == 1:
        _change(sensor_ids[0], changes, as_json=as_json)
        return
    known = [normalise_sensor_id(each) for each in sensor_ids]
    changed = change_sensors(discover_manager_settings(), current_actor(), known, changes)
    if as_json:
        show_json([sensor.model_dump() for sensor in changed])
    else:
        show(sensors_table(changed))


@app.command("merge")
def merge(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The sensor whose ID was wrong.")],
    target: Annotated[str, typer.Argument(metavar="INTO", help="The sensor that its readings belong to.")],
    as_json: JsonOption = False,
) -> None:
    """Move the readings of a sensor with a wrong ID to the right one, roll-ups included.

    FROM is retired, and what still arrives under its ID is moved, too. Readings that both have are kept once.
    It is refused if both measured different temperatures at one time.
    """
    settings = discover_manager_settings()
    merged = merge_sensor(settings, current_actor(), *map(normalise_sensor_id, (source, target)))
    _finish(settings)
    if as_json:
        show_json(merged.model_dump())
    else:
        print(f"Moved the readings of {escape_unprintable(source)} to {escape_unprintable(target)}.")


def _parse_limits(
    high: float | None, low: float | None, delay: str, hysteresis: float, severity: str
) -> list[LimitValues]:
    options = {"for": delay, "hysteresis": hysteresis, "severity": severity}
    if high is None and low is None:
        if options != LIMIT_DEFAULTS:
            message = "--for, --hysteresis and --severity belong to a limit: give --high or --low, too"
            raise typer.BadParameter(message)
        return []
    return [define_sensor_limits(high=high, low=low, **options)]


def _parse(given: Mapping[str, Any], limits: Sequence[LimitValues]) -> SensorChanges:
    fields = {name: None if value == NONE else value for name, value in given.items()}
    if not fields and not limits:
        raise typer.BadParameter("nothing to change: give an option, such as --name, --offset or --high")
    try:
        return SensorChanges(**fields)
    except ValidationError as error:
        raise to_invalid_input(error) from None


def _change(
    sensor_id: str, changes: SensorChanges, limits: Sequence[LimitValues] = (), *, as_json: bool
) -> None:
    settings, known = discover_manager_settings(), normalise_sensor_id(sensor_id)
    changed = change_sensor(settings, current_actor(), known, changes, limits)
    if changed.recalibrated_until is not None:
        _finish(settings)
        changed = changed.model_copy(update={"recalibrated_until": None})
    rows = read_limits(known)
    if as_json:
        show_json(changed.model_dump() | {"limits": rows})
        return
    show(sensor_table(changed))
    _show_limits(rows)


def _show_limits(rows: list[Row]) -> None:
    if rows:
        show(limit_table(rows))


def _finish(settings: MonitoringSettings) -> None:
    """Apply the change to the stored readings; if this is interrupted, the consumers do the rest."""
    with progress_bar() as bar:
        task = bar.add_task("stored readings", total=None)
        continue_changes(settings, lambda: bar.advance(task))
