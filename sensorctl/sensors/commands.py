"""`sensorctl sensor`: list, show, set, retire and merge sensors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from db.queries.sensors import read_sensor, read_sensors
from db.sensors import change_sensor, continue_changes, merge_sensor
from monitoring.settings import MonitoringSettings
from readings.ids import normalise_sensor_id
from readings.sensor_changes import SensorChanges
from runtime.text import escape_unprintable
from runtime.validation_messages import to_invalid_input
from sensorctl.actor import current_actor
from sensorctl.limits.commands import set_limits_of
from sensorctl.limits.options import High, Hysteresis, Low, Severity
from sensorctl.output import JsonOption, fail, progress_bar, show, show_json
from sensorctl.sensors.views import calibrations_table, sensor_table, sensors_table
from sensorctl.settings import discover_manager_settings, discover_settings
from sensorctl.time_options import parse_time_or_age

app = typer.Typer(help="Name, calibrate, retire and merge sensors.", no_args_is_help=True)

NONE = "none"
Sensor = Annotated[str, typer.Argument(metavar="ID", help="The sensor.")]
FOR_HELP = "How long a limit must be exceeded, such as 10m."
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
    """Show a sensor: what people have set, and its calibrations."""
    found = read_sensor(discover_settings(), normalise_sensor_id(sensor_id))
    if found is None:
        fail(f"There is no sensor {escape_unprintable(sensor_id)}: see `sensorctl sensor list --all`.")
    sensor, calibrations = found
    if as_json:
        show_json(sensor.model_dump() | {"calibrations": [each.model_dump() for each in calibrations]})
        return
    show(sensor_table(sensor))
    if calibrations:
        show(calibrations_table(calibrations))


@app.command("set")
def set_sensor(
    sensor_id: Sensor,
    name: Annotated[str | None, typer.Option(help=f"Name for people. {CLEARS}")] = None,
    location: Annotated[str | None, typer.Option(help=f"Where it is. {CLEARS}")] = None,
    note: Annotated[str | None, typer.Option(help=f"Anything worth knowing about it. {CLEARS}")] = None,
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
        "name": name, "location": location, "note": note, "unit": unit,
        "expected_interval_seconds": expected_interval, "plausible_min": plausible_min,
        "plausible_max": plausible_max, "offset": offset, "slope": slope, "since": since,
    }  # fmt: skip
    fields = {key: value for key, value in given.items() if value is not None}
    if high is None and low is None:
        _change(sensor_id, _parse(fields), as_json=as_json)
        return
    changes = _parse(fields) if fields else None
    set_limits_of(
        normalise_sensor_id(sensor_id),
        {"high": high, "low": low, "for": delay, "hysteresis": hysteresis, "severity": severity},
        as_json=as_json and changes is None,
    )
    if changes:
        _change(sensor_id, changes, as_json=as_json)


@app.command("retire")
def retire(
    sensor_id: Sensor,
    undo: Annotated[bool, typer.Option("--undo", help="Monitor it again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Stop monitoring a sensor that was removed. Its history is kept, and what it still sends is stored."""
    _change(sensor_id, SensorChanges(retired=not undo), as_json=as_json)


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


def _parse(given: Mapping[str, Any]) -> SensorChanges:
    fields = {name: None if value == NONE else value for name, value in given.items()}
    if not fields:
        raise typer.BadParameter("nothing to change: give an option, such as --name, --offset or --high")
    try:
        return SensorChanges(**fields)
    except ValidationError as error:
        raise to_invalid_input(error) from None


def _change(sensor_id: str, changes: SensorChanges, *, as_json: bool) -> None:
    settings = discover_manager_settings()
    changed = change_sensor(settings, current_actor(), normalise_sensor_id(sensor_id), changes)
    if changed.recalibrated_until is not None:
        _finish(settings)
        changed = changed.model_copy(update={"recalibrated_until": None})
    if as_json:
        show_json(changed.model_dump())
    else:
        show(sensor_table(changed))


def _finish(settings: MonitoringSettings) -> None:
    """Apply the change to the stored readings; if this is interrupted, the consumers do the rest."""
    with progress_bar() as bar:
        task = bar.add_task("stored readings", total=None)
        continue_changes(settings, lambda: bar.advance(task))
