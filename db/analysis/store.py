"""The database as the analysis uses it, over one session."""

import datetime as dt
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from db.analysis import anomalies, models, results, states, stored
from db.analysis.anomalies import AnomalyRow
from db.analysis.models import ActiveModel, InstalledModel, NewModel, RequestedModel
from db.analysis.results import EvaluationRow, ForecastRow, VirtualValueRow
from db.analysis.session import LEASE_SECONDS, AnalysisSession
from db.analysis.states import Checkpoint, RequestedRebuild
from db.analysis.stored import Newest, SavedPosition
from db.feed import Feed, Position, Row, Stored
from db.settings import DatabaseSettings
from runtime.batches import batches

SUMMARIZE = "SELECT summarize_stored()"
# It reads all evaluations.
DROP_SECONDS = 3600.0
# A rebuild evaluates hundreds of days of each sensor: in one transaction they would exceed every time limit.
EVALUATIONS_TOGETHER = 5_000


class Saved(NamedTuple):
    """What a process continues from."""

    position: SavedPosition
    states: dict[str, bytes]
    group_states: dict[str, bytes]
    virtual_values: list[VirtualValueRow]
    open_anomalies: list[tuple[str, str, float]]
    """The sensor, the kind and the start of each anomaly that lasts."""


class Rebuilt(NamedTuple):
    """The sensors that were learned again, each from a time on, and the anomalies found in them."""

    since: Mapping[str, float]
    found: Sequence[AnomalyRow]
    others: str
    """Models whose version starts with this have found anomalies of their own, which stay."""


