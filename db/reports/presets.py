"""The preset of a request, as it is stored."""

from sqlalchemy import text

from db.engine import connect
from db.reports.report_store import PRESET_COLUMNS, PRESETS
from db.settings import DatabaseSettings
from reports.model import Preset
from runtime.errors import InvalidInput
from runtime.text import quote_name


def read_preset(settings: DatabaseSettings, name: str) -> Preset:
    """Return the preset of a request.

    Raises:
        InvalidInput: When there is none of that name.
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="report") as connection:
        rows = {row["name"]: row for row in connection.execute(text(PRESETS), {"name": None}).mappings()}
    if name not in rows:
        raise InvalidInput(
            f"there is no preset {quote_name(name)}; the presets are {', '.join(rows)}: see "
            "`sensorctl report preset list`",
            "preset",
        )
    return Preset(**{column: rows[name][column] for column in PRESET_COLUMNS.split(", ")})
