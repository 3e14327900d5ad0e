"""`sensorctl limit`: set, list, remove and test limits."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from limits.definition import LimitDefinition, define_limits
from readings.ranges import check_order
from runtime.text import escape_unprintable, quantity
from sensorctl.actor import current_actor
from sensorctl.limits.dry_run import find_excursions
from sensorctl.limits.options import (
    MAX_ID,
    For,
    High,
    Hysteresis,
    Location,
    Low,
    Pattern,
    Rate,
    Schedule,
    Sensor,
    Severity,
    Stale,
    TimeZone,
    Within,
    manager,
    read_limits,
)
from sensorctl.limits.views import describe_limit, excursion_table, limit_table
from sensorctl.output import JsonOption, print_message, show, show_json
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_time_or_age

app = typer.Typer(help="Manage limits of temperatures.", no_args_is_help=True)

DEFAULT_TEST_PERIOD = timedelta(days=7)


@app.command()
def add(
    sensor: Sensor = None,
    location: Location = None,
    pattern: Pattern = None,
    high: High = None,
    low: Low = None,
    rate: Rate = None,
    within: Within = None,
    stale: Stale = None,
    delay: For = "0s",
    hysteresis: Hysteresis = 0.0,
    severity: Severity = "warning",
    schedule: Schedule = None,
    time_zone: TimeZone = None,
    as_json: JsonOption = False,
) -> None:
    """Set limits of a sensor or a group, in place of those of the same kind and severity."""
    definition = _define(
        sensor,
        location,
        pattern,
        high,
        low,
        rate,
        within,
        stale,
        delay,
        hysteresis,
        severity,
        schedule,
        time_zone,
    )
    _set(definition, as_json=as_json)


@app.command("list")
def list_(sensor: Sensor = None, as_json: JsonOption = False) -> None:
    """Show the limits, or those that hold for a sensor."""
    rows = read_limits(sensor)
    if as_json:
        show_json(rows)
    elif rows:
        show(limit_table(rows))
    else:
        print("No limits. Set one with `sensorctl limit add --sensor ID --high 8 --for 10m`.")


@app.command()
def remove(
    limit_id: Annotated[
        int, typer.Argument(metavar="LIMIT", min=1, max=MAX_ID, help="The number of the limit.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Remove a limit; its open excursions end."""
    with manager() as limits:
        row = limits.remove(current_actor(), limit_id)
    if as_json:
        show_json(row)
    else:
        print(f"Removed limit {limit_id}: {describe_limit(row)}")


@app.command("test")
def dry_run(
    sensor: Annotated[str, typer.Option("--sensor", metavar="ID", help="The sensor.")],
    high: High = None,
    low: Low = None,
    rate: Rate = None,
    within: Within = None,
    delay: For = "0s",
    hysteresis: Hysteresis = 0.0,
    schedule: Schedule = None,
    time_zone: TimeZone = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", parser=parse_time_or_age, metavar="TIME", help="Since when; 7 days ago if unset."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what limits would have found in the stored readings of a sensor. Nothing is changed."""
    definition = _define(
        sensor, None, None, high, low, rate, within, None, delay, hysteresis, "warning", schedule, time_zone
    )
    now = datetime.now(UTC)
    start = since or now - DEFAULT_TEST_PERIOD
    check_order(start, now, start_field="since", end_field="now")
    readings, rows = find_excursions(discover_settings(), definition, start)
    if as_json:
        show_json(rows)
        return
    if rows:
        show(excursion_table(rows, "What the limits would have found"))
    print_message(
        f"{quantity(len(rows), 'excursion')} in {quantity(readings, 'reading')} since "
        f"{start:%Y-%m-%d %H:%M} UTC. Nothing was changed."
    )


def _set(definition: LimitDefinition, *, as_json: bool) -> None:
    with manager() as limits:
        rows = limits.set(current_actor(), definition)
    if as_json:
        show_json(rows)
        return
    for row in rows:
        print(escape_unprintable(f"Limit {row['limit_id']}: {describe_limit(row)}"))


def _define(
    sensor: str | None,
    location: str | None,
    pattern: str | None,
    high: float | None,
    low: float | None,
    rate: float | None,
    within: str | None,
    stale: str | None,
    delay: str,
    hysteresis: float,
    severity: str,
    schedule: str | None,
    time_zone: str | None,
) -> LimitDefinition:
    values: dict[str, Any] = {
        "sensor_id": sensor,
        "location": location,
        "pattern": pattern,
        "high": high,
        "low": low,
        "rate": rate,
        "within": within,
        "stale": stale,
        "for": delay,
        "hysteresis": hysteresis,
        "severity": severity,
        "schedule": schedule,
        "time_zone": time_zone,
    }
    return define_limits(**values)