class AnalysisStore:
    """Reads and saves over one connection, which is opened on demand. For one thread.

    Every method raises StoreUnavailable if the database does not answer; the lock is lost then.
    """

    def __init__(self, settings: DatabaseSettings, lease_seconds: float = LEASE_SECONDS) -> None:
        self._session = AnalysisSession(settings, lease_seconds)
        self._feed = Feed()
        self._drop_due_at = 0.0

    def lock(self) -> bool:
        """Take the lock of the one process that works; return whether this one has it."""
        return self._session.lock()

    def keep_lock(self) -> None:
        """Execute a statement, so that the session and its lock last while this process computes."""
        with self._session.cursor() as cursor:
            cursor.execute("SELECT")

    def load(self) -> Saved:
        """Return what is saved, as of one moment."""
        with self._session.transaction() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            position = stored.load_position(cursor)
            return Saved(
                position,
                states.load_states(cursor),
                states.load_group_states(cursor),
                results.load_virtual_values(cursor),
                anomalies.load_open(cursor),
            )

    def sensors(self) -> dict[str, str | None]:
        """Return the location of each sensor that is not retired."""
        with self._session.transaction() as cursor:
            return stored.load_sensors(cursor)

    def newest(self, position: Position) -> Newest:
        """Return up to which transaction can be read."""
        with self._session.cursor() as cursor:
            return stored.newest_xid(cursor, position)

    def read(self, position: Position, horizon: int, *, with_old: bool) -> Stored:
        """Read what was stored since a position; what was measured long ago if it is due or requested."""
        with self._session.transaction() as cursor:
            return stored.read_new(cursor, self._feed, position, horizon, with_old=with_old)

    def read_recent(self, old_before: datetime, xids: tuple[int, int], sensors: Collection[str]) -> list[Row]:
        """Read what these transactions stored of some sensors and was measured from a time on."""
        with self._session.transaction() as cursor:
            return stored.read_recent(cursor, old_before, xids, sensors)

    def read_history(
        self, window: tuple[float, float], until_xid: int, sensors: Collection[str], most: int
    ) -> list[Row]:
        """Read the first of what was measured in a window and stored before a transaction."""
        with self._session.cursor() as cursor:
            return stored.read_history(cursor, window, until_xid, sensors, most)

    def next_measured(self, since: float) -> float | None:
        """Return when the first reading from a time on was measured; None if there is none."""
        with self._session.cursor() as cursor:
            return stored.next_measured(cursor, since)

    def retained_since(self) -> float:
        """Return from when on readings are kept."""
        with self._session.cursor() as cursor:
            return stored.retained_since(cursor)

    def save_anomalies(self, found: Sequence[AnomalyRow]) -> None:
        """Store anomalies, each in place of what was stored of it."""
        with self._session.transaction() as cursor:
            anomalies.save_anomalies(cursor, found)

    def save_forecasts(self, forecasts: Sequence[ForecastRow]) -> None:
        """Store forecasts, each in place of the last one of its sensor."""
        with self._session.transaction() as cursor:
            results.save_forecasts(cursor, forecasts)

    def save_evaluations(self, evaluations: Iterable[EvaluationRow]) -> None:
        """Store evaluations of different models and days, any number of them."""
        for rows in batches(evaluations, EVALUATIONS_TOGETHER):
            with self._session.cursor() as cursor:
                results.save_evaluations(cursor, rows)

    def save_virtual_values(self, values: Iterable[VirtualValueRow]) -> None:
        """Store the values of all sensors that are offline in place of those that are stored."""
        with self._session.transaction() as cursor:
            results.save_virtual_values(cursor, values)

    def checkpoint(
        self,
        checkpoint: Checkpoint,
        installed: Iterable[InstalledModel] = (),
        rebuilt: Rebuilt | None = None,
    ) -> None:
        """Save the states and the position, which models were installed in them, and what a rebuild found."""
        with self._session.transaction() as cursor:
            if rebuilt is not None:
                anomalies.replace_anomalies(cursor, rebuilt.since, rebuilt.found, rebuilt.others)
            states.save_checkpoint(cursor, checkpoint)
            models.finish_requests(cursor, installed)

    def active_models(self) -> list[ActiveModel]:
        """Return the active version of each model."""
        with self._session.cursor() as cursor:
            return models.load_active(cursor)

    def first_evaluated_days(self) -> dict[tuple[str, str], dt.date]:
        """Return since when each model has been evaluated, by sensor and kind."""
        with self._session.cursor() as cursor:
            return models.load_first_days(cursor)

    def requested_models(self) -> list[RequestedModel]:
        """Return the versions that models are to be rolled back to."""
        with self._session.cursor() as cursor:
            return models.load_requested(cursor)

    def refuse_request(self, requested: RequestedModel, running: int | None) -> None:
        """Let the running version of a model stay the active one, instead of the requested one."""
        with self._session.transaction() as cursor:
            models.refuse_request(cursor, requested, running)

    def save_model(self, new: NewModel, kept: int) -> int:
        """Store a version of a model as the active one; return its number."""
        with self._session.transaction() as cursor:
            return models.save_model(cursor, new, kept)

    def half_hours(self, sensor_id: str, since: dt.datetime, until: dt.datetime) -> list[tuple[float, float]]:
        """Return the start and the mean temperature of the half hours of a sensor, in order."""
        with self._session.cursor() as cursor:
            return models.read_half_hours(cursor, sensor_id, since, until)

    def rebuilds(self, quiet_seconds: float, limit: int) -> list[RequestedRebuild]:
        """Return the requests of some sensors whose readings have not changed for some time."""
        with self._session.cursor() as cursor:
            return states.load_rebuilds(cursor, quiet_seconds, limit)

    def request_rebuilds(self, sensors: Collection[str], running: Collection[int]) -> None:
        """Request rebuilds of sensors that are not waiting for one besides the `running` requests."""
        with self._session.cursor() as cursor:
            states.request_rebuilds(cursor, sensors, running)

    def maintain(self) -> None:
        """Summarize what was stored, which speeds up reading it, and drop what is too old."""
        with self._session.cursor() as cursor:
            cursor.execute(SUMMARIZE)
            if time.monotonic() >= self._drop_due_at:
                # Before it, so that a failure is not repeated with the next maintenance, seconds later.
                self._drop_due_at = time.monotonic() + DROP_SECONDS
                results.drop_old_evaluations(cursor)

    def wait(self, seconds: float) -> None:
        """Wait until a consumer has stored readings, or for at most some seconds."""
        self._session.wait(seconds)

    def disconnect(self) -> None:
        """Close the connection, and so release the lock."""
        self._session.disconnect()

    def close(self) -> None:
        """Close everything."""
        self._session.close()
