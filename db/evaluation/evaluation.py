"""Evaluates the limits on what was stored, in one transaction after the other."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from psycopg import Connection, Cursor
from sqlalchemy import Engine

from db.deadline import Deadline
from db.driver_errors import translate_errors
from db.engine import make_engine
from db.evaluation.changes import ChangedReadings
from db.evaluation.excursions import (
    end_removed,
    load_checkpoints,
    replace_excursions,
    save_checkpoints,
)
from db.evaluation.feed import FeedCursor, advance_cursor, lock_cursor, readings_by_sensor, skip_stored
from db.evaluation.history import Range, StoredHistory, readings_of, retained_since, surroundings_of
from db.evaluation.sensor_limits import load_sensor_limits
from db.feed import Feed, followed_until
from db.settings import DatabaseSettings
from limits.follow import SensorLimits, Step, compute_again, follow
from limits.model import Reading
from limits.track import Replacement, SensorTrack

STATEMENT_TIMEOUT_SECONDS = 60
# For a whole evaluation, on a server that is frozen.
SOCKET_TIMEOUT_SECONDS = 2 * STATEMENT_TIMEOUT_SECONDS
# Sensors move and retire at any time.
REFRESH_SECONDS = 5.0
SUMMARIZE_SECONDS = 5.0
# The states of these sensors are continued from with one query.
RECENT_SECONDS = 600.0


class Evaluated(NamedTuple):
    """What an evaluation did, and whether more is stored already."""

    readings: int = 0
    added: int = 0
    is_behind: bool = False


class Evaluation:
    """Follows all sensors with limits. Not thread-safe.

    Only one process evaluates at a time; another waits, and then starts from what is stored.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine: Engine = make_engine(
            settings, name="limits", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
        )
        self._deadline = Deadline(SOCKET_TIMEOUT_SECONDS)
        self._feed = Feed()
        self._position: FeedCursor | None = None
        self._sensors: dict[str, SensorLimits] = {}
        self._tracks: dict[str, SensorTrack] = {}
        self._checkpoints: dict[str, dict[str, Any]] = {}  # of sensors that are not followed yet
        self._saved: set[str] = set()
        self._floor = float("-inf")
        self._refresh_due_at = 0.0
        self._summarize_due_at = 0.0

    def evaluate(self) -> Evaluated:
        """Evaluate what was stored since the last call, a bounded number of readings.

        Raises:
            PermissionDenied: When the role may not.
            StoreUnavailable: When the database does not answer; the next call starts from what is stored.
        """
        try:
            with self._transaction() as connection:
                return self._evaluate(connection)
        except BaseException:
            self._position = None
            raise

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()
        self._deadline.close()

    @contextmanager
    def _transaction(self) -> Iterator[Connection[Any]]:
        with translate_errors(), self._engine.connect() as pooled:
            driver: Any = pooled.connection.driver_connection
            self._deadline.attach(driver.fileno())
            try:
                with self._deadline, driver.transaction():
                    yield driver
            except BaseException:
                pooled.invalidate()
                raise

    def _evaluate(self, connection: Connection[Any]) -> Evaluated:
        cursor = connection.cursor(binary=True)
        position = lock_cursor(cursor)
        refreshed = self._refresh(cursor, position)
        if not self._sensors and not self._saved:
            # A few times per minute is enough: the next limit is then applied to seconds of readings at most.
            self._position = skip_stored(cursor, position) if refreshed else position
            return Evaluated()
        stored = advance_cursor(cursor, self._feed, position, self._sensors, datetime.now(UTC))
        until_xid = stored.position.recent_xid
        stored_readings = readings_by_sensor(stored.rows, stored.old_rows)
        self._restore(cursor, stored_readings, until_xid)
        ahead = self._drop_ahead(stored_readings)
        replacements: list[tuple[str, Replacement]] = []
        checkpoints: dict[str, dict[str, Any] | None] = {}
        known = surroundings_of(cursor, self._unfollowed(stored_readings))
        for sensor_id, readings in stored_readings.items():
            history = StoredHistory(connection, sensor_id, until_xid, known)
            limits = self._sensors[sensor_id]
            step = (
                compute_again(None, limits, readings, history, self._floor)
                if sensor_id in ahead
                else follow(self._tracks.get(sensor_id), limits, readings, history, self._floor)
            )
            self._take(sensor_id, step, replacements, checkpoints)
        changed = ChangedReadings(connection, until_xid, self._floor)
        for sensor_id, step in changed.steps(self._sensors, self._tracks):
            self._take(sensor_id, step, replacements, checkpoints)
        added = replace_excursions(cursor, replacements)
        save_checkpoints(cursor, checkpoints)
        self._summarize(cursor)
        self._position = position._replace(position=stored.position)
        return Evaluated(sum(map(len, stored_readings.values())), added, stored.is_behind)

    def _take(
        self,
        sensor_id: str,
        step: Step,
        replacements: list[tuple[str, Replacement]],
        checkpoints: dict[str, dict[str, Any] | None],
    ) -> None:
        replacements += [(sensor_id, replacement) for replacement in step.replacements]
        if step.track is None:
            return
        self._tracks[sensor_id] = step.track
        if step.track.idle:
            if sensor_id in self._saved:
                checkpoints[sensor_id] = None
                self._saved.discard(sensor_id)
        elif step.checkpoint_changed or sensor_id not in self._saved:
            checkpoints[sensor_id] = step.track.checkpoint
            self._saved.add(sensor_id)

    def _refresh(self, cursor: Cursor[Any], position: FeedCursor) -> bool:
        """Read the limits if they may have changed, and return whether they were read."""
        known = self._position
        if known is None or known.position != position.position:
            self._tracks.clear()
            self._checkpoints = load_checkpoints(cursor)
            self._saved = set(self._checkpoints)
            known = None
        now = time.monotonic()
        if known and known.limits == position.limits and now < self._refresh_due_at:
            return False
        self._refresh_due_at = now + REFRESH_SECONDS
        self._floor = retained_since(cursor)
        sensors = load_sensor_limits(cursor)
        if known is None or sensors != self._sensors:
            end_removed(cursor)
            unchanged = {
                sensor_id for sensor_id, each in sensors.items() if self._sensors.get(sensor_id) == each
            }
            self._tracks = {name: track for name, track in self._tracks.items() if name in unchanged}
            gone = self._saved - sensors.keys()
            save_checkpoints(cursor, dict.fromkeys(gone))
            self._saved -= gone
            self._sensors = sensors
        return True

    def _restore(self, cursor: Cursor[Any], readings: Mapping[str, list[Reading]], until_xid: int) -> None:
        """Continue from the states of sensors that have new readings."""
        names = self._checkpoints.keys() & readings.keys()
        selected = {name: self._checkpoints.pop(name) for name in names}
        since = {name: state["last"][0] if state["last"] else 0.0 for name, state in selected.items()}
        recent = {name for name, at in since.items() if at > time.time() - RECENT_SECONDS}
        groups = [recent, *({name} for name in selected if name not in recent)]
        for names in filter(None, groups):
            found = readings_of(cursor, names, min(since[name] for name in names), until_xid)
            for name in names:
                try:
                    self._tracks[name] = SensorTrack.restored(
                        self._sensors[name].series(), selected[name], found.get(name, [])
                    )
                except KeyError:  # it has other limits now, and is computed again
                    continue

    def _drop_ahead(self, sensors: Iterable[str]) -> set[str]:
        """Forget the tracks whose last reading is ahead of the clock, and return their sensors."""
        until = followed_until()
        ahead = {
            name
            for name in sensors
            if (track := self._tracks.get(name)) and track.last and track.last.measured_at > until
        }
        for name in ahead:
            del self._tracks[name]
        return ahead

    def _unfollowed(self, stored: Mapping[str, list[Reading]]) -> dict[str, Range]:
        """Return the sensors without a track, whose surroundings one query reads."""
        return {
            name: (readings[0].measured_at, readings[-1].measured_at)
            for name, readings in stored.items()
            if name not in self._tracks
        }

    def _summarize(self, cursor: Cursor[Any]) -> None:
        now = time.monotonic()
        if now >= self._summarize_due_at:
            self._summarize_due_at = now + SUMMARIZE_SECONDS
            cursor.execute("SELECT summarize_stored()")
