"""`sensorctl evaluate`: how well the models forecast."""

from datetime import UTC, date, datetime

from db.queries.models import Models
from db.queries.statements import Row
from runtime.text import escape_unprintable, quantity
from sensorctl.analysis.options import (
    OptionalSensor,
    Since,
    check_past,
    reader,
    require_sensor,
    stored_form,
)
from sensorctl.analysis.views import evaluation_table
from sensorctl.output import JsonOption, print_message, show, show_json


def evaluate(sensor: OptionalSensor = None, since: Since = None, as_json: JsonOption = False) -> None:
    """Show how well each model forecasts: error, that of the last value, skill and coverage.

    There is a row per model and horizon. Each forecast was made before its reading was learned. Skill is by
    which share the error is less than that of the last value as the forecast; coverage is the share of
    readings in the 95 % interval. The figures are kept for whole days (UTC).
    """
    check_past(since)
    known, day = stored_form(sensor), _day(since)
    with reader() as statements:
        models = Models(statements)
        rows = models.evaluations_of_all(day) if known is None else models.evaluations(known, day)
    if known is not None and not rows:
        require_sensor(known)
    if as_json:
        show_json(rows)
    elif rows:
        show(evaluation_table(rows, _title(known, rows)))
    else:
        when = f" since {day}" if day else " yet"
        print_message(f"No forecast could be compared with its reading{when}.")


def _title(sensor_id: str | None, rows: list[Row]) -> str:
    if sensor_id is not None:
        return f"Forecasts of sensor {escape_unprintable(sensor_id)}"
    return f"Forecasts of {quantity(max(row['sensors'] for row in rows), 'sensor')}"


def _day(since: datetime | None) -> date | None:
    return None if since is None else since.astimezone(UTC).date()
