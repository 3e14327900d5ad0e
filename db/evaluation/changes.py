"""Computes excursions again where readings were changed or deleted."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg import Connection

from db.evaluation.history import StoredHistory
from limits.follow import SensorLimits, Step, compute_again
from limits.model import Reading
from limits.track import SensorTrack

CHANGED = """
SELECT change_id, sensor_id, date_part('epoch', since), date_part('epoch', until)
FROM changed_reading ORDER BY change_id LIMIT 1000
"""
FINISHED = "DELETE FROM changed_reading WHERE change_id = ANY(%s)"
CONTINUE_FROM = "UPDATE changed_reading SET since = to_timestamp(%s) WHERE change_id = %s"
# A long time is computed in parts, between which new readings are evaluated.
PART_SECONDS = 86_400.0
BUDGET_SECONDS = 1.0
INFINITE = float("inf")


class ChangedReadings:
    """What triggers recorded about changed and deleted readings."""

    def __init__(self, connection: Connection[Any], until_xid: int, floor: float) -> None:
        self._connection, self._until_xid, self._floor = connection, until_xid, floor

    def steps(
        self, sensors: Mapping[str, SensorLimits], tracks: Mapping[str, SensorTrack]
    ) -> Iterator[tuple[str, Step]]:
        """Yield what follows for each sensor, until all is computed or a second has passed."""
        deadline = time.monotonic() + BUDGET_SECONDS
        finished: list[int] = []
        computed: set[tuple[str, float, float]] = set()
        for change_id, sensor_id, since, until in self._connection.execute(CHANGED, binary=True).fetchall():
            if sensor_id in sensors and (sensor_id, since, until) not in computed:
                at = since
                while at <= until and time.monotonic() < deadline:
                    part = [Reading(at, -INFINITE), Reading(min(until, at + PART_SECONDS), INFINITE)]
                    history = StoredHistory(self._connection, sensor_id, self._until_xid)
                    yield (
                        sensor_id,
                        compute_again(tracks.get(sensor_id), sensors[sensor_id], part, history, self._floor),
                    )
                    at += PART_SECONDS
                if at <= until:
                    self._connection.execute(CONTINUE_FROM, (at, change_id))
                    break
                computed.add((sensor_id, since, until))
            finished.append(change_id)
        if finished:
            self._connection.execute(FINISHED, (finished,))
