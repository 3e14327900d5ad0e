"""`sensorctl forecast`: what is expected of a sensor."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from db.queries.forecasts import Forecasts
from db.queries.statements import Row
from runtime.text import escape_unprintable
from sensorctl.analysis.options import Sensor, reader, require_sensor, stored_form
from sensorctl.analysis.views import forecast_table
from sensorctl.output import JsonOption, print_message, show, show_json

MAX_HOURS = 24


def forecast(
    sensor: Sensor,
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=MAX_HOURS, help="How many hours ahead, at most 24.")
    ] = 6,
    as_json: JsonOption = False,
) -> None:
    """Show what is expected of a sensor in the next hours, with the 95 % interval.

    Of a sensor that sends nothing it shows what it would measure, by the others of its location.
    """
    known = str(stored_form(sensor))
    with reader() as statements:
        forecasts = Forecasts(statements)
        found, virtual = forecasts.read(known), forecasts.virtual_value(known)
    if found is None and virtual is None:
        require_sensor(known)
    points = _next_points(found, hours, datetime.now(UTC))
    if as_json:
        show_json({"forecast": found and found | {"points": points}, "virtual_value": virtual})
        return
    _show(known, found, points)
    if virtual:
        print(escape_unprintable(_describe(virtual)))


def _next_points(found: Row | None, hours: int, now: datetime) -> list[Row]:
    """Return the points from the present half hour on, for some hours."""
    if found is None:
        return []
    start = now - timedelta(seconds=found["step_seconds"])
    return [point for point in found["points"] if start < point["at"] <= now + timedelta(hours=hours)]


def _show(sensor_id: str, found: Row | None, points: Sequence[Row]) -> None:
    name = escape_unprintable(sensor_id)
    if found is None:
        print_message(
            f"There is no forecast of sensor {name} yet: the service `analysis` makes the first one when the "
            "half hour (to :00 or :30) of its first reading is over and another reading has followed."
        )
        return
    made_at = f"{found['made_at']:%Y-%m-%d %H:%M:%S} UTC"
    if not points:
        print_message(
            f"The forecast of sensor {name} ended: its last reading was measured at {made_at}. See whether "
            "it sends readings, and whether the service `analysis` runs: `sensorctl status`."
        )
        return
    model = escape_unprintable(f"{found['kind']} {found['version']}")
    show(forecast_table(points, f"Sensor {name}, °C"))
    print(f"By {model}, from readings up to {made_at}.")


def _describe(virtual: Row) -> str:
    neighbours = ", ".join(virtual["neighbours"])
    return (
        f"Sensor {virtual['sensor_id']} sends nothing. By {neighbours} it would measure "
        f"{virtual['value']:.2f} °C ({virtual['lower']:.2f} to {virtual['upper']:.2f}) at "
        f"{virtual['at']:%Y-%m-%d %H:%M:%S} UTC."
    )
