"""Changes of sensors: what people set, calibrations and merges."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import text

from db.driver_errors import translate_errors
from db.engine import connect, make_interactive_engine
from db.errors import StoreTimeout, StoreUnavailable
from db.queries.sensors import select_sensor, select_sensors, to_settings
from db.settings import DatabaseSettings
from limits.definition import LimitValues, rules_of_sensor
from readings.sensor_changes import Calibration, SensorChanges, SensorSettings
from runtime.json_values import dump_json

NAME = "sensors"
# A merge compares the times of both sensors' readings; a change may be one of thousands of sensors.
MERGE_TIMEOUT_SECONDS = CHANGE_EACH_TIMEOUT_SECONDS = 10 * 60.0
CHANGE = "SELECT change_sensor(:actor, :sensor_id, CAST(:changes AS jsonb))"
# One statement, so that both are changed or none.
CHANGE_WITH_LIMITS = CHANGE + ", (SELECT count(*) FROM set_limits(:actor, CAST(:rules AS jsonb)))"  # noqa: S608
CHANGE_EACH = (
    "SELECT change_sensor(:actor, sensor_id, CAST(:changes AS jsonb)) "
    "FROM unnest(CAST(:sensor_ids AS text[])) AS sensor_id"
)
MERGE = "SELECT merge_sensor(:actor, :source, :target)"
CONTINUE = "SELECT continue_sensor_changes()"
# A calibration waits half a second for the statements that are storing readings, and those that follow wait
# for it. Then it gives way and is tried again.
LOCK_ATTEMPTS = 10


def change_sensor(
    settings: DatabaseSettings,
    actor: str,
    sensor_id: str,
    changes: SensorChanges,
    limits: Sequence[LimitValues] = (),
) -> SensorSettings:
    """Change what is given of a sensor, with its limits in one transaction, and return what it became.

    A calibration holds at once for readings that are stored from now on; `continue_changes` applies it to
    those that are stored already.

    Raises:
        InvalidInput: When there is no such sensor, or the change contradicts what is set already.
        StoreUnavailable: When the database does not answer.
    """
    values = {"actor": actor, "sensor_id": sensor_id, "changes": dump_json(changes.given())}
    if limits:
        values["rules"] = dump_json(rules_of_sensor(sensor_id, limits))
    statement = text(CHANGE_WITH_LIMITS if limits else CHANGE)
    with connect(settings, name=NAME) as connection:
        return to_settings(_retry_lock(lambda: connection.execute(statement, values).scalars().one()))


def change_sensors(
    settings: DatabaseSettings, actor: str, sensor_ids: Sequence[str], changes: SensorChanges
) -> list[SensorSettings]:
    """Change the same of several sensors in one transaction, and return what they became.

    Raises:
        InvalidInput: When there is no such sensor, or the change contradicts what is set already. None is
            changed then.
        StoreUnavailable: When the database does not answer.
    """
    values = {"actor": actor, "sensor_ids": list(sensor_ids), "changes": dump_json(changes.given())}
    with connect(settings, name=NAME, statement_timeout_seconds=CHANGE_EACH_TIMEOUT_SECONDS) as connection:
        return [to_settings(row) for row in connection.execute(text(CHANGE_EACH), values).scalars()]


def _retry_lock(change: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    for _ in range(LOCK_ATTEMPTS - 1):
        with suppress(StoreTimeout), translate_errors():
            return change()
    return change()


def merge_sensor(settings: DatabaseSettings, actor: str, source: str, target: str) -> SensorSettings:
    """Merge a sensor into another, and return what it became. `continue_changes` moves the readings.

    Raises:
        InvalidInput: When there is no such sensor, or both measured different temperatures at one time.
        StoreUnavailable: When the database does not answer.
    """
    values = {"actor": actor, "source": source, "target": target}
    with connect(settings, name=NAME, statement_timeout_seconds=MERGE_TIMEOUT_SECONDS) as connection:
        return to_settings(connection.execute(text(MERGE), values).scalar_one())


def continue_changes(settings: DatabaseSettings, progress: Callable[[], None] = lambda: None) -> None:
    """Apply calibrations and merges to the stored readings until all is done.

    It works in short transactions. After an interruption the consumers, or the next call, do the rest.
    `progress` is called after each.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name=NAME) as connection:
        remains = True
        while remains:
            started_at = time.monotonic()
            remains = connection.execute(text(CONTINUE)).scalar_one()
            progress()
            if remains:  # half of the time is left to others
                time.sleep(time.monotonic() - started_at)


class SensorRegistry:
    """Reads and changes sensors for any number of threads.

    Reads run one after the other over one connection, of which a role has few. A change, which may take
    minutes, has a connection of its own. Every method raises StoreUnavailable when the database does not
    answer.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._engine = make_interactive_engine(settings, name=NAME)

    def read_all(self) -> list[SensorSettings]:
        """Return all sensors, also those that are retired."""
        with translate_errors(), self._engine.connect() as connection:
            return select_sensors(connection)

    def read(self, sensor_id: str) -> tuple[SensorSettings, list[Calibration]] | None:
        """Return a sensor with its calibrations; None if there is no such sensor."""
        with translate_errors(), self._engine.connect() as connection:
            return select_sensor(connection, sensor_id)

    def change(
        self, actor: str, sensor_id: str, changes: SensorChanges, limits: Sequence[LimitValues] = ()
    ) -> SensorSettings:
        """Change a sensor, as `change_sensor` does."""
        return change_sensor(self._settings, actor, sensor_id, changes, limits)

    def merge(self, actor: str, source: str, target: str) -> SensorSettings:
        """Merge a sensor into another, as `merge_sensor` does."""
        return merge_sensor(self._settings, actor, source, target)

    def continue_changes(self) -> None:
        """Apply changes to stored readings until all is done; an outage leaves the rest to the consumers."""
        with suppress(StoreUnavailable):
            continue_changes(self._settings)

    def close(self) -> None:
        """Close the connection of reads."""
        self._engine.dispose()
